//! What users of tokens rely on: interoperation, properties, secrecy.

mod jsonwebtoken;
mod njwt;
mod properties;
mod secrecy;
