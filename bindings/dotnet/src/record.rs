//! Checks records before a typed language reads them.

use jit_approvals::event::Actor;
use jit_approvals::{Act, Directory, Origin, RequestBody};

use crate::abi::{JitBuffer, JitSlice, call};

/// The kind of a record.
#[repr(u8)]
#[derive(Debug, Clone, Copy)]
pub enum JitRecord {
    /// The body of a request, as the application posts it.
    RequestBody = 0,
    /// What the application is about to do.
    Act = 1,
    /// People and groups.
    Directory = 2,
    /// Where a request comes from.
    Origin = 3,
    /// Who makes a change.
    Actor = 4,
}

/// Checks the JSON text of a record strictly and returns it, rewritten without white space. `kind` is a `JitRecord`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_record_check(kind: u8, text: JitSlice, out: *mut JitBuffer) -> u32 {
    call(out, || {
        let record = text.json("text")?;
        match kind {
            kind if kind == JitRecord::RequestBody as u8 => RequestBody::from_json(&record).map(drop),
            kind if kind == JitRecord::Act as u8 => Act::from_json(&record).map(drop),
            kind if kind == JitRecord::Directory as u8 => Directory::from_json(&record).map(drop),
            kind if kind == JitRecord::Origin as u8 => Origin::from_json(&record).map(drop),
            kind if kind == JitRecord::Actor as u8 => Actor::from_json(&record).map(drop),
            _ => Err(crate::abi::unknown_kind()),
        }?;
        Ok(record.to_string())
    })
}
