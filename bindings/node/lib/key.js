'use strict';

const native = require('./native');
const { call } = require('./errors');
const { string, optional, nullable, options, count, withBytes, wrongType } = require('./arguments');

let handle;

class SigningKey {
  #native;

  constructor(secret, made) {
    if (secret !== handle) throw new TypeError('call SigningKey.generate, SigningKey.fromBase64 or SigningKey.fromBytes');
    this.#native = made;
  }

  static generate(given) {
    const { id } = options(given, 'options', 'id');
    return new SigningKey(handle, call(() => native.Key.generate(nullable(id, 'id', string))));
  }

  static generateBase64() {
    return call(() => native.Key.generateBase64());
  }

  static fromBase64(text, given) {
    const { id, leastBytes } = options(given, 'options', 'id', 'leastBytes');
    string(text, 'text');
    const how = [optional(leastBytes, 'leastBytes', count), nullable(id, 'id', string)];
    return new SigningKey(handle, call(() => native.Key.fromBase64(text, ...how)));
  }

  static fromBytes(bytes, given) {
    const { id, leastBytes } = options(given, 'options', 'id', 'leastBytes');
    const how = [optional(leastBytes, 'leastBytes', count), nullable(id, 'id', string)];
    const key = call(() => withBytes(bytes, 'bytes', (fixed) => native.Key.fromBytes(fixed, ...how)));
    return new SigningKey(handle, key);
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

/** The addon's keys of the option `key` or `keys`, whichever is given. */
function several(key, keys) {
  if (keys === undefined) return [one(key)];
  if (key !== undefined) throw wrongType(key, 'key', 'left out where `keys` is given');
  if (!Array.isArray(keys) || keys.length === 0) throw wrongType(keys, 'keys', 'an array of at least one SigningKey');
  return Array.from(keys, (key, place) => one(key, `keys[${place}]`));
}

module.exports = { SigningKey, one, several };
