// Functions that compare the drop-in with the real njwt, and the list of intended differences.

import { createHmac, createSecretKey } from 'node:crypto';

import dropIn from 'jit-approvals/njwt';
import njwt from 'njwt';

export const now = 1_700_000_000_123;
export const key = Buffer.alloc(32, 7);
export const usual = '{"typ":"JWT","alg":"HS256"}';

export const encode = (text) => Buffer.from(text).toString('base64url');

/** Signs without a library, so that anything can be signed. */
export function signed(header, body, secret = key) {
  const input = `${header}.${body}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

export const token = (header = usual, body = '{"jti":"j"}', secret = key) =>
  signed(encode(header), encode(body), secret);

/** Returns what a caller can see of a value: its kind, and its own properties in order. */
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

/** Returns how a call ends. With a callback, also whether the callback ran before the call returned. */
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

/** Returns an outcome in the short form that the list of differences uses. */
export function inShort({ thrown, called: [rejected] = [], returned }) {
  const error = thrown ?? rejected;
  // The native part has its own messages for what is wrong with a header.
  if (error) return `${error.error}: ${error.error === 'TokenError' ? error.code : error.message}`;
  return typeof returned === 'boolean' ? returned : 'done';
}

export const rejected = 'JwtParseError: Signature verification failed';
export const unexpected = 'JwtParseError: Unexpected signature algorithm';
export const unsupported = 'JwtError: Unsupported signing algorithm';
export const keyRequired = 'Error: Signing key is required';

/** Returns Node's error for a value that is not a key. */
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
// A token with a signature that has characters of only one of the two base64 alphabets.
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

/** Returns whether a time is beyond the range of a Date. */
export const beyond = (time) =>
  each(() => Number.isNaN(new Date(time * 1000).getTime()) && !Number.isNaN(time * 1000)) === true;

/** Returns whether a random header has something that strict JWS does not allow, or allows only if it is understood. */
function unusualHeader(text) {
  const json = Buffer.from(segments(text)[0], 'base64url').toString();
  const { crit, kid } = JSON.parse(json);
  return crit !== undefined || (kid !== undefined && typeof kid !== 'string') || /\\ud[89a-f]/.test(json);
}

// All intended differences: what njwt does (`theirs`), what the drop-in does (`ours`), and why. `applies` returns
// whether the outcome of a random token may differ in this way.
export const differences = [
  {
    what: 'an algorithm other than HS256 cannot be chosen',
    why: 'a single algorithm cannot be confused with another, and an unsigned token proves nothing',
    theirs: 'done',
    ours: unsupported,
    cases: [...algorithms, 'constructor'].flatMap((alg) => [
      (library) => library.Jwt().setSigningAlgorithm(alg),
      (library) => library.Verifier().setSigningAlgorithm(alg),
      (library) => library.create({}, 'key', alg),
    ]),
  },
  {
    what: 'isSupportedAlg returns false for any other algorithm',
    why: 'see above',
    theirs: true,
    ours: false,
    cases: algorithms.map((alg) => (library) => library.Jwt().isSupportedAlg(alg)),
  },
  {
    what: 'no token is made with another algorithm, or without one',
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
    what: 'verify without a key rejects unsigned tokens',
    why: 'see above; the errors for other tokens are the same',
    theirs: 'done',
    ours: unexpected,
    cases: [verifying(unsigned)],
    whateverTheirs: true,
    applies: (text, way) =>
      way === 'without a key' && JSON.parse(Buffer.from(segments(text)[0], 'base64url')).alg === 'none',
  },
  {
    what: 'an empty key can neither sign nor verify a token',
    why: 'everyone has that key',
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
    what: `a key that is ${missing} is reported as missing`,
    why: 'njwt passes it on to Node, and the error of Node says less',
    theirs: notKey(missing),
    ours: keyRequired,
    cases: [
      verifying(token(), missing),
      (library) =>
        library
          .Verifier()
          .withKeyResolver((_, done) => done(null, missing))
          .verify(token()),
      // These calls have no key either.
      ...(missing === null
        ? []
        : [(library) => library.createVerifier().verify(token()), verifying(token(), key, 'HS256', null)]),
    ],
  })),
  ...[
    [undefined, keyRequired],
    [5, notKey(5)],
  ].map(([unusable, ours]) => ({
    what: `the error for a key that is ${unusable} goes to the callback, if there is one`,
    why: 'njwt throws: a resolver that answers later, and does not know the kid, would end the process',
    calledBack: true,
    theirs: notKey(unusable),
    ours,
    cases: [verifying(token(), unusable)],
  })),
  {
    what: 'a signature must be unpadded base64url, not another text for the same bytes',
    why: 'a token has only one text, so that deny lists and logs can rely on it',
    theirs: 'done',
    ours: rejected,
    cases: [
      ...[stray, (text) => `${text}=`, (text) => `${text}====`, (text) => `${text}\n`, (text) => `!${text}`].map(
        withSignature,
      ),
      verifying(`${segments(dashed).slice(0, 2).join('.')}.${standard(segments(dashed)[2])}`, key),
    ],
    applies: (text) => !canonical(segments(text)[2]),
  },
  {
    what: 'header and payload must be unpadded base64url, too',
    why: 'RFC 7515 §2; other libraries do not accept anything else either',
    theirs: 'done',
    ours: rejected,
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
    what: 'a header must be strict JSON, and must not require an extension that is not understood',
    why: 'RFC 7515 §4.1.11 (crit), §4.1.4 (kid is a string), §4 (no name twice); JSON parsers disagree about the rest',
    theirs: 'done',
    ours: rejected,
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
    why: 'longer input is not read, whoever sends it',
    theirs: 'done',
    ours: rejected,
    cases: [verifying(token(usual, JSON.stringify({ a: 'x'.repeat(65536) })), key)],
  },
  ...[
    ['malformed_token', ['x', '\ud800'], ['x', nested(40)], ['x', 'x'.repeat(65536)], ['kid', 5]],
    ['unsupported_header', ['crit', ['exp']], ['crit', []]],
  ].map(([code, ...parameters]) => ({
    what: `a header that verifying would reject is not signed: ${code}`,
    why: 'signing rejects what verifying rejects: see above',
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
    what: 'a time beyond the range of a Date is compared as a number',
    why: 'njwt compares with an invalid Date, so that the token is neither expired nor not yet active',
    theirs: 'done',
    ours: `JwtParseError: ${message}`,
    cases: [verifying(token(usual, body), key)],
    applies: (text) => {
      // Reads them as njwt does: also from a __proto__.
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
        what: 'a forged token is rejected before it is copied',
        why: 'njwt fails on what a __proto__ hides; with a resolver that answers later, this ends the process',
        theirs,
        ours: rejected,
        cases: [verifying(token(...parts, 'another key'), key)],
      },
      {
        what: 'the error for such a token with a valid signature goes to the callback, if there is one',
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
    why: 'njwt fails on it, signed or not; with a resolver that answers later, the second kind ends the process',
    theirs: 'TypeError: header.hasOwnProperty is not a function',
    ours: 'done',
    cases: ['"hasOwnProperty":1', '"__proto__":null,"x":1'].map((part) =>
      verifying(token(`{"alg":"HS256",${part}}`), key),
    ),
  },
];
