// Compares the declarations with the library itself: everything declared exists, and nothing else exists.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

import * as library from 'jit-approvals';
import njwt from 'jit-approvals/njwt';

/** Returns the declared exports: each name and, for a class, its members. */
function declared(text) {
  const names = new Map();
  for (const [, name, body] of text.matchAll(/^export class (\w+)[^{]*\{(\}|[\s\S]*?^\})/gm)) {
    const members = [...body.matchAll(/^ {2}((?:static |readonly |private |protected )*)(\w+)\??[(:<]/gm)];
    names.set(name, members.map(([, modifiers, member]) => ({ member, fixed: modifiers.includes('static') })));
  }
  for (const [, name] of text.matchAll(/^export (?:const|function) (\w+)/gm)) if (!names.has(name)) names.set(name, undefined);
  return names;
}

const own = (value) => Object.getOwnPropertyNames(value).filter((name) => !['constructor', 'length', 'name', 'prototype'].includes(name));

function compare(names, library, samples) {
  assert.deepEqual([...names.keys()].sort(), Object.keys(library).filter((name) => name !== 'default').sort());
  for (const [name, members] of names) {
    if (members === undefined) continue;
    const made = library[name];
    const statics = members.filter(({ fixed }) => fixed).map(({ member }) => member);
    assert.deepEqual(own(made).sort(), [...new Set(statics)].sort(), `static members of ${name}`);
    const declared = new Set(members.filter(({ fixed, member }) => !fixed && member !== 'constructor').map(({ member }) => member));
    for (const member of own(made.prototype)) assert.ok(declared.has(member), `${name}.${member} is not declared`);
    for (const member of declared) {
      assert.ok(member in made.prototype || member in (samples[name] ?? {}), `${name}.${member} does not exist`);
    }
  }
}

test('jit-approvals matches its declarations', () => {
  const folder = new URL('../types/', import.meta.url);
  const texts = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));
  const time = new Date(1_700_000_000_000);
  const grant = { issuer: 'a', application: 'b', subject: 'c', grantId: 'd', expiresAt: time };
  const key = library.SigningKey.fromBytes(new Uint8Array(32));
  compare(declared(texts.join('\n')), library, {
    JitError: { code: '', number: 0, family: '', status: 0, field: '', line: 0, column: 0 },
    ...Object.fromEntries(Object.keys(library).filter((name) => /.Error$/.test(name)).map((name) => [name, { code: '', family: '', number: 0, status: 0, field: '', line: 0, column: 0 }])),
    AccessToken: new library.AccessToken({ ...grant, approvalRequestId: 'e', templateId: 'f', contentHash: 'g' }),
    UnverifiedToken: library.UnverifiedToken.parse(new library.Minter({ key, issuer: 'a', audience: 'b' }).mint('c')),
  });
});

test('the njwt drop-in matches its declarations', () => {
  const jwt = njwt.create({}, Buffer.alloc(32));
  jwt.compact();
  const verifier = new njwt.Verifier().setSigningKey('key');
  const names = declared(readFileSync(new URL('../njwt.d.ts', import.meta.url), 'utf8'));
  compare(names, njwt, { Jwt: jwt, JwtHeader: jwt.header, Verifier: verifier });
});
