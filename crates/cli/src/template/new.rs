//! `jit-approvals template new`

use std::fs::OpenOptions;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;

use jit_approvals::Template;
use jit_approvals::json::{Json, Object};

use crate::Failure;
use crate::out::{Line, Out, prompt};

/// Create a template; on a terminal, ask for values that are not given
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  jit-approvals template new --key REFUND --name Refund --title 'Refund $(amount)?' \\
      --text 'Refund $(amount) to $(subject).' --field amount --approver ann@example.com > refund.json")]
pub(crate) struct Arguments {
    /// The key, which requests give as their `templateId`
    #[arg(long)]
    key: Option<String>,

    /// The name of the template, for people
    #[arg(long)]
    name: Option<String>,

    /// The title that an approver sees
    #[arg(long)]
    title: Option<String>,

    /// The text that an approver sees; `$(key)` and `${key}` are placeholders
    #[arg(long)]
    text: Option<String>,

    /// The key of a placeholder, with an optional default; may be repeated
    #[arg(long, value_name = "KEY[=DEFAULT]")]
    field: Vec<String>,

    /// The email of a person who may decide; may be repeated
    #[arg(long, value_name = "EMAIL")]
    approver: Vec<String>,

    /// Require a signature for an approval
    #[arg(long)]
    sign: bool,

    /// Write the template to this new file instead of printing it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let key = given_or_asked("key", arguments.key.as_ref())?;
    let name = given_or_asked("name", arguments.name.as_ref())?;
    let title = given_or_asked("title", arguments.title.as_ref())?;
    let text = given_or_asked("text", arguments.text.as_ref())?;
    let mut fields = arguments.field.clone();
    let mut approvers = arguments.approver.clone();
    let complete = [&arguments.key, &arguments.name, &arguments.title, &arguments.text];
    if complete.iter().any(|text| text.is_none()) && io::stdin().is_terminal() {
        if fields.is_empty() {
            fields = ask_many("field, as KEY or KEY=DEFAULT")?;
        }
        if approvers.is_empty() {
            approvers = ask_many("approver, by email")?;
        }
    }
    let row = |field: &String| match field.split_once('=') {
        Some((key, default)) => Object::from([("key", key), ("defaultValue", default)]),
        None => Object::from([("key", field.as_str())]),
    };
    let record = Object::new()
        .with("approvalType", if arguments.sign { "signAndApprove" } else { "approve" })
        .with("templateName", name)
        .with("approvalTitle", title)
        .with("approvalKey", key)
        .with("approvalData", text)
        .with("defaultApprovers", approvers)
        .with("metadata", fields.iter().map(row).collect::<Vec<_>>());
    // Never print a template that the other commands would reject.
    Template::from_json(&Json::from(record.clone()))?;
    let text = pretty(&record);
    let Some(path) = &arguments.out else {
        let mut out = Out::stdout();
        text.lines().try_for_each(|line| out.line(&Line::new().own(line)))?;
        return Ok(());
    };
    let name = path.display().to_string();
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    let mut file = file.map_err(Failure::io(name.clone()))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(Failure::io(name))
}

/// Returns the value of a flag. If it is not given, asks for it on a terminal.
fn given_or_asked(flag: &str, value: Option<&String>) -> Result<String, Failure> {
    match value {
        Some(value) => Ok(value.clone()),
        None if io::stdin().is_terminal() => ask(flag),
        None => {
            Err(Failure::usage(format!("give --{flag}, or run this command on a terminal, where it asks")))
        }
    }
}

fn ask(what: &str) -> Result<String, Failure> {
    prompt(&Line::new().own(what).own(": "))?;
    let mut line = String::new();
    io::stdin().read_line(&mut line).map_err(Failure::io("standard input"))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// Asks until an answer is empty.
fn ask_many(what: &str) -> Result<Vec<String>, Failure> {
    let mut answers = Vec::new();
    loop {
        let answer = ask(&format!("{what} (empty to finish)"))?;
        if answer.is_empty() {
            return Ok(answers);
        }
        answers.push(answer);
    }
}

/// Returns the record with one member per line, so that people can edit it.
fn pretty(record: &Object) -> String {
    let members: Vec<String> =
        record.iter().map(|(key, value)| format!("  {}: {value}", Json::from(key))).collect();
    format!("{{\n{}\n}}\n", members.join(",\n"))
}
