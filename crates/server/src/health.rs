//! `/healthz` and `/readyz`, which are answered at once: without a turn, and without the store.

use std::sync::atomic::{AtomicBool, Ordering};

use jit_approvals::json::Object;

use crate::answer::Answer;
use crate::refusal::{Refusal, Result};
use crate::state::State;

/// Whether the server can serve.
#[derive(Debug)]
pub(crate) struct Readiness {
    works: AtomicBool,
    clock_is_sound: AtomicBool,
    was_asked: AtomicBool,
}

impl Default for Readiness {
    fn default() -> Self {
        let (works, clock_is_sound) = (AtomicBool::new(true), AtomicBool::new(true));
        Self { works, clock_is_sound, was_asked: AtomicBool::new(true) }
    }
}

impl Readiness {
    /// Whether someone has asked since the last time. Only then it is tried.
    pub(crate) fn was_asked(&self) -> bool {
        self.was_asked.swap(false, Ordering::Relaxed)
    }

    /// Says whether a write and a read have worked.
    pub(crate) fn tried(&self, works: bool) {
        self.works.store(works, Ordering::Relaxed);
    }

    /// Says whether the clock can be trusted.
    pub(crate) fn clock(&self, is_sound: bool) {
        self.clock_is_sound.store(is_sound, Ordering::Relaxed);
    }

    /// Returns each reason for not being ready, and whether it applies now. This counts as asking.
    pub(crate) fn reasons(&self) -> [(&'static str, bool); 2] {
        self.was_asked.store(true, Ordering::Relaxed);
        let applies = |good: &AtomicBool| !good.load(Ordering::Relaxed);
        [("store", applies(&self.works)), ("clock", applies(&self.clock_is_sound))]
    }

    fn is_ready(&self) -> bool {
        self.reasons().iter().all(|(_, applies)| !applies)
    }
}

/// The process lives.
pub(crate) fn lives(_: &State) -> Result<Answer> {
    Ok(Answer::ok(Object::new().with("status", "alive")))
}

/// Whether the server can serve, as the last background write and read have shown.
pub(crate) fn ready(state: &State) -> Result<Answer> {
    if state.readiness.is_ready() {
        return Ok(Answer::ok(Object::new().with("status", "ready")));
    }
    Err(Refusal::unavailable())
}
