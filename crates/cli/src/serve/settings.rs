//! The settings of a server: from flags, variables or a TOML file, in that order.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use jit_approvals::json::{Json, Object};
use jit_approvals_base::did_you_mean;
use jit_approvals_server::{Limits, Settings};

use crate::source::Source;

/// Where calls are accepted by default.
const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// Where the metrics are by default.
const METRICS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 9464);

/// The largest limit of a caller.
const MOST: u32 = 1_000_000;

/// The settings as they are given. They are texts, so that everything that is wrong with them can be reported.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Flags {
    /// The folder of the store [default: ./jit-approvals-data]
    #[arg(long, env = "JIT_DATA", value_name = "DIR")]
    data: Option<String>,

    /// The file of the server key [default: server.key in the folder of the store]
    #[arg(long, env = "JIT_SERVER_KEY", value_name = "FILE")]
    server_key: Option<String>,

    /// Where calls are accepted [default: 127.0.0.1:8080]
    #[arg(long, env = "JIT_LISTEN", value_name = "ADDRESS:PORT")]
    listen: Option<String>,

    /// Where the server is seen from outside; required if it does not listen on loopback [default: http:// and the
    /// address that it listens on]
    #[arg(long, env = "JIT_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,

    /// Where the metrics are served, on loopback, or `off` [default: 127.0.0.1:9464]
    #[arg(long, env = "JIT_METRICS_LISTEN", value_name = "ADDRESS:PORT")]
    metrics_listen: Option<String>,

    /// The most connections [default: 10000]
    #[arg(long, env = "JIT_CONNECTIONS", value_name = "NUMBER")]
    connections: Option<String>,

    /// The most calls that wait for a decision at a time [default: 5000]
    #[arg(long, env = "JIT_WAITS", value_name = "NUMBER")]
    waits: Option<String>,

    /// The calls of an application in a second; four times as many at once [default: 50]
    #[arg(long, env = "JIT_CALLS_PER_SECOND", value_name = "NUMBER")]
    calls_per_second: Option<String>,

    /// The calls of an application that wait at a time [default: 1000]
    #[arg(long, env = "JIT_APPLICATION_WAITS", value_name = "NUMBER")]
    application_waits: Option<String>,

    /// The requests of an application that are pending at a time [default: 10000]
    #[arg(long, env = "JIT_APPLICATION_PENDING", value_name = "NUMBER")]
    application_pending: Option<String>,

    /// The requests of a subject of an application that are pending at a time [default: 20]
    #[arg(long, env = "JIT_SUBJECT_PENDING", value_name = "NUMBER")]
    subject_pending: Option<String>,

    /// The streams of a person, and their calls that wait [default: 5]
    #[arg(long, env = "JIT_PERSON_STREAMS", value_name = "NUMBER")]
    person_streams: Option<String>,

    /// The calls with a refused credential from an address in a minute [default: 20]
    #[arg(long, env = "JIT_REFUSALS_PER_MINUTE", value_name = "NUMBER")]
    refusals_per_minute: Option<String>,

    /// The sign-ins from an address in a minute [default: 10]
    #[arg(long, env = "JIT_SIGN_INS_PER_MINUTE", value_name = "NUMBER")]
    sign_ins_per_minute: Option<String>,

    /// The failed sign-ins for an account from an address in a minute [default: 5]
    #[arg(long, env = "JIT_FAILED_SIGN_INS_PER_MINUTE", value_name = "NUMBER")]
    failed_sign_ins_per_minute: Option<String>,

    /// The networks of the proxies whose `X-Forwarded-For` is believed, separated by commas [default: none]
    #[arg(long, env = "JIT_TRUSTED_PROXIES", value_name = "NETWORKS")]
    trusted_proxies: Option<String>,

    /// The form of the log: `json` or `text` [default: text on a terminal]
    #[arg(long, env = "JIT_LOG", value_name = "FORM")]
    log: Option<String>,

    /// A TOML file with settings; flags and variables come first
    #[arg(long, env = "JIT_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

