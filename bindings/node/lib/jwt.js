'use strict';

const native = require('./native');
const { call } = require('./errors');
const { string, optional, options, claims: claimsText, stringified, seconds, moment } = require('./arguments');
const { one } = require('./key');

const secret = Symbol('Jwt');

class Jwt {
  #native;

  constructor(given, made) {
    if (given !== secret) throw new TypeError('call Jwt.create instead of the constructor');
    this.#native = made;
  }

  static create(claims = {}, at) {
    const { now, jti } = options(at, 'at', 'now', 'jti');
    const fixed = [moment(now), optional(jti, 'jti', string)];
    return new Jwt(secret, call(() => native.Jwt.create(claimsText(claims, 'claims'), ...fixed)));
  }

  setClaim(name, value) {
    call(() => this.#native.setClaim(string(name, 'name'), stringified(value, 'value', 'a value that JSON can hold')));
    return this;
  }

  setHeader(name, value) {
    call(() => this.#native.setHeader(string(name, 'name'), stringified(value, 'value', 'a value that JSON can hold')));
    return this;
  }

  setIssuer(issuer) {
    return this.setClaim('iss', string(issuer, 'issuer'));
  }

  setSubject(subject) {
    return this.setClaim('sub', string(subject, 'subject'));
  }

  setJti(jti) {
    return this.setClaim('jti', string(jti, 'jti'));
  }

  setIssuedAt(issuedAt) {
    return this.setClaim('iat', seconds(issuedAt, 'issuedAt'));
  }

  setExpiration(expiresAt) {
    const at = optional(expiresAt, 'expiresAt', seconds);
    call(() => this.#native.setExpiration(at));
    return this;
  }

  setNotBefore(notBefore) {
    const at = optional(notBefore, 'notBefore', seconds);
    call(() => this.#native.setNotBefore(at));
    return this;
  }

  get header() {
    return JSON.parse(call(() => this.#native.header));
  }

  get claims() {
    return JSON.parse(call(() => this.#native.claims));
  }

  compact(key) {
    return call(() => this.#native.compact(one(key)));
  }
}

module.exports = { Jwt };
