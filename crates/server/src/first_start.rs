//! The first start: a one-time secret with which the first company is made.

use jit_approvals::UnixTime;
use jit_approvals::event::Actor;
use jit_approvals::json::Object;
use jit_approvals_base::Id;
use jit_approvals_store::{Change, PersonRow, Reader, RowChange};

use crate::desk::Desk;
use crate::management::user;
use crate::refusal::Result;

/// The name of the secret in the store.
pub(crate) const FIRST_LINK: &str = "first_link";

/// For how many seconds a link can be redeemed.
pub(crate) const LINK_SECONDS: i64 = 24 * 3600;

/// What is stored of the secret: its digest and its end.
pub(crate) fn stored(digest: &[u8; 32], now: UnixTime) -> Vec<u8> {
    let end = now.plus(LINK_SECONDS).seconds();
    digest.iter().copied().chain(end.to_be_bytes()).collect()
}

/// Whether a secret with this digest redeems what is stored.
pub(crate) fn opens(stored: &[u8], digest: &[u8; 32], now: UnixTime) -> bool {
    let end = stored.get(32..).and_then(|end| end.try_into().ok()).map(i64::from_be_bytes);
    stored.get(..32) == Some(digest) && end.is_some_and(|end| now.seconds() < end)
}

/// Creates the change that makes a company and its first administrator.
pub(crate) fn new_company(
    reader: &mut dyn Reader,
    company: Id,
    name: &str,
    administrator: &PersonRow,
    actor: Actor,
    now: UnixTime,
) -> Result<Change> {
    user::check_email(&administrator.email)?;
    let mut desk = Desk { reader, company, revision: 0, actor, now };
    let after = Object::new().with("name", name).with("administrator", administrator.email.as_str());
    let rows =
        vec![RowChange::NewCompany { name: name.to_owned() }, RowChange::NewPerson(administrator.clone())];
    desk.change("company", &company.to_string(), "create", None, Some(after.into()), rows)
}
