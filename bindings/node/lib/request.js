'use strict';

const { inspect } = require('node:util');
const native = require('./native');
const { call, exception } = require('./errors');
const { string, optional, nullable, own, options, record, directory: directoryText, moment, count, wrongType } = require('./arguments');
const { one } = require('./key');

const secret = Symbol('ApprovalRequest');

/**
 * The requests that hold a native part, the latest last. Node.js frees handles only when the event loop turns, and a loop
 * over many requests may not let it turn: so the earlier ones are released, and keep the texts of their events instead.
 */
const latest = [];
const MOST_HANDLES = 64;

const DECISION = ['approver', 'contentHash', 'comment', 'signature', 'directory', 'now', 'id'];

const date = (at) => (at === undefined ? undefined : new Date(at * 1000));

/** Returns the JSON texts of events, and whether they may be non-canonical, because some events are objects. */
function texts(events) {
  if (typeof events?.[Symbol.iterator] !== 'function' || typeof events === 'string') {
    throw wrongType(events, 'events', 'an iterable of events');
  }
  const list = Array.from(events);
  const asWritten = list.every((event) => typeof event === 'string');
  const text = (event, name) => (typeof event === 'string' ? string(event, name) : record(event, name, name));
  return [list.map((event, index) => text(event, `events[${index}]`)), !asWritten];
}

/** Returns the count and the hash of a head, or an empty array if no head is given. */
function headOf(given) {
  const { count: length, hash } = options(given, 'head', 'count', 'hash');
  return given === undefined ? [] : [count(length, 'head.count'), string(hash, 'head.hash')];
}

class ApprovalRequest {
  #handle;
  #texts;
  #fixed;

  constructor(given, handle) {
    if (given !== secret) throw new TypeError('call Template.open or ApprovalRequest.restore instead of the constructor');
    this.#hold(handle);
  }

  static restore(events, head) {
    const end = headOf(head);
    return made(call(() => native.Request.restore(...texts(events), ...end)));
  }

  /** The native part. If it was released, the texts of the events make it again. */
  get #native() {
    if (this.#handle === undefined) this.#hold(native.Request.restore(this.#texts, false));
    return this.#handle;
  }

  /** Calls the native part. The arguments come first: reading them may run code that releases the native part. */
  #run(method, ...given) {
    return call(() => this.#native[method](...given));
  }

