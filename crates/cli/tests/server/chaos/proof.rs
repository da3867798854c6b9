//! What holds for everything that is stored, whatever has happened.

use std::collections::BTreeMap;

use jit_approvals::ApprovalRequest;
use jit_approvals::event::Event;

use crate::server::Server;

/// What is in the store, after it was proven to be whole.
#[derive(Debug, Default)]
pub(crate) struct Proven {
    /// The requests, by the text of their id.
    pub(crate) requests: BTreeMap<String, ApprovalRequest>,
    /// How many events the requests have.
    pub(crate) events: usize,
    /// How many requests were opened, decided or consumed twice: none.
    pub(crate) twice: i64,
}

impl Server {
    /// Checks that every position of the log is there once, that every chain verifies and is a possible history, that
    /// nothing has happened twice to a request (each needs one approver), and that the lookups are those of the log.
    pub(crate) fn prove(&self) -> Proven {
        let gaps = "select count(*) from (select count(*) as count, min(position) as first, max(position) as last, \
                    (select position from company where id = company) as position from event group by company) \
                    where first <> 1 or last <> count or position <> last";
        assert_eq!(self.count(gaps), 0, "a log has gaps");
        let twice = "select count(*) from (select 1 from event where stream <> company \
                     group by stream, kind having count(*) > 1)";
        let twice = self.count(twice);
        assert_eq!(twice, 0, "something has happened twice");

        let mut histories: BTreeMap<Vec<u8>, Vec<Event>> = BTreeMap::new();
        for row in
            self.rows("select stream, text from event where stream <> company order by stream, sequence")
        {
            let event = Event::parse(row.text(1).unwrap()).unwrap();
            histories.entry(row.bytes(0).unwrap().to_vec()).or_default().push(event);
        }
        let mut proven = Proven { twice, ..Proven::default() };
        for events in histories.into_values() {
            proven.events += events.len();
            // It verifies the chain, and rejects a history that no sequence of commands has: such as two decisions.
            let request = ApprovalRequest::restore(events).unwrap();
            proven.requests.insert(request.id().to_string(), request);
        }
        let checked = self.operate(&["store", "check"]);
        assert!(checked.status.success(), "{checked:?}");
        proven
    }
}
