// What a request needs to be opened and decided, what null means, and what a request shows of itself.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as library from 'jit-approvals';

const { ApprovalRequest, InputError, Jwt, Minter, SigningKey, Template, Verifier } = library;

const template = Template.parse({
  approvalType: 'approve',
  templateName: 'Refund',
  approvalTitle: 'Refund $(amount) to $(subject)?',
  approvalKey: 'REFUND',
  approvalData: 'Refund $(amount).',
  defaultApprovers: ['ann@example.com'],
  metadata: [{ key: 'amount', defaultValue: '$1' }],
});
const origin = { application: 'shop.example.com', subject: 'kevin' };
const everyone = { people: 'everyone' };
const listed = { people: [{ email: 'ann@example.com', active: true, aliases: ['ann-1'] }] };
const now = 1_700_000_000;
const key = SigningKey.fromBytes(new Uint8Array(32));

const open = (given) => template.open({ request: {}, origin, directory: everyone, now, ...given });
const approval = (request, given) => ({ approver: 'ann@example.com', contentHash: request.contentHash, now, ...given });

function refuses(call, code, field) {
  assert.throws(call, (error) => {
    assert.deepEqual([error.code, error.field], [code, field], `${call}: ${error.message}`);
    return true;
  });
}

test('a request is opened with a directory', () => {
  refuses(() => template.open({ request: {}, origin }), 'missing_member', 'directory');
  refuses(() => open({ directory: undefined }), 'missing_member', 'directory');
  refuses(() => open({ directory: null }), 'wrong_type', 'directory');
  refuses(() => open({ directory: 'everyone' }), 'wrong_type', 'directory');
  refuses(() => open({ directory: {} }), 'missing_member', 'people');
  assert.throws(() => open({ directory: null }), InputError);
  assert.equal(open().events[0].body.people, 'everyone');
  assert.equal(open({ directory: listed }).events[0].body.people, 'listed');
});

test('what a directory leaves out is never undefined or null', () => {
  for (const nothing of [null, undefined]) {
    refuses(() => open({ directory: { ...everyone, groups: nothing } }), 'wrong_type', 'groups');
    refuses(() => open({ directory: { people: nothing } }), 'wrong_type', 'people');
    for (const member of ['email', 'active', 'aliases']) {
      const person = { ...listed.people[0], [member]: nothing };
      refuses(() => open({ directory: { people: [person] } }), 'wrong_type', `people[0].${member}`);
    }
  }
  refuses(() => open({ directory: { people: [{ email: 'ann@example.com' }] } }), 'missing_member', 'people[0].active');
});

test('a decision may leave the directory out, and says so by undefined alone', () => {
  for (const directory of [undefined, everyone, listed]) {
    const request = open();
    assert.equal(request.approve(approval(request, { directory })), true);
  }
  const request = open({ directory: listed });
  for (const verdict of ['approve', 'reject']) {
    refuses(() => request[verdict](approval(request)), 'missing_member', 'directory');
    refuses(() => request[verdict](approval(request, { directory: null })), 'wrong_type', 'directory');
    refuses(() => request[verdict](approval(request, { directory: everyone })), 'directory_mismatch', 'directory');
  }
  assert.equal(request.reject(approval(request, { directory: listed })), true);
});

test('null means "not given" for `now`, `id`, `comment` and `reason`', () => {
  const nothing = { now: null, id: null };
  const request = template.open({ request: {}, origin, directory: everyone, ...nothing });
  assert.equal(request.approve({ ...approval(request), ...nothing, comment: null }), true);
  assert.ok(!('comment' in request.events[1].body));
  assert.equal(request.at(null).status, 'approved');
  assert.equal(request.expire(null), false);
  assert.ok(request.accessToken({ issuer: 'a', key, now: null }));
  request.consume({ metaData: {} }, nothing);
  const actor = { kind: 'administrator', id: 'root' };
  const other = template.open({ request: {}, origin, directory: everyone });
  other.cancel({ actor, reason: null, ...nothing });
  assert.deepEqual(other.events[1].body, { type: 'cancelled' });
  const third = template.open({ request: {}, origin, directory: everyone });
  third.approve({ ...approval(third), ...nothing });
  third.revoke({ actor, reason: null, ...nothing });
  assert.equal(third.grant.status, 'revoked');
  assert.equal(SigningKey.fromBytes(new Uint8Array(32), { id: null }).id, undefined);
});

