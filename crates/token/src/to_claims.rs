//! Values that can be minted as claims.

use crate::Result;

/// Claims to mint: an [`Object`](jit_approvals_base::Object). With the feature `serde`, any value that serializes to
/// an object, such as a struct or the result of `json!`.
pub trait ToClaims: private::ToText {}

pub(crate) mod private {
    use super::Result;

    /// Appends the JSON text of an object, and calls `name` with each of its keys.
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
                // The verifier would report the same error.
                _ => errors::malformed_claims(Plain(error.message())).with_field("payload"),
            })?;
            if text[start..].starts_with('{') {
                return Ok(());
            }
            Err(errors::malformed_claims(Plain("they must be an object")).with_field("payload"))
        }
    }
}

/// These tests run with and without the feature `serde`: the signed text does not depend on it.
#[cfg(test)]
mod tests {
    use jit_approvals_base::{Json, Object, UnixTime};

    use crate::{Minter, SigningKey, UnverifiedToken};

    fn mint(claims: &Object) -> Result<String, &'static str> {
        let key = SigningKey::from_bytes(&[7; 32]).unwrap();
        let minter = Minter::builder(&key).issuer("shop").audience("host").build().unwrap();
        let token = minter.mint_at("kevin", claims, UnixTime::from_seconds(1_700_000_000), "1");
        token.map_err(|error| error.code().as_str())
    }

    #[test]
    fn an_object_is_minted_unchanged() {
        let claims = Object::new().with("b", vec![Json::Null, true.into()]).with("a", "\u{e9}\"\n");
        let token = mint(&claims).unwrap();
        let read = UnverifiedToken::parse(&token).unwrap();
        let expected = "{\"iss\":\"shop\",\"aud\":\"host\",\"sub\":\"kevin\",\"jti\":\"1\",\"iat\":1700000000,\
                        \"exp\":1700000300,\"nbf\":1699999940,\"b\":[null,true],\"a\":\"\u{e9}\\\"\\n\"}";
        assert_eq!(read.claims().to_string(), expected);
        assert!(mint(&Object::new()).is_ok());
    }

    #[test]
    fn claims_that_no_verifier_accepts_are_rejected() {
        let nested = |levels| (0..levels).fold(Json::from(1), |value, _| vec![value].into());
        assert!(mint(&Object::new().with("a", nested(31))).is_ok());
        assert_eq!(mint(&Object::new().with("a", nested(32))), Err("malformed_claims"));
        assert_eq!(mint(&Object::new().with("1", 1).with("exp", 1)), Err("reserved_claim"));
    }
}
