//! Strategies that generate values. Keys, characters and numbers that often cause errors are frequent.

use jit_approvals::json::{Json, Number, Object};
use proptest::prelude::*;

/// Generates text of any characters. Characters that JSON escapes or that have several bytes are frequent.
pub fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-zA-Z0-9 ._@-]{1,24}",
        "[\\x00-\\x1f\"\\\\/\u{7f}\u{2028}\u{ffff}\u{1f600}a]{0,8}",
    ]
}

/// Generates a key of an object. Some keys are array indices in ECMAScript.
pub fn key() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-zA-Z_]{1,12}", 2 => text(), 1 => "[0-9]{1,11}"]
}

/// Generates any JSON value, except integers beyond 2^53, which JavaScript does not have.
pub fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i32>().prop_map(Json::from),
        any::<f64>().prop_filter_map("a double that is not an integer", |value| {
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

/// Generates an object with values of the given strategy.
pub fn object(values: impl Strategy<Value = Json>) -> impl Strategy<Value = Object> {
    prop::collection::vec((key(), values), 0..5).prop_map(|members| members.into_iter().collect())
}

/// Generates custom claims: any claims except the registered ones and `__proto__`. An assignment to `__proto__` has
/// another meaning in JavaScript.
pub fn claims() -> impl Strategy<Value = Object> {
    const EXCLUDED: [&str; 8] = ["iss", "aud", "sub", "jti", "iat", "exp", "nbf", "__proto__"];
    let known = |object: &Object| object.keys().any(|key| EXCLUDED.contains(&key));
    object(json()).prop_filter("no registered claims", move |object| !known(object))
}
