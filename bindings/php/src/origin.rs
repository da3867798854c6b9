//! Who asks, and on whose behalf.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, ZendHashTable, Zval};
use jit_approvals::json::Json;

use crate::exception::{Result, call, json_serializable, run};
use crate::values::{Mixed, array, record, value};

/// Who asks, and on whose behalf: what a verified auth token proves, as `Verifier::origin` returns it.
#[php_class]
#[php(name = "JitApprovals\\Origin")]
#[php(implements(ce = json_serializable, stub = "\\JsonSerializable"))]
#[php(flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
pub struct Origin(pub(crate) jit_approvals::Origin);

#[php_impl]
impl Origin {
    /// Makes an origin without a token, such as for a preview: an array with `application` and `subject`, and optionally
    /// `company`, `companyName`, `claims` and `device`.
    #[php(name = "fromArray")]
    pub fn from_array(record: Mixed<'_>) -> Result<Self> {
        call(|| {
            let record = self::record(record.required(), "origin")?;
            run(|| jit_approvals::Origin::from_json(&record)).map(Self)
        })
    }

    /// The application that asks: `iss` of its auth token.
    #[php(getter, name = "application")]
    pub fn application(&self) -> String {
        self.0.application().to_owned()
    }

    /// The user on whose behalf it asks: `sub`.
    #[php(getter, name = "subject")]
    pub fn subject(&self) -> String {
        self.0.subject().to_owned()
    }

    /// The owner of its requests, where several companies share a server.
    #[php(getter, name = "company")]
    pub fn company(&self) -> String {
        self.0.company().to_owned()
    }

    /// The name that the placeholder `companyName` shows.
    #[php(getter, name = "companyName")]
    pub fn company_name(&self) -> String {
        self.0.company_name().to_owned()
    }

    /// The custom claims of the token.
    #[php(getter, name = "claims")]
    pub fn claims(&self) -> ZBox<ZendHashTable> {
        array(self.0.claims()).unwrap_or_else(|_| ZendHashTable::new())
    }

    /// The device that the application reported; null if it reported none.
    #[php(getter, name = "device")]
    pub fn device(&self) -> Option<ZBox<ZendHashTable>> {
        match self.0.device()?.to_json() {
            Json::Object(device) => array(&device).ok(),
            _ => None,
        }
    }

    /// Returns the record that `fromArray` reads.
    #[php(name = "jsonSerialize")]
    pub fn json_serialize(&self) -> Result<Zval> {
        call(|| value(&self.0.to_json()))
    }
}

/// Calls `body` with the origin in an argument: an Origin, or an array that is read as one.
pub(crate) fn with_origin<T>(
    origin: Mixed<'_>,
    body: impl FnOnce(&jit_approvals::Origin) -> Result<T>,
) -> Result<T> {
    let given = origin.required();
    if let Some(origin) = given.object().and_then(ZendClassObject::<Origin>::from_zend_obj) {
        return body(&origin.0);
    }
    let record = record(given, "origin")?;
    body(&run(|| jit_approvals::Origin::from_json(&record))?)
}
