//! The clock of the system.

use jit_approvals::UnixTime;

/// Returns the clock. A debug build takes a shift in seconds from the file that a variable names: tests set the clock
/// with it.
pub(crate) fn system() -> fn() -> UnixTime {
    #[cfg(debug_assertions)]
    if std::env::var_os(SHIFT).is_some() {
        return shifted;
    }
    UnixTime::now
}

#[cfg(debug_assertions)]
const SHIFT: &str = "JIT_APPROVALS_TEST_CLOCK";

#[cfg(debug_assertions)]
fn shifted() -> UnixTime {
    let file = std::env::var_os(SHIFT).and_then(|path| std::fs::read_to_string(path).ok());
    UnixTime::now().plus(file.and_then(|text| text.trim().parse().ok()).unwrap_or(0))
}
