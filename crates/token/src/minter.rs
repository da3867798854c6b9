//! Minting auth tokens.

use std::time::SystemTime;

use jit_approvals_base::{Error, Id, Json, Object, Plain, UnixTime};

use crate::claims::is_registered;
use crate::mac::Mac;
use crate::{Result, SigningKey, base64url, errors, jws};

const HEADER: &str = r#"{"typ":"JWT","alg":"HS256"}"#;

/// Mints an application's auth tokens. What does not change between tokens, the encoded prefix and the hash
/// of it, is computed once.
///
/// The token is the one that the published njwt sample mints with the same clock and `jti`: `iss`, `aud`,
/// `sub`, `jti`, `iat`, `exp`, `nbf`, then the given claims.
#[derive(Clone)]
pub struct Minter {
    key: SigningKey,
    lifetime: i64,
    backdate: i64,
    prefix: Prefix,
}

impl Minter {
    /// How long a token lives unless told, in seconds.
    pub const LIFETIME_SECONDS: u32 = 300;

    /// The longest life of a token, in seconds.
    pub const MAX_LIFETIME_SECONDS: u32 = 86_400;

    /// By how much `nbf` lies before the present unless told, in seconds, for verifiers whose clock is late.
    pub const BACKDATE_SECONDS: u32 = 60;

    /// A minter for the application `issuer`, of tokens meant for `audience`: the host that takes its requests.
    ///
    /// # Errors
    ///
    /// `invalid_claim` if one of them is empty.
    pub fn new(key: &SigningKey, issuer: &str, audience: &str) -> Result<Self> {
        for (claim, value) in [("iss", issuer), ("aud", audience)] {
            if value.is_empty() {
                return Err(empty(claim));
            }
        }
        Ok(Self {
            key: key.clone(),
            lifetime: Self::LIFETIME_SECONDS.into(),
            backdate: Self::BACKDATE_SECONDS.into(),
            prefix: Prefix::new(key, issuer, audience),
        })
    }

    /// The same minter, of tokens that live so many seconds: 1 to 86,400.
    ///
    /// # Errors
    ///
    /// `out_of_range`
    pub fn lifetime_seconds(self, seconds: u32) -> Result<Self> {
        let lifetime = within(seconds, 1, Self::MAX_LIFETIME_SECONDS, "lifetimeSeconds")?;
        Ok(Self { lifetime, ..self })
    }

    /// The same minter, of tokens whose `nbf` lies so many seconds back: 0 to 86,400. `iat` stays the present.
    ///
    /// # Errors
    ///
    /// `out_of_range`
    pub fn backdate_seconds(self, seconds: u32) -> Result<Self> {
        let backdate = within(seconds, 0, Self::MAX_LIFETIME_SECONDS, "backdateSeconds")?;
        Ok(Self { backdate, ..self })
    }

    /// Mints a token for this subject, the user on whose behalf the application asks, with these claims.
    ///
    /// # Errors
    ///
    /// `invalid_claim` for an empty subject, `reserved_claim` for a claim that the minter sets,
    /// `random_unavailable`.
    pub fn mint(&self, subject: &str, claims: &Object) -> Result<String> {
        let now = SystemTime::now();
        self.mint_at(subject, claims, now.into(), Id::v4_at(now)?.encode(&mut [0; 36]))
    }

    /// Mints a token at this time with this `jti`.
    ///
    /// # Errors
    ///
    /// As [`Minter::mint`].
    pub fn mint_at(&self, subject: &str, claims: &Object, now: UnixTime, jti: &str) -> Result<String> {
        if subject.is_empty() {
            return Err(empty("sub"));
        }
        let mut index_keys = false;
        for name in claims.keys() {
            if is_registered(name) {
                return Err(errors::reserved_claim(name).with_field(name));
            }
            index_keys |= name.starts_with(|first: char| first.is_ascii_digit());
        }
        if index_keys {
            return self.mint_reordered(subject, claims, now, jti);
        }
        let mut rest = String::with_capacity(192 + subject.len() + 32 * claims.len());
        self.write_rest(subject, claims, now, jti, &mut rest);
        let prefix = &self.prefix.encoded;
        let mut token = Vec::with_capacity(prefix.len() + rest.len() * 4 / 3 + 48);
        token.extend_from_slice(prefix);
        base64url::encode_to(rest.as_bytes(), &mut token);
        Ok(jws::finish(&self.prefix.mac, token))
    }

