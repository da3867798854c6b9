// Only own properties are options: what a bad merge of JSON leaves on `Object.prototype` changes no call.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

import * as library from 'jit-approvals';
import njwt from 'jit-approvals/njwt';

const { AccessToken, AccessTokenVerifier, ApprovalRequest, Jwt, Minter, SigningKey, Template, UnverifiedToken, Verifier } = library;
const { identity, jws, plainText, verifyChain } = library;

const bytes = new Uint8Array(32);
const key = SigningKey.fromBytes(bytes);
const now = 1_700_000_000;
const id = '018bcfe5-6800-7000-8000-000000000000';
const at = { now, id };
const grantId = '018bcfe5-6800-7000-8000-000000000001';
const issuer = 'a';
const audience = 'b';
const ann = 'ann@example.com';
const origin = { application: 'shop.example.com', subject: 'kevin' };
const everyone = { people: 'everyone' };
const listed = { people: [{ email: ann, active: true }], groups: { ops: ['bob@example.com'] } };
const actor = { kind: 'administrator', id: 'root' };
const record = {
  approvalType: 'signAndApprove',
  templateName: 'Refund',
  approvalTitle: 'Refund $(amount)?',
  approvalKey: 'REFUND',
  approvalData: 'Refund $(amount) to $(subject).',
  defaultApprovers: [ann],
  metadata: [{ key: 'amount' }],
};
const plain = { ...record, approvalType: 'approve' };

/** Opens a request at a time long ago. */
const old = (given) => Template.parse(plain).open({ request: {}, origin, directory: everyone, ...at, ...given });
function approved(given) {
  const request = old(given);
  request.approve({ approver: ann, contentHash: request.contentHash, directory: given?.directory, now, id: grantId });
  return request;
}
const decision = ({ contentHash }) => ({ approver: ann, contentHash });
const access = () => new AccessTokenVerifier({ key, issuer, application: origin.application });

/** Returns the value of every getter of a request. */
function shown(request) {
  const getters = Object.entries(Object.getOwnPropertyDescriptors(ApprovalRequest.prototype)).filter(([, { get }]) => get);
  return getters.map(([name, { get }]) => [name, get.call(request)]);
}

/** Checks an id or time that was not given: it must come from the system, not from the polluted prototype. */
function fresh(value, polluted) {
  assert.notEqual(value, polluted);
  if (typeof value === 'number') assert.ok(Math.abs(value - Date.now() / 1000) < 60, `${value}`);
  return 'fresh';
}

const jtiOf = (token) => fresh(UnverifiedToken.parse(token).claims.jti, 'polluted');
const minted = (token) => {
  const { jti, iat, exp, nbf, ...claims } = UnverifiedToken.parse(token).claims;
  return [fresh(jti, 'polluted'), fresh(iat, now), exp - iat, nbf - iat, claims];
};

