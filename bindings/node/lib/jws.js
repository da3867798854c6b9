'use strict';

const native = require('./native');
const { call } = require('./errors');
const { string, object, wrongType } = require('./arguments');
const { one, several } = require('./key');

const jws = {
  sign(header, payload, key) {
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    if (!(bytes instanceof Uint8Array)) throw wrongType(payload, 'payload', 'a string or a Uint8Array');
    return call(() => native.signJws(one(key), object(header, 'header'), bytes));
  },

  verify(token, keys) {
    const made = several(Array.isArray(keys) ? { keys } : { key: keys });
    const { header, payload } = call(() => native.verifyJws(made, string(token, 'token')));
    return { header: JSON.parse(header), payload };
  },
};

module.exports = { jws };
