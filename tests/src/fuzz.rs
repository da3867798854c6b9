//! What the fuzzers of `tests/fuzz/` do with an input; the corpora they have found run as an ordinary test.

use std::sync::LazyLock;

use jit_approvals::{
    AccessTokenVerifier, Json, Limits, Minter, SigningKey, UnixTime, UnverifiedToken, Verifier, jws,
};

/// What a fuzz target does with an input.
pub type Target = fn(&[u8]);

/// Every fuzz target, by its name.
pub const TARGETS: &[(&str, Target)] = &[("token", token)];

const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);

static KEY: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::from_bytes(&(0..32).collect::<Vec<u8>>()).expect("a key"));

/// The input as a token, as a key, as a signed payload, as claims.
///
/// # Panics
///
/// When something does not hold: that is what the fuzzer looks for.
pub fn token(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        read(text);
    }
    let signed = jws::sign(&KEY, r#"{"typ":"JWT","alg":"HS256"}"#, input).expect("any bytes can be signed");
    if signed.len() > jws::MAX_LENGTH {
        return;
    }
    assert_eq!(jws::verify(&*KEY, &signed).expect("our own").payload, input);
    if let Ok(claims) = verifier().verify_at(&signed, NOW) {
        let again = Json::parse(&claims.as_object().to_string()).expect("our own text");
        assert_eq!(again.to_canonical(), Json::from(claims.into_object()).to_canonical());
    }
    let value = Json::parse_within(input, Limits { depth: jws::MAX_DEPTH, ..Limits::default() });
    if serde_json::from_slice::<serde_json::Value>(input).is_err() {
        assert!(value.is_err(), "stricter than serde_json in all it refuses");
    }
    if let Ok(Json::Object(claims)) = value {
        mint(&claims);
    }
}

fn read(text: &str) {
    let unverified = UnverifiedToken::parse(text);
    if let Ok(verified) = verifier().verify_at(text, NOW) {
        assert_eq!(unverified.expect("verified").claims(), verified.as_object());
    }
    let _ = AccessTokenVerifier::new(&*KEY, "host", "shop").verify_at(text, NOW);
    if let Ok(key) = SigningKey::from_base64(text) {
        let signed = jws::sign(&key, r#"{"alg":"HS256"}"#, b"").expect("signs");
        assert!(jws::verify(&key, &signed).is_ok() && !format!("{key:?}").contains(text));
    }
}

fn mint(claims: &jit_approvals::Object) {
    let minter = Minter::new(&KEY, "shop", "host").expect("a minter");
    let Ok(token) = minter.mint_at("kevin", claims, NOW, "id") else { return };
    if token.len() <= jws::MAX_LENGTH {
        let read = Verifier::new(&*KEY, "shop", "host").verify_at(&token, NOW).expect("our own");
        assert!(claims.iter().all(|(name, value)| read.get(name) == Some(value)));
    }
}

fn verifier() -> Verifier {
    Verifier::new(&*KEY, "", "").any_issuer().any_audience()
}
