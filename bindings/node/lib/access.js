'use strict';

const native = require('./native');
const { call } = require('./errors');
const { string, members, options, record, seconds, moment } = require('./arguments');
const { one, several } = require('./key');

const TEXTS = ['issuer', 'application', 'subject', 'grantId', 'approvalRequestId', 'templateId', 'contentHash'];

class AccessToken {
  // Own properties, whatever other code has added to `Object.prototype`.
  issuer;
  application;
  subject;
  grantId;
  approvalRequestId;
  templateId;
  contentHash;
  expiresAt;

  constructor(grant) {
    const given = options(grant, 'grant', ...TEXTS, 'expiresAt');
    for (const name of TEXTS) this[name] = string(given[name], name);
    this.expiresAt = new Date(seconds(given.expiresAt, 'expiresAt') * 1000);
  }

  sign(key) {
    return call(() => native.signAccessToken(record(this.toJSON(), 'grant'), one(key)));
  }

  toJSON() {
    return { ...this, expiresAt: seconds(this.expiresAt, 'expiresAt') };
  }
}

class AccessTokenVerifier {
  #verify;

  constructor(given) {
    const { key, keys, ...rest } = members(given, 'options');
    const made = several(key, keys);
    this.#verify = call(() => native.accessVerifier(made, record(rest, 'options')));
  }

  verify(token, at) {
    const { now } = options(at, 'at', 'now');
    string(token, 'token');
    return new AccessToken(JSON.parse(call(() => this.#verify(token, moment(now)))));
  }
}

module.exports = { AccessToken, AccessTokenVerifier };
