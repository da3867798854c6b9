//! Loads what a command needs of the directory.

use std::collections::{HashMap, HashSet};

use jit_approvals_base::Id;
use jit_approvals_core::{Directory, Needs, Person, identity};

use crate::{Failure, Reader, Result, Row};

/// One more than the most members of a group, so that a group that is too large is noticed.
const MEMBERS: i64 = 1001;

/// Loads the people and the groups, with their members, that a command needs. The aliases are those at an application.
/// What does not exist is left out.
///
/// # Errors
///
/// Those of the reader.
pub fn directory(
    reader: &mut dyn Reader,
    company: Id,
    application: Option<Id>,
    needs: &Needs,
) -> Result<Directory> {
    let mut load = Load::people(reader, company, application, needs)?;
    let mut groups = Vec::new();
    for group in &needs.groups {
        let sql = "select 1 from team where company = $1 and key = $2 and archived_at is null";
        if !reader.rows(sql, &[company.into(), group.as_str().into()])?.is_empty() {
            groups.push((group.clone(), load.members(reader, group)?));
        }
    }
    assembled(load.people, groups)
}

/// Loads what a decision needs: the person, and of the group that made them eligible only whether they are in it.
///
/// # Errors
///
/// Those of the reader.
pub fn directory_for_decision(
    reader: &mut dyn Reader,
    company: Id,
    application: Option<Id>,
    needs: &Needs,
) -> Result<Directory> {
    let load = Load::people(reader, company, application, needs)?;
    let mut groups = Vec::new();
    for group in &needs.groups {
        let sql = "select 1 from membership join team on team.company = membership.company \
                   and team.key = membership.team where membership.company = $1 and membership.team = $2 \
                   and membership.person = $3 and team.archived_at is null";
        let mut members = Vec::new();
        for person in &load.people {
            let key = identity(person.email());
            let values = [company.into(), group.as_str().into(), key.as_str().into()];
            if !reader.rows(sql, &values)?.is_empty() {
                members.push(person.email().to_owned());
            }
        }
        groups.push((group.clone(), members));
    }
    assembled(load.people, groups)
}

fn assembled(people: Vec<Person>, groups: Vec<(String, Vec<String>)>) -> Result<Directory> {
    let directory = Directory::new(people).and_then(|directory| directory.with_groups(groups));
    directory.map_err(|problem| Failure::Corrupt(format!("the directory: {problem}")))
}

struct Load {
    company: Id,
    application: Id,
    people: Vec<Person>,
    /// The emails of the people.
    loaded: HashSet<String>,
}

impl Load {
    /// Loads the people whom a command needs by name.
    fn people(reader: &mut dyn Reader, company: Id, application: Option<Id>, needs: &Needs) -> Result<Self> {
        let application = application.unwrap_or(Id::NIL);
        let mut load = Self { company, application, people: Vec::new(), loaded: HashSet::new() };
        for email in &needs.emails {
            load.person(reader, email)?;
        }
        Ok(load)
    }

    /// Loads a person by an email.
    fn person(&mut self, reader: &mut dyn Reader, email: &str) -> Result<()> {
        let key = identity(email);
        let sql = "select shown, active from person where email = $1 and company = $2";
        let rows = reader.rows(sql, &[key.as_str().into(), self.company.into()])?;
        let Some(row) = rows.first() else { return Ok(()) };
        let sql = "select shown from alias where company = $1 and person = $2 and application = $3";
        let values = [self.company.into(), key.as_str().into(), self.application.into()];
        let aliases = reader.rows(sql, &values)?;
        let aliases = aliases.iter().map(|row| row.text(0)).collect::<Result<Vec<_>>>()?;
        self.add(row, aliases)
    }

    /// Loads the members of a group, and returns their emails.
    fn members(&mut self, reader: &mut dyn Reader, group: &str) -> Result<Vec<String>> {
        let sql = "select person.shown, person.active, person.email from membership \
                   join person on person.email = membership.person \
                   where membership.company = $1 and membership.team = $2 order by membership.person limit $3";
        let people = reader.rows(sql, &[self.company.into(), group.into(), MEMBERS.into()])?;
        // A cross join keeps its order: an application may have far more aliases than a group has members.
        let sql = "select alias.shown, alias.person from membership cross join alias \
                   where membership.company = $1 and membership.team = $2 and alias.company = membership.company \
                   and alias.person = membership.person and alias.application = $3";
        let aliases = reader.rows(sql, &[self.company.into(), group.into(), self.application.into()])?;
        let mut names: HashMap<&str, Vec<&str>> = HashMap::new();
        for alias in &aliases {
            names.entry(alias.text(1)?).or_default().push(alias.text(0)?);
        }
        let mut members = Vec::with_capacity(people.len());
        for row in &people {
            members.push(row.text(0)?.to_owned());
            self.add(row, names.remove(row.text(2)?).unwrap_or_default())?;
        }
        Ok(members)
    }

    fn add(&mut self, row: &Row, aliases: Vec<&str>) -> Result<()> {
        let email = row.text(0)?;
        if self.loaded.insert(email.to_owned()) {
            self.people.push(Person::new(email).with_active(row.flag(1)?).with_aliases(aliases));
        }
        Ok(())
    }
}
