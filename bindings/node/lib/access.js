'use strict';

const native = require('./native');
const { call } = require('./errors');
const { string, object, optional, seconds } = require('./arguments');
const { one, several } = require('./key');

class AccessToken {
  constructor(grant) {
    Object.assign(this, grant, { expiresAt: new Date(seconds(grant.expiresAt, 'expiresAt') * 1000) });
  }

  sign(key) {
    return call(() => native.signAccessToken(object(this, 'grant'), one(key)));
  }

  toJSON() {
    return { ...this, expiresAt: seconds(this.expiresAt, 'expiresAt') };
  }
}

class AccessTokenVerifier {
  #verify;

  constructor({ key, keys, ...options }) {
    const made = several({ key, keys });
    const text = object(options, 'options');
    this.#verify = (token, now) => native.verifyAccessToken(made, text, token, now);
  }

  verify(token, at) {
    string(token, 'token');
    return new AccessToken(JSON.parse(call(() => this.#verify(token, optional(at?.now, 'now', seconds)))));
  }
}

module.exports = { AccessToken, AccessTokenVerifier };
