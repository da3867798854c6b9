'use strict';

const native = require('./native');
const { call, converted } = require('./errors');
const { string, nullable, own, members, options, record, seconds, wrongType } = require('./arguments');
const { several } = require('./key');

class Verifier {
  #verify;

  constructor(given) {
    const { key, keys, ...rest } = members(given, 'options');
    const made = several(key, keys);
    const named = own(rest);
    oneOrAny(named.issuer, 'issuer', named.anyIssuer, 'anyIssuer', 'a string');
    oneOrAny(named.audience, 'audience', named.anyAudience, 'anyAudience', 'a string or an array of strings');
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
    return JSON.parse(call(() => this.#verify(token, now(at), 'origin')));
  }

  verified(token, at) {
    string(token, 'token');
    const { claims, keyId } = own(JSON.parse(call(() => this.#verify(token, now(at), 'verified'))));
    return { claims, keyId };
  }
}

/** Checks that only one of two options is given. The addon finds out if neither is. */
function oneOrAny(value, name, any, anyName, expected) {
  if (value === null) throw wrongType(value, name, `${expected} (\`${anyName}: true\` accepts any)`);
  if (value !== undefined && any === true) throw wrongType(value, name, `left out where \`${anyName}\` is true`);
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
