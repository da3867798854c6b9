//! Every kind of change and every query, once.

use jit_approvals_base::Id;
use jit_approvals_core::{Act, Actor, Administered, Decision, Event, RequestBody, Status, Template};
use jit_approvals_store::inbox::{self, Waiting};
use jit_approvals_store::{
    AliasRow, ApplicationRow, Change, Claim, CompanyRow, CredentialKind, CredentialRow, GroupRow, LogEvent,
    Outcome, PersonRow, Reader, RequestRow, Role, RowChange, SigningKeyRow, Store, TemplateRow, directory,
    directory_for_decision, stream,
};

use super::{NOW, Shop, at, change, of, opened};

/// The people, groups, applications and templates that one round has written.
pub struct Round {
    pub person: String,
    pub group: String,
    pub application: Id,
    pub iss: String,
    pub key: String,
    pub secret: [u8; 32],
    pub request: Id,
    pub grant: Id,
    pub claim: [u8; 32],
}

/// Writes rows with an event in the company's own stream, which must work.
pub fn administer(shop: &Shop, rows: Vec<RowChange>) {
    assert!(matches!(shop.commit(&administered(shop, rows)), Outcome::Committed { .. }));
}

/// A change of rows with an event in the company's own stream.
pub fn administered(shop: &Shop, rows: Vec<RowChange>) -> Change {
    let (mut revision, mut head) = (None, None);
    let read = shop.store.read(&mut |reader| {
        revision = stream::revision(reader, shop.company)?;
        head = stream::administrative_head(reader, shop.company)?;
        Ok(())
    });
    read.unwrap();
    let what = Administered::new("thing", "key", "change").unwrap();
    let company = shop.company.to_string();
    let event = Event::administered(&company, shop.company, head, Actor::system("test"), what, at(0).now);
    let events = vec![LogEvent::from(&event.unwrap())];
    Change { revision, rows, ..of(shop.company, events) }
}

pub fn person(company: Id, key: &str) -> PersonRow {
    PersonRow {
        key: key.to_owned(),
        company,
        email: key.to_owned(),
        name: key.to_owned(),
        role: Role::Administrator,
        active: true,
        password: None,
        version: 1,
    }
}

/// Writes something of every kind.
pub fn write(shop: &Shop) -> Round {
    let name = Id::v7().unwrap().to_string();
    let secret = Claim::digest("secret", &[name.as_bytes()]);
    let claim = Claim::digest("key", &[name.as_bytes()]);
    let (request, grant) = requested(shop, claim);
    let round = Round {
        person: format!("{name}@example.com"),
        group: format!("group-{name}"),
        application: Id::v7().unwrap(),
        iss: format!("{name}.example.com"),
        key: format!("KEY_{name}"),
        secret,
        request,
        grant,
        claim,
    };
    administer(shop, created(&round, shop.company));
    administer(shop, changed(&round, shop.company));
    restored(shop);
    let quiet = vec![
        RowChange::Seen { digest: secret, at: at(0).now },
        RowChange::Proved { digest: secret, at: at(0).now },
    ];
    shop.commit(&Change { rows: quiet, ..of(shop.company, Vec::new()) });
    shop.store.set_meta("once", vec![1], false).unwrap();
    shop.store.set_meta("once", vec![2], true).unwrap();
    let key = SigningKeyRow { sealed: vec![2], ..key(&round) };
    assert_eq!(shop.store.reseal(vec![(shop.company, key)], "check", vec![1]), Ok(1));
    let used = vec![RowChange::NoMeta { name: "once", value: vec![2] }];
    assert!(matches!(
        shop.commit(&Change { rows: used, ..of(shop.company, Vec::new()) }),
        Outcome::Committed { .. }
    ));
    round
}

/// Opens, approves and consumes a request. Returns its id and that of its grant.
fn requested(shop: &Shop, digest: [u8; 32]) -> (Id, Id) {
    let mut request = opened(shop.company);
    let claim = Claim { digest, request: Some(request.id()), body: Some([7; 32]), until: at(9).now };
    let opening = Change { claims: vec![claim], ..change(shop.company, &request, 0) };
    assert!(matches!(shop.commit(&opening), Outcome::Committed { .. }));
    let decision = Decision::approve("ann@example.com", request.content_hash());
    let event = request.decide(&decision, None, at(0)).unwrap().unwrap();
    request.apply(event).unwrap();
    shop.commit(&change(shop.company, &request, 1));
    request.apply(request.consume(&Act::new([("amount", "5")]), at(0).now).unwrap()).unwrap();
    shop.commit(&change(shop.company, &request, 2));
    (request.id(), request.grant().unwrap().id())
}

