// What opening and deciding a request requires, what null means, and what a request shows.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as library from 'jit-approvals';

import { refuses } from './refuses.mjs';

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

test('opening a request requires a directory', () => {
  refuses(() => template.open({ request: {}, origin }), 'missing_member', 'directory');
  refuses(() => open({ directory: undefined }), 'missing_member', 'directory');
  refuses(() => open({ directory: null }), 'wrong_type', 'directory');
  refuses(() => open({ directory: 'everyone' }), 'wrong_type', 'directory');
  refuses(() => open({ directory: {} }), 'missing_member', 'people');
  assert.throws(() => open({ directory: null }), InputError);
  assert.equal(open().events[0].body.people, 'everyone');
  assert.equal(open({ directory: listed }).events[0].body.people, 'listed');
});

test('a member of a directory may be left out, but not be undefined or null', () => {
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

test('a decision may leave out the directory if the request was opened with everyone', () => {
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
  assert.equal(request.mayDecide('eve@example.com', { now: null }).code, 'request_final');
  assert.equal(request.expire({ now: null }), false);
  assert.ok(request.accessToken({ issuer: 'a', key, now: null }));
  request.consume({ metaData: {} }, { now: null });
  const actor = { kind: 'administrator', id: 'root' };
  const other = template.open({ request: {}, origin, directory: everyone });
  other.cancel({ actor, reason: null, now: null });
  assert.deepEqual(other.events[1].body, { type: 'cancelled' });
  const third = template.open({ request: {}, origin, directory: everyone });
  third.approve({ ...approval(third), ...nothing });
  third.revoke({ actor, reason: null, now: null });
  assert.equal(third.grant.status, 'revoked');
  assert.equal(SigningKey.fromBytes(new Uint8Array(32), { id: null }).id, undefined);
});

test('null is an error anywhere else', () => {
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
    [() => new Verifier({ key, issuer: null, audience: 'b' }), 'issuer'],
    [() => new Verifier({ key, issuer: 'a', audience: null }), 'audience'],
    [() => new Verifier({ key, issuer: 'a', audience: ['b', null] }), 'audience[1]'],
    [() => new Verifier({ key, anyIssuer: null, audience: 'b' }), 'anyIssuer'],
    [() => new Verifier({ key, issuer: 'a', anyAudience: null }), 'anyAudience'],
    [() => new Verifier({ key, issuer: 'a', audience: 'b', leewaySeconds: null }), 'leewaySeconds'],
    [() => new Verifier({ key, issuer: 'a', audience: 'b', maxLifetimeSeconds: null }), 'maxLifetimeSeconds'],
    [() => new Verifier({ key, issuer: 'a', audience: 'b', requireSubject: null }), 'requireSubject'],
    [() => new Verifier({ keys: null, issuer: 'a', audience: 'b' }), 'keys'],
    [() => new Verifier({ keys: [key], key: null, issuer: 'a', audience: 'b' }), 'key'],
    [() => verifier.verify('', null), 'at'],
    [() => verifier.origin('', null), 'at'],
    [() => verifier.verified('', null), 'at'],
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
    [() => request.mayDecide(null), 'approver'],
    [() => request.mayDecide('ann@example.com', null), 'options'],
    [() => request.mayDecide('ann@example.com', { directory: null }), 'directory'],
    [() => request.needsOf(null), 'approver'],
    [() => ApprovalRequest.restore(request.events, null), 'head'],
    [() => ApprovalRequest.restore(request.events, { count: null, hash: request.head.hash }), 'head.count'],
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

const staged = Template.parse({
  ...template.toJSON(),
  defaultApprovers: undefined,
  stages: [{ approvers: ['ann@example.com', 'ben@example.com'], requiredApprovals: 2 }, { approverGroups: ['ops'] }],
});
const people = ['ann', 'ben', 'cara', 'dan'].map((name) => ({ email: `${name}@example.com`, active: true }));
const groups = { ops: ['cara@example.com', 'dan@example.com'] };
const directory = { people, groups };

test('needsOf returns what a directory must contain for a decision', () => {
  const request = staged.open({ request: {}, origin, directory, now });
  assert.deepEqual(request.needsOf('ANN@example.com'), { emails: ['ann@example.com'], groups: [] });
  assert.deepEqual(request.needsOf('cara@example.com'), { emails: ['cara@example.com'], groups: ['ops'] });
  assert.deepEqual(request.needsOf('eve@example.com'), { emails: [], groups: [] });
  const { emails, groups: keys } = request.needsOf('cara@example.com');
  const loaded = {
    people: people.filter(({ email }) => emails.includes(email)),
    groups: Object.fromEntries(keys.map((key) => [key, groups[key]])),
  };
  assert.equal(request.mayDecide('cara@example.com', { directory: loaded, now }).code, 'stage_not_open');
  refuses(() => request.needsOf(), 'missing_member', 'approver');
});

test('mayDecide returns why a person may not decide', () => {
  const request = staged.open({ request: {}, origin, directory, now });
  const before = request.eventTexts();
  /** Returns the code of the returned error. */
  const why = (name, given) => request.mayDecide(`${name}@example.com`, { directory, now, ...given })?.code;
  assert.equal(request.mayDecide('ann@example.com', { directory, now }), undefined);
  const error = request.mayDecide('eve@example.com', { directory, now });
  assert.ok(error instanceof library.DecisionError && error instanceof Error);
  assert.deepEqual([error.code, error.status, error.field], ['not_eligible', 403, 'approver']);
  assert.match(error.stack, /requests\.test\.mjs/);
  assert.equal(why('cara'), 'stage_not_open');
  assert.equal(why('ann', { directory: { people: [{ ...people[0], active: false }] } }), 'no_longer_eligible');
  assert.equal(why('ann', { directory: { people: [{ ...people[0], aliases: ['kevin'] }] } }), 'self_approval');
  assert.equal(why('ann', { now: now + 900 }), 'request_expired');
  assert.equal(request.mayDecide('ann@example.com', { directory }).code, 'request_expired');
  assert.deepEqual(request.eventTexts(), before, 'a query changes nothing');

  const approve = (name, given) => request.approve(approval(request, { approver: `${name}@example.com`, directory, ...given }));
  approve('ann');
  assert.equal(why('ann'), 'already_decided');
  assert.equal(why('ben'), undefined);
  approve('ben');
  assert.equal(why('cara'), undefined);
  assert.equal(why('cara', { directory: { people, groups: { ops: [] } } }), 'no_longer_eligible');
  approve('dan');
  assert.equal(why('cara'), 'request_final');
  assert.equal(request.mayDecide('cara@example.com', { directory, now }) instanceof library.RequestError, true);
});

test('mayDecide throws if its arguments are wrong', () => {
  const request = staged.open({ request: {}, origin, directory, now });
  const ann = 'ann@example.com';
  refuses(() => request.mayDecide(ann, { now }), 'missing_member', 'directory');
  refuses(() => request.mayDecide(ann, { directory: everyone, now }), 'directory_mismatch', 'directory');
  refuses(() => request.mayDecide(ann, { directory: {}, now }), 'missing_member', 'people');
  refuses(() => request.mayDecide(ann, { directory: { people: [{ email: ann }] }, now }), 'missing_member', 'people[0].active');
  refuses(() => request.mayDecide(ann, { directory, now: 'soon' }), 'wrong_type', 'now');
  refuses(() => request.mayDecide(ann, { directory, now: Date.now() }), 'out_of_range', 'now');
  refuses(() => request.mayDecide(ann, { directory, approver: ann }), 'unknown_member', 'approver');
  refuses(() => request.mayDecide({ email: ann }, { directory }), 'wrong_type', 'approver');
  refuses(() => request.mayDecide(), 'missing_member', 'approver');
  // A request that was opened with everyone needs no directory.
  assert.equal(open().mayDecide(ann, { now }), undefined);
  assert.equal(open().mayDecide(ann).code, 'request_expired');
  assert.equal(open({ now: null }).mayDecide(ann), undefined);
});

test('a request shows its company, its claims, and when it was decided', () => {
  const shown = Template.parse({ ...template.toJSON(), claims: ['role', '__proto__'], approvalData: '$(claim.role)' });
  const claims = JSON.parse('{"role": "buyer", "__proto__": "p", "other": 1}');
  const request = shown.open({ request: {}, origin: { ...origin, company: 'acme', claims }, directory: listed, now });
  assert.equal(request.company, 'acme');
  assert.deepEqual(request.claims, JSON.parse('{"role": "buyer", "__proto__": "p"}'));
  assert.equal(request.people, 'listed');
  assert.equal(request.decidedAt, undefined);
  request.claims.role = 'eve';
  assert.equal(request.claims.role, 'buyer');
  request.reject(approval(request, { directory: listed, now: now + 5 }));
  assert.equal(request.decidedAt.getTime(), (now + 5) * 1000);
  const restored = ApprovalRequest.restore(request.events);
  assert.deepEqual([restored.company, restored.people, restored.decidedAt], ['acme', 'listed', request.decidedAt]);
  const bare = open();
  assert.deepEqual([bare.company, bare.claims, bare.people], [origin.application, {}, 'everyone']);
  bare.cancel({ actor: { kind: 'application', id: origin.application }, now });
  assert.equal(bare.decidedAt, undefined);
});

test('a signature is a text, or an object as in an event', () => {
  const signed = Template.parse({ ...template.toJSON(), approvalType: 'signAndApprove' });
  for (const signature of ['Ann', { kind: 'typed', text: 'Ann' }]) {
    const request = signed.open({ request: {}, origin, directory: everyone, now });
    request.approve(approval(request, { signature }));
    assert.deepEqual(request.stages[0].decisions[0].signature, { kind: 'typed', text: 'Ann' });
  }
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
  assert.equal(request.expire(late), true);
  assert.equal(request.events.at(-1).body.type, 'expired');
});

test('the title has parts, like the text', () => {
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
  // A caller that changes the result does not change the request.
  request.titleParts[0].text = 'Pay ';
  assert.deepEqual(request.titleParts, titleParts);
});

test('the fast path of rendering splits title and text as the slow path does', () => {
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

test('a request shows the device that it was made from', () => {
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
  // The device is a hint, not a proof: what is approved does not depend on it.
  const id = '018bcfe5-6800-7000-8000-000000000000';
  assert.equal(open({ id, origin: { ...origin, device } }).contentHash, open({ id }).contentHash);
});

test('a template may be limited to some applications', () => {
  const some = Template.parse({ ...template.toJSON(), applications: ['other.example.com'] });
  assert.throws(() => some.open({ request: {}, origin, directory: everyone }), { code: 'application_not_allowed' });
});

test('plainText returns what an application may send instead of a text that is rejected', () => {
  assert.equal(library.plainText('\u200f1,654.00\u00a0₪\r\npaid\ttoday'), '1,654.00\u00a0₪\npaid today');
  refuses(() => library.plainText('\ud800'), 'wrong_type', 'text');
  refuses(() => library.plainText(), 'missing_member', 'text');
});

test('two names of one person have the same identity', () => {
  assert.equal(library.identity('Ann@Faß.de'), library.identity('ann@FASS.de'));
  assert.notEqual(library.identity('jose@x.org'), library.identity('josé@x.org'));
  refuses(() => library.identity('\ud800'), 'wrong_type', 'name');
});
