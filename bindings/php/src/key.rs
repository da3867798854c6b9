//! Signing keys.

use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, Zval};
use jit_approvals::bindings::{Plain, errors};
use jit_approvals::token::KeyRing;

use crate::exception::{Result, call, run};
use crate::values::{Int, Mixed, Nullable, Text, bytes, count, error, wrong_type};

/// An HS256 signing key. Nothing of it can be read, dumped, serialized or cloned.
#[php_class]
#[php(name = "JitApprovals\\SigningKey")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
pub struct SigningKey(pub(crate) jit_approvals::SigningKey);

#[php_impl]
impl SigningKey {
    /// Creates a key from 32 bytes of the system's generator. To keep a key, see `generateBase64`.
    #[php(name = "generate")]
    pub fn generate(id: Nullable<'_, Text<'_>>) -> Result<Self> {
        call(|| Ok(Self::with_id(run(jit_approvals::SigningKey::generate)?, id.text("id")?)))
    }

    /// Returns the base64 text of a new key: 32 bytes of the system's generator. Keep it like a password.
    #[php(name = "generateBase64")]
    pub fn generate_base64() -> Result<String> {
        call(|| run(jit_approvals::SigningKey::generate_base64))
    }

    /// Reads a key from base64 text, in the standard or the URL-safe alphabet, padded or not. White space is ignored.
    ///
    /// Tokens that are minted with the key name its `$id` as their `kid`. `$leastBytes` of 0 counts as 1 (RFC 7518 section 3.2 asks for 32).
    #[php(name = "fromBase64")]
    #[php(defaults(leastBytes = 32))]
    pub fn from_base64(text: Text<'_>, id: Nullable<'_, Text<'_>>, leastBytes: Int<'_>) -> Result<Self> {
        call(|| {
            // `getenv` returns false if the variable is not set.
            if text.required().is_null() || text.required().bool() == Some(false) {
                let found = Plain("null or false: is the environment variable with the key set?");
                return Err(error(errors::wrong_type("text", Plain("a string"), found), "text"));
            }
            let (id, least) = (id.text("id")?, least(leastBytes)?);
            let text = text.text("text")?;
            let key = run(|| jit_approvals::SigningKey::from_base64_with_at_least(text, least))?;
            Ok(Self::with_id(key, id))
        })
    }

    /// Reads a key from the bytes of a string.
    #[php(name = "fromBytes")]
    #[php(defaults(leastBytes = 32))]
    pub fn from_bytes(data: Text<'_>, id: Nullable<'_, Text<'_>>, leastBytes: Int<'_>) -> Result<Self> {
        call(|| {
            let (id, least) = (id.text("id")?, least(leastBytes)?);
            let data = bytes(data.required(), "data")?;
            let key = run(|| jit_approvals::SigningKey::from_bytes_with_at_least(data, least))?;
            Ok(Self::with_id(key, id))
        })
    }

    /// The id of the key, if it has one.
    #[php(getter, name = "id")]
    pub fn id(&self) -> Option<String> {
        self.0.id().map(str::to_owned)
    }
}

impl SigningKey {
    fn with_id(key: jit_approvals::SigningKey, id: Option<&str>) -> Self {
        match id {
            Some(id) => Self(key.with_id(id)),
            None => Self(key),
        }
    }
}

fn least(value: Int<'_>) -> Result<usize> {
    let least = value.given().map(|value| count(value, "leastBytes")).transpose()?;
    Ok(least.map_or(jit_approvals::SigningKey::MIN_BYTES, |least| least as usize))
}

/// The key in an argument.
pub(crate) fn one(value: &Zval, name: &str) -> Result<jit_approvals::SigningKey> {
    let object = value.dereference().object().and_then(ZendClassObject::<SigningKey>::from_zend_obj);
    match object {
        Some(key) => Ok(key.0.clone()),
        None if value.dereference().is_string() => {
            Err(wrong_type(value, name, "a SigningKey (see SigningKey::fromBase64)"))
        }
        None => Err(wrong_type(value, name, "a SigningKey")),
    }
}

/// One key, or a list of keys for rotation.
pub(crate) fn ring(value: Mixed<'_>) -> Result<KeyRing> {
    let value = value.required();
    let Some(several) = value.array() else { return one(value, "key").map(KeyRing::from) };
    let keys = several.values().enumerate().map(|(index, key)| one(key, &format!("key[{index}]")));
    let keys = keys.collect::<Result<Vec<_>>>()?;
    run(|| KeyRing::new(keys))
}
