//! The njwt-compatible builder.

use std::cell::RefCell;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, ZendHashTable};
use jit_approvals::Id;
use jit_approvals::json::{Json, Object};

use crate::exception::{Result, call, run};
use crate::key::one;
use crate::values::{
    EMPTY_ARRAY, EMPTY_TEXT, Mixed, Nullable, Place, Text, array, json, moment, object, time,
};

/// A token that is being built: byte for byte the token of njwt 2.0.1 for the same claims, clock and `jti`.
#[php_class]
#[php(name = "JitApprovals\\Jwt")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
pub struct Jwt(RefCell<jit_approvals::Jwt>);

#[php_impl]
impl Jwt {
    /// Starts a token with these claims, then `jti` and `iat`, if they are not among them, and `exp`, an hour from now.
    #[php(name = "create")]
    #[php(defaults(claims = EMPTY_ARRAY, jti = EMPTY_TEXT))]
    pub fn create(claims: Mixed<'_>, now: Nullable<'_, Mixed<'_>>, jti: Text<'_>) -> Result<Self> {
        call(|| {
            let claims = claims.given().map(|value| object(value, Place::Record("claims"))).transpose()?;
            let now = moment(now)?;
            let jti = match jti.unless_empty("jti")? {
                Some(jti) => jti.to_owned(),
                None => run(Id::v4)?.to_string(),
            };
            let claims = claims.unwrap_or_else(Object::new);
            Ok(Self(RefCell::new(jit_approvals::Jwt::create_at(claims, now, &jti))))
        })
    }

    /// Sets a claim to a value that JSON can hold.
    #[php(name = "setClaim")]
    pub fn set_claim<'a>(
        self_: &'a mut ZendClassObject<Jwt>,
        name: Text<'_>,
        value: Mixed<'_>,
    ) -> Result<&'a mut ZendClassObject<Jwt>> {
        call(|| set(self_, name.text("name")?, json(value.required(), "value")?))
    }

    /// Sets a parameter of the header to a value that JSON can hold.
    #[php(name = "setHeader")]
    pub fn set_header<'a>(
        self_: &'a mut ZendClassObject<Jwt>,
        name: Text<'_>,
        value: Mixed<'_>,
    ) -> Result<&'a mut ZendClassObject<Jwt>> {
        call(|| {
            let (name, value) = (name.text("name")?, json(value.required(), "value")?);
            self_.0.borrow_mut().set_header(name, value);
            Ok(self_)
        })
    }

    /// Sets `iss`.
    #[php(name = "setIssuer")]
    pub fn set_issuer<'a>(
        self_: &'a mut ZendClassObject<Jwt>,
        issuer: Text<'_>,
    ) -> Result<&'a mut ZendClassObject<Jwt>> {
        call(|| set(self_, "iss", issuer.text("issuer")?.into()))
    }

    /// Sets `sub`.
    #[php(name = "setSubject")]
    pub fn set_subject<'a>(
        self_: &'a mut ZendClassObject<Jwt>,
        subject: Text<'_>,
    ) -> Result<&'a mut ZendClassObject<Jwt>> {
        call(|| set(self_, "sub", subject.text("subject")?.into()))
    }

    /// Sets `jti`.
    #[php(name = "setJti")]
    pub fn set_jti<'a>(
        self_: &'a mut ZendClassObject<Jwt>,
        jti: Text<'_>,
    ) -> Result<&'a mut ZendClassObject<Jwt>> {
        call(|| set(self_, "jti", jti.text("jti")?.into()))
    }

    /// Sets `iat`.
    #[php(name = "setIssuedAt")]
    pub fn set_issued_at<'a>(
        self_: &'a mut ZendClassObject<Jwt>,
        issuedAt: Mixed<'_>,
    ) -> Result<&'a mut ZendClassObject<Jwt>> {
        call(|| set(self_, "iat", Json::from(time(issuedAt.required(), "issuedAt")?)))
    }

    /// Sets `exp`. `null` removes it: such a token never expires, and no Verifier accepts it.
    #[php(name = "setExpiration")]
    pub fn set_expiration<'a>(
        self_: &'a mut ZendClassObject<Jwt>,
        expiresAt: Mixed<'_>,
    ) -> Result<&'a mut ZendClassObject<Jwt>> {
        call(|| {
            let value = expiresAt.required();
            let at = if value.is_null() { None } else { Some(time(value, "expiresAt")?) };
            self_.0.borrow_mut().set_expiration(at);
            Ok(self_)
        })
    }

    /// Sets `nbf`. `null` removes it.
    #[php(name = "setNotBefore")]
    pub fn set_not_before<'a>(
        self_: &'a mut ZendClassObject<Jwt>,
        notBefore: Mixed<'_>,
    ) -> Result<&'a mut ZendClassObject<Jwt>> {
        call(|| {
            let value = notBefore.required();
            let at = if value.is_null() { None } else { Some(time(value, "notBefore")?) };
            self_.0.borrow_mut().set_not_before(at);
            Ok(self_)
        })
    }

    /// The header.
    #[php(getter, name = "header")]
    pub fn header(&self) -> ZBox<ZendHashTable> {
        array(self.0.borrow().header()).unwrap_or_else(|_| ZendHashTable::new())
    }

    /// The claims.
    #[php(getter, name = "claims")]
    pub fn claims(&self) -> ZBox<ZendHashTable> {
        array(self.0.borrow().claims()).unwrap_or_else(|_| ZendHashTable::new())
    }

    /// Signs the token and returns its text.
    #[php(name = "compact")]
    pub fn compact(&self, key: Mixed<'_>) -> Result<String> {
        call(|| {
            let key = one(key.required(), "key")?;
            run(|| self.0.borrow().compact(&key))
        })
    }
}

fn set<'a>(
    jwt: &'a mut ZendClassObject<Jwt>,
    name: &str,
    value: Json,
) -> Result<&'a mut ZendClassObject<Jwt>> {
    jwt.0.borrow_mut().set_claim(name, value);
    Ok(jwt)
}
