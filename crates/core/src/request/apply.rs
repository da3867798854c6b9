//! Applies events to a request. Nothing else changes the state of a request.

use jit_approvals_base::{Error, Plain};

use super::{
    Actor, ActorKind, ApprovalRequest, Body, Decided, Decision, Event, Grant, Head, Status, Verdict,
    verify_chain,
};
use crate::shown_text::Source;
use crate::{Result, errors};

/// A newer version of the library may have written the events.
const STORED: Source = Source::Stored;

impl ApprovalRequest {
    /// Builds a request from its events. Checks their chain, and that each event could have happened.
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

    /// Builds a request from its events, and checks them against a head that was stored apart from them.
    ///
    /// # Errors
    ///
    /// Those of [`restore`](Self::restore); `head_mismatch` if events are missing at the end, or if the last
    /// event is a different one.
    pub fn restore_with_head(events: impl IntoIterator<Item = Event>, head: Head) -> Result<Self> {
        let request = Self::restore(events)?;
        verify_chain(request.events(), Some(head))?;
        Ok(request)
    }

    /// Adds the next event.
    ///
    /// # Errors
    ///
    /// `event_foreign`, `event_out_of_order`, `event_unlinked`; `event_impossible` if no command could have created
    /// the event.
    pub fn apply(&mut self, event: Event) -> Result<()> {
        self.head().check_next(&event, &self.fixed.content.company, self.id())?;
        self.change(&event).map_err(|error| impossible(event.sequence, &error))?;
        self.events.push(event);
        Ok(())
    }

    /// Creates the request from its first event.
    pub(super) fn begin(event: Event, source: Source) -> Result<Self> {
        let Body::Requested(fixed) = &event.body else {
            return Err(errors::event_impossible(
                1,
                Plain("the first event must open the request".to_owned()),
            ));
        };
        if event.actor != Actor::application(&*fixed.content.application) {
            return Err(errors::event_impossible(
                1,
                Plain("its actor is not the request's application".to_owned()),
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
            return Err(reason("it is dated before the previous event"));
        }
        event.at.in_calendar("at")?;
        event.actor.check(STORED)?;
        match &event.body {
            Body::Requested(_) => return Err(reason("a request can be opened only once")),
            Body::Administered(_) => {
                return Err(reason("an administrative change does not belong to a request"));
            }
            Body::Decided { stage, decision, grant } => {
                let eligible = self.check_decision(decision, event.at)?;
                if self.current() != *stage || eligible.email != decision.approver {
                    return Err(reason(
                        "its stage is not the current one, or it spells the approver differently",
                    ));
                }
                if self.decision_by(&decision.approver).is_some() {
                    return Err(errors::already_decided(&decision.approver));
                }
                decision.check_texts(STORED)?;
                if event.actor != Actor::approver(&*decision.approver) {
                    return Err(reason("its actor is not the approver who decided"));
                }
                if let Some(grant) = grant {
                    self.check_grant_id(grant.id)?;
                }
                let expected = event.at.plus(self.fixed.grant_ttl.into());
                match grant {
                    Some(grant) if self.completed_by(decision) && grant.expires_at == expected => {}
                    None if !self.completed_by(decision) => {}
                    _ => return Err(reason("its grant is missing, unexpected or has the wrong expiry time")),
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
                    return Err(reason("only the system records an expiry, once, dated at the expiry time"));
                }
                self.end(Status::Expired, event);
            }
            Body::Consumed { grant_id } => {
                if self.issued_grant(event.at)?.id != *grant_id
                    || event.actor != Actor::application(self.application())
                {
                    return Err(reason(
                        "it names another grant, or its actor is not the request's application",
                    ));
                }
                self.grant.as_mut().expect("just found").consumed.push(event.at);
            }
            Body::Revoked { grant_id, reason: why } => {
                if self.issued_grant(event.at)?.id != *grant_id {
                    return Err(reason("it names another grant"));
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
