// Runs every file of tests/vectors/, in place, with the API of the package.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { after, test } from 'node:test';

import {
  AccessToken,
  AccessTokenVerifier,
  ApprovalRequest,
  JitError,
  Jwt,
  Minter,
  SigningKey,
  Template,
  Verifier,
  identity,
  jws,
  plainText,
  verifyChain,
} from 'jit-approvals';

const folder = new URL('../../../tests/vectors/', import.meta.url);

const keys = (given) => given.map(({ key, id }) => SigningKey.fromBase64(key, { id }));

/** Applies a setter call of njwt to a `Jwt`. Times in njwt's calls are milliseconds. */
function set(jwt, [name, ...given]) {
  const times = ['setExpiration', 'setNotBefore'];
  // njwt accepts any value. A `Jwt` accepts only a time.
  if (name === 'setIssuedAt') return jwt.setClaim('iat', given[0]);
  if (times.includes(name)) return jwt[name](given.length === 0 ? undefined : Math.floor(given[0] / 1000));
  return jwt[name](...given);
}

function opened({ template, body, origin, directory, now, id }) {
  return Template.parse(template).open({ request: body, origin, directory, now, id });
}

function take(request, step, opening) {
  const { do: command, at: now } = step;
  const directory = step.withoutDirectory ? undefined : (step.directory ?? opening.directory);
  switch (command) {
    case 'decide': {
      const { approver, comment, signature, contentHash = request.contentHash } = step;
      const decision = { approver, comment, signature, contentHash, directory, now, id: step.id };
      return step.verdict === 'approve' ? request.approve(decision) : request.reject(decision);
    }
    case 'cancel':
      return request.cancel({ actor: step.actor, reason: step.reason, now });
    case 'consume':
      return request.consume(step.act, { now });
    case 'revoke':
      return request.revoke({ actor: step.actor, reason: step.reason, now });
    case 'expire':
      return request.expire({ now });
    default:
      throw new Error(`unknown step ${command}`);
  }
}

/** Runs a step that must fail with the given code and change nothing. */
function fail(request, step, opening) {
  const before = request.eventTexts();
  assert.throws(() => take(request, step, opening), { code: step.fails });
  assert.deepEqual(request.eventTexts(), before, 'a command that fails changes nothing');
}

/** Returns status and grant, one second after the last event. */
const state = (request) => stateAt(request, request.events.at(-1).at + 1);

function stateAt(request, now) {
  const { status, grant } = request.at(now);
  return grant === undefined ? { status } : { status, grant: grant.status };
}

