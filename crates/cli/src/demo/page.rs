//! The demonstration for people.

use std::io::{self, Write};

use jit_approvals::Verdict;

use super::story::{APPLICATION, HOST, Story};
use crate::style::{self, BAD, FAINT, GOOD, TITLE, isolated, row, write_events, write_request_text};

pub(super) fn write(story: &Story, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{TITLE}A purchase, from template to consumed grant{TITLE:#}")?;
    asks(story, out)?;
    reads(story, out)?;
    decides(story, out)?;
    acts(story, out)?;
    remains(story, out)
}

fn asks(story: &Story, out: &mut impl Write) -> io::Result<()> {
    let (claims, template) = (&story.claims, &story.template);
    heading(out, 1, "The application asks")?;
    row(out, "signing key", "32 random bytes, made for this run")?;
    row(out, "auth token", &story.auth_token)?;
    let said = format!(
        "iss {APPLICATION}, aud {HOST}, sub {}, {} s to live",
        claims.subject().unwrap_or_default(),
        claims.expires_at().seconds() - claims.issued_at().unwrap_or(story.now).seconds()
    );
    row(out, "verified", &said)?;
    let said = format!("{} v{}, {}", template.key(), template.version(), template.approval_type().word());
    row(out, "template", &format!("{said}, {FAINT}{}{FAINT:#}", story.template_file))?;
    row(out, "request", &story.request.id().to_string())
}

fn reads(story: &Story, out: &mut impl Write) -> io::Result<()> {
    let request = &story.request;
    heading(out, 2, &format!("{} reads", story.decision.approver))?;
    write_request_text(out, request.title_parts(), request.parts())?;
    row(out, "content hash", &request.content_hash().to_string())
}

fn decides(story: &Story, out: &mut impl Write) -> io::Result<()> {
    let decision = &story.decision;
    heading(out, 3, &format!("{} decides", decision.approver))?;
    match decision.verdict {
        Verdict::Approve => row(out, "verdict", &format!("{GOOD}approve{GOOD:#}"))?,
        Verdict::Reject => row(out, "verdict", &format!("{BAD}reject{BAD:#}"))?,
    }
    if let Some(comment) = &decision.comment {
        row(out, "comment", &isolated(comment))?;
    }
    if let Some(signature) = &decision.signature {
        row(out, "signature", &isolated(signature))?;
    }
    row(out, "status", story.request.status(story.now).word())?;
    let (Some(grant), Some((token, verified))) = (story.request.grant(), &story.access) else {
        return row(out, "grant", "none");
    };
    let lives = grant.expires_at().seconds() - grant.issued_at().seconds();
    row(out, "grant", &format!("{}, {}, {lives} s to live", grant.id(), grant.uses().word()))?;
    row(out, "access token", token)?;
    let hash = &verified.content_hash;
    row(out, "verified", &format!("grant {} for {}, content {hash}", verified.grant_id, verified.application))
}

fn acts(story: &Story, out: &mut impl Write) -> io::Result<()> {
    heading(out, 4, "The application acts")?;
    for attempt in &story.attempts {
        match &attempt.refusal {
            None => row(out, attempt.about, &format!("{GOOD}✓{GOOD:#} the grant is consumed"))?,
            Some(error) => row(out, attempt.about, &format!("{BAD}✗{BAD:#} {}", style::refusal(error)))?,
        }
    }
    Ok(())
}

fn remains(story: &Story, out: &mut impl Write) -> io::Result<()> {
    heading(out, 5, "What remains")?;
    write_events(out, story.request.events())?;
    let chain = &story.chain;
    let proven = if chain.complete { "none changed, missing or reordered" } else { "its end is unproven" };
    row(out, "chain", &format!("{GOOD}✓{GOOD:#} {} events, {proven}", chain.head.count))
}

fn heading(out: &mut impl Write, number: u32, text: &str) -> io::Result<()> {
    writeln!(out, "\n{TITLE}{number}  {text}{TITLE:#}")
}
