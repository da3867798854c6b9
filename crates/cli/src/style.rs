//! The styles of text on a terminal.

use anstyle::{AnsiColor, Style};

/// A heading.
pub(crate) const TITLE: Style = Style::new().bold();
/// Labels and notes that help to find the important text.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// A value that somebody entered. It looks different from the words around it.
pub(crate) const VALUE: Style = AnsiColor::Cyan.on_default().bold();
/// A success.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// A rejection or an error.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
