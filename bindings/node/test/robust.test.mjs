// No input, thread, second copy or number of handles causes a crash or a leak. Errors are always exceptions.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

import * as library from 'jit-approvals';

const { ApprovalRequest, JitError, Jwt, Minter, SigningKey, Template, Verifier } = library;
const require = createRequire(import.meta.url);
const packageFolder = fileURLToPath(new URL('..', import.meta.url));

const key = SigningKey.fromBytes(new Uint8Array(32));
const record = {
  approvalType: 'approve',
  templateName: 'A',
  approvalTitle: 'A $(subject)',
  approvalKey: 'A',
  approvalData: '$(a) for $(subject), $(requestId)',
  defaultApprovers: ['ann@example.com'],
  metadata: [{ key: 'a', defaultValue: '1' }],
};
const origin = { application: 'shop.example.com', subject: 'kevin' };
const directory = { people: 'everyone' };

const hostile = () => {
  const cycle = {};
  cycle.self = cycle;
  return [
    undefined, null, true, -1, 1.5, NaN, Infinity, 2 ** 53, 10n, '', '\0', '\ud800', 'x'.repeat(70_000), Symbol('s'),
    [], [undefined], {}, cycle, new Date(NaN), new Map(), () => {}, Buffer.alloc(3), new Proxy({}, {}),
    { toJSON: () => undefined }, { get now() { throw new Error('from a getter'); } }, Object.create(null),
    { now: 'soon', key, issuer: 1 }, '{"a":'.repeat(5000), '['.repeat(20_000), new SharedArrayBuffer(8),
  ];
};

/** Calls every function with every hostile value as each argument. Returns how many calls threw. */
function assail(calls) {
  const values = hostile();
  let thrown = 0;
  for (const call of calls) {
    for (const first of values) {
      for (const second of [undefined, first, null]) {
        try {
          call(first, second, first);
        } catch (error) {
          assert.ok(error instanceof Error || typeof error === 'object', String(error));
          thrown += 1;
        }
      }
    }
  }
  return thrown;
}

function methods(handle) {
  const prototype = Object.getPrototypeOf(handle);
  const names = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
  return names.map((name) => (...given) => {
    const member = Object.getOwnPropertyDescriptor(prototype, name);
    return member.get ? member.get.call(handle) : handle[name](...given);
  });
}

test('hostile arguments cause only exceptions', () => {
  const template = Template.parse(record);
  const request = template.open({ request: {}, origin, directory });
  const handles = [
    new Minter({ key, issuer: 'a', audience: 'b' }),
    new Verifier({ key, issuer: 'a', audience: 'b' }),
    Jwt.create(),
    template,
    request,
    library.jws,
  ];
  const made = Object.values(library).filter((value) => typeof value === 'function');
  const statics = made.flatMap((value) =>
    Object.getOwnPropertyNames(value)
      .filter((name) => typeof value[name] === 'function')
      .map((name) => (...given) => value[name](...given)),
  );
  const constructors = made.map((value) => (...given) => Reflect.construct(value, given));
  const calls = [...statics, ...constructors, ...handles.flatMap(methods)];
  assert.ok(assail(calls) > calls.length * 20);
  assert.equal(template.render({}, origin).text, '1 for kevin, 00000000-0000-0000-0000-000000000000');
});

test('hostile arguments to the addon itself cause only exceptions', () => {
  const native = require('../lib/native.js');
  const handles = [native.Key.fromBytes(Buffer.alloc(32)), native.Template.parse(JSON.stringify(record))];
  const functions = Object.values(native).filter((value) => typeof value === 'function');
  const statics = functions.flatMap((value) =>
    Object.getOwnPropertyNames(value)
      .filter((name) => typeof value[name] === 'function')
      .map((name) => (...given) => value[name](...given)),
  );
  const methodsOfOthers = functions
    .filter((value) => value.prototype)
    .flatMap((value) => Object.getOwnPropertyNames(value.prototype))
    .map((name) => (...given) => handles[0][name](...given));
  assert.ok(assail([...functions, ...statics, ...handles.flatMap(methods), ...methodsOfOthers]) > 1000);
});

