//! `jit-approvals template check`

use std::io::Write as _;
use std::path::PathBuf;

use jit_approvals::Object;

use crate::Failure;
use crate::style::{FAINT, GOOD};

/// Check templates: every one of these files, JSON or TOML
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  jit-approvals template check templates/*.json")]
pub(crate) struct Arguments {
    /// The files; `-` is standard input, as JSON
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    let mut refused = None;
    for path in &arguments.files {
        let template = match super::read(path) {
            Ok(template) => template,
            // The last is reported by whoever called: all of them are shown, in their order.
            Err(failure) => {
                if let Some(earlier) = refused.replace(failure) {
                    earlier.report(json);
                }
                continue;
            }
        };
        let (file, key, version) = (path.display().to_string(), template.key(), template.version());
        if json {
            let object =
                Object::new().with("file", file).with("templateId", key).with("templateVersion", version);
            writeln!(out, "{object}")?;
        } else {
            let fields = template.fields().len();
            writeln!(out, "{GOOD}✓{GOOD:#} {file}  {FAINT}{key} v{version}, {fields} fields{FAINT:#}")?;
        }
    }
    refused.map_or(Ok(()), Err)
}
