// Keys and their ids, the issuers and audiences that a verifier accepts, and which key verified a token.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AccessToken, Jwt, Minter, SigningKey, UnverifiedToken, Verifier, jws } from 'jit-approvals';
import njwt from 'jit-approvals/njwt';

import { refuses } from './refuses.mjs';

const bytes = new Uint8Array(32);
const key = SigningKey.fromBytes(bytes);
const named = SigningKey.fromBytes(bytes.map(() => 1), { id: 'k1' });
const [issuer, audience] = ['shop.example.com', 'approvals.example.com'];
const names = { issuer, audience };
const now = 1_700_000_000;
const token = new Minter({ key, ...names }).mint('kevin');

test('a generated key can sign, and so can a key from a generated text', () => {
  const one = SigningKey.generate();
  assert.ok(one instanceof SigningKey);
  assert.equal(one.id, undefined);
  assert.equal(SigningKey.generate({ id: 'k2' }).id, 'k2');
  assert.equal(SigningKey.generate({ id: null }).id, undefined);
  const sign = (key) => jws.sign({ alg: 'HS256' }, '', key);
  assert.notEqual(sign(one), sign(SigningKey.generate()));
  const text = SigningKey.generateBase64();
  assert.match(text, /^[A-Za-z0-9+/]{43}=$/);
  assert.notEqual(text, SigningKey.generateBase64());
  assert.equal(sign(SigningKey.fromBase64(text)), sign(SigningKey.fromBytes(Buffer.from(text, 'base64'))));
  refuses(() => SigningKey.generate({ leastBytes: 64 }), 'unknown_member', 'leastBytes');
  refuses(() => SigningKey.generate({ id: 5 }), 'wrong_type', 'id');
  refuses(() => SigningKey.generate(null), 'wrong_type', 'options');
});

test("the id of a key is the `kid` of its tokens, except in njwt's tokens", () => {
  const kid = (token) => UnverifiedToken.parse(token).keyId;
  const minter = new Minter({ key: named, ...names });
  assert.deepEqual([minter.mint('kevin'), minter.mint('kevin', { 1: 1 }), ...minter.mintMany(['a', 'b', 'c'])].map(kid), Array(5).fill('k1'));
  assert.equal(kid(token), undefined);
  const grant = { issuer, application: 'a', subject: 'b', grantId: 'c', expiresAt: now, approvalRequestId: 'd', templateId: 'e', contentHash: 'f' };
  assert.equal(kid(new AccessToken(grant).sign(named)), 'k1');
  assert.equal(kid(Jwt.create().compact(named)), undefined);
  assert.equal(kid(njwt.create({}, Buffer.from(bytes)).compact()), undefined);
});

test('the `kid` chooses the key, and `verified` returns the id of the key that verified the token', () => {
  const verifier = new Verifier({ keys: [key, named], ...names });
  const signed = new Minter({ key: named, ...names }).mint('kevin', { role: 'buyer', big: 2 ** 53 }, { now, jti: 'j' });
  const { claims, keyId } = verifier.verified(signed, { now });
  assert.equal(keyId, 'k1');
  assert.deepEqual(claims, verifier.verify(signed, { now }));
  assert.deepEqual(Object.keys(claims), Object.keys(verifier.verify(signed, { now })));
  // A key without an id is tried for any token.
  assert.deepEqual(verifier.verified(token), { claims: verifier.verify(token), keyId: undefined });
  // An invalid token is rejected as in `verify`.
  const other = new Verifier({ keys: [SigningKey.fromBytes(bytes, { id: 'k3' })], ...names });
  for (const call of [(it) => it.verify(signed, { now }), (it) => it.verified(signed, { now })]) {
    assert.throws(() => call(other), { code: 'unknown_key' });
  }
  assert.throws(() => verifier.verified(signed), { code: 'token_expired' });
  refuses(() => verifier.verified(signed, { nwo: now }), 'unknown_member', 'nwo');
  refuses(() => verifier.verified(5), 'wrong_type', 'token');
});

