'use strict';

const native = require('./native');
const { call, converted } = require('./errors');
const { string, object, optional, seconds } = require('./arguments');
const { several } = require('./key');

class Verifier {
  #verify;

  constructor({ key, keys, ...options }) {
    const made = several({ key, keys });
    this.#verify = call(() => native.verifier(made, object(options, 'options')));
  }

  verify(token, at) {
    if (typeof token !== 'string') string(token, 'token');
    try {
      return JSON.parse(at === undefined ? this.#verify(token) : this.#verify(token, optional(at.now, 'now', seconds)));
    } catch (error) {
      throw converted(error);
    }
  }

  origin(token, at) {
    string(token, 'token');
    return JSON.parse(call(() => this.#verify(token, optional(at?.now, 'now', seconds), true)));
  }
}

class UnverifiedToken {
  static parse(token) {
    const { issuer, keyId, header, claims } = JSON.parse(call(() => native.unverified(string(token, 'token'))));
    return Object.assign(new UnverifiedToken(), { issuer: issuer ?? undefined, keyId: keyId ?? undefined, header, claims });
  }
}

module.exports = { Verifier, UnverifiedToken };
