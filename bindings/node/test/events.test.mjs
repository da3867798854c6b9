// Storing a request as events and restoring it, a request at an earlier time, and administrative changes.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import { ApprovalRequest, RequestError, Template, verifyChain } from 'jit-approvals';

import { refuses } from './refuses.mjs';

const template = Template.parse({
  approvalType: 'approve',
  templateName: 'Refund',
  approvalTitle: 'Refund?',
  approvalKey: 'REFUND',
  approvalData: 'Refund it.',
  defaultApprovers: ['ann@example.com'],
});
const now = 1_700_000_000;
const actor = { kind: 'administrator', id: 'root' };

function approved() {
  const request = template.open({ request: {}, origin: { application: 'shop', subject: 'kevin' }, directory: { people: 'everyone' }, now });
  request.approve({ approver: 'ann@example.com', contentHash: request.contentHash, now: now + 10 });
  request.consume({ metaData: {} }, { now: now + 20 });
  return request;
}

test('with a head, a request is restored completely or not at all', () => {
  const { events, head } = approved();
  assert.deepEqual(ApprovalRequest.restore(events, head).head, head);
  assert.deepEqual(ApprovalRequest.restore(approved().eventTexts()).status, 'approved');
  // Without a head, events that are missing at the end are not detected: the grant could be used again.
  assert.equal(ApprovalRequest.restore(events.slice(0, 2)).at(now + 20).grant.status, 'issued');
  assert.throws(() => ApprovalRequest.restore(events.slice(0, 2), head), (error) => {
    assert.ok(error instanceof RequestError);
    return error.code === 'head_mismatch';
  });
  assert.throws(() => ApprovalRequest.restore(events, { ...head, count: 2 }), { code: 'head_mismatch' });
  assert.throws(() => ApprovalRequest.restore(events, approved().head), { code: 'head_mismatch' });
  for (const [wrong, code, field] of [
    [null, 'wrong_type', 'head'],
    [{}, 'missing_member', 'head.count'],
    [{ count: 3 }, 'missing_member', 'head.hash'],
    [{ hash: head.hash }, 'missing_member', 'head.count'],
    [{ ...head, count: null }, 'wrong_type', 'head.count'],
    [{ ...head, count: -1 }, 'out_of_range', 'head.count'],
    [{ ...head, sequence: 3 }, 'unknown_member', 'sequence'],
    [{ ...head, hash: null }, 'wrong_type', 'head.hash'],
    [{ ...head, hash: 'x' }, 'invalid_hash', undefined],
  ]) {
    refuses(() => ApprovalRequest.restore(events, wrong), code, field);
    refuses(() => verifyChain(events, wrong), code, field);
  }
});

test('status and grant are those at the given time', () => {
  const request = approved();
  for (const time of [0, now - 1, now, now + 9]) assert.deepEqual(request.at(time), { status: 'pending', grant: undefined });
  const issued = request.at(now + 10);
  assert.deepEqual([issued.status, issued.grant.status, issued.grant.consumedAt], ['approved', 'issued', undefined]);
  assert.equal(issued.grant.issuedAt.getTime(), (now + 10) * 1000);
  const consumed = request.at(new Date((now + 20) * 1000)).grant;
  assert.deepEqual([consumed.status, consumed.consumedAt.getTime()], ['consumed', (now + 20) * 1000]);
  const expired = template.open({ request: {}, origin: { application: 'shop', subject: 'kevin' }, directory: { people: 'everyone' }, now });
  assert.equal(expired.at(now + 899).status, 'pending');
  assert.equal(expired.at(now + 900).status, 'expired');
  // A query changes nothing.
  assert.equal(request.events.length, 3);
  assert.equal(request.status, 'approved');
});

/** Writes canonical JSON (RFC 8785) for the values of these tests: every key and text is ASCII. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical)}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)}}`;
}

/** Adds the hash to an event. */
function sealed(event) {
  return { ...event, hash: createHash('sha256').update(canonical(event)).digest('hex') };
}

/** Returns an administrative change as a server records it. */
function change(previous, body, given) {
  const { requestId = '018bcfe5-6800-7000-8000-00000000000a', company = 'shop', sequence = 0, hash } = previous ?? {};
  const type = { type: 'administered', object: 'template', key: 'REFUND', action: 'create' };
  return sealed({
    v: 1, company, requestId, sequence: sequence + 1, at: now + 30, actor, body: { ...type, ...body },
    ...(hash && { previous: hash }), ...given,
  });
}

test('an event hash is SHA-256 of the canonical text, as in other languages', () => {
  for (const { hash, ...event } of approved().events) assert.equal(sealed(event).hash, hash);
});

test('administrative changes form a separate chain', () => {
  const first = change(undefined, { after: { templateVersion: 1, applications: [], note: null } });
  const second = change(first, { action: 'replace', before: 1, after: 'two' });
  const third = change(second, { action: 'archive' });
  const events = [first, second, third];
  assert.deepEqual(verifyChain(events), { count: 3, complete: false });
  assert.deepEqual(verifyChain(events, { count: 3, hash: third.hash }), { count: 3, complete: true });
  assert.deepEqual(verifyChain(events.map(canonical)), { count: 3, complete: false });
  for (const [altered, code] of [
    [[first, { ...second, body: { ...second.body, before: 2 } }, third], 'event_altered'],
    [[first, third], 'event_out_of_order'],
    [[first, change(first, { action: 'delete' }), third], 'event_unlinked'],
    [[first, change(first, {}, { requestId: '018bcfe5-6800-7000-8000-00000000000b' })], 'event_foreign'],
    [[change(undefined, { colour: 'red' })], 'unknown_member'],
    [[change(undefined, { key: undefined })], 'missing_member'],
  ]) {
    assert.throws(() => verifyChain(altered), { code });
  }
});

test('a request rejects administrative changes', () => {
  const request = approved();
  const next = change(request.events[2], {});
  assert.deepEqual(verifyChain([...request.events, next]).count, 4);
  assert.throws(() => ApprovalRequest.restore([change()]), { code: 'event_impossible' });
  assert.throws(() => ApprovalRequest.restore([...request.events, next]), { code: 'event_impossible' });
  for (const event of [next, canonical(next)]) assert.throws(() => request.apply(event), { code: 'event_impossible' });
  assert.throws(() => request.apply(change()), { code: 'event_foreign' });
  assert.equal(request.events.length, 3);
});
