//! The texts that applications send, the names of people, the catalogue of errors.

use jit_approvals::bindings::{catalogue_json, harmless_field};

use crate::abi::{JitBuffer, JitSlice, call};

/// The version, for a program that looks into the file of a library that it cannot load.
#[unsafe(no_mangle)]
pub static JIT_VERSION: [u8; MARK.len()] = *MARK;

const MARK: &[u8; concat!("jit_approvals_c ", env!("CARGO_PKG_VERSION"), "\0").len()] =
    match concat!("jit_approvals_c ", env!("CARGO_PKG_VERSION"), "\0").as_bytes().first_chunk() {
        Some(mark) => mark,
        None => unreachable!(),
    };

/// Returns the version of this library. A caller that was made for another version must not use it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_version(out: *mut JitBuffer) -> u32 {
    call(out, || Ok(env!("CARGO_PKG_VERSION")))
}

/// Returns every error, in the order of their numbers: `[{number, code, family, status, message}]`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_catalogue(out: *mut JitBuffer) -> u32 {
    call(out, || Ok(catalogue_json().to_string()))
}

/// Returns what an application may send instead of a text that is rejected.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_plain_text(text: JitSlice, out: *mut JitBuffer) -> u32 {
    call(out, || Ok(jit_approvals::plain_text(text.text("text")?)))
}

/// Returns the key of a name. Names of the same person have the same key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_identity(name: JitSlice, out: *mut JitBuffer) -> u32 {
    call(out, || Ok(jit_approvals::identity(name.text("name")?)))
}

/// Returns the path of a field as an error has it: shortened, with escapes for characters that could do harm.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_harmless_field(field: JitSlice, out: *mut JitBuffer) -> u32 {
    call(out, || Ok(harmless_field(field.text("field")?)))
}
