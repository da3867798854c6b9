//! The chain of events. Each event contains the hash of the event before it.

use jit_approvals_base::Id;

use super::{Event, Hash};
use crate::{Result, errors};

/// The end of a chain of events. If it is stored apart from the events, it proves that no event is missing at the
/// end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The number of events.
    pub count: u64,
    /// The hash of the last event.
    pub hash: Hash,
}

/// The result of [`verify_chain`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChainReport {
    /// The end of the chain.
    pub head: Head,
    /// Whether the end is proven, too. Only a head that was stored apart from the events can prove it.
    pub complete: bool,
}

impl Head {
    /// Returns the head of a chain. `None` if there are no events.
    pub fn of(events: &[Event]) -> Option<Self> {
        events.last().map(|event| Self { count: event.sequence, hash: event.hash })
    }

    /// Rejects an event that does not directly follow this head.
    pub(super) fn check_next(&self, event: &Event, company: &str, request: Id) -> Result<()> {
        if event.request_id != request || event.company != company {
            Err(errors::event_foreign(event.sequence))
        } else if event.sequence != self.count + 1 {
            Err(errors::event_out_of_order(event.sequence, self.count + 1))
        } else if event.previous != Some(self.hash) {
            Err(errors::event_unlinked(event.sequence))
        } else {
            Ok(())
        }
    }
}

/// Rejects a chain in which an event was changed, is missing or is out of order.
///
/// The function does not check each event against its own hash, because [`Event::parse`] has already done so.
///
/// Without a head, the report says that the end is unproven: events may be missing there. Nothing is proven against
/// someone who can rewrite a whole chain together with its head.
///
/// # Errors
///
/// `no_events`, `event_foreign`, `event_out_of_order`, `event_unlinked`, `head_mismatch`
pub fn verify_chain(events: &[Event], head: Option<Head>) -> Result<ChainReport> {
    let (first, rest) = events.split_first().ok_or_else(errors::no_events)?;
    if first.sequence != 1 {
        return Err(errors::event_out_of_order(first.sequence, 1));
    }
    if first.previous.is_some() {
        return Err(errors::event_unlinked(1));
    }
    let mut end = Head { count: 1, hash: first.hash };
    for event in rest {
        end.check_next(event, &first.company, first.request_id)?;
        end = Head { count: event.sequence, hash: event.hash };
    }
    match head {
        Some(head) if head != end => Err(errors::head_mismatch(end.count, head.count)),
        head => Ok(ChainReport { head: end, complete: head.is_some() }),
    }
}