  #hold(handle) {
    this.#handle = handle;
    this.#texts = undefined;
    latest.push(this);
    if (latest.length > MOST_HANDLES) latest.shift().#release();
  }

  #release() {
    this.#texts = this.#handle.release();
    this.#handle = undefined;
  }

  /** Returns the record without a prototype, so that `Object.prototype` has no effect. */
  #record(now = moment()) {
    return own(JSON.parse(this.#run('record', now)));
  }

  /** A record that is read once, for the properties that never change. */
  get #opened() {
    return (this.#fixed ??= this.#record());
  }

  get id() {
    return this.#opened.id;
  }

  get templateId() {
    return this.#opened.templateId;
  }

  get templateVersion() {
    return this.#opened.templateVersion;
  }

  get approvalType() {
    return this.#opened.approvalType;
  }

  get title() {
    return this.#opened.title;
  }

  get titleParts() {
    return structuredClone(this.#opened.titleParts);
  }

  get text() {
    return this.#opened.text;
  }

  get parts() {
    return structuredClone(this.#opened.parts);
  }

  get metaData() {
    return { ...this.#opened.metaData };
  }

  get attachments() {
    return structuredClone(this.#opened.attachments);
  }

  get application() {
    return this.#opened.application;
  }

  get subject() {
    return this.#opened.subject;
  }

  get company() {
    return this.#run('company');
  }

  get claims() {
    return JSON.parse(this.#run('claims'));
  }

  get people() {
    return this.#run('people');
  }

  get device() {
    return structuredClone(this.#opened.device);
  }

  get contentHash() {
    return this.#opened.contentHash;
  }

  get requestedAt() {
    return date(this.#opened.requestedAt);
  }

  get expiresAt() {
    return date(this.#opened.expiresAt);
  }

  get status() {
    return this.#run('status', moment());
  }

  get decidedAt() {
    return date(this.#record().decidedAt);
  }

  get stages() {
    return this.#record().stages.map((stage) => ({
      ...stage,
      decisions: stage.decisions.map((decision) => ({ ...decision, decidedAt: date(decision.decidedAt) })),
    }));
  }

  get grant() {
    return this.at().grant;
  }

  get events() {
    return this.eventsSince(0);
  }

  get head() {
    return JSON.parse(this.#run('head'));
  }

  at(now) {
    const { status, grant } = this.#record(moment(now));
    if (grant === undefined) return { status, grant };
    const { issuedAt, expiresAt, consumedAt, ...rest } = own(grant);
    const consumed = consumedAt === undefined ? {} : { consumedAt: date(consumedAt) };
    return { status, grant: { ...rest, issuedAt: date(issuedAt), expiresAt: date(expiresAt), ...consumed } };
  }

  toJSON() {
    return JSON.parse(this.#run('record', moment()));
  }

  eventsSince(sequence) {
    return this.#run('eventsSince', count(sequence, 'sequence')).map((text) => JSON.parse(text));
  }

  eventTexts(sequence = 0) {
    return this.#run('eventsSince', count(sequence, 'sequence'));
  }

  needsOf(approver) {
    return JSON.parse(this.#run('needsOf', string(approver, 'approver')));
  }

  mayDecide(approver, given) {
    const { directory, now } = options(given, 'options', 'directory', 'now');
    const people = optional(directory, 'directory', directoryText);
    const at = moment(now);
    const reason = this.#run('mayDecide', string(approver, 'approver'), people, at);
    return reason === null ? undefined : exception(JSON.parse(reason));
  }

  approve(decision) {
    return this.#decide('approve', decision);
  }

  reject(decision) {
    return this.#decide('reject', decision);
  }

  #decide(verdict, given) {
    const { approver, contentHash, comment, signature, directory, now, id } = options(given, 'decision', ...DECISION);
    const decision = { verdict, approver, contentHash, comment: nullable(comment, 'comment', string), signature };
    const people = optional(directory, 'directory', directoryText);
    const at = [moment(now), nullable(id, 'id', string)];
    return this.#run('decide', record(decision, 'decision'), people, ...at);
  }

  cancel(change) {
    this.#run('cancel', ...withdrawal(change));
  }

  consume(act, at) {
    const { now } = options(at, 'at', 'now');
    this.#run('consume', record(act, 'act'), moment(now));
  }

  revoke(change) {
    this.#run('revoke', ...withdrawal(change));
  }

  expire(at) {
    const { now } = options(at, 'at', 'now');
    return this.#run('expire', moment(now));
  }

  apply(event) {
    const [[text], anySpelling] = texts([event]);
    this.#run('apply', text, anySpelling);
  }

  accessToken(given) {
    const { issuer, key, now } = options(given, 'options', 'issuer', 'key', 'now');
    return this.#run('accessToken', string(issuer, 'issuer'), one(key), moment(now));
  }

  [inspect.custom](depth, shown) {
    const { id, templateId, status } = this;
    return `ApprovalRequest ${shown.stylize(inspect({ id, templateId, status }), 'special')}`;
  }
}

/** Reads who cancels or revokes, why and when. */
function withdrawal(change) {
  const { actor, reason, now } = options(change, 'change', 'actor', 'reason', 'now');
  return [record(actor, 'actor'), nullable(reason, 'reason', string), moment(now)];
}

function made(handle) {
  return new ApprovalRequest(secret, handle);
}

function verifyChain(events, head) {
  const end = headOf(head);
  return JSON.parse(call(() => native.verifyChain(...texts(events), ...end)));
}

module.exports = { ApprovalRequest, verifyChain, made };
