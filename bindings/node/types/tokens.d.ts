import { MetadataError, TokenError } from './errors';
import { JsonObject, Time } from './values';
import { Origin } from './templates';

/** How a key is read. */
export interface KeyOptions {
  /** The name of the key: the `kid` of tokens that are minted with it, by which a verifier chooses among its keys. */
  id?: string | null | undefined;
  /** The least number of bytes: by default 32 (RFC 7518 §3.2), never 0. */
  leastBytes?: number | undefined;
}

/** An HS256 signing key. `util.inspect`, `JSON.stringify` and errors show nothing of it. */
export class SigningKey {
  private constructor();
  /** A new key: 32 bytes from the system's generator. For one that is kept, {@link generateBase64} gives its text. */
  static generate(options?: Pick<KeyOptions, 'id'>): SigningKey;
  /** The base64 text of a new key: 32 bytes from the system's generator. Keep it like a password. */
  static generateBase64(): string;
  /**
   * A key from base64 text, in the standard or the URL-safe alphabet, padded or not. White space is ignored.
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

/** One key, or several at once for rotation. */
export type Keys = { key: SigningKey; keys?: undefined } | { keys: readonly SigningKey[]; key?: undefined };

/** The claims of a token that has been verified. */
export interface Claims {
  /** The application that minted it. */
  iss: string;
  /** The host that it is for. */
  aud: string | string[];
  /** The user on whose behalf the application asks: a text, if the verifier requires one. */
  sub?: unknown;
  /** Its id. */
  jti?: unknown;
  /** When it was minted, in Unix seconds, whole or not. */
  iat?: number;
  /** When it expires, likewise. */
  exp: number;
  /** When it becomes valid, likewise. */
  nbf?: number;
  [claim: string]: unknown;
}

/** The options of a minter: what all of its tokens have in common. */
export interface MinterOptions {
  key: SigningKey;
  /** `iss`: the application's own identifier. */
  issuer: string;
  /** `aud`: the host that accepts its requests. */
  audience: string;
  /** How long a token is valid: 1 to 86400, by default 300. */
  lifetimeSeconds?: number | undefined;
  /** How far `nbf` is in the past, for verifiers whose clock is late: 0 to 86400, by default 60. */
  backdateSeconds?: number | undefined;
}

/** Mints an application's auth tokens. Make one for a key, and mint often. */
export class Minter {
  constructor(options: MinterOptions);
  /**
   * A token for this subject, the user on whose behalf the application asks. Its claims are `iss`, `aud`, `sub`,
   * `jti`, `iat`, `exp`, `nbf`, and then the given ones, as `JSON.stringify` writes them. If the key has an id, it is
   * the header's `kid`.
   *
   * @throws {TokenError} `invalid_claim` for an empty subject, `reserved_claim` for a claim that the minter sets
   */
  mint(subject: string, claims?: object, at?: { now?: Time | null | undefined; jti?: string | undefined }): string;
  /** A token for each of these subjects, all at one time and with the same claims: faster than one by one. */
  mintMany(subjects: Iterable<string> & object, claims?: object, at?: { now?: Time | null | undefined }): string[];
}

/** Who must have minted a token. */
export type ExpectedIssuer =
  | {
      /** The `iss` that a token must have. */
      issuer: string;
      anyIssuer?: false | undefined;
    }
  | {
      /** Any holder of the key may have minted a token; it must still have an `iss`. */
      anyIssuer: true;
      issuer?: undefined;
    };

/** For whom a token must be. */
export type ExpectedAudience =
  | {
      /** The `aud` that a token must have, or have among others; or several of which it must have one. */
      audience: string | readonly string[];
      anyAudience?: false | undefined;
    }
  | {
      /** A token may be for anyone; it must still have an `aud`. */
      anyAudience: true;
      audience?: undefined;
    };

/** The options of a verifier. */
export type VerifierOptions = Keys & ExpectedIssuer & ExpectedAudience & {
  /** By how much clocks may differ: by default 60. */
  leewaySeconds?: number | undefined;
  /** How long a token may still be valid; by default any time. */
  maxLifetimeSeconds?: number | undefined;
  /** Whether it must have a `sub` that is not empty: by default false. */
  requireSubject?: boolean | undefined;
};

/** The claims that a verifier with these options returns. */
export type VerifiedClaims<Options extends VerifierOptions> = Options extends { requireSubject: true }
  ? Claims & { sub: string }
  : Claims;

/** Verifies auth tokens: first the signature, then type, times, issuer and audience. */
export class Verifier<const Options extends VerifierOptions = VerifierOptions> {
  constructor(options: Options);
  /**
   * The claims of a valid token. Integers beyond 2^53 become the nearest number, as with `JSON.parse`. Nothing of a
   * token that is not valid is returned.
   *
   * @throws {TokenError} `malformed_token`, `invalid_signature`, `token_expired`, `wrong_issuer`, …
   */
  verify(token: string, at?: { now?: Time | null | undefined }): VerifiedClaims<Options>;
  /**
   * The claims of a valid token, and the id of the key that verified it, if that key has one.
   *
   * @throws {TokenError} as {@link verify}
   */
  verified(
    token: string,
    at?: { now?: Time | null | undefined },
  ): { claims: VerifiedClaims<Options>; keyId: string | undefined };
  /**
   * The origin of a request with this token, if it is valid: for {@link Template.open}.
   *
   * @throws {TokenError | MetadataError} as {@link verify}; `missing_metadata` for a token without a subject
   */
  origin(token: string, at?: { now?: Time | null | undefined }): Required<Omit<Origin, 'device'>>;
}

/** What a token says, before anything is verified: only for choosing a key. */
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
 * A token that is being built: byte for byte the token of njwt 2.0.1 for the same claims, clock and `jti`. For code
 * written for njwt itself there is `jit-approvals/njwt`.
 */
export class Jwt {
  private constructor();
  /** A token with these claims, followed by `jti` and `iat`, if they are not among them, and `exp`, an hour from now. */
  static create(claims?: object, at?: { now?: Time | null | undefined; jti?: string | undefined }): Jwt;
  /** Sets a claim to what JSON can hold. */
  setClaim(name: string, value: {} | null): this;
  /** Sets a parameter of the header to what JSON can hold. */
  setHeader(name: string, value: {} | null): this;
  setIssuer(issuer: string): this;
  setSubject(subject: string): this;
  setJti(jti: string): this;
  setIssuedAt(issuedAt: Time): this;
  /** Sets `exp`, or removes it: such a token never expires, and no {@link Verifier} accepts it. */
  setExpiration(expiresAt?: Time): this;
  /** Sets `nbf`, or removes it. */
  setNotBefore(notBefore?: Time): this;
  readonly header: JsonObject;
  readonly claims: JsonObject;
  /** @throws {TokenError} `unsupported_algorithm` if the header's `alg` is not HS256 */
  compact(key: SigningKey): string;
}

/** JSON Web Signature (RFC 7515), compact, HS256 only: what tokens are built on. */
export const jws: {
  sign(header: JsonObject & { alg: 'HS256' }, payload: string | Uint8Array, key: SigningKey): string;
  /** @throws {TokenError} `malformed_token`, `unsupported_algorithm`, `unknown_key`, `invalid_signature` */
  verify(token: string, keys: SigningKey | readonly SigningKey[]): { header: JsonObject; payload: Uint8Array };
};

/** What an access token says: this application holds this grant of this request. */
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
 * The signed text that carries a grant, for those who hold the key. Only consuming a grant proves that it was neither
 * used nor revoked.
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

/** Verifies access tokens, and no other tokens. */
export class AccessTokenVerifier {
  /** For the grants that `issuer` gave to this application. The leeway is by default 0. */
  constructor(options: Keys & { issuer: string; application: string; leewaySeconds?: number | undefined });
  /** @throws {TokenError} as {@link Verifier.verify} */
  verify(token: string, at?: { now?: Time | null | undefined }): AccessToken;
}
