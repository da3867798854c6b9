'use strict';

const { inspect } = require('node:util');
const native = require('./native');
const { call, converted, exception } = require('./errors');
const { string, optional, options, record, seconds, isPlain } = require('./arguments');
const { made } = require('./request');

const secret = Symbol('Template');

const ORIGIN = ['application', 'subject', 'company', 'companyName', 'claims'];

/** A record as JSON text, whether it comes as an object or as text. */
function text(given, name) {
  return typeof given === 'string' ? string(given, name) : record(given, name);
}

/**
 * Application, subject and values, if they are all texts and nothing else is there: so they go without the detour
 * over JSON, which would take longer than the rendering.
 */
function packedValues(metaData, context) {
  if (!context || !metaData || !isPlain(context) || !isPlain(metaData)) return undefined;
  for (const name in context) {
    if (name !== 'application' && name !== 'subject') return undefined;
  }
  const { application, subject } = context;
  if (typeof application !== 'string' || typeof subject !== 'string') return undefined;
  let values = `${application}\0${subject}\0`;
  let count = 0;
  for (const key of Object.keys(metaData)) {
    const value = metaData[key];
    if (typeof value !== 'string') return undefined;
    values += key + '\0' + value + '\0';
    count += 1;
  }
  return String.fromCharCode(count) + values;
}

/** Title, text and parts from what the addon renders. */
function unpacked(packed, template, values) {
  const parts = new Array(template.length);
  let start = 1 + values;
  const title = packed.slice(start, (start += packed.charCodeAt(0)));
  const text = packed.slice(start);
  let value = 1;
  for (let place = 0; place < parts.length; place += 1) {
    const part = template[place];
    if (part.key === undefined) {
      parts[place] = { text: part.text };
      start += part.text.length;
    } else {
      const end = start + packed.charCodeAt(value);
      parts[place] = { text: packed.slice(start, end), key: part.key };
      start = end;
      value += 1;
    }
  }
  return { title, text, parts };
}

class Template {
  #native;
  #render;
  #parts;
  #values;

  constructor(given, handle) {
    if (given !== secret) throw new TypeError('call Template.parse');
    this.#native = handle;
  }

  /** What rendering needs and nothing else does. */
  #prepared() {
    this.#parts = JSON.parse(call(() => this.#native.parts()));
    this.#values = this.#parts.filter((part) => part.key !== undefined).length;
    this.#render = call(() => this.#native.renderer());
    return this.#render;
  }

  static parse(given) {
    const handle = call(() => native.Template.parse(text(given, 'template')));
    return new Template(secret, handle);
  }

  static mistakes(given) {
    try {
      return JSON.parse(native.Template.mistakes(text(given, 'template'))).map(exception);
    } catch (error) {
      return [converted(error)];
    }
  }

  get key() {
    return this.#native.key;
  }

  get version() {
    return this.#native.version;
  }

  get name() {
    return this.toJSON().templateName;
  }

  get approvalType() {
    return this.toJSON().approvalType;
  }

  get fields() {
    return this.toJSON().metadata ?? [];
  }

  toJSON() {
    return JSON.parse(this.#native.record());
  }

  render(metaData, context) {
    try {
      const render = this.#render ?? this.#prepared();
      const values = packedValues(metaData, context);
      // A lone surrogate would come in as U+FFFD. What is refused comes back as nothing, and is told below.
      let packed = values?.isWellFormed() ? render(values) : '';
      if (packed === '') {
        const { requestId, ...origin } = options(context, 'context', ...ORIGIN, 'requestId');
        packed = render(record({ metaData, origin, requestId }, 'context'), true);
      }
      return unpacked(packed, this.#parts, this.#values);
    } catch (error) {
      throw converted(error);
    }
  }

  needs(request) {
    return JSON.parse(call(() => this.#native.needs(this.#body(request))));
  }

  open(opening) {
    const { request, origin, directory, now, id } = options(opening, 'opening', 'request', 'origin', 'directory', 'now', 'id');
    const at = [optional(now, 'now', seconds), optional(id, 'id', string)];
    const people = optional(directory, 'directory', record);
    return made(call(() => this.#native.open(this.#body(request), record(origin, 'origin'), people, ...at)));
  }

  #body(request) {
    const body = text(request, 'request');
    // Its own, unless the body names one.
    return typeof request === 'string' || (request.templateId ?? undefined) !== undefined
      ? body
      : record({ ...request, templateId: this.key }, 'request');
  }

  [inspect.custom](depth, shown) {
    const { key, version, name } = this;
    return `Template ${shown.stylize(inspect({ key, version, name }), 'special')}`;
  }
}

module.exports = { Template };
