//! Compares our tokens with those of the real njwt. Needs Node.js and the package; `cargo xtask test rust` installs the
//! package.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use jit_approvals::json::{Json, Object};
use jit_approvals::{Jwt, Minter, SigningKey, UnixTime, Verifier};
use jit_approvals_tests::values;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

const NOW: i64 = 1_700_000_000;
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const JTI: &str = "3f2b8c1e-9d47-4a6b-8e55-0c1d2e3f4a5b";

/// Returns the answers of njwt, or `None` if it is not installed.
fn njwt(requests: &[Object]) -> Option<Vec<Json>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("njwt");
    if !folder.join("node_modules/njwt").exists() {
        eprintln!("skipped: `npm ci --prefix tests/njwt` installs the real njwt");
        assert!(std::env::var_os("CI").is_none(), "CI needs njwt");
        return None;
    }
    let mut node = Command::new("node")
        .arg(folder.join("interop.cjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = node.stdin.take().unwrap();
    let lines = requests.iter().map(|request| format!("{request}\n")).collect::<Vec<_>>().concat();
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = node.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Json> = text.lines().map(|line| Json::parse(line).unwrap()).collect();
    assert_eq!(answers.len(), requests.len());
    Some(answers)
}

fn generated<T: std::fmt::Debug>(
    values: &impl proptest::strategy::Strategy<Value = T>,
    count: usize,
) -> Vec<T> {
    let mut runner = TestRunner::default();
    (0..count).map(|_| values.new_tree(&mut runner).unwrap().current()).collect()
}

#[test]
fn tokens_are_the_same_byte_for_byte() {
    let key = SigningKey::from_base64(KEY).unwrap();
    let cases = generated(&(values::claims(), values::key(), values::json(), 0..4_000_000_000_i64), 400);
    let cases = cases.into_iter().filter(|(_, name, ..)| name != "__proto__").collect::<Vec<_>>();
    let request = |(claims, name, value, expires_at): &(Object, String, Json, i64)| {
        Object::new()
            .with("op", "mint")
            .with("claims", claims.to_string())
            .with("key", KEY)
            .with("now", NOW)
            .with("jti", JTI)
            .with("expiresAt", *expires_at)
            .with("claim", vec![Json::from(name.as_str()), value.clone()])
    };
    let Some(answers) = njwt(&cases.iter().map(request).collect::<Vec<_>>()) else { return };
    for ((claims, name, value, expires_at), answer) in cases.iter().zip(answers) {
        let mut jwt =
            Jwt::create_at(claims.clone(), UnixTime::from_seconds(NOW), "replaced by the next call");
        jwt.set_jti(JTI);
        // njwt interprets 0 as no time.
        jwt.set_expiration((*expires_at != 0).then(|| UnixTime::from_seconds(*expires_at)));
        jwt.set_claim(name, value.clone());
        let token = answer.get("token").and_then(Json::as_str);
        assert_eq!(token, Some(jwt.compact(&key).unwrap().as_str()), "{claims} {name} {value}");
    }
}

#[test]
fn njwt_verifies_our_tokens_and_rejects_changed_ones() {
    let key = SigningKey::from_base64(KEY).unwrap();
    let minter = Minter::builder(&key).issuer("shop").audience("host").build().unwrap();
    let verifier = Verifier::builder(&key).issuer("shop").audience("host").build().unwrap();
    let now = UnixTime::from_seconds(NOW);
    let claims =
        generated(&values::claims().prop_filter("keys alike", |claims| !claims.contains_key("")), 200);
    let tokens: Vec<String> =
        claims.iter().map(|claims| minter.mint_at("kevin", claims, now, JTI).unwrap()).collect();
    let verify = |token: &str| {
        Object::new().with("op", "verify").with("token", token).with("key", KEY).with("now", NOW)
    };
    let mut requests: Vec<Object> = tokens.iter().map(|token| verify(token)).collect();
    let (signed, signature) = tokens[0].rsplit_once('.').unwrap();
    requests.push(verify(&format!("{signed}.{}", signature.chars().rev().collect::<String>())));
    let Some(answers) = njwt(&requests) else { return };
    for (token, answer) in tokens.iter().zip(&answers) {
        let ours = verifier.verify_at(token, now).unwrap().into_object();
        assert_eq!(answer.get("body").unwrap().to_canonical(), Json::from(ours).to_canonical());
    }
    let rejected = answers.last().unwrap().get("error").unwrap().as_str();
    assert_eq!(rejected, Some("Signature verification failed"));
}