test('null means nothing anywhere else', () => {
  const verifier = new Verifier({ key, issuer: 'a', audience: 'b' });
  const minter = new Minter({ key, issuer: 'a', audience: 'b' });
  const request = open();
  const context = { ...origin, requestId: null };
  for (const [call, field] of [
    [() => SigningKey.fromBytes(new Uint8Array(32), { leastBytes: null }), 'leastBytes'],
    [() => SigningKey.fromBase64('', { leastBytes: null }), 'leastBytes'],
    [() => SigningKey.fromBase64('', null), 'options'],
    [() => new Minter({ key, issuer: null, audience: 'b' }), 'issuer'],
    [() => new Minter({ key, issuer: 'a', audience: 'b', lifetimeSeconds: null }), 'lifetimeSeconds'],
    [() => new Minter({ key, issuer: 'a', audience: 'b', backdateSeconds: null }), 'backdateSeconds'],
    [() => minter.mint('k', null), 'claims'],
    [() => minter.mint('k', null, {}), 'claims'],
    [() => minter.mint('k', {}, null), 'at'],
    [() => minter.mint('k', {}, { jti: null }), 'jti'],
    [() => minter.mintMany(['k'], null), 'claims'],
    [() => minter.mintMany(['k'], {}, null), 'at'],
    [() => new Verifier({ key, issuer: 'a', audience: 'b', leewaySeconds: null }), 'leewaySeconds'],
    [() => new Verifier({ key, issuer: 'a', audience: 'b', maxLifetimeSeconds: null }), 'maxLifetimeSeconds'],
    [() => new Verifier({ key, issuer: 'a', audience: 'b', requireSubject: null }), 'requireSubject'],
    [() => new Verifier({ keys: null, issuer: 'a', audience: 'b' }), 'keys'],
    [() => new Verifier({ keys: [key], key: null, issuer: 'a', audience: 'b' }), 'key'],
    [() => verifier.verify('', null), 'at'],
    [() => Jwt.create(null), 'claims'],
    [() => Jwt.create({}, { jti: null }), 'jti'],
    [() => Jwt.create().setExpiration(null), 'expiresAt'],
    [() => Jwt.create().setNotBefore(null), 'notBefore'],
    [() => Jwt.create().setClaim('a', undefined), 'value'],
    [() => Jwt.create().setHeader('a', undefined), 'value'],
    [() => template.render({}, context), 'requestId'],
    [() => template.render({}, { ...origin, company: null }), 'company'],
    [() => template.render({}, { ...origin, claims: null }), 'claims'],
    [() => template.render({}, { ...origin, device: null }), 'device'],
    [() => open({ request: { templateId: null } }), 'templateId'],
    [() => open({ request: { expiresInSeconds: null } }), 'expiresInSeconds'],
    [() => open({ request: { approvers: null } }), 'approvers'],
    [() => open({ request: { attachments: null } }), 'attachments'],
    [() => open({ request: { metaData: null } }), 'metaData'],
    [() => open({ origin: null }), 'origin'],
    [() => open({ origin: { ...origin, companyName: null } }), 'companyName'],
    [() => template.needs({ approvers: null }), 'approvers'],
    [() => request.approve(approval(request, { signature: null })), 'signature'],
    [() => request.approve(approval(request, { contentHash: null })), 'contentHash'],
    [() => request.approve(approval(request, { approver: null })), 'approver'],
    [() => request.approve(null), 'decision'],
    [() => request.consume({ metaData: null }), 'metaData'],
    [() => request.consume({ metaData: {}, attachments: null }), 'attachments'],
    [() => request.consume({ metaData: {} }, null), 'at'],
    [() => request.cancel({ actor: null }), 'actor'],
    [() => request.eventsSince(null), 'sequence'],
    [() => request.eventTexts(null), 'sequence'],
    [() => library.verifyChain(request.events, null), 'head'],
    [() => library.verifyChain(request.events, { count: null, hash: request.head.hash }), 'head.count'],
    [() => new library.AccessTokenVerifier({ key, issuer: 'a', application: 'b', leewaySeconds: null }), 'leewaySeconds'],
    [() => library.plainText(null), 'text'],
    [() => library.identity(null), 'name'],
  ]) {
    assert.throws(call, (error) => {
      assert.ok(['wrong_type', 'missing_member'].includes(error.code), `${call}: ${error.message}`);
      assert.equal(error.field, field, `${call}: ${error.message}`);
      return true;
    }, `${call}`);
  }
  assert.equal(request.events.length, 1);
});

test('an issuer or audience of null is any', () => {
  const token = new Minter({ key, issuer: 'a', audience: 'b' }).mint('kevin');
  assert.equal(new Verifier({ key, issuer: null, audience: null }).verify(token).iss, 'a');
  refuses(() => new Verifier({ key, issuer: undefined, audience: 'b' }), 'missing_member', 'issuer');
});

