//! Panics in every kind of call, for the test that no panic leaves the addon.

use napi::Env;
use napi::bindgen_prelude::{Function, FunctionCallContext};
use napi_derive::napi;

use crate::call::call;

/// A class.
#[napi]
pub struct Panicking;

#[napi]
impl Panicking {
    /// An object of the class.
    #[napi(factory)]
    pub fn make() -> Self {
        Self
    }

    /// A method.
    #[napi]
    pub fn method(&mut self) -> napi::Result<()> {
        call(|| panic!("in a method"))
    }

    /// A function made from a closure.
    #[napi]
    pub fn closure<'env>(&self, env: &'env Env) -> napi::Result<Function<'env, (), ()>> {
        env.create_function_from_closure("panic", |_: FunctionCallContext| call(|| panic!("in a closure")))
    }
}

/// A function.
#[napi]
pub fn panics() -> napi::Result<()> {
    call(|| panic!("in a function"))
}
