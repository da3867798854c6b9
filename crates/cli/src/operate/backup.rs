//! `jit-approvals backup`: copies the store beside a running server.

use std::path::PathBuf;

use jit_approvals::json::{Json, Object};
use jit_approvals_server::{Backup, Company, Restored};

use super::Place;
use crate::Failure;
use crate::out::{Line, Out, error_json, error_line};
use crate::serve::failed;

/// Copy the store into a new file, beside a running server or without one
///
/// The copy is compared with its log of events, and FILE appears only when it is complete. An existing file is never
/// replaced. The server key is not in the copy.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  jit-approvals backup /var/backups/approvals-$(date +%F).sqlite --data /var/lib/jit-approvals

To restore, put the copy as store.sqlite and the server key as server.key into a new folder, and start the server on it.")]
pub(crate) struct Arguments {
    /// The new file
    file: PathBuf,

    /// Give up if the log beside the store (store.sqlite-wal) grows beyond this many MiB while it is copied
    #[arg(long, value_name = "MIB", default_value_t = 1024, value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    log_limit: u64,

    #[command(flatten)]
    place: Place,
}

pub(crate) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let Arguments { file, log_limit, place } = arguments;
    let operator = place.open_to_read()?;
    let Backup { at, companies } =
        operator.backup(file, log_limit << 20).map_err(|problem| failed(&problem))?;
    let (name, key) = (file.display().to_string(), place.server_key().display().to_string());
    let mut out = Out::stdout();
    if json {
        let companies: Vec<Json> = companies.iter().map(record).collect();
        let record = Object::new().with("file", name).with("backupAt", at).with("companies", companies);
        out.json(record.with("hasServerKey", false))?;
        return Ok(out.flush()?);
    }
    out.line(
        &Line::new().own("the backup is in ").value(&name).own(format!(", with all changes before {at}")),
    )?;
    for company in &companies {
        let line = Line::new().own(company.id).own("  ").value(&company.name);
        out.line(&line.own(format!("  position {}  head {}", company.events, company.head)))?;
    }
    out.line(
        &Line::new().own("the server key is not in it: keep a copy of ").value(&key).own(" in another place"),
    )?;
    let why =
        "without that key no server starts on the backup; whoever has both can act as every application";
    out.line(&Line::new().own(why))?;
    Ok(out.flush()?)
}

fn record(company: &Company) -> Json {
    let record = Object::new().with("id", company.id).with("name", company.name.as_str());
    record.with("position", company.events).with("head", company.head.as_str()).into()
}

/// Says that a command has put a backup to use. What the command prints itself stays as it is.
pub(super) fn restored(restored: Restored, json: bool) {
    if json {
        let record = Object::new().with("backupAt", restored.backup_at);
        error_json(Object::new().with("restored", record));
        return;
    }
    for line in restored.lines() {
        error_line(&Line::new().own(line));
    }
}
