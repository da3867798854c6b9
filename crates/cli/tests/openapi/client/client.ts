// Opens, reads and decides a request with fetch. The types are those that openapi-typescript makes of the description.

import assert from 'node:assert/strict';
import type { components, operations, paths } from './api.js';

type ApprovalRequest = components['schemas']['ApprovalRequest'];
type Problem = components['schemas']['Problem'];

const { JIT_URL: url, JIT_TOKEN: token, JIT_PERSONAL_TOKEN: personal } = process.env;
assert(url && token && personal);
const application = { 'X-Nl3-Authorization-Token': token };
const approver = { Authorization: `Bearer ${personal}` };

async function call<T>(method: string, path: string, headers: Record<string, string>, body?: unknown): Promise<T> {
  const kind: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' };
  const init: RequestInit = { method, headers: { ...headers, ...kind } };
  if (body !== undefined) init.body = JSON.stringify(body);
  const answer = await fetch(`${url}${path}`, init);
  if (answer.ok) return (await answer.json()) as T;
  throw (await answer.json()) as Problem;
}

type Opened = operations['openRequest']['responses'][201]['content']['application/json'];
const body: operations['openRequest']['requestBody']['content']['application/json'] = {
  templateId: 'PURCHASE_APPROVAL',
  metaData: { purchaseItem: 'Metallica Ticket', purchasePrice: '$1,654', seatNumber: '43D' },
};
const opened = await call<Opened>('POST', '/approvalRequest', application, body);
assert.equal(opened.status, 'pending');
// @ts-expect-error: there is no such member
void opened.statuss;
// @ts-expect-error: it is not one of the statuses
void (opened.status === 'open');

type Path = `${string & keyof paths & '/approvalRequest'}/${string}`;
const path: Path = `/approvalRequest/${opened.id}`;
const read = await call<ApprovalRequest>('GET', path, application);
assert.equal(read.contentHash, opened.contentHash);
assert.equal(read.metaData['seatNumber'], '43D');
assert.deepEqual(read.stages[0]?.approvers, ['steve@nl3.com']);

const cards = await call<components['schemas']['CardPage']>('GET', '/notifications?limit=1', approver);
assert.deepEqual([cards.items[0]?.id, cards.items[0]?.canDecide], [opened.id, true]);

const decision: components['schemas']['DecisionBody'] = { verdict: 'approve', contentHash: read.contentHash };
await call<ApprovalRequest>('POST', `${path}/decision`, approver, decision);
const approved = await call<ApprovalRequest>('GET', path, application);
assert(approved.grant?.accessToken);

const act: components['schemas']['Act'] = { metaData: body.metaData ?? {} };
const consume = `/grant/${approved.grant.id}/consume`;
const used = await call<components['schemas']['Grant']>('POST', consume, application, act);
assert.equal(used.status, 'consumed');
const again = await call('POST', consume, application, act).catch((problem: Problem) => problem);
assert.equal((again as Problem).code, 'grant_consumed');
console.log('the typed client has opened, read, decided and used a request');