fn key(round: &Round) -> SigningKeyRow {
    SigningKeyRow {
        application: round.application,
        id: "key".to_owned(),
        sealed: vec![1],
        created_at: at(0).now,
        retired_at: None,
    }
}

fn created(round: &Round, company: Id) -> Vec<RowChange> {
    let (person_key, other) = (round.person.clone(), format!("other-{}", round.person));
    let alias = AliasRow { application: round.application, key: round.iss.clone(), name: round.iss.clone() };
    let (name, application) = ("Name".to_owned(), round.application);
    let team = GroupRow { key: round.group.clone(), name: name.clone(), version: 1, archived_at: None };
    let row = ApplicationRow {
        id: application,
        name: name.clone(),
        active: true,
        once_only: false,
        known_subjects: false,
        cut: None,
        version: 1,
    };
    let template = TemplateRow {
        key: round.key.clone(),
        version: 1,
        text: "{}".to_owned(),
        created_at: at(0).now,
        archived_at: None,
    };
    let credential = CredentialRow {
        digest: round.secret,
        person: person_key.clone(),
        kind: CredentialKind::Session,
        scope: String::new(),
        name: String::new(),
        created_at: at(0).now,
        seen_at: at(0).now,
        proved_at: None,
        expires_at: at(9).now,
    };
    vec![
        RowChange::CompanyName { name },
        RowChange::NewPerson(person(company, &person_key)),
        RowChange::NewPerson(person(company, &other)),
        RowChange::Group(team),
        RowChange::Members { group: round.group.clone(), people: vec![person_key.clone(), other] },
        RowChange::Application(row),
        RowChange::NewIdentifier { iss: round.iss.clone(), application },
        RowChange::NewIdentifier { iss: format!("old.{}", round.iss), application },
        RowChange::SigningKey(key(round)),
        RowChange::Aliases { person: person_key, aliases: vec![alias] },
        RowChange::Template(template),
        RowChange::Credential(credential.clone()),
        RowChange::Credential(CredentialRow { digest: Claim::digest("2", &[&round.secret]), ..credential }),
    ]
}

fn changed(round: &Round, company: Id) -> Vec<RowChange> {
    let other = format!("other-{}", round.person);
    let (application, subject) = (round.iss.clone(), "kevin".to_owned());
    vec![
        RowChange::FewPending { application, subject, limit: 9 },
        RowChange::Person(PersonRow { version: 2, ..person(company, &round.person) }),
        RowChange::Password { person: round.person.clone(), hash: "hash".to_owned() },
        RowChange::Cut { application: round.application },
        RowChange::NoIdentifier { iss: format!("old.{}", round.iss), application: round.application },
        RowChange::RetiredKey { application: round.application, id: "key".to_owned(), at: at(0).now },
        RowChange::TemplateArchived { key: round.key.clone(), at: Some(at(0).now) },
        RowChange::TemplateArchived { key: round.key.clone(), at: None },
        RowChange::NoCredential { digest: Claim::digest("2", &[&round.secret]) },
        RowChange::NoSessions { person: other.clone() },
        RowChange::NoCredentials { person: other },
    ]
}

/// Puts a copy to use, in a company of its own: nobody else needs its credentials.
fn restored(shop: &Shop) {
    let company = Id::v7().unwrap();
    let rows = vec![RowChange::NewCompany { name: "Copied".to_owned() }, RowChange::NoCredentialsAtAll];
    shop.commit(&Change { rows, ..of(company, Vec::new()) });
}

/// Asks everything that can be asked, in one transaction.
pub fn read(shop: &Shop, round: &Round) {
    shop.store.read(&mut |reader| ask(reader, shop.company, round)).unwrap();
}

