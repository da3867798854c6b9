'use strict';

const native = require('./native');
const { call, converted } = require('./errors');
const { string, optional, nullable, members, options, record, claims: claimsText, seconds, wrongType } = require('./arguments');
const { one } = require('./key');

class Minter {
  #mint;
  #mintMany;

  constructor(given) {
    const { key, ...rest } = members(given, 'options');
    const made = one(key);
    const text = record(rest, 'options');
    this.#mint = call(() => native.minter(made, text));
    this.#mintMany = (...subjects) => native.mintMany(made, text, ...subjects);
  }

  mint(subject, claims, at) {
    string(subject, 'subject');
    try {
      if (at !== undefined) return this.#mintAt(subject, claims, at);
      return claims === undefined ? this.#mint(subject) : this.#mint(subject, claimsText(claims, 'claims'));
    } catch (error) {
      throw converted(error);
    }
  }

  #mintAt(subject, claims, at) {
    const { now, jti } = options(at, 'at', 'now', 'jti');
    const text = optional(claims, 'claims', claimsText);
    return this.#mint(subject, text, nullable(now, 'now', seconds), optional(jti, 'jti', string));
  }

  mintMany(subjects, claims, at) {
    if (typeof subjects?.[Symbol.iterator] !== 'function' || typeof subjects === 'string') {
      throw wrongType(subjects, 'subjects', 'an iterable of strings');
    }
    const texts = Array.from(subjects, (subject, place) => string(subject, `subjects[${place}]`));
    const { now } = options(at, 'at', 'now');
    return call(() => this.#mintMany(texts, optional(claims, 'claims', claimsText), nullable(now, 'now', seconds)));
  }
}

module.exports = { Minter };
