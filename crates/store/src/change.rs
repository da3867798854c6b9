//! What a call writes, and how that ends.

use jit_approvals_base::{Id, UnixTime};
use jit_approvals_core::Event;
use sha2::{Digest as _, Sha256};

use crate::{
    AliasRow, ApplicationRow, CredentialRow, GroupRow, InboxRow, PersonRow, RequestRow, SigningKeyRow,
    TemplateRow,
};

/// All that a call writes. It is written in one transaction, or not at all.
#[derive(Debug, Clone)]
pub struct Change {
    /// The company that everything belongs to.
    pub company: Id,
    /// The position of the company's last administrative event that the caller had seen. `None` for a change that rests
    /// on nothing in the directory.
    pub revision: Option<i64>,
    /// When the change was computed.
    pub at: UnixTime,
    /// The events, in order. They carry their sequence, so that the change names what it was computed from.
    pub events: Vec<LogEvent>,
    /// What else is written.
    pub rows: Vec<RowChange>,
    /// What may happen only once until a time. The first claim that someone else holds is the outcome.
    pub claims: Vec<Claim>,
}

impl Change {
    /// About how many rows it writes.
    pub(crate) fn size(&self) -> usize {
        let rows = self.rows.iter().map(|row| match row {
            RowChange::Members { people, .. } => 1 + people.len(),
            RowChange::Aliases { aliases, .. } => 1 + aliases.len(),
            _ => 1,
        });
        1 + self.events.len() + self.claims.len() + rows.sum::<usize>()
    }

    /// About how many bytes of memory the change has.
    pub(crate) fn weight(&self) -> usize {
        /// What a row or an event has besides long texts.
        const EACH: usize = 512;
        let events = self.events.iter().map(|event| EACH + event.text.len());
        let rows = self.rows.iter().map(|row| match row {
            RowChange::Template(row) => EACH + row.text.len(),
            RowChange::Members { people, .. } => people.iter().map(|person| 64 + person.len()).sum(),
            RowChange::Aliases { aliases, .. } => EACH * (1 + aliases.len()),
            _ => EACH,
        });
        events.chain(rows).sum::<usize>() + EACH * (1 + self.claims.len())
    }
}

/// An event for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEvent {
    /// The id of the request, or of the company for an administrative change.
    pub stream: Id,
    /// The place in the stream, from 1 on.
    pub sequence: i64,
    /// When it happened.
    pub at: UnixTime,
    /// The type of its body.
    pub kind: &'static str,
    /// Its canonical text.
    pub text: String,
    /// Its hash.
    pub hash: [u8; 32],
}

impl From<&Event> for LogEvent {
    fn from(event: &Event) -> Self {
        Self {
            stream: event.request_id(),
            sequence: i64::try_from(event.sequence()).unwrap_or(i64::MAX),
            at: event.at(),
            kind: event.body().kind(),
            text: event.to_text(),
            hash: event.hash().to_bytes(),
        }
    }
}

