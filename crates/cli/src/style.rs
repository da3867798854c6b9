//! How things look on a terminal.

use anstyle::{AnsiColor, Style};

/// A heading.
pub(crate) const TITLE: Style = Style::new().bold();
/// What is only there to find one's way.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// A value that someone filled in, set apart from the words around it.
pub(crate) const VALUE: Style = AnsiColor::Cyan.on_default().bold();
/// What went well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What was rejected.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
