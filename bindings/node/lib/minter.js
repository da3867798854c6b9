'use strict';

const native = require('./native');
const { call, converted } = require('./errors');
const { string, optional, members, options, record, claims: claimsText, moment, wrongType, detached } = require('./arguments');
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
    try {
      string(subject, 'subject');
      if (at !== undefined) return this.#mintAt(subject, claims, at);
      return claims === undefined
        ? this.#mint(subject, moment())
        : this.#mint(subject, moment(), claimsText(claims, 'claims'));
    } catch (error) {
      if (!(this instanceof Minter)) throw detached('minter.mint');
      throw converted(error);
    }
  }

  #mintAt(subject, claims, at) {
    const { now, jti } = options(at, 'at', 'now', 'jti');
    const text = optional(claims, 'claims', claimsText);
    return this.#mint(subject, moment(now), text, optional(jti, 'jti', string));
  }

  mintMany(subjects, claims, at) {
    if (typeof subjects?.[Symbol.iterator] !== 'function' || typeof subjects === 'string') {
      throw wrongType(subjects, 'subjects', 'an iterable of strings');
    }
    const texts = Array.from(subjects, (subject, index) => string(subject, `subjects[${index}]`));
    const { now } = options(at, 'at', 'now');
    return call(() => this.#mintMany(texts, moment(now), optional(claims, 'claims', claimsText)));
  }
}

module.exports = { Minter };
