//! The fold: events become the request's state, and nothing else changes it.

use jit_approvals_base::{Error, Plain};

use super::{
    Actor, ActorKind, ApprovalRequest, Body, Decided, Decision, Event, Grant, Head, Status, Verdict,
    verify_chain,
};
use crate::shown_text::Source;
use crate::{Result, errors};

/// Events may be of a newer library.
const STORED: Source = Source::Stored;

impl ApprovalRequest {
    /// The request that these events made. Checks their chain, and that each could have happened.
    ///
    /// # Errors
    ///
    /// `no_events`; those of [`verify_chain`]; `event_impossible`.
    pub fn restore(events: impl IntoIterator<Item = Event>) -> Result<Self> {
        let mut events = events.into_iter();
        let first = events.next().ok_or_else(errors::no_events)?;
        verify_chain(std::slice::from_ref(&first), None)?;
        let mut request = Self::begin(first, Source::Stored).map_err(|error| impossible(1, &error))?;
        for event in events {
            request.apply(event)?;
        }
        Ok(request)
    }

    /// The request that these events made, up to this head, which was kept apart from them.
    ///
    /// # Errors
    ///
    /// Those of [`restore`](Self::restore); `head_mismatch` if events are missing at the end, or are others.
    pub fn restore_with_head(events: impl IntoIterator<Item = Event>, head: Head) -> Result<Self> {
        let request = Self::restore(events)?;
        verify_chain(request.events(), Some(head))?;
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
        self.change(&event).map_err(|error| impossible(event.sequence, &error))?;
        self.events.push(event);
        Ok(())
    }

    /// The request that its first event opens.
    pub(super) fn begin(event: Event, source: Source) -> Result<Self> {
        let Body::Requested(fixed) = &event.body else {
            return Err(errors::event_impossible(1, Plain("a request begins by being opened".to_owned())));
        };
        if event.actor != Actor::application(&*fixed.content.application) {
            return Err(errors::event_impossible(
                1,
                Plain("another one opened it than its application".to_owned()),
            ));
        }
        let approvers = fixed.check(event.at, source)?;
        let (fixed, stages) = (fixed.clone(), fixed.stages.clone());
        Ok(Self {
            fixed,
            approvers: approvers.into(),
            requested_at: event.at,
            stages,
            ended: None,
            grant: None,
            events: vec![event],
        })
    }

    pub(super) fn change(&mut self, event: &Event) -> Result<(), Error> {
        let reason = |reason: &str| errors::event_impossible(event.sequence, Plain(reason.to_owned()));
        if event.at < self.not_before_last(event.at) {
            return Err(reason("time ran backwards"));
        }
        event.at.in_calendar("at")?;
        event.actor.check(STORED)?;
        match &event.body {
            Body::Requested(_) => return Err(reason("a request is opened once")),
            Body::Administered(_) => return Err(reason("an administrative change is no request's")),
            Body::Decided { stage, decision, grant } => {
                let eligible = self.check_decision(decision, event.at)?;
                if self.current() != *stage || eligible.email != decision.approver {
                    return Err(reason("it is not that stage's turn"));
                }
                if self.decision_by(&decision.approver).is_some() {
                    return Err(errors::already_decided(&decision.approver));
                }
                decision.check_texts(STORED)?;
                if event.actor != Actor::approver(&*decision.approver) {
                    return Err(reason("someone else decided"));
                }
                if let Some(grant) = grant {
                    self.check_grant_id(grant.id)?;
                }
                let expected = event.at.plus(self.fixed.grant_ttl.into());
                match grant {
                    Some(grant) if self.completed_by(decision) && grant.expires_at == expected => {}
                    None if !self.completed_by(decision) => {}
                    _ => return Err(reason("its grant is not due")),
                }
                self.decided(*stage, decision, event);
                if let Some(grant) = grant {
                    self.grant = Some(Grant {
                        id: grant.id,
                        issued_at: event.at,
                        expires_at: grant.expires_at,
                        uses: self.fixed.grant_use,
                        consumed: Vec::new(),
                        revoked_at: None,
                    });
                }
            }
            Body::Cancelled { reason } => {
                self.check_pending(event.at)?;
                self.check_withdrawal("cancel", &event.actor, reason.as_deref(), STORED)?;
                self.end(Status::Cancelled, event);
            }
            Body::Expired => {
                let system = event.actor.kind == ActorKind::System;
                if self.ended.is_some() || event.at != self.fixed.expires_at || !system {
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
                if self.issued_grant(event.at)?.id != *grant_id {
                    return Err(reason("it has another grant"));
                }
                self.check_withdrawal("revoke", &event.actor, why.as_deref(), STORED)?;
                self.grant.as_mut().expect("just found").revoked_at = Some(event.at);
            }
        }
        Ok(())
    }

    fn decided(&mut self, stage: usize, decision: &Decision, event: &Event) {
        let completed = self.completed_by(decision);
        self.stages[stage].decisions.push(Decided { decision: decision.clone(), at: event.at });
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

fn impossible(sequence: u64, error: &Error) -> Error {
    if error.code() == "event_impossible" {
        return error.clone();
    }
    errors::event_impossible(sequence, Plain(error.message().to_owned()))
}
