//! A switch that makes every call panic, for the test that no panic crosses into another language.

use std::sync::atomic::{AtomicBool, Ordering};

static PANICS: AtomicBool = AtomicBool::new(false);

/// Makes every later call panic, or none.
#[unsafe(no_mangle)]
pub extern "C" fn jit_panic_in_every_call(panics: u8) {
    PANICS.store(panics != 0, Ordering::Relaxed);
}

pub(crate) fn panic_if_asked() {
    assert!(!PANICS.load(Ordering::Relaxed), "this text must not reach the caller");
}