/** Every call of the library, with and without its options. */
const calls = {
  'SigningKey.fromBase64': () => SigningKey.fromBase64('AAAA'),
  'SigningKey.fromBase64, id': () => SigningKey.fromBase64('A'.repeat(43), {}).id,
  'SigningKey.fromBytes': () => SigningKey.fromBytes(bytes.subarray(16)),
  'SigningKey.fromBytes, options': () => SigningKey.fromBytes(bytes.subarray(16), {}),
  'SigningKey.fromBytes, id': () => SigningKey.fromBytes(bytes).id,
  'SigningKey.generate': () => SigningKey.generate().id,
  'SigningKey.generate, options': () => SigningKey.generate({}).id,
  'SigningKey.generateBase64': () => SigningKey.generateBase64().length,
  'new Minter': () => new Minter(),
  'new Minter, empty': () => new Minter({}),
  'new Minter, key': () => new Minter({ key }),
  'new Minter, issuer': () => new Minter({ key, issuer }),
  'minter.mint': () => minted(new Minter({ key, issuer, audience }).mint('kevin')),
  'minter.mint, claims': () => minted(new Minter({ key, issuer, audience }).mint('kevin', { a: 1 })),
  'minter.mint, at': () => minted(new Minter({ key, issuer, audience }).mint('kevin', {}, {})),
  'minter.mint, now': () => jtiOf(new Minter({ key, issuer, audience }).mint('kevin', {}, { now })),
  'minter.mintMany': () => new Minter({ key, issuer, audience }).mintMany(['kevin'], undefined).map(minted),
  'minter.mintMany, at': () => new Minter({ key, issuer, audience }).mintMany(['kevin'], {}, {}).map(minted),
  'new Verifier': () => new Verifier(),
  'new Verifier, key': () => new Verifier({ key }),
  'new Verifier, keys': () => new Verifier({ keys: [key], issuer, audience }).verify(expired),
  'new Verifier, issuer': () => new Verifier({ key, issuer }),
  'new Verifier, audience': () => new Verifier({ key, audience }),
  'new Verifier, any': () => new Verifier({ key, anyIssuer: true, anyAudience: true }).verify(expired, { now }),
  'new Verifier, without a key': () => new Verifier({ issuer, audience }),
  'verifier.verify': () => new Verifier({ key, issuer, audience }).verify(expired),
  'verifier.verify, now': () => new Verifier({ key, issuer, audience }).verify(expired, {}),
  'verifier.verify, another issuer': () => new Verifier({ key, issuer: 'c', audience }).verify(expired, { now }),
  'verifier.verify, at': () => new Verifier({ key, issuer, audience }).verify(expired, { now }),
  'verifier.verify, without a subject': () => new Verifier({ key, issuer, audience }).verify(anonymous, { now }),
  'verifier.verified': () => new Verifier({ key, issuer, audience }).verified(expired),
  'verifier.verified, at': () => new Verifier({ key, issuer, audience: [audience] }).verified(expired, { now }),
  'verifier.origin': () => new Verifier({ key, issuer, audience }).origin(expired),
  'verifier.origin, at': () => new Verifier({ key, issuer, audience }).origin(expired, { now }),
  'UnverifiedToken.parse': () => ({ ...UnverifiedToken.parse(bare) }),
  'Jwt.create': () => jtiOf(Jwt.create().compact(key)),
  'Jwt.create, claims': () => Object.keys(Jwt.create({ a: 1 }, {}).claims),
  'Jwt.create, now': () => jtiOf(Jwt.create({}, { now }).compact(key)),
  'jwt.setClaim': () => Jwt.create({ a: 1 }, { now, jti: 'j' }).setClaim('b', 2).setHeader('kid', 'k').compact(key),
  'jwt.setIssuer': () => Jwt.create({}, { now, jti: 'j' }).setIssuer(issuer).setSubject('k').setJti('i').setIssuedAt(1).claims,
  'jwt.setExpiration': () => Jwt.create({}, { now, jti: 'j' }).setExpiration().setNotBefore().claims,
  'jwt.header': () => Jwt.create({}, { now, jti: 'j' }).header,
  'jws.sign': () => jws.sign({ alg: 'HS256' }, 'payload', key),
  'jws.verify': () => jws.verify(bare, key).header,
  'jws.verify, keys': () => jws.verify(bare, [key]).header,
  'jws.verify, without a key': () => jws.verify(bare),
  'new AccessToken': () => new AccessToken({}),
  'new AccessToken, without one member': () => new AccessToken({ ...grant, application: undefined }),
  'accessToken.sign': () => new AccessToken(grant).sign(key),
  'accessToken.toJSON': () => new AccessToken(grant).toJSON(),
  'new AccessTokenVerifier': () => new AccessTokenVerifier({ key, issuer }),
  'accessTokenVerifier.verify': () => access().verify(carried),
  'accessTokenVerifier.verify, at': () => ({ ...access().verify(carried, { now }) }),
  'Template.parse': () => Template.parse(record).toJSON(),
  'Template.parse, empty': () => Template.parse({}),
  'Template.mistakes': () => Template.mistakes({ ...record, metadata: [{}] }),
  'template.key': () => {
    const { key, version, name, approvalType, fields } = Template.parse({ ...plain, metadata: [], approvalData: 'a', approvalTitle: 'a' });
    return { key, version, name, approvalType, fields };
  },
  'template.fields': () => Template.parse({ ...plain, metadata: undefined, approvalData: 'a', approvalTitle: 'a' }).fields,
  'template.render': () => Template.parse(record).render({ amount: '$5' }, origin),
  'template.render, the slow path': () => Template.parse(record).render({ amount: 5 }, origin),
  'template.render, without values': () => Template.parse(record).render({}, origin),
  'template.render, empty': () => Template.parse(record).render(undefined, {}),
  'template.render, without a subject': () => Template.parse(record).render({}, { application: 'a' }),
  'template.render, without an application': () => Template.parse(record).render({}, { subject: 'a' }),
  'template.render, rejected': () => Template.parse(record).render({ amount: '\0' }, origin),
  'template.needs': () => Template.parse(record).needs({}),
  'template.open': () => Template.parse(record).open(),
  'template.open, empty': () => Template.parse(record).open({}),
  'template.open, without an origin': () => Template.parse(record).open({ request: {}, directory: everyone, ...at }),
  'template.open, without a directory': () => Template.parse(record).open({ request: {}, origin, ...at }),
  'template.open, without people': () => Template.parse(record).open({ request: {}, origin, directory: {}, ...at }),
  'template.open, nobody active': () =>
    Template.parse(record).open({ request: {}, origin, directory: { people: [{ email: ann }] }, ...at }),
  'template.open, with a part of an origin': () =>
    Template.parse(record).open({ request: {}, origin: { subject: 'kevin' }, directory: everyone, ...at }),
  'template.open, now and id': () => {
    const request = Template.parse(record).open({ request: {}, origin, directory: everyone });
    return [fresh(request.id, id), fresh(request.requestedAt.getTime() / 1000, now), request.status];
  },
  'request, opened': () => shown(old()),
  'request, listed': () => shown(old({ directory: listed })),
  'request, approved': () => shown(approved()),
  'request.toJSON': () => approved().toJSON(),
  'request.at': () => [approved().at(now + 1), approved().at(), old().at(), old().at(now)],
  'request.eventsSince': () => [old().eventsSince(0), old().eventTexts()],
  'request.needsOf': () => old({ directory: listed }).needsOf(ann),
  'request.mayDecide': () => old().mayDecide(ann)?.toJSON(),
  'request.mayDecide, now': () => old().mayDecide(ann, { now }),
  'request.mayDecide, without a directory': () => old({ directory: listed }).mayDecide(ann, { now }),
  'request.mayDecide, nobody': () => old().mayDecide('eve@example.com', { now })?.toJSON(),
  'request.approve': () => old().approve(decision(old())),
  'request.approve, now': () => old().approve({ ...decision(old()), directory: everyone }),
  'request.approve, without a directory': () => old({ directory: listed }).approve({ ...decision(old()), now }),
  'request.approve, empty': () => old().approve({}),
  'request.approve, nobody': () => old().approve(),
  'request.approve, unsigned': () => {
    const request = Template.parse(record).open({ request: {}, origin, directory: everyone, ...at });
    return request.approve({ ...decision(request), now });
  },
  'request.approve, the event': () => approved().events.map(({ hash, ...event }) => event),
  'request.reject': () => {
    const request = old();
    return [request.reject({ ...decision(request), now }), request.events];
  },
  'request.cancel': () => old().cancel({ actor }),
  'request.cancel, empty': () => old().cancel({ now }),
  'request.cancel, with a part of an actor': () => old().cancel({ actor: { kind: 'administrator' }, now }),
  'request.cancel, the event': () => {
    const request = old();
    request.cancel({ actor, now });
    return request.events;
  },
  'request.cancel, by a system': () => old().cancel({ actor: { kind: 'system', id: 'shop' }, now }),
  'request.consume': () => approved().consume({ metaData: {} }),
  'request.consume, at': () => approved().consume({ metaData: {} }, {}),
  'request.consume, now': () => approved().consume({}, { now }),
  'request.consume, the event': () => {
    const request = approved();
    request.consume({ metaData: {} }, { now });
    return [request.at(now), request.events];
  },
  'request.revoke': () => approved().revoke({ actor }),
  'request.revoke, the event': () => {
    const request = approved();
    request.revoke({ actor, now });
    return request.events;
  },
  'request.expire': () => {
    const request = old();
    return [request.expire(), request.events];
  },
  'request.apply': () => {
    const [request, other] = [old(), old()];
    request.cancel({ actor, now });
    other.apply(request.events[1]);
    return other.head;
  },
  'request.accessToken': () => approved().accessToken({ issuer, key }),
  'request.accessToken, empty': () => approved().accessToken({}),
  'request.accessToken, now': () => approved().accessToken({ issuer, key, now }),
  'ApprovalRequest.restore': () => ApprovalRequest.restore(approved().events).head,
  'ApprovalRequest.restore, head': () => ApprovalRequest.restore(approved().events, {}),
  'ApprovalRequest.restore, with a part of an event': () => ApprovalRequest.restore([{ ...old().events[0], body: {} }]),
  verifyChain: () => verifyChain(old().events),
  'verifyChain, head': () => verifyChain(old().events, {}),
  'verifyChain, count': () => verifyChain(old().events, { count: 1 }),
  plainText: () => plainText('a\tb'),
  identity: () => identity('Ann@X.org'),
  'njwt.create': () => njwt.create({ jti: 'j', iat: 1 }, Buffer.from(bytes)).setExpiration(2e12).compact(),
  'njwt.verify': () => ({ ...njwt.verify(lasting, Buffer.from(bytes)).body }),
};

