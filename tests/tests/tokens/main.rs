//! Tests tokens: interoperability with other libraries, properties, and the secrecy of keys.

mod jsonwebtoken;
mod njwt;
mod properties;
mod secrecy;
