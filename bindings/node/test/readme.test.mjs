// Runs the JavaScript of the READMEs without changes.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import * as library from 'jit-approvals';

const require = createRequire(import.meta.url);
const root = new URL('../../../', import.meta.url);
/** @type {any} */
const AsyncFunction = (async () => {}).constructor;
const signingKey = library.SigningKey.generateBase64();

/** Returns the JavaScript blocks of a README. */
function blocks(path) {
  return [...readFileSync(new URL(path, root), 'utf8').matchAll(/```js\n([\s\S]*?)```/g)].map(([, block]) => block);
}

/** Runs a block with the given modules, and returns the given names that it declares. */
async function run(block, names, modules = {}) {
  const source = block.replace(
    /^import (.+) from '(.+)';$/gm,
    (_, what, from) => (what.startsWith('{') ? `const ${what} = load('${from}');` : `const ${what} = load('${from}').default;`),
  );
  const load = (name) => modules[name] ?? require(name);
  process.env.SIGNING_KEY = signingKey;
  return new AsyncFunction('load', 'require', `${source}\nreturn { ${names} };`)(load, require);
}

test("the project's README", async () => {
  const before = process.cwd();
  process.chdir(fileURLToPath(root));
  try {
    const [block] = blocks('README.md');
    const { request } = await run(block, 'request');
    assert.deepEqual([request.status, request.grant.status], ['approved', 'consumed']);
  } finally {
    process.chdir(before);
  }
});

test("the package's README: minting", async () => {
  const block = blocks('bindings/node/README.md').find((text) => text.includes('new Minter'));
  const { token } = await run(block, 'token');
  const key = library.SigningKey.fromBase64(signingKey);
  const verifier = new library.Verifier({ key, issuer: 'https://app.example.com', audience: 'api.example.com' });
  assert.equal(verifier.verify(token).otherClaim, 'claimValue');
});

test("the package's README: a page", async () => {
  const block = blocks('bindings/node/README.md').find((text) => text.includes('<bdi>'));
  const { page, html } = await run(block, 'page, html');
  const isolated = (value) => `<bdi>${value}</bdi>`;
  const payee = isolated('Cohen &#38; שרה');
  const text = `Transfer to ${payee} 500 times, ${isolated('$7')} each.`;
  assert.equal(page, `<h1>Transfer to ${payee}?</h1><p style="white-space: pre-wrap">${text}</p>`);
  assert.equal(html([{ text: '<b>"\'&' }]), '&#60;b&#62;&#34;&#39;&#38;');
});

/** The parts of express that the story needs: routes, bodies that are already parsed, and the handler of errors. */
function express() {
  const routes = [];
  let caught;
  return {
    use: (handler) => (caught = handler ?? caught),
    post: (path, handler) => routes.push([new RegExp(`^${path.replace(':id', '([^/]+)')}$`), handler]),
    call(path, { body, token, user }) {
      const [pattern, handler] = routes.find(([pattern]) => pattern.test(path));
      const said = { status: 200 };
      const answer = {
        status: (status) => Object.assign(answer, { said: Object.assign(said, { status }) }),
        json: (value) => Object.assign(said, { body: JSON.parse(JSON.stringify(value)) }),
        sendStatus: (status) => Object.assign(said, { status }),
      };
      const call = { body, user, params: { id: pattern.exec(path)[1] }, get: () => token };
      try {
        handler(call, answer);
      } catch (error) {
        caught(error, call, answer, (error) => {
          throw error;
        });
      }
      return said;
    },
  };
}
express.json = () => undefined;

test("the package's README: a server", async () => {
  const block = blocks('bindings/node/README.md').find((text) => text.includes("from 'express'"));
  const { app, key } = await run(block, 'app, key', { express: { default: express } });
  const minter = new library.Minter({ key, issuer: 'shop.example.com', audience: 'approvals.example.com' });
  const token = minter.mint('kevin');
  const metaData = { item: 'a seat', price: '$5' };

  const { status, body } = app.call('/approvalRequest', { body: { metaData }, token });
  assert.deepEqual([status, body.status, body.text], [201, 'pending', 'kevin wants to buy a seat for $5.\nshop.example.com']);
  const path = `/approvalRequest/${body.id}`;
  const { contentHash } = body;
  const steve = { email: 'steve@example.com' };

  assert.equal(app.call('/approvalRequest', { body: { metaData } }).status, 401);
  assert.equal(app.call('/approvalRequest', { body: { metaData, approvers: ['me@example.com'] }, token }).status, 422);
  assert.equal(app.call(`${path}/decision`, { body: { contentHash } }).status, 404);
  assert.equal(app.call(`${path}x/decision`, { body: { contentHash }, user: steve }).status, 404);
  const stranger = app.call(`${path}/decision`, { body: { contentHash }, user: { email: 'kevin' } });
  assert.deepEqual([stranger.status, stranger.body.code], [403, 'not_eligible']);
  assert.equal(app.call(`${path}/decision`, { body: { contentHash }, user: steve }).body.status, 'approved');

  assert.equal(app.call(`${path}/consume`, { body: { metaData } }).status, 401);
  assert.equal(app.call(`${path}/consume`, { body: { metaData }, token: minter.mint('eve') }).status, 404);
  const other = app.call(`${path}/consume`, { body: { metaData: { ...metaData, price: '$6' } }, token });
  assert.deepEqual([other.status, other.body.code], [409, 'content_mismatch']);
  assert.equal(app.call(`${path}/consume`, { body: { metaData }, token }).body.grant.status, 'consumed');
  const again = app.call(`${path}/consume`, { body: { metaData }, token });
  assert.deepEqual([again.status, again.body.code], [409, 'grant_consumed']);
});
