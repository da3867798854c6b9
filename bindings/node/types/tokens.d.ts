import { MetadataError, TokenError } from './errors';
import { JsonObject, Time } from './values';
import { Origin } from './templates';

/** How a key is read. */
export interface KeyOptions {
  /** The name by which a token's `kid` finds it, and which its access tokens carry. */
  id?: string | undefined;
  /** The least number of bytes: 32 unless told (RFC 7518 §3.2), never 0. */
  leastBytes?: number | undefined;
}

/** An HS256 signing key. Nothing of it is shown by `util.inspect`, `JSON.stringify` or any error. */
export class SigningKey {
  private constructor();
  /** The base64 text of a new key: 32 bytes of the system's generator. Keep it like a password. */
  static generate(): string;
  /**
   * A key from base64 text, of the usual or the URL-safe alphabet, padded or not; white space is ignored.
   *
   * @throws {TokenError} `malformed_key`, `key_too_short`
   */
  static fromBase64(text: string, options?: KeyOptions): SigningKey;
  /**
   * A key from its bytes.
   *
   * @throws {TokenError} `key_too_short`
   */
  static fromBytes(bytes: Uint8Array, options?: KeyOptions): SigningKey;
  /** Its name, if it has one. */
  readonly id: string | undefined;
}

/** One key, or several at once while keys are changed. */
export type Keys = { key: SigningKey; keys?: undefined } | { keys: readonly SigningKey[]; key?: undefined };

/** The claims of a token that has been verified. */
export interface Claims {
  /** The application that minted it. */
  iss: string;
  /** Whom it is meant for. */
  aud: string | string[];
  /** The user on whose behalf the application asks: a text, where the verifier demands one. */
  sub?: unknown;
  /** Its id. */
  jti?: unknown;
  /** When it was minted, in Unix seconds, whole or not. */
  iat?: number;
  /** From when it holds no more, likewise. */
  exp: number;
  /** From when it holds, likewise. */
  nbf?: number;
  [claim: string]: unknown;
}

/** What all of a minter's tokens have in common. */
export interface MinterOptions {
  key: SigningKey;
  /** `iss`: the application's own identifier. */
  issuer: string;
  /** `aud`: the host that takes its requests. */
  audience: string;
  /** How long a token lives: 1 to 86400, 300 unless told. */
  lifetimeSeconds?: number | undefined;
  /** How far `nbf` lies back, for verifiers whose clock is late: 0 to 86400, 60 unless told. */
  backdateSeconds?: number | undefined;
}

/** Mints an application's auth tokens: prepare one for a key, mint often. */
export class Minter {
  constructor(options: MinterOptions);
  /**
   * A token for this subject, the user on whose behalf the application asks. Its claims are `iss`, `aud`, `sub`,
   * `jti`, `iat`, `exp`, `nbf`, then the given ones, as `JSON.stringify` writes them.
   *
   * @throws {TokenError} `invalid_claim` for an empty subject, `reserved_claim` for a claim that is set here
   */
  mint(subject: string, claims?: object, at?: { now?: Time | undefined; jti?: string | undefined }): string;
  /** A token for each of these subjects, all at one time and with the same claims: faster than one by one. */
  mintMany(subjects: Iterable<string> & object, claims?: object, at?: { now?: Time | undefined }): string[];
}

/** What a verifier holds tokens to. */
export type VerifierOptions = Keys & {
  /** The `iss` that a token must have; `null` is any, but there must be one. */
  issuer: string | null;
  /** The `aud` that a token must have, or have among others; `null` is any, but there must be one. */
  audience: string | null;
  /** By how much clocks may differ: 60 unless told. */
  leewaySeconds?: number | undefined;
  /** How long a token may still live; any time unless told. */
  maxLifetimeSeconds?: number | undefined;
  /** Whether it must have a `sub` that is not empty. */
  requireSubject?: boolean | undefined;
};

