// The exception classes against the catalogue, and what an exception tells.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { inspect } from 'node:util';

import * as library from 'jit-approvals';

const { JitError, SigningKey, Minter, Template, Verifier, catalogue } = library;

const className = (family) => `${family[0].toUpperCase()}${family.slice(1)}Error`;

test('the catalogue is the frozen one', () => {
  const file = JSON.parse(readFileSync(new URL('../../../tests/vectors/errors.json', import.meta.url), 'utf8'));
  assert.equal(file.errors.length, file.count);
  assert.deepEqual(catalogue.map(({ number, code, family }) => ({ number, code, family })), file.errors);
  for (const row of catalogue) assert.ok(row.message.length > 0 && Object.isFrozen(row));
});

test('each family is a class below the one base, and there is no other', () => {
  const families = new Set(catalogue.map((row) => row.family));
  const classes = Object.entries(library).filter(([, value]) => value?.prototype instanceof JitError);
  assert.deepEqual(classes.map(([name]) => name).sort(), [...families].map(className).sort());
  for (const [name, made] of classes) {
    assert.equal(made.name, name);
    assert.equal(made.prototype.name, name);
  }
  assert.ok(JitError.prototype instanceof Error);
});

const key = SigningKey.fromBytes(new Uint8Array(32));

function thrown(body) {
  try {
    body();
  } catch (error) {
    return error;
  }
  return assert.fail('nothing was thrown');
}

test('an exception has its class, code, place and the stack of the call', () => {
  const record = { approvalType: 'approve', templateName: 'A', approvalTitle: 'A', approvalKey: 'A', approvalData: 'a\n$(b)' };
  const error = thrown(function callOfMine() {
    Template.parse(record);
  });
  assert.ok(error instanceof library.TemplateError && error instanceof JitError);
  const { name, code, number, family, field, line, column } = error;
  assert.deepEqual(
    { name, code, number, family, field, line, column },
    { name: 'TemplateError', code: 'unknown_placeholder', number: 3001, family: 'template', field: 'approvalData', line: 2, column: 1 },
  );
  assert.match(error.stack, /^TemplateError: .*\n(.*\n)*.*callOfMine/);
});

test('all mistakes of a template are exceptions, none of them thrown', () => {
  const mistakes = Template.mistakes({ approvalType: 'aprove', approvalData: '$(a) $(b)' });
  assert.ok(mistakes.length > 4 && mistakes.every((mistake) => mistake instanceof JitError));
  assert.deepEqual(Template.mistakes({ ...goodTemplate }), []);
});

const goodTemplate = {
  approvalType: 'approve',
  templateName: 'A',
  approvalTitle: 'A',
  approvalKey: 'A',
  approvalData: 'a',
  defaultApprovers: ['ann@example.com'],
};

test('an option that nobody knows, or of another type, is told by name', () => {
  for (const [body, code, field] of [
    [() => new Minter({ key, issuer: 'a', audience: 'b', lifetimeSecond: 1 }), 'unknown_member', 'lifetimeSecond'],
    [() => new Minter({ key, issuer: 'a', audience: 'b', lifetimeSeconds: '1' }), 'wrong_type', 'lifetimeSeconds'],
    [() => new Minter({ key, issuer: 'a', audience: 'b', lifetimeSeconds: 0 }), 'out_of_range', 'lifetimeSeconds'],
    [() => new Minter({ key, issuer: 'a', audience: 'b', lifetimeSeconds: 1.5 }), 'wrong_type', 'lifetimeSeconds'],
    [() => new Minter({ key, issuer: 'a' }), 'missing_member', 'audience'],
    [() => new Minter({ key: 'text', issuer: 'a', audience: 'b' }), 'wrong_type', 'key'],
    [() => new Minter({ issuer: 'a', audience: 'b' }), 'missing_member', 'key'],
    // Left out by mistake, an issuer must not mean any.
    [() => new Verifier({ key, audience: 'b' }), 'missing_member', 'issuer'],
    [() => new Verifier({ keys: [key, 1], issuer: 'a', audience: 'b' }), 'wrong_type', 'keys[1]'],
    [() => new Verifier({ key, issuer: 'a', audience: 'b', leewaySeconds: -1 }), 'out_of_range', 'leewaySeconds'],
    [() => SigningKey.fromBase64('AAAA', { leastByte: 1 }), 'unknown_member', 'leastByte'],
    [() => SigningKey.fromBase64(Buffer.alloc(32)), 'wrong_type', 'text'],
    [() => Template.parse(goodTemplate).open({ request: {}, origin: {}, dirctory: {} }), 'unknown_member', 'dirctory'],
  ]) {
    const error = thrown(body);
    assert.ok(error instanceof JitError, inspect(error));
    assert.deepEqual([error.code, error.field], [code, field], `${body}`);
  }
});

test('a key shows nothing of itself', () => {
  const text = SigningKey.generate();
  const secret = SigningKey.fromBase64(text, { id: 'k1' });
  const minter = new Minter({ key: secret, issuer: 'a', audience: 'b' });
  const verifier = new Verifier({ keys: [secret], issuer: 'a', audience: 'b' });
  const raw = Buffer.from(text, 'base64');
  for (const holder of [secret, minter, verifier]) {
    const shown = [inspect(holder, { showHidden: true, depth: 9, getters: true }), JSON.stringify(holder), `${holder}`];
    for (const way of [text, raw.toString('hex'), raw.toString('latin1'), [...raw].join(', ')]) {
      assert.ok(!shown.join('\n').includes(way));
    }
  }
  assert.equal(JSON.stringify(secret), '{}');
  for (const wrong of [`${text}!`, text.slice(0, 20)]) {
    const error = thrown(() => SigningKey.fromBase64(wrong));
    assert.ok(!inspect(error).includes(wrong.slice(0, 12)), inspect(error));
  }
});
