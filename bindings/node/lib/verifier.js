'use strict';

const native = require('./native');
const { call, converted } = require('./errors');
const { string, optional, object, options, record, seconds } = require('./arguments');
const { several } = require('./key');

class Verifier {
  #verify;

  constructor(given) {
    const { key, keys, ...rest } = object(given, 'options');
    const made = several({ key, keys });
    // Any issuer is told by null, and by nothing that becomes one.
    for (const name of ['issuer', 'audience']) if (rest[name] !== null) string(rest[name], name);
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
  return optional(options(at, 'at', 'now').now, 'now', seconds);
}

class UnverifiedToken {
  constructor(told) {
    this.issuer = told?.issuer ?? undefined;
    this.keyId = told?.keyId ?? undefined;
    this.header = told?.header ?? {};
    this.claims = told?.claims ?? {};
  }

  static parse(token) {
    return new UnverifiedToken(JSON.parse(call(() => native.unverified(string(token, 'token')))));
  }
}

module.exports = { Verifier, UnverifiedToken };
