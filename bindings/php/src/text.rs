//! Texts that applications send, and names that people have.

use ext_php_rs::prelude::*;

use crate::exception::{Result, call};
use crate::values::Text;

/// Returns what an application may send instead of a text that is not accepted.
#[php_function]
#[php(name = "JitApprovals\\plainText")]
pub fn plain_text(text: Text<'_>) -> Result<String> {
    call(|| Ok(jit_approvals::plain_text(text.text("text")?)))
}

/// Returns the key of a name. Two emails or subjects with the same key are the same person's.
#[php_function]
#[php(name = "JitApprovals\\identity")]
pub fn identity(name: Text<'_>) -> Result<String> {
    call(|| Ok(jit_approvals::identity(name.text("name")?)))
}

/// Adds the functions of this file.
pub(crate) fn functions(module: ModuleBuilder) -> ModuleBuilder {
    module.function(wrap_function!(identity)).function(wrap_function!(plain_text))
}
