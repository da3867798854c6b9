//! Puts a copy of a store to use. What was changed since the copy was made is not in it, so nobody may rely on it.

use jit_approvals::event::Actor;
use jit_approvals::json::Object;
use jit_approvals::{UnixTime, limits};
use jit_approvals_base::Id;
use jit_approvals_store::{
    Change, CompanyRow, Mark, Outcome, Reader, RequestRow, RowChange, Sqlite, Store as _, stream,
};

use crate::desk::Desk;
use crate::refusal::Result;
use crate::request::Stored;
use crate::server::Problem;

/// The part of the system that the events name.
const ACTOR: &str = "restore";

/// How many grants are looked at in one step.
const AT_A_TIME: i64 = 50;

/// How often a change is computed anew.
const ATTEMPTS: u32 = 16;

/// A copy of a store that is put to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// When the copy was made.
    pub backup_at: UnixTime,
}

impl Restored {
    /// What the operator has to know, in lines.
    pub fn lines(&self) -> [String; 3] {
        let at = self.backup_at;
        [
            format!("this store was restored from a backup: all changes since {at} are lost"),
            "signing keys that were retired and people who were deactivated since then are active again: \
             retire and deactivate them now"
                .to_owned(),
            "all sessions, tokens and links have ended, and all grants that could still be consumed are revoked"
                .to_owned(),
        ]
    }
}

/// Finds out whether a store is a copy that nobody has put to use.
pub(crate) fn mark(store: &Sqlite) -> Result<Option<Mark>, Problem> {
    let mut mark = None;
    store.read(&mut |reader: &mut dyn Reader| Mark::find(reader).map(|found| mark = found))?;
    Ok(mark)
}

/// Puts a copy to use, if the store is one: revokes every grant that could still be consumed, deletes every session,
/// token and link, and removes the mark with the last of these changes. If it is interrupted, the next call goes on
/// where it was. `told` is called before the mark is removed, so that it is never left out. The caller holds the lock of
/// the folder.
pub(crate) fn finish(store: &Sqlite, told: impl FnOnce(Restored)) -> Result<(), Problem> {
    let Some(mark) = mark(store)? else { return Ok(()) };
    let mut companies = Vec::new();
    store.read(&mut |reader: &mut dyn Reader| {
        companies = CompanyRow::list(reader, Id::NIL, i64::MAX)?;
        Ok(())
    })?;
    // A backup always holds a company.
    let Some(last) = companies.pop() else { return Ok(()) };
    let mut grants = 0;
    for company in &companies {
        // Closing it is the only administrative change that anyone makes while there is a mark.
        let position = mark.position(company.id);
        if position.is_none_or(|position| company.revision <= position) {
            grants += revoke(store, company.id, &mark)?;
            close(store, company.id, &mark, Vec::new())?;
        }
    }
    grants += revoke(store, last.id, &mark)?;
    let restored = Restored { backup_at: mark.at };
    let [since, active, ended] = restored.lines();
    tracing::warn!(backup_at = %mark.at, grants, active, ended, "{since}");
    told(restored);
    close(store, last.id, &mark, vec![RowChange::NoMeta { name: Mark::NAME, value: mark.to_bytes() }])
}

/// Revokes every grant of a company that could still be consumed: it may have been consumed since the copy was made.
/// Returns how many.
fn revoke(store: &Sqlite, company: Id, mark: &Mark) -> Result<usize, Problem> {
    let reason = format!("restored from a backup of {}: it may have been consumed since then", mark.at);
    let (mut after, mut count) = (Some(Id::NIL), 0);
    while let Some(from) = after {
        commit(store, |reader| {
            let now = store.now();
            let page = RequestRow::granted(reader, company, from, AT_A_TIME)?;
            after = page.last().map(|(grant, ..)| *grant);
            let (mut events, mut rows, mut at, mut revoked) = (Vec::new(), Vec::new(), now, 0);
            for (_, id, end) in page {
                // No grant lives longer after the end of its request.
                if end.plus(limits::MAX_TTL_SECONDS.into()) <= now {
                    continue;
                }
                let (stored, opened) = stream::events(reader, company, id)?;
                let mut stored = Stored::restored(company, id, stored, opened)?;
                if stored.request.issued_grant(now).is_ok() {
                    stored.request.revoke_at(Actor::system(ACTOR), Some(&reason), now)?;
                    let change = stored.change(now);
                    events.extend(change.events);
                    rows.extend(change.rows);
                    at = at.max(change.at);
                    revoked += 1;
                }
            }
            if events.is_empty() {
                return Ok(None);
            }
            Ok(Some((Change { company, revision: None, at, events, rows, claims: Vec::new() }, revoked)))
        })
        .map(|revoked| count += revoked.unwrap_or(0))?;
    }
    Ok(count)
}

/// Deletes every session, token and link of a company, with an event that says why.
fn close(store: &Sqlite, company: Id, mark: &Mark, mut rows: Vec<RowChange>) -> Result<(), Problem> {
    rows.push(RowChange::NoCredentialsAtAll);
    let after = Object::new().with("backupAt", mark.at);
    let after = after.with("position", mark.position(company).unwrap_or_default());
    commit(store, |reader| {
        let revision = stream::revision(reader, company)?.unwrap_or_default();
        let now = store.now();
        let mut desk = Desk { reader, company, revision, actor: Actor::system(ACTOR), now };
        let key = company.to_string();
        let change =
            desk.change("company", &key, "restore", None, Some(after.clone().into()), rows.clone())?;
        Ok(Some((change, ())))
    })?;
    Ok(())
}

/// Computes a change and writes it, again if it took too long.
fn commit<T>(
    store: &Sqlite,
    mut compute: impl FnMut(&mut dyn Reader) -> Result<Option<(Change, T)>>,
) -> Result<Option<T>, Problem> {
    for _ in 0..ATTEMPTS {
        let mut computed = None;
        store.read(&mut |reader: &mut dyn Reader| {
            computed = Some(compute(reader));
            Ok(())
        })?;
        let Some((change, value)) = computed.expect("the store reads")? else { return Ok(None) };
        if let Outcome::Committed { .. } = store.commit(change)? {
            return Ok(Some(value));
        }
    }
    Err(Problem::new("the store is too busy: it is not restored yet"))
}
