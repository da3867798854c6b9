// A drop-in for njwt 2.0.1. JavaScript writes the JSON texts, and Rust signs and verifies them: HS256 only, with a key
// that is not empty. The README lists the differences.
'use strict';

const crypto = require('node:crypto');
const { format, inherits, types } = require('node:util');
const { withBytes } = require('./lib/arguments');
const { call } = require('./lib/errors');
const native = require('./lib/native');

// The algorithms that njwt knows. The parser accepts them, and the verifier later rejects all except HS256.
const known = { HS256: 1, HS384: 1, HS512: 1, RS256: 1, RS384: 1, RS512: 1, ES256: 1, ES384: 1, ES512: 1, none: 1 };

const nowEpochSeconds = () => Math.floor(Date.now() / 1000);
const epochSeconds = (time) => Math.floor((time instanceof Date ? time : new Date(time)).getTime() / 1000);
const isSupportedAlg = (alg) => alg === 'HS256';
const unsupported = () => new JwtError('Unsupported signing algorithm');
const keyRequired = () => new Error('Signing key is required');

function supported(alg) {
  if (!isSupportedAlg(alg)) throw unsupported();
  return alg;
}

function base64urlEncode(data) {
  return Buffer.from(typeof data === 'number' ? String(data) : data).toString('base64url');
}

/** Returns the same bytes in the standard alphabet, padded. */
function base64urlUnescape(text) {
  const standard = text.replaceAll('-', '+').replaceAll('_', '/');
  return standard.padEnd(Math.ceil(standard.length / 4) * 4, '=');
}

/** Calls the callback in the next tick. Without a callback, throws the error or returns the value. */
function settle(callback, error, value) {
  if (typeof callback === 'function') return process.nextTick(() => callback(error, value));
  if (error) throw error;
  return value;
}

function JwtError(message) {
  Error.captureStackTrace(this, JwtError);
  this.name = 'JwtError';
  this.message = this.userMessage = message;
}
inherits(JwtError, Error);

function JwtParseError(message, jwtString, parsedHeader, parsedBody, innerError) {
  Error.captureStackTrace(this, JwtParseError);
  this.name = 'JwtParseError';
  this.message = this.userMessage = message;
  Object.assign(this, { jwtString, parsedHeader, parsedBody, innerError });
}
inherits(JwtParseError, Error);

/** Calls `body` with a key that njwt accepts, except an empty one: bytes, or a string that is not decoded. */
function withKey(key, body) {
  const bytes = !key || typeof key === 'string' || key instanceof Uint8Array ? key : unusualKey(key);
  if (!bytes || bytes.length === 0) throw keyRequired();
  return typeof bytes === 'string' ? body(bytes) : withBytes(bytes, 'key', body);
}

function unusualKey(key) {
  // As njwt does, this throws Node's own error for a value that is not a key.
  crypto.createHmac('sha256', key);
  if (types.isCryptoKey(key)) return crypto.KeyObject.from(key).export();
  if (types.isKeyObject(key)) return key.export();
  return ArrayBuffer.isView(key) ? new Uint8Array(key.buffer, key.byteOffset, key.byteLength) : new Uint8Array(key);
}

/** Encodes a part of a token: the header or the body. */
function compact() {
  return base64urlEncode(JSON.stringify(this));
}

/** Returns the JSON text of a part. Only if a caller replaced its `compact`, the part is encoded and decoded again. */
function textOf(part, encoded) {
  const text = part.compact === compact ? JSON.stringify(part) : undefined;
  return text ?? Buffer.from(encoded(), 'base64url').toString();
}

/** Whether a header is njwt's own, `{"typ":"JWT","alg":"HS256"}`, which the addon knows. */
const isUsual = (header, names = Object.keys(header)) => header.compact === compact && header.toJSON === undefined &&
  names.length === 2 && names[0] === 'typ' && header.typ === 'JWT' && isSupportedAlg(header.alg);

function JwtBody(claims) {
  if (!(this instanceof JwtBody)) return new JwtBody(claims);
  if (claims) for (const name of Object.keys(claims)) this[name] = claims[name];
}

Object.assign(JwtBody.prototype, { toJSON() { return { ...this }; }, compact });