fn ask(reader: &mut dyn Reader, company: Id, round: &Round) -> jit_approvals_store::Result<()> {
    let Round { person, group, application, iss, key, .. } = round;
    let nothing = Id::NIL;
    assert!(CompanyRow::find(reader, company)?.is_some());
    assert!(!CompanyRow::list(reader, nothing, 1)?.is_empty() && CompanyRow::any(reader)?);
    assert!(PersonRow::find_in(reader, company, person)?.is_some());
    assert!(!PersonRow::list(reader, company, "", "", true, 1)?.is_empty());
    assert!(PersonRow::other_administrator(reader, company, person)?);
    assert_eq!(AliasRow::of_person(reader, company, person)?.len(), 1);
    assert_eq!(AliasRow::owner(reader, company, *application, iss)?.as_ref(), Some(person));
    assert!(!AliasRow::is_of_another(reader, company, iss, person)?);
    assert!(GroupRow::find(reader, company, group)?.is_some());
    assert!(!GroupRow::list(reader, company, "group-", "", false, 1)?.is_empty());
    assert_eq!(GroupRow::members(reader, company, group, 10)?.len(), 2);
    assert!(GroupRow::has(reader, company, group, person)?);
    assert!(ApplicationRow::identified(reader, iss)?.is_some());
    assert!(ApplicationRow::find(reader, company, *application)?.unwrap().cut.is_some());
    assert!(!ApplicationRow::list(reader, company, "", nothing, true, 1)?.is_empty());
    assert_eq!(ApplicationRow::identifiers(reader, company, *application)?.len(), 1);
    assert_eq!(SigningKeyRow::list(reader, company, *application)?.len(), 1);
    assert!(!SigningKeyRow::all(reader)?.is_empty());
    assert!(TemplateRow::newest(reader, company, key)?.is_some());
    assert!(TemplateRow::find(reader, company, key, 1)?.is_some());
    assert!(!TemplateRow::list(reader, company, "", "", false, 1)?.is_empty());
    assert!(CredentialRow::find(reader, &round.secret)?.is_some());
    assert!(stream::revision(reader, company)?.is_some());
    assert_eq!(stream::events(reader, company, round.request)?.0.len(), 3);
    assert_eq!(stream::first(reader, company, round.request)?.unwrap().sequence(), 1);
    assert!(stream::administrative_head(reader, company)?.is_some());
    assert_eq!(stream::request_of_grant(reader, company, round.grant)?, Some(round.request));
    assert!(stream::concerns(reader, company, "ann@example.com", round.request)?);
    stream::due(reader, at(0).now, 256)?;
    assert!(stream::claim(reader, company, &round.claim, at(0).now)?.is_some());
    assert_eq!(stream::newest(reader)?.unwrap().seconds(), NOW);
    stream::meta(reader, "once")?;
    ask_inbox(reader, company, round)?;
    let needs = needs(person, group);
    directory(reader, company, Some(*application), &needs)?;
    directory_for_decision(reader, company, Some(*application), &needs)?;
    Ok(())
}

fn ask_inbox(reader: &mut dyn Reader, company: Id, round: &Round) -> jit_approvals_store::Result<()> {
    let (ann, request) = ("ann@example.com", round.request);
    for (waiting, count) in [(Waiting::All, 1), (Waiting::Pending, 0), (Waiting::Decided, 1)] {
        // SQLite looks at the limit when it chooses a plan. This is the largest one that is asked for.
        for limit in [1, 101] {
            let page = inbox::page(reader, company, ann, waiting, Id::MAX, limit)?;
            assert!(page.len() >= count, "{waiting}");
            assert!(page.iter().all(|item| !item.events.is_empty()), "{page:?}");
        }
    }
    assert_eq!(inbox::events(reader, company, ann, 0, 3)?.len(), 3);
    assert_eq!(inbox::events_of(reader, company, request, 0, i64::MAX)?.len(), 3);
    let found = inbox::memberships(reader, company, &round.person)?;
    assert_eq!(found.groups, [round.group.as_str()]);
    assert_eq!(found.aliases, [(round.application, round.iss.clone())]);
    assert_eq!(ApplicationRow::opener(reader, company, &round.iss)?.unwrap().id, round.application);
    let whose = ("shop.example.com", "kevin");
    assert!(!RequestRow::ids(reader, company, whose, Status::Approved, Id::MAX, 1)?.is_empty());
    assert!(!RequestRow::granted(reader, company, Id::NIL, 1)?.is_empty());
    RequestRow::pending_of_application(reader, company, whose.0, 9)?;
    let kind = CredentialKind::Session;
    assert_eq!(CredentialRow::of_person(reader, company, &round.person, kind, at(0).now, 9)?.len(), 1);
    Ok(())
}

/// What is needed of a person and a group.
pub fn needs(person: &str, group: &str) -> jit_approvals_core::Needs {
    let text = r#"{"approvalType": "approve", "templateName": "T", "approvalKey": "T", "approvalTitle": "T",
        "approvalData": "T", "defaultApprovers": ["ann@example.com"]}"#;
    let mut needs = Template::parse(text).unwrap().needs(&RequestBody::new("T"));
    (needs.emails, needs.groups) = (vec![person.to_owned()], vec![group.to_owned()]);
    needs
}
