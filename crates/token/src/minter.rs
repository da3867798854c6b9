//! Mints auth tokens.

use std::time::{Duration, SystemTime};

use jit_approvals_base::errors::missing_member;
use jit_approvals_base::{Id, Json, Object, Plain, REGISTERED_CLAIMS, UnixTime};

use crate::claims::empty;
use crate::mac::Mac;
use crate::to_claims::ToClaims;
use crate::{Result, SigningKey, base64url, errors, jws};

const HEADER: &str = r#"{"typ":"JWT","alg":"HS256"}"#;

/// Mints an application's auth tokens. The encoded prefix and its hash do not change between tokens, so they are
/// computed only once.
///
/// For the same clock and `jti`, the token is the same as that of the published njwt sample: `iss`, `aud`, `sub`,
/// `jti`, `iat`, `exp`, `nbf`, then the given claims. The id of the key becomes the header's `kid`.
///
/// ```
/// # mod jit_approvals { pub use jit_approvals_base::UnixTime; pub use jit_approvals_token::*; pub use jit_approvals_base as json; }
/// use jit_approvals::json::Object;
/// use jit_approvals::{Minter, SigningKey};
///
/// let key = SigningKey::generate()?.with_id("2026-11");
/// let minter = Minter::builder(&key)
///     .issuer("shop.example.com")
///     .audience("approvals.example.com")
///     .build()?;
/// let token = minter.mint("kevin", &Object::new().with("tier", "gold"))?;
/// assert_eq!(token.split('.').count(), 3);
/// # Ok::<(), jit_approvals_base::Error>(())
/// ```
///
/// With the feature `serde`, claims can be any value that serializes to an object: a struct, a map or the result of
/// `json!`.
#[derive(Clone)]
pub struct Minter {
    key: SigningKey,
    lifetime: i64,
    backdate: i64,
    prefix: Prefix,
}

/// The settings of a [`Minter`]. Issuer and audience are required.
#[derive(Debug, Clone)]
#[must_use]
pub struct MinterBuilder {
    key: SigningKey,
    issuer: Option<String>,
    audience: Option<String>,
    lifetime: Duration,
    backdate: Duration,
}

impl MinterBuilder {
    /// Sets the application: the claim `iss`.
    pub fn issuer(self, issuer: impl Into<String>) -> Self {
        Self { issuer: Some(issuer.into()), ..self }
    }

    /// Sets the host that receives the application's requests: the claim `aud`.
    pub fn audience(self, audience: impl Into<String>) -> Self {
        Self { audience: Some(audience.into()), ..self }
    }

    /// Sets the lifetime of a token, in whole seconds: 1 s to 24 h, 300 s by default.
    pub fn lifetime(self, lifetime: Duration) -> Self {
        Self { lifetime, ..self }
    }

    /// Sets how long before the current time `nbf` is, in whole seconds: 0 to 24 h, 60 s by default. This helps
    /// verifiers with a slow clock. `iat` is always the current time.
    pub fn backdate(self, backdate: Duration) -> Self {
        Self { backdate, ..self }
    }

    /// Creates the minter.
    ///
    /// # Errors
    ///
    /// `missing_member` for a missing issuer or audience; `invalid_claim` for an empty one; `out_of_range`.
    pub fn build(self) -> Result<Minter> {
        let required = |name: Option<String>, member, claim| match name {
            Some(name) if name.is_empty() => Err(empty(claim)),
            Some(name) => Ok(name),
            None => Err(missing_member(member).with_field(member)),
        };
        let (issuer, audience) =
            (required(self.issuer, "issuer", "iss")?, required(self.audience, "audience", "aud")?);
        Ok(Minter {
            lifetime: within(self.lifetime, 1, Minter::MAX_LIFETIME_SECONDS, "lifetimeSeconds")?,
            backdate: within(self.backdate, 0, Minter::MAX_LIFETIME_SECONDS, "backdateSeconds")?,
            prefix: Prefix::new(&self.key, &issuer, &audience),
            key: self.key,
        })
    }
}

impl Minter {
    /// The default lifetime of a token, in seconds.
    pub const LIFETIME_SECONDS: u32 = 300;

    /// The maximum lifetime of a token, in seconds.
    pub const MAX_LIFETIME_SECONDS: u32 = 86_400;

    /// The default time between `nbf` and the current time, in seconds.
    pub const BACKDATE_SECONDS: u32 = 60;

