//! Prints a request for people.

use std::io;

use anstyle::Style;
use jit_approvals::event::{Body, Event, StageState};
use jit_approvals::template::Part;
use jit_approvals::{ApprovalRequest, UnixTime};

use crate::out::{Line, Out};
use crate::style::{FAINT, TITLE, VALUE};

/// Makes the lines of a value look different from the template's own lines, with and without colours.
const GUTTER: &str = "│ ";

/// Prints a line with a label.
pub(crate) fn row(out: &mut Out, label: &str, text: &Line) -> io::Result<()> {
    out.line(&Line::new().own("   ").own_in(FAINT, format!("{label:<14}")).and(text))
}

/// Prints a value with a label. If the value has several lines, each line starts with the gutter.
pub(crate) fn value_row(out: &mut Out, label: &str, value: &str) -> io::Result<()> {
    if !value.contains('\n') {
        return row(out, label, &Line::new().value(value));
    }
    value.split('\n').enumerate().try_for_each(|(index, line)| {
        let label = if index == 0 { label } else { "" };
        row(out, label, &Line::new().own_in(FAINT, GUTTER).value(line))
    })
}

/// Prints what an approver reads, between two rules. Values look different from the template's own words.
pub(crate) fn write_request_text<'a>(
    out: &mut Out,
    title: impl Iterator<Item = Part<'a>>,
    text: impl Iterator<Item = Part<'a>>,
) -> io::Result<()> {
    /// Wide enough for most texts and narrow enough for all terminals.
    const RULE: usize = 78;
    let rule = Line::new().own_in(FAINT, "─".repeat(RULE));
    out.line(&rule)?;
    write_parts(out, title, TITLE)?;
    out.line(&Line::new())?;
    write_parts(out, text, Style::new())?;
    out.line(&rule)
}

/// Prints the parts one after the other.
///
/// A value with several lines starts on a new line, and each of its lines starts with the gutter. This way, none of
/// them looks like a line of the template.
fn write_parts<'a>(out: &mut Out, parts: impl Iterator<Item = Part<'a>>, words: Style) -> io::Result<()> {
    let mut line = Line::new();
    // Whether the current line has any text.
    let mut begun = false;
    for part in parts {
        let lines = part.text.split('\n');
        match part.key {
            Some(_) if part.text.contains('\n') => {
                if std::mem::take(&mut begun) {
                    out.line(&std::mem::take(&mut line))?;
                }
                lines.into_iter().try_for_each(|text| {
                    out.line(&Line::new().own_in(FAINT, GUTTER).value_in(VALUE, text))
                })?;
            }
            Some(_) => {
                begun |= !part.text.is_empty();
                line = line.value_in(VALUE, part.text);
            }
            None => {
                for (index, text) in lines.enumerate() {
                    if index > 0 {
                        out.line(&std::mem::take(&mut line))?;
                        begun = false;
                    }
                    begun |= !text.is_empty();
                    line = line.value_in(words, text);
                }
            }
        }
    }
    if begun { out.line(&line) } else { Ok(()) }
}

/// Prints the details of a request: everything else that the content hash covers, the device, the times, and the stages
/// with their decisions.
pub(crate) fn write_details(out: &mut Out, request: &ApprovalRequest) -> io::Result<()> {
    value_row(out, "subject", request.subject())?;
    value_row(out, "application", request.application())?;
    value_row(out, "company", request.company())?;
    let template = Line::new().value(request.template_id()).own(format!(" v{}", request.template_version()));
    row(out, "template", &template)?;
    row(out, "approval", &Line::new().own(request.approval_type().as_str()))?;
    for (key, value) in request.meta_data() {
        value_row(out, key, value)?;
    }
    for (name, value) in request.claims() {
        value_row(out, &format!("claim.{name}"), value)?;
    }
    for attachment in request.attachments() {
        let line = Line::new().value(attachment.title()).own("  ").value_in(TITLE, attachment.host());
        row(out, "attachment", &line.own("  ").value_in(FAINT, attachment.url()))?;
    }
    write_device(out, request)?;
    row(out, "opened", &time(request.requested_at()))?;
    row(out, "expires", &time(request.expires_at()))?;
    for (number, stage) in request.stages().iter().enumerate() {
        write_stage(out, number + 1, stage)?;
    }
    Ok(())
}

fn write_device(out: &mut Out, request: &ApprovalRequest) -> io::Result<()> {
    let Some(device) = request.device() else { return Ok(()) };
    let texts = [device.platform(), device.brands(), device.user_agent()];
    let texts = texts.into_iter().flatten().map(str::to_owned);
    let place = device.location().map(|place| format!("at {}, {}", place.lat(), place.lon()));
    for (index, text) in texts.chain(place).enumerate() {
        let label = if index == 0 { "device" } else { "" };
        let note = if index == 0 { "  (as the application reported it)" } else { "" };
        row(out, label, &Line::new().value(text).own_in(FAINT, note))?;
    }
    Ok(())
}

fn write_stage(out: &mut Out, number: usize, stage: &StageState) -> io::Result<()> {
    let needs = format!("{} of {}", stage.required, stage.eligible.len());
    let name = stage.name.as_deref().unwrap_or_default();
    let line = Line::new().own(needs).own(if name.is_empty() { "" } else { ", " }).value(name);
    row(out, &format!("stage {number}"), &line)?;
    for person in &stage.eligible {
        let line = Line::new().value(&person.email);
        let line = match &person.group {
            Some(group) => line.own_in(FAINT, "  by group ").value_in(FAINT, group),
            None => line,
        };
        row(out, "", &line)?;
    }
    for decided in &stage.decisions {
        let (decision, at) = (&decided.decision, decided.at);
        let line =
            Line::new().own(decision.verdict().as_str()).own(" by ").value(decision.approver()).own(" at ");
        row(out, "decision", &line.and(&time(at)))?;
        if let Some(signature) = decision.signature() {
            value_row(out, "signature", signature)?;
        }
        if let Some(comment) = decision.comment() {
            value_row(out, "comment", comment)?;
        }
    }
    Ok(())
}

/// Prints two lines for each event: first what happened, when and by whom, then the hash of the event.
pub(crate) fn write_events(out: &mut Out, events: &[Event]) -> io::Result<()> {
    for event in events {
        let verdict = match event.body() {
            Body::Decided { decision, .. } => decision.verdict().as_str(),
            _ => "",
        };
        let label = format!("{}  {}", event.sequence(), event.body().kind());
        let line = time(event.at()).own(if verdict.is_empty() { "" } else { " " }).own(verdict);
        row(out, &label, &line.own(" by ").value(event.actor().id()))?;
        if let Body::Cancelled { reason: Some(reason) } | Body::Revoked { reason: Some(reason), .. } =
            event.body()
        {
            value_row(out, "", reason)?;
        }
        row(out, "", &Line::new().own_in(FAINT, event.hash()))?;
    }
    Ok(())
}

fn time(time: UnixTime) -> Line {
    Line::new().own(time)
}
