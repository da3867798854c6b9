// `cargo xtask bench node`: compares the cost of the hot calls with the libraries that Node.js users have.

import { createHmac, createSecretKey, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createSigner, createVerifier } from 'fast-jwt';
import jsonwebtoken from 'jsonwebtoken';
import { SignJWT, jwtVerify } from 'jose';
import njwt from 'njwt';

import { Minter, SigningKey, Template, Verifier } from '../lib/index.mjs';
import dropIn from '../njwt.js';
import { measure } from './slices.mjs';

const root = new URL('../../../', import.meta.url);
const issuer = 'https://app.example.com';
const audience = 'api.example.com';
const subject = 'user@example.com';
const bytes = Buffer.alloc(32, 7);
// From bytes, jsonwebtoken would create a key object in every call, after it tried to read them as a private key.
const keyObject = createSecretKey(bytes);
const rows = [];

/** Adds one row for each peer: how many times as fast our call is. */
async function compare(work, ours, ...peers) {
  const [own, ...others] = await measure([ours, ...peers.map(([, peer]) => peer)]);
  peers.forEach(([peer], index) => {
    const peerNs = others[index];
    rows.push({ work, us: own / 1000, against: peer, peerUs: peerNs / 1000, ratio: peerNs / own });
    process.stderr.write(`  ${work} … ${peer}\n`);
  });
}

const now = () => Math.floor(Date.now() / 1000);

const key = SigningKey.fromBytes(bytes);
const minter = new Minter({ key, issuer, audience });
const verifier = new Verifier({ key, issuer, audience });
const header = Buffer.from('{"typ":"JWT","alg":"HS256"}').toString('base64url');

/** Mints as one would by hand: with a header that is encoded once, createHmac, a new id and the current time. */
function raw() {
  const at = now();
  const claims = { iss: issuer, aud: audience, sub: subject, jti: randomUUID(), iat: at, exp: at + 300, nbf: at - 60, otherClaim: 'claimValue' };
  const input = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${input}.${createHmac('sha256', bytes).update(input).digest('base64url')}`;
}

/** Mints as the published sample does. */
function sample(library) {
  const jwt = library.create({ iss: issuer, aud: audience, sub: subject }, bytes);
  jwt.setExpiration(Date.now() + 300_000);
  jwt.setNotBefore(Date.now() - 60_000);
  jwt.setClaim('otherClaim', 'claimValue');
  return jwt.compact();
}

const signer = createSigner({ key: bytes, algorithm: 'HS256', iss: issuer, aud: audience, sub: subject, expiresIn: 300_000 });
await compare(
  'mint',
  () => minter.mint(subject, { otherClaim: 'claimValue' }),
  ['njwt', () => sample(njwt)],
  ['createHmac by hand', raw],
  ['fast-jwt', () => signer({ jti: randomUUID(), nbf: now() - 60, otherClaim: 'claimValue' })],
  [
    'jose',
    () =>
      new SignJWT({ jti: randomUUID(), otherClaim: 'claimValue' })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime(now() + 300)
        .setNotBefore(now() - 60)
        .sign(keyObject),
  ],
  ['jsonwebtoken', () => jsonwebtoken.sign({ jti: randomUUID(), otherClaim: 'claimValue' }, keyObject, { issuer, audience, subject, expiresIn: 300, notBefore: -60 })],
);

const token = minter.mint(subject, { otherClaim: 'claimValue' });
const uncached = createVerifier({ key: bytes, algorithms: ['HS256'], allowedIss: issuer, allowedAud: audience, cache: false });
await compare(
  'verify to an object',
  () => verifier.verify(token),
  ['fast-jwt without its cache', () => uncached(token)],
  ['njwt', () => njwt.verify(token, bytes)],
  ['jose', () => jwtVerify(token, keyObject, { algorithms: ['HS256'], issuer, audience })],
  ['jsonwebtoken', () => jsonwebtoken.verify(token, keyObject, { algorithms: ['HS256'], issuer, audience })],
);

await compare("drop-in njwt, the sample's flow", () => sample(dropIn), ['njwt', () => sample(njwt)]);
await compare('drop-in njwt, verify', () => dropIn.verify(token, bytes), ['njwt', () => njwt.verify(token, bytes)]);

const record = JSON.parse(readFileSync(new URL('examples/purchase/approve.template.json', root)));
const { metaData } = JSON.parse(readFileSync(new URL('examples/purchase/approve.request.json', root)));
const template = Template.parse(record);
const context = { application: 'https://msonline.nextlevel3.com', subject: 'kevin' };
const defaults = Object.fromEntries(record.metadata.map((row) => [row.key, row.defaultValue]));
const placeholder = /\$[({]([A-Za-z_][A-Za-z0-9_-]*)[)}]/g;

/** Renders only the text, without any checks: one compiled expression with a replacer. */
function replaced() {
  const values = { ...defaults, ...metaData, companyName: 'msonline.nextlevel3.com' };
  return record.approvalData.replace(placeholder, (_, name) => values[name]);
}

if (replaced() !== template.render(metaData, context).text) throw new Error('the two renderings differ');
await compare('render the purchase, checked, with parts', () => template.render(metaData, context), ['one regular expression, the text', replaced]);

console.log('| work | µs | against | µs | ratio |\n|---|--:|---|--:|--:|');
for (const { work, us, against, peerUs, ratio } of rows) {
  console.log(`| ${work} | ${us.toFixed(2)} | ${against} | ${peerUs.toFixed(2)} | ${ratio.toFixed(2)} × as fast |`);
}
mkdirSync(new URL('target/bench', root), { recursive: true });
writeFileSync(new URL('target/bench/node.json', root), JSON.stringify(rows, null, 1));
