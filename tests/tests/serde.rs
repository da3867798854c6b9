//! Tests the implementations of serde's traits. `cargo xtask test rust` runs these tests a second time with every
//! feature of `serde_json` enabled.
#![allow(clippy::zero_sized_map_values, reason = "types without size that create their value in `serialize`")]

use std::collections::BTreeMap;

use jit_approvals::event::At;
use jit_approvals::json::{Json, Number, Object};
use jit_approvals::token::jws;
use jit_approvals::{
    Act, ApprovalRequest, Decision, Directory, Id, Minter, Origin, RequestBody, SigningKey, Template,
    UnixTime, Verifier,
};
use jit_approvals_tests::values;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;

const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);
const TEMPLATE: &str = r#"{"approvalType": "approve", "templateName": "Refund", "approvalKey": "REFUND",
    "approvalTitle": "Refund $(amount)?", "approvalData": "Refund $(amount) to $(subject).",
    "defaultApprovers": ["ann@example.com"], "metadata": [{"key": "amount", "type": "number"}]}"#;

fn key() -> SigningKey {
    SigningKey::from_bytes(&[5; 32]).unwrap()
}

fn minter() -> Minter {
    Minter::builder(&key()).issuer("shop").audience("host").build().unwrap()
}

fn verifier() -> Verifier {
    Verifier::builder(key()).issuer("shop").audience("host").build().unwrap()
}

fn double(value: f64) -> Json {
    Number::from_f64(value).unwrap().into()
}

fn mint(claims: &impl Serialize) -> Result<String, &'static str> {
    minter().mint_at("kevin", claims, NOW, "1").map_err(|error| error.code().as_str())
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Purchase {
    amount: f64,
    order_id: u64,
    note: Option<String>,
    tags: Vec<String>,
    kind: Kind,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Kind {
    Gift,
    Trade { vat: String },
    Bulk(u32, u32),
    Code(i64),
}

fn purchase(kind: Kind) -> Purchase {
    let tags = vec!["a".to_owned(), "\u{2028}\"\\".to_owned()];
    Purchase { amount: 1654.25, order_id: u64::MAX, note: None, tags, kind }
}

#[test]
fn a_struct_is_minted_and_read_back() {
    for kind in [Kind::Gift, Kind::Trade { vat: "1".to_owned() }, Kind::Bulk(1, 2), Kind::Code(-3)] {
        let purchase = purchase(kind);
        let token = mint(&purchase).unwrap();
        let claims = verifier().verify_at(&token, NOW).unwrap();
        assert_eq!(claims.deserialize::<Purchase>().unwrap(), purchase);
        // The same as with serde_json, except that our numbers are written as in ECMAScript.
        let theirs: Json = serde_json::from_str(&serde_json::to_string(&purchase).unwrap()).unwrap();
        assert_eq!(mint(&theirs).unwrap(), token);
        assert_eq!(Json::from_serialize(&purchase).unwrap(), theirs);
    }
}

#[test]
fn the_same_claims_of_any_type_give_the_same_token() {
    let object =
        Object::new().with("amount", double(1.5)).with("2", "two").with("big", 9_007_199_254_740_993_u64);
    let token = mint(&object).unwrap();
    let value = json!({"amount": 1.5, "2": "two", "big": 9_007_199_254_740_993_u64});
    assert_eq!(mint(&value).unwrap(), token);
    // This map sorts its keys.
    let map: BTreeMap<&str, Json> = [("2", "two".into()), ("amount", double(1.5))].into();
    assert_eq!(mint(&map).unwrap(), mint(&json!({"2": "two", "amount": 1.5})).unwrap());
    assert_eq!(mint(&BTreeMap::from([(2, "two")])).unwrap(), mint(&json!({"2": "two"})).unwrap());
}

#[test]
fn claims_that_no_token_can_hold_are_rejected() {
    struct Twice;

    impl Serialize for Twice {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            use serde::ser::SerializeMap as _;
            let mut map = serializer.serialize_map(None)?;
            map.serialize_entry("a", &1)?;
            map.serialize_entry("a", &2)?;
            map.end()
        }
    }

    #[derive(Serialize)]
    struct Claims<T> {
        claim: T,
    }

    assert_eq!(mint(&Twice), Err("malformed_claims"));
    assert_eq!(mint(&Claims { claim: Twice }), Err("malformed_claims"));
    assert_eq!(mint(&Claims { claim: f64::NAN }), Err("malformed_claims"));
    assert_eq!(mint(&Claims { claim: f64::INFINITY }), Err("malformed_claims"));
    assert_eq!(mint(&Claims { claim: u128::MAX }), Err("malformed_claims"));
    for no_object in [json!(1), json!("a"), json!(null), json!([1])] {
        assert_eq!(mint(&no_object), Err("malformed_claims"));
    }
    for reserved in ["iss", "aud", "sub", "jti", "iat", "exp", "nbf"] {
        assert_eq!(mint(&BTreeMap::from([(reserved, 1)])), Err("reserved_claim"));
        assert!(mint(&Claims { claim: BTreeMap::from([(reserved, 1)]) }).is_ok());
    }
    let nested = |levels| (0..levels).fold(json!(1), |value, _| json!([value]));
    assert!(mint(&Claims { claim: nested(jws::MAX_DEPTH - 1) }).is_ok());
    assert_eq!(mint(&Claims { claim: nested(jws::MAX_DEPTH) }), Err("malformed_claims"));
}

