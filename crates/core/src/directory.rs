//! The people and groups that a command may need to know.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use jit_approvals_base::errors::wrong_type;
use jit_approvals_base::{Json, Members, Object, Path, Plain};

use crate::identity::{approver_key, check_email, check_group, identity};
use crate::shown_text::Source;
use crate::{Result, errors};

/// The people and groups that a command may need to know, as they are at that moment. A plain value: the caller loads
/// what is needed into it.
///
/// An application that keeps no people says so with [`Directory::everyone`].
#[derive(Debug, Clone)]
pub struct Directory {
    people: People,
    groups: HashMap<String, Group>,
}

#[derive(Debug, Clone)]
enum People {
    /// Every email stands for itself.
    Everyone,
    /// These and no others, by the key of *is this approver*.
    Listed(HashMap<String, Known>),
}

/// A person, and the keys of *same person* of all their names.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    person: Person,
    identities: Vec<String>,
}

#[derive(Debug, Clone)]
struct Group {
    emails: Vec<String>,
    /// By the key of *is this approver*.
    members: HashSet<String>,
}

/// A person who may decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    email: String,
    active: bool,
    aliases: Vec<String>,
}

impl Person {
    /// An active person without aliases.
    pub fn new(email: impl Into<String>) -> Self {
        Self { email: email.into(), active: true, aliases: Vec::new() }
    }

    /// The same person, who may or may not do anything at present.
    #[must_use]
    pub fn with_active(self, active: bool) -> Self {
        Self { active, ..self }
    }

    /// The same person with these aliases: the values of `sub` that are theirs in the application's auth tokens, beside
    /// the email.
    #[must_use]
    pub fn with_aliases<S: Into<String>>(self, aliases: impl IntoIterator<Item = S>) -> Self {
        Self { aliases: aliases.into_iter().map(Into::into).collect(), ..self }
    }

    /// The email, as it is shown.
    pub fn email(&self) -> &str {
        &self.email
    }

    /// Whether the person may do anything at present.
    pub fn is_active(&self) -> bool {
        self.active
    }

    /// The values of `sub` that are theirs, beside the email.
    pub fn aliases(&self) -> &[String] {
        &self.aliases
    }
}

impl Directory {
    /// One in which every email stands for itself: an active person without aliases.
    pub fn everyone() -> Self {
        Self { people: People::Everyone, groups: HashMap::new() }
    }

    /// One of these people and no others.
    ///
    /// # Errors
    ///
    /// `invalid_email`; `duplicate_person`, `ambiguous_person`, `alias_taken`
    pub fn new(people: impl IntoIterator<Item = Person>) -> Result<Self> {
        let mut known = HashMap::new();
        // Whose each name is, by the key of *same person*.
        let mut owners: HashMap<String, String> = HashMap::new();
        let people: Vec<Person> = people.into_iter().collect();
        for person in &people {
            check_email(&person.email, Source::Given)?;
            let Some(other) = owners.insert(identity(&person.email), person.email.clone()) else { continue };
            let same = approver_key(&other) == approver_key(&person.email);
            return Err(if same {
                errors::duplicate_person(&person.email)
            } else {
                errors::ambiguous_person(&other, &person.email)
            });
        }
        for person in people {
            let mut identities = vec![identity(&person.email)];
            for alias in &person.aliases {
                let key = identity(alias);
                let owner = owners.entry(key.clone()).or_insert_with(|| person.email.clone());
                if *owner != person.email {
                    return Err(errors::alias_taken(alias, &person.email, owner));
                }
                identities.push(key);
            }
            known.insert(approver_key(&person.email), Known { person, identities });
        }
        Ok(Self { people: People::Listed(known), groups: HashMap::new() })
    }

    /// The same people with these groups, each of them emails, by their keys.
    ///
    /// # Errors
    ///
    /// `invalid_email`, `invalid_group`
    pub fn with_groups(mut self, groups: impl IntoIterator<Item = (String, Vec<String>)>) -> Result<Self> {
        for (key, emails) in groups {
            check_group(&key, Source::Given)?;
            emails.iter().try_for_each(|email| check_email(email, Source::Given))?;
            let members = emails.iter().map(|email| approver_key(email)).collect();
            self.groups.insert(key, Group { emails, members });
        }
        Ok(self)
    }

    /// Reads `{people, groups?: {key: [email]}}`, where `people` is `[{email, active, aliases?}]` or `"everyone"`.
    ///
    /// # Errors
    ///
    /// `wrong_type`, `missing_member`, `unknown_member`; those of [`Directory::new`] and [`with_groups`].
    ///
    /// [`with_groups`]: Self::with_groups
    pub fn from_json(value: &Json) -> Result<Self> {
        let members = Members::of(value, "", &["people", "groups"])?;
        let directory = match members.required("people", members.optional("people"))? {
            Json::String(everyone) if everyone == "everyone" => Self::everyone(),
            Json::Array(_) => {
                let people = members.elements("people")?.map(|(path, value)| person(value, path));
                Self::new(people.collect::<Result<Vec<_>>>()?).map_err(|error| error.with_field("people"))?
            }
            Json::String(_) => return Err(wrong_people("another text")),
            Json::Null => return Err(wrong_people("null")),
            other => return Err(wrong_people(other.kind())),
        };
        let mut groups = Vec::new();
        for (key, emails) in members.object("groups")?.into_iter().flat_map(Object::iter) {
            groups.push((key.to_owned(), Members::texts_of(emails, &format!("groups.{key}"))?));
        }
        directory.with_groups(groups).map_err(|error| error.with_field("groups"))
    }

    /// Whether every email stands for itself.
    pub(crate) fn is_everyone(&self) -> bool {
        matches!(self.people, People::Everyone)
    }

    /// The person with that email.
    pub(crate) fn person(&self, email: &str) -> Option<Cow<'_, Known>> {
        match &self.people {
            People::Listed(people) => people.get(&approver_key(email)).map(Cow::Borrowed),
            People::Everyone => {
                let person = Person { email: email.to_owned(), active: true, aliases: Vec::new() };
                Some(Cow::Owned(Known { person, identities: vec![identity(email)] }))
            }
        }
    }

    /// The emails in a group.
    pub(crate) fn group(&self, key: &str) -> Option<&[String]> {
        self.groups.get(key).map(|group| group.emails.as_slice())
    }

    /// Whether an email is among those of a group.
    pub(crate) fn is_in_group(&self, email: &str, key: &str) -> bool {
        self.groups.get(key).is_some_and(|group| group.members.contains(&approver_key(email)))
    }
}

impl Known {
    pub(crate) fn email(&self) -> &str {
        &self.person.email
    }

    pub(crate) fn is_active(&self) -> bool {
        self.person.active
    }

    /// The key of *same person* of the email.
    pub(crate) fn identity(&self) -> &str {
        &self.identities[0]
    }

    /// Whether one of their names has this key of *same person*.
    pub(crate) fn has_identity(&self, identity: &str) -> bool {
        self.identities.iter().any(|name| name == identity)
    }
}

fn person(value: &Json, path: Path<'_>) -> Result<Person> {
    let person = Members::of(value, path, &["email", "active", "aliases"])?;
    Ok(Person {
        email: person.required_text("email")?.to_owned(),
        active: person.required("active", person.boolean("active")?)?,
        aliases: person.texts("aliases")?,
    })
}

fn wrong_people(found: &'static str) -> jit_approvals_base::Error {
    let expected = Plain("an array of people or the text `everyone`");
    wrong_type("people", expected, Plain(found)).with_field("people")
}
