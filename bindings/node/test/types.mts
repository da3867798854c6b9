// Compiled, not run: what the types allow, and what they reject.

import {
  ApiError,
  ApprovalEvent,
  ApprovalRequest,
  Claims,
  Device,
  Directory,
  GrantError,
  JitError,
  Jwt,
  Minter,
  Rendered,
  SigningKey,
  Template,
  TemplateRecord,
  TokenError,
  Verifier,
  catalogue,
  identity,
  jws,
  plainText,
  verifyChain,
} from 'jit-approvals';
import njwt from 'jit-approvals/njwt';

const key: SigningKey = SigningKey.fromBase64(SigningKey.generateBase64(), { id: 'k1' });
const generated: SigningKey = SigningKey.generate({ id: 'k2' });
const minter = new Minter({ key, issuer: 'a', audience: 'b', lifetimeSeconds: 60 });
const token: string = minter.mint('kevin', { role: 'buyer', nested: { list: [1, null] } }, { now: new Date() });
const tokens: string[] = minter.mintMany(new Set(['a', 'b']));
const verifier = new Verifier({ keys: [key, generated], issuer: 'a', anyAudience: true });
const claims: Claims = verifier.verify(token);
const { keyId }: { claims: Claims; keyId: string | undefined } = verifier.verified(token);
const audiences: string[] = ['b', 'c'];
const { claims: withSubject } = new Verifier({ key, anyIssuer: true, audience: audiences, requireSubject: true }).verified(token);
const kevin: string = withSubject.sub;
const expiry: number = claims.exp;
const { payload }: { payload: Uint8Array } = jws.verify(token, key);
const subject: string = new Verifier({ key, issuer: 'a', audience: 'b', requireSubject: true }).verify(token).sub;
// @ts-expect-error it may be something other than a string
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
const directory: Directory = { people: [{ email: 'ann@example.com', active: true, aliases: ['ann-1'] }], groups: { ops: [] } };
const device: Device = { userAgent: 'curl', location: { lat: 47.5, lon: 7 } };
const origin = { ...verifier.origin(token), device };
const request: ApprovalRequest = template.open({ request: { metaData: { amount: '5' } }, origin, directory });
const platform: string | undefined = request.device?.platform;
const titleKeys: (string | undefined)[] = [...rendered.titleParts, ...request.titleParts].map((part) => part.key);
template.open({ request: {}, origin, directory: { people: 'everyone' }, now: null, id: null });
const mended: string = plainText('a');
const same: boolean = identity('a') === identity('b');
const repeated: boolean = request.approve({ approver: 'ann@example.com', contentHash: request.contentHash, signature: 'Ann' });
const since: Date | undefined = request.grant?.consumedAt;
request.consume({ metaData: { amount: true } }, { now: 1_700_000_000 });
const { emails }: { emails: string[]; groups: string[] } = request.needsOf('ann@example.com');
const may: JitError | undefined = request.mayDecide('ann@example.com', { directory, now: new Date() });
const httpStatus: number | undefined = may?.status;
const shown: [string, string | undefined, Date | undefined, 'everyone' | 'listed'] = [request.company, request.claims.role, request.decidedAt, request.people];
const again: ApprovalRequest = ApprovalRequest.restore(request.eventTexts(), request.head);
request.approve({ approver: 'ann@example.com', contentHash: '', signature: { kind: 'typed', text: 'Ann' } });

export function described(event: ApprovalEvent): string {
  const { body } = event;
  switch (body.type) {
    case 'requested':
      return [...body.titleParts, ...body.parts].map((part) => part.text).join('') + body.people + (body.device?.brands ?? '');
    case 'decided':
      return `${body.approver}: ${body.verdict}`;
    case 'cancelled':
    case 'revoked':
      return body.reason ?? '';
    case 'consumed':
      return body.grantId;
    case 'expired':
      return '';
    case 'administered':
      return `${body.action} ${body.object} ${body.key}` + JSON.stringify([body.before, body.after]);
    default:
      // Every type of event has a case.
      return body satisfies never;
  }
}

export function code(error: unknown): string | undefined {
  if (error instanceof GrantError) return error.family;
  return error instanceof JitError ? error.code : undefined;
}

