//! Reports to the garbage collector approximately how much memory handles use. The collector itself sees only a few
//! words of each handle and would run too late. Node.js frees handles when the event loop turns.

use napi::Env;

/// Estimates how many bytes a handle holds outside of JavaScript's memory: a few times the length of its text.
pub(crate) fn of(text: usize) -> i64 {
    i64::try_from(1024 + 4 * text).unwrap_or(i64::MAX)
}

/// Reports a new handle to the collector.
pub(crate) fn add(env: Env, weight: i64) -> napi::Result<()> {
    env.adjust_external_memory(weight).map(|_| ())
}

/// Reports a handle that was freed.
pub(crate) fn remove(env: Env, weight: i64) -> napi::Result<()> {
    env.adjust_external_memory(-weight).map(|_| ())
}
