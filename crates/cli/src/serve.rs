//! `jit-approvals serve`: runs a server.

mod settings;

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

use jit_approvals::json::Object;
use jit_approvals::{Error, ErrorCode};
use jit_approvals_api::paths;
use jit_approvals_server::{Restored, Started, log};

use crate::Failure;
use crate::out::{Line, Out};
pub(crate) use settings::Flags;

/// Run a server
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  jit-approvals serve
  jit-approvals serve --listen 0.0.0.0:8080 --public-url https://approvals.example.com
  jit-approvals serve --check --config approvals.toml")]
pub(crate) struct Arguments {
    #[command(flatten)]
    flags: Flags,

    /// Report everything that is wrong with the settings, and do not start
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let settings = match arguments.flags.settings() {
        Ok(settings) => settings,
        Err(mistakes) => {
            if arguments.check && json {
                Out::stdout().json(Object::new().with("mistakes", mistakes))?;
                return Err(Failure::Reported);
            }
            for mistake in &mistakes {
                crate::out::error_line(&Line::new().own("error: ").value(mistake));
            }
            return Err(Failure::Reported);
        }
    };
    if arguments.check {
        let mut out = Out::stdout();
        if json {
            out.json(Object::new().with("mistakes", Vec::<&str>::new()))?;
        } else {
            out.line(&Line::new().own("the settings are valid"))?;
        }
        return Ok(());
    }
    log::start(arguments.flags.log_is_text());
    let data = settings.data.clone();
    let started = |started: &Started| {
        if let Err(failure) = announce(started, &data) {
            failure.report(json);
        }
    };
    jit_approvals_server::serve(&settings, started).map_err(|problem| failed(&problem))
}

/// A failure of the server or of an operator's command.
pub(crate) fn failed(problem: &jit_approvals_server::Problem) -> Failure {
    // The problem names the file that it is about, where there is one.
    Error::new(ErrorCode::Io, problem.to_string()).into()
}

/// Says where the server listens, and how the first company is made.
fn announce(started: &Started, data: &Path) -> Result<(), Failure> {
    let mut out = Out::stdout();
    out.line(&Line::new().own(format!("listening on {}", started.address)))?;
    if let Some(address) = started.metrics {
        out.line(&Line::new().own(format!("metrics on http://{address}/metrics")))?;
    }
    for line in started.restored.iter().flat_map(Restored::lines) {
        out.line(&Line::new().own(line))?;
    }
    if let Some(secret) = &started.first_secret {
        let url = format!("{}{}", started.url, paths::under_base(paths::LINK));
        let mut line = |text: &str| out.line(&Line::new().own(text));
        line(
            "there is no company yet: this command makes it, and its first administrator; put your names into it",
        )?;
        let ask = if std::io::stdout().is_terminal() {
            line(&format!("it asks for this secret, which is valid for 24 hours: {}", secret.as_str()))?;
            "read -rp 'Secret: ' SECRET".to_owned()
        } else {
            let path = write_secret(data, secret)?.replace('\'', r"'\''");
            format!("SECRET=$(cat '{path}')")
        };
        line(&format!("  {ask}; {}", FIRST_COMPANY.replace("URL", &url)))?;
        line(&format!("then sign in with `POST {}`", paths::under_base(paths::SESSION)))?;
    } else {
        // What the first start has written is of no use any more.
        let _ = std::fs::remove_file(data.join(FIRST_LINK));
    }
    Ok(out.flush()?)
}

/// Asks for a password and makes the first company. It is one line, so that a paste is not read as the password. Without
/// changes it makes nothing: `YOUR EMAIL` is no email.
const FIRST_COMPANY: &str = r#"read -rsp 'Password: ' PASSWORD; PASSWORD=${PASSWORD//\\/\\\\}; curl -sw '\n' -H 'Content-Type: application/json' --data @- URL <<< '{"secret":"'"$SECRET"'","email":"YOUR EMAIL","name":"YOUR NAME","companyName":"YOUR COMPANY","password":"'"${PASSWORD//\"/\\\"}"'"}'"#;

/// The file of the first secret, where there is no terminal.
const FIRST_LINK: &str = "first-link";

/// Writes the secret to a file for its owner only. It replaces the one of the last start.
fn write_secret(data: &Path, secret: &str) -> Result<String, Failure> {
    let path = data.join(FIRST_LINK);
    let failure = || Failure::file(&path);
    let _ = std::fs::remove_file(&path);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&path).map_err(failure())?;
    writeln!(file, "{secret}").map_err(failure())?;
    Ok(path.display().to_string())
}
