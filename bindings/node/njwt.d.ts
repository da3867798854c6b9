/// <reference types="node" />
/**
 * A drop-in for njwt 2.0.1. It supports only HS256, with a key that is not empty, and signatures in strict base64url.
 * The README lists the differences.
 *
 * @module
 */
import { KeyObject } from 'node:crypto';

/** A value that `JSON.stringify` can write. A `Date` becomes its ISO text. */
export type JSONValue = string | number | boolean | null | Date | JSONValue[] | JSONMap;
export type JSONMap = { [key: string]: JSONValue | undefined };

/** A key: bytes, or a string that is not decoded. */
export type Key = string | Uint8Array | KeyObject;

/** A `Date`, milliseconds, or a text that `Date` can read. A falsy value removes the claim. */
export type Time = Date | number | string | null | undefined | false;

/** The algorithm is not HS256. (A missing key throws a plain `Error`.) */
export interface JwtError extends Error {
  readonly name: 'JwtError';
  readonly userMessage: string;
}

/** A token was rejected. The error keeps what could be read of the token: it proves nothing. */
export interface JwtParseError extends Error {
  readonly name: 'JwtParseError';
  readonly userMessage: string;
  readonly jwtString: string;
  readonly parsedHeader: JSONMap | null;
  readonly parsedBody: JSONMap | null;
  readonly innerError?: Error;
}

/** The callback that a key resolver gets. */
export type KeyResolverCallback = (err: Error | null, signingKey?: Key) => Jwt | undefined;
/** Finds the key for a token's `kid`, which is undefined if the token has none. */
export type KeyResolver = (this: Verifier, kid: string, cb: KeyResolverCallback) => Jwt | undefined | void;
/** Gets the error or the verified token. A method's type, so that a callback may declare its error as `Error`. */
export type Verified = { call(err: JwtError | JwtParseError | null, verifiedJwt: Jwt): void }['call'];

/** The parameters of a header. `alg` must be `HS256` when the token is signed. */
export interface JwtHeaderOptions {
  typ?: string;
  alg?: string;
  kid?: string;
  [parameter: string]: JSONValue | undefined;
}

export function JwtBody(claims?: JSONMap): JwtBody;
export class JwtBody {
  constructor(claims?: JSONMap);
  [claim: string]: any;
  toJSON(): JSONMap;
  /** Encodes the part as a segment of a token. */
  compact(): string;
}

export function JwtHeader(header?: JwtHeaderOptions, enforceDefaultFields?: boolean): JwtHeader;
export class JwtHeader {
  constructor(header?: JwtHeaderOptions, enforceDefaultFields?: boolean);
  typ: string;
  alg: string;
  [parameter: string]: any;
  /** Encodes the part as a segment of a token. */
  compact(): string;
}

export function Jwt(claims?: JSONMap, enforceDefaultFields?: boolean): Jwt;
/** A token that is being built, or one that was verified. */
export class Jwt {
  constructor(claims?: JSONMap, enforceDefaultFields?: boolean);
  header: JwtHeader;
  body: JwtBody;
  /** The key, once it is set. */
  signingKey: Key;
  /** The signature of the last text that {@link compact} returned. */
  signature: string;
  setClaim(claim: string, value: JSONValue | undefined): this;
  setHeader(param: string, value: JSONValue | undefined): this;
  setJti(jti: string): this;
  setSubject(sub: string): this;
  setIssuer(iss: string): this;
  /** Sets `iat` to the given value, without conversion. */
  setIssuedAt(iat: JSONValue): this;
  setExpiration(exp?: Time): this;
  setNotBefore(nbf?: Time): this;
  setSigningKey(key: Key): this;
  /** Throws a {@link JwtError} for any algorithm except `HS256`. */
  setSigningAlgorithm(alg: string): this;
  /** Throws a {@link JwtError} for any algorithm except `HS256`. */
  sign(payload: string | Uint8Array, algorithm: string, cryptoInput: Key): string;
  isSupportedAlg(algName: string): boolean;
  isExpired(): boolean;
  isNotBefore(): boolean;
  /** Signs the token and returns its text. */
  compact(): string;
  toString(): string;
}

export function Parser(): Parser;
export class Parser {
  isSupportedAlg(algName: string): boolean;
  safeJsonParse(input: string): any;
  /** Parses a token without verifying it: nothing in the result is proven. */
  parse(jwtString: string, callback?: Verified): Jwt;
}

export function Verifier(): Verifier;
export class Verifier {
  signingAlgorithm: string;
  /** The key, once it is set. */
  signingKey: Key;
  keyResolver: KeyResolver;
  /** Throws a {@link JwtError} for any algorithm except `HS256`. */
  setSigningAlgorithm(alg: string): this;
  setSigningKey(key: Key): this;
  setKeyResolver(keyResolver: KeyResolver): void;
  withKeyResolver(keyResolver: KeyResolver): this;
  isSupportedAlg(algName: string): boolean;
  verify(jwtString: string): Jwt;
  verify(jwtString: string, cb: Verified): void;
}

export function createVerifier(): Verifier;
/** Creates a token that expires in an hour by default. It throws without a key. */
export function create(claims: JSONMap | undefined, signingKey: Key, alg?: string): Jwt;
export function create(claimsOrSecret: JSONMap | string | Uint8Array, ...args: unknown[]): Jwt;
/** Verifies a token. Without a key, no token is accepted. */
export function verify(token: string, signingKey?: Key, alg?: string): Jwt;
export function verify(token: string, cb: Verified): void;
export function verify(token: string, signingKey: Key, cb: Verified): void;
export function verify(token: string, signingKey: Key, alg: string, cb: Verified): void;
export function base64urlEncode(data: string | number | Uint8Array): string;
export function base64urlUnescape(str: string): string;
