//! What can be minted as claims.

use crate::Result;

/// Claims to mint: an [`Object`](jit_approvals_base::Object); with the feature `serde`, whatever serializes to one, such as
/// a struct or what `json!` makes.
pub trait ToClaims: private::ToText {}

pub(crate) mod private {
    use super::Result;

    /// The JSON text of an object, appended; each of its keys is told first.
    pub trait ToText {
        #[doc(hidden)]
        fn write_to(&self, text: &mut String, name: &mut dyn FnMut(&str) -> Result<()>) -> Result<()>;
    }
}

#[cfg(not(feature = "serde"))]
mod without_serde {
    use jit_approvals_base::Object;

    use super::{Result, ToClaims, private::ToText};
    use crate::jws;

    impl ToClaims for Object {}

    impl ToText for Object {
        fn write_to(&self, text: &mut String, name: &mut dyn FnMut(&str) -> Result<()>) -> Result<()> {
            self.keys().try_for_each(name)?;
            jws::check_depth(self)?;
            self.write_to(text);
            Ok(())
        }
    }
}

#[cfg(feature = "serde")]
mod with_serde {
    use jit_approvals_base::{ErrorCode, Plain, write_serialized};
    use serde::Serialize;

    use super::{Result, ToClaims, private::ToText};
    use crate::{errors, jws};

    impl<T: Serialize + ?Sized> ToClaims for T {}

    impl<T: Serialize + ?Sized> ToText for T {
        fn write_to(&self, text: &mut String, name: &mut dyn FnMut(&str) -> Result<()>) -> Result<()> {
            let start = text.len();
            write_serialized(self, text, jws::MAX_DEPTH, name).map_err(|error| match error.code() {
                ErrorCode::ReservedClaim => error,
                // As the verifier would say it.
                _ => errors::malformed_claims(Plain(error.message())).with_field("payload"),
            })?;
            if text[start..].starts_with('{') {
                return Ok(());
            }
            Err(errors::malformed_claims(Plain("they have to be an object")).with_field("payload"))
        }
    }
}
