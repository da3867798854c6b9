// How the drop-in and the real njwt are compared, and the list of what is meant to differ.

import { createHmac, createSecretKey } from 'node:crypto';

import dropIn from 'jit-approvals/njwt';
import njwt from 'njwt';

export const now = 1_700_000_000_123;
export const key = Buffer.alloc(32, 7);
export const usual = '{"typ":"JWT","alg":"HS256"}';

export const encode = (text) => Buffer.from(text).toString('base64url');

/** Signed without a library, so that anything can be signed. */
export function signed(header, body, secret = key) {
  const input = `${header}.${body}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

export const token = (header = usual, body = '{"jti":"j"}', secret = key) =>
  signed(encode(header), encode(body), secret);

/** What a caller can see of a value: own members in their order, and its kind. */
export function seen(value) {
  if (typeof value !== 'object' || value === null) return value;
  const prototype = Object.getPrototypeOf(value);
  const kinds = ['Jwt', 'JwtBody', 'JwtHeader'];
  const kind = kinds.find((name) => [njwt[name].prototype, dropIn[name].prototype].includes(prototype));
  if (value instanceof Error) {
    const { name, code, message, userMessage, jwtString, parsedHeader, parsedBody, innerError } = value;
    const parts = [parsedHeader, parsedBody, innerError].map(seen);
    return { error: name, code, message, userMessage, jwtString, parts, members: Object.keys(value) };
  }
  const members = Object.entries(value).map(([name, member]) => [name, kind === 'Jwt' ? seen(member) : member]);
  return { kind: kind ?? prototype, members };
}

/** How a call ends. Used with a callback, also whether it was called back at once. */
export async function outcome(library, use, calledBack) {
  try {
    if (!calledBack) return { returned: seen(use(library)) };
    return await new Promise((resolve, reject) => {
      let atOnce = true;
      let returned;
      try {
        returned = use(library, (...given) => resolve({ called: given.map(seen), atOnce, returned }));
      } catch (error) {
        reject(error);
      }
      atOnce = false;
    });
  } catch (error) {
    return { thrown: seen(error) };
  }
}

/** In short: what is said of it in the list of differences. */
export function inShort({ thrown, called: [refused] = [], returned }) {
  const error = thrown ?? refused;
  // What is wrong with a header is told by the native part in its own words.
  if (error) return `${error.error}: ${error.error === 'TokenError' ? error.code : error.message}`;
  return typeof returned === 'boolean' ? returned : 'done';
}

export const refused = 'JwtParseError: Signature verification failed';
export const unexpected = 'JwtParseError: Unexpected signature algorithm';
export const unsupported = 'JwtError: Unsupported signing algorithm';
export const keyRequired = 'Error: Signing key is required';

/** What Node says of a key that is none. */
export function notKey(value) {
  try {
    return createHmac('sha256', value);
  } catch (error) {
    return String(error).replace(/ \[.*?\]/, '');
  }
}

export const verifying =
  (text, ...given) =>
  (library, ...callback) =>
    library.verify(text, ...given, ...callback);
const create = (library) => library.create({ jti: 'j' }, key);
export const stray = (text) => text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) + 1);
const canonical = (text = '') => Buffer.from(text, 'base64url').toString('base64url') === text;
export const segments = (text) => text.split('.');
const nested = (depth) => (depth === 0 ? 0 : { a: nested(depth - 1) });
export const algorithms = ['HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'none'];
const unsigned = `${encode('{"alg":"none"}')}.${encode('{"a":1}')}.`;
const plain = segments(token());
// Its signature has characters that only one of the two alphabets of base64 has.
const [dashed] = Array.from({ length: 99 }, (_, n) => token(usual, `{"n":${n}}`)).filter((text) =>
  /[-_][^.]*$/.test(text),
);
export const standard = (text) => text.replace(/-/g, '+').replace(/_/g, '/');
const withSignature = (change) => verifying(`${plain[0]}.${plain[1]}.${change(plain[2])}`, key);

export const each = (call) => {
  try {
    return call();
  } catch (error) {
    return seen(error);
  }
};

/** A time that no Date holds. */
export const beyond = (time) =>
  each(() => Number.isNaN(new Date(time * 1000).getTime()) && !Number.isNaN(time * 1000)) === true;

/** A header as they are made at random, with what strict JWS does not have, or does not take without knowing it. */
function unusualHeader(text) {
  const json = Buffer.from(segments(text)[0], 'base64url').toString();
  const { crit, kid } = JSON.parse(json);
  return crit !== undefined || (kid !== undefined && typeof kid !== 'string') || /\\ud[89a-f]/.test(json);
}

// Everything that differs, on purpose: what njwt does, what we do, and why. `applies` says of a token made at random
// that its outcome may differ in this way.
export const differences = [
  {
    what: 'an algorithm other than HS256 cannot be chosen',
    why: 'one algorithm leaves nothing to confuse; an unsigned token proves nothing',
    theirs: 'done',
    ours: unsupported,
    cases: [...algorithms, 'constructor'].flatMap((alg) => [
      (library) => library.Jwt().setSigningAlgorithm(alg),
      (library) => library.Verifier().setSigningAlgorithm(alg),
      (library) => library.create({}, 'key', alg),
    ]),
  },
  {
    what: 'isSupportedAlg says so',
    why: 'see above',
    theirs: true,
    ours: false,
    cases: algorithms.map((alg) => (library) => library.Jwt().isSupportedAlg(alg)),
  },
  {
    what: 'nor is a token made with it, or with none at all',
    why: 'see above',
    theirs: 'done',
    ours: unsupported,
    cases: [
      ...['HS384', 'HS512', 'none', ['HS256']].map(
        (alg) => (library) => create(library).setHeader('alg', alg).compact(),
      ),
      (library) => library.Jwt({}).compact(),
      (library) => library.Jwt().sign('a.b', 'HS512', key),
      (library) => library.create({}, null, 'none').compact(),
    ],
  },
  {
    what: 'verify without a key takes no unsigned token',
    why: 'see above; what it says of other tokens is the same',
    theirs: 'done',
    ours: unexpected,
    cases: [verifying(unsigned)],
    whateverTheirs: true,
    applies: (text, way) =>
      way === 'without a key' && JSON.parse(Buffer.from(segments(text)[0], 'base64url')).alg === 'none',
  },
  {
    what: 'an empty key makes and takes no token',
    why: 'anyone has that key',
    theirs: 'done',
    ours: keyRequired,
    cases: [Buffer.alloc(0), new Uint8Array(0), new ArrayBuffer(0), createSecretKey(Buffer.alloc(0))]
      .flatMap((empty) => [
        (library) => library.create({}, empty).compact(),
        (library) => library.Jwt().sign('a.b', 'HS256', empty),
        verifying(token(usual, '{}', ''), empty),
      ])
      .concat(verifying(token(usual, '{}', ''), '')),
  },
  ...[undefined, null].map((missing) => ({
    what: `a key that is ${missing} is asked for`,
    why: 'njwt passes it on to Node, whose error says less',
    theirs: notKey(missing),
    ours: keyRequired,
    cases: [
      verifying(token(), missing),
      (library) =>
        library
          .Verifier()
          .withKeyResolver((_, done) => done(null, missing))
          .verify(token()),
      // Nor is there one in these.
      ...(missing === null
        ? []
        : [(library) => library.createVerifier().verify(token()), verifying(token(), key, 'HS256', null)]),
    ],
  })),
  ...[
    [undefined, keyRequired],
    [5, notKey(5)],
  ].map(([unusable, ours]) => ({
    what: `a key that is ${unusable} goes to the callback, where there is one`,
    why: 'a resolver that answers later, and knows no such kid, would end the process: njwt throws',
    calledBack: true,
    theirs: notKey(unusable),
    ours,
    cases: [verifying(token(), unusable)],
  })),
  {
    what: 'a signature is unpadded base64url, and no other text of the same bytes',
    why: 'a token has one text: deny lists and logs can go by it',
    theirs: 'done',
    ours: refused,
    cases: [
      ...[stray, (text) => `${text}=`, (text) => `${text}====`, (text) => `${text}\n`, (text) => `!${text}`].map(
        withSignature,
      ),
      verifying(`${segments(dashed).slice(0, 2).join('.')}.${standard(segments(dashed)[2])}`, key),
    ],
    applies: (text) => !canonical(segments(text)[2]),
  },
  {
    what: 'so are header and payload',
    why: 'RFC 7515 §2; a signer who writes otherwise is not understood by other libraries either',
    theirs: 'done',
    ours: refused,
    cases: [
      verifying(signed(`${encode(`${usual} `)}==`, plain[1]), key),
      verifying(signed(plain[0], `${encode('{"jti":"jjj"}')}==`), key),
      verifying(signed(plain[0], standard(encode('{"a":"???>>>"}'))), key),
      verifying(signed(`${plain[0].slice(0, 5)}\n${plain[0].slice(5)}`, plain[1]), key),
      verifying(signed(plain[0], stray(encode('{"jti":"jjj"}'))), key),
    ],
    applies: (text) => !segments(text).slice(0, 2).every(canonical),
  },
  {
    what: 'a header is strict JSON that asks for nothing that is not understood',
    why: 'RFC 7515 §4.1.11 (crit), §4.1.4 (kid is a string), §4 (no name twice); readers differ over the rest',
    theirs: 'done',
    ours: refused,
    cases: [
      ...['"crit":["exp"]', '"crit":[]', '"kid":5', '"kid":null', '"alg":"HS256"', '"x":"\\ud800"', '"a":1,"a":1'],
      `"a":${JSON.stringify(nested(32))}`,
      Buffer.from('"a":"\xff"', 'latin1'),
    ].map((member) =>
      verifying(token(Buffer.concat(['{"alg":"HS256",', member, '}'].map((part) => Buffer.from(part)))), key),
    ),
    applies: unusualHeader,
  },
  {
    what: 'a token has at most 64 KiB',
    why: 'nothing longer is looked at, whoever sends it',
    theirs: 'done',
    ours: refused,
    cases: [verifying(token(usual, JSON.stringify({ a: 'x'.repeat(65536) })), key)],
  },
  ...[
    ['malformed_token', ['x', '\ud800'], ['x', nested(40)], ['x', 'x'.repeat(65536)], ['kid', 5]],
    ['unsupported_header', ['crit', ['exp']], ['crit', []]],
  ].map(([code, ...parameters]) => ({
    what: `a header that no strict reader accepts is not signed: ${code}`,
    why: 'nothing is signed that is rejected in verifying: see above',
    theirs: 'done',
    ours: `TokenError: ${code}`,
    cases: parameters.map(([name, value]) => (library) => create(library).setHeader(name, value).compact()),
  })),
  {
    what: 'a token of more than 64 KiB is not signed',
    why: 'see above',
    theirs: 'done',
    ours: 'TokenError: token_too_long',
    cases: [(library) => create(library).setClaim('a', 'x'.repeat(65536)).compact()],
  },
  ...[
    ['{"exp":-1e300}', 'Jwt is expired'],
    ['{"nbf":1e300}', 'Jwt not active'],
    ['{"nbf":1e999}', 'Jwt not active'],
  ].map(([body, message]) => ({
    what: 'a time that no Date holds is compared as the number it is',
    why: 'njwt compares with an invalid Date, so that the token is neither expired nor not yet active',
    theirs: 'done',
    ours: `JwtParseError: ${message}`,
    cases: [verifying(token(usual, body), key)],
    applies: (text) => {
      // As njwt reads them: also through a __proto__.
      const { exp, nbf } = njwt.JwtBody(JSON.parse(Buffer.from(segments(text)[1], 'base64url')));
      return beyond(exp) || beyond(nbf);
    },
    whateverTheirs: true,
  })),
  ...[
    ["compact' of object '#<JwtHeader>'", '{"alg":"HS256","__proto__":[],"compact":0}', '{}'],
    ["toJSON' of object '#<JwtBody>'", usual, '{"__proto__":[],"toJSON":0}'],
  ].flatMap(([name, ...parts]) => {
    const theirs = `TypeError: Cannot assign to read only property '${name}`;
    return [
      {
        what: 'a forged token is refused before it is copied',
        why: 'njwt trips over what its __proto__ hid while it was read; after a late resolver, the process ends',
        theirs,
        ours: refused,
        cases: [verifying(token(...parts, 'another key'), key)],
      },
      {
        what: 'what goes wrong with a signed one goes to the callback, where there is one',
        why: 'see above: njwt throws',
        calledBack: true,
        theirs,
        ours: theirs,
        cases: [verifying(token(...parts), key)],
      },
    ];
  }),
  {
    what: 'a header may have a parameter named hasOwnProperty, or one named __proto__ that hides it',
    why: 'njwt trips over it, signed or not; with a resolver that answers later, the second kind ends the process',
    theirs: 'TypeError: header.hasOwnProperty is not a function',
    ours: 'done',
    cases: ['"hasOwnProperty":1', '"__proto__":null,"x":1'].map((part) =>
      verifying(token(`{"alg":"HS256",${part}}`), key),
    ),
  },
];