    /// The claims' text behind the prepared prefix.
    fn write_rest(&self, subject: &str, claims: &Object, now: UnixTime, jti: &str, rest: &mut String) {
        rest.push_str(&self.prefix.rest);
        Json::write_string_to(subject, rest);
        rest.push_str(",\"jti\":");
        Json::write_string_to(jti, rest);
        for (name, time) in [",\"iat\":", ",\"exp\":", ",\"nbf\":"].into_iter().zip(self.times(now)) {
            rest.push_str(name);
            Json::write_integer_to(time.seconds(), rest);
        }
        for (name, value) in claims.iter() {
            rest.push(',');
            Json::write_string_to(name, rest);
            rest.push(':');
            value.write_to(rest);
        }
        rest.push('}');
    }

    /// ECMAScript puts keys that look like an array's indices before all others: no prefix can be prepared.
    fn mint_reordered(&self, subject: &str, claims: &Object, now: UnixTime, jti: &str) -> Result<String> {
        let [issued_at, expires_at, not_before] = self.times(now);
        let mut payload = Object::new()
            .with("iss", &*self.prefix.issuer)
            .with("aud", &*self.prefix.audience)
            .with("sub", subject)
            .with("jti", jti)
            .with("iat", issued_at)
            .with("exp", expires_at)
            .with("nbf", not_before);
        for (name, value) in claims.iter() {
            payload.insert(name, value.clone());
        }
        jws::sign(&self.key, HEADER, Json::from(payload).to_string().as_bytes())
    }

    /// `iat`, `exp`, `nbf`
    fn times(&self, now: UnixTime) -> [UnixTime; 3] {
        [now, now.plus(self.lifetime), now.minus(self.backdate)]
    }
}

impl std::fmt::Debug for Minter {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Minter")
            .field("key", &self.key)
            .field("issuer", &self.prefix.issuer)
            .field("audience", &self.prefix.audience)
            .field("lifetime_seconds", &self.lifetime)
            .field("backdate_seconds", &self.backdate)
            .finish()
    }
}

/// The part of every token that comes before its subject.
#[derive(Clone)]
struct Prefix {
    issuer: String,
    audience: String,
    /// The encoded header and as much of the encoded claims as makes whole groups of three bytes.
    encoded: Vec<u8>,
    /// The state that has taken the whole blocks of `encoded`.
    mac: Mac,
    /// The up to two bytes of the claims that are left over.
    rest: String,
}

impl Prefix {
    fn new(key: &SigningKey, issuer: &str, audience: &str) -> Self {
        let mut claims = "{\"iss\":".to_owned();
        Json::write_string_to(issuer, &mut claims);
        claims.push_str(",\"aud\":");
        Json::write_string_to(audience, &mut claims);
        claims.push_str(",\"sub\":");
        // The last seven characters are ASCII, so this is a character's boundary.
        let rest = claims.split_off(claims.len() / 3 * 3);
        let mut encoded = Vec::new();
        base64url::encode_to(HEADER.as_bytes(), &mut encoded);
        encoded.push(b'.');
        base64url::encode_to(claims.as_bytes(), &mut encoded);
        let mac = key.mac().prepared(&encoded);
        Self { issuer: issuer.to_owned(), audience: audience.to_owned(), encoded, mac, rest }
    }
}

fn empty(claim: &str) -> Error {
    errors::invalid_claim(claim, Plain("a string that is not empty")).with_field(claim)
}

fn within(seconds: u32, least: u32, most: u32, option: &str) -> Result<i64> {
    if (least..=most).contains(&seconds) {
        Ok(seconds.into())
    } else {
        let range = format!("between {least} and {most}");
        Err(jit_approvals_base::errors::out_of_range(option, Plain(range)).with_field(option))
    }
}