/// The names in a TOML file.
const NAMES: [&str; 17] = [
    "data",
    "serverKey",
    "listen",
    "publicUrl",
    "metricsListen",
    "connections",
    "waits",
    "callsPerSecond",
    "applicationWaits",
    "applicationPending",
    "subjectPending",
    "personStreams",
    "refusalsPerMinute",
    "signInsPerMinute",
    "failedSignInsPerMinute",
    "trustedProxies",
    "log",
];

impl Flags {
    /// Returns the settings, or everything that is wrong with them.
    pub(crate) fn settings(&self) -> Result<Settings, Vec<String>> {
        let mut wrong = Vec::new();
        let given = self.given(&mut wrong);
        let mut read = Read { given: &given, wrong: &mut wrong };
        let data = PathBuf::from(read.text("data").unwrap_or("./jit-approvals-data"));
        let settings = Settings {
            server_key: read.text("serverKey").map_or_else(|| data.join("server.key"), PathBuf::from),
            listen: read.parsed("listen", "an address and a port").unwrap_or(LISTEN),
            public_url: read.text("publicUrl").map(str::to_owned),
            metrics_listen: match read.text("metricsListen") {
                Some("off") => None,
                _ => Some(read.parsed("metricsListen", "an address and a port, or `off`").unwrap_or(METRICS)),
            },
            connections: read.parsed("connections", "a whole number").unwrap_or(10_000),
            waits: read.parsed("waits", "a whole number").unwrap_or(5_000),
            limits: read.limits(),
            trusted_proxies: read.networks(),
            data,
        };
        if given.get("log").is_some_and(|form| !["json", "text"].contains(&form.as_str())) {
            wrong.push("log: it must be `json` or `text`".to_owned());
        }
        wrong.extend(settings.mistakes());
        if wrong.is_empty() { Ok(settings) } else { Err(wrong) }
    }

    /// Whether the log is text for a person.
    pub(crate) fn log_is_text(&self) -> bool {
        let given = self.given(&mut Vec::new());
        match given.get("log").map(String::as_str) {
            Some(form) => form == "text",
            None => std::io::stderr().is_terminal(),
        }
    }

    /// Returns the settings that are given, by their names in a TOML file.
    fn given(&self, wrong: &mut Vec<String>) -> BTreeMap<&'static str, String> {
        let mut given = match &self.config {
            Some(path) => from_file(path, wrong),
            None => BTreeMap::new(),
        };
        let flags = [
            &self.data,
            &self.server_key,
            &self.listen,
            &self.public_url,
            &self.metrics_listen,
            &self.connections,
            &self.waits,
            &self.calls_per_second,
            &self.application_waits,
            &self.application_pending,
            &self.subject_pending,
            &self.person_streams,
            &self.refusals_per_minute,
            &self.sign_ins_per_minute,
            &self.failed_sign_ins_per_minute,
            &self.trusted_proxies,
            &self.log,
        ];
        for (name, value) in NAMES.into_iter().zip(flags) {
            if let Some(value) = value {
                given.insert(name, value.clone());
            }
        }
        given
    }
}

/// Reads settings, and keeps what is wrong.
struct Read<'a> {
    given: &'a BTreeMap<&'static str, String>,
    wrong: &'a mut Vec<String>,
}

