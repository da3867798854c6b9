//! The metrics and the log, as OPERATING.md names them.

use std::collections::{BTreeMap, BTreeSet};

use jit_approvals::json::Json;

use crate::http::{Call, raw};
use crate::server::{ADMIN, PASSWORD, PURCHASE, STEVE, Shop, decision, until};
use crate::stored::eventually;

const OPERATING: &str = include_str!("../../../server/OPERATING.md");

/// A metric: its kind, its labels and what it says.
type Metric = (String, BTreeSet<String>, String);

/// The rows of a table of OPERATING.md, which begins with the given head: the cells without the marks of code.
fn table(head: &str) -> Vec<Vec<String>> {
    let (_, rows) = OPERATING.split_once(&format!("\n{head}\n")).unwrap();
    let rows = rows.lines().skip(1).take_while(|line| line.starts_with('|'));
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    rows.map(cells).collect()
}

/// Names in code marks, separated by commas.
fn names(cell: &str) -> BTreeSet<String> {
    let names = cell.split(',').map(|name| name.trim().trim_matches('`').to_owned());
    names.filter(|name| !name.is_empty()).collect()
}

fn documented() -> BTreeMap<String, Metric> {
    let rows = table("| name | kind | labels | what it says |");
    let metric = |row: Vec<String>| {
        let [name, kind, labels, about] = row.try_into().unwrap();
        (name.trim_matches('`').to_owned(), (kind, names(&labels), about))
    };
    rows.into_iter().map(metric).collect()
}

/// What the page of the metrics holds.
fn served(page: &str) -> BTreeMap<String, Metric> {
    let mut metrics: BTreeMap<String, Metric> = BTreeMap::new();
    for line in page.lines().filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.splitn(4, ' ').collect();
        match words[..] {
            ["#", "HELP", name, about] => {
                about.clone_into(&mut metrics.entry(name.to_owned()).or_default().2);
            }
            ["#", "TYPE", name, kind] => {
                kind.clone_into(&mut metrics.entry(name.to_owned()).or_default().0);
            }
            _ => {
                let (name, labels) = line.split_once(['{', ' ']).unwrap();
                let labels = labels.split_once('}').map_or("", |(labels, _)| labels);
                let labels = labels.split("\",").filter_map(|label| label.split_once('='));
                let labels = labels.map(|(label, _)| label.to_owned());
                metrics.entry(name.to_owned()).or_default().1.extend(labels);
            }
        }
    }
    metrics
}

/// The values of a label on the page of the metrics.
fn values(page: &str, label: &str) -> BTreeSet<String> {
    let begin = format!("{label}=\"");
    let value = |line: &str| Some(line.split_once(&begin)?.1.split_once('"')?.0.to_owned());
    page.lines().filter(|line| !line.starts_with('#')).filter_map(value).collect()
}

impl Shop {
    fn watched() -> Self {
        Self::open_with(&["--metrics-listen", "127.0.0.1:0"])
    }

    /// The lines of the log that are about calls.
    fn calls(&self) -> Vec<Json> {
        let log = self.server.log();
        let lines =
            log.lines().map(|line| Json::parse(line).unwrap_or_else(|error| panic!("{error}: {line}")));
        lines.filter(|line| line.get("message").and_then(Json::as_str) == Some("call")).collect()
    }
}

#[test]
fn the_page_holds_the_metrics_of_the_document_and_no_others() {
    let shop = Shop::watched();
    shop.purchase();
    shop.read("none").is(404, "not_found");
    assert_eq!(served(&shop.server.metrics_page()), documented());
}

