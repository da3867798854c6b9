//! A switch that makes every call panic, for the test that no panic crosses into Python.

use std::sync::atomic::{AtomicBool, Ordering};

use pyo3::prelude::*;

static PANICS: AtomicBool = AtomicBool::new(false);

/// Makes every later call panic, or none.
#[pyfunction]
pub fn panic_in_every_call(panics: bool) {
    PANICS.store(panics, Ordering::Relaxed);
}

pub(crate) fn panic_if_asked() {
    assert!(!PANICS.load(Ordering::Relaxed), "this text must not reach the caller");
}
