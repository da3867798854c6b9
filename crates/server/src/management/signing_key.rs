//! `/applications/{id}/signingKeys`

use jit_approvals::SigningKey;
use jit_approvals::json::{Json, Object};
use jit_approvals_api::{Page, errors, paths};
use jit_approvals_base::{Id, Members};
use jit_approvals_store::{RowChange, SigningKeyRow};

use super::{Changed, application, check_no_body};
use crate::answer::Answer;
use crate::caller::{Administrator, Auditor};
use crate::desk::Desk;
use crate::refusal::Result;
use crate::seal::{Place, ServerKey};
use crate::state::Attempt;

/// The most active keys of an application.
const ACTIVE: usize = 5;

/// Lists the keys of an application, without their secrets.
pub(crate) fn list(attempt: &mut Attempt<'_>, Auditor(caller): Auditor) -> Result<Answer> {
    let row = application::find(attempt, caller.company)?;
    let keys = SigningKeyRow::list(attempt.reader, caller.company, row.id)?;
    let page = Page { items: keys.iter().map(record).collect(), next: None };
    Ok(Answer::ok(page.to_json()))
}

/// Creates a key, or imports one: `{secret?}` in base64. The secret is shown once.
pub(crate) fn create(attempt: &mut Attempt<'_>, Administrator(caller): Administrator) -> Result<Answer> {
    let json = attempt.call.optional_json()?;
    let given = Members::of(&json, "", &["secret"])?.text("secret")?.map(str::to_owned);
    caller.check_proved(attempt.now())?;
    let row = application::find(attempt, caller.company)?;
    let is_new = given.is_none();
    let secret = zeroize::Zeroizing::new(match given {
        Some(secret) => secret,
        None => SigningKey::generate_base64()?,
    });
    let server = &attempt.state.key;
    let changed = new(&mut Desk::of(attempt, &caller), server, row.id, &secret)?;
    attempt.commit(changed.change)?;
    let mut record = changed.record;
    if is_new && let Json::Object(record) = &mut record {
        record.insert("secret", secret.as_str());
    }
    let location = paths::under_base(&paths::SIGNING_KEYS.replace("{id}", &row.id.to_string()));
    Ok(Answer::created(record, &location))
}

/// Creates the change that makes a key.
pub(crate) fn new(desk: &mut Desk<'_>, server: &ServerKey, application: Id, secret: &str) -> Result<Changed> {
    SigningKey::from_base64(secret).map_err(|error| {
        // Here a malformed key is the caller's.
        let reason = jit_approvals_base::Plain(error.message().to_owned());
        jit_approvals_base::errors::unexpected_form(reason).with_field("secret")
    })?;
    let keys = SigningKeyRow::list(desk.reader, desk.company, application)?;
    if keys.iter().filter(|key| key.retired_at.is_none()).count() >= ACTIVE {
        return Err(errors::too_many_keys(ACTIVE).into());
    }
    let id = Id::v7()?.to_string();
    let place = Place { company: desk.company, application, key: &id };
    let sealed = server.seal(&place, secret.as_bytes())?;
    let row = SigningKeyRow { application, id, sealed, created_at: desk.now, retired_at: None };
    let record = record(&row);
    let key = format!("{application}/{}", row.id);
    let rows = vec![RowChange::SigningKey(row)];
    let change = desk.change("signingKey", &key, "create", None, Some(record.clone()), rows)?;
    Ok(Changed { change, record, version: 1 })
}

/// Retires a key: from now on no token that it has signed is accepted.
pub(crate) fn retire(attempt: &mut Attempt<'_>, Administrator(caller): Administrator) -> Result<Answer> {
    check_no_body(attempt)?;
    caller.check_session()?;
    let application = application::find(attempt, caller.company)?.id;
    let keys = SigningKeyRow::list(attempt.reader, caller.company, application)?;
    let id = attempt.call.parameter("key");
    let row = keys.into_iter().find(|key| key.id == id).ok_or_else(errors::not_found)?;
    if row.retired_at.is_some() {
        return Ok(Answer::ok(record(&row)));
    }
    let mut desk = Desk::of(attempt, &caller);
    let before = record(&row);
    let row = SigningKeyRow { retired_at: Some(desk.now), ..row };
    let rows = vec![RowChange::RetiredKey { application, id: row.id.clone(), at: desk.now }];
    let key = format!("{application}/{}", row.id);
    let change = desk.change("signingKey", &key, "retire", Some(before), Some(record(&row)), rows)?;
    attempt.commit(change)?;
    Ok(Answer::ok(record(&row)))
}

/// The record of a key: `{id, createdAt, retiredAt?}`.
fn record(row: &SigningKeyRow) -> Json {
    let mut record = Object::new().with("id", row.id.as_str()).with("createdAt", row.created_at);
    if let Some(at) = row.retired_at {
        record.insert("retiredAt", at);
    }
    record.into()
}