#[test]
fn the_metrics_count_what_has_happened() {
    let shop = Shop::watched();
    let metric = |name: &str| shop.server.metric(name);
    let opened = r#"jit_calls_total{route="/approvalRequest",status="201"}"#;
    let refused = r#"jit_refusals_total{code="content_mismatch"}"#;
    let (commits, changes) = (metric("jit_store_commits_total"), metric("jit_store_changes_total"));
    let hashes = metric("jit_password_hashes_total");
    let requests = [shop.purchase(), shop.purchase(), shop.purchase()];
    assert_eq!(metric(opened), 3);
    let steve = shop.server.session(STEVE);
    for _ in 0..2 {
        let wrong = decision(&requests[0], "approve");
        let wrong = wrong.bytes(format!(r#"{{"verdict":"approve","contentHash":"{}"}}"#, "0".repeat(64)));
        steve.send(&wrong).is(409, "content_mismatch");
    }
    assert_eq!(metric(refused), 2);
    assert_eq!(metric("jit_password_hashes_total"), hashes + 1);
    // Three requests and a sign-in, and perhaps that a session was used.
    let written = metric("jit_store_changes_total") - changes;
    assert!((4..=6).contains(&written), "{written}");
    // One after the other, each change has a transaction of its own.
    assert_eq!(metric("jit_store_commits_total") - commits, written);
    assert_eq!(metric("jit_store_failures_total"), 0);
    assert!(metric("jit_store_log_bytes") > 0);
    let state = |name: &str| (metric(name), shop.server.metrics_page().matches(&format!("{name} ")).count());
    assert_eq!(state("jit_streams"), (0, 3), "a description, a kind and a number");
}

#[test]
fn the_metrics_say_why_the_server_is_not_ready_and_what_was_not_swept() {
    let shop = Shop::watched();
    let brief = PURCHASE.replacen('{', r#"{"expiresInSeconds":20,"#, 1);
    shop.kevin(Call::post("/approvalRequest").json(brief)).is(201, "");
    let metric = |name: &str| shop.server.metric(name);
    let reason = |name: &str| metric(&format!("jit_not_ready{{reason=\"{name}\"}}"));
    assert_eq!((metric("jit_ready"), reason("clock"), reason("store")), (1, 0, 0));
    assert_eq!(metric("jit_sweep_lag_seconds"), 0);
    // Where the server tries to write.
    shop.server.tamper("alter table meta rename to elsewhere");
    eventually("a write fails", || reason("store") == 1);
    assert_eq!((metric("jit_ready"), reason("clock")), (0, 0));
    shop.server.tamper("alter table elsewhere rename to meta");
    eventually("a write works", || reason("store") == 0);
    assert_eq!(metric("jit_ready"), 1);
    shop.server.set_clock(100);
    eventually("the jump is seen", || reason("clock") == 1);
    assert_eq!((metric("jit_ready"), reason("store")), (0, 0));
    Call::get("/readyz").send(shop.server.address).is(503, "unavailable");
    // Nothing is swept now.
    let lag = metric("jit_sweep_lag_seconds");
    assert!((75..=100).contains(&lag), "{lag}");
    assert_eq!(shop.server.event_types(), ["requested"]);
}

#[test]
fn no_label_and_no_line_of_the_log_holds_what_a_caller_makes_up() {
    let shop = Shop::watched();
    let address = shop.server.address;
    let steve = shop.server.session(STEVE);
    let hostile = "zzHOSTILEzz";
    let token = shop.token(hostile);
    let unknown = PURCHASE.replace("PURCHASE_APPROVAL", hostile);
    let group = format!(r#"{{"key":"{hostile}","members":["{hostile}@acme.example"]}}"#);
    let calls = [
        (Call::get(&format!("/{hostile}")), "not_found"),
        (Call::get(&format!("/approvalRequest/{hostile}?{hostile}={hostile}")), "authentication_required"),
        (Call::get(&format!("/users/{hostile}%22%7D%0Ajit_ready%201")), "authentication_required"),
        (steve.sign(&Call::get(&format!("/notifications?status={hostile}"))), "unknown_choice"),
        (steve.sign(&Call::get(&format!("/notifications?{hostile}=1"))), "unknown_member"),
        (
            Call::get("/users").with("Authorization", format!("Bearer jitp_{hostile}")),
            "authentication_required",
        ),
        (shop.as_kevin(Call::post("/approvalRequest").json(PURCHASE)).with("Idempotency-Key", hostile), ""),
        (shop.as_kevin(Call::post("/approvalRequest").json(unknown)), "unknown_template"),
        (Call::get("/approvalRequest").with("X-Nl3-Authorization-Token", token), ""),
        (shop.admin.sign(&Call::post("/groups").json(group)), "unknown_approver"),
    ];
    let codes = calls.iter().map(|(call, _)| call.send(address).code());
    assert_eq!(codes.collect::<Vec<_>>(), calls.iter().map(|(_, code)| *code).collect::<Vec<_>>());
    shop.server.sign_in(&format!("{hostile}@acme.example"), hostile).is(401, "sign_in_failed");
    let request =
        format!("GET /nl3/api/v1/{hostile}\\ HTTP/1.1\r\nHost: {hostile}\r\nConnection: close\r\n\r\n");
    raw(address, request.as_bytes());
    let (page, log) = (shop.server.metrics_page(), shop.server.log());
    assert!(!page.contains(hostile), "{page}");
    assert!(!log.contains(hostile), "{log}");
    assert!(!log.contains(PASSWORD) && !log.contains(&steve.cookie), "{log}");
    let routes: BTreeSet<_> = jit_approvals_server::endpoints().into_iter().map(|(_, path)| path).collect();
    let found = values(&page, "route");
    assert!(found.contains("none") && found.contains("/approvalRequest/{id}"), "{found:?}");
    let unknown: Vec<_> = found.iter().filter(|route| !routes.contains(&route.as_str())).collect();
    assert_eq!(unknown, ["none"]);
    let codes: BTreeSet<_> =
        jit_approvals::catalogue().iter().map(|row| row.code.as_str().to_owned()).collect();
    assert!(values(&page, "code").is_subset(&codes), "{page}");
}

#[test]
fn a_call_has_one_line_in_the_log_with_the_fields_of_the_document() {
    let shop = Shop::watched();
    let read = Call::get("/company");
    let (good, bad) = (shop.admin.send(&read), read.send(shop.server.address));
    bad.is(401, "authentication_required");
    let rows = table("| field | what it is |");
    let documented: BTreeSet<String> = rows.iter().flat_map(|row| names(&row[0])).collect();
    let line = |answer: &crate::http::Answer| {
        let id = answer.header("x-request-id").unwrap().to_owned();
        let of = |line: &Json| line.get("instance").and_then(Json::as_str) == Some(&id);
        let mut lines = until(|| Some(shop.calls()).filter(|lines| lines.iter().any(of)));
        lines.retain(of);
        assert_eq!(lines.len(), 1);
        lines.remove(0)
    };
    let fields = |line: &Json| -> BTreeSet<String> {
        line.as_object().unwrap().iter().map(|(name, _)| name.to_owned()).collect()
    };
    let bad = line(&bad);
    assert_eq!(fields(&bad), documented);
    let shown = |line: &Json, name: &str| line.get(name).map_or_else(String::new, ToString::to_string);
    let all = |line: &Json| ["caller", "method", "route", "status", "code"].map(|name| shown(line, name));
    assert_eq!(
        all(&bad),
        [r#""anyone""#, r#""GET""#, r#""/company""#, "401", r#""authentication_required""#]
    );
    let good = line(&good);
    assert_eq!(
        fields(&good).iter().chain([&"code".to_owned()]).cloned().collect::<BTreeSet<_>>(),
        documented
    );
    let caller = format!(r#""administrator {ADMIN}""#);
    assert_eq!(all(&good), [caller.as_str(), r#""GET""#, r#""/company""#, "200", ""]);
    assert!(shown(&good, "statements").parse::<u32>().unwrap() > 0);
}
