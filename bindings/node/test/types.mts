// Built, not run: what the types allow, and what they refuse.

import {
  ApprovalEvent,
  ApprovalRequest,
  Claims,
  GrantError,
  JitError,
  Minter,
  Rendered,
  SigningKey,
  Template,
  TemplateRecord,
  Verifier,
  catalogue,
  jws,
  verifyChain,
} from 'jit-approvals';
import njwt from 'jit-approvals/njwt';

const key: SigningKey = SigningKey.fromBase64(SigningKey.generate(), { id: 'k1' });
const minter = new Minter({ key, issuer: 'a', audience: 'b', lifetimeSeconds: 60 });
const token: string = minter.mint('kevin', { role: 'buyer', nested: { list: [1, null] } }, { now: new Date() });
const tokens: string[] = minter.mintMany(new Set(['a', 'b']));
const verifier = new Verifier({ keys: [key], issuer: 'a', audience: null });
const claims: Claims = verifier.verify(token);
const expiry: number = claims.exp;
const { payload }: { payload: Uint8Array } = jws.verify(token, key);
const subject: string = new Verifier({ key, issuer: 'a', audience: 'b', requireSubject: true }).verify(token).sub;
// @ts-expect-error nothing says that it is a text
const unsure: string = claims.sub;
// @ts-expect-error no such code
const misspelt: boolean = ({} as JitError).code === 'token_expierd';

const record: TemplateRecord = {
  approvalType: 'signAndApprove',
  templateName: 'Refund',
  approvalTitle: 'Refund?',
  approvalKey: 'REFUND',
  approvalData: '$(amount)',
  metadata: [{ key: 'amount', type: 'number', min: 0, max: '100.50' }],
  stages: [{ approvers: ['ann@example.com'], requiredApprovals: 1 }],
};
const template = Template.parse(record);
const rendered: Rendered = template.render({ amount: 5 }, { application: 'a', subject: 'kevin' });
const request: ApprovalRequest = template.open({ request: { metaData: { amount: '5' } }, origin: verifier.origin(token) });
const repeated: boolean = request.approve({ approver: 'ann@example.com', contentHash: request.contentHash, signature: 'Ann' });
const since: Date | undefined = request.grant?.consumedAt;
request.consume({ metaData: { amount: true } }, { now: 1_700_000_000 });

export function told(event: ApprovalEvent): string {
  const { body } = event;
  switch (body.type) {
    case 'requested':
      return body.parts.map((part) => part.text).join('');
    case 'decided':
      return `${body.approver}: ${body.verdict}`;
    case 'cancelled':
    case 'revoked':
      return body.reason ?? '';
    case 'consumed':
      return body.grantId;
    case 'expired':
      return '';
    default:
      // Every kind of event is told.
      return body satisfies never;
  }
}

export function code(error: unknown): string | undefined {
  if (error instanceof GrantError) return error.family;
  return error instanceof JitError ? error.code : undefined;
}

// @ts-expect-error a key is made by its class methods
new SigningKey();
// @ts-expect-error an issuer must be told, or be null
new Verifier({ key, audience: 'b' });
// @ts-expect-error one key or several
new Verifier({ key, keys: [key], issuer: 'a', audience: 'b' });
// @ts-expect-error a decision carries the hash of what was seen
request.approve({ approver: 'ann@example.com' });
// @ts-expect-error a minimum is for numbers
const wrong: TemplateRecord = { ...record, metadata: [{ key: 'a', type: 'text', min: 1 }] };
// @ts-expect-error stages and default approvers exclude each other
const both: TemplateRecord = { ...record, stages: [{ approvers: ['a@b'] }], defaultApprovers: ['c@d'] };
// @ts-expect-error no such status
const never: boolean = request.status === 'done';
// @ts-expect-error another algorithm
njwt.create({}, 'key', 'none');

const jwt = njwt.create({ iss: 'a' }, Buffer.alloc(32)).setExpiration(new Date()).setClaim('a', 1);
njwt.verify(jwt.compact(), 'key', (error, verified) => error?.userMessage ?? verified?.body.iss);
export const all = [subject, unsure, misspelt, tokens, expiry, payload, rendered, repeated, since, wrong, both, never, catalogue, verifyChain(request.events, request.head)];
