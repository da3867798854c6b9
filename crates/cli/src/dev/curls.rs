//! The commands to paste: each runs in `bash` as it is printed.

use std::path::Path;

use jit_approvals_api::paths;

use super::story::{ADMINISTRATOR, APPROVER, Passwords, Story};
use crate::Failure;
use crate::out::{Line, Out};
use crate::style::FAINT;

/// What stands for a password that was printed at an earlier start.
const EARLIER: &str = "THE PASSWORD THAT THE FIRST START HAS PRINTED";

/// Prints who there is, and every step of a purchase as a command.
pub(super) fn print(story: &Story, passwords: Option<&Passwords>, folder: &Path) -> Result<(), Failure> {
    let mut out = Out::stdout();
    let url = format!("http://{}{}", story.host(), paths::BASE);
    out.line(&Line::new().own(format!("A server for trying listens on {url}")))?;
    if let Some(passwords) = passwords {
        let person = |email: &str, password: &str| format!("  {email}  {password}");
        out.line(&Line::new().own("Its people and their passwords, which are printed only now:"))?;
        out.line(&Line::new().own(person(APPROVER, &passwords.approver)))?;
        out.line(&Line::new().own(person(ADMINISTRATOR, &passwords.administrator)))?;
    } else {
        let hint = "The passwords were printed at the first start; `--fresh` starts over.";
        out.line(&Line::new().own(hint))?;
    }
    let password = passwords.map_or(EARLIER, |passwords| passwords.approver.as_str());
    for Step { about, command } in steps(story, &url, password, folder)? {
        out.line(&Line::new())?;
        out.line(&Line::new().own_in(FAINT, format!("# {about}")))?;
        for line in command.lines() {
            out.line(&Line::new().own(line))?;
        }
    }
    Ok(out.flush()?)
}

struct Step {
    about: &'static str,
    command: String,
}

fn steps(story: &Story, url: &str, password: &str, folder: &Path) -> Result<Vec<Step>, Failure> {
    let token = story.token()?;
    let folder = folder.display();
    let (request, cookies) = (format!("{folder}/request.json"), format!("{folder}/steve.cookies"));
    let decided = format!("{folder}/decided.json");
    // The first match of a member in a file.
    let first = |member: &str, file: &str| {
        format!(r#"$(grep -o '"{member}":"[^"]*"' {file} | head -1 | cut -d'"' -f4)"#)
    };
    let (id, hash) = (first("id", &request), first("contentHash", &request));
    let grant = format!(r#"$(grep -o '"grant":{{"id":"[^"]*"' {decided} | cut -d'"' -f6)"#);
    let application = format!("-H 'X-Nl3-Authorization-Token: {token}'");
    let act = r#"{"metaData":{"seatNumber":"43D","purchaseItem":"Metallica Ticket","purchasePrice":"$1,654","requestor":"kevin"}}"#;
    let consume = format!(
        "curl -s {url}/grant/{grant}/consume {application} \\\n  -H 'Content-Type: application/json' -d '{act}'"
    );
    let own = format!("-H 'Origin: http://{}'", story.host());
    Ok(vec![
        Step {
            about: "the application asks, as the published command does",
            command: published(story, &token, &request)?,
        },
        Step {
            about: "steve signs in",
            command: format!(
                "curl -s {url}/session -c {cookies} -H 'Content-Type: application/json' \\\n  -d '{{\"email\":\"{APPROVER}\",\"password\":\"{password}\"}}'"
            ),
        },
        Step { about: "steve reads", command: format!("curl -s {url}/approvalRequest/{id} -b {cookies}") },
        Step {
            about: "steve approves exactly what he has read",
            command: format!(
                "curl -s {url}/approvalRequest/{id}/decision -b {cookies} {own} \\\n  -H 'Content-Type: application/json' \\\n  -d '{{\"verdict\":\"approve\",\"contentHash\":\"'{hash}'\"}}'"
            ),
        },
        Step {
            about: "the application waits for the decision, and gets its grant",
            command: format!(
                "curl -s '{url}/approvalRequest/'{id}'?waitSeconds=55' {application} | tee {decided}"
            ),
        },
        Step { about: "the application uses the grant, and then acts", command: consume.clone() },
        Step { about: "a second time is refused", command: consume },
    ])
}

/// The published command, with its host, its token and its location filled in.
fn published(story: &Story, token: &str, file: &str) -> Result<String, Failure> {
    let host = story.host();
    let url = format!("http://{host}{}", paths::under_base(paths::REQUESTS));
    let headers = [
        format!("Authority: {host}"),
        "Accept: application/json, text/plain, */*".to_owned(),
        "Accept-Language: en-US,en;q=0.9".to_owned(),
        "Content-Type: application/json".to_owned(),
        "Origin: https://company.nextlevel3.com".to_owned(),
        "Referer: https://company.nextlevel3.com/".to_owned(),
        r#"Sec-Ch-Ua: "Google Chrome";v="111", "Not(A:Brand";v="8", "Chromium";v="111""#.to_owned(),
        "Sec-Ch-Ua-Mobile: ?0".to_owned(),
        r#"Sec-Ch-Ua-Platform: "Windows""#.to_owned(),
        "Sec-Fetch-Dest: empty".to_owned(),
        "Sec-Fetch-Mode: cors".to_owned(),
        "Sec-Fetch-Site: same-site".to_owned(),
        "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/111.0.0.0 Safari/537.36".to_owned(),
        format!("X-Nl3-Authorization-Token: {token}"),
        "X-nl3-device-location: 40.7128,-74.0060".to_owned(),
    ];
    let headers = headers.map(|header| format!("-H '{header}'")).join(" \\\n  ");
    let body = super::story::request()?;
    Ok(format!("curl -s '{url}' \\\n  {headers} \\\n  --data-raw '{body}' --compressed | tee {file}"))
}
