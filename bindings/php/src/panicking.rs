//! A switch that makes every call panic, for the test that no panic crosses into PHP.

use std::sync::atomic::{AtomicBool, Ordering};

use ext_php_rs::prelude::*;

static PANICS: AtomicBool = AtomicBool::new(false);

/// Makes every later call panic, or none.
#[php_function]
#[php(name = "JitApprovals\\panicInEveryCall")]
pub fn panic_in_every_call(panics: bool) {
    PANICS.store(panics, Ordering::Relaxed);
}

/// Adds the functions of this file.
pub(crate) fn functions(module: ModuleBuilder) -> ModuleBuilder {
    module.function(wrap_function!(panic_in_every_call))
}

pub(crate) fn panic_if_asked() {
    assert!(!PANICS.load(Ordering::Relaxed), "this text must not reach the caller");
}
