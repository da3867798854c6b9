'use strict';

const { types } = require('node:util');
const native = require('./native');
const { call } = require('./errors');
const { string, record, wrongType } = require('./arguments');
const { one, several } = require('./key');

const jws = {
  sign(header, payload, key) {
    const bytes = typeof payload === 'string' ? Buffer.from(string(payload, 'payload')) : payload;
    if (!types.isUint8Array(bytes)) throw wrongType(payload, 'payload', 'a string or a Uint8Array');
    return call(() => native.signJws(one(key), record(header, 'header'), bytes));
  },

  verify(token, keys) {
    const made = several(Array.isArray(keys) ? { keys } : { key: keys });
    const { header, payload } = call(() => native.verifyJws(made, string(token, 'token')));
    return { header: JSON.parse(header), payload };
  },
};

module.exports = { jws };
