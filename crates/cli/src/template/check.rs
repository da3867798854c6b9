//! `jit-approvals template check`

use std::io::Write as _;
use std::path::PathBuf;

use jit_approvals::{Object, Template};

use crate::Failure;
use crate::source::Source;
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
    let mut refused: Option<Failure> = None;
    // The last is reported by whoever called: all of them are shown, in their order.
    let mut refuse = |failure| {
        if let Some(earlier) = refused.replace(failure) {
            earlier.report(json);
        }
    };
    for path in &arguments.files {
        let source = match Source::read(path) {
            Ok(source) => source,
            Err(failure) => {
                refuse(failure);
                continue;
            }
        };
        let Ok(template) = Template::from_json(source.value()) else {
            for mistake in Template::mistakes(source.value()) {
                refuse(source.refusal(&mistake));
            }
            continue;
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
