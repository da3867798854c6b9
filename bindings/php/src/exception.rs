//! Errors become exceptions, and so do panics.

mod class;

use ext_php_rs::convert::IntoZval;
use ext_php_rs::exception::PhpException;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::{ExecutorGlobals, ce};
use jit_approvals::Error;
use jit_approvals::bindings::guarded;

pub(crate) use self::class::{json_serializable, startup};

/// What a call of PHP returns.
pub(crate) type Result<T = ()> = std::result::Result<T, PhpException>;

/// Runs a call. A panic becomes an `InternalException`.
pub(crate) fn call<T>(body: impl FnOnce() -> Result<T>) -> Result<T> {
    let body = || {
        #[cfg(feature = "panicking")]
        crate::panicking::panic_if_asked();
        Ok(body())
    };
    guarded(body).unwrap_or_else(|panic| Err(exception(&panic)))
}

/// Runs a part of a call and converts the library's error. Does not run it if PHP code that read the arguments threw an
/// exception in a way that no call reports, such as in a destructor: a command that throws changes nothing.
pub(crate) fn run<T>(body: impl FnOnce() -> jit_approvals::Result<T>) -> Result<T> {
    if ExecutorGlobals::has_exception() {
        return Err(pending());
    }
    body().map_err(|error| exception(&error))
}

/// Stands for the exception that PHP code has thrown. It is not thrown itself: the engine keeps the other one, which may
/// also be the end of the script by `exit`.
pub(crate) fn pending() -> PhpException {
    PhpException::from_message(String::new())
}

/// Converts an error of the engine, such as an array that is too large.
pub(crate) fn engine(error: ext_php_rs::error::Error) -> PhpException {
    PhpException::new(error.to_string(), 0, ce::error())
}

/// Returns the exception of an error, an instance of its family's class.
pub(crate) fn exception(error: &Error) -> PhpException {
    match object(error) {
        Ok(object) => PhpException::from_message(error.message().to_owned()).with_object(object),
        Err(problem) => engine(problem),
    }
}

/// Creates the exception of an error. Its file, line and trace are those of the caller. The trace contains no arguments,
/// whatever `zend.exception_ignore_args` says: they may be keys and tokens.
pub(crate) fn object(error: &Error) -> ext_php_rs::error::Result<Zval> {
    let place = error.place().or_else(|| error.place_in_field());
    let ignored = std::mem::replace(&mut ExecutorGlobals::get_mut().exception_ignore_args, true);
    let object = class::of(error.code().family()).new();
    ExecutorGlobals::get_mut().exception_ignore_args = ignored;
    object.try_call_method(
        "__construct",
        vec![
            &error.message().to_owned(),
            &error.code().as_str().to_owned(),
            &error.field().map(str::to_owned),
            &place.map(|place| i64::from(place.line())),
            &place.map(|place| i64::from(place.column())),
        ],
    )?;
    object.into_zval(false)
}
