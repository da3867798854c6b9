//! OPERATING.md: its commands do what it says, and the files beside it are valid.

#[cfg(target_os = "linux")]
mod machine;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::server::command;

const PAGE: &str = include_str!("../../../server/OPERATING.md");
const README: &str = include_str!("../../../server/README.md");
const UNIT: &str = include_str!("../../../server/deploy/jit-approvals.service");
const CONTAINER: &str = include_str!("../../../server/deploy/Containerfile");

/// The blocks that cannot run here: how each begins, and why.
#[cfg(target_os = "linux")]
const SKIPPED: [(&str, &str); 4] = [
    ("cargo build ", "the tests have built the program already"),
    ("podman build ", "it loads images from elsewhere; another test checks the file"),
    ("apt-get install --yes --no-install-recommends caddy", "the tests of `proxy` run Caddy with the file"),
    ("apt-get install --yes --no-install-recommends nginx", "the tests of `proxy` run nginx with the file"),
];

/// A block of commands.
#[cfg(target_os = "linux")]
#[derive(Debug)]
struct Block {
    /// The heading that it is under.
    heading: &'static str,
    shell: &'static str,
    text: &'static str,
}

#[cfg(target_os = "linux")]
fn blocks() -> Vec<Block> {
    let mut blocks = Vec::new();
    for section in PAGE.split("\n## ").skip(1) {
        let heading = section.lines().next().unwrap();
        for (index, part) in section.split("\n```").enumerate().filter(|(index, _)| index % 2 == 1) {
            let (shell, text) = part.split_once('\n').unwrap_or_else(|| panic!("{heading}, {index}: {part}"));
            if ["sh", "bash"].contains(&shell) {
                blocks.push(Block { heading, shell, text });
            }
        }
    }
    blocks
}

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

