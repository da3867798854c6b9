//! The errors of this crate: family `token`.

use jit_approvals_base::{Plain, UnixTime};

jit_approvals_base::catalogue! {
    2001 malformed_token(reason: Plain<&str>) "not a compact JWS: {reason}";
    2002 token_too_long(size: usize, limit: usize) "the token has {size} characters, at most {limit} are taken";
    2003 unsupported_algorithm(algorithm: &str) "the token's algorithm is {algorithm}, only `HS256` is taken";
    2004 unsupported_header(parameter: &str) "the token's header has {parameter}, which is not understood";
    2005 wrong_token_type(found: &str, expected: Plain<&str>) "the token's `typ` is {found}, expected {expected}";
    2006 unknown_key(kid: &str) "no key has the token's `kid` {kid}";
    2007 invalid_signature() "the token's signature does not match";
    2008 malformed_claims(reason: Plain<&str>) "the token's claims are not a JSON object: {reason}";
    2009 missing_claim(claim: &str) "the token has no claim {claim}";
    2010 invalid_claim(claim: &str, expected: Plain<&str>) "the token's claim {claim} is not {expected}";
    2011 token_expired(expired_at: UnixTime, now: UnixTime) "the token expired at {expired_at}, it is {now}";
    2012 token_not_yet_valid(not_before: UnixTime, now: UnixTime) "the token is not valid before {not_before}, it is {now}";
    2013 token_from_future(issued_at: UnixTime, now: UnixTime) "the token was issued at {issued_at}, it is {now}";
    2014 token_lives_too_long(expires_at: UnixTime, latest: UnixTime) "the token expires at {expires_at}, the latest time accepted is {latest}";
    2015 wrong_issuer(found: &str) "the token's issuer {found} is not the expected one";
    2016 wrong_audience() "the token is meant for another audience";
    2017 reserved_claim(claim: &str) "the claim {claim} is the minter's to set";
    2018 malformed_key(reason: Plain<&str>) "the signing key is not base64: {reason}";
    2019 key_too_short(size: usize, least: usize) "the signing key has {size} bytes, at least {least} are needed";
}
