// Compares the drop-in with the real njwt: the same bytes and the same outcomes, except for intended differences.

import assert from 'node:assert/strict';
import { after, before, describe, mock, test } from 'node:test';

import fc from 'fast-check';
import dropIn from 'jit-approvals/njwt';
import njwt from 'njwt';

import { algorithms, beyond, differences, each, encode, inShort, key, now, outcome } from './njwt-differences.mjs';
import { rejected, seen, segments, signed, standard, stray, token } from './njwt-differences.mjs';
import { unexpected, unsupported, usual } from './njwt-differences.mjs';

before(() => mock.timers.enable({ apis: ['Date'], now }));
after(() => mock.timers.reset());

/** Asserts the same result or the same error, with and without a callback. */
async function assertAlike(use) {
  for (const calledBack of [false, true]) {
    assert.deepEqual(await outcome(dropIn, use, calledBack), await outcome(njwt, use, calledBack));
  }
}

describe('intended differences', () => {
  for (const { what, why, calledBack = false, theirs, ours, cases } of differences) {
    test(what, async () => {
      assert.ok(why && cases.length > 0);
      for (const use of cases) {
        const [their, our] = [await outcome(njwt, use, calledBack), await outcome(dropIn, use, calledBack)];
        assert.deepEqual([inShort(their), inShort(our)], [theirs, ours]);
        if (!calledBack) continue;
        assert.ok(their.thrown);
        assert.deepEqual(
          [our.called.length, our.called[1], our.atOnce, our.returned],
          [2, undefined, false, undefined],
        );
      }
    });
  }

  test('errors have a stack, and Parser is exported', () => {
    assert.throws(
      () => njwt.verify('x', key),
      ({ stack }) => stack === undefined,
    );
    assert.throws(
      () => dropIn.verify('x', key),
      ({ stack }) => /njwt-compare/.test(stack),
    );
    assert.ok(!('Parser' in njwt) && 'Parser' in dropIn);
  });
});

// Random texts: any code points, any UTF-16, and names that have a meaning in tokens or in JavaScript.
const text = fc.string({ unit: 'binary', maxLength: 12 });
const utf16 = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 6 })
  .map((units) => String.fromCharCode(...units));
const meant = ['jti', 'iat', 'exp', 'nbf', 'iss', '', '0', '1', '10', '-1', '01', '4294967295', 'é', '\ud800'];
const hostile = fc.constantFrom('__proto__', '__proto__', 'toJSON', 'compact', 'constructor', 'hasOwnProperty');
const names = (texts, least) =>
  fc.oneof(
    { weight: 20, arbitrary: texts },
    { weight: 20, arbitrary: fc.constantFrom(...meant) },
    { weight: least, arbitrary: hostile },
  );
const times = fc.oneof(
  fc.date({ noInvalidDate: false }),
  fc.integer({ min: -1e13, max: 1e13 }),
  fc.double(),
  fc.constantFrom(null, undefined, false, true, NaN, 0, -0, -0.5, Infinity, 8.64e15 + 1, 5n),
  fc.constantFrom('', 'x', '2030', '1800000000000', [], {}),
  fc.date().map(String),
);
const values = fc.oneof(
  fc.anything({ key: names(utf16, 1), maxDepth: 3, withDate: true, withNullPrototype: true, withSparseArray: true }),
  times.filter((value) => typeof value !== 'bigint'),
  utf16,
);
const claims = fc.oneof(
  { weight: 9, arbitrary: fc.dictionary(names(utf16, 1), values, { maxKeys: 8 }) },
  { weight: 1, arbitrary: fc.oneof(fc.constantFrom(null, undefined, 5, true, 'hé'), fc.array(values)) },
);
const keys = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  utf16.filter((key) => key !== ''),
);
// Without lone surrogates, which are an intended difference.
const parameters = names(text, 1).filter((name) => name !== '\ud800');
const jsonValue = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' });
const setters = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.constant('setClaim'), names(utf16, 1), values) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom('setJti', 'setSubject', 'setIssuer', 'setIssuedAt'), values) },
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom('setExpiration', 'setNotBefore'), times) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('setHeader'), parameters, jsonValue) },
  fc.tuple(fc.constant('setHeader'), fc.constant('alg'), fc.constantFrom('HS256', 'HS256', 'hs256', '', null, 5)),
  fc.tuple(fc.constant('setSigningAlgorithm'), fc.constantFrom('HS256', 'HS256', 'hs256', '', null, undefined)),
  fc.tuple(
    fc.constant('setSigningKey'),
    fc.oneof(keys, keys, fc.constantFrom(null, undefined, '', 0, 5, NaN, false, {}, [])),
  ),
  fc.tuple(fc.constantFrom('setExpiration', 'setNotBefore', 'setJti', 'compact', 'toString')),
);

