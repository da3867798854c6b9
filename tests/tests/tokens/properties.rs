//! Tests properties of every token.

use jit_approvals::json::{Json, Object};
use jit_approvals::token::jws;
use jit_approvals::{AccessTokenVerifier, Jwt, Minter, SigningKey, UnixTime, UnverifiedToken, Verifier};
use jit_approvals_tests::values;
use proptest::prelude::*;

const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);

fn key() -> SigningKey {
    SigningKey::from_bytes(&[5; 32]).unwrap()
}

fn verifier() -> Verifier {
    Verifier::builder(key()).issuer("shop").audience("host").require_subject().build().unwrap()
}

proptest! {
    #[test]
    fn minted_claims_come_back(
        claims in values::claims(), subject in "\\PC{1,40}", issuer in "\\PC{1,90}", jti in values::text(),
    ) {
        let minter = Minter::builder(&key()).issuer(&issuer).audience("host").build().unwrap();
        let token = minter.mint_at(&subject, &claims, NOW, &jti).unwrap();
        let read = Verifier::builder(key()).issuer(issuer.as_str()).audience("host").build().unwrap().verify_at(&token, NOW).unwrap();
        prop_assert_eq!(read.subject(), Some(subject.as_str()));
        prop_assert_eq!(read.id(), Some(jti.as_str()));
        let custom: Object = read.custom().map(|(name, value)| (name, value.clone())).collect();
        prop_assert_eq!(Json::from(custom).to_canonical(), Json::from(claims.clone()).to_canonical());
        // The njwt-compatible builder creates the same token with its setters.
        let usual = Object::new().with("iss", issuer).with("aud", "host").with("sub", subject);
        let mut jwt = Jwt::create_at(usual.with("jti", &*jti), NOW, &jti);
        jwt.set_expiration(Some(NOW.plus(300))).set_not_before(Some(NOW.minus(60)));
        for (name, value) in claims.iter() {
            jwt.set_claim(name, value.clone());
        }
        if !jti.is_empty() {
            prop_assert_eq!(jwt.compact(&key()).unwrap(), token);
        }
    }

    #[test]
    fn a_batch_gives_the_same_tokens_as_single_calls(
        subjects in prop::collection::vec("[a-z]{1,70}", 0..7), claims in values::claims(),
    ) {
        let minter = Minter::builder(&key()).issuer("shop").audience("host").build().unwrap();
        let tokens = minter.mint_many(&subjects, &claims).unwrap();
        prop_assert_eq!(tokens.len(), subjects.len());
        for (token, subject) in tokens.iter().zip(&subjects) {
            let read = verifier().verify(token).unwrap();
            let (id, at) = (read.id().unwrap(), read.issued_at().unwrap());
            prop_assert_eq!(&minter.mint_at(subject, &claims, at, id).unwrap(), token);
        }
        let ids: std::collections::HashSet<String> =
            tokens.iter().map(|token| verifier().verify(token).unwrap().id().unwrap().to_owned()).collect();
        prop_assert_eq!(ids.len(), tokens.len());
    }

    #[test]
    fn no_text_panics(text in "[A-Za-z0-9._=+/ -]{0,80}|\\PC{0,40}|([A-Za-z0-9_-]{0,40}\\.){2}[A-Za-z0-9_-]{43}") {
        prop_assert!(verifier().verify_at(&text, NOW).is_err());
        prop_assert!(AccessTokenVerifier::builder(key()).issuer("host").application("shop").build().unwrap().verify_at(&text, NOW).is_err());
        prop_assert!(jws::verify(key(), &text).is_err());
        let _ = UnverifiedToken::parse(&text);
        let _ = SigningKey::from_base64(&text);
    }

    #[test]
    fn no_signed_payload_panics(payload in prop::collection::vec(any::<u8>(), 0..60), header in values::object(values::json())) {
        let token = jws::sign(&key(), r#"{"alg":"HS256"}"#, &payload).unwrap();
        prop_assert_eq!(jws::verify(key(), &token).unwrap().payload, payload);
        let _ = verifier().verify_at(&token, NOW);
        // For any other members of the header, only our algorithm is accepted.
        let signed = jws::sign(&key(), &header.clone().with("alg", "HS256").to_string(), b"{}");
        let _ = verifier().verify_at(&signed.unwrap(), NOW);
        let other = jws::sign(&key(), &header.with("alg", "HS512").to_string(), b"{}");
        prop_assert!(other.is_err());
    }
}

#[test]
fn every_single_changed_bit_is_rejected() {
    let claims = Object::new().with("otherClaim", "claimValue");
    let token = Minter::builder(&key())
        .issuer("shop")
        .audience("host")
        .build()
        .unwrap()
        .mint_at("kevin", &claims, NOW, "j")
        .unwrap();
    assert!(verifier().verify_at(&token, NOW).is_ok());
    let mut changed = 0;
    for index in 0..token.len() {
        for bit in 0..8 {
            let mut bytes = token.clone().into_bytes();
            bytes[index] ^= 1 << bit;
            // A changed high bit makes the bytes invalid UTF-8, which no language accepts as a token.
            let Ok(text) = String::from_utf8(bytes) else { continue };
            assert!(verifier().verify_at(&text, NOW).is_err(), "bit {bit} at {index}");
            changed += 1;
        }
    }
    assert_eq!(changed, token.len() * 7);
}

#[test]
fn every_removed_or_doubled_character_is_rejected() {
    let token = Minter::builder(&key())
        .issuer("shop")
        .audience("host")
        .build()
        .unwrap()
        .mint_at("kevin", &Object::new(), NOW, "j")
        .unwrap();
    for index in 0..token.len() {
        let (before, after) = token.split_at(index);
        assert!(verifier().verify_at(&format!("{before}{}", &after[1..]), NOW).is_err());
        assert!(verifier().verify_at(&format!("{before}{}{after}", &after[..1]), NOW).is_err());
        assert!(verifier().verify_at(before, NOW).is_err());
    }
}

#[test]
fn a_megabyte_is_rejected_before_it_is_read() {
    let token = "a".repeat(1 << 20);
    for text in [token.clone(), format!("{token}.{token}.{token}"), ".".repeat(1 << 20)] {
        assert_eq!(verifier().verify_at(&text, NOW).unwrap_err().code(), "token_too_long");
        assert_eq!(UnverifiedToken::parse(&text).unwrap_err().code(), "token_too_long");
    }
}