    /// Creates a builder for a minter that signs with the given key.
    pub fn builder(key: &SigningKey) -> MinterBuilder {
        MinterBuilder {
            key: key.clone(),
            issuer: None,
            audience: None,
            lifetime: Duration::from_secs(Self::LIFETIME_SECONDS.into()),
            backdate: Duration::from_secs(Self::BACKDATE_SECONDS.into()),
        }
    }

    /// Mints a token for a subject, the user on whose behalf the application asks, with the given claims.
    ///
    /// # Errors
    ///
    /// `invalid_claim` for an empty subject; `reserved_claim` for a claim that the minter sets; `token_too_long` and
    /// `malformed_claims` for a token or claims that no verifier accepts; `random_unavailable`.
    pub fn mint(&self, subject: &str, claims: &(impl ToClaims + ?Sized)) -> Result<String> {
        let now = SystemTime::now();
        self.mint_with(subject, claims, now.into(), Jti::Made(Id::v4_at(now)?.encode(&mut [0; 36])))
    }

    /// Mints a token at the given time with the given `jti`.
    ///
    /// # Errors
    ///
    /// Those of [`Minter::mint`].
    pub fn mint_at(
        &self,
        subject: &str,
        claims: &(impl ToClaims + ?Sized),
        now: UnixTime,
        jti: &str,
    ) -> Result<String> {
        self.mint_with(subject, claims, now, Jti::Given(jti))
    }

    fn mint_with(
        &self,
        subject: &str,
        claims: &(impl ToClaims + ?Sized),
        now: UnixTime,
        jti: Jti<'_>,
    ) -> Result<String> {
        let mut rest = String::with_capacity(256);
        self.write_subject(subject, jti, &mut rest)?;
        if let Some(claims) = self.write_shared(claims, now, &mut rest)? {
            return self.mint_reordered(subject, &claims, now, jti);
        }
        self.sign(self.encode(&rest))
    }

    /// Mints a token for each subject, all at the current time and with the same claims. For a batch this is faster
    /// than single calls, because the clock is read and the claims are written only once.
    ///
    /// # Errors
    ///
    /// Those of [`Minter::mint`]. After an error, no token is returned.
    pub fn mint_many<S: AsRef<str>>(
        &self,
        subjects: impl IntoIterator<Item = S>,
        claims: &(impl ToClaims + ?Sized),
    ) -> Result<Vec<String>> {
        self.mint_many_at(subjects, claims, SystemTime::now().into())
    }

    /// Mints a token for each subject, all at the given time and with the same claims.
    ///
    /// # Errors
    ///
    /// Those of [`Minter::mint_many`].
    pub fn mint_many_at<S: AsRef<str>>(
        &self,
        subjects: impl IntoIterator<Item = S>,
        claims: &(impl ToClaims + ?Sized),
        at: UnixTime,
    ) -> Result<Vec<String>> {
        let now = SystemTime::now();
        let mut id = [0; 36];
        let (mut rest, mut shared) = (String::new(), String::new());
        if let Some(claims) = self.write_shared(claims, at, &mut shared)? {
            let mut mint = |subject: S| {
                let jti = Jti::Made(Id::v4_at(now)?.encode(&mut id));
                self.mint_reordered(subject.as_ref(), &claims, at, jti)
            };
            return subjects.into_iter().map(&mut mint).collect();
        }
        let mut mint = |subject: S| {
            rest.clear();
            let jti = Jti::Made(Id::v4_at(now)?.encode(&mut id));
            self.write_subject(subject.as_ref(), jti, &mut rest)?;
            rest.push_str(&shared);
            self.sign(self.encode(&rest))
        };
        subjects.into_iter().map(&mut mint).collect()
    }

    /// Writes the first part of the claims' text after the prepared prefix, up to `jti`. Each token of a batch has
    /// its own.
    fn write_subject(&self, subject: &str, jti: Jti<'_>, rest: &mut String) -> Result<()> {
        if subject.is_empty() {
            return Err(empty("sub"));
        }
        rest.push_str(&self.prefix.rest);
        Json::write_string_to(subject, rest);
        match jti {
            Jti::Given(jti) => {
                rest.push_str(",\"jti\":");
                Json::write_string_to(jti, rest);
            }
            Jti::Made(jti) => {
                rest.push_str(",\"jti\":\"");
                rest.push_str(jti);
                rest.push('"');
            }
        }
        Ok(())
    }

