//! Runs the operations of keys and tokens.

use jit_approvals::json::{Json, Object};
use jit_approvals::token::{AccessToken, KeyRing, jws};
use jit_approvals::{AccessTokenVerifier, Jwt, Minter, Result, SigningKey, UnixTime, Verifier};

use crate::given::Given;

pub(crate) fn key_from_base64(given: &Given<'_>) -> Result<Json> {
    let least = usize::try_from(given.integer("leastBytes")).unwrap();
    let key = SigningKey::from_base64_with_at_least(given.text("text"), least)?;
    if least == SigningKey::MIN_BYTES {
        SigningKey::from_base64(given.text("text"))?;
    }
    let signed = jws::sign(&key, r#"{"alg":"HS256"}"#, b"")?;
    Ok(Object::new().with("signs", signed).into())
}

pub(crate) fn verify_jws(given: &Given<'_>) -> Result<Json> {
    let verified = jws::verify(keys(given)?, given.text("token"))?;
    let payload = String::from_utf8(verified.payload).unwrap();
    Ok(Object::new().with("header", verified.header).with("payload", payload).into())
}

pub(crate) fn create(given: &Given<'_>) -> Result<Json> {
    // njwt accepts keys of any length except 0.
    let key = SigningKey::from_base64_with_at_least(given.text("key"), 1)?;
    let claims = Json::parse(given.text("claims"))?.as_object().cloned().unwrap();
    let now = UnixTime::from_millis(given.integer("nowMillis"));
    let mut jwt = Jwt::create_at(claims, now, given.text("jti"));
    for call in given.array("calls") {
        set(&mut jwt, call.as_array().unwrap());
    }
    Ok(Object::new().with("token", jwt.compact(&key)?).into())
}

/// Calls a setter with the arguments of njwt. Times are in milliseconds.
fn set(jwt: &mut Jwt, call: &[Json]) {
    let text = |index: usize| call[index].as_str().unwrap();
    let time =
        || call.get(1).map(|millis| UnixTime::from_millis(millis.as_number().unwrap().as_i64().unwrap()));
    match text(0) {
        "setExpiration" => jwt.set_expiration(time()),
        "setNotBefore" => jwt.set_not_before(time()),
        "setIssuedAt" => jwt.set_issued_at(call[1].clone()),
        "setIssuer" => jwt.set_issuer(text(1)),
        "setSubject" => jwt.set_subject(text(1)),
        "setJti" => jwt.set_jti(text(1)),
        "setClaim" => jwt.set_claim(text(1), call[2].clone()),
        "setHeader" => jwt.set_header(text(1), call[2].clone()),
        other => panic!("unknown setter `{other}`"),
    };
}

pub(crate) fn mint(given: &Given<'_>) -> Result<Json> {
    let mut key = SigningKey::from_base64(given.text("key"))?;
    if given.optional("keyId").is_some() {
        key = key.with_id(given.text("keyId"));
    }
    let mut minter = Minter::builder(&key).issuer(given.text("issuer")).audience(given.text("audience"));
    if let Some(lifetime) = given.duration("lifetimeSeconds") {
        minter = minter.lifetime(lifetime);
    }
    if let Some(backdate) = given.duration("backdateSeconds") {
        minter = minter.backdate(backdate);
    }
    let (subject, claims) = (given.text("subject"), given.object("claims"));
    let token = minter.build()?.mint_at(subject, claims, given.time("now"), given.text("jti"))?;
    Ok(Object::new().with("token", token).into())
}

pub(crate) fn verify(given: &Given<'_>) -> Result<Json> {
    let mut verifier = Verifier::builder(keys(given)?);
    verifier = match given.optional("issuer") {
        Some(_) => verifier.issuer(given.text("issuer")),
        None => verifier.any_issuer(),
    };
    verifier = match given.optional("audience") {
        Some(Json::Array(several)) => verifier.audiences(several.iter().filter_map(Json::as_str)),
        Some(_) => verifier.audience(given.text("audience")),
        None => verifier.any_audience(),
    };
    if let Some(leeway) = given.duration("leewaySeconds") {
        verifier = verifier.leeway(leeway);
    }
    if let Some(lifetime) = given.duration("maxLifetimeSeconds") {
        verifier = verifier.max_lifetime(lifetime);
    }
    if given.optional("requireSubject").is_some() {
        verifier = verifier.require_subject();
    }
    let claims = verifier.build()?.verify_at(given.text("token"), given.time("now"))?;
    let mut object = Object::new().with("claims", claims.as_object().clone());
    if let Some(id) = claims.key_id() {
        object.insert("keyId", id);
    }
    Ok(object.into())
}

pub(crate) fn sign_access_token(given: &Given<'_>) -> Result<Json> {
    let token = AccessToken::from_json(given.value("grant"))?;
    Ok(Object::new().with("token", token.sign(&key(&given.inner("key"))?)?).into())
}

pub(crate) fn verify_access_token(given: &Given<'_>) -> Result<Json> {
    let mut verifier = AccessTokenVerifier::builder(keys(given)?)
        .issuer(given.text("issuer"))
        .application(given.text("application"));
    if let Some(leeway) = given.duration("leewaySeconds") {
        verifier = verifier.leeway(leeway);
    }
    let token = verifier.build()?.verify_at(given.text("token"), given.time("now"))?;
    Ok(Object::new().with("grant", token.to_json()).into())
}

fn keys(given: &Given<'_>) -> Result<KeyRing> {
    let keys = given.array("keys").iter().map(|value| key(&Given(value)));
    KeyRing::new(keys.collect::<Result<Vec<_>>>()?)
}

fn key(given: &Given<'_>) -> Result<SigningKey> {
    let key = SigningKey::from_base64(given.text("key"))?;
    Ok(match given.optional("id") {
        Some(_) => key.with_id(given.text("id")),
        None => key,
    })
}
