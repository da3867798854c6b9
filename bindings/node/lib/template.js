'use strict';

const { inspect } = require('node:util');
const native = require('./native');
const { call, converted, exception } = require('./errors');
const { string, nullable, options, record, copy, directory: directoryText, moment, own } = require('./arguments');
const { made } = require('./request');

const secret = Symbol('Template');

const ORIGIN = ['application', 'subject', 'company', 'companyName', 'claims', 'device'];

/** Returns the JSON text of a record that is given as an object or as text. */
function text(given, name) {
  return typeof given === 'string' ? string(given, name) : record(given, name);
}

/** The parts with these keys, whose texts begin at an index. */
function partsOf(keys, texts, start) {
  return keys.map((key, index) => (key === null ? { text: texts[start + index] } : { text: texts[start + index], key }));
}

function joined(parts) {
  return parts.reduce((text, part) => text + part.text, '');
}

class Template {
  #native;
  /** The keys of the parts of title and text; `null` for the template's own words. */
  #keys;

  constructor(given, handle) {
    if (given !== secret) throw new TypeError('call Template.parse instead of the constructor');
    this.#native = handle;
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
    return call(() => this.#native.key);
  }

  get version() {
    return call(() => this.#native.version);
  }

  get name() {
    return this.toJSON().templateName;
  }

  get approvalType() {
    return this.toJSON().approvalType;
  }

  get fields() {
    return own(this.toJSON()).metadata ?? [];
  }

  toJSON() {
    return JSON.parse(call(() => this.#native.record()));
  }

  render(metaData, context) {
    const { application, subject, requestId, ...more } = options(context, 'context', ...ORIGIN, 'requestId');
    const given = [string(application, 'application'), string(subject, 'subject'), record(metaData, 'metaData', 'metaData')];
    if (requestId !== undefined) more.requestId = string(requestId, 'requestId');
    if (Object.keys(more).length > 0) given.push(record(more, 'context'));
    const texts = JSON.parse(call(() => this.#native.render(...given)));
    const [titleKeys, textKeys] = (this.#keys ??= JSON.parse(call(() => this.#native.keys())));
    const titleParts = partsOf(titleKeys, texts, 0);
    const parts = partsOf(textKeys, texts, titleKeys.length);
    return { title: joined(titleParts), titleParts, text: joined(parts), parts };
  }

  needs(request) {
    return JSON.parse(call(() => this.#native.needs(this.#body(request))));
  }

  open(opening) {
    const { request, origin, directory, now, id } = options(opening, 'opening', 'request', 'origin', 'directory', 'now', 'id');
    const texts = [this.#body(request), record(origin, 'origin'), directoryText(directory, 'directory')];
    const at = [moment(now), nullable(id, 'id', string)];
    return made(call(() => this.#native.open(...texts, ...at)));
  }

  #body(request) {
    if (typeof request === 'string') return string(request, 'request');
    // By default, `templateId` is the template's own key.
    const body = copy(request, 'request');
    if (!('templateId' in body)) body.templateId = this.key;
    return JSON.stringify(body);
  }

  [inspect.custom](depth, shown) {
    const { key, version, name } = this;
    return `Template ${shown.stylize(inspect({ key, version, name }), 'special')}`;
  }
}

module.exports = { Template };
