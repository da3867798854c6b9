// Tries the packed package, which is installed beside this file, in bundlers, test runners and runtimes.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { build as esbuild } from 'esbuild';
import { build as vite } from 'vite';
import webpack from 'webpack';

import { EXPECTED } from './expected.mjs';

const out = new URL('out/', import.meta.url);
rmSync(out, { recursive: true, force: true });
mkdirSync(out);

function step(name, body) {
  process.stderr.write(`  ${name}\n`);
  return body();
}

function run(program, ...given) {
  return execFileSync(program, given, { encoding: 'utf8', env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', CI: '1' } });
}

function runs(program, ...given) {
  assert.equal(run(program, ...given).trim(), EXPECTED);
}

const bin = (name) => `node_modules/.bin/${name}`;

for (const format of ['esm', 'cjs']) {
  const common = { entryPoints: ['app.mjs'], bundle: true, platform: 'node', format, logLevel: 'error' };
  const extension = format === 'esm' ? 'mjs' : 'cjs';
  await step(`esbuild, ${format}, the package external`, async () => {
    await esbuild({ ...common, external: ['jit-approvals'], outfile: `out/external.${extension}` });
    runs('node', `out/external.${extension}`);
  });
}

await step('esbuild, cjs, only the addon external', async () => {
  const outfile = 'out/bundled.cjs';
  await esbuild({ entryPoints: ['app.mjs'], bundle: true, platform: 'node', format: 'cjs', logLevel: 'error', external: ['@jit-approvals/*'], outfile });
  runs('node', outfile);
});

await step('esbuild, cjs, with a copy of the addon', async () => {
  const outfile = 'out/copied/bundled.cjs';
  await esbuild({ entryPoints: ['app.mjs'], bundle: true, platform: 'node', format: 'cjs', logLevel: 'error', loader: { '.node': 'copy' }, outfile });
  runs('node', outfile);
});

await step('webpack, the package external', async () => {
  const stats = await new Promise((resolve, reject) => {
    const options = {
      mode: 'production',
      target: 'node',
      entry: './app.mjs',
      output: { path: out.pathname, filename: 'webpack.cjs' },
      externals: { 'jit-approvals': 'commonjs jit-approvals', 'jit-approvals/njwt': 'commonjs jit-approvals/njwt' },
    };
    webpack(options, (error, stats) => (error ? reject(error) : resolve(stats)));
  });
  assert.deepEqual(stats.toJson().errors, []);
  runs('node', 'out/webpack.cjs');
});

await step('vite, for servers', async () => {
  await vite({ logLevel: 'error', build: { ssr: 'app.mjs', outDir: 'out/vite' } });
  runs('node', 'out/vite/app.js');
});

step('Next.js', () => {
  run('node', bin('next'), 'build', 'next');
  assert.match(readFileSync('next/.next/server/app/index.html', 'utf8'), /<p>Refund \$5 to kevin\.<\/p>/);
});

step('jest', () => run('node', bin('jest'), '--silent', '--rootDir', '.', '--testMatch', '**/jest.test.cjs'));
step('vitest', () => run('node', bin('vitest'), 'run', 'vitest.test.mjs'));
step('sinon', () => run('node', '--test', 'sinon.test.mjs'));

step('Node.js 22', () => runs('node_modules/node22/bin/node', 'app.mjs'));
step('Node.js 24', () => runs('node_modules/node24/bin/node', 'app.mjs'));
step('Bun', () => runs(bin('bun'), 'app.mjs'));
step('Deno', () => runs(bin('deno'), 'run', '--allow-all', '--node-modules-dir=manual', '--no-lock', 'app.mjs'));

step('TypeScript 5.0', () => run('node', 'node_modules/typescript50/bin/tsc', '--project', '.'));
step('publint', () => run('node', bin('publint'), 'node_modules/jit-approvals', '--strict'));
step('are the types wrong', () => run('node', bin('attw'), process.argv[2]));
