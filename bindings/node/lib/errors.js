// The exceptions: one base class and one class per family. The code is a property.
'use strict';

const { sep } = require('node:path');
const native = require('./native');

/** The properties that locate a mistake. Each is present only if it is known. */
const PLACE = ['field', 'line', 'column'];

class JitError extends Error {
  // Own properties, whatever other code has added to `Object.prototype`.
  code;
  number;
  family;
  status;

  constructor(record) {
    super(record.message);
    this.code = record.code;
    this.number = record.number;
    this.family = record.family;
    this.status = record.status;
    for (const member of PLACE) {
      if (Object.hasOwn(record, member) && record[member] !== undefined) {
        Object.defineProperty(this, member, { value: record[member], configurable: true, enumerable: true, writable: true });
      }
    }
  }

  toJSON() {
    const { number, code, family, status, message } = this;
    const place = PLACE.filter((member) => Object.hasOwn(this, member)).map((member) => [member, this[member]]);
    return { number, code, family, status, message, ...Object.fromEntries(place) };
  }
}

function named(made) {
  Object.defineProperty(made.prototype, 'name', { value: made.name, configurable: true, writable: true });
  return made;
}

named(JitError);

function family(name) {
  return named({ [name]: class extends JitError {} }[name]);
}

const families = {
  input: family('InputError'),
  token: family('TokenError'),
  template: family('TemplateError'),
  metadata: family('MetadataError'),
  request: family('RequestError'),
  decision: family('DecisionError'),
  grant: family('GrantError'),
  api: family('ApiError'),
  internal: family('InternalError'),
};

const catalogue = Object.freeze(JSON.parse(native.catalogue()).map(Object.freeze));

/** The folder of these files. A bundler may have moved them: then stacks start inside of the library. */
const OWN = `${__dirname}${sep}`;

/** Creates the exception for an error's record. Its stack starts at the line that called the library. */
function exception(record) {
  const limit = Error.stackTraceLimit;
  // The library's own frames, which are left out below, do not count.
  const raised = typeof limit === 'number' && limit > 0 && Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')?.writable;
  if (raised) Error.stackTraceLimit = limit + 100;
  try {
    const made = new families[record.family](record);
    const lines = String(made.stack).split('\n');
    const first = lines.findIndex((line) => line.startsWith('    at '));
    const isOurs = (line) => line.includes(OWN) || line.endsWith('(<anonymous>)');
    const caller = lines.findIndex((line, index) => index >= first && !isOurs(line));
    if (raised && first >= 0 && caller >= first) {
      made.stack = [...lines.slice(0, first), ...lines.slice(caller, caller + limit)].join('\n');
    }
    return made;
  } finally {
    if (raised) Error.stackTraceLimit = limit;
  }
}

/** Converts an error that the addon threw to an exception of its family. Returns any other error unchanged. */
function converted(error) {
  try {
    // Its message is its record. Its `code`, which other code could have made read-only, is not looked at.
    const record = error.message.startsWith('{') ? JSON.parse(error.message) : undefined;
    return catalogue.some((row) => row.code === record?.code) ? exception(record) : error;
  } catch {
    return error;
  }
}

/** Calls the addon and converts its errors. */
function call(body) {
  try {
    return body();
  } catch (error) {
    throw converted(error);
  }
}

module.exports = { JitError, families, catalogue, exception, converted, call };
