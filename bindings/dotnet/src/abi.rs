//! What crosses: slices in, one kind of buffer out, handles, a status.
//!
//! # Safety
//!
//! Every caller of this library promises:
//!
//! - Pointers are aligned.
//! - A slice with a pointer points to its number of readable bytes, which nobody changes during the call.
//! - A handle is null or was created by this library, as a handle of the same kind, and was not freed.
//! - A pointer to a result is null or may be written to.
//!
//! Every unsafe function of this crate has these promises, for its own arguments.
//!
//! What can be checked is checked: null pointers, lengths that no object in memory has, and UTF-8.

#![deny(unsafe_op_in_unsafe_fn)]

use std::mem::ManuallyDrop;
use std::ptr;
use std::sync::{Mutex, MutexGuard};

use jit_approvals::bindings::errors::{missing_member, out_of_range, wrong_type};
use jit_approvals::bindings::{Plain, guarded};
use jit_approvals::json::Json;
use jit_approvals::{Error, Id, Result, UnixTime};
use zeroize::Zeroize;

/// The current time of the system, in place of a time in Unix seconds.
pub const JIT_NOW: i64 = i64::MIN;

/// Bytes of the caller. A null pointer means that an optional value is not given.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct JitSlice {
    /// The first byte.
    pub data: *const u8,
    /// The number of bytes.
    pub length: usize,
}

/// Bytes of this library: a text in UTF-8, or any bytes. `jit_buffer_free` frees them. A null pointer means that there
/// is no value; then there is nothing to free.
#[repr(C)]
#[derive(Debug)]
pub struct JitBuffer {
    /// The first byte.
    pub data: *mut u8,
    /// The number of bytes.
    pub length: usize,
    /// The number of bytes that were allocated.
    pub capacity: usize,
}

impl JitBuffer {
    /// A buffer without a value.
    pub const NONE: Self = Self { data: ptr::null_mut(), length: 0, capacity: 0 };

    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        let mut bytes = ManuallyDrop::new(bytes);
        Self { data: bytes.as_mut_ptr(), length: bytes.len(), capacity: bytes.capacity() }
    }
}

/// Frees a buffer. A buffer without a value is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_buffer_free(buffer: JitBuffer) {
    if !buffer.data.is_null() {
        // SAFETY: the caller promises that this library made the buffer, from these parts of a `Vec<u8>`, and that it
        // was not freed before.
        let mut bytes = unsafe { Vec::from_raw_parts(buffer.data, buffer.length, buffer.capacity) };
        // It may be a token, or the text of a new key.
        bytes.zeroize();
    }
}

impl JitSlice {
    /// Returns the bytes of a required value.
    ///
    /// # Errors
    ///
    /// `missing_member` for a null pointer, `out_of_range` for a length that no object in memory has.
    pub(crate) unsafe fn bytes<'a>(self, name: &str) -> Result<&'a [u8]> {
        if self.data.is_null() {
            return Err(missing_member(name).with_field(name));
        }
        if isize::try_from(self.length).is_err() {
            return Err(too_long(name));
        }
        // SAFETY: the pointer is not null and the length fits in memory. The caller promises that this many bytes are
        // readable and do not change during the call. No function keeps the slice.
        Ok(unsafe { std::slice::from_raw_parts(self.data, self.length) })
    }

    /// Returns a required text.
    ///
    /// # Errors
    ///
    /// Those of [`bytes`](Self::bytes); `wrong_type` if the bytes are not UTF-8.
    pub(crate) unsafe fn text<'a>(self, name: &str) -> Result<&'a str> {
        // SAFETY: this function has the same promise.
        let bytes = unsafe { self.bytes(name) }?;
        std::str::from_utf8(bytes)
            .map_err(|_| wrong_type(name, Plain("text in UTF-8"), Plain("other bytes")).with_field(name))
    }

    /// Returns a text, or `None` if it is not given.
    pub(crate) unsafe fn optional<'a>(self, name: &str) -> Result<Option<&'a str>> {
        // SAFETY: this function has the same promise.
        if self.data.is_null() { Ok(None) } else { unsafe { self.text(name) }.map(Some) }
    }

    /// Reads a required record.
    pub(crate) unsafe fn json(self, name: &str) -> Result<Json> {
        // SAFETY: this function has the same promise.
        Json::parse(unsafe { self.text(name) }?)
    }

    /// Reads a required record with the given function.
    pub(crate) unsafe fn record<T>(self, name: &str, read: fn(&Json) -> Result<T>) -> Result<T> {
        // SAFETY: this function has the same promise.
        read(&unsafe { self.json(name) }?)
    }

    /// Reads an id, or returns `None` if it is not given.
    pub(crate) unsafe fn id(self, name: &str) -> Result<Option<Id>> {
        // SAFETY: this function has the same promise.
        unsafe { self.optional(name) }?.map(str::parse).transpose()
    }
}

/// What a function puts in its buffer.
pub(crate) trait IntoBuffer {
    fn into_buffer(self) -> JitBuffer;
}

impl IntoBuffer for () {
    fn into_buffer(self) -> JitBuffer {
        JitBuffer::NONE
    }
}