const expired = new Minter({ key, issuer, audience }).mint('kevin', {}, { now, jti: 'j' });
const anonymous = Jwt.create({ iss: issuer, aud: audience }, { now, jti: 'j' }).compact(key);
const bare = jws.sign({ alg: 'HS256' }, '{}', key);
const lasting = njwt.create({ jti: 'j', iat: 1 }, Buffer.from(bytes)).setExpiration(2e12).compact();
const carried = approved().accessToken({ issuer, key, now });
const grant = new AccessTokenVerifier({ key, issuer, application: origin.application }).verify(carried, { now }).toJSON();

/** Returns what a call returns or throws. */
function outcome(call) {
  try {
    return { returned: call() };
  } catch (error) {
    if (!(error instanceof library.JitError)) return { thrown: `${error}` };
    return { rejected: Object.entries(error), record: error.toJSON() };
  }
}

const story = () => Object.entries(calls).map(([name, call]) => [name, outcome(call)]);
// Some messages contain the present time.
const written = (story) => JSON.stringify(story, undefined, 1).replace(/it is [^"]*/g, 'it is now');

/** Returns the names of all members in the declarations, among them every option and every member of a record. */
function names() {
  const folder = new URL('../types/', import.meta.url);
  const texts = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));
  const found = [...texts.join('\n').matchAll(/(?<=^ +(?:readonly )?|[{;,(] )\w+(?=\??: )/gm)].map(([name]) => name);
  return [...new Set(found)].sort();
}

/** Values that would change a call if they counted as its options. Every name also gets a text, null and a number. */
const values = {
  now, id, jti: 'polluted', actor, directory: everyone, people: 'everyone', active: true, leastBytes: 1, count: 1,
  key, keys: [key], origin, request: {}, metaData: { amount: '1' }, issuer: null, audience: null, anyIssuer: true, anyAudience: true, keyId: 'polluted', expiresAt: now + 5,
  hash: old().head.hash, reason: 'polluted', comment: 'polluted', signature: 'polluted', device: { platform: 'polluted' },
  contentHash: old().contentHash, approver: ann, application: 'polluted.example.com', subject: 'polluted', claims: { a: 1 },
  grant: { status: 'issued' }, consumedAt: 1, decidedAt: 1, requireSubject: true, leewaySeconds: 2 ** 31, line: 1, column: 1,
  field: 'polluted', templateId: 'POLLUTED', requestId: id, approvers: ['eve@example.com'], aliases: ['kevin'],
};

test('an inherited property is not an option', () => {
  const expected = written(story());
  for (const name of ['leastBytes', 'metadata', 'expiresAt', 'requireSubject']) assert.ok(names().includes(name), name);
  for (const name of new Set([...Object.keys(values), ...names()])) {
    for (const value of [values[name], 'polluted', null, 5]) {
      if (value === undefined) continue;
      assert.ok(!(name in Object.prototype), name);
      let found;
      Object.prototype[name] = value;
      try {
        found = story();
      } finally {
        delete Object.prototype[name];
      }
      assert.equal(written(found), expected, `Object.prototype.${name} = ${JSON.stringify(value)}`);
    }
  }
});

test('the list above contains every call', () => {
  const source = Object.values(calls).join('\n') + shown;
  for (const [name, made] of Object.entries(library)) {
    if (typeof made !== 'function' || made.prototype instanceof Error || made === Error) continue;
    for (const member of Object.getOwnPropertyNames(made)) {
      if (typeof made[member] === 'function') assert.match(source, new RegExp(`\\b${name}\\.${member}\\(`));
    }
    for (const [member, { get }] of Object.entries(Object.getOwnPropertyDescriptors(made.prototype ?? {}))) {
      if (name === 'JitError' || member === 'constructor' || (get && name === 'ApprovalRequest')) continue;
      assert.match(source, new RegExp(`\\b${member}\\b`), `${name}.${member}`);
    }
  }
});

test('an option is read once', () => {
  const reads = new Map();
  /** Returns an object with these properties. Each returns another value when it is read again. */
  const once = (members, label) => {
    const object = {};
    for (const [name, value] of Object.entries(members)) {
      const path = `${label}.${name}`;
      reads.set(path, 0);
      const get = () => {
        reads.set(path, reads.get(path) + 1);
        return reads.get(path) === 1 ? value : 'another';
      };
      Object.defineProperty(object, name, { get, enumerable: true, configurable: true });
    }
    return object;
  };
  const template = Template.parse(once(plain, 'template'));
  SigningKey.fromBytes(bytes, once({ id: 'k', leastBytes: 32 }, 'key'));
  SigningKey.fromBase64('A'.repeat(43), once({ id: 'k', leastBytes: 32 }, 'text'));
  const minter = new Minter(once({ key, issuer, audience, lifetimeSeconds: 60, backdateSeconds: 5 }, 'minter'));
  const token = minter.mint('kevin', {}, once({ now, jti: 'j' }, 'mint'));
  minter.mintMany(['kevin'], {}, once({ now }, 'mintMany'));
  const options = { key, issuer, audience, leewaySeconds: 0, maxLifetimeSeconds: 60, requireSubject: true };
  const verifier = new Verifier(once(options, 'verifier'));
  verifier.verify(token, once({ now }, 'verify'));
  verifier.origin(token, once({ now }, 'origin'));
  verifier.verified(token, once({ now }, 'verified'));
  new Verifier(once({ key, anyIssuer: true, audience: [audience] }, 'any'));
  SigningKey.generate(once({ id: 'k' }, 'generate'));
  Jwt.create({}, once({ now, jti: 'j' }, 'jwt'));
  jws.sign(once({ alg: 'HS256' }, 'header'), '', key);
  // The fast path, the slow path, and the change from one to the other.
  template.render(once({ amount: '1' }, 'fast values'), once(origin, 'fast'));
  template.render(once({ amount: 1 }, 'slow values'), once({ ...origin, company: 'c', requestId: id }, 'slow'));
  assert.throws(() => template.render(once({ amount: '\0' }, 'hidden values'), once(origin, 'hidden')), { code: 'hidden_character' });
  template.needs(once({ approvers: [ann] }, 'needs'));
  const opening = once({ request: once({ metaData: once({ amount: '1' }, 'metaData') }, 'body'), origin: once(origin, 'from'), directory: once(everyone, 'people'), ...at }, 'opening');
  const request = template.open(opening);
  request.approve(once({ ...decision(request), comment: 'c', directory: once(everyone, 'people again'), now, id: grantId }, 'decision'));
  const given = request.accessToken(once({ issuer, key, now }, 'accessToken'));
  const tokens = new AccessTokenVerifier(once({ key, issuer, application: origin.application, leewaySeconds: 0 }, 'tokens'));
  new AccessToken(once(tokens.verify(given, once({ now }, 'token')).toJSON(), 'grant'));
  request.consume(once({ metaData: once({ amount: '1' }, 'act') }, 'acting'), once({ now }, 'consume'));
  old().cancel(once({ actor: once(actor, 'actor'), reason: 'r', now }, 'cancel'));
  approved().revoke(once({ actor: once(actor, 'revoker'), reason: 'r', now }, 'revoke'));
  old().mayDecide(ann, once({ directory: once(everyone, 'people to ask'), now }, 'mayDecide'));
  verifyChain(request.events, once(request.head, 'head'));
  ApprovalRequest.restore(request.events.map((event, index) => once(event, `event ${index}`)), once(request.head, 'end'));
  for (const [path, count] of reads) assert.equal(count, 1, `${path} was read ${count} times`);
});