const operations = {
  'accessToken.sign': ({ grant, key }) => ({ token: new AccessToken(grant).sign(keys([key])[0]) }),
  'accessToken.verify': ({ keys: given, issuer, application, leewaySeconds, token, now }) => {
    const verifier = new AccessTokenVerifier({ keys: keys(given), issuer, application, leewaySeconds });
    return { grant: verifier.verify(token, { now }).toJSON() };
  },
  'approvalRequest.open': (given) => {
    const request = opened(given);
    return { event: request.eventTexts()[0], contentHash: request.contentHash };
  },
  'approvalRequest.play': ({ opening, steps }) => {
    const request = opened(opening);
    for (const step of steps) (step.fails ? fail : take)(request, step, opening);
    return { ...state(request), events: request.eventTexts() };
  },
  'approvalRequest.at': ({ events, now }) => stateAt(ApprovalRequest.restore(events), now),
  'approvalRequest.mayDecide': ({ opening, steps, approver, now, directory = opening.directory, withoutDirectory }) => {
    const request = opened(opening);
    for (const step of steps) take(request, step, opening);
    const reason = request.mayDecide(approver, { now, directory: withoutDirectory ? undefined : directory });
    if (reason) throw reason;
    return { needs: request.needsOf(approver) };
  },
  'approvalRequest.restore': ({ events, head }) => {
    const request = ApprovalRequest.restore(events, head);
    return { ...state(request), events: request.events.length };
  },
  'events.verify': ({ events, head }) => verifyChain(events, head),
  'identity.same': ({ names: [one, other] }) => ({ same: identity(one) === identity(other) }),
  'jws.verify': ({ token, keys: given }) => {
    const { header, payload } = jws.verify(token, keys(given));
    return { header, payload: Buffer.from(payload).toString() };
  },
  'jwt.create': ({ claims, key, nowMillis, jti, calls }) => {
    const jwt = Jwt.create(JSON.parse(claims), { now: Math.floor(nowMillis / 1000), jti });
    for (const call of calls) set(jwt, call);
    return { token: jwt.compact(SigningKey.fromBase64(key, { leastBytes: 1 })) };
  },
  'requestBody.parse': ({ text, repeat, times }) => {
    // There is no call that only reads a body, so `needs` reads it.
    const body = text ?? repeat.repeat(times);
    anyTemplate.needs(body);
    return JSON.parse(body);
  },
  'signingKey.fromBase64': ({ text, leastBytes }) => {
    const key = SigningKey.fromBase64(text, { leastBytes });
    return { signs: jws.sign({ alg: 'HS256' }, '', key) };
  },
  'template.parse': ({ template }) => {
    const { key, version, fields } = Template.parse(template);
    return { key, version, fields: fields.map((field) => field.key) };
  },
  'template.render': ({ template, metaData, application, subject, companyName, claims, requestId }) =>
    Template.parse(template).render(metaData, { application, subject, companyName, claims, requestId }),
  'text.plain': ({ text }) => {
    const plain = plainText(text);
    assert.equal(plainText(plain), plain, 'a second pass changes nothing');
    return { text: plain };
  },
  'token.mint': ({ key, keyId, issuer, audience, subject, claims, now, jti, ...options }) => {
    const minter = new Minter({ key: keys([{ key, id: keyId }])[0], issuer, audience, ...options });
    return { token: minter.mint(subject, claims, { now, jti }) };
  },
  'token.verify': ({ keys: given, issuer, audience, token, now, ...options }) => {
    // In a vector, null means any issuer or audience.
    const iss = issuer == null ? /** @type {const} */ ({ anyIssuer: true }) : { issuer };
    const aud = audience == null ? /** @type {const} */ ({ anyAudience: true }) : { audience };
    const verifier = new Verifier({ keys: keys(given), ...iss, ...aud, ...options });
    const { claims, keyId } = verifier.verified(token, { now });
    assert.deepEqual(verifier.verify(token, { now }), claims);
    return keyId === undefined ? { claims } : { claims, keyId };
  },
};

const anyTemplate = Template.parse({
  approvalType: 'approve',
  templateName: 'any',
  approvalTitle: 'any',
  approvalKey: 'ANY',
  approvalData: 'any',
});

/** What was run of each file, for the table that `cargo xtask test interop` writes: `file<TAB>run<TAB>reasons`. */
const table = new URL('../../../target/vectors/Node.js.tsv', import.meta.url);
let rows = '';
after(() => {
  mkdirSync(new URL('./', table), { recursive: true });
  writeFileSync(table, rows);
});

for (const name of readdirSync(folder).filter((name) => name !== 'errors.json')) {
  const file = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
  test(`${name}: ${file.count} cases`, () => {
    assert.equal(file.cases.length, file.count);
    const run = operations[file.operation];
    assert.ok(run, `unknown operation ${file.operation}`);
    for (const { id, given, expect, scope } of file.cases) {
      // njwt accepts these values, but `Jwt` does not. The tests of the njwt drop-in run them.
      if (scope === 'javascript') continue;
      let outcome;
      try {
        outcome = { ok: run(given) };
      } catch (error) {
        if (!(error instanceof JitError)) throw error;
        outcome = { error: error.code };
        for (const place of ['field', 'line', 'column']) if (place in expect) outcome[place] = error[place];
      }
      assert.deepEqual(outcome, expect, `${file.operation} ${id}`);
    }
    const skipped = file.cases.filter(({ scope }) => scope === 'javascript');
    const reasons = skipped.map(({ id }) => `${id}: only njwt accepts it`);
    rows += `${name}\t${file.cases.length - skipped.length}\t${reasons.join('; ')}\n`;
  });
}