/// Declares a type whose implementation of `Serialize` has the given body.
macro_rules! serialize {
    ($name:ident, $serializer:ident, $body:block) => {
        struct $name;

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, $serializer: S) -> Result<S::Ok, S::Error> {
                $body
            }
        }
    };
}

const NUMBER: &str = "$serde_json::private::Number";
const RAW_VALUE: &str = "$serde_json::private::RawValue";

#[test]
fn an_implementation_that_ignores_errors_mints_nothing() {
    use serde::ser::{SerializeMap as _, SerializeSeq as _, SerializeStruct as _};

    // Raw text that continues after its value. The implementation ignores the error.
    serialize!(Injected, serializer, {
        let mut raw = serializer.serialize_struct(RAW_VALUE, 1)?;
        let _ = raw.serialize_field("x", r#"1,"sub":"root","exp":99999999999"#);
        raw.end()
    });
    serialize!(Forged, serializer, {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("1", &1)?;
        let _ = map.serialize_entry("x", &Injected);
        map.end()
    });
    serialize!(Holes, serializer, {
        let mut sequence = serializer.serialize_seq(None)?;
        for value in [1.0, f64::NAN, 2.0] {
            let _ = sequence.serialize_element(&value);
        }
        sequence.end()
    });
    serialize!(Twice, serializer, {
        let mut map = serializer.serialize_map(None)?;
        for key in ["a", "a", "b"] {
            let _ = map.serialize_entry(key, &1);
        }
        map.end()
    });
    serialize!(Reserved, serializer, {
        let mut map = serializer.serialize_map(None)?;
        let _ = map.serialize_entry("iss", "evil");
        map.serialize_entry("a", &1)?;
        map.end()
    });
    assert_eq!(mint(&Forged), Err("malformed_claims"));
    assert!(minter().mint_many(["kevin"], &Forged).is_err());
    assert_eq!(mint(&BTreeMap::from([("x", Injected)])), Err("malformed_claims"));
    assert_eq!(mint(&BTreeMap::from([("x", Holes)])), Err("malformed_claims"));
    assert_eq!(mint(&Twice), Err("malformed_claims"));
    assert_eq!(mint(&Reserved), Err("malformed_claims"));
}

#[test]
fn an_implementation_that_works_out_of_order_mints_nothing() {
    use serde::ser::{SerializeMap as _, SerializeStruct as _};

    macro_rules! rejected {
        ($map:ident, $($step:expr),*) => {{
            serialize!(Disordered, serializer, {
                let mut $map = serializer.serialize_map(None)?;
                $($step?;)*
                $map.end()
            });
            assert_eq!(mint(&Disordered), Err("malformed_claims"));
            assert_eq!(mint(&BTreeMap::from([("x", Disordered)])), Err("malformed_claims"));
        }};
    }
    rejected!(map, map.serialize_key("a"));
    rejected!(map, map.serialize_key("a"), map.serialize_key("b"), map.serialize_value(&1));
    rejected!(map, map.serialize_value("iss"));
    rejected!(map, map.serialize_key("a"), map.serialize_value(&1), map.serialize_value(&1));

    serialize!(TwoTexts, serializer, {
        let mut raw = serializer.serialize_struct(RAW_VALUE, 2)?;
        raw.serialize_field("x", "1")?;
        raw.serialize_field("y", "2")?;
        raw.end()
    });
    serialize!(NoText, serializer, { serializer.serialize_struct(NUMBER, 0)?.end() });
    assert_eq!(mint(&BTreeMap::from([("x", TwoTexts)])), Err("malformed_claims"));
    assert_eq!(mint(&BTreeMap::from([("x", NoText)])), Err("malformed_claims"));
    assert_eq!(mint(&BTreeMap::from([("x", (NoText, NoText, 1))])), Err("malformed_claims"));
    serialize!(NoKey, serializer, {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(&NoText, &1)?;
        map.end()
    });
    assert_eq!(mint(&NoKey), Err("malformed_claims"));
}

#[test]
fn minted_claims_are_read_as_the_same_type() {
    #[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
    struct Key(String);
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Keyed {
        numbers: BTreeMap<u32, bool>,
        signs: BTreeMap<bool, i8>,
        names: BTreeMap<Key, Option<String>>,
        either: BTreeMap<Option<String>, ()>,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    enum Variants {
        Held(Option<u8>),
    }

    let keyed = Keyed {
        numbers: [(7, true), (10, false)].into(),
        signs: [(true, 1), (false, -1)].into(),
        names: [(Key("a".to_owned()), None), (Key("1".to_owned()), Some("b".to_owned()))].into(),
        either: [(Some("x".to_owned()), ())].into(),
    };
    let claims = verifier().verify_at(&mint(&keyed).unwrap(), NOW).unwrap();
    assert_eq!(claims.deserialize::<Keyed>().unwrap(), keyed);
    assert_eq!(claims.deserialize::<Option<Keyed>>().unwrap(), Some(keyed));
    assert_eq!(
        claims.deserialize::<BTreeMap<Key, Json>>().unwrap()[&Key("sub".to_owned())],
        Json::from("kevin")
    );
    assert!(Json::from("Held").deserialize_into::<Variants>().is_err());
    let held = Json::parse(r#"{"Held": null}"#).unwrap();
    assert_eq!(held.deserialize_into::<Variants>().unwrap(), Variants::Held(None));
}

#[test]
#[cfg(feature = "every-serde-json")]
fn raw_json_is_read_strictly() {
    use serde_json::value::RawValue;

    let raw = |text: &str| RawValue::from_string(text.to_owned()).unwrap();
    assert_eq!(mint(&raw(r#"{"b" : 1.50, "a":[ ]}"#)).unwrap(), mint(&json!({"b": 1.5, "a": []})).unwrap());
    assert_eq!(mint(&raw(r#"{"a": 1, "a": 2}"#)), Err("malformed_claims"));
    assert_eq!(mint(&raw(r#"{"exp": 9999999999}"#)), Err("reserved_claim"));
    assert_eq!(mint(&raw("1")), Err("malformed_claims"));
    assert_eq!(
        mint(&BTreeMap::from([("a", raw(r#"{"exp": 1}"#))])).unwrap(),
        mint(&json!({"a": {"exp": 1}})).unwrap()
    );
    let nested = |levels: usize| raw(&format!("{}{}", "[".repeat(levels), "]".repeat(levels)));
    assert!(mint(&BTreeMap::from([("a", nested(jws::MAX_DEPTH - 1))])).is_ok());
    assert_eq!(mint(&BTreeMap::from([("a", nested(jws::MAX_DEPTH))])), Err("malformed_claims"));
}

#[test]
fn tokens_with_fractional_times_verify() {
    let payload = r#"{"iss":"shop","aud":"host","sub":"kevin","exp":1700000000.5}"#;
    let token = jws::sign(&key(), r#"{"typ":"JWT","alg":"HS256"}"#, payload.as_bytes()).unwrap();
    assert!(verifier().verify_at(&token, NOW).is_ok());
    let value: serde_json::Value = serde_json::from_str("1.5").unwrap();
    assert_eq!(Json::from_serialize(&value).unwrap(), double(1.5));
    assert_eq!(serde_json::from_value::<Json>(value).unwrap(), double(1.5));
}

#[test]
fn claims_of_another_type_are_rejected() {
    #[derive(Debug, Deserialize)]
    struct Who {
        sub: String,
        exp: i64,
        nothing: Option<u8>,
    }

    let claims = verifier().verify_at(&mint(&json!({"amount": "a"})).unwrap(), NOW).unwrap();
    let error = claims.deserialize::<Purchase>().unwrap_err();
    assert_eq!(error.code(), "unexpected_form");
    let who: Who = claims.deserialize().unwrap();
    assert_eq!((who.sub.as_str(), who.exp, who.nothing), ("kevin", 1_700_000_300, None));
}

#[test]
fn values_are_read_strictly() {
    let read = |text: &str| serde_json::from_str::<Json>(text);
    assert!(read(r#"{"a": 1, "a": 1}"#).unwrap_err().to_string().contains("duplicate key `a`"));
    assert!(serde_json::from_str::<Object>("[1]").unwrap_err().to_string().contains("an object is expected"));
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert!(read(&nested(64)).is_ok());
    assert!(read(&nested(65)).unwrap_err().to_string().contains("64"));
    assert_eq!(read("[18446744073709551615, 1e2, -5]").unwrap().to_string(), "[18446744073709551615,100,-5]");
}

#[test]
fn a_body_is_read_with_the_checks_of_its_type() {
    let template: Template = serde_json::from_str(TEMPLATE).unwrap();
    assert_eq!(
        serde_json::to_value(&template).unwrap(),
        serde_json::from_str::<serde_json::Value>(TEMPLATE).unwrap()
    );
    let error = serde_json::from_value::<Template>(json!({"approvalType": "ask"})).unwrap_err();
    assert_eq!(error.to_string(), Template::parse(r#"{"approvalType": "ask"}"#).unwrap_err().to_string());
    let body: RequestBody =
        serde_json::from_value(json!({"templateId": "REFUND", "metaData": {"amount": 1654}})).unwrap();
    assert!(serde_json::from_value::<RequestBody>(json!({"templateId": "REFUND", "metadata": {}})).is_err());
    let people: Directory =
        serde_json::from_value(json!({"people": [{"email": "ann@example.com", "active": true}]})).unwrap();
    assert!(
        serde_json::from_value::<Directory>(
            json!({"people": [{"email": "ann@example.com", "active": null}]})
        )
        .is_err()
    );

    let origin = Origin::new("shop", "kevin").unwrap();
    let id: Id = "018bcfe5-6800-7000-8000-000000000001".parse().unwrap();
    let at = |id: Id| At { now: NOW, id };
    let request_id: Id = "018bcfe5-6800-7000-8000-000000000002".parse().unwrap();
    let mut request = ApprovalRequest::open_at(&template, &body, &origin, &people, at(request_id)).unwrap();
    assert_eq!(request.text(), "Refund 1654 to kevin.");
    let decision = Decision::approve("ann@example.com", request.content_hash());
    request.decide_at(&decision, &people, at(id)).unwrap();
    let act: Act = serde_json::from_value(json!({"metaData": {"amount": 1654}})).unwrap();
    request.consume_at(&act, NOW).unwrap();

    for event in request.events_since(0) {
        assert_eq!(Json::from_serialize(event).unwrap().to_canonical(), event.to_text());
    }
    let grant = request.grant().unwrap();
    assert_eq!(
        serde_json::to_value(grant).unwrap(),
        json!({"id": id.to_string(), "issuedAt": 1_700_000_000, "expiresAt": grant.expires_at().seconds(), "consumedAt": 1_700_000_000}),
    );
    assert_eq!(
        serde_json::to_value(request.content_hash()).unwrap(),
        json!(request.content_hash().to_string())
    );
    assert_eq!(serde_json::to_value(request.status(NOW)).unwrap(), json!("approved"));
    let error = request.consume_at(&act, NOW).unwrap_err();
    assert_eq!(serde_json::to_value(&error).unwrap()["code"], json!("grant_consumed"));
}

proptest! {
    #[test]
    fn any_value_goes_through_serde_unchanged(value in values::json()) {
        prop_assert_eq!(Json::from_serialize(&value).unwrap().to_string(), value.to_string());
        prop_assert_eq!(&value.deserialize_into::<Json>().unwrap(), &value);
        let text = serde_json::to_string(&value).unwrap();
        prop_assert_eq!(serde_json::from_str::<Json>(&text).unwrap().to_string(), value.to_string());
        let theirs: serde_json::Value = value.deserialize_into().unwrap();
        prop_assert_eq!(Json::from_serialize(&theirs).unwrap().to_canonical(), value.to_canonical());
    }
}
