// A drop-in for njwt 2.0.1, whose texts JavaScript writes and whose signatures Rust makes and checks: HS256 alone,
// with a key that is not empty. The differences are listed in the README.
'use strict';

const crypto = require('node:crypto');
const { format, inherits } = require('node:util');
const native = require('./lib/native');

const messages = {
  parse: 'Jwt cannot be parsed',
  expired: 'Jwt is expired',
  algorithm: 'Unsupported signing algorithm',
  keyRequired: 'Signing key is required',
  signature: 'Signature verification failed',
  unexpected: 'Unexpected signature algorithm',
  notActive: 'Jwt not active',
  resolver: 'Error while resolving signing key for kid "%s"',
};

// Known to njwt: a token that names one of these is read, and refused for its algorithm only afterwards.
const known = ['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'none'];

const nowEpochSeconds = () => Math.floor(Date.now() / 1000);
const epochSeconds = (time) => Math.floor((time instanceof Date ? time : new Date(time)).getTime() / 1000);
const isSupportedAlg = (alg) => alg === 'HS256';

function base64urlEncode(data) {
  return Buffer.from(typeof data === 'number' ? data.toString() : data).toString('base64url');
}

function base64urlUnescape(text) {
  return text.replace(/-/g, '+').replace(/_/g, '/') + '='.repeat(4 - (text.length % 4));
}

/** To the callback, if there is one, in the next tick; else thrown or returned. */
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

/** A key as njwt takes it: a string's own bytes, or bytes. */
function keyOf(key) {
  if (!key || key.length === 0 || key.byteLength === 0) throw new Error(messages.keyRequired);
  if (typeof key === 'string' || key instanceof Uint8Array) return key;
  if (key instanceof crypto.KeyObject) return key.export();
  if (ArrayBuffer.isView(key)) return new Uint8Array(key.buffer, key.byteOffset, key.byteLength);
  if (key instanceof ArrayBuffer) return new Uint8Array(key);
  throw new TypeError('The signing key must be a string or a Buffer');
}

function JwtBody(claims) {
  if (!(this instanceof JwtBody)) return new JwtBody(claims);
  if (claims) for (const name of Object.keys(claims)) this[name] = claims[name];
}

JwtBody.prototype.toJSON = function toJSON() {
  return { ...this };
};

JwtBody.prototype.compact = function compact() {
  return base64urlEncode(JSON.stringify(this));
};

function JwtHeader(header, enforceDefaultFields) {
  if (!(this instanceof JwtHeader)) return new JwtHeader(header);
  this.typ = header && header.typ;
  this.alg = header && header.alg;
  if (enforceDefaultFields !== false) {
    this.typ = this.typ || 'JWT';
    this.alg = this.alg || 'HS256';
  }
  if (header) {
    for (const name of Object.keys(header)) if (name !== 'typ' && name !== 'alg') this[name] = header[name];
  }
}

JwtHeader.prototype.compact = function compact() {
  return base64urlEncode(JSON.stringify(this));
};

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

  setClaim(claim, value) {
    this.body[claim] = value;
    return this;
  },

  setHeader(param, value) {
    this.header[param] = value;
    return this;
  },

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

  setSigningKey(key) {
    this.signingKey = key;
    return this;
  },

  setSigningAlgorithm(alg) {
    if (!this.isSupportedAlg(alg)) throw new JwtError(messages.algorithm);
    this.header.alg = alg;
    return this;
  },

  sign(payload, algorithm, cryptoInput) {
    if (!isSupportedAlg(algorithm)) throw new JwtError(messages.algorithm);
    return crypto.createHmac('sha256', keyOf(cryptoInput)).update(payload).digest('base64url');
  },

  compact() {
    if (!isSupportedAlg(this.header.alg)) throw new JwtError(messages.algorithm);
    const key = keyOf(this.signingKey);
    const token = native.signText(key, JSON.stringify(this.header), JSON.stringify(this.body));
    this.signature = token.slice(token.lastIndexOf('.') + 1);
    return token;
  },

  toString() {
    return this.compact();
  },

  isExpired() {
    return this.body.exp * 1000 < Date.now();
  },

  isNotBefore() {
    return this.body.nbf * 1000 >= Date.now();
  },
});

