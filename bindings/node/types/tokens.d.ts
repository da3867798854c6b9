import { MetadataError, TokenError } from './errors';
import { JsonObject, Time } from './values';
import { Origin } from './templates';

/** The options for reading a key. */
export interface KeyOptions {
  /** The id of the key: the `kid` of the tokens that it signs. A verifier with several keys chooses one by this id. */
  id?: string | null | undefined;
  /** The minimum number of bytes: by default 32 (RFC 7518 §3.2), never 0. */
  leastBytes?: number | undefined;
}

/** An HS256 signing key. `util.inspect`, `JSON.stringify` and errors never show it. */
export class SigningKey {
  private constructor();
  /** Creates a key of 32 bytes from the system's generator. To store a new key, use {@link generateBase64}. */
  static generate(options?: Pick<KeyOptions, 'id'> | undefined): SigningKey;
  /** Returns the base64 text of a new key of 32 bytes from the system's generator. Keep it like a password. */
  static generateBase64(): string;
  /**
   * Reads a key from base64 text, in the standard or the URL-safe alphabet, padded or not. White space is ignored.
   *
   * @throws {TokenError} `malformed_key`, `key_too_short`
   */
  static fromBase64(text: string, options?: KeyOptions | undefined): SigningKey;
  /**
   * Creates a key from its bytes.
   *
   * @throws {TokenError} `key_too_short`
   */
  static fromBytes(bytes: Uint8Array, options?: KeyOptions | undefined): SigningKey;
  /** The id of the key, if it has one. */
  readonly id: string | undefined;
}

/** One key, or several at once for rotation. */
export type Keys = { key: SigningKey; keys?: undefined } | { keys: readonly SigningKey[]; key?: undefined };

/** The claims of a verified token. */
export interface Claims {
  /** The application that minted it. */
  iss: string;
  /** The host or hosts that the token is for. */
  aud: string | string[];
  /** The user on whose behalf the application asks. It is a string if the verifier requires a subject. */
  sub?: unknown;
  /** The id of the token. */
  jti?: unknown;
  /** When the token was minted, in Unix seconds, with or without a fraction. */
  iat?: number;
  /** When the token expires, in Unix seconds, with or without a fraction. */
  exp: number;
  /** When the token becomes valid, in Unix seconds, with or without a fraction. */
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
  /** How long a token is valid, in seconds: 1 to 86400, by default 300. */
  lifetimeSeconds?: number | undefined;
  /** How far `nbf` is in the past, in seconds, for verifiers with a slow clock: 0 to 86400, by default 60. */
  backdateSeconds?: number | undefined;
}

/** Mints an application's auth tokens. Create one minter for a key, and mint many tokens with it. */
export class Minter {
  constructor(options: MinterOptions);
  /**
   * Mints a token for this subject, the user on whose behalf the application asks. Its claims are `iss`, `aud`, `sub`,
   * `jti`, `iat`, `exp`, `nbf`, and then the given claims, as `JSON.stringify` writes them. If the key has an id, the
   * header has it as `kid`.
   *
   * @throws {TokenError} `invalid_claim` for an empty subject, `reserved_claim` for a claim that the minter sets
   */
  mint(subject: string, claims?: object | undefined, at?: { now?: Time | null | undefined; jti?: string | undefined } | undefined): string;
  /** Mints a token for each subject, all with the same time and claims. This is faster than one call for each. */
  mintMany(subjects: Iterable<string> & object, claims?: object | undefined, at?: { now?: Time | null | undefined } | undefined): string[];
}

/** The issuer that a token must have. */
export type ExpectedIssuer =
  | {
      /** The `iss` that a token must have. */
      issuer: string;
      anyIssuer?: false | undefined;
    }
  | {
      /** Accepts tokens from any holder of the key. A token must still have an `iss`. */
      anyIssuer: true;
      issuer?: undefined;
    };

/** The audience that a token must have. */
export type ExpectedAudience =
  | {
      /** The name that the token's `aud` must be or contain. If several names are given, one of them is enough. */
      audience: string | readonly string[];
      anyAudience?: false | undefined;
    }
  | {
      /** Accepts tokens for any audience. A token must still have an `aud`. */
      anyAudience: true;
      audience?: undefined;
    };

/** The options of a verifier. */
export type VerifierOptions = Keys & ExpectedIssuer & ExpectedAudience & {
  /** How much clocks may differ, in seconds: by default 60. */
  leewaySeconds?: number | undefined;
  /** How long a token may still be valid, in seconds: by default without a limit. */
  maxLifetimeSeconds?: number | undefined;
  /** Whether a token must have a `sub` that is not empty: by default false. */
  requireSubject?: boolean | undefined;
};

/** The claims that a verifier with these options returns. */
export type VerifiedClaims<Options extends VerifierOptions> = Options extends { requireSubject: true }
  ? Claims & { sub: string }
  : Claims;

