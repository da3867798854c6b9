// Attacks by other code of the same process, and by what a client sends.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AccessToken, JitError, Jwt, Minter, SigningKey, Template, UnverifiedToken, Verifier, jws } from 'jit-approvals';
import dropIn from 'jit-approvals/njwt';
import njwt from 'njwt';

const key = SigningKey.generate();
const names = { issuer: 'a', audience: 'b' };
const verifier = new Verifier({ key, ...names });
const now = 1_700_000_000;
const origin = { application: 'a.example.com', subject: 'kevin' };
const everyone = { people: 'everyone' };
const template = Template.parse({
  approvalType: 'approve',
  templateName: 'R',
  approvalTitle: 'R',
  approvalKey: 'R',
  approvalData: 'x',
  defaultApprovers: ['ann@example.com'],
});
const open = () => template.open({ request: {}, origin, directory: everyone, now });

/** Runs a call while a property has another value. */
function while_(object, name, descriptor, call) {
  const before = Object.getOwnPropertyDescriptor(object, name);
  Object.defineProperty(object, name, { configurable: true, ...descriptor });
  try {
    return call();
  } finally {
    if (before === undefined) delete object[name];
    else Object.defineProperty(object, name, before);
  }
}

test('a clock that gives no time makes nothing valid', () => {
  const token = jws.sign({ alg: 'HS256' }, JSON.stringify({ iss: 'a', aud: 'b', exp: 1_500_000_000 }), key);
  const request = open();
  const old = dropIn.create({}, 'k').setExpiration(new Date(1)).compact();
  for (const time of [undefined, NaN, Infinity, -Infinity, 'x', 10n, {}, 1e300]) {
    while_(Date, 'now', { value: () => time }, () => {
      for (const call of [() => verifier.verify(token), () => new Minter({ key, ...names }).mint('k'), () => request.status, () => Jwt.create()]) {
        assert.throws(call, (error) => error instanceof JitError && error.field === 'now', String(time));
      }
      assert.throws(() => dropIn.verify(old, 'k'), /expired/);
    });
  }
});

test('a toJSON that other code has added to a prototype changes no record', () => {
  const directory = { people: [{ email: 'ann@example.com', active: false }] };
  const given = { request: {}, origin, directory };
  for (const prototype of [Object.prototype, Array.prototype]) {
    const toJSON = { value() { return Array.isArray(this) ? 'everyone' : this; } };
    while_(prototype, 'toJSON', toJSON, () => assert.throws(() => template.open(given), { code: 'too_few_approvers' }));
  }
});

test('an accessor or a read-only property of Object.prototype changes no result', () => {
  const token = new Minter({ key, ...names }).mint('kevin');
  const evil = { get: () => 'evil', set() {} };
  while_(Object.prototype, 'issuer', evil, () => assert.equal(UnverifiedToken.parse(token).issuer, 'a'));
  const grant = { issuer: 'a', application: 'b', subject: 'c', grantId: 'd', expiresAt: now, approvalRequestId: 'e', templateId: 'f', contentHash: 'g' };
  while_(Object.prototype, 'application', evil, () => assert.equal(new AccessToken(grant).application, 'b'));
  while_(Object.prototype, 'code', { value: 'evil', writable: false }, () => {
    assert.throws(() => verifier.verify('x'), (error) => error.code === 'malformed_token');
  });
});

test('what a client sends cannot forge a line of a log', () => {
  const name = 'x\n2025-01-01 INFO admin logged in\u001b[2K\u202e';
  const attempts = [
    () => template.open({ request: { metaData: { [name]: '\ud800' } }, origin, directory: everyone }),
    () => template.open({ request: { metaData: { ['y'.repeat(90_000)]: '\ud800' } }, origin, directory: everyone }),
    () => template.open({ request: { metaData: { '\ud800': 'x' } }, origin, directory: everyone }),
    () => template.open({ request: {}, origin, directory: everyone, [name]: 1 }),
  ];
  for (const attempt of attempts) {
    assert.throws(attempt, ({ message, field }) => {
      for (const text of [message, field]) {
        assert.doesNotMatch(text, /[\n\u001b\u202e]/);
        assert.ok(text.isWellFormed() && text.length < 400, text);
      }
      return true;
    });
  }
});