test('a verifier may accept several audiences', () => {
  const verify = (audience) => new Verifier({ key, issuer, audience }).verify(token).aud;
  assert.equal(verify(['other.example.com', audience]), audience);
  assert.equal(verify([audience]), audience);
  for (const others of [['other.example.com'], ['a', 'b'], [`${audience}/`]]) {
    assert.throws(() => verify(others), { code: 'wrong_audience' });
  }
  for (const [wrong, code, field] of [
    [[], 'invalid_claim', 'audience'],
    [[''], 'invalid_claim', 'audience'],
    [[audience, ''], 'invalid_claim', 'audience'],
    [[audience, 5], 'wrong_type', 'audience[1]'],
    [[null], 'wrong_type', 'audience[0]'],
    [[undefined], 'wrong_type', 'audience[0]'],
    [[[audience]], 'wrong_type', 'audience[0]'],
    [['\ud800'], 'wrong_type', 'audience[0]'],
    [Array(1), 'wrong_type', 'audience[0]'],
    [new Set([audience]), 'wrong_type', 'audience'],
    [{ 0: audience, length: 1 }, 'wrong_type', 'audience'],
  ]) {
    refuses(() => verify(wrong), code, field);
  }
  // The array is read when the verifier is created.
  const given = [audience];
  const verifier = new Verifier({ key, issuer, audience: given });
  given[0] = 'other.example.com';
  assert.equal(verifier.verify(token).aud, audience);
});

test('any issuer or audience is accepted only if an option says so', () => {
  assert.equal(new Verifier({ key, anyIssuer: true, anyAudience: true }).verify(token).iss, issuer);
  assert.equal(new Verifier({ key, issuer, anyIssuer: false, audience, anyAudience: false }).verify(token).iss, issuer);
  assert.throws(() => new Verifier({ key, anyIssuer: true, audience: 'other' }).verify(token), { code: 'wrong_audience' });
  assert.throws(() => new Verifier({ key, issuer: 'other', anyAudience: true }).verify(token), { code: 'wrong_issuer' });
  for (const [options, code, field] of [
    [{}, 'missing_member', 'issuer'],
    [{ audience }, 'missing_member', 'issuer'],
    [{ issuer: undefined, audience }, 'missing_member', 'issuer'],
    [{ anyIssuer: false, audience }, 'missing_member', 'issuer'],
    [{ issuer }, 'missing_member', 'audience'],
    [{ issuer, anyAudience: false }, 'missing_member', 'audience'],
    [{ issuer: null, audience }, 'wrong_type', 'issuer'],
    [{ issuer, audience: null }, 'wrong_type', 'audience'],
    [{ issuer: null, anyIssuer: true, audience }, 'wrong_type', 'issuer'],
    [{ issuer, audience: null, anyAudience: true }, 'wrong_type', 'audience'],
    [{ issuer, anyIssuer: true, audience }, 'wrong_type', 'issuer'],
    [{ issuer, audience, anyAudience: true }, 'wrong_type', 'audience'],
    [{ anyIssuer: 'true', audience }, 'wrong_type', 'anyIssuer'],
    [{ anyIssuer: 1, audience }, 'wrong_type', 'anyIssuer'],
    [{ anyIssuer: null, issuer, audience }, 'wrong_type', 'anyIssuer'],
    [{ issuer, anyAudience: null, audience }, 'wrong_type', 'anyAudience'],
    [{ issuer: [issuer], audience }, 'wrong_type', 'issuer'],
    [{ issuer: '', audience }, 'invalid_claim', 'issuer'],
    [{ issuer, audience: '' }, 'invalid_claim', 'audience'],
    [{ anyAudince: true, issuer, audience }, 'unknown_member', 'anyAudince'],
  ]) {
    refuses(() => new Verifier({ key, ...options }), code, field);
  }
});
