'use strict';

const native = require('./native');
const { call } = require('./errors');
const { string, record, withBytes } = require('./arguments');
const { one, several } = require('./key');

const jws = {
  sign(header, payload, key) {
    const bytes = typeof payload === 'string' ? Buffer.from(string(payload, 'payload')) : payload;
    const given = [one(key), record(header, 'header')];
    return call(() => withBytes(bytes, 'payload', (fixed) => native.signJws(...given, fixed), 'a string or a Uint8Array'));
  },

  verify(token, keys) {
    const made = Array.isArray(keys) ? several(undefined, keys) : several(keys);
    const { header, payload } = call(() => native.verifyJws(made, string(token, 'token')));
    return { header: JSON.parse(header), payload };
  },
};

module.exports = { jws };
