// What JavaScript hands in, before it crosses: there, `undefined` and NaN would pass for "not told", -1 for another
// number, and a lone surrogate for a character that it is not.
'use strict';

const { types } = require('node:util');
const { catalogue, exception } = require('./errors');

function refusal(code, message, field) {
  return exception({ ...catalogue.find((row) => row.code === code), message, field });
}

function kind(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return String(value);
  if (Array.isArray(value)) return 'an array';
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? 'an invalid Date' : 'a Date';
  return isPlain(value) ? 'an object' : 'an object of a class';
}

function wrongType(value, name, expected) {
  if (value === undefined) return refusal('missing_member', `\`${name}\` is missing`, name);
  return refusal('wrong_type', `\`${name}\` must be ${expected}, not ${kind(value)}`, name);
}

/** Whether all that an object says are its own members: no class, of this realm or of another. */
function isPlain(value) {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf');
}

function string(value, name) {
  if (typeof value !== 'string') throw wrongType(value, name, 'a string');
  if (!value.isWellFormed()) throw refusal('wrong_type', `\`${name}\` must be Unicode text, not one with a lone surrogate`, name);
  return value;
}

function optional(value, name, check) {
  return value === undefined || value === null ? undefined : check(value, name);
}

/** A plain object; without members, if there is none. */
function object(value, name) {
  if (value === undefined) return {};
  if (value === null || typeof value !== 'object' || !isPlain(value)) throw wrongType(value, name, 'an object');
  return value;
}

/** The options of a call: an object with these members and no others. */
function options(value, name, ...known) {
  const given = object(value, name);
  for (const member of Object.keys(given)) {
    if (!known.includes(member)) throw refusal('unknown_member', `\`${member}\` is not known here`, member);
  }
  return given;
}

/** The JSON text of a record: plain objects and arrays of what JSON can hold. Errors tell the path below `prefix`. */
function record(value, name, prefix = '') {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw wrongType(value, name, 'an object');
  return JSON.stringify(copied(value, prefix, name, { depth: 0, values: 0 }));
}

const DEEPEST = 64;
const MOST_VALUES = 500_000;

/** A copy: a getter could say something else when it is asked again. */
function copied(value, path, name, sofar) {
  if (sofar.depth > DEEPEST) throw refusal('too_deep', `nested deeper than ${DEEPEST} levels`, path);
  // One object in many places is copied as often.
  if ((sofar.values += 1) > MOST_VALUES) throw refusal('too_large', `more than ${MOST_VALUES} values`, path);
  if (typeof value === 'string') return string(value, path);
  if (typeof value === 'boolean' || value === null || Number.isFinite(value)) return value;
  if (Array.isArray(value)) {
    sofar.depth += 1;
    const copy = Array.from(value, (element, place) => copied(element, `${path}[${place}]`, name, sofar));
    sofar.depth -= 1;
    return copy;
  }
  if (typeof value !== 'object' || !isPlain(value)) {
    throw refusal('wrong_type', `\`${path || name}\` must be a value that JSON can hold, not ${kind(value)}`, path || name);
  }
  // Without a prototype, `__proto__` is a member like any other.
  const copy = Object.create(null);
  sofar.depth += 1;
  for (const member of Object.keys(value)) {
    const inner = path === '' ? member : `${path}.${member}`;
    string(member, inner);
    const given = value[member];
    // An option that is not told; but the default must not stand for a value that is not there.
    if (given !== undefined || path === 'metaData') copy[member] = copied(given, inner, name, sofar);
  }
  sofar.depth -= 1;
  return copy;
}

/** A `Date` or whole Unix seconds, as seconds. */
function seconds(value, name) {
  const number = types.isDate(value) ? Math.floor(value.getTime() / 1000) : value;
  if (!Number.isSafeInteger(number)) throw wrongType(value, name, 'a Date or whole Unix seconds');
  // The years 1 to 9999; milliseconds by mistake lie far beyond.
  if (number < -62_135_596_800 || number > 253_402_300_799) {
    throw refusal('out_of_range', `\`${name}\` must be in Unix seconds, between the years 1 and 9999`, name);
  }
  return number;
}

function count(value, name) {
  if (typeof value !== 'number') throw wrongType(value, name, 'an integer');
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) {
    throw refusal('out_of_range', `\`${name}\` must be an integer between 0 and 4294967295`, name);
  }
  return value;
}

/** The JSON text of claims or of one value, as JSON.stringify writes it: dates as text, without what is undefined. */
function stringified(value, name, expected) {
  let text;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw Object.assign(wrongType(value, name, expected), { cause: error });
  }
  if (text === undefined) throw wrongType(value, name, expected);
  return text;
}

function claims(value, name) {
  if (value === null || typeof value !== 'object' || !isPlain(value)) throw wrongType(value, name, 'an object');
  const text = stringified(value, name, 'an object that JSON can hold');
  if (text[0] !== '{') throw wrongType(value, name, 'an object that stays one in JSON');
  return text;
}

module.exports = { string, optional, object, options, record, claims, stringified, seconds, count, wrongType, isPlain };
