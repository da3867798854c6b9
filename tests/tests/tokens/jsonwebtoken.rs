//! Tests that we and the `jsonwebtoken` crate read each other's tokens.

use jit_approvals::json::{Json, Object};
use jit_approvals::{Minter, SigningKey, UnixTime, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde_json::{Value, json};

const KEY: [u8; 40] = [9; 40];

#[test]
fn it_reads_what_we_mint() {
    let key = SigningKey::from_bytes(&KEY).unwrap();
    let claims = Object::new().with("otherClaim", Json::parse(r#"{"a": [1.5, "é"]}"#).unwrap());
    let token = Minter::builder(&key)
        .issuer("shop")
        .audience("host")
        .build()
        .unwrap()
        .mint("kevin", &claims)
        .unwrap();
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_issuer(&["shop"]);
    validation.set_audience(&["host"]);
    validation.validate_nbf = true;
    let read = decode::<Value>(&token, &DecodingKey::from_secret(&KEY), &validation).unwrap();
    assert_eq!(
        (&read.claims["sub"], &read.claims["otherClaim"]),
        (&json!("kevin"), &json!({"a": [1.5, "é"]}))
    );
    let other = DecodingKey::from_secret(&[8; 40]);
    assert!(decode::<Value>(&token, &other, &validation).is_err());
}

#[test]
fn we_read_what_it_mints() {
    let now = UnixTime::now().seconds();
    let claims = json!({"iss": "shop", "aud": ["host", "other"], "sub": "kevin", "exp": now + 300, "x": {"y": [null]}});
    let mint = |algorithm| encode(&Header::new(algorithm), &claims, &EncodingKey::from_secret(&KEY)).unwrap();
    let key = SigningKey::from_bytes(&KEY).unwrap();
    let verifier = Verifier::builder(&key).issuer("shop").audience("host").require_subject().build().unwrap();
    let read = verifier.verify(&mint(Algorithm::HS256)).unwrap();
    assert_eq!((read.subject(), read.expires_at().seconds()), (Some("kevin"), now + 300));
    assert_eq!(read.get("x").unwrap().to_string(), r#"{"y":[null]}"#);
    for algorithm in [Algorithm::HS384, Algorithm::HS512] {
        assert_eq!(verifier.verify(&mint(algorithm)).unwrap_err().code(), "unsupported_algorithm");
    }
}
