//! `jit-approvals company`, `user`, `store`, `server-key` and `backup`: what an operator does on the machine.

pub(crate) mod backup;

use std::path::PathBuf;

use jit_approvals::json::Object;
use jit_approvals_server::Operator;

use crate::Failure;
use crate::out::{Line, Out};
use crate::serve::failed;

/// Where the store is.
#[derive(Debug, clap::Args)]
pub(crate) struct Place {
    /// The folder of the store
    #[arg(long, env = "JIT_DATA", value_name = "DIR", default_value = "./jit-approvals-data")]
    data: PathBuf,

    /// The file of the server key [default: server.key in the folder of the store]
    #[arg(long, env = "JIT_SERVER_KEY", value_name = "FILE")]
    server_key: Option<PathBuf>,
}

impl Place {
    fn server_key(&self) -> PathBuf {
        self.server_key.clone().unwrap_or_else(|| self.data.join("server.key"))
    }

    fn open_to_read(&self) -> Result<Operator, Failure> {
        Operator::open_to_read(&self.data, &self.server_key()).map_err(|problem| failed(&problem))
    }
}

/// Make and list companies, beside a running server or without one
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Company {
    /// Make a company and its first administrator, who sets a password with the printed secret
    New {
        /// The name of the company
        name: String,
        /// The email of the administrator
        email: String,
        /// The name of the administrator [default: the email]
        #[arg(long, value_name = "NAME")]
        administrator: Option<String>,
        #[command(flatten)]
        place: Place,
    },
    /// List the companies
    List {
        #[command(flatten)]
        place: Place,
    },
}

/// Help people who cannot sign in
#[derive(Debug, clap::Subcommand)]
pub(crate) enum User {
    /// Make a one-time link for a person, who sets a password with the printed secret
    Link {
        /// The email of the person
        email: String,
        #[command(flatten)]
        place: Place,
    },
}

/// Check the store
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Store {
    /// Compare the tables with the log of events, and print every difference
    Check {
        #[command(flatten)]
        place: Place,
    },
}

/// Replace the server key
#[derive(Debug, clap::Subcommand)]
pub(crate) enum ServerKey {
    /// Replace the server key and seal all signing keys anew, with the server stopped
    Rotate {
        #[command(flatten)]
        place: Place,
    },
}

pub(crate) fn company(command: &Company, json: bool) -> Result<(), Failure> {
    let mut out = Out::stdout();
    match command {
        Company::New { name, email, administrator, place } => {
            // A server need not have run before.
            let told = |restored| backup::restored(restored, json);
            let operator = Operator::create(&place.data, &place.server_key(), told);
            let operator = operator.map_err(|problem| failed(&problem))?;
            let person = administrator.as_deref().unwrap_or(email);
            let made = operator.new_company(name, email, person).map_err(|problem| failed(&problem))?;
            let (company, secret) = made;
            if json {
                out.json(Object::new().with("company", company).with("secret", secret.as_str()))?;
            } else {
                out.line(&Line::new().own(secret.as_str()))?;
            }
        }
        Company::List { place } => {
            let companies = place.open_to_read()?.companies().map_err(|problem| failed(&problem))?;
            if json {
                let record = |company: &jit_approvals_server::Company| {
                    let record = Object::new().with("id", company.id).with("name", company.name.as_str());
                    record.with("events", company.events)
                };
                out.json(Object::new().with("items", companies.iter().map(record).collect::<Vec<_>>()))?;
                return Ok(out.flush()?);
            }
            for company in companies {
                let line = Line::new().own(company.id).own("  ").value(&company.name);
                out.line(&line.own(format!("  {} events", company.events)))?;
            }
        }
    }
    Ok(out.flush()?)
}

pub(crate) fn user(command: &User, json: bool) -> Result<(), Failure> {
    let User::Link { email, place } = command;
    let told = |restored| backup::restored(restored, json);
    let operator = Operator::open(&place.data, &place.server_key(), told);
    let secret =
        operator.and_then(|operator| operator.user_link(email)).map_err(|problem| failed(&problem))?;
    let mut out = Out::stdout();
    if json {
        out.json(Object::new().with("secret", secret.as_str()))?;
    } else {
        out.line(&Line::new().own(secret.as_str()))?;
    }
    Ok(out.flush()?)
}

pub(crate) fn store(command: &Store, json: bool) -> Result<(), Failure> {
    let Store::Check { place } = command;
    let differences = place.open_to_read()?.check().map_err(|problem| failed(&problem))?;
    let mut out = Out::stdout();
    if json {
        out.json(Object::new().with("differences", differences.clone()))?;
    } else if differences.is_empty() {
        out.line(&Line::new().own("no difference between the tables and the log of events"))?;
    }
    for difference in differences.iter().filter(|_| !json) {
        out.line(&Line::new().value(difference))?;
    }
    out.flush()?;
    if differences.is_empty() { Ok(()) } else { Err(Failure::Reported) }
}

pub(crate) fn server_key(command: &ServerKey, json: bool) -> Result<(), Failure> {
    let ServerKey::Rotate { place } = command;
    let told = |restored| backup::restored(restored, json);
    let rotated = Operator::rotate_server_key(&place.data, &place.server_key(), told);
    let count = rotated.map_err(|problem| failed(&problem))?;
    let mut out = Out::stdout();
    if json {
        out.json(Object::new().with("signingKeys", i64::try_from(count).unwrap_or(i64::MAX)))?;
    } else {
        let sealed = format!("the server key is new; signing keys sealed with it: {count}");
        out.line(&Line::new().own(sealed))?;
    }
    Ok(out.flush()?)
}
