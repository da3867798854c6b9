//! Who is who: people, their aliases, and groups.

use std::collections::HashMap;

use jit_approvals_base::errors::wrong_type;
use jit_approvals_base::{Json, Members, Object, Plain};
use unicode_normalization::UnicodeNormalization as _;

use crate::{Result, errors, reading};

/// The people and groups that a command may need to know, as they are at that moment. A plain value: whoever
/// calls loads what is needed into it.
///
/// One that was never told who there is, as the empty one, takes every email for itself: an active person
/// without aliases. One that was told of nobody knows nobody.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    people: Option<HashMap<String, Person>>,
    groups: HashMap<String, Vec<String>>,
}

/// A person who may decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The email, as it is shown.
    pub email: String,
    /// Whether the person may do anything at present.
    pub active: bool,
    /// The values of `sub` that are theirs in the application's auth tokens, beside the email.
    pub aliases: Vec<String>,
}

impl Directory {
    /// One without people and groups.
    pub fn empty() -> Self {
        Self::default()
    }

    /// One of these groups, whose members are emails, and in which every email stands for itself.
    ///
    /// # Errors
    ///
    /// `invalid_email`, `invalid_group`
    pub fn of_groups(groups: impl IntoIterator<Item = (String, Vec<String>)>) -> Result<Self> {
        let mut directory = Self::default();
        for (key, emails) in groups {
            check_group(&key)?;
            for email in &emails {
                check_email(email)?;
            }
            directory.groups.insert(key, emails);
        }
        Ok(directory)
    }

    /// One of these people, and no others, and these groups, whose members are emails.
    ///
    /// # Errors
    ///
    /// `invalid_email`, `invalid_group`, `duplicate_person`
    pub fn new(
        people: impl IntoIterator<Item = Person>,
        groups: impl IntoIterator<Item = (String, Vec<String>)>,
    ) -> Result<Self> {
        let mut known = HashMap::new();
        for person in people {
            let email = check_email(&person.email)?.to_owned();
            if known.insert(identity(&email), person).is_some() {
                return Err(errors::duplicate_person(&email));
            }
        }
        Ok(Self { people: Some(known), ..Self::of_groups(groups)? })
    }

    /// One from `{people?: [{email, active?, aliases?}], groups?: {key: [email]}}`. Without `people`, every
    /// email stands for itself.
    ///
    /// # Errors
    ///
    /// `wrong_type`, `missing_member`, `unknown_member`; those of [`Directory::new`].
    pub fn from_json(value: &Json) -> Result<Self> {
        let members = Members::of(value, "", &["people", "groups"])?;
        let mut groups = Vec::new();
        for (key, emails) in members.object("groups")?.into_iter().flat_map(Object::iter) {
            groups.push((key.to_owned(), texts(emails, &format!("groups.{key}"))?));
        }
        if members.optional("people").is_none() {
            return Self::of_groups(groups);
        }
        let mut people = Vec::new();
        for (path, value) in members.elements("people")? {
            let person = Members::of(value, path, &["email", "active", "aliases"])?;
            // Else null means left out, but nobody is active by a value that is not known.
            if value.get("active") == Some(&Json::Null) {
                let error = wrong_type("active", Plain("a boolean"), Plain("null"));
                return Err(error.with_field(person.path_of("active")));
            }
            people.push(Person {
                email: person.required("email", person.text("email")?)?.to_owned(),
                active: person.boolean("active")?.unwrap_or(true),
                aliases: person.texts("aliases")?,
            });
        }
        Self::new(people, groups)
    }

    /// The person with that email.
    pub(crate) fn person(&self, email: &str) -> Option<Person> {
        match &self.people {
            Some(people) => people.get(&identity(email)).cloned(),
            None => Some(Person { email: email.to_owned(), active: true, aliases: Vec::new() }),
        }
    }

    /// The emails in a group.
    pub(crate) fn group(&self, key: &str) -> Option<&[String]> {
        self.groups.get(key).map(Vec::as_slice)
    }

    /// Whether an email is among those of a group.
    pub(crate) fn is_in_group(&self, email: &str, key: &str) -> bool {
        let email = identity(email);
        self.group(key).is_some_and(|emails| emails.iter().any(|other| identity(other) == email))
    }
}

impl Person {
    /// Whether this person is the subject of an auth token.
    pub(crate) fn is_subject(&self, subject: &str) -> bool {
        let subject = identity(subject);
        std::iter::once(&self.email).chain(&self.aliases).any(|name| identity(name) == subject)
    }
}

fn texts(value: &Json, path: &str) -> Result<Vec<String>> {
    let wrapped = Json::from(Object::new().with(path, value.clone()));
    Members::of(&wrapped, "", &[path])?.texts(path)
}

/// What two spellings of one email share: NFC, case folded, NFC again, since folding can undo it. Joiners, which
/// nobody sees, make no difference.
pub(crate) fn identity(email: &str) -> String {
    if email.is_ascii() {
        return email.to_ascii_lowercase();
    }
    let composed: String = email.chars().filter(|character| !is_joiner(*character)).nfc().collect();
    caseless::default_case_fold_str(&composed).nfc().collect()
}

/// An email that can be shown and compared; that it can be delivered to is not ours to judge.
pub(crate) fn check_email(email: &str) -> Result<&str> {
    const LONGEST: usize = 254;
    let shape = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    let hidden = reading::misleading(email, false).is_some() || email.contains(char::is_whitespace);
    let hidden = hidden || email.contains(is_joiner);
    if shape && !hidden && email.len() <= LONGEST { Ok(email) } else { Err(errors::invalid_email(email)) }
}

/// A key that can be shown: a group's name, or a stage's.
pub(crate) fn check_group(key: &str) -> Result<&str> {
    const LONGEST: usize = 200;
    let shown = !key.is_empty() && reading::misleading(key, false).is_none();
    if shown && key.chars().count() <= LONGEST { Ok(key) } else { Err(errors::invalid_group(key)) }
}

fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200c}' | '\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twins_of_an_email_are_one_person() {
        assert_eq!(identity("Steve@NL3.com"), identity("steve@nl3.com"));
        assert_eq!(identity("Jose\u{301}@x.org"), identity("josé@x.org"));
        assert_eq!(identity("STRASSE@x.org"), identity("straße@x.org"));
        assert_eq!(identity("ann\u{200d}@x.org"), identity("ann@x.org"));
        assert_ne!(identity("jose@x.org"), identity("josé@x.org"));
    }
}
