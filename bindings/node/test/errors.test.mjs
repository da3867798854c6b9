// Compares the exception classes with the catalogue, and checks what an exception shows.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { inspect } from 'node:util';

import * as library from 'jit-approvals';

const { JitError, SigningKey, Minter, Template, Verifier, catalogue } = library;

const className = (family) => `${family[0].toUpperCase()}${family.slice(1)}Error`;

test('the catalogue equals the list in tests/vectors', () => {
  const file = JSON.parse(readFileSync(new URL('../../../tests/vectors/errors.json', import.meta.url), 'utf8'));
  assert.equal(file.errors.length, file.count);
  assert.deepEqual(catalogue.map(({ number, code, family, status }) => ({ number, code, family, status })), file.errors);
  for (const row of catalogue) assert.ok(row.message.length > 0 && Object.isFrozen(row));
});

test('the declared codes are those of the catalogue', () => {
  const declared = readFileSync(new URL('../types/errors.d.ts', import.meta.url), 'utf8');
  const [, lists] = declared.match(/export interface ErrorCodes \{([^}]*)\}/);
  const rows = [...lists.matchAll(/(\w+):([^;]*);/g)].flatMap(([, family, union]) =>
    [...union.matchAll(/'(\w+)'/g)].map(([, code]) => ({ family, code })),
  );
  const sorted = (all) => all.map(({ family, code }) => `${family} ${code}`).sort();
  assert.deepEqual(sorted(rows), sorted(catalogue));
  // The comments name only codes of the catalogue.
  const codes = new Set(catalogue.map((row) => row.code));
  for (const file of ['errors', 'tokens', 'templates', 'requests', 'text']) {
    const text = readFileSync(new URL(`../types/${file}.d.ts`, import.meta.url), 'utf8');
    for (const [, name] of text.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)) assert.ok(codes.has(name), `${file}: ${name}`);
  }
});

test('each family has a subclass of the base class, and there is no other subclass', () => {
  const families = new Set(catalogue.map((row) => row.family));
  const classes = Object.entries(library).filter(([, value]) => value?.prototype instanceof JitError);
  assert.deepEqual(classes.map(([name]) => name).sort(), [...families].map(className).sort());
  for (const [name, made] of classes) {
    assert.equal(made.name, name);
    assert.equal(made.prototype.name, name);
  }
  assert.ok(JitError.prototype instanceof Error);
});

test('each error is an instance of the class of its family', () => {
  const { exception } = createRequire(import.meta.url)('../lib/errors.js');
  for (const row of catalogue) {
    const error = exception(row);
    assert.equal(error.constructor, library[className(row.family)]);
    assert.equal(error.code, row.code);
  }
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
  const { name, code, number, family, status, field, line, column } = error;
  const row = { number: 3001, code: 'unknown_placeholder', family: 'template', status: 422 };
  const place = { field: 'approvalData', line: 2, column: 1 };
  assert.deepEqual({ name, code, number, family, status, field, line, column }, { name: 'TemplateError', ...row, ...place });
  assert.deepEqual(error.toJSON(), { ...row, message: error.message, ...place });
  assert.match(error.stack, /^TemplateError: .*\n(.*\n)*.*callOfMine/);
});

