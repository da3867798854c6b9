//! `jit-approvals request open`

use std::path::PathBuf;
use std::time::Duration;

use jit_approvals::{ApprovalRequest, RequestBody};

use super::{People, write_state};
use crate::event_file::EventFile;
use crate::input::{Asking, object};
use crate::source::Source;
use crate::{Failure, template};

/// Open a request in a new event file
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  jit-approvals request open refund-7.ndjson --template refund.json --set amount='$1,654' \\
      --subject kevin --everyone
  jit-approvals request open buy.ndjson --template purchase.json --body request.json \\
      --subject kevin --directory people.toml")]
pub(crate) struct Arguments {
    /// The event file to create
    file: PathBuf,

    /// The template file
    #[arg(long, value_name = "FILE")]
    template: PathBuf,

    /// The body of the request, as an application posts it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["set", "approver", "expires_in_seconds"])]
    body: Option<PathBuf>,

    /// A value for a placeholder; may be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = crate::input::pair)]
    set: Vec<(String, String)>,

    /// An approver instead of the template's defaults: an email or the key of a group; may be repeated
    #[arg(long, value_name = "EMAIL|GROUP")]
    approver: Vec<String>,

    /// Seconds until the request expires, at most the number in the template
    #[arg(long, value_name = "SECONDS")]
    expires_in_seconds: Option<u32>,

    #[command(flatten)]
    asking: Asking,

    #[command(flatten)]
    people: People,
}

pub(crate) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let template = template::read(&arguments.template)?;
    let origin = arguments.asking.origin()?;
    let people = arguments.people.read()?.ok_or_else(|| {
        Failure::usage("give --directory FILE, or --everyone if you have no list of people")
    })?;
    let request = if let Some(path) = &arguments.body {
        let source = Source::read(path)?;
        let body = RequestBody::from_json(source.value());
        body.and_then(|body| ApprovalRequest::open(&template, &body, &origin, &people))
            .map_err(|error| source.failure(&error))?
    } else {
        let values = object("--set", &arguments.set)?;
        let mut body = RequestBody::new(template.key())
            .with_meta_data(values)
            .with_approvers(arguments.approver.clone());
        if let Some(seconds) = arguments.expires_in_seconds {
            body = body.with_expires_in(Duration::from_secs(seconds.into()));
        }
        ApprovalRequest::open(&template, &body, &origin, &people)?
    };
    EventFile::create(&arguments.file, &request)?;
    write_state(&request, json)
}
