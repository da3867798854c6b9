'use strict';

const native = require('./native');
const { call, converted, exception } = require('./errors');
const { string, object, optional, seconds, nothingElse } = require('./arguments');
const { ApprovalRequest, made } = require('./request');

const secret = Symbol('Template');

/** A record as JSON text, whether it comes as an object or as text. */
function text(record, name) {
  return typeof record === 'string' ? record : object(record, name);
}

/**
 * Application, subject and values, if they are all texts and nothing else is there: so they go without the detour
 * over JSON, which would take longer than the rendering.
 */
function packedValues(metaData, context) {
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
    this.#render = handle.renderer();
    this.#parts = JSON.parse(handle.parts());
    this.#values = this.#parts.filter((part) => part.key !== undefined).length;
  }

  static parse(record) {
    const handle = call(() => native.Template.parse(text(record, 'template')));
    return new Template(secret, handle);
  }

  static mistakes(record) {
    return JSON.parse(call(() => native.Template.mistakes(text(record, 'template')))).map(exception);
  }

  get key() {
    return this.toJSON().approvalKey;
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
      const values = packedValues(metaData, context);
      // A lone surrogate would come in as U+FFFD, and is told as what it is below; so is a value with a NUL.
      let packed = values?.isWellFormed() ? this.#render(values) : '';
      if (packed === '') {
        const { requestId, ...origin } = context;
        packed = this.#render(JSON.stringify({ metaData, origin, requestId }), true);
      }
      return unpacked(packed, this.#parts, this.#values);
    } catch (error) {
      throw converted(error);
    }
  }

  needs(request) {
    return JSON.parse(call(() => this.#native.needs(this.#body(request))));
  }

  open({ request, origin, directory, now, id, ...rest }) {
    nothingElse(rest);
    const at = [optional(now, 'now', seconds), optional(id, 'id', string)];
    const people = optional(directory, 'directory', object);
    return made(call(() => this.#native.open(this.#body(request), object(origin, 'origin'), people, ...at)));
  }

  #body(request) {
    if (typeof request === 'string') return request;
    if (request?.templateId !== undefined) return object(request, 'request');
    return JSON.stringify({ ...request, templateId: this.key });
  }
}

module.exports = { Template, ApprovalRequest };
