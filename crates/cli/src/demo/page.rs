//! The demo for people.

use std::io;

use jit_approvals::event::Verdict;

use super::story::{APPLICATION, HOST, Story};
use crate::failure::summary;
use crate::out::{Line, Out};
use crate::page::{row, value_row, write_events, write_request_text};
use crate::style::{BAD, FAINT, GOOD, TITLE};

pub(super) fn write(story: &Story, out: &mut Out) -> io::Result<()> {
    out.line(&Line::new().own_in(TITLE, "A purchase, from the template to the consumed grant"))?;
    asks(story, out)?;
    reads(story, out)?;
    decides(story, out)?;
    acts(story, out)?;
    remains(story, out)
}

fn asks(story: &Story, out: &mut Out) -> io::Result<()> {
    let (claims, template) = (&story.claims, &story.template);
    heading(out, 1, "The application asks")?;
    row(out, "signing key", &own("32 random bytes, created for this run"))?;
    row(out, "auth token", &own(&story.auth_token))?;
    let subject = claims.subject().unwrap_or_default();
    let seconds = claims.expires_at().seconds() - claims.issued_at().unwrap_or(story.now).seconds();
    let line = own(format!("iss {APPLICATION}, aud {HOST}, sub ")).value(subject);
    row(out, "verified", &line.own(format!(", valid for {seconds} s")))?;
    let kind = template.approval_type().as_str();
    let line = own(format!("{} v{}, {kind}, ", template.key(), template.version()));
    row(out, "template", &line.own_in(FAINT, story.template_file))?;
    row(out, "request", &own(story.request.id()))
}

fn reads(story: &Story, out: &mut Out) -> io::Result<()> {
    let request = &story.request;
    heading(out, 2, &format!("{} reads", story.decision.approver()))?;
    write_request_text(out, request.title_parts(), request.parts())?;
    row(out, "content hash", &own(request.content_hash()))
}

fn decides(story: &Story, out: &mut Out) -> io::Result<()> {
    let decision = &story.decision;
    heading(out, 3, &format!("{} decides", decision.approver()))?;
    let style = if decision.verdict() == Verdict::Approve { GOOD } else { BAD };
    row(out, "verdict", &Line::new().own_in(style, decision.verdict().as_str()))?;
    if let Some(comment) = decision.comment() {
        value_row(out, "comment", comment)?;
    }
    if let Some(signature) = decision.signature() {
        value_row(out, "signature", signature)?;
    }
    row(out, "status", &own(story.request.status(story.now).as_str()))?;
    let (Some(grant), Some((token, verified))) = (story.request.grant(), &story.access) else {
        return row(out, "grant", &own("none"));
    };
    let seconds = grant.expires_at().seconds() - grant.issued_at().seconds();
    row(out, "grant", &own(format!("{}, {}, valid for {seconds} s", grant.id(), grant.uses().as_str())))?;
    row(out, "access token", &own(token))?;
    let (grant, application, hash) = (&verified.grant_id, &verified.application, &verified.content_hash);
    row(out, "verified", &own(format!("grant {grant} for {application}, content {hash}")))
}

fn acts(story: &Story, out: &mut Out) -> io::Result<()> {
    heading(out, 4, "The application acts")?;
    for attempt in &story.attempts {
        let line = match &attempt.error {
            None => Line::new().own_in(GOOD, "✓").own(" the grant is consumed"),
            Some(error) => Line::new().own_in(BAD, "✗").own(" ").and(&summary(error)),
        };
        row(out, attempt.about, &line)?;
    }
    Ok(())
}

fn remains(story: &Story, out: &mut Out) -> io::Result<()> {
    heading(out, 5, "The events that remain")?;
    write_events(out, story.request.events())?;
    let chain = &story.chain;
    let proven = if chain.complete { "none changed, missing or reordered" } else { "the end is not proven" };
    row(out, "chain", &Line::new().own_in(GOOD, "✓").own(format!(" {} events, {proven}", chain.head.count)))
}

fn heading(out: &mut Out, number: u32, text: &str) -> io::Result<()> {
    out.line(&Line::new())?;
    out.line(&Line::new().own_in(TITLE, format!("{number}  {text}")))
}

fn own(text: impl std::fmt::Display) -> Line {
    Line::new().own(text)
}
