//! Converts PHP's values to the library's and back. Everything is checked here, before it crosses.

mod json;
mod time;

use std::borrow::Cow;
use std::fmt;

use ext_php_rs::convert::{FromZval, StubLiteral};
use ext_php_rs::exception::PhpException;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::{ClassEntry, ExecutorGlobals};
use jit_approvals::bindings::{Plain, errors};
use jit_approvals::{Error, Id};

pub(crate) use self::json::{Place, array, json, list, object, record, record_or_text, value};
pub(crate) use self::time::{DateTimeImmutable, duration, moment, time};
use crate::exception::{Result, engine, exception, pending};

/// `''` as the default of an argument.
pub(crate) const EMPTY_TEXT: Default = Default::Source("''");

/// `[]` as the default of an argument.
pub(crate) const EMPTY_ARRAY: Default = Default::Source("[]");

/// The default of an argument, which PHP shows.
#[derive(Clone, Copy)]
pub enum Default {
    /// PHP's source.
    Source(&'static str),
    Int(i64),
    Bool(bool),
}

impl From<i64> for Default {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Default {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl fmt::Display for Default {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(source) => out.write_str(source),
            Self::Int(value) => value.fmt(out),
            Self::Bool(value) => value.fmt(out),
        }
    }
}

/// Defines a type of arguments: PHP shows it as `$type`, and any value arrives, to be checked here.
macro_rules! argument {
    ($(#[$doc:meta])* $name:ident = $type:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $name<'a>(Option<&'a Zval>, Default);

        impl<'a> FromZval<'a> for $name<'a> {
            const TYPE: DataType = $type;

            fn from_zval(zval: &'a Zval) -> Option<Self> {
                Some(Self(Some(zval.dereference()), Default::Source("")))
            }
        }

        /// The argument is not given.
        impl<T: Into<Default>> From<T> for $name<'_> {
            fn from(default: T) -> Self {
                Self(None, default.into())
            }
        }

        impl StubLiteral for $name<'_> {
            fn stub_literal(&self) -> String {
                self.1.to_string()
            }
        }

        #[allow(dead_code, reason = "not every type uses both")]
        impl<'a> $name<'a> {
            /// The value, if the argument is given.
            pub(crate) fn given(self) -> Option<&'a Zval> {
                self.0
            }

            /// The value of an argument that has no default.
            pub(crate) fn required(self) -> &'a Zval {
                self.0.expect("PHP calls nothing without its required arguments")
            }
        }
    };
}

argument!(
    /// `string`
    Text = DataType::String
);
argument!(
    /// `array`
    Array = DataType::Array
);
argument!(
    /// `int`
    Int = DataType::Long
);
argument!(
    /// `bool`
    Flag = DataType::Bool
);
argument!(
    /// `mixed`, where PHP's own types cannot say what is accepted.
    Mixed = DataType::Mixed
);

impl<'a> Text<'a> {
    /// The text of a required argument.
    pub(crate) fn text(self, name: &str) -> Result<&'a str> {
        text(self.required(), name)
    }

    /// The text of an argument whose default is `''`, which also means "not given".
    pub(crate) fn unless_empty(self, name: &str) -> Result<Option<&'a str>> {
        let text = self.given().map(|value| text(value, name)).transpose()?;
        Ok(text.filter(|text| !text.is_empty()))
    }
}

impl Flag<'_> {
    pub(crate) fn value(self, name: &str) -> Result<bool> {
        let Some(value) = self.given() else { return Ok(false) };
        value.bool().ok_or_else(|| wrong_type(value, name, "a bool"))
    }
}

/// A nullable argument: `null` means "not given".
#[derive(Clone, Copy)]
pub struct Nullable<'a, T>(pub(crate) Option<T>, std::marker::PhantomData<&'a ()>);

impl<'a, T: FromZval<'a>> FromZval<'a> for Nullable<'a, T> {
    const TYPE: DataType = T::TYPE;
    const NULLABLE: bool = true;