impl<'a> Read<'a> {
    fn text(&self, name: &str) -> Option<&'a str> {
        self.given.get(name).map(String::as_str)
    }

    fn parsed<T: std::str::FromStr>(&mut self, name: &str, expected: &str) -> Option<T> {
        let text = self.text(name)?;
        let value = text.parse().ok();
        if value.is_none() {
            self.wrong.push(format!("{name}: `{text}` must be {expected}"));
        }
        value
    }

    fn limits(&mut self) -> Limits {
        let default = Limits::default();
        let mut limit = |name: &str, default: u32| {
            let expected = format!("a whole number between 1 and {MOST}");
            let given =
                self.text(name).map(|text| text.parse().ok().filter(|limit| (1..=MOST).contains(limit)));
            match given {
                Some(None) => {
                    let text = self.text(name).unwrap_or_default();
                    self.wrong.push(format!("{name}: `{text}` must be {expected}"));
                    default
                }
                given => given.flatten().unwrap_or(default),
            }
        };
        Limits {
            calls_per_second: limit("callsPerSecond", default.calls_per_second),
            application_waits: limit("applicationWaits", default.application_waits),
            application_pending: limit("applicationPending", default.application_pending),
            subject_pending: limit("subjectPending", default.subject_pending),
            person_streams: limit("personStreams", default.person_streams),
            refusals_per_minute: limit("refusalsPerMinute", default.refusals_per_minute),
            sign_ins_per_minute: limit("signInsPerMinute", default.sign_ins_per_minute),
            failed_sign_ins_per_minute: limit("failedSignInsPerMinute", default.failed_sign_ins_per_minute),
        }
    }

    fn networks<T: std::str::FromStr>(&mut self) -> Vec<T> {
        let text = self.text("trustedProxies").unwrap_or_default();
        let mut networks = Vec::new();
        for one in text.split(',').map(str::trim).filter(|one| !one.is_empty()) {
            match one.parse() {
                Ok(network) => networks.push(network),
                Err(_) => {
                    self.wrong
                        .push(format!("trustedProxies: `{one}` must be a network, such as `10.0.0.0/8`"));
                }
            }
        }
        networks
    }
}

/// Reads a TOML file.
fn from_file(path: &Path, wrong: &mut Vec<String>) -> BTreeMap<&'static str, String> {
    let mut given = BTreeMap::new();
    let source = match Source::read(path) {
        Ok(source) => source,
        Err(failure) => {
            let message = failure.to_json().get("message").and_then(Json::as_str).map(str::to_owned);
            wrong.push(format!("config: {}", message.unwrap_or_default()));
            return given;
        }
    };
    for (key, value) in source.value().as_object().into_iter().flat_map(Object::iter) {
        let Some(name) = NAMES.into_iter().find(|name| *name == key) else {
            wrong.push(format!("config: unknown setting `{key}`{}", did_you_mean(key, NAMES)));
            continue;
        };
        let text = match value {
            Json::String(text) => text.clone(),
            Json::Number(_) => value.to_string(),
            Json::Array(several) if several.iter().all(|one| one.as_str().is_some()) => {
                several.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(",")
            }
            other => {
                wrong.push(format!("{name}: it must be a text or a number, not {}", other.kind()));
                continue;
            }
        };
        given.insert(name, text);
    }
    given
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn the_table_in_the_readme_is_the_one_of_the_flags() {
        let command = <Flags as clap::Args>::augment_args(clap::Command::new("serve"));
        let mut table = "| flag | variable | in the file | meaning |\n|---|---|---|---|\n".to_owned();
        let names = NAMES.into_iter().map(|name| format!("`{name}`")).chain([String::new()]);
        for (flag, name) in command.get_arguments().zip(names) {
            let variable = flag.get_env().unwrap_or_default().to_string_lossy().into_owned();
            let long = flag.get_long().unwrap_or_default();
            let about = flag.get_help().map(ToString::to_string).unwrap_or_default();
            writeln!(table, "| `--{long}` | `{variable}` | {name} | {about} |").unwrap();
        }
        let readme = include_str!("../../../server/README.md");
        assert!(readme.contains(&table), "the README of the server must hold\n{table}");
    }

    #[test]
    fn everything_that_is_wrong_is_reported() {
        let text = |text: &str| Some(text.to_owned());
        let flags = Flags {
            listen: text("nowhere"),
            connections: text("many"),
            trusted_proxies: text("10.0.0.0/8, there"),
            log: text("xml"),
            ..Flags::default()
        };
        let wrong = flags.settings().unwrap_err();
        assert_eq!(wrong.len(), 4, "{wrong:?}");
        let flags = Flags { listen: text("0.0.0.0:80"), ..Flags::default() };
        assert!(flags.settings().unwrap_err()[0].starts_with("publicUrl: it is required"));
    }
}
