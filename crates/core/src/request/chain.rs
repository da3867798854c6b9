//! The chain of events: each bound to the one before it by its hash.

use jit_approvals_base::Id;

use super::{Event, Hash};
use crate::{Result, errors};

/// The end of a chain: kept apart from the events, it proves that none is missing at their end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// How many events there are.
    pub count: u64,
    /// The hash of the last.
    pub hash: Hash,
}

/// What a chain of events was found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChainReport {
    /// Its end.
    pub head: Head,
    /// Whether its end is proven too: only a head that was kept apart can do that.
    pub complete: bool,
}

impl Head {
    pub(super) fn of(events: &[Event]) -> Option<Self> {
        events.last().map(|event| Self { count: event.sequence, hash: event.hash })
    }

    /// Refuses an event that does not follow.
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

/// Finds an event that was changed, left out, or put elsewhere. (That none was changed by itself, reading
/// them has shown: see [`Event::parse`].)
///
/// Without a head the report says that the end is unproven: events may be missing there. And nothing is
/// proven against someone who can write a whole chain anew together with its head.
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
