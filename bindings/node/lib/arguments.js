// What JavaScript hands in, before it crosses: the addon would take `undefined` or -1 for something else.
'use strict';

const { catalogue, exception } = require('./errors');

function refusal(code, message, field) {
  return exception({ ...catalogue.find((row) => row.code === code), message, field });
}

function kind(value) {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function wrongType(value, name, expected) {
  if (value === undefined) return refusal('missing_member', `\`${name}\` is missing`, name);
  return refusal('wrong_type', `\`${name}\` must be ${expected}, not ${kind(value)}`, name);
}

function string(value, name) {
  if (typeof value !== 'string') throw wrongType(value, name, 'a string');
  return value;
}

/** The JSON text of an object. */
function object(value, name) {
  if (value === null || typeof value !== 'object') throw wrongType(value, name, 'an object');
  return JSON.stringify(value);
}

function optional(value, name, check) {
  return value === undefined || value === null ? undefined : check(value, name);
}

/** A `Date` or whole Unix seconds, as seconds. */
function seconds(value, name) {
  const number = value instanceof Date ? Math.floor(value.getTime() / 1000) : value;
  if (!Number.isSafeInteger(number)) throw wrongType(value, name, 'a Date or whole Unix seconds');
  return number;
}

function count(value, name) {
  if (typeof value !== 'number') throw wrongType(value, name, 'an integer');
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) {
    throw refusal('out_of_range', `\`${name}\` must be between 0 and 4294967295`, name);
  }
  return value;
}

/** Refuses the members that are left when the known ones are taken out. */
function nothingElse(rest) {
  for (const name of Object.keys(rest)) {
    throw refusal('unknown_member', `\`${name}\` is not known here`, name);
  }
}

module.exports = { string, object, optional, seconds, count, nothingElse, wrongType };