// @ts-expect-error a key is created by a static method
new SigningKey();
// @ts-expect-error an issuer is required, or `anyIssuer: true`
new Verifier({ key, audience: 'b' });
// @ts-expect-error null is not an issuer
new Verifier({ key, issuer: null, audience: 'b' });
// @ts-expect-error false does not replace an audience
new Verifier({ key, issuer: 'a', anyAudience: false });
// @ts-expect-error an issuer and `anyIssuer` exclude each other
new Verifier({ key, issuer: 'a', anyIssuer: true, audience: 'b' });
// @ts-expect-error only one issuer is allowed
new Verifier({ key, issuer: ['a'], audience: 'b' });
// @ts-expect-error a new key has no option for its minimum number of bytes
SigningKey.generate({ leastBytes: 64 });
// @ts-expect-error it is a key, not a string
const text: string = SigningKey.generate();
// @ts-expect-error consuming creates nothing, so there is no id
request.consume({ metaData: {} }, { id: null });
// @ts-expect-error cancelling creates nothing either
request.cancel({ actor: { kind: 'application', id: 'a' }, id: null });
// @ts-expect-error the error may be undefined
const reason: string = request.mayDecide('ann@example.com').code;
// @ts-expect-error `key` and `keys` exclude each other
new Verifier({ key, keys: [key], issuer: 'a', audience: 'b' });
// @ts-expect-error a decision requires the hash of what the approver saw
request.approve({ approver: 'ann@example.com' });
// @ts-expect-error a directory is required
template.open({ request: {}, origin });
// @ts-expect-error a directory is never null
template.open({ request: {}, origin, directory: null });
// @ts-expect-error people are required
template.open({ request: {}, origin, directory: {} });
// @ts-expect-error the only allowed string is `everyone`
template.open({ request: {}, origin, directory: { people: 'all' } });
// @ts-expect-error active is required
const unknown: Directory = { people: [{ email: 'ann@example.com' }] };
// @ts-expect-error a signature may be left out, but not be null
request.approve({ approver: 'ann@example.com', contentHash: '', signature: null });
request.approve({ approver: 'ann@example.com', contentHash: '', comment: null, now: null, id: null });
// @ts-expect-error the minimum number of bytes may be left out, but not be null
SigningKey.fromBytes(Buffer.alloc(32), { leastBytes: null });
// @ts-expect-error claims may be left out, but not be null
minter.mint('kevin', null);
// @ts-expect-error a claim requires a value
Jwt.create().setClaim('a', undefined);
// @ts-expect-error only numbers have a minimum
const wrong: TemplateRecord = { ...record, metadata: [{ key: 'a', type: 'text', min: 1 }] };
// @ts-expect-error stages and default approvers exclude each other
const both: TemplateRecord = { ...record, stages: [{ approvers: ['a@b'] }], defaultApprovers: ['c@d'] };
// @ts-expect-error no such status
const never: boolean = request.status === 'done';

const jwt = njwt.create({ iss: 'a' }, Buffer.alloc(32)).setExpiration(new Date()).setClaim('a', 1);
njwt.verify(jwt.compact(), 'key', (error, verified) => error?.userMessage ?? verified?.body.iss);
// A caught error of a family has only its family's codes.
try {
  verifier.verify('');
} catch (error) {
  if (error instanceof TokenError) {
    const family: 'token' = error.family;
    if (error.code === 'token_expired') console.log(family);
    // @ts-expect-error this code is of another family
    if (error.code === 'grant_consumed') console.log(family);
  }
  if (error instanceof ApiError && error.code === 'not_found') console.log(error.family satisfies 'api');
}
// The claims that an application adds have its types.
const typed: string = verifier.verify<{ department: string }>('').department;
// Claims are not an origin, whatever the context expects.
// @ts-expect-error use verifier.origin
Template.parse(record).open({ request: {}, origin: verifier.verify(''), directory: { people: 'everyone' } });
// @ts-expect-error a misspelled option
new Verifier({ key, issuer: 'a', audience: 'b', requireSubjct: true });
// What comes from elsewhere may be unknown: everything in it is checked.
const foreign: unknown = JSON.parse('{}');
Template.parse(foreign).needs(foreign);
ApprovalRequest.restore([foreign]);
// Every option may be undefined, except those that are required.
new Minter({ key, issuer: 'a', audience: 'b', lifetimeSeconds: undefined, backdateSeconds: undefined });
minter.mint('kevin', undefined, { now: undefined, jti: undefined });
Template.parse({ ...record, metadata: undefined, stages: undefined, grantUse: undefined });
const signed: Uint8Array = jws.verify('', key).payload;
// @ts-expect-error a key is required
new Minter({ key: undefined, issuer: 'a', audience: 'b' });
// @ts-expect-error an audience is required
new Minter({ key, issuer: 'a', audience: undefined });
// @ts-expect-error people are required
request.approve({ approver: 'a@b', contentHash: '', directory: { people: undefined } });
// @ts-expect-error a directory is required
Template.parse(record).open({ request: {}, origin: { application: 'a', subject: 'b' }, directory: undefined });
// @ts-expect-error `now` belongs in the last options object
request.expire(5);
export const all = [typed, signed, keyId, kevin, emails, httpStatus, shown, again, text, reason, platform, titleKeys, mended, same, unknown, subject, unsure, misspelt, tokens, expiry, payload, rendered, repeated, since, wrong, both, never, catalogue, verifyChain(request.events, request.head)];
