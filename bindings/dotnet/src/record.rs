//! Checks records before a typed language reads them.

use jit_approvals::json::Json;
use jit_approvals::{Act, Directory, RequestBody, Result};

use crate::abi::{JitBuffer, JitSlice, call};

/// Checks the body of a request strictly and returns it, rewritten without white space.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_request_body_check(text: JitSlice, out: *mut JitBuffer) -> u32 {
    check(text, "request", out, RequestBody::from_json)
}

/// Checks an act strictly and returns it, rewritten without white space.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_act_check(text: JitSlice, out: *mut JitBuffer) -> u32 {
    check(text, "act", out, Act::from_json)
}

/// Checks a directory strictly and returns it, rewritten without white space.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_directory_check(text: JitSlice, out: *mut JitBuffer) -> u32 {
    check(text, "directory", out, Directory::from_json)
}

unsafe fn check<T>(text: JitSlice, name: &str, out: *mut JitBuffer, read: fn(&Json) -> Result<T>) -> u32 {
    call(out, || {
        let record = text.json(name)?;
        read(&record)?;
        Ok(record.to_string())
    })
}
