//! What an operator does on the machine, beside a running server or without one.

use std::path::Path;

use jit_approvals::event::Actor;
use jit_approvals::json::Json;
use jit_approvals::{Error, ErrorCode, SigningKey, UnixTime, identity};
use jit_approvals_base::{Id, quote};
use jit_approvals_store::{
    Change, CompanyRow, Options, Outcome, PersonRow, Reader, Role, SigningKeyRow, Sqlite, Store as _, Unique,
    stream,
};
use zeroize::Zeroizing;

use crate::desk::Desk;
use crate::management::{application, signing_key, template, user};
use crate::password::{Asker, Passwords};
use crate::refusal::Refusal;
use crate::restore::{self, Restored};
use crate::seal::{CHECK_NAME, KeyFile, Place, ServerKey, new_secret};
use crate::server::{Problem, STORE, lock, server_key};
use crate::{clock, first_start};

/// How often a change is computed anew.
const ATTEMPTS: u32 = 16;

/// A store, opened by an operator.
#[derive(Debug)]
pub struct Operator {
    store: Sqlite,
    key: ServerKey,
    actor: Actor,
}

/// A company of an installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// How many events its log has, which is the position of the last one.
    pub events: i64,
    /// The hash of its whole log, in hexadecimal digits.
    pub head: String,
}

/// A copy of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// When it was made. What was changed before is in it.
    pub at: UnixTime,
    /// The companies that it holds.
    pub companies: Vec<Company>,
}

impl From<CompanyRow> for Company {
    fn from(row: CompanyRow) -> Self {
        let head = base16ct::lower::encode_string(&row.head);
        Self { id: row.id, name: row.name, events: row.position, head }
    }
}

impl Operator {
    /// Opens the store in a folder, to read it. It must exist and have the schema of this version.
    ///
    /// # Errors
    ///
    /// If the store or the server key cannot be opened.
    pub fn open_to_read(data: &Path, server_key_file: &Path) -> Result<Self, Problem> {
        Self::existing(data, server_key_file, false)
    }

    /// Opens the store in a folder, to change it. It must exist and have the schema of this version. If it is a backup
    /// that nobody has used yet, it is put to use, and `told` is called.
    ///
    /// # Errors
    ///
    /// As [`Operator::open_to_read`]; if the store is a backup that a server is about to use.
    pub fn open(data: &Path, server_key_file: &Path, told: impl FnOnce(Restored)) -> Result<Self, Problem> {
        let operator = Self::existing(data, server_key_file, false)?;
        if restore::mark(&operator.store)?.is_some() {
            let _lock = lock(data)?;
            restore::finish(&operator.store, told)?;
        }
        Ok(operator)
    }

    /// Opens the store in a folder, to change it, and creates the folder and the store if they do not exist. A store that
    /// someone else could not finish creating counts as none.
    ///
    /// # Errors
    ///
    /// As [`Operator::open`]; if there is no store, but a server works on the folder.
    pub fn create(data: &Path, server_key_file: &Path, told: impl FnOnce(Restored)) -> Result<Self, Problem> {
        let path = data.join(STORE);
        if path.exists() && Sqlite::has_tables(&path) {
            return Self::open(data, server_key_file, told);
        }
        let _lock = lock(data)?;
        Self::opened(data, server_key_file, true, true)
    }

    /// Removes a folder with its store.
    ///
    /// # Errors
    ///
    /// If a server works on the folder; if a file cannot be removed.
    pub fn discard(data: &Path) -> Result<(), Problem> {
        if !data.exists() {
            return Ok(());
        }
        let _lock = lock(data)?;
        std::fs::remove_dir_all(data).map_err(|problem| Problem(format!("{}: {problem}", data.display())))
    }

    fn existing(data: &Path, server_key_file: &Path, is_alone: bool) -> Result<Self, Problem> {
        let path = data.join(STORE);
        if !path.exists() {
            return Err(Problem(format!("{}: there is no store", path.display())));
        }
        Self::opened(data, server_key_file, false, is_alone)
    }

    fn opened(data: &Path, server_key_file: &Path, migrates: bool, is_alone: bool) -> Result<Self, Problem> {
        let path = data.join(STORE);
        let existed = path.exists();
        let options = Options { clock: clock::system(), migrates, ..Options::default() };
        let store = Sqlite::open(&path, options)?;
        let key = server_key(&store, &KeyFile::new(server_key_file), existed, is_alone)?;
        Ok(Self { store, key, actor: Actor::system("operator") })
    }

