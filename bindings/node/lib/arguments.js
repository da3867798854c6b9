// Checks what JavaScript passes before it crosses into the addon. There, `undefined` and NaN would count as left out,
// -1 as another number, and a lone surrogate as another character. Only own members of options and records count, and
// each is read once: neither `Object.prototype` nor a getter that changes its answer has any effect.
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

/** Whether an object is of no class, in this realm or another. */
function isPlain(value) {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf');
}

function isPlainObject(value) {
  return typeof value === 'object' && value !== null && isPlain(value);
}

function string(value, name) {
  if (typeof value !== 'string') throw wrongType(value, name, 'a string');
  if (!value.isWellFormed()) throw refusal('wrong_type', `\`${name}\` must be Unicode text, not one with a lone surrogate`, name);
  return value;
}

/** The value of an option that may be left out. */
function optional(value, name, check) {
  return value === undefined ? undefined : check(value, name);
}

/** `now`, `id`, `comment` or `reason`: the only names for which null means "not given". */
function nullable(value, name, check) {
  return value === undefined || value === null ? undefined : check(value, name);
}

/** The own members of an object, each read once: a copy without a prototype. */
function own(object) {
  return Object.assign(Object.create(null), object);
}

/** The members of a plain object; none if it is left out. */
function members(value, name) {
  if (value === undefined) return Object.create(null);
  if (!isPlainObject(value)) throw wrongType(value, name, 'an object');
  return own(value);
}

/** The options of a call: an object with these members and no others. */
function options(value, name, ...known) {
  const given = members(value, name);
  for (const member of Object.keys(given)) {
    if (!known.includes(member)) throw refusal('unknown_member', `\`${member}\` is not known here`, member);
  }
  return given;
}

/** The JSON text of a record: plain objects and arrays of what JSON can hold. Errors name the path below `prefix`. */
function record(value, name, prefix = '') {
  return JSON.stringify(copy(value, name, prefix));
}

/** A copy of a record, in which no object has a prototype. */
function copy(value, name, prefix = '') {
  return copied(object(value, name), prefix, { name, depth: 0, values: 0, strict: false });
}

/** The JSON text of a directory. `undefined` is an error in it: an alias lost by mistake would let someone decide. */
function directory(value, name) {
  return JSON.stringify(copied(object(value, name), '', { name, depth: 0, values: 0, strict: true }));
}

function object(value, name) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw wrongType(value, name, 'an object');
  return value;
}

const DEEPEST = 64;
const MOST_VALUES = 500_000;

function copied(value, path, within) {
  if (within.depth > DEEPEST) throw refusal('too_deep', `nested deeper than ${DEEPEST} levels`, path);
  // An object in many places is copied for each of them.
  if ((within.values += 1) > MOST_VALUES) throw refusal('too_large', `more than ${MOST_VALUES} values`, path);
  if (typeof value === 'string') return string(value, path);
  if (typeof value === 'boolean' || value === null || Number.isFinite(value)) return value;
  if (Array.isArray(value)) {
    within.depth += 1;
    const copy = Array.from(value, (element, place) => copied(element, `${path}[${place}]`, within));
    within.depth -= 1;
    return copy;
  }
  if (!isPlainObject(value)) {
    const name = path || within.name;
    throw refusal('wrong_type', `\`${name}\` must be a value that JSON can hold, not ${kind(value)}`, name);
  }
  // Without a prototype, `__proto__` is a member like any other.
  const copy = Object.create(null);
  within.depth += 1;
  // `undefined` must not be replaced by a default.
  const strict = within.strict || path === 'metaData';
  for (const member of Object.keys(value)) {
    const inner = path === '' ? member : `${path}.${member}`;
    string(member, inner);
    const given = value[member];
    if (given !== undefined || strict) copy[member] = copied(given, inner, within);
  }
  within.depth -= 1;
  return copy;
}

/** A `Date` or whole Unix seconds, as seconds. */
function seconds(value, name) {
  const number = types.isDate(value) ? Math.floor(value.getTime() / 1000) : value;
  if (!Number.isSafeInteger(number)) throw wrongType(value, name, 'a Date or whole Unix seconds');
  // The years 1 to 9999. Milliseconds by mistake are far beyond.
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

const memoryOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'buffer').get;
const isResizable = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'resizable').get;

/**
 * Calls `body` with the bytes of a Uint8Array. If another thread could write to their memory, or something resize it,
 * `body` gets a copy, which is cleared afterwards: it may be a key.
 */
function withBytes(value, name, body, expected = 'a Uint8Array') {
  if (!types.isUint8Array(value)) throw wrongType(value, name, expected);
  const memory = memoryOf.call(value);
  if (!types.isSharedArrayBuffer(memory) && !isResizable.call(memory)) return body(value);
  let copy;
  try {
    copy = new Uint8Array(value);
  } catch (cause) {
    throw Object.assign(refusal('wrong_type', `\`${name}\` is outside of its memory, which was resized`, name), { cause });
  }
  try {
    return body(copy);
  } finally {
    copy.fill(0);
  }
}

/** The JSON text of claims or of one value, as JSON.stringify writes it: dates as text, without what is undefined. */
function stringified(value, name, expected) {
  let text;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw Object.assign(wrongType(value, name, expected), { cause });
  }
  if (text === undefined) throw wrongType(value, name, expected);
  return text;
}

function claims(value, name) {
  if (!isPlainObject(value)) throw wrongType(value, name, 'an object');
  const text = stringified(value, name, 'an object that JSON can hold');
  if (text[0] !== '{') throw wrongType(value, name, 'an object that stays one in JSON');
  return text;
}

module.exports = {
  string, optional, nullable, own, members, options, record, copy, directory, claims, stringified, seconds, count,
  withBytes, wrongType, isPlainObject,
};
