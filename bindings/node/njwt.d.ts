/// <reference types="node" />
/**
 * A drop-in for njwt 2.0.1: HS256 only, with a key that is not empty, and signatures that are strict base64url. The
 * README lists what differs.
 *
 * @module
 */
import { KeyObject } from 'node:crypto';

/** What JSON can hold, and what JavaScript makes of other values. */
export type JSONValue = string | number | boolean | null | Date | JSONValue[] | JSONMap;
export type JSONMap = { [key: string]: JSONValue | undefined };

/** A string's own bytes, not decoded; or bytes. */
export type Key = string | Uint8Array | KeyObject;

/** Milliseconds, or what `Date` reads; a value that is falsy removes the claim. */
export type Time = Date | number | string | null | undefined | false;

/** A key was missing, or the algorithm is not HS256. */
export interface JwtError extends Error {
  readonly name: 'JwtError';
  readonly userMessage: string;
}

/** A token was refused: what could be read of it is kept, and proves nothing. */
export interface JwtParseError extends Error {
  readonly name: 'JwtParseError';
  readonly userMessage: string;
  readonly jwtString: string;
  readonly parsedHeader: JSONMap | null;
  readonly parsedBody: JSONMap | null;
  readonly innerError?: Error;
}

/** Given to a key resolver. */
export type KeyResolved = (error: Error | null, signingKey?: Key) => Jwt | undefined;
export type KeyResolver = (this: Verifier, kid: string | undefined, callback: KeyResolved) => Jwt | undefined | void;
export type Verified = (error: JwtError | JwtParseError | null, jwt?: Jwt) => void;

export class JwtBody {
  constructor(claims?: JSONMap);
  [claim: string]: any;
  toJSON(): JSONMap;
  /** Encoded as a token's segment. */
  compact(): string;
}

export class JwtHeader {
  constructor(header?: JSONMap, enforceDefaultFields?: boolean);
  typ: string;
  alg: string;
  [parameter: string]: any;
  /** Encoded as a token's segment. */
  compact(): string;
}

/** A token in the making, or one that was verified. */
export class Jwt {
  constructor(claims?: JSONMap, enforceDefaultFields?: boolean);
  header: JwtHeader;
  body: JwtBody;
  signingKey?: Key;
  /** Of the last text that was made. */
  signature?: string;
  setClaim(claim: string, value: JSONValue): this;
  setHeader(param: string, value: JSONValue): this;
  setJti(jti: string): this;
  setSubject(sub: string): this;
  setIssuer(iss: string): this;
  /** As it is given: nothing is converted. */
  setIssuedAt(iat: JSONValue): this;
  setExpiration(exp?: Time): this;
  setNotBefore(nbf?: Time): this;
  setSigningKey(key: Key): this;
  setSigningAlgorithm(alg: 'HS256'): this;
  sign(payload: string | Uint8Array, algorithm: 'HS256', key: Key): string;
  isSupportedAlg(alg: string): boolean;
  isExpired(): boolean;
  isNotBefore(): boolean;
  /** The signed token. */
  compact(): string;
  toString(): string;
}

export class Parser {
  isSupportedAlg(alg: string): boolean;
  safeJsonParse(input: string): any;
  /** Nothing of it is proven. */
  parse(jwtString: string, callback?: Verified): Jwt;
}

export class Verifier {
  signingAlgorithm: 'HS256';
  signingKey?: Key;
  keyResolver: KeyResolver;
  setSigningAlgorithm(alg: 'HS256'): this;
  setSigningKey(key: Key): this;
  setKeyResolver(keyResolver: KeyResolver): void;
  withKeyResolver(keyResolver: KeyResolver): this;
  isSupportedAlg(alg: string): boolean;
  verify(jwtString: string): Jwt;
  verify(jwtString: string, callback: Verified): void;
}

/** A token that expires in an hour by default. */
export function create(claims: JSONMap | undefined, key: Key, algorithm?: 'HS256'): Jwt;
export function create(key: string): Jwt;
export function createVerifier(): Verifier;
export function verify(token: string, key: Key, algorithm?: 'HS256'): Jwt;
export function verify(token: string, key: Key, callback: Verified): void;
export function verify(token: string, key: Key, algorithm: 'HS256', callback: Verified): void;
export function base64urlEncode(data: string | number | Uint8Array): string;
export function base64urlUnescape(text: string): string;
