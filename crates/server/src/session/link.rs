//! `POST /link`

use jit_approvals::event::Actor;
use jit_approvals::json::{Json, Object};
use jit_approvals::{UnixTime, identity};
use jit_approvals_api::{errors, paths};
use jit_approvals_base::errors::unexpected_form;
use jit_approvals_base::{Id, Members, Plain};
use jit_approvals_store::{CompanyRow, CredentialKind, CredentialRow, PersonRow, Role, RowChange, stream};

use crate::answer::Answer;
use crate::caller::{Anyone, check_not_foreign};
use crate::desk::Desk;
use crate::first_start::{self, FIRST_LINK};
use crate::management::user::check_name;
use crate::password::Asker;
use crate::refusal::Result;
use crate::seal::digest;
use crate::state::Attempt;

/// Redeems a one-time link: `{secret, email, name?, password, companyName?}`. The link of the first start makes the
/// company and its first administrator; any other sets the password of its person. A rejected call does not use it up.
pub(crate) fn run(attempt: &mut Attempt<'_>, _: Anyone) -> Result<Answer> {
    check_not_foreign(attempt.state, attempt.call)?;
    let json = attempt.call.json()?;
    let members = Members::of(&json, "", &["secret", "email", "name", "password", "companyName"])?;
    let secret = digest(members.required_text("secret")?);
    let email = members.required_text("email")?;
    let charge = attempt.state.budgets.charge_sign_in(attempt, &identity(email))?;
    let answer = match CredentialRow::find(attempt.reader, &secret)? {
        Some((company, credential)) if is_live(&credential, attempt.now()) => {
            of_person(attempt, company, &credential, &members, email)
        }
        _ => first(attempt, &secret, &members, email),
    }?;
    charge.give_back();
    Ok(answer)
}

fn is_live(credential: &CredentialRow, now: UnixTime) -> bool {
    credential.kind == CredentialKind::Link && now < credential.expires_at
}

/// Sets the password of a person, and ends everything that they were signed in with.
fn of_person(
    attempt: &mut Attempt<'_>,
    company: Id,
    credential: &CredentialRow,
    members: &Members<'_>,
    email: &str,
) -> Result<Answer> {
    let revision = stream::revision(attempt.reader, company)?.ok_or_else(errors::invalid_link)?;
    let person = PersonRow::find_in(attempt.reader, company, &credential.person)?;
    let person = person.filter(|person| person.active && person.key == identity(email));
    let person = person.ok_or_else(errors::invalid_link)?;
    if let Some(member) = ["name", "companyName"].into_iter().find(|name| members.optional(name).is_some()) {
        let reason = Plain(format!("`{member}` is only for the first link of an installation"));
        return Err(unexpected_form(reason).with_field(member).into());
    }
    let password = members.required_text("password")?;
    let asker = Asker::Address(attempt.call.peer);
    let hash = attempt.call.work.hashed.of_new(asker, password, &person.email, &person.name)?;
    let rows = vec![
        RowChange::NoCredential { digest: credential.digest },
        RowChange::Password { person: person.key.clone(), hash },
        RowChange::NoCredentials { person: person.key.clone() },
    ];
    let actor = match person.role {
        Role::Administrator => Actor::administrator(&person.email),
        Role::Approver | Role::Auditor => Actor::approver(&person.email),
    };
    let now = attempt.now();
    let mut desk = Desk { reader: attempt.reader, company, revision, actor, now };
    // The event names who made the link, and who has redeemed it.
    let after = Object::new().with("issuedBy", credential.name.as_str());
    let change = desk.change("link", &person.email, "redeem", None, Some(after.into()), rows)?;
    // What the answer needs is read first: after the commit, nothing can fail.
    let name = CompanyRow::find(attempt.reader, company)?.map_or(String::new(), |company| company.name);
    attempt.commit(change)?;
    Ok(Answer::ok(record(&person, company, &name)))
}

/// Makes the company and its first administrator.
fn first(attempt: &mut Attempt<'_>, secret: &[u8; 32], members: &Members<'_>, email: &str) -> Result<Answer> {
    let now = attempt.now();
    let any = CompanyRow::any(attempt.reader)?;
    let stored =
        stream::meta(attempt.reader, FIRST_LINK)?.filter(|value| first_start::opens(value, secret, now));
    // An operator may have made a company since the secret was printed.
    let stored = stored.filter(|_| !any).ok_or_else(errors::invalid_link)?;
    let name = members.required_text("name")?;
    let company_name = members.text("companyName")?.unwrap_or("Company");
    let password = members.required_text("password")?;
    check_name("name", name)?;
    check_name("companyName", company_name)?;
    let asker = Asker::Address(attempt.call.peer);
    let hash = attempt.call.work.hashed.of_new(asker, password, email, name)?;
    let company = Id::v7()?;
    let person = PersonRow {
        key: identity(email),
        company,
        email: email.to_owned(),
        name: name.to_owned(),
        role: Role::Administrator,
        active: true,
        password: Some(hash),
        version: 1,
    };
    let now = attempt.now();
    let mut change =
        first_start::new_company(attempt.reader, company, company_name, &person, Actor::system("link"), now)?;
    change.rows.push(RowChange::NoMeta { name: FIRST_LINK, value: stored });
    attempt.commit(change).map_err(|refusal| crate::management::user::taken(refusal, email))?;
    let location = paths::under_base(paths::COMPANY);
    Ok(Answer::created(record(&person, company, company_name), &location))
}

fn record(person: &PersonRow, company: Id, name: &str) -> Json {
    Object::new()
        .with("email", person.email.as_str())
        .with("name", person.name.as_str())
        .with("role", person.role.as_str())
        .with("company", Object::new().with("id", company).with("name", name))
        .into()
}
