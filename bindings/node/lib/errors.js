// One base class, one class per family; the code is a value.
'use strict';

const native = require('./native');

class JitError extends Error {
  constructor(record) {
    super(record.message);
    this.code = record.code;
    this.number = record.number;
    this.family = record.family;
    for (const member of ['field', 'line', 'column']) {
      if (record[member] !== undefined) this[member] = record[member];
    }
  }

  toJSON() {
    const { number, code, family, message, field, line, column } = this;
    return { number, code, family, message, field, line, column };
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

/** The exception of an error's record. */
function exception(record) {
  return new families[record.family](record);
}

/** What the addon threw, as the exception that it stands for; anything else as it is. */
function converted(error) {
  if (error?.code !== 'GenericFailure' || !error.message.startsWith('{')) return error;
  const made = exception(JSON.parse(error.message));
  // Where it was called, not where the addon's error was unpacked.
  Error.captureStackTrace(made, converted);
  return made;
}

/** Runs a call of the addon. */
function call(body) {
  try {
    return body();
  } catch (error) {
    throw converted(error);
  }
}

module.exports = { JitError, families, catalogue, exception, converted, call };