/// A row that is written beside the log.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum RowChange {
    /// The company itself, which must be new.
    NewCompany {
        /// Its name.
        name: String,
    },
    /// The name of the company.
    CompanyName {
        /// The new name.
        name: String,
    },
    /// What queries ask of a request. Replaces the row of the same request.
    Request(RequestRow),
    /// A request in a person's inbox. Replaces the row of the same person and request.
    Inbox(InboxRow),
    /// A new person, whose email must be new in the installation.
    NewPerson(PersonRow),
    /// A person, who must exist. The password is left as it is.
    Person(PersonRow),
    /// The hash of a person's password.
    Password {
        /// The key of the person.
        person: String,
        /// The hash.
        hash: String,
    },
    /// All aliases of a person. They must not be those of someone else.
    Aliases {
        /// The key of the person.
        person: String,
        /// The aliases.
        aliases: Vec<AliasRow>,
    },
    /// A group. Replaces the row of the same group.
    Group(GroupRow),
    /// All members of a group.
    Members {
        /// The key of the group.
        group: String,
        /// The keys of the people.
        people: Vec<String>,
    },
    /// An application. Replaces the row of the same application, but keeps its cut.
    Application(ApplicationRow),
    /// Marks everything that an application has opened so far as dead.
    Cut {
        /// The application.
        application: Id,
    },
    /// A new identifier (`iss`) of an application. It is unique in the installation.
    NewIdentifier {
        /// The identifier.
        iss: String,
        /// The application.
        application: Id,
    },
    /// Removes an identifier of an application.
    NoIdentifier {
        /// The identifier.
        iss: String,
        /// The application.
        application: Id,
    },
    /// Writes nothing: fewer than a number of requests of an application and its subject must be pending. It comes before
    /// the request.
    FewPending {
        /// The `iss` of the application.
        application: String,
        /// The subject.
        subject: String,
        /// The number.
        limit: u32,
    },
    /// A new signing key.
    SigningKey(SigningKeyRow),
    /// Retires a signing key.
    RetiredKey {
        /// The application.
        application: Id,
        /// The id of the key.
        id: String,
        /// When.
        at: UnixTime,
    },
    /// A new version of a template.
    Template(TemplateRow),
    /// Archives a template, or restores it.
    TemplateArchived {
        /// The key.
        key: String,
        /// When; `None` to restore it.
        at: Option<UnixTime>,
    },
    /// A new credential.
    Credential(CredentialRow),
    /// When a credential was used.
    Seen {
        /// The digest of its secret.
        digest: [u8; 32],
        /// When.
        at: UnixTime,
    },
    /// When the password was given in a session.
    Proved {
        /// The digest of its secret.
        digest: [u8; 32],
        /// When.
        at: UnixTime,
    },
    /// Deletes a credential, which must exist.
    NoCredential {
        /// The digest of its secret.
        digest: [u8; 32],
    },
    /// Deletes all sessions of a person.
    NoSessions {
        /// The key of the person.
        person: String,
    },
    /// Deletes all credentials of a person.
    NoCredentials {
        /// The key of the person.
        person: String,
    },
    /// Deletes all credentials of the company.
    NoCredentialsAtAll,
    /// Deletes a value of the installation, which must be as given.
    NoMeta {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: Vec<u8>,
    },
}

/// Something that may happen only once until a time, such as a call with an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// What is claimed: see [`Claim::digest`].
    pub digest: [u8; 32],
    /// The request that the call led to.
    pub request: Option<Id>,
    /// A digest of the call's body.
    pub body: Option<[u8; 32]>,
    /// From this time on the claim counts as absent.
    pub until: UnixTime,
}

impl Claim {
    /// Returns the SHA-256 of a kind and its parts. Each is preceded by its length, so that no two lists of parts have
    /// the same digest.
    pub fn digest(kind: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut hash = Sha256::new();
        for part in std::iter::once(kind.as_bytes()).chain(parts.iter().copied()) {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }
}

/// How a change ended. Everything but `Committed` has written nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is durable.
    Committed {
        /// The position of its last event; that of the log if it has none.
        position: i64,
    },
    /// A stream has other events than the change was computed from, or the change was computed too long ago. The caller
    /// reads the stream again and computes a new change.
    Moved,
    /// The company's directory has changed. The caller starts again from its credential.
    Stale,
    /// Someone else holds a claim.
    Claimed {
        /// The index of the claim in the change.
        claim: usize,
        /// The request that the other call led to.
        request: Option<Id>,
        /// The digest of the other call's body.
        body: Option<[u8; 32]>,
    },
    /// A value that must be unique exists.
    Taken(Unique),
}

/// A value that must be unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unique {
    /// The id of a company.
    Company,
    /// One more pending request.
    Pending,
    /// The identifier of an application.
    Identifier,
    /// The email of a person.
    Email,
    /// The alias of a person.
    Alias,
    /// The version of a template.
    Template,
    /// The id of a signing key.
    SigningKey,
    /// A credential or a value that can be used up only once.
    Secret,
}