function Parser() {}

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
    const fail = (...parsed) => settle(callback, new JwtParseError(messages.parse, jwtString, ...parsed));
    const segments = jwtString.split('.');
    if (segments.length < 2 || segments.length > 3) return fail(null, null);
    const header = this.safeJsonParse(segments[0]);
    const body = this.safeJsonParse(segments[1]);
    if (header instanceof Error) return fail(null, null, header);
    if (body instanceof Error) return fail(header, null, body);
    if (!known.includes(header.alg)) throw new JwtError(messages.algorithm);
    const jwt = new Jwt(body, false);
    if (segments[2]) jwt.signature = Buffer.from(segments[2], 'base64url').toString('base64');
    jwt.verificationInput = `${segments[0]}.${segments[1]}`;
    jwt.header = new JwtHeader(header, false);
    return settle(callback, null, jwt);
  },
});

function Verifier() {
  if (!(this instanceof Verifier)) return new Verifier();
  this.signingAlgorithm = 'HS256';
  this.keyResolver = (_, callback) => callback(null, this.signingKey);
}

Object.assign(Verifier.prototype, {
  isSupportedAlg,

  setSigningAlgorithm(alg) {
    if (!this.isSupportedAlg(alg)) throw new JwtError(messages.algorithm);
    this.signingAlgorithm = alg;
    return this;
  },

  setSigningKey(key) {
    this.signingKey = key;
    return this;
  },

  setKeyResolver(keyResolver) {
    this.keyResolver = keyResolver.bind(this);
  },

  withKeyResolver(keyResolver) {
    this.keyResolver = keyResolver;
    return this;
  },

  verify(jwtString, callback) {
    let jwt;
    try {
      jwt = new Parser().parse(jwtString);
    } catch (error) {
      return settle(callback, error);
    }
    const { body, header } = jwt;
    const fail = (message, inner) => settle(callback, new JwtParseError(message, jwtString, header, body, inner));
    if (header.alg !== this.signingAlgorithm) return fail(messages.unexpected);
    if (jwt.isExpired()) return fail(messages.expired);
    if (jwt.isNotBefore()) return fail(messages.notActive);
    return this.keyResolver(header.kid, (error, signingKey) => {
      if (error) return fail(format(messages.resolver, header.kid), error);
      if (!native.isSigned(keyOf(signingKey), jwtString)) return fail(messages.signature);
      const verified = new Jwt(body, false);
      verified.header = new JwtHeader(header, false);
      return settle(callback, null, verified);
    });
  },
});

// As in njwt: what is said of a token must not be changed from elsewhere.
for (const made of [Jwt, JwtBody, JwtHeader, Verifier, Parser, JwtParseError, JwtError]) {
  Object.freeze(made);
  Object.freeze(made.prototype);
}

module.exports = {
  Jwt,
  JwtBody,
  JwtHeader,
  Parser,
  Verifier,
  base64urlEncode,
  base64urlUnescape,

  /** `verify(token, key, [algorithm], [callback])` */
  verify(...given) {
    const callback = typeof given.at(-1) === 'function' ? given.pop() : null;
    const [token, key, alg] = given;
    const verifier = new Verifier();
    if (given.length === 1) verifier.setSigningAlgorithm('none');
    if (given.length === 3) verifier.setSigningAlgorithm(alg);
    return verifier.setSigningKey(key).verify(token, callback);
  },

  createVerifier() {
    return new Verifier();
  },

  /** `create([claims], key, [algorithm])`: a token that expires in an hour, unless it is told otherwise. */
  create(...given) {
    const keyAlone = given.length === 1 && typeof given[0] === 'string';
    const [claims, key, alg] = keyAlone ? [{}, given[0]] : given;
    const jwt = new Jwt(claims);
    if (!key && alg !== 'none') throw new Error(messages.keyRequired);
    jwt.setSigningAlgorithm(given.length === 3 ? alg : 'HS256').setSigningKey(key);
    return jwt.setExpiration((nowEpochSeconds() + 3600) * 1000);
  },
};