test('create, set and compact return the same or throw the same error', () => {
  let made = 0;
  const runs = 2000;
  const all = (library, given, key, calls) => {
    const jwt = each(() => library.create(given, key));
    if (!(jwt instanceof library.Jwt)) return [jwt];
    jwt.setJti('j');
    const results = calls.map(([name, ...given]) => each(() => jwt[name](...given))).map(seen);
    return [...results, seen(jwt), each(() => jwt.body.toJSON()), each(() => jwt.compact()), jwt.signature];
  };
  fc.assert(
    fc.property(claims, keys, fc.array(setters, { maxLength: 8 }), (given, key, calls) => {
      const ours = all(dropIn, given, key, calls);
      assert.deepEqual(ours, all(njwt, given, key, calls));
      if (typeof ours.at(-2) === 'string') made += 1;
    }),
    { numRuns: runs },
  );
  assert.ok(made > runs / 3, `${made} of ${runs}`);
});

test('both agree whether a time is in the past or in the future', () => {
  const near = fc.double({ min: -2, max: 2 }).map((seconds) => now / 1000 + seconds);
  const given = fc.oneof(
    near,
    near.map(String),
    values,
    fc.constantFrom(now / 1000, (now + 1) / 1000, (now - 1) / 1000),
  );
  const said = (library, time) => {
    const jwt = library.create({}, 'k').setClaim('exp', time).setClaim('nbf', time);
    return [each(() => jwt.isExpired()), each(() => jwt.isNotBefore())];
  };
  fc.assert(
    fc.property(given, (time) => {
      fc.pre(!beyond(time));
      assert.deepEqual(said(dropIn, time), said(njwt, time));
    }),
    { numRuns: 1000 },
  );
});

// Every way to verify a token. The later ones use key resolvers.
const ways = {
  plainly: (library, text, ...callback) => library.verify(text, key, ...callback),
  'with an algorithm': (library, text, ...callback) => library.verify(text, key, 'HS256', ...callback),
  'without a key': (library, text, ...callback) => library.verify(text, ...callback),
  'by a verifier': (library, text, ...callback) => new library.Verifier().setSigningKey(key).verify(text, ...callback),
  'by setKeyResolver': (library, text, ...callback) => {
    const verifier = library.createVerifier().setSigningKey(key);
    const set = verifier.setKeyResolver(function resolve(kid, done) {
      return kid === 'none' ? done(new RangeError(`no ${kid}`)) : done(null, this.signingKey);
    });
    assert.equal(set, undefined);
    return verifier.verify(text, ...callback);
  },
  'by withKeyResolver': (library, text, ...callback) => {
    const resolve = (kid, done) => done(kid === 'none' ? 'a text' : null, kid === 'text' ? 'a text' : key);
    return library
      .Verifier()
      .withKeyResolver(resolve)
      .verify(text, ...callback);
  },
  'by a resolver that throws': (library, text, ...callback) => {
    const resolve = (kid) => {
      throw new RangeError(`no ${kid}`);
    };
    return library
      .Verifier()
      .withKeyResolver(resolve)
      .verify(text, ...callback);
  },
  'by a resolver that answers later': (library, text, ...callback) => {
    // Without a callback, nothing receives the answer.
    const resolve = (kid, done) =>
      void (callback.length > 0 && setImmediate(done, kid === 'none' && new Error(kid), key));
    return library
      .Verifier()
      .withKeyResolver(resolve)
      .verify(text, ...callback);
  },
};

const time = fc.oneof(
  fc.constantFrom(-3600, -1, -0.123, -0.124, 0, 1, 3600).map((seconds) => 1_700_000_000 + seconds),
  fc.constantFrom(now / 1000, (now + 1) / 1000, 0, null, '', 'x', '1700000001', true, [], [1_700_000_001], {}, 1e12),
);
const json = (arbitrary) => arbitrary.map((value) => JSON.stringify(value));
const record = fc.dictionary(names(text, 1), jsonValue, { maxKeys: 5 });
const junk = fc.oneof(
  fc.constantFrom('null', '[]', '[1]', '"HS256"', '5', '', '{', '\ufeff{}', '{"a":1}{}', ' {} '),
  text,
);
const alg = fc.constantFrom(...algorithms, 'hs256', '', 'constructor', '__proto__', null, 5, ['HS256'], {}, undefined);
const kid = fc.oneof(fc.constantFrom('none', 'text', 'é', '%s', '', 5, null), text);
/** Returns whether njwt fails on this text: see the intended differences. */
const breaksNjwt = (text) => /hasOwnProperty|"__proto__":(null|.*"(constructor|compact|toJSON)":)/.test(text);
const headers = fc
  .oneof(
    { weight: 8, arbitrary: fc.constant(usual) },
    { weight: 8, arbitrary: json(kid.map((kid) => ({ alg: 'HS256', kid }))) },
    { weight: 3, arbitrary: json(alg.map((alg) => ({ typ: 'JWT', alg }))) },
    { weight: 4, arbitrary: json(record.map((members) => ({ ...members, alg: 'HS256' }))) },
    {
      weight: 1,
      arbitrary: json(
        fc.constantFrom({ crit: ['exp'] }, { b64: false, crit: [] }).map((members) => ({ alg: 'HS256', ...members })),
      ),
    },
    { weight: 2, arbitrary: junk },
  )
  .filter((text) => !breaksNjwt(text));
