//! `jit-approvals template check`

use std::path::{Path, PathBuf};

use jit_approvals::Template;
use jit_approvals::json::Object;

use crate::Failure;
use crate::out::{Line, Out};
use crate::source::Source;
use crate::style::{FAINT, GOOD};

/// Check template files, JSON or TOML, and show all mistakes
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  jit-approvals template check templates/*.json")]
pub(crate) struct Arguments {
    /// The template files; `-` reads JSON from standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let mut out = Out::stdout();
    let mut checked = Vec::new();
    let mut failed = false;
    for path in &arguments.files {
        let file = path.display().to_string();
        let outcome = check(path);
        failed |= outcome.is_err();
        if json {
            let object = Object::new().with("file", file);
            checked.push(match outcome {
                Ok(template) => {
                    object.with("templateId", template.key()).with("templateVersion", template.version())
                }
                Err(mistakes) => {
                    object.with("errors", mistakes.iter().map(Failure::to_json).collect::<Vec<_>>())
                }
            });
            continue;
        }
        match outcome {
            Ok(template) => {
                let (key, version, fields) = (template.key(), template.version(), template.fields().len());
                let line = Line::new().own_in(GOOD, "✓").own(" ").value(file).own("  ").value_in(FAINT, key);
                out.line(&line.own_in(FAINT, format!(" v{version}, {fields} fields")))?;
            }
            Err(mistakes) => mistakes.iter().for_each(|mistake| mistake.report(false)),
        }
    }
    if json {
        out.json(Object::new().with("files", checked))?;
    }
    if failed { Err(Failure::Reported) } else { Ok(()) }
}

/// Returns the template in a file, or all mistakes in it.
fn check(path: &Path) -> Result<Template, Vec<Failure>> {
    let source = Source::read(path).map_err(|failure| vec![failure])?;
    Template::from_json(source.value()).map_err(|_| {
        Template::mistakes(source.value()).iter().map(|mistake| source.failure(mistake)).collect()
    })
}
