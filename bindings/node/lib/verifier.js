'use strict';

const native = require('./native');
const { call, converted } = require('./errors');
const { string, nullable, own, members, options, record, seconds } = require('./arguments');
const { several } = require('./key');

class Verifier {
  #verify;

  constructor(given) {
    const { key, keys, ...rest } = members(given, 'options');
    const made = several(key, keys);
    const { issuer, audience } = own(rest);
    // Null means any; NaN, which JSON writes as null, does not.
    if (issuer !== null) string(issuer, 'issuer');
    if (audience !== null) string(audience, 'audience');
    this.#verify = call(() => native.verifier(made, record(rest, 'options')));
  }

  verify(token, at) {
    string(token, 'token');
    try {
      return JSON.parse(at === undefined ? this.#verify(token) : this.#verify(token, now(at)));
    } catch (error) {
      throw converted(error);
    }
  }

  origin(token, at) {
    string(token, 'token');
    return JSON.parse(call(() => this.#verify(token, now(at), true)));
  }
}

function now(at) {
  return nullable(options(at, 'at', 'now').now, 'now', seconds);
}

class UnverifiedToken {
  constructor(given) {
    const { issuer, keyId, header, claims } = own(given);
    this.issuer = issuer ?? undefined;
    this.keyId = keyId ?? undefined;
    this.header = header ?? {};
    this.claims = claims ?? {};
  }

  static parse(token) {
    return new UnverifiedToken(JSON.parse(call(() => native.unverified(string(token, 'token')))));
  }
}

module.exports = { Verifier, UnverifiedToken };
