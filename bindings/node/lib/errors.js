// The exceptions: one base class and one class per family. The code is a property.
'use strict';

const { sep } = require('node:path');
const native = require('./native');

/** The properties that locate a mistake. Each is present only if it is known. */
const PLACE = ['field', 'line', 'column'];

class JitError extends Error {
  constructor(record) {
    super(record.message);
    this.code = record.code;
    this.number = record.number;
    this.family = record.family;
    this.status = record.status;
    for (const member of PLACE) {
      if (Object.hasOwn(record, member) && record[member] !== undefined) this[member] = record[member];
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
  internal: family('InternalError'),
};

const catalogue = Object.freeze(JSON.parse(native.catalogue()).map(Object.freeze));

/** Creates the exception for an error's record. */
function exception(record) {
  const made = new families[record.family](record);
  // The stack starts at the line that called the library.
  const lines = made.stack.split('\n');
  const first = lines.findIndex((line) => line.startsWith('    at '));
  const caller = lines.findIndex((line, index) => index >= first && !line.includes(OWN));
  if (first >= 0 && caller > first) made.stack = [...lines.slice(0, first), ...lines.slice(caller)].join('\n');
  return made;
}

/** The folder of these files. A bundler may have moved them: then stacks start inside of the library. */
const OWN = `${__dirname}${sep}`;

/** Converts an error that the addon threw to an exception of its family. Returns any other error unchanged. */
function converted(error) {
  if (error?.code !== 'GenericFailure' || !error.message.startsWith('{')) return error;
  return exception(JSON.parse(error.message));
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