test('a command that fails changes nothing', () => {
  const request = open();
  const before = request.eventTexts();
  const late = { now: now + 901 };
  const actor = { kind: 'application', id: origin.application };
  for (const call of [
    () => request.approve(approval(request, late)),
    () => request.reject(approval(request, late)),
    () => request.cancel({ actor, ...late }),
    () => request.consume({ metaData: {} }, late),
    () => request.revoke({ actor, ...late }),
  ]) {
    assert.throws(call);
    assert.deepEqual(request.eventTexts(), before, `${call}`);
  }
  assert.equal(request.expire(late.now), true);
  assert.equal(request.events.at(-1).body.type, 'expired');
});

test('the title comes in parts, like the text', () => {
  const { title, titleParts } = template.render({ amount: '€ 5' }, origin);
  assert.equal(title, 'Refund € 5 to kevin?');
  assert.deepEqual(titleParts, [
    { text: 'Refund ' },
    { text: '€ 5', key: 'amount' },
    { text: ' to ' },
    { text: 'kevin', key: 'subject' },
    { text: '?' },
  ]);
  const request = open({ request: { metaData: { amount: '€ 5' } } });
  assert.deepEqual(request.titleParts, titleParts);
  assert.deepEqual(request.toJSON().titleParts, titleParts);
  assert.deepEqual(request.events[0].body.titleParts, titleParts);
  // What a caller does with it changes nothing.
  request.titleParts[0].text = 'Pay ';
  assert.deepEqual(request.titleParts, titleParts);
});

test('the short way of rendering splits title and text as the long way does', () => {
  const shapes = ['A', '$(a)', '$(a)$(b)', 'x$(a)', '$(a)x', '$(subject) $(a)-$(b) é$(a)'];
  for (const approvalTitle of shapes) {
    for (const approvalData of shapes) {
      const shape = Template.parse({
        ...template.toJSON(),
        approvalTitle,
        approvalData,
        metadata: [{ key: 'a', defaultValue: 'A' }, { key: 'b' }],
      });
      for (const metaData of [{}, { a: '😀', b: '' }, { a: 'שלום 1', b: '2' }]) {
        const short = shape.render(metaData, origin);
        assert.deepEqual(shape.render(metaData, { ...origin, claims: {} }), short);
        const opened = shape.open({ request: { metaData }, origin, directory: everyone });
        assert.deepEqual([opened.titleParts, opened.parts], [short.titleParts, short.parts]);
        assert.equal(short.titleParts.map((part) => part.text).join(''), short.title);
        assert.equal(short.parts.map((part) => part.text).join(''), short.text);
      }
    }
  }
});

test('a request shows the device that it was asked from', () => {
  const device = { userAgent: 'Mozilla/5.0', brands: '"Chromium";v="130"', platform: 'Linux', location: { lat: 47.5, lon: -7 } };
  const request = open({ origin: { ...origin, device } });
  assert.deepEqual(request.device, device);
  assert.deepEqual(request.toJSON().device, device);
  assert.deepEqual(request.events[0].body.device, device);
  assert.deepEqual(ApprovalRequest.restore(request.events).device, device);
  request.device.location.lat = 0;
  assert.deepEqual(request.device, device);
  assert.equal(open().device, undefined);
  assert.ok(!('device' in open().toJSON()));
  // It is a hint and no proof: what is approved does not depend on it.
  const id = '018bcfe5-6800-7000-8000-000000000000';
  assert.equal(open({ id, origin: { ...origin, device } }).contentHash, open({ id }).contentHash);
});

test('a template may be for some applications', () => {
  const some = Template.parse({ ...template.toJSON(), applications: ['other.example.com'] });
  assert.throws(() => some.open({ request: {}, origin, directory: everyone }), { code: 'application_not_allowed' });
});

test('what an application may send instead of a text that is refused', () => {
  assert.equal(library.plainText('\u200f1,654.00\u00a0₪\r\npaid\ttoday'), '1,654.00\u00a0₪\npaid today');
  refuses(() => library.plainText('\ud800'), 'wrong_type', 'text');
  refuses(() => library.plainText(), 'missing_member', 'text');
});

test('two names of one person have one identity', () => {
  assert.equal(library.identity('Ann@Faß.de'), library.identity('ann@FASS.de'));
  assert.notEqual(library.identity('jose@x.org'), library.identity('josé@x.org'));
  refuses(() => library.identity('\ud800'), 'wrong_type', 'name');
});
