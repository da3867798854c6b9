//! Who is who: people, their aliases, and groups.

use std::collections::HashMap;

use jit_approvals_base::{Json, Members};
use unicode_normalization::UnicodeNormalization as _;

use crate::{Result, errors, reading};

/// The people and groups that a command may need to know, as they are at that moment. A plain value: whoever
/// calls loads what is needed into it.
///
/// Where it lists no people, as the empty one, every email stands for itself: an active person without
/// aliases.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    people: HashMap<String, Person>,
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

    /// One of these people and groups; the members of a group are emails.
    ///
    /// # Errors
    ///
    /// `invalid_email`
    pub fn new(
        people: impl IntoIterator<Item = Person>,
        groups: impl IntoIterator<Item = (String, Vec<String>)>,
    ) -> Result<Self> {
        let mut directory = Self::default();
        for person in people {
            directory.people.insert(identity(check_email(&person.email)?), person);
        }
        for (key, emails) in groups {
            for email in &emails {
                check_email(email)?;
            }
            directory.groups.insert(key, emails);
        }
        Ok(directory)
    }

    /// One from `{people: [{email, active?, aliases?}], groups: {key: [email]}}`.
    ///
    /// # Errors
    ///
    /// `wrong_type`, `missing_member`, `unknown_member`, `invalid_email`
    pub fn from_json(value: &Json) -> Result<Self> {
        let members = Members::of(value, "", &["people", "groups"])?;
        let mut people = Vec::new();
        for (path, value) in members.elements("people")? {
            let person = Members::of(value, path, &["email", "active", "aliases"])?;
            people.push(Person {
                email: person.required("email", person.text("email")?)?.to_owned(),
                active: person.boolean("active")?.unwrap_or(true),
                aliases: person.texts("aliases")?,
            });
        }
        let mut groups = Vec::new();
        if let Some(object) = members.object("groups")? {
            let keys: Vec<&str> = object.keys().collect();
            let group = Members::of(members.optional("groups").unwrap_or(&Json::Null), "groups", &keys)?;
            for key in keys {
                groups.push((key.to_owned(), group.texts(key)?));
            }
        }
        Self::new(people, groups)
    }

    /// The person with that email.
    pub(crate) fn person(&self, email: &str) -> Option<Person> {
        if self.people.is_empty() {
            return Some(Person { email: email.to_owned(), active: true, aliases: Vec::new() });
        }
        self.people.get(&identity(email)).cloned()
    }

    /// The emails in a group.
    pub(crate) fn group(&self, key: &str) -> Option<&[String]> {
        self.groups.get(key).map(Vec::as_slice)
    }

    /// Whether an email is among those of a group.
    pub(crate) fn is_in_group(&self, email: &str, key: &str) -> bool {
        self.group(key).is_some_and(|emails| emails.iter().any(|other| identity(other) == identity(email)))
    }
}

impl Person {
    /// Whether this person is the subject of an auth token.
    pub(crate) fn is_subject(&self, subject: &str) -> bool {
        let subject = identity(subject);
        std::iter::once(&self.email).chain(&self.aliases).any(|name| identity(name) == subject)
    }
}

/// What two spellings of one email share: NFC, case folded, NFC again, since folding can undo it.
pub(crate) fn identity(email: &str) -> String {
    if email.is_ascii() {
        return email.to_ascii_lowercase();
    }
    let composed: String = email.nfc().collect();
    caseless::default_case_fold_str(&composed).nfc().collect()
}

/// An email that can be shown and compared; that it can be delivered to is not ours to judge.
pub(crate) fn check_email(email: &str) -> Result<&str> {
    const LONGEST: usize = 254;
    let shape = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    let hidden = reading::misleading(email, false).is_some() || email.contains(char::is_whitespace);
    if shape && !hidden && email.len() <= LONGEST { Ok(email) } else { Err(errors::invalid_email(email)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twins_of_an_email_are_one_person() {
        assert_eq!(identity("Steve@NL3.com"), identity("steve@nl3.com"));
        assert_eq!(identity("Jose\u{301}@x.org"), identity("josé@x.org"));
        assert_eq!(identity("STRASSE@x.org"), identity("straße@x.org"));
        assert_ne!(identity("jose@x.org"), identity("josé@x.org"));
    }
}
