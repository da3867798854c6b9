//! More people than the shop has, and what the log says of them.

use jit_approvals::json::{Json, Object};
use rusqlite::{Connection, OpenFlags};

use crate::http::{Answer, Call};
use crate::server::{ADMIN, Server, Session, Shop, redeem};

/// The administrator of a second company.
pub(crate) const RIVAL: &str = "rita@rival.example";

impl Shop {
    /// Makes a second company in the same installation. Returns the session of its administrator.
    pub(crate) fn rival(&self) -> Session {
        self.server.company("Rival", RIVAL)
    }

    /// Creates a user with a role, and signs them in.
    pub(crate) fn hire(&self, email: &str, role: &str) -> Session {
        self.admin.hire(&self.server, email, role)
    }

    /// Signs the administrator in again, so that the password was just given.
    pub(crate) fn admin_again(&self) -> Session {
        self.server.session(ADMIN)
    }

    /// Makes a group with members.
    pub(crate) fn group(&self, key: &str, members: &[&str]) -> Answer {
        let body = Object::new().with("key", key).with("name", key).with("members", members.to_vec());
        let answer = self.admin.send(&Call::post("/groups").json(Json::from(body).to_string()));
        answer.is(201, "").clone()
    }

    /// Makes a template from the one of the purchase, with other members. Null leaves a member out.
    pub(crate) fn template(&self, key: &str, members: &[(&str, Json)]) -> Answer {
        let Ok(Json::Object(mut template)) = Json::parse(crate::server::TEMPLATE) else { unreachable!() };
        template.insert("approvalKey", key);
        for (name, value) in members {
            match value {
                Json::Null => template.remove(name),
                value => template.insert(*name, value.clone()),
            };
        }
        let answer = self.admin.send(&Call::post("/templates").json(Json::from(template).to_string()));
        answer.is(201, "").clone()
    }

    /// Opens a request of a template with the metadata of the purchase, which must work.
    pub(crate) fn ask(&self, template: &str) -> Answer {
        let body = crate::server::PURCHASE.replace("PURCHASE_APPROVAL", template);
        self.kevin(Call::post("/approvalRequest").json(body)).is(201, "").clone()
    }
}

impl Server {
    /// Makes a company on the machine. Returns the session of its administrator.
    pub(crate) fn company(&self, name: &str, email: &str) -> Session {
        let made = self.operate(&["company", "new", name, email]);
        assert!(made.status.success(), "{made:?}");
        let secret = String::from_utf8(made.stdout).unwrap();
        redeem(self.address, secret.trim(), email).is(200, "");
        self.session(email)
    }

    /// The bodies of all administrative events, in the order of their commits, each as `{actor, administered}`.
    pub(crate) fn administered(&self) -> Vec<Json> {
        let sql = "select text from event where kind = 'administered' order by company, position";
        self.texts(sql).iter().map(|text| Json::parse(text).unwrap()).collect()
    }

    /// The last administrative event of an object.
    pub(crate) fn last_event(&self, object: &str, key: &str) -> Json {
        let of = |event: &Json| {
            let body = event.get("body").unwrap();
            (body.get("object"), body.get("key")) == (Some(&object.into()), Some(&key.into()))
        };
        let events = self.administered();
        events.into_iter().rfind(of).unwrap_or_else(|| panic!("no event of {object} {key}"))
    }

    /// What the last administrative event of an object says, which is of now: who, the action, before and after.
    #[track_caller]
    pub(crate) fn change(&self, object: &str, key: &str) -> String {
        let event = self.last_event(object, key);
        let at = event.get("at").unwrap().to_string().parse::<i64>().unwrap();
        assert!((self.now().seconds() - at).abs() < 60, "{event}");
        let text = |object: &str, member: &str| {
            let member = event.get(object).unwrap().get(member);
            member.map_or("-".to_owned(), |value| value.as_str().map_or(value.to_string(), str::to_owned))
        };
        let who = format!("{} {}", text("actor", "kind"), text("actor", "id"));
        format!("{who} {}: {} > {}", text("body", "action"), text("body", "before"), text("body", "after"))
    }

    /// The first column of a query on the file of the store.
    pub(crate) fn texts(&self, sql: &str) -> Vec<String> {
        let path = self.data().join("store.sqlite");
        let store = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let mut statement = store.prepare(sql).unwrap();
        let texts = statement.query_map([], |row| row.get(0)).unwrap();
        texts.collect::<Result<_, _>>().unwrap()
    }
}

impl Session {
    /// Creates a user of the same company with a role, and signs them in.
    pub(crate) fn hire(&self, server: &Server, email: &str, role: &str) -> Session {
        let body = Object::new().with("email", email).with("name", email).with("role", role);
        self.send(&Call::post("/users").json(Json::from(body).to_string())).is(201, "");
        redeem(server.address, &self.link(email), email).is(200, "");
        server.session(email)
    }

    /// Makes a one-time link for a user. Returns its secret.
    pub(crate) fn link(&self, email: &str) -> String {
        self.send(&Call::post(&format!("{}/link", user(email)))).is(201, "").text("secret")
    }

    /// Reads the record at a path, and sends it back with some members changed. A template is sent as it is given.
    pub(crate) fn replace(&self, path: &str, changes: &str) -> Answer {
        let present = self.send(&Call::get(path));
        let version = present.header("etag").unwrap_or_else(|| panic!("{present:?}"));
        let (Json::Object(mut record), Json::Object(changes)) =
            (present.json(), Json::parse(changes).unwrap())
        else {
            panic!("{present:?}");
        };
        if record.get("template").is_some() {
            record = Object::new();
        }
        for (name, value) in changes.iter() {
            record.insert(name, value.clone());
        }
        self.send(&Call::new("PUT", path).with("If-Match", version).json(Json::from(record).to_string()))
    }

    /// The texts of a member of all items of a list.
    pub(crate) fn list(&self, path: &str, member: &str) -> Vec<String> {
        items(self.send(&Call::get(path)).is(200, ""), member)
    }
}

/// The texts of a member of all items of a page.
pub(crate) fn items(page: &Answer, member: &str) -> Vec<String> {
    let page = page.json();
    let items = page.get("items").and_then(Json::as_array).unwrap();
    items.iter().map(|item| item.get(member).and_then(Json::as_str).unwrap().to_owned()).collect()
}

/// The path of a user.
pub(crate) fn user(email: &str) -> String {
    format!("/users/{}", email.replace('@', "%40"))
}
