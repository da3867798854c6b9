//! Mints auth tokens.

use jit_approvals::bindings;
use jit_approvals::json::{Json, Object};
use jit_approvals::{Id, Minter, Result};

use crate::abi::{JitBuffer, JitSlice, call, create, free, get, time};
use crate::key::JitSigningKey;

/// Mints the auth tokens of one application with one key.
#[derive(Debug)]
pub struct JitMinter(Minter);

/// Creates a minter from the options `{issuer, audience, lifetimeSeconds?, backdateSeconds?}`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_minter_new(
    key: *const JitSigningKey,
    options: JitSlice,
    minter: *mut *mut JitMinter,
    out: *mut JitBuffer,
) -> u32 {
    create(minter, out, || bindings::minter(&get(key, "key")?.0, &options.json("options")?).map(JitMinter))
}

/// Mints a token. `claims` is optional JSON text of an object, `jti` is optional.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_minter_mint(
    minter: *const JitMinter,
    subject: JitSlice,
    claims: JitSlice,
    now: i64,
    jti: JitSlice,
    out: *mut JitBuffer,
) -> u32 {
    call(out, || {
        let minter = &get(minter, "minter")?.0;
        let (subject, claims) = (subject.text("subject")?, read_claims(claims)?);
        let mut id = [0; 36];
        let jti = match jti.optional("jti")? {
            Some(jti) => jti,
            None => Id::v4()?.encode(&mut id),
        };
        minter.mint_at(subject, &claims, time(now), jti)
    })
}

/// Mints a token for each subject. `subjects` is a JSON array of strings. Returns a JSON array of strings.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_minter_mint_many(
    minter: *const JitMinter,
    subjects: JitSlice,
    claims: JitSlice,
    now: i64,
    out: *mut JitBuffer,
) -> u32 {
    call(out, || {
        let minter = &get(minter, "minter")?.0;
        let subjects = Object::new().with("subjects", subjects.json("subjects")?).into();
        let subjects = bindings::Members::of(&subjects, "", &["subjects"])?.texts("subjects")?;
        let tokens = minter.mint_many_at(&subjects, &read_claims(claims)?, time(now))?;
        Ok(Json::from(tokens).to_string())
    })
}

/// Frees a minter.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_minter_free(minter: *mut JitMinter) {
    free(minter);
}

unsafe fn read_claims(claims: JitSlice) -> Result<Object> {
    claims.optional("claims")?.map_or_else(|| Ok(Object::new()), Object::parse)
}
