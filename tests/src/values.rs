//! Generated values, with the keys, characters and numbers that go wrong more often than others.

use jit_approvals::json::{Json, Number, Object};
use proptest::prelude::*;

/// Text of any characters, often of those that JSON escapes or that take several bytes.
pub fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-zA-Z0-9 ._@-]{1,24}",
        "[\\x00-\\x1f\"\\\\/\u{7f}\u{2028}\u{ffff}\u{1f600}a]{0,8}",
    ]
}

/// A key of an object, sometimes one that ECMAScript takes for an array's index.
pub fn key() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-zA-Z_]{1,12}", 2 => text(), 1 => "[0-9]{1,11}"]
}

/// Any JSON value but integers beyond 2^53, which JavaScript does not have.
pub fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i32>().prop_map(Json::from),
        any::<f64>().prop_filter_map("a double and no integer", |value| {
            let number = Number::from_f64(value)?;
            (number.as_i64().is_none() && number.as_u64().is_none()).then(|| number.into())
        }),
        text().prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::Array),
            object(inner).prop_map(Json::Object),
        ]
    })
}

/// An object of such values.
pub fn object(values: impl Strategy<Value = Json>) -> impl Strategy<Value = Object> {
    prop::collection::vec((key(), values), 0..5).prop_map(|members| members.into_iter().collect())
}

/// Claims of an application's own: any but the registered ones, and `__proto__`, which JavaScript's
/// assignment takes for something else.
pub fn claims() -> impl Strategy<Value = Object> {
    const TAKEN: [&str; 8] = ["iss", "aud", "sub", "jti", "iat", "exp", "nbf", "__proto__"];
    let known = |object: &Object| object.keys().any(|key| TAKEN.contains(&key));
    object(json()).prop_filter("no registered claims", move |object| !known(object))
}
