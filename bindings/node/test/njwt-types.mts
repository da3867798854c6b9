// Programs that compile with njwt's types compile with the drop-in's.

import { Jwt, JwtBody, JwtHeader, Parser, Verifier, base64urlEncode, base64urlUnescape, create, createVerifier, verify } from 'jit-approvals/njwt';
import type { JSONMap, KeyResolver } from 'jit-approvals/njwt';
import nJwt from 'jit-approvals/njwt';

/** Fails to compile unless both types are the same. */
function same<Expected>() {
  return <Actual,>(value: Actual, proof: [Actual] extends [Expected] ? ([Expected] extends [Actual] ? true : never) : never) => value;
}

// Calls without `new`.
same<Jwt>()(Jwt({}, false), true);
same<JwtBody>()(JwtBody({}), true);
same<JwtHeader>()(JwtHeader({ alg: 'HS256' }), true);
same<Verifier>()(Verifier(), true);
same<Parser>()(Parser(), true);

// Every way to create a token.
const claims: JSONMap = { iss: 'a', list: [1, 'b', null, { c: true }] };
const secret = Buffer.alloc(32);
for (const jwt of [new Jwt(claims, true), create(claims, 'key'), create(claims, secret, 'HS256'), create('key'), create(secret), create({})]) {
  same<Jwt>()(jwt.setHeader('param', 'value').setClaim('claim', 1).setIssuedAt(123456).setIssuer('a').setJti('b'), true);
  same<Jwt>()(jwt.setNotBefore(new Date()).setExpiration('2030-01-01').setExpiration(Date.now() + 1000).setSubject('c'), true);
  same<Jwt>()(jwt.setSigningAlgorithm(process.env.ALGORITHM ?? 'HS256').setSigningKey(secret), true);
  same<string>()(jwt.sign('payload', process.env.ALGORITHM ?? 'HS256', 'key'), true);
  same<string>()(jwt.compact(), true);
  same<string>()(jwt.toString(), true);
  same<string>()(jwt.signature, true);
  same<boolean>()(jwt.isExpired() || jwt.isNotBefore() || jwt.isSupportedAlg('none'), true);
}
same<JSONMap>()(new JwtBody({}).toJSON(), true);
same<string>()(new JwtHeader({ alg: 'HS256', kid: 'k' }).compact(), true);
same<string>()(base64urlEncode('text'), true);
same<string>()(base64urlUnescape('dGV4dA'), true);

// Every way to verify one.
const verifier = new Verifier();
same<Verifier>()(verifier.setSigningAlgorithm('none').setSigningKey('key'), true);
verifier.setKeyResolver(function (keyId: string, callback: (err: Error | null, resolvedKey: string) => Jwt | undefined) {
  return callback(null, keyId);
});
verifier.setKeyResolver((keyId: string, callback: (err: Error | null, resolvedKey: string) => Jwt | undefined) => {
  throw new Error(keyId);
});
const resolver: KeyResolver = (kid, cb) => cb(kid === 'a' ? null : new Error(kid), secret);
same<Verifier>()(verifier.withKeyResolver(resolver), true);
// @ts-expect-error the callback of a resolver expects an Error
verifier.withKeyResolver((keyId: string, callback: (err: string | null, resolvedKey: string) => Jwt | undefined) => callback(null, keyId));
same<Jwt>()(verifier.verify('token'), true);
verifier.verify('token', function (err: Error | null, token: Jwt) {
  console.log(err?.message, token.body.sub);
});
verifier.verify('token', (err, token) => console.log(err?.userMessage, token.header.kid));
same<Verifier>()(createVerifier(), true);
same<Jwt>()(verify('token'), true);
same<Jwt>()(verify('token', 'key', 'HS256'), true);
verify('token', (err: Error | null, token: Jwt) => console.log(err, token));
verify('token', secret, (err: Error | null, token: Jwt) => console.log(err, token));
nJwt.verify('token', secret, 'HS256', (err, token) => console.log(err?.name, token));
nJwt.create({ sub: 'a' }, secret).setExpiration(new Date()).compact();

// What njwt declares but its runtime rejects, too, stays an error here.
// @ts-expect-error an object cannot be signed
create({}, 'key').sign({}, 'HS256', 'key');
// @ts-expect-error a token is text
verify(Buffer.from('token'), 'key');
// @ts-expect-error the result is text
const encoded: Buffer = base64urlEncode('text');
console.log(encoded);
