// Runs the JavaScript of the READMEs without changes.

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
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
  const verifier = new library.Verifier({ key, issuer: 'shop.example.com', audience: 'approvals.example.com' });
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

/** Starts a process that runs the server of the README. Returns its address, and a function that ends it. */
async function start(folder) {
  const child = fork(join(folder, 'main.mjs'), { env: { ...process.env, DATABASE: join(folder, 'approvals.db'), PORT: '0' } });
  const [port] = await once(child, 'message');
  return { url: `http://localhost:${port}`, stop: () => child.kill() };
}

/**
 * Calls a server.
 *
 * @param {string} url
 * @param {string} path
 * @param {{ token?: string, user?: string, body?: object, method?: string }} [options]
 * @returns {Promise<any>}
 */
async function answered(url, path, { token, user, body, method = body === undefined ? 'GET' : 'POST' } = {}) {
  const headers = {
    ...(token && { 'X-Nl3-Authorization-Token': token }),
    ...(user && { 'X-User': user }),
    ...(body && { 'Content-Type': 'application/json' }),
  };
  const response = await fetch(url + path, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, body: response.headers.get('Content-Type')?.includes('json') ? JSON.parse(text) : text };
}

test("the package's README: a server, in two processes", async () => {
  const block = blocks('bindings/node/README.md').find((text) => text.includes("from 'express'")) ?? '';
  const folder = mkdtempSync(fileURLToPath(new URL('tmp-', import.meta.url)));
  writeFileSync(join(folder, 'server.mjs'), block);
  writeFileSync(join(folder, 'main.mjs'), "import { server } from './server.mjs';\nserver.on('listening', () => process.send(server.address().port));\n");
  writeFileSync(
    join(folder, 'sign-in.mjs'),
    "export const signIn = (call, answer, next) => {\n  if (call.get('X-User')) call.user = { email: call.get('X-User') };\n  next();\n};\n",
  );
  process.env.SIGNING_KEY = signingKey;
  const servers = [await start(folder), await start(folder)];
  try {
    const [{ url }] = servers;
    const key = library.SigningKey.fromBase64(signingKey);
    const minter = new library.Minter({ key, issuer: 'shop.example.com', audience: 'approvals.example.com' });
    const token = minter.mint('kevin');
    const user = 'steve@example.com';
    const metaData = { item: 'a seat', price: '$5' };

    const opened = await answered(url, '/approvalRequest', { body: { metaData }, token });
    assert.deepEqual(
      [opened.status, opened.body.status, opened.body.text],
      [201, 'pending', 'kevin wants to buy a seat for $5.\nshop.example.com'],
    );
    const path = `/approvalRequest/${opened.body.id}`;
    const { contentHash } = opened.body;
    assert.equal((await answered(url, '/approvalRequest', { body: { metaData } })).status, 401);
    const asks = blocks('bindings/node/README.md').find((text) => text.includes('export const ask')) ?? '';
    const { ask } = await run(asks.replace('export const', 'const'), 'ask');
    assert.equal((await ask(url, metaData)).status, 201);
    assert.equal((await answered(url, '/approvalRequest', { method: 'POST', token })).status, 400);
    assert.equal((await answered(url, '/approvalRequest', { body: { metaData, approvers: ['me@example.com'] }, token })).status, 422);

    assert.equal((await answered(url, path, { token })).body.id, opened.body.id);
    assert.equal((await answered(url, path, { token: minter.mint('eve') })).status, 404);
    assert.deepEqual((await answered(url, '/approvalRequest', { user })).body.map(({ id }) => id).includes(opened.body.id), true);
    assert.deepEqual((await answered(url, '/approvalRequest', { user: 'eve@example.com' })).body, []);

    assert.equal((await answered(url, `${path}/decision`, { body: { verdict: 'approve', contentHash } })).status, 404);
    assert.equal((await answered(url, `${path}x/decision`, { body: { verdict: 'approve', contentHash }, user })).status, 404);
    for (const verdict of [undefined, 'deny', 'constructor']) {
      assert.equal((await answered(url, `${path}/decision`, { body: { verdict, contentHash }, user })).status, 400);
    }
    assert.equal((await answered(url, `${path}/consume`, { method: 'POST', token })).status, 400);
    const stranger = await answered(url, `${path}/decision`, { body: { verdict: 'approve', contentHash }, user: 'kevin' });
    assert.deepEqual([stranger.status, stranger.body.code], [403, 'not_eligible']);
    assert.equal((await answered(url, `${path}/decision`, { body: { verdict: 'approve', contentHash }, user })).body.status, 'approved');
    assert.ok((await answered(url, '/approvalRequest', { user })).body.every(({ id }) => id !== opened.body.id));

    assert.equal((await answered(url, `${path}/consume`, { body: { metaData } })).status, 401);
    assert.equal((await answered(url, `${path}/consume`, { body: { metaData }, token: minter.mint('eve') })).status, 404);
    const dearer = await answered(url, `${path}/consume`, { body: { metaData: { ...metaData, price: '$6' } }, token });
    assert.deepEqual([dearer.status, dearer.body.code], [409, 'content_mismatch']);
    // Both processes consume each of many requests at the same time: one call for each request succeeds.
    for (let round = 0; round < 50; round += 1) {
      const { body } = round === 0 ? opened : await answered(url, '/approvalRequest', { body: { metaData }, token });
      const path = `/approvalRequest/${body.id}`;
      if (round > 0) await answered(url, `${path}/decision`, { body: { verdict: 'approve', contentHash: body.contentHash }, user });
      const consume = ({ url }) => answered(url, `${path}/consume`, { body: { metaData }, token });
      const consumed = await Promise.all([...servers, ...servers].map(consume));
      assert.deepEqual(consumed.map(({ status }) => status).sort(), [200, 409, 409, 409]);
      assert.ok(consumed.every(({ status, body }) => (status === 200 ? body.grant.status === 'consumed' : body.code === 'grant_consumed')));
    }
  } finally {
    for (const server of servers) server.stop();
    rmSync(folder, { recursive: true });
  }
});
