//! The README of the server: its commands do what it says.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use jit_approvals::json::Json;

const README: &str = include_str!("../../../server/README.md");

#[test]
fn the_pasted_block_goes_from_an_empty_folder_to_a_consumed_grant() {
    let (_, rest) = README.split_once("## From an empty folder to a decided request").unwrap();
    let (_, rest) = rest.split_once("```bash\n").unwrap();
    let (block, after) = rest.split_once("```\n").unwrap();
    // Another program of this machine may listen where the server does by default.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let pasted = block.replace("127.0.0.1:8080", &address);
    assert_ne!(pasted, block);
    let folder = tempfile::tempdir().unwrap();
    let programs = Path::new(env!("CARGO_BIN_EXE_jit-approvals")).parent().unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let output = Command::new("bash")
        .args(["-c", &format!("{pasted}\nwait $SERVER; echo \"$? $GRANT\"")])
        .current_dir(folder.path())
        .envs([("PATH", path.as_str()), ("JIT_LISTEN", &address), ("JIT_METRICS_LISTEN", "off")])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    let printed = String::from_utf8(output.stdout).unwrap();
    let mut lines: Vec<&str> = printed.lines().collect();
    let (code, grant) = lines.pop().unwrap().split_once(' ').unwrap();
    assert_eq!(code, "0", "the server has not stopped well: {printed}");
    let answers: Vec<Json> = lines
        .iter()
        .map(|line| Json::parse(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    let text = |answer: &Json, member: &str| {
        answer.get(member).and_then(Json::as_str).unwrap_or_default().to_owned()
    };
    for answer in &answers {
        assert_eq!(text(answer, "code"), "", "{answer}");
    }
    let read = answers.iter().filter(|answer| text(answer, "title") == "Refund 12.50 EUR?").count();
    assert_eq!(read, 4, "asked, read, decided and waited: {printed}");
    let last = answers.last().unwrap();
    assert_eq!((text(last, "id"), text(last, "status")), (grant.to_owned(), "consumed".to_owned()));
    assert!(after.contains("`consumed`"));
}
