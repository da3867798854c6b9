//! JWS in its compact form, on which tokens are built.

use ext_php_rs::binary::Binary;
use ext_php_rs::boxed::ZBox;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use jit_approvals::json::{Json, Object};
use jit_approvals::token::jws;

use crate::exception::{Result, call, run};
use crate::key::{one, ring};
use crate::values::{Array, Mixed, Place, Text, array, bytes, object};

/// A verified JWS. Its payload may be any bytes.
#[php_class]
#[php(name = "JitApprovals\\Jws")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
pub struct Jws {
    header: Object,
    payload: Vec<u8>,
}

#[php_impl]
impl Jws {
    /// Signs a payload under a header.
    #[php(name = "sign")]
    pub fn sign(header: Array<'_>, payload: Text<'_>, key: Mixed<'_>) -> Result<String> {
        call(|| {
            let key = one(key.required(), "key")?;
            let header = Json::from(object(header.required(), Place::Record("header"))?).to_string();
            let payload = bytes(payload.required(), "payload")?;
            run(|| jws::sign(&key, &header, payload))
        })
    }

    /// Verifies a JWS.
    #[php(name = "verify")]
    pub fn verify(token: Text<'_>, key: Mixed<'_>) -> Result<Self> {
        call(|| {
            let (token, keys) = (token.text("token")?, ring(key)?);
            let verified = run(|| jws::verify(&keys, token))?;
            Ok(Self { header: verified.header, payload: verified.payload })
        })
    }

    #[php(getter, name = "header")]
    pub fn header(&self) -> ZBox<ZendHashTable> {
        array(&self.header).unwrap_or_else(|_| ZendHashTable::new())
    }

    #[php(getter, name = "payload")]
    pub fn payload(&self) -> Binary<u8> {
        self.payload.clone().into()
    }
}
