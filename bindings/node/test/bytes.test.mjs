// Bytes in memory that another thread can write to, or that can shrink, are copied before they cross into the addon.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { types } from 'node:util';

import { SigningKey, jws } from 'jit-approvals';
import njwt from 'jit-approvals/njwt';

const native = createRequire(import.meta.url)('../lib/native.js');
const values = Uint8Array.from({ length: 32 }, (_, index) => index + 1);
const key = SigningKey.fromBytes(values);
const header = { alg: 'HS256' };

// Reads the real buffer, even if a subclass overrides `buffer`.
const memoryOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'buffer').get;

/** Returns the same bytes in the given memory. There are other bytes before and after them. */
function within(memory) {
  const bytes = new Uint8Array(memory, 8, 32);
  bytes.set(values);
  return bytes;
}

/** A subclass that lies about its bytes. */
class Lying extends Uint8Array {
  get buffer() {
    return new ArrayBuffer(32);
  }
  static get [Symbol.species]() {
    return Array;
  }
  slice() {
    return this;
  }
}

const kinds = {
  shared: () => within(new SharedArrayBuffer(64)),
  'shared and growable': () => within(new SharedArrayBuffer(64, { maxByteLength: 128 })),
  resizable: () => within(new ArrayBuffer(64, { maxByteLength: 128 })),
  'resizable, a Buffer': () => {
    const bytes = within(new ArrayBuffer(64, { maxByteLength: 128 }));
    return Buffer.from(bytes.buffer, 8, 32);
  },
  'shared, of a subclass that lies': () => {
    const bytes = within(new SharedArrayBuffer(64));
    return new Lying(bytes.buffer, 8, 32);
  },
};

/** Runs a call. Returns its result and the bytes that a function of the addon received. */
function crossing(owner, name, call) {
  const crossed = [];
  const original = owner[name];
  // Functions of the addon's classes cannot be replaced, so an object replaces the class.
  const key = native.Key;
  const spy = (...given) => {
    for (const value of given) if (types.isUint8Array(value)) crossed.push([value, Array.from(value)]);
    return original.apply(owner, given);
  };
  if (owner === key) native.Key = { [name]: spy };
  else owner[name] = spy;
  try {
    const result = call();
    assert.equal(crossed.length, 1);
    const [[bytes, seen]] = crossed;
    const memory = memoryOf.call(bytes);
    assert.ok(!types.isSharedArrayBuffer(memory) && !memory.resizable, 'memory that can change');
    assert.deepEqual(seen, Array.from(values));
    return { result, bytes };
  } finally {
    native.Key = key;
    if (owner !== key) owner[name] = original;
  }
}

for (const [kind, make] of Object.entries(kinds)) {
  test(`a key: ${kind}`, () => {
    const { result, bytes } = crossing(native.Key, 'fromBytes', () => SigningKey.fromBytes(make()));
    assert.equal(jws.sign(header, 'a', result), jws.sign(header, 'a', key));
    assert.ok(bytes.every((byte) => byte === 0), 'the copy of a key is cleared');
  });

  test(`a payload: ${kind}`, () => {
    const { result } = crossing(native, 'signJws', () => jws.sign(header, make(), key));
    assert.equal(result, jws.sign(header, values, key));
  });

  test(`a key of the njwt drop-in: ${kind}`, () => {
    const jti = { jti: 'a' };
    const expected = njwt.create(jti, Buffer.from(values)).setIssuedAt(0).setExpiration(1e12);
    const token = () => njwt.create(jti, make()).setIssuedAt(0).setExpiration(1e12).compact();
    const signed = crossing(native, 'signText', token);
    assert.equal(signed.result, expected.compact());
    assert.ok(signed.bytes.every((byte) => byte === 0), 'the copy of a key is cleared');
    const fresh = njwt.create({}, Buffer.from(values)).compact();
    const verified = crossing(native, 'signedParts', () => njwt.verify(fresh, make()));
    assert.ok(verified.result.body.jti);
    assert.ok(verified.bytes.every((byte) => byte === 0), 'the copy of a key is cleared');
  });
}

test('other kinds of keys of the njwt drop-in are copied, too', () => {
  const expected = njwt.create({ jti: 'a' }, Buffer.from(values)).setIssuedAt(0).setExpiration(1e12).compact();
  const whole = (memory) => {
    new Uint8Array(memory).set(values);
    return memory;
  };
  for (const key of [
    whole(new SharedArrayBuffer(32)),
    whole(new ArrayBuffer(32, { maxByteLength: 64 })),
    new DataView(whole(new SharedArrayBuffer(32))),
    new Uint16Array(whole(new SharedArrayBuffer(32))),
  ]) {
    const compact = () => njwt.create({ jti: 'a' }, key).setIssuedAt(0).setExpiration(1e12).compact();
    assert.equal(crossing(native, 'signText', compact).result, expected);
  }
});

test('bytes are rejected if their memory has become too small for them', () => {
  const memory = new ArrayBuffer(64, { maxByteLength: 64 });
  const bytes = new Uint8Array(memory, 32, 32);
  memory.resize(40);
  assert.throws(() => SigningKey.fromBytes(bytes), { code: 'wrong_type', field: 'bytes' });
  assert.throws(() => jws.sign(header, bytes, key), { code: 'wrong_type', field: 'payload' });
});

test('bytes of the usual kind are neither copied nor changed', () => {
  const bytes = Uint8Array.from(values);
  const crossed = crossing(native.Key, 'fromBytes', () => SigningKey.fromBytes(bytes));
  assert.equal(crossed.bytes, bytes);
  assert.deepEqual(bytes, values);
});
