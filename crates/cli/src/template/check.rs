//! `jit-approvals template check`

use std::path::{Path, PathBuf};

use jit_approvals::Template;
use jit_approvals::json::Object;

use crate::Failure;
use crate::out::{Line, Out};
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
    let mut out = Out::stdout();
    let mut checked = Vec::new();
    let mut refused = false;
    for path in &arguments.files {
        let file = path.display().to_string();
        let outcome = check(path);
        refused |= outcome.is_err();
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
    if refused { Err(Failure::Reported) } else { Ok(()) }
}

/// The template of a file, or all that is wrong with it.
fn check(path: &Path) -> Result<Template, Vec<Failure>> {
    let source = Source::read(path).map_err(|failure| vec![failure])?;
    Template::from_json(source.value()).map_err(|_| {
        Template::mistakes(source.value()).iter().map(|mistake| source.refusal(mistake)).collect()
    })
}
