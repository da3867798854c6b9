'use strict';

const native = require('./native');
const { call } = require('./errors');
const { string } = require('./arguments');

function plainText(text) {
  return call(() => native.plainText(string(text, 'text')));
}

function identity(name) {
  return call(() => native.identity(string(name, 'name')));
}

module.exports = { plainText, identity };
