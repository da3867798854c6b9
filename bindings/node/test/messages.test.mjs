// Mistakes that people make: the message says what is wrong and what to do.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { JitError, SigningKey, Minter, Template, UnverifiedToken, Verifier, jws } from 'jit-approvals';

const key = SigningKey.generate();
const names = { issuer: 'shop.example.com', audience: 'approvals.example.com' };
const minter = new Minter({ key, ...names });
const verifier = new Verifier({ key, ...names });
const token = minter.mint('kevin');
const template = Template.parse({
  approvalType: 'approve',
  templateName: 'T',
  approvalKey: 'T',
  approvalTitle: 'T',
  approvalData: '$(amount)',
  defaultApprovers: ['ann@example.com'],
  metadata: [{ key: 'amount', type: 'number' }],
});
const origin = { application: 'shop.example.com', subject: 'kevin' };

const cycle = {};
cycle.self = cycle;

for (const [what, call, code, message] of [
  ['an environment variable that is not set', () => SigningKey.fromBase64(undefined), 'missing_member', /environment variable/],
  ['a token with `Bearer`', () => verifier.verify(`Bearer ${token}`), 'malformed_token', /`Bearer `: pass only what follows/],
  ['`now` in milliseconds', () => verifier.verify(token, { now: Date.now() }), 'out_of_range', /looks like milliseconds/],
  ['`now` in fractions', () => verifier.verify(token, { now: Date.now() / 1000 }), 'wrong_type', /whole Unix seconds.*Math\.floor/],
  ['`iss` for `issuer`', () => new Minter({ key, iss: 'a', audience: 'b' }), 'unknown_member', /did you mean `issuer`\?/],
  ['`aud` for `audience`', () => new Verifier({ key, issuer: 'a', aud: 'b' }), 'unknown_member', /did you mean `audience`\?/],
  ['a misspelled option', () => template.open({ request: {}, origin, directry: {} }), 'unknown_member', /did you mean `directory`\?/],
  ['a decimal as a number', () => template.render({ amount: 12.5 }, origin), 'metadata_type', /`12\.5` is not an integer: send decimals as text, such as `12\.50`/],
  ['a Buffer as a key', () => new Minter({ key: Buffer.alloc(32), ...names }), 'wrong_type', /`key` must be a SigningKey \(see SigningKey\.fromBytes\), not a Buffer/],
  ['a text as a key', () => new Minter({ key: 'secret', ...names }), 'wrong_type', /see SigningKey\.fromBase64/],
  ['circular claims', () => minter.mint('kevin', cycle), 'wrong_type', /circular structure/],
  ['a BigInt in claims', () => minter.mint('kevin', { a: 1n }), 'wrong_type', /BigInt/],
  ['`now` among the claims of `open`', () => template.open({ request: { now: 1 }, origin, directory: { people: 'everyone' } }), 'unknown_member', /`now`/],
  ['`now` among the values of `render`', () => template.render({ now: 1 }, origin), 'unknown_metadata', /`now`/],
  ['`now` in the options of a minter', () => new Minter({ key, ...names, now: 1 }), 'unknown_member', /`now`/],
]) {
  test(what, () => {
    assert.throws(call, (error) => {
      assert.ok(error instanceof JitError, error);
      assert.equal(error.code, code);
      assert.match(error.message, message);
      assert.ok(!error.message.includes('secret'));
      return true;
    });
  });
}

test('a key of another copy of the package', () => {
  const SigningKey = class SigningKey {};
  assert.throws(() => new Minter({ key: new SigningKey(), ...names }), /another copy of jit-approvals/);
});

test('a method without its object', () => {
  const { verify } = verifier;
  const { mint } = minter;
  assert.throws(() => verify(token), { name: 'TypeError', message: /call it as `verifier\.verify\(…\)`/ });
  assert.throws(() => mint('kevin'), { name: 'TypeError', message: /call it as `minter\.mint\(…\)`/ });
});

test('an invalid signature always has the field `signature`', () => {
  const other = token.slice(0, -4) + (token.endsWith('AAAA') ? 'BBBB' : 'AAAA');
  const cut = `${token.slice(0, token.lastIndexOf('.'))}.AAAA`;
  for (const wrong of [other, cut]) {
    assert.throws(() => verifier.verify(wrong), { code: 'invalid_signature', field: 'signature' });
    assert.throws(() => jws.verify(wrong, key), { code: 'invalid_signature', field: 'signature' });
  }
});

test("a stack starts at the caller's line", () => {
  for (const call of [
    () => verifier.verify('a.b.c'),
    () => verifier.verify(1),
    () => minter.mint(''),
    () => new Minter({}),
    () => Template.parse('{'),
    () => template.open({ request: {}, origin, directory: {} }),
    () => SigningKey.fromBytes(Buffer.alloc(1)),
    () => UnverifiedToken.parse(''),
  ]) {
    assert.throws(call, (error) => {
      const frames = error.stack.split('\n').filter((line) => line.startsWith('    at '));
      assert.match(frames[0], /messages\.test\.mjs/, error.stack);
      return true;
    });
  }
});

test('the clock is `Date.now()`', (context) => {
  context.mock.timers.enable({ apis: ['Date'], now: 1_600_000_000_000 });
  const minted = minter.mint('kevin');
  assert.equal(UnverifiedToken.parse(minted).claims.iat, 1_600_000_000);
  assert.equal(UnverifiedToken.parse(minter.mintMany(['kevin'])[0]).claims.iat, 1_600_000_000);
  assert.equal(verifier.verify(minted).sub, 'kevin');
  const request = template.open({ request: { metaData: { amount: '1' } }, origin: verifier.origin(minted), directory: { people: 'everyone' } });
  assert.equal(request.requestedAt.getTime(), 1_600_000_000_000);
  context.mock.timers.setTime(1_600_000_900_000);
  assert.equal(request.status, 'expired');
  assert.equal(request.expire(), true);
  assert.throws(() => verifier.verify(minted), { code: 'token_expired' });
});