    /// Makes a company and its first administrator. Returns the secret of the link with which the administrator sets a
    /// password.
    ///
    /// # Errors
    ///
    /// If the email exists, or a name is not allowed.
    pub fn new_company(
        &self,
        name: &str,
        email: &str,
        person: &str,
    ) -> Result<(Id, Zeroizing<String>), Problem> {
        user::check_name("name", name)?;
        user::check_name("administrator", person)?;
        let company = Id::v7()?;
        let row = PersonRow {
            key: identity(email),
            company,
            email: email.to_owned(),
            name: person.to_owned(),
            role: Role::Administrator,
            active: true,
            password: None,
            version: 1,
        };
        self.change(|reader| {
            let now = self.store.now();
            first_start::new_company(reader, company, name, &row, self.actor.clone(), now)
        })?;
        Ok((company, self.user_link(email)?))
    }

    /// Lists the companies.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub fn companies(&self) -> Result<Vec<Company>, Problem> {
        let mut companies = Vec::new();
        self.store.read(&mut |reader: &mut dyn Reader| {
            let rows = CompanyRow::list(reader, Id::NIL, i64::MAX)?;
            companies = rows.into_iter().map(Company::from).collect();
            Ok(())
        })?;
        Ok(companies)
    }

    /// Makes a one-time link for a person of any company, and returns its secret.
    ///
    /// # Errors
    ///
    /// If there is no active person with this email.
    pub fn user_link(&self, email: &str) -> Result<Zeroizing<String>, Problem> {
        let (secret, digest) = new_secret()?;
        self.change(|reader| {
            let person = PersonRow::find(reader, &identity(email))?.filter(|person| person.active);
            let person = person.ok_or_else(|| unknown(email))?;
            let mut desk = self.desk(reader, person.company)?;
            Ok(user::new_link(&mut desk, &person, digest)?.0)
        })?;
        Ok(secret)
    }

    /// Copies the store into a new file, beside a running server. The copy is checked, and marked: who uses it first ends
    /// what must not come back. The server key is not in it. It is given up if the log beside the store grows beyond
    /// `most_log_bytes` meanwhile.
    ///
    /// # Errors
    ///
    /// If the file exists or cannot be written; if the store is damaged, or has no company.
    pub fn backup(&self, file: &Path, most_log_bytes: u64) -> Result<Backup, Problem> {
        let copied = self.store.copy_to(file, most_log_bytes).map_err(Problem::new)?;
        Ok(Backup {
            at: copied.mark.at,
            companies: copied.companies.into_iter().map(Company::from).collect(),
        })
    }

    /// Compares everything that is looked up with the log, and opens every signing key. Returns every difference.
    ///
    /// # Errors
    ///
    /// Those of reading.
    pub fn check(&self) -> Result<Vec<String>, Problem> {
        let mut wrong = self.store.check()?;
        for (company, key) in self.keys()? {
            let place = Place { company, application: key.application, key: &key.id };
            if self.key.open(&place, &key.sealed).is_none() {
                wrong.push(format!("company {company}: the signing key {} does not open", key.id));
            }
        }
        Ok(wrong)
    }

    /// Creates a person with a password.
    ///
    /// # Errors
    ///
    /// If the email exists; if a name or the password is not allowed.
    pub fn new_user(&self, company: Id, email: &str, name: &str, password: &str) -> Result<(), Problem> {
        user::check_name("name", name)?;
        let hash = Passwords::default().hash(Asker::Session, password, email, name)?;
        let given = user::Given { name: name.to_owned(), role: Role::Approver, aliases: Vec::new() };
        self.change(|reader| {
            let mut desk = self.desk(reader, company)?;
            Ok(user::new(&mut desk, email, &given, Some(hash.clone()))?.change)
        })
    }

    /// Sets the password of a person.
    ///
    /// # Errors
    ///
    /// If there is no such person, or the password is not allowed.
    pub fn set_password(&self, email: &str, password: &str) -> Result<(), Problem> {
        let key = identity(email);
        let hash = Passwords::default().hash(Asker::Session, password, email, "")?;
        self.change(|reader| {
            let person = PersonRow::find(reader, &key)?.ok_or_else(|| unknown(email))?;
            let rows = vec![
                jit_approvals_store::RowChange::Password { person: key.clone(), hash: hash.clone() },
                jit_approvals_store::RowChange::NoCredentials { person: key.clone() },
            ];
            let mut desk = self.desk(reader, person.company)?;
            desk.change("user", &person.email, "changePassword", None, None, rows)
        })
    }

    /// Creates an application with one signing key, and returns its id and the key.
    ///
    /// # Errors
    ///
    /// If the identifier exists, or a name is not allowed.
    pub fn new_application(
        &self,
        company: Id,
        name: &str,
        iss: &str,
    ) -> Result<(Id, Zeroizing<String>), Problem> {
        user::check_name("name", name)?;
        let id = Id::v7()?;
        let given = application::Given {
            name: name.to_owned(),
            identifiers: vec![iss.to_owned()],
            once_only: false,
            known_subjects: false,
        };
        self.change(|reader| Ok(application::new(&mut self.desk(reader, company)?, id, &given)?.change))?;
        let secret = Zeroizing::new(SigningKey::generate_base64()?);
        self.change(|reader| {
            Ok(signing_key::new(&mut self.desk(reader, company)?, &self.key, id, &secret)?.change)
        })?;
        Ok((id, secret))
    }

    /// Creates a template.
    ///
    /// # Errors
    ///
    /// If its key exists, or it is not valid.
    pub fn new_template(&self, company: Id, json: &Json) -> Result<(), Problem> {
        self.change(|reader| Ok(template::new(&mut self.desk(reader, company)?, json)?.change))
    }

    fn desk<'a>(&self, reader: &'a mut dyn Reader, company: Id) -> Result<Desk<'a>, Refusal> {
        let revision = stream::revision(reader, company)?;
        let revision = revision.ok_or_else(jit_approvals_api::errors::not_found)?;
        Ok(Desk { reader, company, revision, actor: self.actor.clone(), now: self.store.now() })
    }

    /// Computes a change and writes it, again if what it was computed from has changed.
    fn change(
        &self,
        mut compute: impl FnMut(&mut dyn Reader) -> Result<Change, Refusal>,
    ) -> Result<(), Problem> {
        for _ in 0..ATTEMPTS {
            let mut change = None;
            self.store.read(&mut |reader: &mut dyn Reader| {
                change = Some(compute(reader));
                Ok(())
            })?;
            let change = change.expect("the store reads")?;
            match self.store.commit(change)? {
                Outcome::Committed { .. } => return Ok(()),
                Outcome::Taken(Unique::Email) => {
                    return Err(Problem::new("the email exists in this installation"));
                }
                Outcome::Taken(Unique::Identifier) => {
                    return Err(Problem::new("the identifier exists in this installation"));
                }
                Outcome::Taken(_) => return Err(Problem::new("it exists already")),
                Outcome::Moved | Outcome::Stale | Outcome::Claimed { .. } => {}
            }
        }
        Err(Problem::new("the store is too busy; nothing was written"))
    }

    fn keys(&self) -> Result<Vec<(Id, SigningKeyRow)>, Problem> {
        let mut keys = Vec::new();
        self.store.read(&mut |reader: &mut dyn Reader| {
            keys = SigningKeyRow::all(reader)?;
            Ok(())
        })?;
        Ok(keys)
    }

    /// Replaces the server key: all signing keys are sealed anew in one transaction. No server may work on the folder.
    /// Returns the number of signing keys.
    ///
    /// # Errors
    ///
    /// If a server works on the folder, or a signing key does not open. Then no key is changed.
    pub fn rotate_server_key(
        data: &Path,
        server_key_file: &Path,
        told: impl FnOnce(Restored),
    ) -> Result<usize, Problem> {
        let _lock = lock(data)?;
        let operator = Self::existing(data, server_key_file, true)?;
        restore::finish(&operator.store, told)?;
        let file = KeyFile::new(server_key_file);
        let next = file.create_next()?;
        let mut keys = operator.keys()?;
        for (company, key) in &mut keys {
            let place = Place { company: *company, application: key.application, key: &key.id };
            let secret = operator.key.open(&place, &key.sealed);
            let secret =
                secret.ok_or_else(|| Problem(format!("the signing key {} does not open", key.id)))?;
            let sealed = next.seal(&place, &secret)?;
            key.sealed = sealed;
        }
        let count = operator.store.reseal(keys, CHECK_NAME, next.check_value()?)?;
        file.use_next()?;
        Ok(count)
    }
}

fn unknown(email: &str) -> Refusal {
    let message = format!("no active person has the email {}", quote(email));
    Error::new(ErrorCode::NotFound, message).into()
}

impl From<Refusal> for Problem {
    /// What an operator is told.
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Told(told) => match told.error.field() {
                Some(field) => Problem(format!("{field}: {}", told.error)),
                None => Problem::new(told.error),
            },
            Refusal::Store(failure) => failure.into(),
            Refusal::Taken(_) | Refusal::Again(_) | Refusal::Hash(_) => {
                Problem::new("the store is too busy; nothing was written")
            }
        }
    }
}
