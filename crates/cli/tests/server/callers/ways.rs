//! Every way in which a caller proves itself, right and wrong.

use jit_approvals::UnixTime;
use jit_approvals_api::paths;

use super::Row;
use super::cast::Cast;
use crate::crowd::user;
use crate::http::{Answer, Call};
use crate::server::{ADMIN, Session, decision};

/// What a call carries to prove who calls: headers, and what is added to its path.
struct Way {
    name: String,
    headers: Vec<(&'static str, String)>,
    query: String,
}

/// Somebody who has every role, and everything that they and others have to prove themselves by.
pub(super) struct Ways {
    cast: Cast,
    /// The session whose password was given more than 5 minutes ago. That of the cast was just given.
    stale: Session,
    /// How far the clock of the server is ahead.
    ahead: i64,
    /// Personal tokens with the scope `read`, `decide`, `manage`, and with all of them.
    tokens: [String; 4],
    /// Sessions and tokens that have ended, and what was never one, each as a cookie or as a personal token.
    ended: Vec<(&'static str, String)>,
    /// The access token of a grant.
    access: String,
}

const TOKEN: &str = "X-Nl3-Authorization-Token";
const FOREIGN: &str = "https://attacker.example";
const FORWARD: i64 = 301;

fn way(name: &str, headers: impl IntoIterator<Item = (&'static str, String)>) -> Way {
    Way { name: name.to_owned(), headers: headers.into_iter().collect(), query: String::new() }
}

fn bearer(token: &str) -> (&'static str, String) {
    ("Authorization", format!("Bearer {token}"))
}

fn secret(cookie: &str) -> &str {
    cookie.split_once('=').unwrap().1
}

/// Makes a personal token. Returns its id and its secret.
fn new_token(of: &Session, scopes: &str, seconds: u32) -> (String, String) {
    let body = format!(r#"{{"name":"t","scopes":[{scopes}],"expiresInSeconds":{seconds}}}"#);
    let made = of.send(&Call::post("/tokens").json(body)).is(201, "").clone();
    (made.text("id"), made.text("secret"))
}

impl Ways {
    pub(super) fn new() -> Self {
        let cast = Cast::new();
        let (shop, admin) = (&cast.shop, &cast.shop.admin);
        let scopes = [r#""read""#, r#""decide""#, r#""manage""#, r#""read","decide","manage""#];
        let tokens = scopes.map(|scopes| new_token(admin, scopes, 86_400).1);
        let mut ended = vec![("an expired personal token", new_token(admin, scopes[3], 60).1)];
        let (id, revoked) = new_token(admin, scopes[3], 86_400);
        admin.send(&Call::post(&format!("/tokens/{id}/revoke"))).is(204, "");
        ended.push(("a revoked personal token", revoked));
        let people = [
            ("gone@acme.example", ["a session of somebody deactivated", "a token of somebody deactivated"]),
            ("less@acme.example", ["a session from before the role", "a token from before the role"]),
        ];
        for (email, names) in people {
            let session = shop.hire(email, "administrator");
            let token = new_token(&session, scopes[3], 86_400).1;
            ended.extend(names.into_iter().zip([session.cookie, token]));
        }
        admin.send(&Call::post(&format!("{}/archive", user(people[0].0)))).is(200, "");
        admin.replace(&user(people[1].0), r#"{"role":"approver"}"#).is(200, "");
        let name = admin.cookie.split('=').next().unwrap();
        ended.push(("a one-time link as a session", format!("{name}={}", admin.link(people[1].0))));
        ended.push(("a personal token as a session", format!("{name}={}", tokens[3])));
        ended.push(("an auth token as a session", format!("{name}={}", shop.token("kevin"))));
        ended.push(("a cookie of another name", format!("x-{}; __Host-{}", admin.cookie, admin.cookie)));
        let opened = shop.purchase();
        cast.decider.send(&decision(&opened, "approve")).is(200, "");
        let access = shop.read(&opened.text("id")).text("grant.accessToken");
        let stale = admin.clone();
        let mut ways = Self { cast, stale, ahead: 0, tokens, ended, access };
        ways.renew();
        ways
    }

    /// Signs in twice, with more than 5 minutes between.
    fn renew(&mut self) {
        let server = &mut self.cast.shop.server;
        self.stale = server.session(ADMIN);
        self.ahead += FORWARD;
        server.set_clock(self.ahead);
        // A server that runs while its clock is set is not ready.
        server.kill_and_restart();
        self.stale.address = server.address;
        let admin = server.session(ADMIN);
        self.cast.all_by(admin);
    }

    /// The ways of the columns.
    fn columns(&self) -> Vec<Way> {
        let (token, own) =
            (self.cast.shop.token("kevin"), format!("http://{}", self.cast.shop.server.address));
        let session = |name: &str, session: &Session, site: &str, origin: &str| {
            let headers = [("Cookie", session.cookie.as_str()), ("Sec-Fetch-Site", site), ("Origin", origin)];
            let given = headers.into_iter().filter(|(_, value)| !value.is_empty());
            way(name, given.map(|(name, value)| (name, value.to_owned())))
        };
        let fresh = &self.cast.shop.admin;
        let mut ways = vec![
            way("X: an auth token", [(TOKEN, token.clone())]),
            way("B: an auth token", [bearer(&token)]),
            session("s: of the own page", fresh, "same-origin", ""),
            session("o: of the own origin", fresh, "", &own),
            session("n: of no page", fresh, "", ""),
            session("f: of a foreign origin", fresh, "", FOREIGN),
            session("x: of a foreign site", fresh, "cross-site", &own),
            session("5: long ago", &self.stale, "same-origin", ""),
        ];
        let scopes = ["R: read", "D: decide", "M: manage", "A: all"];
        ways.extend(scopes.into_iter().zip(&self.tokens).map(|(name, token)| way(name, [bearer(token)])));
        ways
    }

    /// The ways that prove nothing.
    fn never(&self) -> Vec<Way> {
        let (shop, all) = (&self.cast.shop, &self.tokens[3]);
        let token = shop.token("kevin");
        let in_query = |name: &str, value: &str| Way { query: format!("?{value}"), ..way(name, []) };
        let past = [("exp", UnixTime::now().plus(-3600).into())];
        let mut ways = vec![
            in_query("an auth token in the query", &format!("token={token}")),
            in_query("a personal token in the query", &format!("access_token={all}")),
            way("an auth token that has expired", [(TOKEN, shop.client().sign(&past))]),
            way("an access token as auth token", [(TOKEN, self.access.clone())]),
            way("an access token as bearer", [bearer(&self.access)]),
            way("a personal token as auth token", [(TOKEN, all.clone())]),
            way("the secret of a session as bearer", [bearer(secret(&shop.admin.cookie))]),
            way("no token", [(TOKEN, String::new())]),
            way(
                "a user of a proxy",
                [("X-Forwarded-User", ADMIN.to_owned()), ("Remote-User", ADMIN.to_owned())],
            ),
        ];
        for (name, credential) in &self.ended {
            let is_token = credential.starts_with("jitp_");
            let header = if is_token { bearer(credential) } else { ("Cookie", credential.clone()) };
            ways.push(way(name, [header, ("Sec-Fetch-Site", "same-origin".to_owned())]));
        }
        ways
    }

    /// The ways that are more than one credential, each of which is right.
    fn two(&self) -> Vec<Way> {
        let (token, all) = (self.cast.shop.token("kevin"), self.tokens[3].as_str());
        let cookie = &self.cast.shop.admin.cookie;
        let cookies = |value: &str| ("Cookie", value.to_owned());
        let two = [
            ("a session and an auth token", vec![cookies(cookie), (TOKEN, token.clone())]),
            ("a session and a bearer", vec![cookies(cookie), bearer(&token)]),
            ("a session and a personal token", vec![cookies(cookie), bearer(all)]),
            ("a personal token and an auth token", vec![bearer(all), (TOKEN, token.clone())]),
            ("two personal tokens", vec![bearer(all), bearer(&self.tokens[0])]),
            ("the same auth token twice", vec![(TOKEN, token.clone()), bearer(&token)]),
            ("two sessions", vec![cookies(cookie), cookies(&self.stale.cookie)]),
            ("two sessions in a header", vec![cookies(&format!("{cookie}; {}", self.stale.cookie))]),
        ];
        let page = ("Sec-Fetch-Site", "same-origin".to_owned());
        two.map(|(name, headers)| way(name, headers.into_iter().chain([page.clone()]))).into()
    }

    /// Tries every way at an endpoint. Returns what differs from its row.
    pub(super) fn wrong(&mut self, row: &Row) -> Vec<String> {
        let (method, path, body, _, marks) = *row;
        let marks: Vec<char> = marks.chars().filter(|mark| *mark != ' ').collect();
        let [columns @ .., never, two] = &*marks else { panic!("{row:?}") };
        assert_eq!(columns.len(), self.columns().len(), "{row:?}");
        let mut wrong = Vec::new();
        for (index, mark) in columns.iter().enumerate() {
            let (address, body) = self.cast.ready(path, body);
            let way = self.columns().swap_remove(index);
            let (answer, trace) = self.tried(method, &address, &body, &way);
            wrong.extend(differs(row, &way, *mark, index < 2, &answer, trace));
            // The sessions have ended, or the password was given.
            if answer.status < 300 && (method == "DELETE" || path == paths::PROOF) {
                self.renew();
            }
        }
        let (path, body) = self.cast.ready(path, body);
        for (mark, ways) in [(*never, self.never()), (*two, self.two())] {
            for way in ways {
                let (answer, trace) = self.tried(method, &path, &body, &way);
                wrong.extend(differs(row, &way, mark, false, &answer, trace));
            }
        }
        wrong
    }

    /// Sends a call. Returns the answer, and whether something was written.
    fn tried(&self, method: &str, path: &str, body: &str, way: &Way) -> (Answer, bool) {
        let mut call = Cast::call(method, &format!("{path}{}", way.query), body);
        if method == "PUT" {
            let version = self.cast.shop.admin.send(&Call::get(path)).header("etag").unwrap().to_owned();
            call = call.with("If-Match", version);
        }
        let call = way.headers.iter().fold(call, |call, (name, value)| call.with(name, value));
        let before = self.kept();
        let answer = call.send(self.cast.shop.server.address);
        self.cast.check(&answer);
        (answer, self.kept() != before)
    }

    /// What a call could have written: events, and what people prove themselves by. The sweep writes, too: it expires
    /// requests, and forgets the token that lives for a minute.
    fn kept(&self) -> Vec<String> {
        let events = "select cast(count(*) as text) from event where kind <> 'expired'";
        let credentials = "select hex(digest) || scope || coalesce(proved_at, 0) from credential \
                           where expires_at - created_at > 60 order by digest";
        [events, credentials].map(|sql| self.cast.shop.server.texts(sql)).concat()
    }
}

/// What an answer differs in from what a mark says.
fn differs(
    row: &Row,
    way: &Way,
    mark: char,
    by_application: bool,
    answer: &Answer,
    has_trace: bool,
) -> Option<String> {
    let (method, path, _, statuses, _) = row;
    let of_people = statuses[2..5].iter().min().copied();
    let (status, code) = match mark {
        '+' if by_application => (statuses[1], ""),
        '+' => (of_people.unwrap(), ""),
        '.' => (401, ""),
        's' => (403, "insufficient_scope"),
        'p' => (403, "password_required"),
        'o' => (403, "foreign_origin"),
        '2' => (400, "two_credentials"),
        _ => panic!("{mark} is no mark"),
    };
    // The head of a stream has no body.
    let is_code = code.is_empty() || answer.body.is_empty() || answer.code() == code;
    let is_right = answer.status == status && is_code && (mark == '+' || !has_trace);
    let trace = if has_trace { ", and something was written" } else { "" };
    (!is_right).then(|| {
        format!("{method} {path} by {}: not {mark}: {} {}{trace}", way.name, answer.status, answer.body)
    })
}
