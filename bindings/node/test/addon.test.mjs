// Loading the addon: an error says whether its package is missing, cannot be loaded, or does not exist for the platform.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const packageFolder = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json')));

const report = `
  try {
    require('./lib/index.js');
    console.log('loaded');
  } catch (error) {
    console.log(error.code, error.message, error.cause?.message);
  }
`;

/** Loads a copy of the package whose platform packages are these: by name, the content of their `index.js`. */
function load(packages, before = '') {
  const folder = mkdtempSync(join(tmpdir(), 'jit-approvals-'));
  try {
    for (const name of ['lib', 'package.json']) cpSync(join(packageFolder, name), join(folder, name), { recursive: true });
    for (const [name, source] of Object.entries(packages)) {
      const inner = join(folder, 'node_modules/@jit-approvals', name);
      mkdirSync(inner, { recursive: true });
      writeFileSync(join(inner, 'index.js'), source);
    }
    const { stdout, stderr } = spawnSync(process.execPath, ['--eval', before + report], { cwd: folder, encoding: 'utf8' });
    return stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const linux = "Object.defineProperty(process, 'platform', { value: 'linux' }); Object.defineProperty(process, 'arch', { value: 'x64' });";

test('a missing platform package is named, with the usual causes', () => {
  const shown = load({}, linux);
  assert.match(shown, /^ERR_JIT_ADDON @jit-approvals\/linux-x64-gnu or @jit-approvals\/linux-x64-musl is not installed/);
  for (const cause of ['--omit=optional', 'lock file', 'node_modules']) assert.ok(shown.includes(cause), shown);
});

test('a platform package that cannot be loaded is named, with its cause', () => {
  const shown = load({ 'linux-x64-gnu': "throw new Error('libc.so.6: version `GLIBC_2.34` not found');" }, linux);
  assert.match(shown, /^ERR_JIT_ADDON @jit-approvals\/linux-x64-gnu is installed but cannot be loaded: libc\.so\.6/);
  assert.match(shown, /GLIBC_2\.34` not found\s*$/);
  // Its own dependency is missing, not the package.
  assert.match(load({ 'linux-x64-gnu': "require('./absent.node');" }, linux), /is installed but cannot be loaded/);
});

test('a platform package of another version is rejected', () => {
  const shown = load({ 'linux-x64-gnu': "exports.version = () => '0.0.1';" }, linux);
  assert.ok(shown.startsWith(`ERR_JIT_ADDON @jit-approvals/linux-x64-gnu has version 0.0.1, but jit-approvals has ${version}`), shown);
});

test('an unsupported platform is named, with those that are supported', () => {
  const shown = load({}, "Object.defineProperty(process, 'platform', { value: 'sunos' });");
  assert.match(shown, /^ERR_JIT_ADDON jit-approvals does not support sunos-\w+; it supports darwin-arm64, .*win32-x64-msvc/);
});

test('where two packages are installed, the one that can be loaded is used', () => {
  const addon = `exports.version = () => '${version}'; exports.catalogue = () => '[]';`;
  const other = "throw new Error('wrong libc');";
  // Other parts of the library may miss their functions: the addon itself is found.
  assert.doesNotMatch(load({ 'linux-x64-gnu': other, 'linux-x64-musl': addon }, linux), /ERR_JIT_ADDON/);
  assert.match(load({ 'linux-x64-gnu': other }, linux), /ERR_JIT_ADDON/);
});
