//! `cargo xtask bench token`: compares minting and verifying with `jsonwebtoken`, and minting with its lower bound, the
//! HMAC.
#![allow(missing_docs, reason = "a program")]

use std::hint::black_box;
use std::time::{SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit as _, Mac as _};
use jit_approvals::json::Object;
use jit_approvals::{Minter, SigningKey, Verifier};
use jit_approvals_tests::bench::Bench;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

const ISSUER: &str = "https://app.example.com";
const AUDIENCE: &str = "api.example.com";
const SUBJECT: &str = "user@example.com";
const KEY: [u8; 32] = [7; 32];

/// The claims of the published sample.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    jti: String,
    iat: u64,
    exp: u64,
    nbf: u64,
    other_claim: String,
}

fn main() {
    let mut bench = Bench::new("token");
    let key = SigningKey::from_bytes(&KEY).expect("a key");
    let minter = Minter::builder(&key).issuer(ISSUER).audience(AUDIENCE).build().expect("a minter");
    let claims = Object::new().with("otherClaim", "claimValue");
    let token = minter.mint(SUBJECT, &claims).expect("a token");
    mint(&mut bench, &minter, &claims, &token);
    verify(&mut bench, &key, &token);
    bench.finish();
}

fn mint(bench: &mut Bench, minter: &Minter, claims: &Object, token: &str) {
    let mut ours = || {
        black_box(minter.mint(SUBJECT, claims).expect("mints"));
    };
    let subjects = vec![SUBJECT; 100];
    let mut many = || {
        black_box(minter.mint_many(&subjects, claims).expect("mints"));
    };
    let mut single = || {
        for subject in &subjects {
            black_box(minter.mint(subject, claims).expect("mints"));
        }
    };
    bench.faster_than("mint 100 at once", &mut many, ("one by one", &mut single));
    let (header, key) = (Header::new(Algorithm::HS256), EncodingKey::from_secret(&KEY));
    let mut jsonwebtoken = || {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: SUBJECT.to_owned(),
            jti: uuid::Uuid::new_v4().to_string(),
            iat: now,
            exp: now + 300,
            nbf: now - 60,
            other_claim: "claimValue".to_owned(),
        };
        black_box(encode(&header, &claims, &key).expect("encodes"));
    };
    bench.faster_than(
        "mint, fresh jti and clock",
        &mut ours,
        ("jsonwebtoken, fresh uuid and clock", &mut jsonwebtoken),
    );
    let signed = token.rsplit_once('.').expect("a signature").0.as_bytes();
    let prepared = Hmac::<Sha256>::new_from_slice(&KEY).expect("a key");
    let mut floor = || {
        let mut mac = prepared.clone();
        mac.update(black_box(signed));
        black_box(mac.finalize().into_bytes());
    };
    bench.above_floor(
        "mint, fresh jti and clock",
        &mut ours,
        ("HMAC of a prepared key over the same bytes", &mut floor),
    );
}

fn verify(bench: &mut Bench, key: &SigningKey, token: &str) {
    let verifier =
        Verifier::builder(key).issuer(ISSUER).audience(AUDIENCE).require_subject().build().unwrap();
    let mut ours = || {
        black_box(verifier.verify(black_box(token)).expect("verifies"));
    };
    let key = DecodingKey::from_secret(&KEY);
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
    validation.validate_nbf = true;
    let mut jsonwebtoken = || {
        black_box(decode::<Claims>(black_box(token), &key, &validation).expect("decodes"));
    };
    bench.faster_than("verify to claims", &mut ours, ("jsonwebtoken, to a struct", &mut jsonwebtoken));
}
