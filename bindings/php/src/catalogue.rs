//! The catalogue of errors.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;

use crate::exception::{Result, call, engine};

/// Every error of the library.
#[php_class]
#[php(name = "JitApprovals\\Catalogue")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
pub struct Catalogue;

#[php_impl]
impl Catalogue {
    /// Returns every error, in the order of their numbers: a list of arrays with `number`, `code`, `family`, `status` and
    /// `message`.
    #[php(name = "rows")]
    pub fn rows() -> Result<ZBox<ZendHashTable>> {
        call(|| {
            let mut rows = ZendHashTable::new();
            for row in jit_approvals::catalogue() {
                let mut record = ZendHashTable::new();
                record.insert("number", i64::from(row.code.number())).map_err(engine)?;
                record.insert("code", row.code.as_str()).map_err(engine)?;
                record.insert("family", row.code.family().as_str()).map_err(engine)?;
                record.insert("status", i64::from(row.code.status())).map_err(engine)?;
                record.insert("message", row.message).map_err(engine)?;
                rows.push(record).map_err(engine)?;
            }
            Ok(rows)
        })
    }
}
