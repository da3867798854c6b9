//! How things look on a terminal. Where there is none, or `NO_COLOR` is set, `anstream` takes the colours out.

use anstyle::{AnsiColor, Style};
use jit_approvals::{Error, UnixTime};

/// A heading.
pub(crate) const TITLE: Style = Style::new().bold();
/// What is only there to find one's way.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// A value that someone filled in, set apart from the words around it.
pub(crate) const VALUE: Style = AnsiColor::Cyan.on_default().bold();
/// What went well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What was refused.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();

/// A refusal in one line: the message, the field it is about, the code that programs decide by.
pub(crate) fn refusal(error: &Error) -> String {
    let field = error.field().map_or_else(String::new, |field| format!(" ({field})"));
    format!("{error}{field} {FAINT}[{}]{FAINT:#}", error.code())
}

/// A time for people: `2026-01-31T12:00:00Z`; its seconds where no calendar has it.
pub(crate) fn time(time: UnixTime) -> String {
    jiff::Timestamp::from_second(time.seconds()).map_or_else(|_| time.to_string(), |time| time.to_string())
}
