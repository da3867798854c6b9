//! The errors of this crate: family `token`.

use jit_approvals_base::{Plain, UnixTime};

jit_approvals_base::catalogue! {
    MalformedToken malformed_token(reason: Plain<&str>) "not a compact JWS: {reason}";
    TokenTooLong token_too_long(size: usize, limit: usize) "the token has {size} characters, at most {limit} are taken";
    UnsupportedAlgorithm unsupported_algorithm(algorithm: &str) "the token's algorithm is {algorithm}, only `HS256` is taken";
    UnsupportedHeader unsupported_header(parameter: &str) "the token's header has {parameter}, which is not understood";
    WrongTokenType wrong_token_type(found: &str, expected: Plain<&str>) "the token's `typ` is {found}, expected {expected}";
    UnknownKey unknown_key(kid: &str) "no key has the token's `kid` {kid}";
    InvalidSignature invalid_signature() "the token's signature does not match";
    MalformedClaims malformed_claims(reason: Plain<&str>) "the token's claims are not a JSON object: {reason}";
    MissingClaim missing_claim(claim: &str) "the token has no claim {claim}";
    InvalidClaim invalid_claim(claim: &str, expected: Plain<&str>) "the token's claim {claim} is not {expected}";
    TokenExpired token_expired(expired_at: UnixTime, now: UnixTime) "the token expired at {expired_at}, it is {now}";
    TokenNotYetValid token_not_yet_valid(not_before: UnixTime, now: UnixTime) "the token is not valid before {not_before}, it is {now}";
    TokenFromFuture token_from_future(issued_at: UnixTime, now: UnixTime) "the token was issued at {issued_at}, it is {now}";
    TokenLivesTooLong token_lives_too_long(expires_at: UnixTime, latest: UnixTime) "the token expires at {expires_at}, the latest time accepted is {latest}";
    WrongIssuer wrong_issuer(found: &str) "the token's issuer {found} is not the expected one";
    WrongAudience wrong_audience() "the token is meant for another audience";
    ReservedClaim reserved_claim(claim: &str) "the claim {claim} is the minter's to set";
    MalformedKey malformed_key(reason: Plain<&str>) "the signing key is not base64: {reason}";
    KeyTooShort key_too_short(size: usize, least: usize) "the signing key has {size} bytes, at least {least} are needed";
}