/** Only a type that is written out, never one that is inferred from where the result goes. */
type Given<Custom> = [Custom][Custom extends unknown ? 0 : never];

/** Options that do not exist: a misspelled one must not count as left out. */
type Unknown<Options> = {
  [Name in Exclude<
    keyof Options,
    | 'key' | 'keys' | 'issuer' | 'anyIssuer' | 'audience' | 'anyAudience' | 'leewaySeconds' | 'maxLifetimeSeconds'
    | 'requireSubject'
  >]: never;
};

/** Verifies auth tokens: first the signature, then type, times, issuer and audience. */
export class Verifier<const Options extends VerifierOptions = VerifierOptions> {
  constructor(options: Options & Unknown<Options>);
  /**
   * Verifies a token and returns its claims. Integers beyond 2^53 become the nearest number, as with `JSON.parse`. If
   * the token is not valid, nothing of it is returned.
   *
   * @throws {TokenError} `malformed_token`, `invalid_signature`, `token_expired`, `wrong_issuer`, …
   */
  verify<Custom extends object = {}>(token: string, at?: { now?: Time | null | undefined } | undefined): VerifiedClaims<Options> & Given<Custom>;
  /**
   * Verifies a token and returns its claims, and the id of the key that verified it, if that key has one.
   *
   * @throws {TokenError} as {@link verify}
   */
  verified<Custom extends object = {}>(
    token: string,
    at?: { now?: Time | null | undefined },
  ): { claims: VerifiedClaims<Options> & Given<Custom>; keyId: string | undefined };
  /**
   * Verifies a token and returns the origin that it proves, for {@link Template.open}.
   *
   * @throws {TokenError | MetadataError} as {@link verify}; `missing_metadata` for a token without a subject
   */
  origin(token: string, at?: { now?: Time | null | undefined } | undefined): Required<Omit<Origin, 'device'>>;
}

/** The content of a token that is not verified. Use it only to choose a key. */
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
 * A token that is being built. For the same claims, clock and `jti`, it is byte for byte the token of njwt 2.0.1. Code
 * that was written for njwt can use `jit-approvals/njwt` instead.
 */
export class Jwt {
  private constructor();
  /** Creates a token with the given claims. Adds `jti` and `iat` if they are not given, and `exp`, an hour from now. */
  static create(claims?: object | undefined, at?: { now?: Time | null | undefined; jti?: string | undefined } | undefined): Jwt;
  /** Sets a claim to a value that JSON can hold. */
  setClaim(name: string, value: {} | null): this;
  /** Sets a parameter of the header to a value that JSON can hold. */
  setHeader(name: string, value: {} | null): this;
  setIssuer(issuer: string): this;
  setSubject(subject: string): this;
  setJti(jti: string): this;
  setIssuedAt(issuedAt: Time): this;
  /**
   * Sets `exp`, or removes it if no time is given. A token without `exp` never expires, and every {@link Verifier}
   * rejects it.
   */
  setExpiration(expiresAt?: Time | undefined): this;
  /** Sets `nbf`, or removes it if no time is given. */
  setNotBefore(notBefore?: Time | undefined): this;
  readonly header: JsonObject;
  readonly claims: JsonObject;
  /**
   * Signs the token and returns its text.
   *
   * @throws {TokenError} `unsupported_algorithm` if the header's `alg` is not HS256
   */
  compact(key: SigningKey): string;
}

/** JSON Web Signature (RFC 7515) in compact form, HS256 only. Tokens are built on it. */
export const jws: {
  sign(header: JsonObject & { alg: 'HS256' }, payload: string | Uint8Array, key: SigningKey): string;
  /** @throws {TokenError} `malformed_token`, `unsupported_algorithm`, `unknown_key`, `invalid_signature` */
  verify(token: string, keys: SigningKey | readonly SigningKey[]): { header: JsonObject; payload: Uint8Array };
};

/** The content of an access token: this application holds this grant of this request. */
export interface AccessGrant {
  /** The host that decided. */
  issuer: string;
  /** The application that asked. */
  application: string;
  /** The user on whose behalf the application asked. */
  subject: string;
  grantId: string;
  expiresAt: Time;
  approvalRequestId: string;
  templateId: string;
  /** The hash of what the approver saw. */
  contentHash: string;
}

/**
 * The signed text that carries a grant, for the holders of the key. Only consuming a grant proves that it was neither
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

/** Verifies access tokens and rejects all other tokens. */
export class AccessTokenVerifier {
  /** Accepts the grants that `issuer` gave to this application. `leewaySeconds` is by default 0. */
  constructor(options: Keys & { issuer: string; application: string; leewaySeconds?: number | undefined });
  /** @throws {TokenError} as {@link Verifier.verify} */
  verify(token: string, at?: { now?: Time | null | undefined } | undefined): AccessToken;
}