/** Verifies auth tokens: first the signature, then type, times, issuer and audience. */
export class Verifier<const Options extends VerifierOptions = VerifierOptions> {
  constructor(options: Options);
  /**
   * The claims of a token that holds. Integers beyond 2^53 come as the nearest number, as from `JSON.parse`.
   *
   * @throws {TokenError} `malformed_token`, `invalid_signature`, `token_expired`, `wrong_issuer`, … : nothing of a
   * token that does not hold is given out
   */
  verify(token: string, at?: { now?: Time | undefined }): Options extends { requireSubject: true } ? Claims & { sub: string } : Claims;
  /**
   * Where the request of a token that holds comes from: what {@link Template.open} takes.
   *
   * @throws {TokenError | MetadataError} as {@link verify}; `missing_metadata` for a token without a subject
   */
  origin(token: string, at?: { now?: Time | undefined }): Required<Origin>;
}

/** What a token says of itself, nothing of it proven: good for choosing a key, and for nothing else. */
export class UnverifiedToken {
  private constructor();
  /** @throws {TokenError} `malformed_token` */
  static parse(token: string): UnverifiedToken;
  readonly issuer: string | undefined;
  readonly keyId: string | undefined;
  readonly header: JsonObject;
  readonly claims: JsonObject;
}

/**
 * A token in the making: byte for byte what njwt 2.0.1 makes of the same claims, clock and `jti`. For code written
 * for njwt itself there is `jit-approvals/njwt`.
 */
export class Jwt {
  private constructor();
  /** One with these claims, behind them `jti` and `iat` unless given, and `exp` an hour from now. */
  static create(claims?: object, at?: { now?: Time | undefined; jti?: string | undefined }): Jwt;
  setClaim(name: string, value: unknown): this;
  setHeader(name: string, value: unknown): this;
  setIssuer(issuer: string): this;
  setSubject(subject: string): this;
  setJti(jti: string): this;
  setIssuedAt(issuedAt: Time): this;
  /** Sets `exp`, or takes it out: such a token never expires, and no {@link Verifier} takes it. */
  setExpiration(expiresAt?: Time | null): this;
  /** Sets `nbf`, or takes it out. */
  setNotBefore(notBefore?: Time | null): this;
  readonly header: JsonObject;
  readonly claims: JsonObject;
  /** @throws {TokenError} `unsupported_algorithm` if the header's `alg` is another than HS256 */
  compact(key: SigningKey): string;
}

/** JSON Web Signature (RFC 7515), compact, HS256 only: the ground below tokens. */
export const jws: {
  sign(header: JsonObject & { alg: 'HS256' }, payload: string | Uint8Array, key: SigningKey): string;
  /** @throws {TokenError} `malformed_token`, `unsupported_algorithm`, `unknown_key`, `invalid_signature` */
  verify(token: string, keys: SigningKey | readonly SigningKey[]): { header: JsonObject; payload: Uint8Array };
};

/** What an access token says: that this application holds this grant of this request. */
export interface AccessGrant {
  /** The host that decided. */
  issuer: string;
  /** The application that asked. */
  application: string;
  /** The user on whose behalf it asked. */
  subject: string;
  grantId: string;
  expiresAt: Time;
  approvalRequestId: string;
  templateId: string;
  /** The hash of what the approver saw. */
  contentHash: string;
}

/**
 * The signed text that carries a grant. It proves that to holders of the key; that the grant is used once and not
 * revoked, only consuming it shows.
 */
export class AccessToken implements AccessGrant {
  constructor(grant: AccessGrant);
  readonly issuer: string;
  readonly application: string;
  readonly subject: string;
  readonly grantId: string;
  readonly expiresAt: Date;
  readonly approvalRequestId: string;
  readonly templateId: string;
  readonly contentHash: string;
  sign(key: SigningKey): string;
  toJSON(): { [member in keyof AccessGrant]: member extends 'expiresAt' ? number : string };
}

/** Verifies access tokens, and nothing but access tokens. */
export class AccessTokenVerifier {
  /** For the grants that `issuer` gave to this application; no leeway unless told. */
  constructor(options: Keys & { issuer: string; application: string; leewaySeconds?: number });
  /** @throws {TokenError} as {@link Verifier.verify} */
  verify(token: string, at?: { now?: Time | undefined }): AccessToken;
}
