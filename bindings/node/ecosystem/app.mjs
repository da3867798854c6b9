// A small program: every bundler and runtime has to make it print the same line.
import { readFileSync } from 'node:fs';
import { Minter, SigningKey, Template, Verifier, catalogue } from 'jit-approvals';
import njwt from 'jit-approvals/njwt';

const key = SigningKey.generate();
const names = { issuer: 'shop.example.com', audience: 'approvals.example.com' };
const token = new Minter({ key, ...names }).mint('kevin');
const origin = new Verifier({ key, ...names }).origin(token);
const template = Template.parse({
  approvalType: 'approve',
  templateName: 'Refund',
  approvalKey: 'REFUND',
  approvalTitle: 'Refund $(amount)?',
  approvalData: 'Refund $(amount) to $(subject).',
  defaultApprovers: ['ann@example.com'],
  metadata: [{ key: 'amount' }],
});
const request = template.open({ request: { metaData: { amount: '$5' } }, origin, directory: { people: 'everyone' } });
request.approve({ approver: 'ann@example.com', contentHash: request.contentHash });
request.consume({ metaData: { amount: '$5' } });
const { body } = njwt.verify(njwt.create({ sub: 'kevin' }, 'secret').compact(), 'secret');
console.log(`${request.text} ${request.grant.status} ${body.sub} ${catalogue.length > 100 && typeof readFileSync}`);
