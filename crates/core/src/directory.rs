//! The people and groups that a command may need.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use jit_approvals_base::errors::wrong_type;
use jit_approvals_base::{Json, Members, Object, Path, Plain};

use crate::identity::{approver_key, check_email, check_group, identity};
use crate::shown_text::Source;
use crate::{Result, errors};

/// The people and groups that a command may need, in their state at that moment.
///
/// A directory is a plain value: the caller loads into it what the command needs. An application that keeps no list of
/// people uses [`Directory::everyone`].
#[derive(Debug, Clone)]
pub struct Directory {
    people: People,
    groups: HashMap<String, Group>,
}

#[derive(Debug, Clone)]
enum People {
    /// Every email is an active person.
    Everyone,
    /// Only these people, by their *is this approver* key.
    Listed(HashMap<String, Known>),
}

/// A person, with the *same person* keys of the email and all aliases.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    person: Person,
    identities: Vec<String>,
}

#[derive(Debug, Clone)]
struct Group {
    emails: Vec<String>,
    /// The *is this approver* keys of the emails.
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
    /// Creates an active person without aliases.
    pub fn new(email: impl Into<String>) -> Self {
        Self { email: email.into(), active: true, aliases: Vec::new() }
    }

    /// Sets whether the person is active. A person who is not active may not decide.
    #[must_use]
    pub fn with_active(self, active: bool) -> Self {
        Self { active, ..self }
    }

    /// Sets the aliases of the person: the values of `sub`, other than the email, that mean this person in the
    /// application's auth tokens.
    #[must_use]
    pub fn with_aliases<S: Into<String>>(self, aliases: impl IntoIterator<Item = S>) -> Self {
        Self { aliases: aliases.into_iter().map(Into::into).collect(), ..self }
    }

    /// The email, in the form that is shown.
    pub fn email(&self) -> &str {
        &self.email
    }

    /// Whether the person is active.
    pub fn is_active(&self) -> bool {
        self.active
    }

    /// The values of `sub`, other than the email, that mean this person.
    pub fn aliases(&self) -> &[String] {
        &self.aliases
    }
}

impl Directory {
    /// Creates a directory in which every email is an active person without aliases.
    pub fn everyone() -> Self {
        Self { people: People::Everyone, groups: HashMap::new() }
    }

    /// Creates a directory that contains only the given people.
    ///
    /// # Errors
    ///
    /// `invalid_email`; `duplicate_person`, `ambiguous_person`, `alias_taken`
    pub fn new(people: impl IntoIterator<Item = Person>) -> Result<Self> {
        let mut known = HashMap::new();
        // The email of the person that each name belongs to, by the *same person* key of the name.
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

    /// Adds groups. Each group has a key and the emails of its members.
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

    /// Whether every email is an active person.
    pub(crate) fn is_everyone(&self) -> bool {
        matches!(self.people, People::Everyone)
    }

    /// Returns the person with the given email.
    pub(crate) fn person(&self, email: &str) -> Option<Cow<'_, Known>> {
        match &self.people {
            People::Listed(people) => people.get(&approver_key(email)).map(Cow::Borrowed),
            People::Everyone => {
                let person = Person { email: email.to_owned(), active: true, aliases: Vec::new() };
                Some(Cow::Owned(Known { person, identities: vec![identity(email)] }))
            }
        }
    }

    /// Returns the emails in a group.
    pub(crate) fn group(&self, key: &str) -> Option<&[String]> {
        self.groups.get(key).map(|group| group.emails.as_slice())
    }

    /// Whether an email is in a group.
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

    /// The *same person* key of the email.
    pub(crate) fn identity(&self) -> &str {
        &self.identities[0]
    }

    /// Whether the email or an alias has this *same person* key.
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