function JwtHeader(header, enforceDefaultFields) {
  if (!(this instanceof JwtHeader)) return new JwtHeader(header);
  this.typ = header && header.typ;
  this.alg = header && header.alg;
  if (enforceDefaultFields !== false) {
    this.typ = this.typ || 'JWT';
    this.alg = this.alg || 'HS256';
  }
  for (const name of Object.keys(header ?? {})) if (name !== 'typ' && name !== 'alg') this[name] = header[name];
}

JwtHeader.prototype.compact = compact;

function setSigningKey(signingKey) { return Object.assign(this, { signingKey }); }

function Jwt(claims, enforceDefaultFields) {
  if (!(this instanceof Jwt)) return new Jwt(claims, enforceDefaultFields);
  this.header = new JwtHeader();
  this.body = new JwtBody(claims);
  if (enforceDefaultFields === false) return;
  this.header.alg = 'none';
  if (!this.body.jti) this.setJti(crypto.randomUUID());
  if (!this.body.iat) this.setIssuedAt(nowEpochSeconds());
}

Object.assign(Jwt.prototype, {
  isSupportedAlg,
  setSigningKey,

  setClaim(claim, value) {
    this.body[claim] = value;
    return this;
  },

  setHeader(param, value) { this.header[param] = value; return this; },

  setJti(jti) { return this.setClaim('jti', jti); },
  setSubject(sub) { return this.setClaim('sub', sub); },
  setIssuer(iss) { return this.setClaim('iss', iss); },
  setIssuedAt(iat) { return this.setClaim('iat', iat); },

  setExpiration(exp) {
    if (exp) this.body.exp = epochSeconds(exp);
    else delete this.body.exp;
    return this;
  },

  setNotBefore(nbf) {
    if (nbf) this.body.nbf = epochSeconds(nbf);
    else delete this.body.nbf;
    return this;
  },

  setSigningAlgorithm(alg) { this.header.alg = supported(alg); return this; },

  sign(payload, algorithm, cryptoInput) {
    supported(algorithm);
    return withKey(cryptoInput, (key) => crypto.createHmac('sha256', key).update(payload).digest('base64url'));
  },

  compact() {
    // Calling `compact` here throws njwt's error if a claim named __proto__ hides the methods of a part.
    const header = isUsual(this.header) ? undefined : textOf(this.header, () => this.header.compact());
    const body = textOf(this.body, () => this.body.compact());
    const { alg } = this.header;
    if (!this.signingKey && alg !== 'none') throw keyRequired();
    supported(alg);
    const token = call(() => withKey(this.signingKey, (key) => native.signText(key, header, body)));
    this.signature = token.slice(token.lastIndexOf('.') + 1);
    return token;
  },

  toString() { return this.compact(); },
  isExpired() { return this.body.exp * 1000 < new Date(); },
  isNotBefore() { return this.body.nbf * 1000 >= new Date(); },
});

function Parser() {
  if (!(this instanceof Parser)) return new Parser();
}

Object.assign(Parser.prototype, {
  isSupportedAlg,

  safeJsonParse(input) {
    try {
      return JSON.parse(Buffer.from(input, 'base64url'));
    } catch (error) {
      return error;
    }
  },

  parse(jwtString, callback) {
    const fail = (...parsed) => settle(callback, new JwtParseError('Jwt cannot be parsed', jwtString, ...parsed));
    const segments = jwtString.split('.');
    if (segments.length < 2 || segments.length > 3) return fail(null, null);
    const header = this.safeJsonParse(segments[0]);
    const body = this.safeJsonParse(segments[1]);
    if (header instanceof Error) return fail(null, null, header);
    if (body instanceof Error) return fail(header, null, body);
    const jwt = new Jwt(body, false);
    if (!known[header.alg]) throw unsupported();
    jwt.signature = segments[2] ? Buffer.from(segments[2], 'base64url').toString('base64') : undefined;
    jwt.verificationInput = `${segments[0]}.${segments[1]}`;
    jwt.header = new JwtHeader(header, false);
    return settle(callback, null, jwt);
  },
});

/** The verifier that a default resolver belongs to. */
const owner = Symbol('owner');

