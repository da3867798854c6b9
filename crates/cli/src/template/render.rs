//! `jit-approvals template render`

use std::path::PathBuf;

use jit_approvals::Id;

use crate::Failure;
use crate::input::{Asking, object};
use crate::out::Out;
use crate::page::write_request_text;

/// Show what an approver would see
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  jit-approvals template render refund.json --set amount='$1,654' --subject kevin")]
pub(crate) struct Arguments {
    /// The template file
    file: PathBuf,

    /// A value for a placeholder; may be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = crate::input::pair)]
    set: Vec<(String, String)>,

    #[command(flatten)]
    asking: Asking,

    /// The id of the request, which `$(requestId)` shows [default: a new id]
    #[arg(long, value_name = "UUID")]
    request_id: Option<Id>,
}

pub(crate) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let template = super::read(&arguments.file)?;
    let id = arguments.request_id.map_or_else(Id::v7, Ok)?;
    let values = object("--set", &arguments.set)?;
    let rendered = template.render(&values, &arguments.asking.origin_of_preview()?, id)?;
    let mut out = Out::stdout();
    if json {
        out.json(rendered.to_json())?;
    } else {
        write_request_text(&mut out, rendered.title_parts(), rendered.parts())?;
    }
    Ok(())
}
