// The njwt drop-in: the vectors that njwt made, the surface of its API, and the published sample.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, mock, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import dropIn from 'jit-approvals/njwt';
import njwt from 'njwt';

const require = createRequire(import.meta.url);
const packageFolder = fileURLToPath(new URL('..', import.meta.url));
const vectors = JSON.parse(readFileSync(new URL('../../../tests/vectors/jwt.create.json', import.meta.url)));
const key = Buffer.from(Array.from({ length: 32 }, (_, index) => index + 1));

/** Converts a date: the only value in the vectors that JSON does not have. */
const dated = (value) => (value?.$date_ms === undefined ? value : new Date(value.$date_ms));

/** Stops the clock. Node's mocked clock rejects times before 1970. */
function stopClock(millis) {
  if (millis >= 0) mock.timers.enable({ apis: ['Date'], now: millis });
  else mock.method(Date, 'now', () => millis);
}

function restart() {
  mock.timers.reset();
  mock.restoreAll();
}

function minted(library, { claims, key: base64, nowMillis, jti, calls }, { id }) {
  stopClock(nowMillis);
  mock.method(crypto, 'randomUUID', () => jti);
  try {
    const bytes = Buffer.from(base64, 'base64');
    const jwt = library.create(JSON.parse(claims), /uint8array/.test(id) ? new Uint8Array(bytes) : bytes);
    for (const [name, ...given] of calls) assert.equal(jwt[name](...given.map(dated)), jwt);
    return jwt.compact();
  } finally {
    restart();
  }
}

// The error of each vector that the drop-in rejects, by id. An empty key counts as no key.
const rejected = { key_empty_buffer_is_accepted: { name: 'Error', message: 'Signing key is required' } };

describe('tokens that njwt minted', () => {
  test('are complete', () => {
    assert.equal(vectors.operation, 'jwt.create');
    assert.equal(vectors.count, 70);
    assert.equal(vectors.cases.length, vectors.count);
    const ids = vectors.cases.map(({ id }) => id);
    assert.equal(new Set(ids).size, vectors.count);
    for (const id of Object.keys(rejected)) assert.ok(ids.includes(id), id);
    assert.deepEqual(
      vectors.cases.filter(({ given }) => given.key === '').map(({ id }) => id),
      Object.keys(rejected),
    );
  });

  for (const vector of vectors.cases) {
    test(vector.id, () => {
      const mint = () => minted(dropIn, vector.given, vector);
      const { ok, error } = vector.expect;
      if (rejected[vector.id] || error) assert.throws(mint, rejected[vector.id] ?? { code: error });
      else assert.equal(mint(), ok.token);
    });
  }
});