/** Header and body of a token that this key signed, from one call of the addon. The slow way finds all errors. */
function signedParts(key, token) {
  try {
    if (typeof token !== 'string' || !key.length || (typeof key !== 'string' && !(key instanceof Uint8Array))) return undefined;
    const parts = JSON.parse(withKey(key, (bytes) => native.signedParts(bytes, token)));
    return parts?.length === 2 ? parts : undefined;
  } catch {
    return undefined;
  }
}

function Verifier() {
  if (!(this instanceof Verifier)) return new Verifier();
  this.signingAlgorithm = 'HS256';
  this.keyResolver = (_, callback) => callback(null, this.signingKey);
  this.keyResolver[owner] = this;
}

Object.assign(Verifier.prototype, {
  isSupportedAlg,
  setSigningKey,

  setSigningAlgorithm(alg) { return Object.assign(this, { signingAlgorithm: supported(alg) }); },
  setKeyResolver(keyResolver) { this.keyResolver = keyResolver.bind(this); },
  withKeyResolver(keyResolver) { return Object.assign(this, { keyResolver }); },

  verify(jwtString, callback) {
    const signed = this.keyResolver?.[owner] === this ? signedParts(this.signingKey, jwtString) : undefined;
    let jwt;
    try {
      jwt = signed === undefined ? new Parser().parse(jwtString) : new Jwt(signed[1], false);
      if (signed !== undefined) jwt.header = new JwtHeader(signed[0], false);
    } catch (error) {
      return settle(callback, error);
    }
    const { body, header } = jwt;
    const fail = (message, inner) => settle(callback, new JwtParseError(message, jwtString, header, body, inner));
    if (header.alg !== this.signingAlgorithm) return fail('Unexpected signature algorithm');
    if (jwt.isExpired()) return fail('Jwt is expired');
    if (jwt.isNotBefore()) return fail('Jwt not active');
    return this.keyResolver(header.kid, (error, signingKey) => {
      if (error) return fail(format('Error while resolving signing key for kid "%s"', header.kid), error);
      try {
        const isSigned = signed !== undefined || withKey(signingKey, (key) => native.isSigned(key, `${jwtString}`));
        if (!isSigned) return fail('Signature verification failed');
        // A member named __proto__ replaces the prototype of its part: a second copy has njwt's again.
        const isIntact = (part, made) => Object.getPrototypeOf(part) === made.prototype;
        const isWhole = signed !== undefined && isIntact(body, JwtBody) && isIntact(header, JwtHeader);
        const verified = isWhole ? jwt : new Jwt(body, false);
        if (!isWhole) verified.header = new JwtHeader(header, false);
        return settle(callback, null, verified);
      } catch (thrown) {
        // To the callback: an unknown `kid` or odd claim must not end the process if a resolver answers later.
        return settle(callback, thrown);
      }
    });
  },
});

// Frozen as in njwt: other code cannot change how tokens are created and verified.
for (const made of [Jwt, JwtBody, JwtHeader, Verifier, Parser, JwtParseError, JwtError]) {
  Object.freeze(made);
  Object.freeze(made.prototype);
}

/** `verify(token, key, [algorithm], [callback])` */
function verify(...given) {
  const callback = typeof given.at(-1) === 'function' ? given.pop() : null;
  const [token, key, alg] = given;
  const verifier = new Verifier();
  // Without a key, njwt accepts unsigned tokens. Here every token is rejected, because no algorithm is `null`.
  if (given.length === 1) verifier.signingAlgorithm = null;
  if (given.length === 3) verifier.setSigningAlgorithm(alg);
  if (given.length === 2 || given.length === 3) verifier.setSigningKey(key);
  return verifier.verify(token, callback);
}

function createVerifier() {
  return new Verifier();
}

/** `create([claims], key, [algorithm])` creates a token that expires in an hour by default. */
function create(...given) {
  const keyAlone = given.length === 1 && typeof given[0] === 'string';
  const [claims, key, alg] = keyAlone ? [{}, given[0]] : given;
  const jwt = new Jwt(claims);
  if (!key && alg !== 'none') throw keyRequired();
  jwt.setSigningAlgorithm(given.length === 3 ? alg : 'HS256').setSigningKey(key);
  return jwt.setExpiration((nowEpochSeconds() + 3600) * 1000);
}

module.exports = {
  Jwt, JwtBody, JwtHeader, Parser, Verifier, base64urlEncode, base64urlUnescape, verify, createVerifier, create,
};
