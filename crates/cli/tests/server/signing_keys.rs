//! Signing keys: shown once, stored sealed, retired at once.

use jit_approvals::SigningKey;
use jit_approvals::json::Json;

use crate::crowd::items;
use crate::http::{Answer, Call};
use crate::server::{ADMIN, PURCHASE, Shop};

impl Shop {
    fn keys(&self) -> String {
        format!("/applications/{}/signingKeys", self.application)
    }

    fn new_key(&self) -> Answer {
        self.admin.send(&Call::post(&self.keys()))
    }

    fn retire(&self, id: &str) -> Answer {
        self.admin.send(&Call::post(&format!("{}/{id}/retire", self.keys())))
    }

    /// Opens the purchase with a key.
    fn open_with_key(&self, key: &SigningKey) -> Answer {
        let token = self.token_with(key, "kevin");
        let call = Call::post("/approvalRequest").with("Authorization", format!("Bearer {token}"));
        call.json(PURCHASE).send(self.server.address)
    }
}

fn key(created: &Answer) -> SigningKey {
    SigningKey::from_base64(&created.text("secret")).unwrap()
}

#[test]
fn keys_rotate_without_a_gap() {
    let shop = Shop::open();
    let old = items(&shop.admin.send(&Call::get(&shop.keys())), "id").remove(0);
    let created = shop.new_key();
    let new = key(created.is(201, ""));
    shop.open_with_key(&shop.key).is(201, "");
    shop.open_with_key(&new).is(201, "");
    // With `kid`, only that key counts.
    let id = created.text("id");
    shop.open_with_key(&new.clone().with_id(&id)).is(201, "");
    shop.open_with_key(&new.clone().with_id(&old)).is(401, "invalid_signature");
    shop.open_with_key(&new.clone().with_id("none")).is(401, "invalid_signature");
    let retired = shop.retire(&old);
    assert!(!retired.is(200, "").text("retiredAt").is_empty());
    let refused = shop.open_with_key(&shop.key);
    let wrong = shop.open_with_key(&SigningKey::generate().unwrap());
    let same = |answer: &Answer| answer.body.replace(&answer.text("instance"), "");
    assert_eq!(same(refused.is(401, "invalid_signature")), same(&wrong));
    shop.open_with_key(&new).is(201, "");
    assert_eq!(shop.retire(&old).is(200, "").body, retired.body);
    shop.retire(&created.text("none")).is(404, "not_found");
    let other = Call::post("/applications").json(r#"{"name":"Other","identifiers":["other"]}"#);
    let other = shop.admin.send(&other).text("id");
    let path = format!("/applications/{other}/signingKeys/{id}/retire");
    shop.admin.send(&Call::post(&path)).is(404, "not_found");
    shop.open_with_key(&new).is(201, "");
    shop.retire(&id).is(200, "");
    // Without a key, an application is as unknown as one that never existed.
    assert_eq!(same(&shop.open_with_key(&new)), same(&wrong));
}

#[test]
fn a_secret_is_shown_once_and_stored_sealed() {
    let shop = Shop::open();
    let created = shop.new_key();
    let (id, secret) = (created.text("id"), created.is(201, "").text("secret"));
    let list = shop.admin.send(&Call::get(&shop.keys()));
    assert_eq!(items(list.is(200, ""), "id").len(), 2);
    for item in list.json().get("items").and_then(Json::as_array).unwrap() {
        assert!(item.get("secret").is_none(), "{item}");
    }
    let event = shop.server.change("signingKey", &format!("{}/{id}", shop.application));
    assert_eq!(event.split_once('{').unwrap().0, format!("administrator {ADMIN} create: - > "));
    shop.retire(&id).is(200, "");
    let event = shop.server.change("signingKey", &format!("{}/{id}", shop.application));
    assert!(event.starts_with(&format!("administrator {ADMIN} retire: ")), "{event}");
    // The store is read whole, with what is not moved into its file yet.
    for file in std::fs::read_dir(shop.server.data()).unwrap().map(Result::unwrap) {
        let bytes = std::fs::read(file.path()).unwrap();
        let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
        assert!(!holds(secret.as_bytes()), "{:?} holds a secret", file.path());
    }
    assert!(!shop.server.log().contains(&secret));
}

#[test]
fn a_key_can_be_imported() {
    let shop = Shop::open();
    let import =
        |secret: &str| shop.admin.send(&Call::post(&shop.keys()).json(format!(r#"{{"secret":"{secret}"}}"#)));
    let text = SigningKey::generate_base64().unwrap();
    let imported = import(&text);
    assert_eq!(imported.is(201, "").text("secret"), "", "who imports a key has it");
    shop.open_with_key(&SigningKey::from_base64(&text).unwrap()).is(201, "");
    for wrong in ["", "c2hvcnQ=", "not base64!", &"A".repeat(42)] {
        let refused = import(wrong);
        assert_eq!(refused.is(400, "unexpected_form").text("field"), "secret", "{wrong}");
        assert!(wrong.is_empty() || !refused.body.contains(wrong), "{}", refused.body);
    }
    let unknown = Call::post(&shop.keys()).json(r#"{"secrte":"AAAA"}"#);
    assert!(shop.admin.send(&unknown).is(400, "unknown_member").text("detail").contains("`secret`"));
}

#[test]
fn an_application_has_at_most_5_active_keys() {
    let shop = Shop::open();
    let ids: Vec<String> = (0..4).map(|_| shop.new_key().is(201, "").text("id")).collect();
    shop.new_key().is(409, "too_many_keys");
    shop.retire(&ids[0]).is(200, "");
    shop.new_key().is(201, "");
    shop.new_key().is(409, "too_many_keys");
    assert_eq!(items(&shop.admin.send(&Call::get(&shop.keys())), "id").len(), 6);
}
