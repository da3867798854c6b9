//! The registered claims of a token.

/// The claim names that RFC 7519 §4.1 registers.
pub const REGISTERED_CLAIMS: [&str; 7] = ["iss", "aud", "sub", "jti", "iat", "exp", "nbf"];
