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
    let mut line = |text: String| out.line(&Line::new().own(text));
    line(format!("A server to try everything on listens on http://{}", story.host()))?;
    line(String::new())?;
    if let Some(passwords) = passwords {
        line(format!("  {APPROVER} approves, with the password {}", *passwords.approver))?;
        line(format!("  {ADMINISTRATOR} administers, with the password {}", *passwords.administrator))?;
        line("  These passwords are printed only now.".to_owned())?;
    } else {
        line(format!("  {APPROVER} approves, and {ADMINISTRATOR} administers."))?;
        line("  The first start has printed their passwords; `--fresh` starts over.".to_owned())?;
    }
    line(String::new())?;
    line("Paste these steps into another terminal, in this folder, one after the other.".to_owned())?;
    line("The token lives for an hour; `jit-approvals dev token` prints another.".to_owned())?;
    let password = passwords.map_or(EARLIER, |passwords| passwords.approver.as_str());
    for (number, step) in (1..).zip(steps(story, password, folder)?) {
        out.line(&Line::new())?;
        out.line(&Line::new().own_in(FAINT, format!("# {number}. {}", step.about)))?;
        for line in step.command.lines() {
            out.line(&Line::new().own(line))?;
        }
    }
    Ok(out.flush()?)
}

struct Step {
    about: &'static str,
    command: String,
}

fn steps(story: &Story, password: &str, folder: &Path) -> Result<Vec<Step>, Failure> {
    let token = story.token()?;
    let (host, base, folder) = (story.host(), paths::BASE, folder.display());
    let (request, decided) = (format!("{folder}/request.json"), format!("{folder}/decided.json"));
    let cookies = format!("{folder}/steve.cookies");
    let json = "-H 'Content-Type: application/json'";
    let application = r#"-H "X-Nl3-Authorization-Token: $TOKEN""#;
    let act = super::story::act()?;
    let consume = format!("curl -sw '\\n' $API/grant/$GRANT/consume {application} \\\n  {json} -d '{act}'");
    let steps = [
        ("The application asks. This is the published command.", published(story, &token, &request)?),
        (
            "For the next steps: where the server is, the token of the application, the request and its content",
            format!(
                "API=http://{host}{base}\nTOKEN={token}\n\
                 ID=$(cut -d'\"' -f4 {request})\n\
                 HASH=$(grep -o '\"contentHash\":\"[^\"]*' {request} | cut -d'\"' -f4)"
            ),
        ),
        (
            "Steve signs in.",
            format!(
                "curl -sw '\\n' $API/session -c {cookies} \\\n  {json} -d '{{\"email\":\"{APPROVER}\",\"password\":\"{password}\"}}'"
            ),
        ),
        ("Steve reads what he is asked.", format!("curl -sw '\\n' $API/approvalRequest/$ID -b {cookies}")),
        (
            "Steve approves exactly what he has read.",
            format!(
                "curl -sw '\\n' $API/approvalRequest/$ID/decision -b {cookies} -H 'Origin: http://{host}' \\\n  {json} -d '{{\"verdict\":\"approve\",\"contentHash\":\"'$HASH'\"}}'"
            ),
        ),
        (
            "The application waits for the decision, and gets its grant.",
            format!(
                "curl -sw '\\n' \"$API/approvalRequest/$ID?waitSeconds=55\" {application} | tee {decided}\n\
                 GRANT=$(grep -o '\"grant\":{{\"id\":\"[^\"]*' {decided} | cut -d'\"' -f6)"
            ),
        ),
        ("The application uses the grant, and then acts.", consume.clone()),
        ("A second time is rejected.", consume),
    ];
    Ok(steps.map(|(about, command)| Step { about, command }).into())
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
    let (headers, body) = (headers.join("' \\\n  -H '"), super::story::request()?);
    Ok(format!(
        "curl -sw '\\n' '{url}' \\\n  -H '{headers}' \\\n  --data-raw '{body}' --compressed | tee {file}"
    ))
}
