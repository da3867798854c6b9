// Texts that Intl writes for locales all over the world, as values that approvers read.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Template, plainText } from 'jit-approvals';

const template = Template.parse({
  approvalType: 'approve',
  templateName: 'Refund',
  approvalTitle: 'Refund $(value)',
  approvalKey: 'REFUND',
  approvalData: 'Refund $(value).',
  defaultApprovers: ['ann@example.com'],
  metadata: [{ key: 'value' }],
});
const origin = { application: 'shop.example.com', subject: 'kevin' };
const shown = (value) => template.render({ value }, origin).parts[1].text;

const currencies = { fr: 'EUR', 'de-CH': 'CHF', ja: 'JPY', ar: 'EGP', he: 'ILS', fa: 'IRR', km: 'KHR' };
const start = new Date(Date.UTC(2026, 0, 5, 9, 30));
const end = new Date(Date.UTC(2026, 2, 17, 18, 45));

/** Returns the texts of an amount, a rate and a journey, as an application would show them. */
function formatted(locale, currency) {
  const money = new Intl.NumberFormat(locale, { style: 'currency', currency });
  const accounting = new Intl.NumberFormat(locale, { style: 'currency', currency, currencySign: 'accounting' });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const full = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short', timeZone: 'UTC' });
  const short = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeZone: 'UTC' });
  return {
    currency: money.format(1654.5),
    negative: money.format(-1654.5),
    accounting: accounting.format(-1654.5),
    percent: percent.format(-0.195),
    date: full.format(start),
    'short date': short.format(start),
    range: full.formatRange(start, end),
    'short range': short.formatRange(start, end),
    amounts: money.formatRange(1654.5, 2000),
  };
}

for (const [locale, currency] of Object.entries(currencies)) {
  test(`${locale}: accepted as plain text`, () => {
    assert.deepEqual(Intl.NumberFormat.supportedLocalesOf(locale), [locale], 'this Node.js has no data for the locale');
    for (const [kind, text] of Object.entries(formatted(locale, currency))) {
      const plain = plainText(text);
      assert.equal(shown(plain), plain, kind);
      // All visible characters are still there.
      const seen = (text) => text.normalize('NFC').replace(/[\s\p{Cf}]/gu, '');
      assert.equal(seen(plain), seen(text), kind);
    }
  });
}

for (const locale of ['fr', 'de-CH', 'ja']) {
  test(`${locale}: an amount of money is accepted unchanged`, () => {
    const { currency } = formatted(locale, currencies[locale]);
    assert.equal(plainText(currency), currency);
    assert.equal(shown(currency), currency);
  });
}
