'use strict';

const native = require('./native');
const { call } = require('./errors');
const { string, object, optional, seconds, count, nothingElse, wrongType } = require('./arguments');
const { one } = require('./key');

const secret = Symbol('ApprovalRequest');

const date = (at) => (at === undefined ? undefined : new Date(at * 1000));

/** The texts of events, and whether they may have been spelt by someone else: objects may. */
function texts(events) {
  const list = Array.from(events);
  const written = list.every((event) => typeof event === 'string');
  return [list.map((event, place) => (typeof event === 'string' ? event : object(event, `events[${place}]`))), !written];
}

function when(now, id) {
  return { now: optional(now, 'now', seconds), id: optional(id, 'id', string) };
}

class ApprovalRequest {
  #native;
  #fixed;

  constructor(given, handle) {
    if (given !== secret) throw new TypeError('call Template.open or ApprovalRequest.restore');
    this.#native = handle;
  }

  static restore(events) {
    return made(call(() => native.Request.restore(...texts(events))));
  }

  #record(now) {
    return JSON.parse(this.#native.record(now));
  }

  /** What was fixed when it was opened. */
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
    return this.#native.status();
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
    return JSON.parse(this.#native.head());
  }

  at(now) {
    const { status, grant } = this.#record(optional(now, 'now', seconds));
    if (grant === undefined) return { status, grant };
    const { issuedAt, expiresAt, consumedAt, ...rest } = grant;
    const consumed = consumedAt === undefined ? {} : { consumedAt: date(consumedAt) };
    return { status, grant: { ...rest, issuedAt: date(issuedAt), expiresAt: date(expiresAt), ...consumed } };
  }

  toJSON() {
    return this.#record();
  }

  eventsSince(sequence) {
    return this.#native.eventsSince(count(sequence, 'sequence')).map((text) => JSON.parse(text));
  }

  eventTexts() {
    return this.#native.eventsSince(0);
  }

  approve(decision) {
    return this.#decide('approve', decision);
  }

  reject(decision) {
    return this.#decide('reject', decision);
  }

  #decide(verdict, { directory, now, id, ...decision }) {
    const people = optional(directory, 'directory', object);
    return call(() => this.#native.decide(JSON.stringify({ ...decision, verdict }), people, when(now, id)));
  }

  cancel({ actor, reason, now, id, ...rest }) {
    nothingElse(rest);
    call(() => this.#native.cancel(object(actor, 'actor'), optional(reason, 'reason', string), when(now, id)));
  }

  consume(act, { now, id, ...rest } = {}) {
    nothingElse(rest);
    call(() => this.#native.consume(object(act, 'act'), when(now, id)));
  }

  revoke({ actor, reason, now, id, ...rest }) {
    nothingElse(rest);
    call(() => this.#native.revoke(object(actor, 'actor'), optional(reason, 'reason', string), when(now, id)));
  }

  expire(now) {
    return call(() => this.#native.expire(optional(now, 'now', seconds)));
  }

  apply(event) {
    const [[text], anySpelling] = texts([event]);
    call(() => this.#native.apply(text, anySpelling));
  }

  accessToken({ issuer, key, now, ...rest }) {
    nothingElse(rest);
    return call(() => this.#native.accessToken(string(issuer, 'issuer'), one(key), optional(now, 'now', seconds)));
  }
}

function made(handle) {
  return new ApprovalRequest(secret, handle);
}

function verifyChain(events, head) {
  if (head !== undefined && (head === null || typeof head !== 'object')) throw wrongType(head, 'head', 'an object');
  const end = head && [count(head.count, 'head.count'), string(head.hash, 'head.hash')];
  return JSON.parse(call(() => native.verifyChain(...texts(events), ...(end ?? []))));
}

module.exports = { ApprovalRequest, verifyChain, made };