const bodies = fc
  .oneof(
    { weight: 4, arbitrary: json(record) },
    { weight: 4, arbitrary: json(fc.record({ exp: time, nbf: time, sub: text }, { requiredKeys: [] })) },
    { weight: 1, arbitrary: junk },
  )
  .filter((text) => !breaksNjwt(text));
const encoders = fc.oneof(
  { weight: 12, arbitrary: fc.constant(encode) },
  fc.constantFrom(
    (text) => Buffer.from(text).toString('base64'),
    (text) => standard(encode(text)),
    (text) => `${encode(text)}\n`,
    (text) => (text === '' ? '' : stray(encode(text))),
    (text) => encode(text).replace(/^./, '$&='),
  ),
);
const anywhere = fc.nat({ max: 400 });
const characters = fc.constantFrom(...'AQgwz09-_+/=.~ \nñ😀\0');
const damages = fc.oneof(
  fc.tuple(anywhere, characters).map(
    ([at, by]) =>
      (text) =>
        text.slice(0, at % text.length) + by + text.slice((at % text.length) + 1),
  ),
  fc.tuple(anywhere, characters).map(
    ([at, more]) =>
      (text) =>
        text.slice(0, at % text.length) + more + text.slice(at % text.length),
  ),
  anywhere.map((at) => (text) => text.slice(0, at)),
  // At the end, where the last bits of the signature are.
  characters.map((last) => (text) => text.slice(0, -1) + last),
  characters.map((more) => (text) => text + more),
  ...[0, 1, 2].flatMap((index) =>
    [[], [''], ['e30', 'e30'], ['e30'], ['bnVsbA']].map((other) =>
      fc.constant((text) =>
        segments(text)
          .toSpliced(index, 1, ...other)
          .join('.'),
      ),
    ),
  ),
);
const tokens = fc
  .record({
    header: fc.tuple(headers, encoders),
    body: fc.tuple(bodies, encoders),
    secret: fc.constantFrom(key, key, key, key, 'a text', 'another'),
    damaged: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(damages, { maxLength: 2 }) },
    ),
  })
  .map(({ header: [header, first], body: [body, second], secret, damaged }) =>
    damaged.reduce((text, damage) => damage(text), signed(first(header), second(body), secret)),
  );

// A body cannot have a claim with the name of one of its methods.
const harmless = text.filter((name) => !(name in njwt.JwtBody.prototype));

test('both accept a token that either of them made', async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(harmless, jsonValue), keys, async (claims, key) => {
      for (const library of [njwt, dropIn]) {
        const made = library
          .create(claims, key)
          .setNotBefore(now - 1)
          .setHeader('kid', 'k')
          .compact();
        await assertAlike((other, ...callback) => other.verify(made, key, ...callback));
        assert.equal(dropIn.verify(made, key).header.kid, 'k');
      }
    }),
  );
});

test('both reject invalid tokens and resolvers alike', async () => {
  const given = [undefined, null, 5, {}, [], Symbol('t'), Buffer.from(token()), '', '.', '..', '...', 'a.b.c.d'];
  for (const text of given) await assertAlike((library, ...callback) => library.verify(text, key, ...callback));
  await assertAlike((library, ...callback) => library.verify(...callback));
  await assertAlike((library, ...callback) => library.verify(token(), key, 'HS257', ...callback));
  await assertAlike((library, ...callback) => library.verify(token(), key, undefined, ...callback));
  for (const resolver of [undefined, null, {}]) {
    await assertAlike((library) => library.createVerifier().setKeyResolver(resolver));
    await assertAlike((library, ...callback) =>
      library
        .Verifier()
        .withKeyResolver(resolver)
        .verify(token(), ...callback),
    );
  }
  // A String object counts as a text, because it can be split.
  assert.equal(dropIn.verify(new String(token()), key).body.jti, njwt.verify(new String(token()), key).body.jti);
});

test('both accept or reject a token alike', async () => {
  const met = new Set();
  await fc.assert(
    fc.asyncProperty(tokens, fc.constantFrom(...Object.keys(ways)), fc.boolean(), async (text, way, calledBack) => {
      const use = (library, ...callback) => ways[way](library, text, ...callback);
      const [theirs, ours] = [await outcome(njwt, use, calledBack), await outcome(dropIn, use, calledBack)];
      const [theirShort, ourShort] = [inShort(theirs), inShort(ours)];
      met.add(ourShort);
      if (theirShort === ourShort) return assert.deepEqual(ours, theirs);
      const known = differences.some(
        (one) => one.applies?.(text, way) && one.ours === ourShort && (one.theirs === theirShort || one.whateverTheirs),
      );
      assert.ok(known, `${way}: ${theirShort} became ${ourShort}`);
    }),
    { numRuns: 3000 },
  );
  const errors = ['Jwt cannot be parsed', 'Jwt is expired', 'Jwt not active'].map(
    (message) => `JwtParseError: ${message}`,
  );
  for (const short of ['done', rejected, unexpected, unsupported, ...errors]) assert.ok(met.has(short), short);
});