    /// Writes the rest of the claims' text, which the tokens of a batch share. Returns the claims if ECMAScript would
    /// write them in another order.
    fn write_shared(
        &self,
        claims: &(impl ToClaims + ?Sized),
        now: UnixTime,
        rest: &mut String,
    ) -> Result<Option<Object>> {
        for (name, time) in [",\"iat\":", ",\"exp\":", ",\"nbf\":"].into_iter().zip(self.times(now)) {
            rest.push_str(name);
            Json::write_integer_to(time.seconds(), rest);
        }
        rest.push(',');
        let start = rest.len();
        let mut reordered = false;
        claims.write_to(rest, &mut |name| {
            if REGISTERED_CLAIMS.contains(&name) {
                return Err(errors::reserved_claim(name).with_field(name));
            }
            // In ECMAScript, keys that look like array indices come before all others.
            reordered |= name.starts_with(|first: char| first.is_ascii_digit());
            Ok(())
        })?;
        if reordered {
            return Object::parse(&rest[start..]).map(Some);
        }
        // The members continue the object of the registered claims, so their opening brace is removed.
        if rest.len() > start + 2 {
            rest.remove(start);
        } else {
            rest.truncate(start - 1);
            rest.push('}');
        }
        Ok(None)
    }

    /// Returns the encoded token without its signature. `rest` is the claims' text after the prefix.
    fn encode(&self, rest: &str) -> Vec<u8> {
        let prefix = &self.prefix.encoded;
        let mut token = Vec::with_capacity(prefix.len() + rest.len() * 4 / 3 + 48);
        token.extend_from_slice(prefix);
        base64url::encode_to(rest.as_bytes(), &mut token);
        token
    }

    fn sign(&self, token: Vec<u8>) -> Result<String> {
        jws::check_unsigned(&token)?;
        let signature = self.prefix.mac.sign(&token[self.prefix.encoded.len()..]);
        Ok(jws::finish(token, &signature))
    }

    /// Mints a token with keys that look like array indices. ECMAScript puts them before all others, so the prepared
    /// prefix cannot be used.
    fn mint_reordered(&self, subject: &str, claims: &Object, now: UnixTime, jti: Jti<'_>) -> Result<String> {
        let (Jti::Made(jti) | Jti::Given(jti)) = jti;
        if subject.is_empty() {
            return Err(empty("sub"));
        }
        let [issued_at, expires_at, not_before] = self.times(now);
        let mut payload = Object::new()
            .with("iss", &*self.prefix.issuer)
            .with("aud", &*self.prefix.audience)
            .with("sub", subject)
            .with("jti", jti)
            .with("iat", issued_at)
            .with("exp", expires_at)
            .with("nbf", not_before);
        payload.append(claims);
        jws::sign(&self.key, &self.prefix.header, Json::from(payload).to_string().as_bytes())
    }

    /// Returns `iat`, `exp` and `nbf`.
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
    header: String,
    issuer: String,
    audience: String,
    /// The encoded header, and the encoded claims up to the last complete group of three bytes.
    encoded: Vec<u8>,
    /// The key's state after `encoded`.
    mac: Mac,
    /// The bytes of the claims that are not yet encoded, at most two.
    rest: String,
}

impl Prefix {
    fn new(key: &SigningKey, issuer: &str, audience: &str) -> Self {
        let mut claims = "{\"iss\":".to_owned();
        Json::write_string_to(issuer, &mut claims);
        claims.push_str(",\"aud\":");
        Json::write_string_to(audience, &mut claims);
        claims.push_str(",\"sub\":");
        // The last seven characters are ASCII, so this is a character boundary.
        let rest = claims.split_off(claims.len() / 3 * 3);
        let mut header = HEADER.to_owned();
        if let Some(id) = key.id() {
            header.truncate(header.len() - 1);
            header.push_str(",\"kid\":");
            Json::write_string_to(id, &mut header);
            header.push('}');
        }
        let mut encoded = Vec::new();
        base64url::encode_to(header.as_bytes(), &mut encoded);
        encoded.push(b'.');
        base64url::encode_to(claims.as_bytes(), &mut encoded);
        let mac = key.mac().after(&encoded);
        Self { header, issuer: issuer.to_owned(), audience: audience.to_owned(), encoded, mac, rest }
    }
}

/// The id of a token.
#[derive(Clone, Copy)]
enum Jti<'a> {
    /// A UUID that the minter created. It needs no escapes.
    Made(&'a str),
    /// Any text that the caller gave.
    Given(&'a str),
}

fn within(duration: Duration, least: u32, most: u32, option: &str) -> Result<i64> {
    let seconds = duration.as_secs();
    if (least.into()..=most.into()).contains(&seconds) {
        return Ok(i64::try_from(seconds).unwrap_or(i64::MAX));
    }
    let range = format!("between {least} and {most}");
    Err(jit_approvals_base::errors::out_of_range(option, Plain(range)).with_field(option))
}
