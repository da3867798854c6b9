//! The errors of this crate: family `token`.

use jit_approvals_base::{Plain, UnixTime};

jit_approvals_base::catalogue! {
    MalformedToken malformed_token(reason: Plain<&str>) "malformed token: {reason}";
    TokenTooLong token_too_long(size: usize, limit: usize) "the token has {size} characters, the limit is {limit}";
    UnsupportedAlgorithm unsupported_algorithm(algorithm: &str) "unsupported algorithm {algorithm}; only `HS256` is accepted";
    UnsupportedHeader unsupported_header(parameter: &str) "unsupported header parameter {parameter}";
    WrongTokenType wrong_token_type(found: &str, expected: Plain<&str>) "the token's `typ` is {found}, but {expected} is expected";
    UnknownKey unknown_key(kid: &str) "no key has the id (`kid`) {kid}";
    InvalidSignature invalid_signature() "the token's signature does not match";
    MalformedClaims malformed_claims(reason: Plain<&str>) "malformed claims: {reason}";
    MissingClaim missing_claim(claim: &str) "the claim {claim} is missing";
    InvalidClaim invalid_claim(claim: &str, expected: Plain<&str>) "the claim {claim} must be {expected}";
    TokenExpired token_expired(expired_at: UnixTime, now: UnixTime) "the token expired at {expired_at}; it is now {now}";
    TokenNotYetValid token_not_yet_valid(not_before: UnixTime, now: UnixTime) "the token is not valid before {not_before}; it is now {now}";
    TokenFromFuture token_from_future(issued_at: UnixTime, now: UnixTime) "the token was issued in the future, at {issued_at}; it is now {now}";
    TokenLivesTooLong token_lives_too_long(expires_at: UnixTime, latest: UnixTime) "the token expires at {expires_at}; the latest accepted time is {latest}";
    WrongIssuer wrong_issuer(found: &str) "the token's issuer {found} is not accepted";
    WrongAudience wrong_audience() "the token is for another audience";
    ReservedClaim reserved_claim(claim: &str) "the claim {claim} is set by the minter and must not be given";
    MalformedKey malformed_key(reason: Plain<&str>) "the signing key is not base64: {reason}";
    KeyTooShort key_too_short(size: usize, least: usize) "the signing key has {size} bytes, at least {least} are required";
}
