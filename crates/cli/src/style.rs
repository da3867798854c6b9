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
    title: impl Iterator<Item = Part<'a>>,
    text: impl Iterator<Item = Part<'a>>,
) -> io::Result<()> {
    /// Wide enough for what is shown, narrow enough for any terminal.
    const RULE: usize = 78;
    let rule = "─".repeat(RULE);
    writeln!(out, "{FAINT}{rule}{FAINT:#}")?;
    write_parts(out, title, TITLE)?;
    writeln!(out, "\n")?;
    write_parts(out, text, Style::new())?;
    writeln!(out, "\n{FAINT}{rule}{FAINT:#}")
}

/// Parts, each isolated where letters of one could reorder what is next to it.
fn write_parts<'a>(
    out: &mut impl Write,
    parts: impl Iterator<Item = Part<'a>>,
    words: Style,
) -> io::Result<()> {
    let parts: Vec<Part<'_>> = parts.collect();
    let isolated = parts.iter().any(|part| !part.text.is_ascii());
    for part in parts {
        let style = if part.key.is_some() { VALUE } else { words };
        let (before, behind) = if isolated { (ISOLATE, END_ISOLATE) } else { ("", "") };
        for (place, line) in part.text.split('\n').enumerate() {
            // A line feed inside a colour or an isolate would end it, or leave it on.
            write!(out, "{}", if place > 0 { "\n" } else { "" })?;
            if !line.is_empty() {
                write!(out, "{style}{before}{line}{behind}{style:#}")?;
            }
        }
    }
    Ok(())
}

/// U+2068 and U+2069: what is between them is laid out by itself (UAX #9). Right-to-left letters would otherwise
/// reorder the digits next to them. Nothing of this is hashed.
const ISOLATE: &str = "\u{2068}";
const END_ISOLATE: &str = "\u{2069}";

/// A text of one line, isolated where its letters could reorder what is next to it.
pub(crate) fn isolated(text: &str) -> String {
    if text.is_ascii() { text.to_owned() } else { format!("{ISOLATE}{text}{END_ISOLATE}") }
}

/// A line with its label.
pub(crate) fn row(out: &mut impl Write, label: &str, text: &str) -> io::Result<()> {
    writeln!(out, "   {FAINT}{label:<14}{FAINT:#}{text}")
}

/// Events, two lines each: what, when and by whom; its hash.
pub(crate) fn write_events(out: &mut impl Write, events: &[Event]) -> io::Result<()> {
    for event in events {
        let by = match event.body() {
            Body::Decided { decision, .. } => {
                format!("{} by {}", decision.verdict.word(), isolated(&event.actor().id))
            }
            _ => format!("by {}", isolated(&event.actor().id)),
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
