//! Calls of every kind that panic. A test checks that no panic leaves the addon.

use napi::Env;
use napi::bindgen_prelude::{Function, FunctionCallContext};
use napi_derive::napi;

use crate::call::call;

/// A class with calls that panic.
#[napi]
pub struct Panicking;

#[napi]
impl Panicking {
    /// Creates an object of the class.
    #[napi(factory)]
    pub fn make() -> Self {
        Self
    }

    /// Panics in a method.
    #[napi]
    pub fn method(&mut self) -> napi::Result<()> {
        call(|| panic!("in a method"))
    }

    /// Creates a function from a closure that panics.
    #[napi]
    pub fn closure<'env>(&self, env: &'env Env) -> napi::Result<Function<'env, (), ()>> {
        env.create_function_from_closure("panic", |_: FunctionCallContext| call(|| panic!("in a closure")))
    }
}

/// Panics in a function.
#[napi]
pub fn panics() -> napi::Result<()> {
    call(|| panic!("in a function"))
}
