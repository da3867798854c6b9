'use strict';

const { inspect } = require('node:util');
const native = require('./native');
const { call, converted, exception } = require('./errors');
const { string, nullable, options, record, copy, directory: directoryText, seconds, own } = require('./arguments');
const { prepared, pack, valuesOf, unpack } = require('./packed');
const { made } = require('./request');

const secret = Symbol('Template');

const ORIGIN = ['application', 'subject', 'company', 'companyName', 'claims', 'device'];

/** The JSON text of a record, given as an object or as text. */
function text(given, name) {
  return typeof given === 'string' ? string(given, name) : record(given, name);
}

class Template {
  #native;
  #render;
  #unfilled;

  constructor(given, handle) {
    if (given !== secret) throw new TypeError('call Template.parse');
    this.#native = handle;
  }

  /** What only rendering needs. */
  #prepare() {
    this.#unfilled = prepared(call(() => this.#native.unfilled()));
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
    return own(this.toJSON()).metadata ?? [];
  }

  toJSON() {
    return JSON.parse(this.#native.record());
  }

  render(metaData, context) {
    try {
      const render = this.#render ?? this.#prepare();
      const short = pack(metaData, context);
      // An empty result means that something is refused: the long way says what.
      const packed = short?.text === undefined ? '' : render(short.text);
      if (packed !== '') return unpack(packed, this.#unfilled);
      const values = short === undefined ? metaData : valuesOf(short);
      const { requestId, ...origin } = options(short?.origin ?? context, 'context', ...ORIGIN, 'requestId');
      return unpack(render(record({ metaData: values, origin, requestId }, 'context'), true), this.#unfilled);
    } catch (error) {
      throw converted(error);
    }
  }

  needs(request) {
    return JSON.parse(call(() => this.#native.needs(this.#body(request))));
  }

  open(opening) {
    const { request, origin, directory, now, id } = options(opening, 'opening', 'request', 'origin', 'directory', 'now', 'id');
    const texts = [this.#body(request), record(origin, 'origin'), directoryText(directory, 'directory')];
    const at = [nullable(now, 'now', seconds), nullable(id, 'id', string)];
    return made(call(() => this.#native.open(...texts, ...at)));
  }

  #body(request) {
    if (typeof request === 'string') return string(request, 'request');
    // By default the template's own key.
    const body = copy(request, 'request');
    return JSON.stringify('templateId' in body ? body : { ...body, templateId: this.key });
  }

  [inspect.custom](depth, shown) {
    const { key, version, name } = this;
    return `Template ${shown.stylize(inspect({ key, version, name }), 'special')}`;
  }
}

module.exports = { Template };