test('all mistakes in a template are returned as exceptions, not thrown', () => {
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

test('the error names an option that is unknown or has the wrong type', () => {
  const request = Template.parse(goodTemplate).open({ request: {}, origin: { application: 'a', subject: 'b' }, directory: { people: 'everyone' } });
  const actor = { kind: 'application', id: 'a' };
  for (const [body, code, field] of [
    // Only calls that create something accept an id.
    [() => request.cancel({ actor, id: null }), 'unknown_member', 'id'],
    [() => request.consume({ metaData: {} }, { id: null }), 'unknown_member', 'id'],
    [() => request.revoke({ actor, id: null }), 'unknown_member', 'id'],
    [() => new Minter({ key, issuer: 'a', audience: 'b', lifetimeSecond: 1 }), 'unknown_member', 'lifetimeSecond'],
    [() => new Minter({ key, issuer: 'a', audience: 'b', lifetimeSeconds: '1' }), 'wrong_type', 'lifetimeSeconds'],
    [() => new Minter({ key, issuer: 'a', audience: 'b', lifetimeSeconds: 0 }), 'out_of_range', 'lifetimeSeconds'],
    [() => new Minter({ key, issuer: 'a', audience: 'b', lifetimeSeconds: 1.5 }), 'wrong_type', 'lifetimeSeconds'],
    [() => new Minter({ key, issuer: 'a' }), 'missing_member', 'audience'],
    [() => new Minter({ key: 'text', issuer: 'a', audience: 'b' }), 'wrong_type', 'key'],
    [() => new Minter({ issuer: 'a', audience: 'b' }), 'missing_member', 'key'],
    // An issuer that is left out by mistake does not mean any issuer.
    [() => new Verifier({ key, audience: 'b' }), 'missing_member', 'issuer'],
    [() => new Verifier({ keys: [key, 1], issuer: 'a', audience: 'b' }), 'wrong_type', 'keys[1]'],
    [() => new Verifier({ key, issuer: 'a', audience: 'b', leewaySeconds: -1 }), 'out_of_range', 'leewaySeconds'],
    [() => SigningKey.fromBase64('AAAA', { leastByte: 1 }), 'unknown_member', 'leastByte'],
    [() => SigningKey.fromBase64(Buffer.alloc(32)), 'wrong_type', 'text'],
    [() => Template.parse(goodTemplate).open({ request: {}, origin: {}, dirctory: {} }), 'unknown_member', 'dirctory'],
    [() => new Verifier({ key, keys: [key], issuer: 'a', audience: 'b' }), 'wrong_type', 'key'],
  ]) {
    const error = thrown(body);
    assert.ok(error instanceof JitError, inspect(error));
    assert.deepEqual([error.code, error.field], [code, field], `${body}`);
  }
});

test('values that could be mistaken for "not given" are rejected', () => {
  const issuer = 'a';
  const token = new Minter({ key, issuer: 'evil', audience: 'b' }).mint('kevin');
  for (const wrong of [NaN, new Date(NaN), new Date(), {}, [], 5, true, Infinity, new String('a')]) {
    assert.ok(thrown(() => new Verifier({ key, issuer: wrong, audience: 'b' }).verify(token)) instanceof JitError);
  }
  for (const options of [{ maxLifetimeSeconds: NaN }, { leewaySeconds: Infinity }, { requireSubject: NaN }]) {
    assert.equal(thrown(() => new Verifier({ key, issuer, audience: 'b', ...options })).code, 'wrong_type');
  }
  for (const more of [{ requiredApprovals: NaN }, { metadata: [{ key: 'a', type: 'number', max: NaN }] }]) {
    assert.equal(thrown(() => Template.parse({ ...goodTemplate, ...more })).code, 'wrong_type');
  }
  const template = Template.parse({ ...goodTemplate, metadata: [{ key: 'a', defaultValue: '1' }] });
  const origin = { application: 'shop.example.com', subject: 'kevin' };
  const directory = { people: 'everyone' };
  for (const opening of [
    { request: { expiresInSeconds: NaN }, origin, directory },
    { origin, directory },
    { request: null, origin, directory },
    { request: [], origin, directory },
    { request: {}, origin, directory: { people: [{ email: 'ann@example.com', active: NaN }] } },
    { request: {}, origin, directory, now: Date.now() },
  ]) {
    assert.ok(thrown(() => template.open(opening)) instanceof JitError, inspect(opening));
  }
  class Hidden {
    get a() {
      return 'EVIL';
    }
  }
  for (const metaData of [new Map([['a', 'EVIL']]), new Hidden(), Object.create({ a: 'EVIL' }), { a: undefined }, [], 5]) {
    const request = template.open({ request: {}, origin, directory });
    request.approve({ approver: 'ann@example.com', contentHash: request.contentHash });
    for (const call of [
      () => request.consume({ metaData }),
      () => template.open({ request: { metaData }, origin, directory }),
      () => template.render(metaData, origin),
      () => template.render(metaData, { ...origin, companyName: 'Shop' }),
    ]) {
      assert.ok(thrown(call) instanceof JitError, `${call} ${inspect(metaData)}`);
    }
    assert.equal(request.grant.status, 'issued');
  }
});

test('lone surrogates are rejected, so that two users cannot become one', () => {
  const minter = new Minter({ key, issuer: 'a', audience: 'b' });
  for (const call of [
    () => minter.mint('user\ud83d'),
    () => minter.mintMany(['user\ud83d']),
    () => minter.mint('user', {}, { jti: '\udc00' }),
    () => SigningKey.fromBytes(new Uint8Array(32), { id: '\ud800' }),
    () => Template.parse('"\ud800"'),
    () => library.jws.sign({ alg: 'HS256' }, '\ud800', key),
    () => library.Jwt.create({}).setClaim('\ud800', 1),
    () => Template.parse({ ...goodTemplate, '\ud800': 1 }),
    () => library.ApprovalRequest.restore(['{"\udc01":1}']),
  ]) {
    assert.equal(thrown(call).code, 'wrong_type', `${call}`);
  }
});

/** Returns a value that contains one object 2^levels times. */
function shared(levels) {
  let value = {};
  for (let level = 0; level < levels; level += 1) value = { a: value, b: value };
  return value;
}

test('claims may be left out in every call', () => {
  const minter = new Minter({ key, issuer: 'a', audience: 'b' });
  const verifier = new Verifier({ key, issuer: 'a', audience: 'b' });
  for (const token of [minter.mint('k'), minter.mint('k', undefined), minter.mint('k', undefined, {}), ...minter.mintMany(['k'])]) {
    assert.deepEqual(Object.keys(verifier.verify(token)), ['iss', 'aud', 'sub', 'jti', 'iat', 'exp', 'nbf']);
  }
  const at = { now: 1_700_000_000 };
  assert.equal(verifier.verify(minter.mintMany(['k'], {}, at)[0], at).iat, at.now);
});

test('missing and misplaced arguments are rejected', () => {
  const verifier = new Verifier({ key, issuer: 'a', audience: 'b' });
  const minter = new Minter({ key, issuer: 'a', audience: 'b' });
  const token = minter.mint('kevin');
  for (const call of [
    () => library.ApprovalRequest.restore(),
    () => library.verifyChain(),
    () => new Verifier(),
    () => new Minter(null),
    () => Template.parse(goodTemplate).open(),
    () => Template.parse(goodTemplate).render(null, null),
    () => verifier.verify(token, 1),
    () => verifier.verify(token, { nwo: 1 }),
    () => verifier.verify(token, null),
    () => minter.mint('k', {}, new Date()),
    () => minter.mint('k', { toJSON() {} }),
    () => minter.mintMany('kevin'),
    () => new Verifier({ keys: [], issuer: 'a', audience: 'b' }),
    () => new library.AccessTokenVerifier({ key, issuer: 5, application: 'b' }),
    () => new library.AccessToken(),
    () => library.Jwt.create().setClaim('a', () => 1),
    () => library.Jwt.create().setClaim('a', 1n),
    () => minter.mint('k', { a: 1n }),
    () => minter.mint('k', new Map([['a', 1]])),
    () => minter.mint('k', { toJSON: () => 'text' }),
    () => minter.mint('k', new Date()),
    () => Template.parse(goodTemplate).render({ a: shared(22) }, { application: 'a', subject: 'b' }),
    () => library.Jwt.create().setExpiration(Date.now() + 300e3),
  ]) {
    assert.ok(thrown(call) instanceof JitError, `${call}: ${inspect(thrown(call))}`);
  }
  assert.deepEqual(Template.mistakes('{').map((mistake) => mistake.code), ['malformed_json']);
});

test('a key is never shown', () => {
  const text = SigningKey.generateBase64();
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
