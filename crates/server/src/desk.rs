//! Administrative changes: each with its event in the company's own stream.

use jit_approvals::UnixTime;
use jit_approvals::event::{Actor, Administered, Event};
use jit_approvals::json::Json;
use jit_approvals_base::Id;
use jit_approvals_store::{Change, LogEvent, Reader, RowChange, stream};

use crate::caller::Member;
use crate::refusal::Result;
use crate::state::Attempt;

/// Where the administrative changes of a company are computed, by whom and when.
pub(crate) struct Desk<'a> {
    pub(crate) reader: &'a mut dyn Reader,
    pub(crate) company: Id,
    pub(crate) revision: i64,
    pub(crate) actor: Actor,
    pub(crate) now: UnixTime,
}

impl<'a> Desk<'a> {
    /// The desk of a person who calls.
    pub(crate) fn of<'b: 'a>(attempt: &'a mut Attempt<'b>, member: &Member) -> Self {
        let now = attempt.now();
        Self {
            reader: attempt.reader,
            company: member.company,
            revision: member.revision,
            actor: member.actor(),
            now,
        }
    }

    /// Creates a change with its event: what was done to an object, and the object before and after. Neither holds a
    /// secret.
    pub(crate) fn change(
        &mut self,
        object: &str,
        key: &str,
        action: &str,
        before: Option<Json>,
        after: Option<Json>,
        rows: Vec<RowChange>,
    ) -> Result<Change> {
        let head = stream::administrative_head(self.reader, self.company)?;
        let mut administered = Administered::new(object, key, action)?;
        if let Some(before) = before {
            administered = administered.with_before(before);
        }
        if let Some(after) = after {
            administered = administered.with_after(after);
        }
        let (company, actor) = (self.company.to_string(), self.actor.clone());
        let event = Event::administered(&company, self.company, head, actor, administered, self.now)?;
        Ok(Change {
            company: self.company,
            revision: Some(self.revision),
            at: self.now,
            events: vec![LogEvent::from(&event)],
            rows,
            claims: Vec::new(),
        })
    }
}
