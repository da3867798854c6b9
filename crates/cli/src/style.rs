//! How things look on a terminal. Where there is none, or `NO_COLOR` is set, `anstream` takes the colours out.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use jit_approvals::{Body, Error, Event, Part, UnixTime};

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

/// What an approver reads, between rules: the values set apart from the template's own words.
pub(crate) fn write_request_text<'a>(
    out: &mut impl Write,
    title: &str,
    parts: impl Iterator<Item = Part<'a>>,
) -> io::Result<()> {
    /// Wide enough for what is shown, narrow enough for any terminal.
    const RULE: usize = 78;
    let rule = "─".repeat(RULE);
    writeln!(out, "{FAINT}{rule}{FAINT:#}\n{TITLE}{title}{TITLE:#}\n")?;
    for part in parts {
        match part.key {
            // A line feed inside a colour would leave the colour on in some pagers.
            Some(_) if !part.text.contains('\n') => write!(out, "{VALUE}{}{VALUE:#}", part.text)?,
            _ => write!(out, "{}", part.text)?,
        }
    }
    writeln!(out, "\n{FAINT}{rule}{FAINT:#}")
}

/// A line with its label.
pub(crate) fn row(out: &mut impl Write, label: &str, text: &str) -> io::Result<()> {
    writeln!(out, "   {FAINT}{label:<14}{FAINT:#}{text}")
}

/// Events, two lines each: what, when and by whom; its hash.
pub(crate) fn write_events(out: &mut impl Write, events: &[Event]) -> io::Result<()> {
    for event in events {
        let by = match event.body() {
            Body::Decided { decision, .. } => format!("{} by {}", decision.verdict.word(), event.actor().id),
            _ => format!("by {}", event.actor().id),
        };
        let label = format!("{}  {}", event.sequence(), event.body().kind());
        row(out, &label, &format!("{} {by}", time(event.at())))?;
        row(out, "", &format!("{FAINT}{}{FAINT:#}", event.hash()))?;
    }
    Ok(())
}

/// A time for people: `2026-01-31T12:00:00Z`; its seconds where no calendar has it.
pub(crate) fn time(time: UnixTime) -> String {
    jiff::Timestamp::from_second(time.seconds()).map_or_else(|_| time.to_string(), |time| time.to_string())
}