    fn from_zval(zval: &'a Zval) -> Option<Self> {
        let value = if zval.dereference().is_null() { None } else { Some(T::from_zval(zval)?) };
        Some(Self(value, std::marker::PhantomData))
    }

    fn from_missing() -> Option<Self> {
        Some(Self(None, std::marker::PhantomData))
    }
}

impl<'a> Nullable<'a, Text<'a>> {
    pub(crate) fn text(self, name: &str) -> Result<Option<&'a str>> {
        self.0.map(|value| value.text(name)).transpose()
    }

    pub(crate) fn id(self) -> Result<Option<Id>> {
        let text = self.text("id")?;
        text.map(|text| text.parse().map_err(|problem: Error| error(problem, "id"))).transpose()
    }
}

impl<'a> Nullable<'a, Mixed<'a>> {
    pub(crate) fn value(self) -> Option<&'a Zval> {
        self.0.and_then(Mixed::given)
    }
}

pub(crate) fn error(error: Error, field: impl fmt::Display) -> PhpException {
    exception(&error.with_field(field.to_string()))
}

pub(crate) fn wrong_type(value: &Zval, place: impl fmt::Display, expected: &str) -> PhpException {
    let (place, found) = (place.to_string(), kind(value));
    error(errors::wrong_type(&place, Plain(expected), Plain(&found)), &place)
}

/// What a value is, with its article, in the words of `get_debug_type`.
fn kind(value: &Zval) -> Cow<'static, str> {
    match value.dereference().get_type() {
        DataType::Null | DataType::Undef => "null".into(),
        DataType::True | DataType::False | DataType::Bool => "a bool".into(),
        DataType::Long => "an int".into(),
        DataType::Double => "a float".into(),
        DataType::String => "a string".into(),
        DataType::Array => "an array".into(),
        DataType::Resource => "a resource".into(),
        _ => match value.object().and_then(|object| object.get_class_name().ok()) {
            // A class's name may be anything, and long.
            Some(name) if name.len() <= 60 && name.is_ascii() && !name.contains('\0') => {
                format!("an object of {name}").into()
            }
            _ => "an object".into(),
        },
    }
}

/// The bytes of a string.
pub(crate) fn bytes(value: &Zval, place: impl fmt::Display) -> Result<&[u8]> {
    match value.dereference().zend_str() {
        Some(string) => Ok(string.as_bytes()),
        None => Err(wrong_type(value, place, "a string")),
    }
}

/// The text of a string.
pub(crate) fn text(value: &Zval, place: impl fmt::Display) -> Result<&str> {
    match value.dereference().zend_str() {
        Some(string) => std::str::from_utf8(string.as_bytes()).map_err(|_| {
            let place = place.to_string();
            let found = Plain("a string with other bytes");
            error(errors::wrong_type(&place, Plain("UTF-8 text"), found), &place)
        }),
        None => Err(wrong_type(value, place, "a string")),
    }
}

/// An integer from 0 to 2^32-1.
pub(crate) fn count(value: &Zval, name: &str) -> Result<u32> {
    let number = value.dereference().long().ok_or_else(|| wrong_type(value, name, "an int"))?;
    u32::try_from(number)
        .map_err(|_| error(errors::out_of_range(name, Plain("between 0 and 4294967295".to_owned())), name))
}

pub(crate) fn is_a(object: &ZendObject, class: &str) -> bool {
    ClassEntry::try_find(class).is_some_and(|class| object.instance_of(class))
}

/// Calls a method of an object without arguments. What it throws reaches the caller unchanged.
pub(crate) fn method(value: &Zval, name: &str) -> Result<Zval> {
    // The method may drop all other references to its object.
    let held = value.shallow_clone();
    let Some(object) = held.object() else { return Err(wrong_type(value, name, "an object")) };
    let returned = object.try_call_method(name, Vec::new());
    if ExecutorGlobals::has_exception() {
        return Err(pending());
    }
    returned.map_err(engine)
}