describe('the surface', () => {
  const classes = ['Jwt', 'JwtBody', 'JwtHeader', 'Verifier'];

  test('has every name that njwt has, of the same kind', () => {
    for (const [name, value] of Object.entries(njwt)) assert.equal(typeof dropIn[name], typeof value, name);
    // `Parser` is the only name that njwt does not have.
    assert.deepEqual(
      Object.keys(dropIn).filter((name) => !(name in njwt)),
      ['Parser'],
    );
    for (const name of classes) {
      const [ours, theirs] = [dropIn[name].prototype, njwt[name].prototype];
      assert.deepEqual(Object.keys(ours).sort(), Object.keys(theirs).sort(), name);
      for (const method of Object.keys(theirs)) assert.equal(typeof ours[method], 'function', method);
    }
  });

  test('is the same by require and by import', async () => {
    assert.equal(require('jit-approvals/njwt'), dropIn);
    const { create, verify, Jwt } = await import('jit-approvals/njwt');
    assert.deepEqual([create, verify, Jwt], [dropIn.create, dropIn.verify, dropIn.Jwt]);
  });

  test('works with and without new', () => {
    for (const name of [...classes, 'Parser']) {
      const made = dropIn[name];
      assert.ok(made() instanceof made, name);
      assert.ok(new made() instanceof made, name);
    }
    assert.ok(dropIn.createVerifier() instanceof dropIn.Verifier);
    assert.ok(new dropIn.createVerifier() instanceof dropIn.Verifier);
    assert.ok(dropIn.create({}, key) instanceof dropIn.Jwt);
    // As njwt's own tests call it.
    assert.ok(new dropIn.create({}, key) instanceof dropIn.Jwt);
    const token = dropIn.create({ a: 1 }, key).compact();
    assert.equal(new dropIn.verify(token, key).body.a, 1);
    assert.deepEqual({ ...dropIn.Jwt({ a: 1 }, false).body }, { a: 1 });
    assert.deepEqual({ ...dropIn.JwtHeader({ kid: 'k' }, false) }, { typ: 'JWT', alg: 'HS256', kid: 'k' });
    assert.deepEqual({ ...new dropIn.JwtHeader({ kid: 'k' }, false) }, { typ: undefined, alg: undefined, kid: 'k' });
    assert.equal(dropIn.JwtBody({ a: 1 }).compact(), 'eyJhIjoxfQ');
    assert.deepEqual(dropIn.JwtBody({ a: 1 }).toJSON(), { a: 1 });
  });

  test('makes the same header and body from any value', () => {
    const headers = [{ typ: '', alg: null, x: 1 }, { alg: 0, kid: '' }, ['a'], 'hé', 5, null, undefined, true];
    for (const given of headers) {
      for (const enforced of [undefined, true, false]) {
        const [ours, theirs] = [dropIn, njwt].map((library) => new library.JwtHeader(given, enforced));
        assert.deepEqual(Object.entries(ours), Object.entries(theirs));
        assert.equal(ours.compact(), theirs.compact());
        assert.deepEqual({ ...dropIn.JwtHeader(given, enforced) }, { ...njwt.JwtHeader(given, enforced) });
      }
      assert.deepEqual(Object.entries(dropIn.JwtBody(given)), Object.entries(njwt.JwtBody(given)));
    }
    assert.deepEqual(Object.keys(dropIn.createVerifier()), Object.keys(njwt.createVerifier()));
    assert.deepEqual(Object.keys(dropIn.Jwt()), Object.keys(njwt.Jwt()));
  });

  test('creates a token from a key alone, and with an algorithm', () => {
    const text = 'a key as text';
    assert.equal(dropIn.verify(dropIn.create(text).compact(), text).header.alg, 'HS256');
    assert.equal(dropIn.create({}, key, 'HS256').header.alg, 'HS256');
    const { body } = dropIn.create({}, key);
    assert.deepEqual(Object.keys(body), ['jti', 'iat', 'exp']);
    assert.match(body.jti, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(body.exp, body.iat + 3600);
    const keyRequired = { name: 'Error', message: 'Signing key is required' };
    for (const given of [[], [{}], [''], [{}, ''], [{}, null], [undefined, undefined, 'HS256']]) {
      assert.throws(() => dropIn.create(...given), keyRequired);
      assert.throws(() => njwt.create(...given), keyRequired);
    }
    assert.throws(() => dropIn.create({}, key, undefined), { name: 'JwtError' });
  });

  test('accepts every kind of key that njwt accepts', async () => {
    const { buffer } = new Uint8Array(key);
    const shared = new Uint8Array(new SharedArrayBuffer(32)).fill(9);
    const usages = [{ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']];
    const keys = [
      ...[key, buffer, shared, shared.buffer, new Uint16Array(buffer), new DataView(buffer, 1, 5), 'clé\0\ud800'],
      ...[crypto.createSecretKey(key), await crypto.subtle.importKey('raw', key, ...usages)],
    ];
    for (const given of keys) {
      const theirs = njwt.create({ jti: 'j' }, given).setIssuedAt(1).setExpiration().compact();
      assert.equal(dropIn.create({ jti: 'j' }, given).setIssuedAt(1).setExpiration().compact(), theirs);
      assert.equal(dropIn.verify(theirs, given).body.jti, 'j');
      assert.equal(dropIn.Jwt().sign('a.b', 'HS256', given), njwt.Jwt().sign('a.b', 'HS256', given));
    }
    const { privateKey } = crypto.generateKeyPairSync('ed25519');
    const message = (library, given) => {
      try {
        return library.create({}, given).compact();
      } catch (error) {
        return `${error.name} ${error.code}: ${error.message}`;
      }
    };
    for (const given of [5, true, [], [1], {}, () => {}, Symbol('k'), 1n, privateKey]) {
      assert.match(message(njwt, given), /^TypeError ERR_/);
      assert.equal(message(dropIn, given), message(njwt, given));
    }
  });

  test('encodes as njwt does', () => {
    for (const given of ['', 'a', 'é😀\ud800', 10, -0.5, Buffer.from([251, 255]), [251, 255], '???>>>']) {
      assert.equal(dropIn.base64urlEncode(given), njwt.base64urlEncode(given));
    }
    for (const given of ['', 'a', 'ab', 'abc', 'abcd', '-_-_', 'ab==']) {
      // njwt pads more than it has to; the bytes are the same.
      assert.deepEqual(Buffer.from(dropIn.base64urlUnescape(given), 'base64'), Buffer.from(njwt.base64urlUnescape(given), 'base64'));
      assert.equal(dropIn.base64urlUnescape(given).length % 4, 0);
    }
    for (const given of [undefined, null, true]) assert.throws(() => dropIn.base64urlUnescape(given), TypeError);
    for (const name of ['base64urlEncode']) {
      for (const given of [undefined, null, true]) {
        const theirs = (() => {
          try {
            return njwt[name](given);
          } catch ({ name, message }) {
            return { name, message };
          }
        })();
        assert.throws(() => dropIn[name](given), theirs);
      }
    }
  });

  test('is frozen', () => {
    for (const name of [...classes, 'Parser']) {
      assert.ok(Object.isFrozen(dropIn[name]), name);
      assert.ok(Object.isFrozen(dropIn[name].prototype), name);
    }
    assert.throws(() => dropIn.Jwt().setClaim('toJSON', null), TypeError);
    // An attack that njwt 2.0.0 allowed.
    const body = '{"__proto__":{"compact":null,"toJSON":null,"polluted":true}}';
    const token = `${dropIn.JwtHeader().compact()}.${Buffer.from(body).toString('base64url')}`;
    const signed = `${token}.${dropIn.Jwt().sign(token, 'HS256', key)}`;
    assert.equal(dropIn.verify(signed, key).body.polluted, undefined);
    assert.equal({}.polluted, undefined);
    assert.equal(typeof dropIn.JwtBody.prototype.compact, 'function');
  });

  test('throws errors with a stack', () => {
    const thrown = (call) => {
      try {
        return call();
      } catch (error) {
        return error;
      }
    };
    const errors = [thrown(() => dropIn.Jwt().setSigningAlgorithm('x')), thrown(() => dropIn.verify('a.b', key))];
    assert.deepEqual(
      errors.map(({ name }) => name),
      ['JwtError', 'JwtParseError'],
    );
    for (const error of errors) {
      assert.ok(error instanceof Error);
      assert.match(error.stack, /njwt\.test\.mjs/);
      assert.equal(error.userMessage, error.message);
      assert.equal(String(error), `${error.name}: ${error.message}`);
    }
  });

  test('parses as njwt does, without verifying', async () => {
    const token = dropIn.create({ jti: 'j' }, key).compact();
    const parsed = dropIn.Parser().parse(token);
    assert.equal(parsed.body.jti, 'j');
    assert.equal(parsed.verificationInput, token.slice(0, token.lastIndexOf('.')));
    assert.equal(parsed.signature, Buffer.from(token.split('.')[2], 'base64url').toString('base64'));
    const called = await new Promise((done) => new dropIn.Parser().parse(token, (...given) => done(given)));
    assert.deepEqual(called, [null, parsed]);
    const [error] = await new Promise((done) => new dropIn.Parser().parse('x', (...given) => done(given)));
    assert.equal(error.message, 'Jwt cannot be parsed');
  });

  test('converts tokens to text, and keeps a part that a caller replaced', () => {
    const jwt = dropIn.create({ jti: 'j' }, key);
    assert.equal(`${jwt}`, jwt.compact());
    assert.equal(jwt.signature, jwt.compact().split('.')[2]);
    jwt.body = { compact: () => 'eyJvd24iOjF9' };
    assert.deepEqual({ ...njwt.verify(jwt.compact(), key).body }, { own: 1 });
    jwt.body = {};
    assert.throws(() => jwt.compact(), { name: 'TypeError', message: 'this.body.compact is not a function' });
  });
});

const sample = `
const signingKey = Buffer.from(process.env.SIGNING_KEY, 'base64');
const claims = { iss: 'https://app.example.com', aud: 'api.example.com', sub: 'user@example.com' };
const jwt = nJwt.create(claims, signingKey);
jwt.setExpiration(new Date().getTime() + 300 * 1000);
jwt.setNotBefore(new Date().getTime() - 60 * 1000);
jwt.setClaim('otherClaim', 'claimValue');
const token = jwt.compact();
`;

test('the published sample runs if only its require line changes', () => {
  const [theirs, ours] = ['njwt', 'jit-approvals/njwt'].map((name) => {
    const text = `const nJwt = require('${name}');${sample}process.stdout.write(token);`;
    const env = { ...process.env, SIGNING_KEY: key.toString('base64') };
    const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', text], { cwd: packageFolder, env });
    assert.equal(status, 0, String(stderr));
    for (const library of [njwt, dropIn]) library.verify(String(stdout), key);
    return String(stdout)
      .split('.')
      .slice(0, 2)
      .map((segment) => JSON.parse(Buffer.from(segment, 'base64url')));
  });
  assert.deepEqual(ours[0], theirs[0]);
  assert.deepEqual(Object.keys(ours[1]), Object.keys(theirs[1]));
  const { jti, iat, exp, nbf, ...claims } = ours[1];
  assert.deepEqual(claims, {
    iss: 'https://app.example.com',
    aud: 'api.example.com',
    sub: 'user@example.com',
    otherClaim: 'claimValue',
  });
  for (const name of Object.keys(claims)) assert.equal(claims[name], theirs[1][name]);
  assert.notEqual(jti, theirs[1].jti);
  for (const { iat, exp, nbf } of [ours[1], theirs[1]]) {
    assert.ok(Math.abs(exp - iat - 300) <= 1 && Math.abs(iat - nbf - 60) <= 1);
  }
});