impl IntoBuffer for Vec<u8> {
    fn into_buffer(self) -> JitBuffer {
        JitBuffer::new(self)
    }
}

impl IntoBuffer for String {
    fn into_buffer(self) -> JitBuffer {
        JitBuffer::new(self.into_bytes())
    }
}

impl IntoBuffer for &str {
    fn into_buffer(self) -> JitBuffer {
        self.to_owned().into_buffer()
    }
}

impl<T: IntoBuffer> IntoBuffer for Option<T> {
    fn into_buffer(self) -> JitBuffer {
        self.map_or(JitBuffer::NONE, T::into_buffer)
    }
}

/// The guard around every function: runs the body, catches its panics, writes its value or the record of its error to
/// `out`, and returns the status.
pub(crate) unsafe fn call<T: IntoBuffer>(out: *mut JitBuffer, body: impl FnOnce() -> Result<T>) -> u32 {
    let body = || {
        #[cfg(feature = "panicking")]
        crate::panicking::panic_if_asked();
        body()
    };
    let (status, value) = match guarded(body) {
        Ok(value) => (0, value.into_buffer()),
        Err(error) => (error.code().number().into(), error.to_json().to_string().into_buffer()),
    };
    if out.is_null() {
        // Nobody can read the value, but the status still tells whether there was an error.
        // SAFETY: the buffer was made above and nobody else has it.
        unsafe { jit_buffer_free(value) };
    } else {
        // SAFETY: the pointer is not null, and the caller promises that it may be written to.
        unsafe { out.write(value) };
    }
    status
}

/// As [`call`], for a body that creates a handle.
pub(crate) unsafe fn create<T: Send + Sync>(
    handle: *mut *mut T,
    out: *mut JitBuffer,
    body: impl FnOnce() -> Result<T>,
) -> u32 {
    // SAFETY: this function has the same promise.
    unsafe { write(handle, ptr::null_mut()) };
    let body = || {
        if handle.is_null() {
            return Err(missing_member("handle").with_field("handle"));
        }
        let made = Box::into_raw(Box::new(body()?));
        // SAFETY: this function has the same promise.
        unsafe { write(handle, made) };
        Ok(())
    };
    // SAFETY: this function has the same promise.
    unsafe { call(out, body) }
}

/// Writes a further result, unless its pointer is null.
pub(crate) unsafe fn write<T>(to: *mut T, value: T) {
    if !to.is_null() {
        // SAFETY: the pointer is not null, and the caller promises that it may be written to.
        unsafe { to.write(value) };
    }
}

/// Returns what a handle refers to.
///
/// # Errors
///
/// `missing_member` for null.
pub(crate) unsafe fn get<'a, T: Sync>(handle: *const T, name: &str) -> Result<&'a T> {
    // SAFETY: the handle is null, or the caller promises that `create` made it with this type and that it is not freed
    // during the call. Only shared references are made, and all types are `Sync`.
    unsafe { handle.as_ref() }.ok_or_else(|| missing_member(name).with_field(name))
}

/// Returns what several handles refer to.
pub(crate) unsafe fn several<'a, T: Sync>(
    handles: *const *const T,
    count: usize,
    name: &str,
) -> Result<Vec<&'a T>> {
    if handles.is_null() {
        return Err(missing_member(name).with_field(name));
    }
    if count > isize::MAX as usize / size_of::<*const T>() {
        return Err(too_long(name));
    }
    // SAFETY: the pointer is not null and the length fits in memory. The caller promises that this many handles are
    // readable.
    let handles = unsafe { std::slice::from_raw_parts(handles, count) };
    // SAFETY: this function has the same promise for each of them.
    handles.iter().map(|handle| unsafe { get(*handle, name) }).collect()
}

/// Returns several slices.
pub(crate) unsafe fn slices<'a>(slices: *const JitSlice, count: usize, name: &str) -> Result<&'a [JitSlice]> {
    if slices.is_null() {
        return Err(missing_member(name).with_field(name));
    }
    if count > isize::MAX as usize / size_of::<JitSlice>() {
        return Err(too_long(name));
    }
    // SAFETY: the pointer is not null and the length fits in memory. The caller promises that this many slices are
    // readable and do not change during the call.
    Ok(unsafe { std::slice::from_raw_parts(slices, count) })
}

/// Frees a handle. Null is allowed.
pub(crate) unsafe fn free<T: Send>(handle: *mut T) {
    if !handle.is_null() {
        // SAFETY: the caller promises that `create` made the handle with this type, and that it was not freed before.
        let value = unsafe { Box::from_raw(handle) };
        // No `drop` of this library panics, but an abort would be the host's end.
        let _ = guarded(|| {
            drop(value);
            Ok(())
        });
    }
}

/// Locks what commands change. A command that panicked leaves it unusable.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no earlier call panicked")
}

pub(crate) fn time(now: i64) -> UnixTime {
    if now == JIT_NOW { UnixTime::now() } else { UnixTime::from_seconds(now) }
}

/// Returns an optional count: a negative number means that it is not given.
pub(crate) fn optional_count(count: i64) -> Option<usize> {
    usize::try_from(count).ok()
}

fn too_long(name: &str) -> Error {
    out_of_range(name, Plain("shorter than the memory".to_owned())).with_field(name)
}
