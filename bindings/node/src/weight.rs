//! What handles weigh, about: the collector sees but a few words of each, and would come too late. Node.js frees
//! them when the event loop turns.

use napi::Env;

/// Bytes that a handle holds outside of JavaScript's memory, about: a few times the text that it was made of.
pub(crate) fn of(text: usize) -> i64 {
    i64::try_from(1024 + 4 * text).unwrap_or(i64::MAX)
}

/// Tells the collector of a handle that was made.
pub(crate) fn add(env: Env, weight: i64) -> napi::Result<()> {
    env.adjust_external_memory(weight).map(|_| ())
}

/// Tells it of one that is gone.
pub(crate) fn remove(env: Env, weight: i64) -> napi::Result<()> {
    env.adjust_external_memory(-weight).map(|_| ())
}
