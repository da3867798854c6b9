'use strict';

const { types } = require('node:util');
const native = require('./native');
const { call } = require('./errors');
const { string, optional, options, count, wrongType } = require('./arguments');

let handle;

class SigningKey {
  #native;

  constructor(secret, made) {
    if (secret !== handle) throw new TypeError('call SigningKey.fromBase64 or SigningKey.fromBytes');
    this.#native = made;
  }

  static generate() {
    return call(() => native.Key.generate());
  }

  static fromBase64(text, given) {
    const { id, leastBytes } = options(given, 'options', 'id', 'leastBytes');
    string(text, 'text');
    const least = optional(leastBytes, 'leastBytes', count);
    return new SigningKey(handle, call(() => native.Key.fromBase64(text, least, optional(id, 'id', string))));
  }

  static fromBytes(bytes, given) {
    const { id, leastBytes } = options(given, 'options', 'id', 'leastBytes');
    if (!types.isUint8Array(bytes)) throw wrongType(bytes, 'bytes', 'a Uint8Array');
    const least = optional(leastBytes, 'leastBytes', count);
    return new SigningKey(handle, call(() => native.Key.fromBytes(bytes, least, optional(id, 'id', string))));
  }

  get id() {
    return this.#native.id ?? undefined;
  }

  static {
    handle = (key, name) => {
      if (typeof key !== 'object' || key === null || !(#native in key)) throw wrongType(key, name, 'a SigningKey');
      return key.#native;
    };
  }
}

/** The addon's key of a SigningKey. */
function one(key, name = 'key') {
  return handle(key, name);
}

/** The addon's keys of `{key}` or `{keys}`, whichever is given. */
function several({ key, keys }) {
  if (keys === undefined) return [one(key)];
  if (!Array.isArray(keys) || keys.length === 0 || key !== undefined) {
    throw wrongType(keys, 'keys', 'an array of at least one SigningKey, without `key` beside it');
  }
  return Array.from(keys, (key, place) => one(key, `keys[${place}]`));
}

module.exports = { SigningKey, one, several };
