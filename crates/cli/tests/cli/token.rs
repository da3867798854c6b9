//! Tests `jit-approvals key` and `jit-approvals token` as processes.

use jit_approvals::json::{Json, Object};
use jit_approvals::{Minter, SigningKey, Verifier};

use crate::command::{Command, folder};

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn key() -> SigningKey {
    SigningKey::from_base64(KEY).unwrap()
}

fn mint() -> Command {
    Command::new(["token", "mint", "--issuer", "shop", "--audience", "host", "--subject", "kevin"])
}

fn verify() -> Command {
    Command::new(["token", "verify", "--issuer", "shop", "--audience", "host"])
}

#[test]
fn a_new_key_mints_and_verifies() {
    let folder = folder("key");
    let path = folder.join("shop.key");
    let path = path.to_str().unwrap();
    assert_eq!(Command::new(["key", "new", "--out", path]).succeeds(), "");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let before = std::fs::read_to_string(path).unwrap();
    assert!(Command::new(["key", "new", "--out", path]).fails_with(1).contains("shop.key"));
    assert_eq!(std::fs::read_to_string(path).unwrap(), before, "a key file is never overwritten");
    let token = mint().and(["--key-file", path, "--claim", "tier=gold=yes"]).succeeds();
    let claims = verify().and(["--key-file", path, "--json"]).reading(&token).succeeds();
    let claims = Json::parse(&claims).unwrap();
    let claim = |name| claims.get("claims").unwrap().get(name).cloned();
    assert_eq!((claim("sub"), claim("tier")), (Some("kevin".into()), Some("gold=yes".into())));
    let printed = Command::new(["key", "new"]).succeeds();
    assert!(SigningKey::from_base64(&printed).is_ok() && printed != Command::new(["key", "new"]).succeeds());
}

#[test]
fn the_library_reads_what_the_command_mints() {
    let folder = folder("mint");
    let path = folder.join("claims.json");
    std::fs::write(&path, r#"{"z": {"a": [1]}, "tier": "silver"}"#).unwrap();
    let token = mint()
        .and([
            "--claims",
            path.to_str().unwrap(),
            "--claim",
            "tier=gold",
            "--lifetime-seconds",
            "60",
            "--json",
        ])
        .with("SIGNING_KEY", KEY)
        .succeeds();
    let token = Json::parse(&token).unwrap();
    let claims = Verifier::builder(key())
        .issuer("shop")
        .audience("host")
        .build()
        .unwrap()
        .verify(token.get("token").unwrap().as_str().unwrap())
        .unwrap();
    assert_eq!(claims.expires_at().seconds() - claims.issued_at().unwrap().seconds(), 60);
    let custom: Object = claims.custom().map(|(name, value)| (name, value.clone())).collect();
    assert_eq!(custom.to_string(), r#"{"z":{"a":[1]},"tier":"gold"}"#);
}

#[test]
fn the_command_verifies_what_the_library_mints() {
    let token = Minter::builder(&key())
        .issuer("shop")
        .audience("host")
        .build()
        .unwrap()
        .mint("kevin", &Object::new())
        .unwrap();
    let page = verify().and([&token]).with("SIGNING_KEY", KEY).succeeds();
    assert!(page.contains("the token is valid") && page.contains("kevin"), "{page}");
    for (arguments, code) in [
        (["--issuer", "other", "--audience", "host"], "wrong_issuer"),
        (["--issuer", "shop", "--audience", "other"], "wrong_audience"),
    ] {
        let refused =
            Command::new(["token", "verify", "--json", &token]).and(arguments).with("SIGNING_KEY", KEY);
        let refused = Json::parse(&refused.fails_with(1)).unwrap();
        assert_eq!(refused.get("error").unwrap().get("code"), Some(&code.into()));
    }
    let other = verify().and([&token]).with("SIGNING_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    assert!(other.fails_with(1).contains("[invalid_signature]"));
    let access = verify().and(["--access-token", &token]).with("SIGNING_KEY", KEY);
    assert!(access.fails_with(1).contains("[wrong_token_type]"));
}

#[test]
fn a_grant_of_the_demo_is_an_access_token() {
    let document = Json::parse(&Command::new(["demo", "--json"]).succeeds()).unwrap();
    let token = document.get("accessToken").unwrap().as_str().unwrap();
    let page = Command::new(["token", "inspect", "--json"]).reading(token).succeeds();
    let page = Json::parse(&page).unwrap();
    assert_eq!(page.get("verified"), Some(&Json::from(false)));
    assert_eq!(page.get("header").unwrap().get("typ"), Some(&"jit-grant+jwt".into()));
    assert_eq!(page.get("claims"), document.get("accessTokenClaims"));
}

#[test]
fn inspecting_warns_that_the_token_is_not_verified() {
    // Any algorithm and signature is accepted: {"alg":"none"} and {"sub":"\u202egnp.exe"}.
    let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJcdTIwMmVnbnAuZXhlIn0.";
    let mut output = std::process::Command::new(env!("CARGO_BIN_EXE_jit-approvals"));
    let output = output.args(["token", "inspect", token]).output().unwrap();
    assert!(output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("NOT VERIFIED"));
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(
        page.contains("not verified") && page.contains("\\u{202e}") && !page.contains('\u{202e}'),
        "{page}"
    );
}

#[test]
fn wrong_usage_and_failure_have_different_exit_codes() {
    assert!(mint().fails_with(2).contains("SIGNING_KEY"));
    mint().and(["--key", KEY]).fails_with(2);
    mint().and(["--claim", "tier"]).with("SIGNING_KEY", KEY).fails_with(2);
    let refused = mint().and(["--claim", "exp=1"]).with("SIGNING_KEY", KEY).fails_with(1);
    assert!(refused.contains("[reserved_claim]"), "{refused}");
    assert!(
        mint()
            .and(["--lifetime-seconds", "0"])
            .with("SIGNING_KEY", KEY)
            .fails_with(1)
            .contains("[out_of_range]")
    );
    assert!(mint().and(["--key-file", "no/such/file"]).fails_with(1).contains("no/such/file"));
    let short = mint().with("SIGNING_KEY", "c2VjcmV0LXNlY3JldA==").fails_with(1);
    assert!(
        short.contains("[key_too_short]") && short.contains("SIGNING_KEY") && !short.contains("c2Vj"),
        "{short}"
    );
    let allowed = mint().and(["--min-key-bytes", "13"]).with("SIGNING_KEY", "c2VjcmV0LXNlY3JldA==");
    assert_eq!(allowed.succeeds().matches('.').count(), 2);
    verify().with("SIGNING_KEY", KEY).fails_with(1);
}

#[test]
fn shells_get_completions() {
    for shell in ["bash", "zsh", "fish"] {
        let script = Command::new(["completions", shell]).succeeds();
        assert!(script.contains("max-lifetime-seconds"), "{shell}");
    }
    Command::new(["completions", "tcsh"]).fails_with(2);
}