test('errors keep their class, whatever happens to stacks', () => {
  const rejected = () => assert.throws(() => verifier.verify('x'), { name: 'TokenError', code: 'malformed_token' });
  for (const prepare of [(_, sites) => sites, () => undefined, () => null, () => 5]) {
    while_(Error, 'prepareStackTrace', { value: prepare, writable: true }, rejected);
  }
  for (const limit of [undefined, 'x', 0, 1, -1, Infinity]) {
    while_(Error, 'stackTraceLimit', { value: limit, writable: true }, rejected);
    while_(Error, 'stackTraceLimit', { value: limit, writable: false }, rejected);
  }
});

test("a stack starts at the caller's line, also through built-in functions and deep records", () => {
  const nested = (levels) => (levels === 0 ? { oneOf: [NaN] } : { inner: nested(levels - 1) });
  for (const call of [
    () => Template.parse(nested(40)),
    () => new Minter({ key, ...names }).mintMany(['a', 5]),
    () => new Verifier({ keys: [key, 5], ...names }),
    () => { throw Template.mistakes({})[0]; },
  ]) {
    assert.throws(call, ({ stack }) => /hostile\.test\.mjs/.test(stack.split('\n').find((line) => line.startsWith('    at '))));
  }
});

test("an error that is not the addon's is not converted", () => {
  for (const thrown of ['{x', '{"a":1}', '{"family":"toString"}'].map((message) => Object.assign(new Error(message), { code: 'GenericFailure' }))) {
    const record = { get approvalType() { throw thrown; } };
    assert.throws(() => Template.parse(record), (error) => error === thrown);
  }
});

test('arguments that make many requests while they are read do no harm', () => {
  const flood = () => Array.from({ length: 70 }, open);
  class Lazy extends Date {
    getTime() {
      flood();
      return super.getTime();
    }
  }
  const actor = { kind: 'administrator', id: 'root' };
  const request = open();
  request.cancel({ now, get actor() { flood(); return actor; } });
  assert.equal(request.at(now).status, 'cancelled');
  assert.equal(open().expire({ now: new Lazy(now * 1000) }), false);
  const other = open();
  other.approve({ now, contentHash: other.contentHash, get approver() { flood(); return 'ann@example.com'; } });
  assert.equal(other.at(now).status, 'approved');
  assert.equal(other.eventTexts().length, 2);
});

test('a Date tells its own time', () => {
  const date = Object.assign(new Date(1_600_000_000_000), { getTime: () => 0 });
  assert.equal(Jwt.create({}, { now: date }).claims.iat, 1_600_000_000);
});

test("the drop-in's default resolver belongs to its verifier, as njwt's does", () => {
  const [own, others] = [Buffer.alloc(32, 7), Buffer.alloc(32, 1)];
  const outcome = (call) => {
    try {
      call();
      return 'accepted';
    } catch ({ message }) {
      return message;
    }
  };
  const [ours, theirs] = [dropIn, njwt].map((library) => {
    const token = library.create({ a: 1 }, own).compact();
    const verifierOf = (key) => library.createVerifier().setSigningKey(key);
    const fallback = verifierOf(own).keyResolver;
    return [
      () => library.createVerifier().withKeyResolver((kid, done) => fallback(kid, done)).verify(token),
      () => library.createVerifier().withKeyResolver(verifierOf(own).keyResolver).verify(token),
      () => verifierOf(own).withKeyResolver(verifierOf(others).keyResolver).verify(token),
      () => library.create({}, own).setHeader('kid', 'k').setHeader('toJSON', () => undefined).compact(),
    ].map(outcome);
  });
  assert.deepEqual(ours.slice(0, 3), theirs.slice(0, 3));
  assert.ok(ours[3] !== 'accepted' && theirs[3] !== 'accepted');
});
