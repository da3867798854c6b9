'use strict';

const native = require('./native');
const { call } = require('./errors');
const { string, optional, nullable, options, count, withBytes, wrongType, inputError } = require('./arguments');

let handle;

/** Says how to make a key of what was given instead. */
function notAKey(value, name) {
  if (value?.constructor?.name === 'SigningKey') {
    return inputError('wrong_type', `\`${name}\` is a SigningKey of another copy of jit-approvals: install only one`, name);
  }
  if (typeof value === 'string') return wrongType(value, name, 'a SigningKey (see SigningKey.fromBase64)');
  if (value instanceof Uint8Array) return wrongType(value, name, 'a SigningKey (see SigningKey.fromBytes)');
  return wrongType(value, name, 'a SigningKey');
}

class SigningKey {
  #native;

  constructor(secret, made) {
    if (secret !== handle) throw new TypeError('call generate, fromBase64 or fromBytes instead of the constructor');
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
    if (text === undefined) throw inputError('missing_member', '`text` is missing: is the environment variable with the key set?', 'text');
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
    return call(() => this.#native.id) ?? undefined;
  }

  static {
    handle = (key, name) => {
      if (typeof key !== 'object' || key === null || !(#native in key)) throw notAKey(key, name);
      return key.#native;
    };
  }
}

/** Returns the addon's handle of a SigningKey. */
function one(key, name = 'key') {
  return handle(key, name);
}

/** Returns the addon's handles for the option `key` or `keys`, whichever is given. */
function several(key, keys) {
  if (keys === undefined) return [one(key)];
  if (key !== undefined) throw wrongType(key, 'key', 'undefined if `keys` is given');
  if (!Array.isArray(keys) || keys.length === 0) throw wrongType(keys, 'keys', 'a non-empty array of signing keys');
  return Array.from(keys, (key, index) => one(key, `keys[${index}]`));
}

module.exports = { SigningKey, one, several };
