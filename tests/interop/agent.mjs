// Answers the questions of the interop tests with the npm package: one JSON line for each, see tests/interop/README.md.

import { createInterface } from 'node:readline';
import * as jit from 'jit-approvals';

const { AccessTokenVerifier, ApprovalRequest, Minter, SigningKey, Template, Verifier, plainText, verifyChain } = jit;

const key = (text) => SigningKey.fromBase64(text);
const verifier = (given) => new Verifier({ key: key(given.key), issuer: given.issuer, audience: given.audience });
const parsed = (given, name) => (given[name] === undefined ? undefined : JSON.parse(given[name]));

const operations = {
  mint: ({ issuer, audience, subject, claims, now, jti, ...given }) =>
    new Minter({ key: key(given.key), issuer, audience }).mint(subject, JSON.parse(claims), { now, jti }),
  verify: (given) => JSON.stringify(verifier(given).verify(given.token, { now: given.now })),
  origin: (given) => JSON.stringify(verifier(given).origin(given.token, { now: given.now })),
  open(given) {
    const opening = { request: given.body, origin: parsed(given, 'origin'), directory: parsed(given, 'directory') };
    const request = Template.parse(given.template).open({ ...opening, now: given.now, id: given.id });
    return { events: request.eventTexts(), contentHash: request.contentHash, text: request.text };
  },
  decide(given) {
    const request = ApprovalRequest.restore(given.events);
    const { approver, comment, now, id } = given;
    const decision = { approver, comment, now, id, contentHash: request.contentHash };
    request[given.verdict]({ ...decision, directory: parsed(given, 'directory') });
    return request.eventTexts();
  },
  consume(given) {
    const request = ApprovalRequest.restore(given.events);
    request.consume(JSON.parse(given.act), { now: given.now });
    return request.eventTexts();
  },
  accessToken: (given) =>
    ApprovalRequest.restore(given.events).accessToken({ issuer: given.issuer, key: key(given.key), now: given.now }),
  verifyAccess: ({ issuer, application, token, now, ...given }) =>
    JSON.stringify(new AccessTokenVerifier({ key: key(given.key), issuer, application }).verify(token, { now })),
  verifyChain: (given) => verifyChain(given.events),
  plainText: ({ text }) => plainText(text),
  mistake: ({ name }) => mistakes[name](),
  surface() {
    const { catalogue, identity, jws } = jit;
    const own = (of, ...without) => Object.getOwnPropertyNames(of).filter((name) => !without.includes(name));
    const classes = [SigningKey, Minter, Verifier, jit.Jwt, Template, ApprovalRequest, AccessTokenVerifier];
    const names = classes.flatMap((one) =>
      [...own(one, 'length', 'name', 'prototype'), ...own(one.prototype, 'constructor')].map((name) => `${one.name}.${name}`),
    );
    const token = jit.UnverifiedToken.parse(minter().mint('kevin'));
    names.push(...Object.keys(token).map((name) => `UnverifiedToken.${name}`), 'UnverifiedToken.parse');
    names.push(...own(jit.AccessToken.prototype, 'constructor').map((name) => `AccessToken.${name}`));
    names.push(...Object.keys(jws).map((name) => `Jws.${name}`));
    return [...names, ...Object.entries({ plainText, verifyChain, identity, catalogue }).map(([name]) => name)];
  },
};

const template = {
  approvalType: 'approve', templateName: 'Refund', approvalKey: 'REFUND', approvalTitle: 'Refund?',
  approvalData: 'Refund $(amount).', defaultApprovers: ['ann@example.com'], metadata: [{ key: 'amount', type: 'number' }],
};
const goodKey = () => SigningKey.fromBase64('A'.repeat(44));
const minter = () => new Minter({ key: goodKey(), issuer: 'shop', audience: 'host' });
const origin = { application: 'shop', subject: 'kevin' };
const everyone = { people: 'everyone' };
const opened = () => Template.parse(template).open({ request: { metaData: { amount: '5' } }, origin, directory: everyone });

const mistakes = {
  keyTooShort: () => SigningKey.fromBase64('AAAA'),
  keyNotBase64: () => SigningKey.fromBase64('*'.repeat(44)),
  keyMissing: () => SigningKey.fromBase64(null),
  issuerOfAnotherType: () => new Minter({ key: goodKey(), issuer: 7, audience: 'host' }),
  issuerEmpty: () => new Minter({ key: goodKey(), issuer: '', audience: 'host' }),
  lifetimeTooLong: () => new Minter({ key: goodKey(), issuer: 'shop', audience: 'host', lifetimeSeconds: 90_000 }),
  subjectNull: () => minter().mint(null),
  reservedClaim: () => minter().mint('kevin', { sub: 'eve' }),
  claimNotFinite: () => minter().mint('kevin', { a: NaN }),
  issuerAndAny: () => new Verifier({ key: goodKey(), issuer: 'shop', anyIssuer: true, audience: 'host' }),
  issuerLeftOut: () => new Verifier({ key: goodKey(), audience: 'host' }),
  audiencesEmpty: () => new Verifier({ key: goodKey(), issuer: 'shop', audience: [] }),
  tokenMalformed: () => new Verifier({ key: goodKey(), issuer: 'shop', audience: 'host' }).verify('no token'),
  templateUnknownMember: () => Template.parse({ ...template, approvalTittle: 'x' }),
  templateUndeclared: () => Template.parse({ ...template, approvalData: '$(price)' }),
  amountAsFloat: () => Template.parse(template).render({ amount: 12.5 }, origin),
  amountNull: () => Template.parse(template).render({ amount: null }, origin),
  unknownField: () => Template.parse(template).render({ amuont: '5' }, origin),
  hiddenCharacter: () => Template.parse(template).render({ amount: '5\u202e' }, origin),
  directoryWithoutPeople: () => Template.parse(template).open({ request: {}, origin, directory: {} }),
  personWithoutActive: () =>
    Template.parse(template).open({ request: {}, origin, directory: { people: [{ email: 'ann@example.com' }] } }),
  notEligible: () => {
    const request = opened();
    request.approve({ approver: 'bob@example.com', contentHash: request.contentHash });
  },
  otherHash: () => opened().approve({ approver: 'ann@example.com', contentHash: '0'.repeat(64) }),
  hashMalformed: () => opened().approve({ approver: 'ann@example.com', contentHash: 'abc' }),
  noGrant: () => opened().consume({ metaData: { amount: '5' } }),
  actorNotAllowed: () => opened().cancel({ actor: { kind: 'application', id: 'other' } }),
  noEvents: () => ApprovalRequest.restore([]),
  eventNotCanonical: () => ApprovalRequest.restore(opened().eventTexts().map((text) => ` ${text}`)),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { operation, ...given } = JSON.parse(line);
  let answer;
  try {
    answer = { ok: operations[operation](given) ?? null };
  } catch (error) {
    if (!(error instanceof jit.JitError)) throw error;
    const { code, field, line: inputLine, column, message } = error;
    answer = { error: { code, field, line: inputLine, column, message } };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
