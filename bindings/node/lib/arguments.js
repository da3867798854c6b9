// Checks arguments before they cross into the addon. The addon would read `undefined` and NaN as "not given", -1 as
// another number, and a lone surrogate as another character. Only own properties of options and records count, and each
// is read once, so that neither `Object.prototype` nor a getter with changing results has any effect.
'use strict';

const { types } = require('node:util');
const native = require('./native');
const { catalogue, exception } = require('./errors');

/** Short texts that a message shows as they are. */
const PLAIN = /^[ -_a-~]{0,64}$/;

// The years 1 to 9999.
const FIRST_SECOND = -62_135_596_800;
const LAST_SECOND = 253_402_300_799;

function inputError(code, message, field) {
  const shown = field === undefined || PLAIN.test(field) ? field : native.harmless(field);
  return exception({ ...catalogue.find((row) => row.code === code), message, field: shown });
}

/** Quotes input for a message: shortened, and without characters that could forge a line of a log. */
function quote(text) {
  return PLAIN.test(text) ? `\`${text}\`` : native.quoted(text);
}

function kind(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (Buffer.isBuffer(value)) return 'a Buffer';
  if (types.isUint8Array(value)) return 'a Uint8Array';
  if (types.isDate(value)) return Number.isNaN(Date.prototype.getTime.call(value)) ? 'an invalid Date' : 'a Date';
  return isPlain(value) ? 'an object' : 'an instance of a class';
}

function wrongType(value, name, expected) {
  if (value === undefined) return inputError('missing_member', `${quote(name)} is missing`, name);
  return inputError('wrong_type', `${quote(name)} must be ${expected}, not ${kind(value)}`, name);
}

/** Returns whether an object is plain: not an instance of a class, in this realm or another. */
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
  if (!value.isWellFormed()) throw inputError('wrong_type', `${quote(name)} must not contain lone surrogates`, name);
  return value;
}

/** Checks an option that may be left out. */
function optional(value, name, check) {
  return value === undefined ? undefined : check(value, name);
}

/** Checks `now`, `id`, `comment` or `reason`. Only for these names does null mean "not given". */
function nullable(value, name, check) {
  return value === undefined || value === null ? undefined : check(value, name);
}

/** Copies the own properties of an object and reads each once. The copy has no prototype. */
function own(object) {
  return Object.assign(Object.create(null), object);
}

/** Copies the properties of a plain object. For `undefined`, the copy is empty. */
function members(value, name) {
  if (value === undefined) return Object.create(null);
  if (!isPlainObject(value)) throw wrongType(value, name, 'an object');
  return own(value);
}

/** Reads the options of a call. An option that is not in `known` is an error. */
function options(value, name, ...known) {
  const given = members(value, name);
  for (const member of Object.keys(given)) {
    if (!known.includes(member)) {
      throw inputError('unknown_member', `unknown member ${quote(member)}${native.didYouMean(member, known)}`, member);
    }
  }
  return given;
}

/** Returns the JSON text of a record: plain objects and arrays of JSON values. `prefix` starts the paths in errors. */
function record(value, name, prefix = '') {
  return JSON.stringify(copy(value, name, prefix));
}

/** Copies a record. No object in the copy has a prototype. */
function copy(value, name, prefix = '') {
  return copied(object(value, name), prefix, { name, depth: 0, values: 0, strict: false });
}

/**
 * Returns the JSON text of a directory. `undefined` in it is an error: with an alias lost by mistake, a person could
 * decide their own request.
 */
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
  if (within.depth > DEEPEST) throw inputError('too_deep', `nested deeper than the limit of ${DEEPEST} levels`, path);
  // An object that occurs several times is copied and counted each time.
  if ((within.values += 1) > MOST_VALUES) {
    throw inputError('too_large', `input has more values than the limit of ${MOST_VALUES}`, path);
  }
  if (typeof value === 'string') return string(value, path);
  if (typeof value === 'boolean' || value === null || Number.isFinite(value)) return value;
  if (Array.isArray(value)) {
    within.depth += 1;
    const copy = Array.from(value, (element, index) => copied(element, `${path}[${index}]`, within));
    within.depth -= 1;
    // Without a prototype, JSON.stringify finds no toJSON that other code has added.
    return Object.setPrototypeOf(copy, null);
  }
  if (!isPlainObject(value)) {
    const name = path || within.name;
    throw inputError('wrong_type', `${quote(name)} must be a value that JSON can hold, not ${kind(value)}`, name);
  }
  // Without a prototype, `__proto__` is a property like any other.
  const copy = Object.create(null);
  within.depth += 1;
  // A metadata value that is `undefined` must not be replaced by its default.
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

