'use strict';

const native = require('./native');
const { call, converted } = require('./errors');
const { string, object, optional, seconds, nothingElse } = require('./arguments');
const { one } = require('./key');

class Minter {
  #mint;
  #mintMany;

  constructor({ key, ...options }) {
    const made = one(key);
    const text = object(options, 'options');
    this.#mint = call(() => native.minter(made, text));
    this.#mintMany = (subjects, claims) => native.mintMany(made, text, subjects, claims);
  }

  mint(subject, claims, at) {
    if (typeof subject !== 'string') string(subject, 'subject');
    try {
      if (at !== undefined) return this.#mintAt(subject, claims, at);
      return claims === undefined ? this.#mint(subject) : this.#mint(subject, object(claims, 'claims'));
    } catch (error) {
      throw converted(error);
    }
  }

  #mintAt(subject, claims, { now, jti, ...rest }) {
    nothingElse(rest);
    const at = [optional(now, 'now', seconds), optional(jti, 'jti', string)];
    return this.#mint(subject, optional(claims, 'claims', object), ...at);
  }

  mintMany(subjects, claims) {
    const texts = Array.from(subjects, (subject, place) => string(subject, `subjects[${place}]`));
    return call(() => this.#mintMany(texts, optional(claims, 'claims', object)));
  }
}

module.exports = { Minter };
