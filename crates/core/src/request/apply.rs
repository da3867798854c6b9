//! The fold: events become the request's state, and nothing else changes it.

use jit_approvals_base::{Error, Plain};

use super::event::Requested;
use super::{Actor, ApprovalRequest, Body, Decision, Event, Grant, Status, Verdict, verify_chain};
use crate::{Result, errors};

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
        self.head().check_next(&event, &self.content.company, self.id())?;
        self.change(&event).map_err(|error| impossible(&event, &error))?;
        self.events.push(event);
        Ok(())
    }

    fn begin(event: Event) -> Result<Self> {
        verify_chain(std::slice::from_ref(&event), None)?;
        let Body::Requested(requested) = event.body.clone() else {
            return Err(errors::event_impossible(1, Plain("a request begins by being opened".to_owned())));
        };
        let Requested { content, content_hash, parts, defaults, expires_at, .. } = *requested;
        let keys = |texts: &[(String, String)]| -> Vec<String> {
            texts.iter().map(|(key, _)| key.clone()).collect()
        };
        let sound = content.hash() == content_hash
            && keys(&content.meta_data) == keys(&defaults)
            && expires_at > event.at
            && !requested.stages.is_empty()
            && requested.stages.iter().all(|stage| stage.eligible.len() >= stage.required as usize);
        if !sound {
            return Err(errors::event_impossible(1, Plain("its members contradict each other".to_owned())));
        }
        Ok(Self {
            content,
            content_hash,
            parts,
            defaults,
            requested_at: event.at,
            expires_at,
            grant_ttl: requested.grant_ttl,
            grant_use: requested.grant_use,
            allow_self_approval: requested.allow_self_approval,
            stages: requested.stages,
            ended: None,
            grant: None,
            events: vec![event],
        })
    }

    fn change(&mut self, event: &Event) -> Result<(), Error> {
        let reason = |reason: &str| errors::event_impossible(event.sequence, Plain(reason.to_owned()));
        match &event.body {
            Body::Requested(_) => return Err(reason("a request is opened once")),
            Body::Decided { stage, decision, grant } => {
                if self.current() != *stage || self.check_decision(decision, event.at)? != decision.approver {
                    return Err(reason("it is not that stage's turn"));
                }
                if self.decision_by(&decision.approver).is_some() {
                    return Err(errors::already_decided(&decision.approver));
                }
                let expected = event.at.plus(self.grant_ttl.into());
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
                        uses: self.grant_use,
                        consumed: Vec::new(),
                        revoked_at: None,
                    });
                }
            }
            Body::Cancelled { .. } => {
                self.check_pending(event.at)?;
                self.end(Status::Cancelled, event);
            }
            Body::Expired => {
                if self.ended.is_some() || event.at != self.expires_at || event.actor != Actor::system() {
                    return Err(reason("it does not expire then"));
                }
                self.end(Status::Expired, event);
            }
            Body::Consumed { grant_id } => {
                if self.issued_grant(event.at)?.id != *grant_id {
                    return Err(reason("it has another grant"));
                }
                self.grant.as_mut().expect("just found").consumed.push(event.at);
            }
            Body::Revoked { grant_id, .. } => {
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

fn impossible(event: &Event, error: &Error) -> Error {
    if error.code() == "event_impossible" {
        return error.clone();
    }
    errors::event_impossible(event.sequence, Plain(error.message().to_owned()))
}