test('a panic in the addon becomes an exception, and the process continues', () => {
  // A separate build with functions that only panic.
  const source = `
    const library = process.env.PANICKING_ADDON;
    const module = { exports: {} };
    process.dlopen(module, library);
    const { Panicking, panics } = module.exports;
    const one = Panicking.make();
    for (const call of [panics, () => one.method(), one.closure()]) {
      try { call(); } catch (error) { console.log(JSON.parse(error.message).code); }
    }
  `;
  const said = execFileSync(process.execPath, ['--eval', source], { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' });
  assert.equal(said, 'caught_panic\n'.repeat(3));
});

test('every function of the addon catches panics', () => {
  const folder = new URL('../src/', import.meta.url);
  let functions = 0;
  for (const name of readdirSync(folder)) {
    const text = readFileSync(new URL(name, folder), 'utf8');
    for (const [, signature, body] of text.matchAll(/#\[napi[^\n]*\]\s+pub fn (\w+)([\s\S]*?)(?=#\[napi|^}|^fn )/gm)) {
      assert.match(body, /\bcall\(|Ok\(Self\)|-> Self/, `${name}: ${signature}`);
      functions += 1;
    }
  }
  assert.ok(functions > 35, `${functions}`);
});

test('values that the fast path does not accept have their own errors', () => {
  const template = Template.parse(record);
  const thrown = (metaData) => {
    try {
      template.render(metaData, origin);
    } catch (error) {
      return [error.code, error.field];
    }
    return assert.fail(JSON.stringify(metaData));
  };
  assert.deepEqual(thrown({ a: 'x\0y' }), ['hidden_character', 'metaData.a']);
  assert.deepEqual(thrown({ a: 'x\0b\0y' }), ['hidden_character', 'metaData.a']);
  assert.deepEqual(thrown({ 'a\0': 'x' }), ['unknown_metadata', 'metaData.a\\0']);
  assert.deepEqual(thrown({ a: '\ud800' }), ['wrong_type', 'metaData.a']);
  assert.deepEqual(thrown({ a: null }), ['metadata_type', 'metaData.a']);
  assert.deepEqual(thrown({ a: NaN }), ['wrong_type', 'metaData.a']);
  assert.deepEqual(thrown({ a: undefined }), ['wrong_type', 'metaData.a']);
  assert.deepEqual(thrown({ b: '' }), ['unknown_metadata', 'metaData.b']);
  for (const a of ['é', '€', '😀', 'x'.repeat(4096), '😀'.repeat(1000), '', true, 7]) {
    const rendered = template.render({ a }, { ...origin, subject: 'Zoë' });
    const { title, titleParts, text, parts } = rendered;
    assert.equal(title, 'A Zoë');
    assert.equal(titleParts.map((part) => part.text).join(''), title);
    assert.equal(parts.map((part) => part.text).join(''), text);
    assert.equal(parts[0].text, String(a));
    assert.deepEqual(template.render({ a }, { ...origin, subject: 'Zoë', requestId: undefined }), rendered);
    assert.deepEqual(template.render({ a }, { ...origin, subject: 'Zoë', claims: {} }), rendered);
  }
});

test('each thread has its own copy of the library', async () => {
  const source = `
    const { parentPort } = require('node:worker_threads');
    const { Minter, SigningKey, Verifier, Template } = require(${JSON.stringify(packageFolder)});
    const key = SigningKey.fromBytes(new Uint8Array(32));
    const minter = new Minter({ key, issuer: 'a', audience: 'b' });
    const verifier = new Verifier({ key, issuer: 'a', audience: 'b' });
    const ids = [];
    for (let call = 0; call < 5000; call += 1) ids.push(verifier.verify(minter.mint('kevin')).jti);
    let code;
    try { Template.parse('{'); } catch (error) { code = error.code; }
    parentPort.postMessage({ ids, code });
  `;
  const run = () =>
    new Promise((resolve, reject) => {
      const worker = new Worker(source, { eval: true });
      let said;
      worker.on('message', (message) => (said = message));
      worker.on('error', reject);
      worker.on('exit', (code) => (code === 0 ? resolve(said) : reject(new Error(`exited with code ${code}`))));
    });
  const all = [...(await Promise.all([run(), run(), run(), run()])), await run()];
  for (const { code } of all) assert.equal(code, 'malformed_json');
  assert.equal(new Set(all.flatMap(({ ids }) => ids)).size, 25_000);
});

test('several copies work side by side, and each rejects the handles of another', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jit-approvals-'));
  try {
    for (const name of ['lib', 'package.json', 'njwt.js', 'node_modules/@jit-approvals']) {
      cpSync(join(packageFolder, name), join(folder, name), { recursive: true });
    }
    const copy = require(folder);
    assert.notEqual(copy.SigningKey, SigningKey);
    const theirs = copy.SigningKey.fromBytes(new Uint8Array(32));
    const token = new copy.Minter({ key: theirs, issuer: 'a', audience: 'b' }).mint('kevin');
    assert.equal(new Verifier({ key, issuer: 'a', audience: 'b' }).verify(token).sub, 'kevin');
    assert.throws(() => new Minter({ key: theirs, issuer: 'a', audience: 'b' }), { code: 'wrong_type', field: 'key' });
    assert.throws(() => copy.Template.parse('{'), (error) => error instanceof copy.JitError && !(error instanceof JitError));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('ESM and CommonJS load the same library', () => {
  const common = require('jit-approvals');
  assert.deepEqual(Object.keys(common).sort(), Object.keys(library).filter((name) => name !== 'default').sort());
  for (const [name, value] of Object.entries(common)) assert.equal(library[name], value, name);
});

test('600,000 dropped handles use no memory', { skip: globalThis.gc ? false : 'needs --expose-gc' }, async () => {
  const text = JSON.stringify(record);
  const bytes = new Uint8Array(32);
  const events = Template.parse(record).open({ request: {}, origin, directory }).eventTexts();
  const makers = [
    () => SigningKey.fromBytes(bytes),
    () => new Minter({ key, issuer: 'a', audience: 'b' }),
    () => new Verifier({ key, issuer: 'a', audience: 'b' }),
    () => Jwt.create({ a: 1 }),
    () => Template.parse(text),
    () => ApprovalRequest.restore(events),
  ];
  // Finalizers run when the event loop turns.
  const settle = async () => {
    for (let round = 0; round < 4; round += 1) {
      globalThis.gc();
      await new Promise((resolve) => setImmediate(resolve));
    }
    return process.memoryUsage().rss;
  };
  const make = async (count) => {
    for (let made = 0; made < count; made += 1) {
      makers[made % makers.length]();
      if (made % 5000 === 0) await settle();
    }
  };
  await make(100_000);
  const before = await settle();
  await make(600_000);
  const grown = (await settle()) - before;
  assert.ok(grown < 24 << 20, `grew by ${grown >> 20} MiB`);
});

test('restoring many large requests in one loop uses little memory', () => {
  const source = `
    const { ApprovalRequest, Template } = require(${JSON.stringify(packageFolder)});
    const record = ${JSON.stringify({ ...record, approvalData: `$(a) ${'x'.repeat(20_000)}` })};
    const opening = { request: {}, origin: ${JSON.stringify(origin)}, directory: ${JSON.stringify(directory)} };
    const events = Template.parse(record).open(opening).eventTexts();
    const kept = [];
    let most = 0;
    // Nothing lets the event loop turn, so that no handle is finalized.
    for (let made = 0; made < 20_000; made += 1) {
      const request = ApprovalRequest.restore(events);
      if (made % 500 === 0) {
        kept.push(request);
        most = Math.max(most, process.memoryUsage().rss);
      }
    }
    // Requests whose native part was released work like any other.
    for (const request of kept) request.approve({ approver: 'ann@example.com', contentHash: request.contentHash });
    const works = kept.every((request) => request.status === 'approved' && request.events.length === 2);
    console.log(works, most >> 20);
  `;
  const [works, most] = execFileSync(process.execPath, ['--eval', source], { encoding: 'utf8' }).split(' ');
  assert.equal(works, 'true');
  assert.ok(Number(most) < 300, `${most} MiB`);
});

test('the collector knows how much memory handles use', async () => {
  // This test never calls the collector, which must notice by itself the memory that it cannot see.
  const text = JSON.stringify({ ...record, approvalData: 'x'.repeat(60_000) });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  let most = 0;
  for (let made = 0; made < 20_000; made += 1) {
    Template.parse(text);
    if (made % 10 === 0) await turn();
    if (made % 500 === 0) most = Math.max(most, process.memoryUsage().rss);
  }
  assert.ok(most < 400 << 20, `${most >> 20} MiB`);
});
