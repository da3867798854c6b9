// One base class, one class per family; the code is a value.
'use strict';

const native = require('./native');

/** Where the mistake is, as far as it is known. */
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

/** The exception of an error's record. */
function exception(record) {
  return new families[record.family](record);
}

/** What the addon threw, as an exception of its class; anything else as it is. */
function converted(error) {
  if (error?.code !== 'GenericFailure' || !error.message.startsWith('{')) return error;
  const made = exception(JSON.parse(error.message));
  // The stack begins at the caller, not here.
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
