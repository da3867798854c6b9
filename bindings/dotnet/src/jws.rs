//! JWS in compact form (RFC 7515) with HS256: tokens are built on it.

use jit_approvals::json::Json;
use jit_approvals::token::jws;

use crate::abi::{JitBuffer, JitSlice, call, get, write};
use crate::key::{JitSigningKey, ring};

/// Signs a payload with a header that is JSON text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_jws_sign(
    key: *const JitSigningKey,
    header: JitSlice,
    payload: JitSlice,
    out: *mut JitBuffer,
) -> u32 {
    call(out, || jws::sign(&get(key, "key")?.0, header.text("header")?, payload.bytes("payload")?))
}

/// Verifies a JWS with the given keys and returns its payload, which may be any bytes. `header` receives the header as
/// JSON text; it may be null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_jws_verify(
    keys: *const *const JitSigningKey,
    count: usize,
    token: JitSlice,
    header: *mut JitBuffer,
    out: *mut JitBuffer,
) -> u32 {
    write(header, JitBuffer::NONE);
    call(out, || {
        let jws = jws::verify(ring(keys, count)?, token.text("token")?)?;
        if !header.is_null() {
            write(header, JitBuffer::new(Json::from(jws.header).to_string().into_bytes()));
        }
        Ok(jws.payload)
    })
}
