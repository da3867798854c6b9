//! The fold: events become the request's state, and nothing else changes it.

use std::collections::HashSet;

use jit_approvals_base::{Error, Plain};

use super::decide::{check_reason, check_texts};
use super::{
    Actor, ApprovalRequest, Body, Content, Decision, Event, Grant, StageState, Status, Verdict, verify_chain,
};
use crate::directory::{check_email, check_group, identity};
use crate::limits;
use crate::template::shown_name;
use crate::{Result, errors, reading};

impl ApprovalRequest {
    /// The request that these events made. Checks their chain, and that each could have happened.
    ///
    /// # Errors
    ///
    /// `no_events`; those of [`verify_chain`]; `event_impossible`.
    pub fn restore(events: impl IntoIterator<Item = Event>) -> Result<Self> {
        let mut events = events.into_iter();
        let mut request = Self::begin(events.next().ok_or_else(errors::no_events)?)?;
        for event in events {
            request.apply(event)?;
        }
        Ok(request)
    }

    /// Adds the next event.
    ///
    /// # Errors
    ///
    /// `event_foreign`, `event_out_of_order`, `event_unlinked`; `event_impossible` if no command could have
    /// made it.
    pub fn apply(&mut self, event: Event) -> Result<()> {
        self.head().check_next(&event, &self.fixed.content.company, self.id())?;
        self.change(&event).map_err(|error| impossible(&event, &error))?;
        self.events.push(event);
        Ok(())
    }

    fn begin(event: Event) -> Result<Self> {
        verify_chain(std::slice::from_ref(&event), None)?;
        let Body::Requested(fixed) = &event.body else {
            return Err(errors::event_impossible(1, Plain("a request begins by being opened".to_owned())));
        };
        let (content, fixed) = (&fixed.content, fixed.clone());
        let same_keys = content.meta_data.len() == fixed.defaults.len()
            && content.meta_data.iter().zip(&fixed.defaults).all(|((key, _), (known, _))| key == known);
        let sound = same_keys
            && fixed.expires_at > event.at
            && fixed.expires_at <= event.at.plus(limits::MAX_TTL_SECONDS.into())
            && fixed.grant_ttl <= limits::MAX_TTL_SECONDS
            && event.actor == Actor::application(&*content.application);
        if !sound {
            return Err(errors::event_impossible(1, Plain("its members contradict each other".to_owned())));
        }
        check_shown(content).map_err(|error| impossible(&event, &error))?;
        check_stages(&fixed.stages, fixed.allow_self_approval, &content.subject)
            .map_err(|error| impossible(&event, &error))?;
        let stages = fixed.stages.clone();
        Ok(Self { fixed, requested_at: event.at, stages, ended: None, grant: None, events: vec![event] })
    }

