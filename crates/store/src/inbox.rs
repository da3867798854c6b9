//! Reads the inboxes of people: the requests that they may have to decide.

use jit_approvals_base::Id;
use jit_approvals_core::Event;

use crate::{Failure, Opener, Reader, Result, Row, Value};

/// Which requests of an inbox are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// Those that are pending.
    Pending,
    /// Those that are final.
    Decided,
    /// All.
    All,
}

jit_approvals_base::choices! {
    Waiting { Pending = "pending", Decided = "decided", All = "all" }
}

/// A request in an inbox, as its events say.
#[derive(Debug)]
pub struct InboxItem {
    /// The id of the request.
    pub request: Id,
    /// Its events, in order.
    pub events: Vec<Event>,
    /// The position of its first event in the log of the company.
    pub opened: i64,
    /// The application that has opened it, if it is still registered.
    pub application: Option<Opener>,
}

/// An event of a request in an inbox.
#[derive(Debug)]
pub struct InboxEvent {
    /// The request.
    pub request: Id,
    /// The position in the log of the company.
    pub position: i64,
    /// The event.
    pub event: Event,
}

/// What of the directory a person's own decisions need: the groups that they are in, and their aliases.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Memberships {
    /// The keys of the groups that are not archived.
    pub groups: Vec<String>,
    /// The aliases, each with its application.
    pub aliases: Vec<(Id, String)>,
}

/// Returns a page of an inbox, the newest request first: those older than `before`, at most `limit`. It takes two
/// statements, whatever the store holds.
///
/// # Errors
///
/// Those of the reader; [`Failure::Corrupt`] for a text that is not an event.
pub fn page(
    reader: &mut dyn Reader,
    company: Id,
    person: &str,
    waiting: Waiting,
    before: Id,
    limit: i64,
) -> Result<Vec<InboxItem>> {
    // The page comes first: SQLite does not know how many events a company has, and would walk through all of them for a
    // page of 20.
    let (items, events) = match waiting {
        Waiting::All => (
            "select inbox.request, application.id, application.cut, identifier.since from inbox \
             join request on request.company = inbox.company and request.id = inbox.request \
             left join identifier on identifier.iss = request.application and identifier.company = inbox.company \
             left join application on application.company = identifier.company \
             and application.id = identifier.application \
             where inbox.company = $1 and inbox.person = $2 and inbox.request < $3 \
             order by inbox.request desc limit $4",
            "select page.request, event.position, event.text from \
             (select request from inbox where company = $1 and person = $2 and request < $3 \
             order by request desc limit $4) as page \
             cross join event on event.company = $1 and event.stream = page.request",
        ),
        Waiting::Pending | Waiting::Decided => (
            "select inbox.request, application.id, application.cut, identifier.since from inbox \
             join request on request.company = inbox.company and request.id = inbox.request \
             left join identifier on identifier.iss = request.application and identifier.company = inbox.company \
             left join application on application.company = identifier.company \
             and application.id = identifier.application \
             where inbox.company = $1 and inbox.person = $2 and inbox.waiting = $3 and inbox.request < $4 \
             order by inbox.request desc limit $5",
            "select page.request, event.position, event.text from \
             (select request from inbox where company = $1 and person = $2 and waiting = $3 and request < $4 \
             order by request desc limit $5) as page \
             cross join event on event.company = $1 and event.stream = page.request",
        ),
    };
    let mut values: Vec<Value> = vec![company.into(), person.into(), before.into(), limit.into()];
    if waiting != Waiting::All {
        values.insert(2, (waiting == Waiting::Pending).into());
    }
    let mut page = Vec::new();
    for row in reader.rows(items, &values)? {
        let application = if row.is_null(1) { None } else { Some(Opener::of(&row, 1)?) };
        page.push(InboxItem { request: row.id(0)?, events: Vec::new(), opened: 0, application });
    }
    for row in reader.rows(events, &values)? {
        let InboxEvent { request, position, event } = InboxEvent::of(&row)?;
        // The page is sorted by request, the newest first.
        let Ok(index) = page.binary_search_by(|item: &InboxItem| request.cmp(&item.request)) else {
            continue;
        };
        if event.sequence() == 1 {
            page[index].opened = position;
        }
        page[index].events.push(event);
    }
    for item in &mut page {
        item.events.sort_by_key(Event::sequence);
    }
    Ok(page)
}

/// Returns the events of the requests in an inbox after one position of the company's log and up to another one.
///
/// # Errors
///
/// As [`page`].
pub fn events(
    reader: &mut dyn Reader,
    company: Id,
    person: &str,
    after: i64,
    until: i64,
) -> Result<Vec<InboxEvent>> {
    // The few positions come first, not the many requests that concern the person.
    let sql = "select event.stream, event.position, event.text from event \
               cross join inbox where event.company = $1 and event.position > $2 and event.position <= $3 \
               and inbox.company = event.company and inbox.person = $4 and inbox.request = event.stream \
               order by event.position";
    let rows = reader.rows(sql, &[company.into(), after.into(), until.into(), person.into()])?;
    rows.iter().map(InboxEvent::of).collect()
}

/// Returns the events of a request after one position of the company's log and up to another one.
///
/// # Errors
///
/// As [`page`].
pub fn events_of(
    reader: &mut dyn Reader,
    company: Id,
    request: Id,
    after: i64,
    until: i64,
) -> Result<Vec<InboxEvent>> {
    let sql = "select stream, position, text from event where company = $1 and stream = $2 order by sequence";
    let rows = reader.rows(sql, &[company.into(), request.into()])?;
    let mut events = Vec::new();
    for row in &rows {
        if (after + 1..=until).contains(&row.integer(1)?) {
            events.push(InboxEvent::of(row)?);
        }
    }
    Ok(events)
}

/// Returns the groups and the aliases of a person.
///
/// # Errors
///
/// Those of the reader.
pub fn memberships(reader: &mut dyn Reader, company: Id, person: &str) -> Result<Memberships> {
    let sql = "select membership.team, null as application from membership \
               join team on team.company = membership.company and team.key = membership.team \
               where membership.company = $1 and membership.person = $2 and team.archived_at is null \
               union all select shown, application from alias where company = $1 and person = $2";
    let mut found = Memberships::default();
    for row in reader.rows(sql, &[company.into(), person.into()])? {
        let name = row.text(0)?.to_owned();
        if row.is_null(1) {
            found.groups.push(name);
        } else {
            found.aliases.push((row.id(1)?, name));
        }
    }
    Ok(found)
}

impl InboxEvent {
    fn of(row: &Row) -> Result<Self> {
        let request = row.id(0)?;
        let event = Event::parse(row.text(2)?);
        let event = event.map_err(|problem| Failure::Corrupt(format!("an event of {request}: {problem}")))?;
        Ok(Self { request, position: row.integer(1)?, event })
    }
}