/** Converts a `Date` or whole Unix seconds to seconds. */
function seconds(value, name) {
  const number = types.isDate(value) ? Math.floor(Date.prototype.getTime.call(value) / 1000) : value;
  if (Number.isSafeInteger(number) && number >= FIRST_SECOND && number <= LAST_SECOND) return number;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw wrongType(value, name, 'a Date or whole Unix seconds');
  const expected = `${quote(name)} must be a Date or whole Unix seconds in the years 1 to 9999`;
  if (!Number.isInteger(number)) throw inputError('wrong_type', `${expected}: use Math.floor`, name);
  const milliseconds = number / 1000 >= FIRST_SECOND && number / 1000 <= LAST_SECOND;
  throw inputError('out_of_range', milliseconds ? `${expected}; this looks like milliseconds` : expected, name);
}

/** Returns the given time in seconds, by default that of JavaScript's clock, which tests can replace. */
function moment(value) {
  if (value !== undefined && value !== null) return seconds(value, 'now');
  const milliseconds = Date.now();
  return seconds(typeof milliseconds === 'number' ? Math.floor(milliseconds / 1000) : milliseconds, 'now');
}

function count(value, name) {
  if (typeof value !== 'number') throw wrongType(value, name, 'an integer');
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) {
    throw inputError('out_of_range', `${quote(name)} must be an integer between 0 and 4294967295`, name);
  }
  return value;
}

const memoryOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'buffer').get;
const isResizable = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'resizable').get;

/**
 * Calls `body` with a Uint8Array. If its memory is resizable or shared with other threads, `body` gets a copy. The copy
 * is cleared afterwards, because it may be a key.
 */
function withBytes(value, name, body, expected = 'a Uint8Array') {
  if (!types.isUint8Array(value)) throw wrongType(value, name, expected);
  const memory = memoryOf.call(value);
  if (!types.isSharedArrayBuffer(memory) && !isResizable.call(memory)) return body(value);
  let copy;
  try {
    copy = new Uint8Array(value);
  } catch (cause) {
    const error = inputError('wrong_type', `${quote(name)} is out of the bounds of its buffer, which was resized`, name);
    throw Object.assign(error, { cause });
  }
  try {
    return body(copy);
  } finally {
    copy.fill(0);
  }
}

/** Returns the JSON text of claims or of one value, as `JSON.stringify` writes it: dates as text, without `undefined`. */
function stringified(value, name, expected) {
  let text;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    // A cycle or a BigInt: JavaScript's own message says where.
    throw Object.assign(inputError('wrong_type', `${quote(name)} must be ${expected}: ${cause?.message}`, name), { cause });
  }
  if (text === undefined) throw wrongType(value, name, expected);
  return text;
}

function claims(value, name) {
  if (!isPlainObject(value)) throw wrongType(value, name, 'an object');
  const text = stringified(value, name, 'an object that JSON can hold');
  if (text[0] !== '{') {
    throw inputError('wrong_type', `${quote(name)} must be an object, but its \`toJSON\` returns another value`, name);
  }
  return text;
}

/** The error of a method that was taken from its object. */
function detached(method) {
  return new TypeError(`call it as \`${method}(…)\`: a method does not work without its object`);
}

module.exports = {
  string, optional, nullable, own, members, options, record, copy, directory, claims, stringified, seconds, moment, count,
  withBytes, wrongType, inputError, detached,
};