    fn change(&mut self, event: &Event) -> Result<(), Error> {
        let reason = |reason: &str| errors::event_impossible(event.sequence, Plain(reason.to_owned()));
        if event.at < self.not_before_last(event.at) {
            return Err(reason("time ran backwards"));
        }
        event.actor.check()?;
        match &event.body {
            Body::Requested(_) => return Err(reason("a request is opened once")),
            Body::Decided { stage, decision, grant } => {
                if self.current() != *stage || self.check_decision(decision, event.at)? != decision.approver {
                    return Err(reason("it is not that stage's turn"));
                }
                if self.decision_by(&decision.approver).is_some() {
                    return Err(errors::already_decided(&decision.approver));
                }
                check_texts(decision)?;
                if event.actor != Actor::approver(&*decision.approver) {
                    return Err(reason("someone else decided"));
                }
                let expected = event.at.plus(self.fixed.grant_ttl.into());
                match grant {
                    Some((_, expires_at)) if self.completed_by(decision) && *expires_at == expected => {}
                    None if !self.completed_by(decision) => {}
                    _ => return Err(reason("its grant is not due")),
                }
                self.decided(*stage, decision, event);
                if let Some((id, expires_at)) = grant {
                    self.grant = Some(Grant {
                        id: *id,
                        issued_at: event.at,
                        expires_at: *expires_at,
                        uses: self.fixed.grant_use,
                        consumed: Vec::new(),
                        revoked_at: None,
                    });
                }
            }
            Body::Cancelled { reason } => {
                check_reason(reason.as_deref())?;
                self.check_pending(event.at)?;
                self.end(Status::Cancelled, event);
            }
            Body::Expired => {
                if self.ended.is_some() || event.at != self.fixed.expires_at || event.actor != Actor::system()
                {
                    return Err(reason("it does not expire then"));
                }
                self.end(Status::Expired, event);
            }
            Body::Consumed { grant_id } => {
                if self.issued_grant(event.at)?.id != *grant_id
                    || event.actor != Actor::application(self.application())
                {
                    return Err(reason("it has another grant, or it is another's"));
                }
                self.grant.as_mut().expect("just found").consumed.push(event.at);
            }
            Body::Revoked { grant_id, reason: why } => {
                check_reason(why.as_deref())?;
                if self.issued_grant(event.at)?.id != *grant_id {
                    return Err(reason("it has another grant"));
                }
                self.grant.as_mut().expect("just found").revoked_at = Some(event.at);
            }
        }
        Ok(())
    }

    fn decided(&mut self, stage: usize, decision: &Decision, event: &Event) {
        let completed = self.completed_by(decision);
        self.stages[stage].decisions.push((decision.clone(), event.at));
        if decision.verdict == Verdict::Reject {
            self.end(Status::Rejected, event);
        } else if completed {
            self.end(Status::Approved, event);
        }
    }

    fn end(&mut self, status: Status, event: &Event) {
        self.ended = Some((status, event.at, event.actor.clone()));
    }
}

/// Content as opening makes it: nothing in it misleads who reads it. (Attachments were checked when read.)
fn check_shown(content: &Content) -> Result<()> {
    let lines = [
        ("title", &content.title),
        ("subject", &content.subject),
        ("application", &content.application),
        ("company", &content.company),
        ("templateId", &content.template_id),
    ];
    let claims = content.claims.iter().map(|(name, value)| (name.as_str(), value, false));
    let values = content.meta_data.iter().map(|(key, value)| (key.as_str(), value, true));
    let lines = lines.into_iter().map(|(name, text)| (name, text, false));
    let mut texts = lines.chain(claims).chain(values).chain([("text", &content.text, true)]);
    texts.try_for_each(|(name, text, multiline)| match reading::misleading(text, multiline) {
        Some((_, character)) => Err(errors::hidden_character(name, Plain(reading::code_point(character)))),
        None => Ok(()),
    })
}

/// Stages as opening makes them: each can be met, by people who can be shown, each in one stage only.
fn check_stages(stages: &[StageState], allow_self_approval: bool, subject: &str) -> Result<()> {
    let mut known = HashSet::new();
    if stages.is_empty() || stages.len() > limits::STAGES {
        return Err(errors::no_approvers());
    }
    for stage in stages {
        stage.name.as_deref().map_or(Ok(()), shown_name)?;
        if stage.eligible.len() < stage.required as usize {
            return Err(errors::too_few_approvers(stage.eligible.len(), stage.required as usize));
        }
        for person in &stage.eligible {
            check_email(&person.email)?;
            person.group.as_deref().map_or(Ok(""), check_group)?;
            if !known.insert(identity(&person.email)) {
                return Err(errors::duplicate_person(&person.email));
            }
            if !allow_self_approval && identity(&person.email) == identity(subject) {
                return Err(errors::self_approval(&person.email));
            }
        }
    }
    Ok(())
}

fn impossible(event: &Event, error: &Error) -> Error {
    if error.code() == "event_impossible" {
        return error.clone();
    }
    errors::event_impossible(event.sequence, Plain(error.message().to_owned()))
}