#[cfg(target_os = "linux")]
#[test]
fn the_commands_of_the_page_do_what_it_says() {
    use crate::http::Call;
    use crate::server::{PASSWORD, redeem};

    let machine = machine::Machine::new(&project());
    let mut printed: Vec<(&str, String)> = Vec::new();
    let mut skipped = Vec::new();
    let sign_in = || {
        let body = format!(r#"{{"email":"ada@example.com","password":"{PASSWORD}"}}"#);
        Call::post("/session").json(body).send(machine.address).status
    };
    for block in blocks() {
        if let Some((begin, reason)) = SKIPPED.iter().find(|(begin, _)| block.text.starts_with(begin)) {
            println!("not run here: `{begin}…`: {reason}");
            skipped.push(*begin);
            continue;
        }
        printed.push((block.heading, machine.run(block.shell, block.text)));
        if block.heading == "Upgrade" && machine.is_running() {
            assert_eq!(sign_in(), 201, "after {block:?}");
        }
    }
    assert_eq!(skipped, SKIPPED.map(|(begin, _)| begin));
    let of = |heading: &str| -> Vec<&str> {
        printed.iter().filter(|(known, _)| *known == heading).map(|(_, text)| text.as_str()).collect()
    };
    let install = of("Install");
    assert!(install[0].contains("the settings are valid\n"), "{install:?}");
    assert!(install[0].ends_with(r#"{"status":"ready"}"#), "{install:?}");
    assert!(install[1].contains(r#""email":"ada@example.com""#), "{install:?}");
    assert_eq!(of("Limits and settings"), ["the settings are valid\n"]);
    assert!(of("Metrics")[0].contains("\njit_ready 1\n"), "{:?}", of("Metrics"));
    assert!(of("Log")[0].contains(r#""message":"call""#), "{:?}", of("Log"));
    assert_eq!(of("Check the store"), ["no difference between the tables and the log of events\n"]);
    assert_eq!(of("The server key"), ["the server key is new; signing keys sealed with it: 0\n"]);
    assert!(of("A full disk")[0].contains("store.sqlite"), "{:?}", of("A full disk"));
    let link = of("A lost administrator")[0].trim();
    redeem(machine.address, link, "ada@example.com").is(200, "");
    assert_eq!(machine.mode("var/lib/jit-approvals"), 0o700);
    assert!(!machine.exists("var/lib/jit-approvals.before"), "the copies hold the server key");
}

/// Runs a program if it is installed. Returns whether it has ended well, and what it printed.
fn installed(program: &str, arguments: &[&str]) -> Option<(bool, String)> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8_lossy(&text).into_owned()))
}

#[test]
fn systemd_accepts_the_unit_and_finds_little_that_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jit-approvals.service");
    let program = "/usr/local/bin/jit-approvals";
    assert!(UNIT.contains(program));
    // The program is where the build has put it.
    std::fs::write(&path, UNIT.replace(program, env!("CARGO_BIN_EXE_jit-approvals"))).unwrap();
    let path = path.to_str().unwrap();
    let Some(verified) = installed("systemd-analyze", &["verify", path]) else {
        println!("skipped: there is no systemd-analyze on this machine");
        return;
    };
    assert_eq!(verified, (true, String::new()));
    // On a scale from 0 to 100: a unit without any of this has 96.
    let (is_closed, report) =
        installed("systemd-analyze", &["security", "--offline=true", "--threshold=15", path]).unwrap();
    assert!(is_closed, "{report}");
}

/// The variables in a text that are settings, or look so.
fn variables(text: &str) -> Vec<&str> {
    let is_part = |character: char| character.is_ascii_uppercase() || character == '_';
    text.split(|character| !is_part(character)).filter(|word| word.starts_with("JIT_")).collect()
}

#[test]
fn the_settings_in_the_page_and_its_files_exist() {
    for text in [PAGE, UNIT, CONTAINER] {
        let variables = variables(text);
        assert!(!variables.is_empty());
        for variable in variables {
            assert!(README.contains(&format!("| `{variable}` |")), "{variable}");
        }
    }
}

#[test]
fn the_container_is_built_from_files_that_exist_and_starts_a_server() {
    let lines: Vec<&str> = CONTAINER.lines().collect();
    let copied: Vec<&str> = lines
        .iter()
        .filter_map(|line| line.strip_prefix("COPY "))
        .filter(|line| !line.starts_with("--from"))
        .flat_map(|line| line.rsplit_once(' ').unwrap().0.split(' '))
        .collect();
    for name in &copied {
        assert!(project().join(name).exists(), "{name}");
    }
    // Cargo reads every member of the workspace, whatever it builds.
    let workspace = std::fs::read_to_string(project().join("Cargo.toml")).unwrap();
    let members = workspace.lines().find_map(|line| line.strip_prefix("members = [")).unwrap();
    for member in members.trim_end_matches(']').split(", ").map(|name| name.trim_matches('"')) {
        assert!(copied.contains(&member.split('/').next().unwrap()), "{member}");
    }
    for line in [r#"ENTRYPOINT ["jit-approvals"]"#, r#"CMD ["serve"]"#, "STOPSIGNAL SIGTERM"] {
        assert!(lines.contains(&line), "{line}");
    }
    // With what the image sets, and what `podman run` gives, the settings are valid; without the latter they are not.
    let set = lines.iter().find_map(|line| line.strip_prefix("ENV ")).unwrap();
    let given = PAGE.split("--env ").skip(1).map(|rest| rest.split_whitespace().next().unwrap());
    let flags = |variables: Vec<&str>| -> Vec<String> {
        let flag = |variable: &str| {
            let (name, value) = variable.split_once('=').unwrap();
            let name = name.trim_start_matches("JIT_").to_ascii_lowercase().replace('_', "-");
            [format!("--{name}"), value.to_owned()]
        };
        variables.into_iter().flat_map(flag).collect()
    };
    let folder = tempfile::tempdir().unwrap();
    let check = |variables: Vec<&str>| {
        let flags = flags(variables);
        let arguments: Vec<&str> =
            ["serve", "--check"].into_iter().chain(flags.iter().map(String::as_str)).collect();
        command(&arguments, folder.path()).status.success()
    };
    assert!(check(set.split(' ').chain(given).collect()));
    assert!(!check(set.split(' ').collect()));
}
