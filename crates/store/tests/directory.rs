//! What of the directory is loaded: what a command needs, and no more.

mod common;

use common::{Shop, everything, options};
use jit_approvals_base::Id;
use jit_approvals_core::{ApprovalRequest, Origin, RequestBody, Template};
use jit_approvals_store::{
    AliasRow, Change, GroupRow, Options, Outcome, PersonRow, RowChange, Steps, Store as _, directory,
    directory_for_decision,
};

/// What is loaded for a person and a group, as text.
fn loaded(shop: &Shop, application: Option<Id>, person: &str, group: &str, decides: bool) -> String {
    let mut found = String::new();
    let needs = everything::needs(person, group);
    let read = shop.store.read(&mut |reader| {
        let people = if decides {
            directory_for_decision(reader, shop.company, application, &needs)?
        } else {
            directory(reader, shop.company, application, &needs)?
        };
        found = format!("{people:?}");
        Ok(())
    });
    read.unwrap();
    found
}

fn commit(shop: &Shop, rows: Vec<RowChange>) {
    let change = Change { rows, ..common::of(shop.company, Vec::new()) };
    assert!(matches!(shop.commit(&change), Outcome::Committed { .. }));
}

fn group(key: &str) -> GroupRow {
    GroupRow { key: key.to_owned(), name: key.to_owned(), version: 1, archived_at: None }
}

fn members(key: &str, people: &[&str]) -> RowChange {
    let people = people.iter().map(ToString::to_string).collect();
    RowChange::Members { group: key.to_owned(), people }
}

#[test]
fn people_groups_and_the_aliases_at_one_application_are_loaded() {
    let shop = Shop::new();
    let (here, there) = (Id::v7().unwrap(), Id::v7().unwrap());
    let alias =
        |application, name: &str| AliasRow { application, key: name.to_owned(), name: name.to_owned() };
    let inactive = PersonRow { active: false, ..everything::person(shop.company, "bob@example.com") };
    commit(
        &shop,
        vec![
            RowChange::NewPerson(everything::person(shop.company, "ann@example.com")),
            RowChange::NewPerson(inactive),
            RowChange::Aliases {
                person: "ann@example.com".to_owned(),
                aliases: vec![alias(here, "ann"), alias(there, "annie")],
            },
            RowChange::Group(group("buyers")),
            members("buyers", &["ann@example.com", "bob@example.com"]),
            RowChange::Group(GroupRow { archived_at: Some(common::at(0).now), ..group("gone") }),
            members("gone", &["ann@example.com"]),
        ],
    );
    let person = |email: &str, active: bool, aliases: &[&str]| {
        format!("Person {{ email: {email:?}, active: {active}, aliases: {aliases:?} }}")
    };
    let check = |found: String, people: &[String], groups: &[&str]| {
        assert_eq!(found.matches("person: Person").count(), people.len(), "{found}");
        assert_eq!(found.matches("Group {").count(), groups.len(), "{found}");
        for part in people.iter().map(String::as_str).chain(groups.iter().copied()) {
            assert!(found.contains(part), "{part} is not in {found}");
        }
    };
    let bob = person("bob@example.com", false, &[]);
    let both = r#""buyers": Group { emails: ["ann@example.com", "bob@example.com"]"#;
    for (application, alias) in [(here, "ann"), (there, "annie")] {
        let people = [person("ann@example.com", true, &[alias]), bob.clone()];
        check(loaded(&shop, Some(application), "ann@example.com", "buyers", false), &people, &[both]);
        // To decide: the person, and only whether they are in the group.
        let own = r#""buyers": Group { emails: ["ann@example.com"]"#;
        check(loaded(&shop, Some(application), "ann@example.com", "buyers", true), &people[..1], &[own]);
    }
    // An archived group, and who is of another company, do not exist.
    let other = Id::v7().unwrap();
    shop.commit(&common::new_company(other));
    let eve = RowChange::NewPerson(everything::person(other, "eve@example.com"));
    shop.commit(&Change { rows: vec![eve], ..common::of(other, Vec::new()) });
    check(loaded(&shop, None, "eve@example.com", "gone", false), &[], &[]);
    check(loaded(&shop, None, "eve@example.com", "gone", true), &[], &[r#""gone": Group { emails: []"#]);
}

/// Opens a request that any member of a group may decide.
fn open(shop: &Shop, group: &str) -> jit_approvals_base::Result<ApprovalRequest> {
    let text = format!(
        r#"{{"approvalType": "approve", "templateName": "T", "approvalKey": "T", "approvalTitle": "T",
        "approvalData": "T", "defaultApproverGroups": ["{group}"]}}"#
    );
    let template = Template::parse(&text).unwrap();
    let body = RequestBody::new("T");
    let mut people = None;
    let read = shop.store.read(&mut |reader| {
        people = Some(directory(reader, shop.company, None, &template.needs(&body))?);
        Ok(())
    });
    read.unwrap();
    template.open(&body, &Origin::new("shop.example.com", "kevin")?, &people.unwrap(), common::at(0))
}

#[test]
fn a_group_is_read_to_one_more_than_it_may_have() {
    let rows = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let steps: Steps = {
        let rows = rows.clone();
        std::sync::Arc::new(move |sql: &str, steps| {
            if sql.contains("join person") {
                rows.store(usize::try_from(steps).unwrap(), std::sync::atomic::Ordering::SeqCst);
            }
        })
    };
    let shop = Shop::with(Options { steps: Some(steps), ..options() });
    let email = |number: usize| format!("person-{number:04}@example.com");
    let people =
        (0..1500).map(|number| RowChange::NewPerson(everything::person(shop.company, &email(number))));
    commit(&shop, people.collect());
    for (key, count) in [("most", 1000), ("more", 1001), ("far-more", 1500)] {
        let people = (0..count).map(email).collect();
        commit(
            &shop,
            vec![RowChange::Group(group(key)), RowChange::Members { group: key.to_owned(), people }],
        );
    }
    let count = |key: &str| loaded(&shop, None, "", key, false).matches("person: Person").count();
    assert_eq!([count("most"), count("more")], [1000, 1001]);
    let steps = rows.load(std::sync::atomic::Ordering::SeqCst);
    assert_eq!(count("far-more"), 1001);
    assert!(rows.load(std::sync::atomic::Ordering::SeqCst) <= steps + 10, "the rest is not read");
    assert_eq!(open(&shop, "most").unwrap().stages()[0].eligible.len(), 1000);
    // A group that is cut short is never taken for a whole one.
    for key in ["more", "far-more"] {
        let error = open(&shop, key).unwrap_err();
        assert_eq!(error.message(), "1001 approvers, the limit is 1000");
    }
}
