//! Once a second: records expiries, deletes what has ended, and tries whether the server can serve.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jit_approvals::UnixTime;
use jit_approvals_base::Id;
use jit_approvals_store::{Failure, Reader, Result, Store as _, stream};

use crate::call::Call;
use crate::log;
use crate::refusal::Refusal;
use crate::request::Stored;
use crate::state::{Attempt, State};

/// How often.
const PAUSE: Duration = Duration::from_secs(1);

/// How many requests expire at a time.
const AT_A_TIME: i64 = 256;

/// By how many seconds the clock of the system may part from the time that has passed.
const PARTED: i64 = 60;

/// For how long nothing is deleted or expired after the clock was set.
const DISTRUST: Duration = Duration::from_secs(300);

/// Sweeps until `closing`.
pub(crate) fn run(state: &Arc<State>, closing: &AtomicBool) {
    let mut clock = Watch::new(state);
    while !closing.load(Ordering::Relaxed) {
        std::thread::sleep(PAUSE);
        let is_sound = clock.is_sound(state);
        state.readiness.clock(is_sound);
        if is_sound {
            let now = state.store.now();
            for done in [expire(state, now), state.store.forget(now).map(|_| ())] {
                if let Err(failure) = done {
                    log::failure(Id::NIL, &failure);
                }
            }
        }
        if state.readiness.was_asked() {
            state.readiness.tried(works(state));
        }
    }
}

/// Records the expiry of requests whose end has come. One that cannot be read is logged and left out.
///
/// # Errors
///
/// What hinders all of them.
fn expire(state: &State, now: UnixTime) -> Result<()> {
    let call = Call::own();
    let mut due = Vec::new();
    state.store.read(&mut |reader| stream::due(reader, now, AT_A_TIME).map(|found| due = found))?;
    for (company, request, _) in due {
        let mut loaded = Ok(None);
        // Each has a read of its own, which does not last longer than its commit.
        state.store.read(&mut |reader: &mut dyn Reader| {
            // Loading records it.
            loaded = Stored::load(&mut Attempt::new(state, &call, reader), company, request);
            Ok(())
        })?;
        match loaded {
            // If someone else was faster, there is nothing left to do.
            Ok(_) | Err(Refusal::Again(_)) => {}
            Err(Refusal::Store(failure @ Failure::Corrupt(_))) => log::failure(Id::NIL, &failure),
            Err(Refusal::Store(failure)) => return Err(failure),
            // The refusal itself may hold the record of the request.
            Err(Refusal::Told(told)) => {
                tracing::error!(%request, code = told.error.code().as_str(), "a request does not expire");
            }
            Err(_) => tracing::error!(%request, "a request does not expire"),
        }
    }
    Ok(())
}

/// Whether a write and a read work.
fn works(state: &State) -> bool {
    let time = state.store.now().seconds().to_be_bytes().to_vec();
    let written = state.store.set_meta("alive", time, true);
    written.and_then(|()| state.store.read(&mut |reader| stream::meta(reader, "alive").map(|_| ()))).is_ok()
}

/// Compares the clock of the system with the time that has passed.
struct Watch {
    wall: UnixTime,
    passed: Instant,
    distrusted: Option<Instant>,
}

impl Watch {
    fn new(state: &State) -> Self {
        Self { wall: (state.wall)(), passed: Instant::now(), distrusted: None }
    }

    fn is_sound(&mut self, state: &State) -> bool {
        let (wall, passed) = ((state.wall)(), Instant::now());
        let by_wall = wall.seconds().saturating_sub(self.wall.seconds());
        let by_time = i64::try_from(passed.duration_since(self.passed).as_secs()).unwrap_or(i64::MAX);
        if by_wall.abs_diff(by_time) > PARTED.unsigned_abs() {
            tracing::error!(before = %self.wall, after = %wall, passed = by_time, "the clock was set");
            self.distrusted = Some(passed);
        }
        (self.wall, self.passed) = (wall, passed);
        self.distrusted.is_none_or(|since| passed.duration_since(since) > DISTRUST)
    }
}
