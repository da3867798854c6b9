'use strict';

const native = require('./native');
const { call, converted } = require('./errors');
const { string, own, members, options, record, moment, wrongType, detached } = require('./arguments');
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
    try {
      string(token, 'token');
      return JSON.parse(this.#verify(token, at === undefined ? moment() : now(at)));
    } catch (error) {
      if (!(this instanceof Verifier)) throw detached('verifier.verify');
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

/** Checks that only one of two options is given. The addon checks that at least one is given. */
function oneOrAny(value, name, any, anyName, expected) {
  if (value === null) throw wrongType(value, name, `${expected} (\`${anyName}: true\` accepts any)`);
  if (value !== undefined && any === true) throw wrongType(value, name, `undefined if \`${anyName}\` is true`);
}

function now(at) {
  return moment(options(at, 'at', 'now').now);
}

class UnverifiedToken {
  // Own properties, whatever other code has added to `Object.prototype`.
  issuer;
  keyId;
  header;
  claims;

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
