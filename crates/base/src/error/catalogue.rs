//! Rows, families, and the macro that generates one function per row.

use super::ErrorCode;

/// The part of the system that reports an error. Each family owns 1000 numbers, such as 1000 to 1999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Family {
    /// 1000: the input is malformed, whatever its purpose.
    Input,
    /// 2000: an auth token, access token or signing key.
    Token,
    /// 3000: an approval template.
    Template,
    /// 4000: the values for a template's placeholders.
    Metadata,
    /// 5000: an approval request and its events.
    Request,
    /// 6000: a decision on a request.
    Decision,
    /// 7000: a grant and its use.
    Grant,
    /// 8000: the HTTP API.
    Api,
    /// 9000: an internal failure, not the caller's fault.
    Internal,
}

impl Family {
    /// Returns the family that owns the given number.
    ///
    /// # Panics
    ///
    /// For a number that no family owns. In a catalogue this happens at compile time.
    pub const fn of(number: u16) -> Self {
        assert!(number >= 1000 && number < 10_000, "an error's number must be between 1000 and 9999");
        Self::ALL[(number / 1000 - 1) as usize]
    }
}

crate::choices! {
    Family {
        Input = "input",
        Token = "token",
        Template = "template",
        Metadata = "metadata",
        Request = "request",
        Decision = "decision",
        Grant = "grant",
        Api = "api",
        Internal = "internal",
    }
}

/// One kind of error: its code and its message, with the variable parts in braces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// The code, by which programs decide.
    pub code: ErrorCode,
    /// The message, which people read.
    pub message: &'static str,
}

impl Row {
    #[doc(hidden)]
    pub const fn new(code: ErrorCode, message: &'static str) -> Self {
        Self { code, message }
    }
}

/// Generates a module's catalogue: all rows as `CATALOGUE`, and one function per row. The function has the name of
/// the code and creates the [`Error`](crate::Error).
///
/// A parameter of type `&str` is input: the message shows it in backticks, shortened, with control characters
/// escaped. Numbers are shown unchanged. Words of the library itself are shown unchanged as [`Plain`](crate::Plain).
///
/// ```
/// mod errors {
///     jit_approvals_base::catalogue! {
///         InvalidId invalid_id(id: &str) "{id} is not an id";
///     }
/// }
/// let error = errors::invalid_id("43D");
/// assert_eq!(error.code(), "invalid_id");
/// assert_eq!(error.to_string(), "`43D` is not an id");
/// ```
#[macro_export]
macro_rules! catalogue {
    ($($code:ident $name:ident($($argument:ident: $kind:ty),*) $message:literal;)*) => {
        /// All rows of this catalogue, in the order of their numbers.
        pub static CATALOGUE: &[$crate::Row] =
            &[$($crate::Row::new($crate::ErrorCode::$code, $message)),*];

        $(
            #[doc = concat!("`", stringify!($name), "`: ", $message)]
            pub fn $name($($argument: $kind),*) -> $crate::Error {
                const {
                    assert!(
                        $crate::ErrorCode::$code.is(stringify!($name)),
                        "a function must have the name of its code"
                    );
                }
                $(let $argument = $crate::Shown::shown(&$argument);)*
                $crate::Error::new($crate::ErrorCode::$code, format!($message))
            }
        )*
    };
}

/// The errors of this crate.
pub mod errors {
    use crate::Plain;

    catalogue! {
        MalformedJson malformed_json(reason: Plain<&str>) "malformed JSON: {reason}";
        DuplicateKey duplicate_key(key: &str) "duplicate key {key}";
        TooDeep too_deep(limit: usize) "nested deeper than the limit of {limit} levels";
        TooLarge too_large(size: usize, limit: usize) "input is {size} bytes, the limit is {limit}";
        WrongType wrong_type(member: &str, expected: Plain<&str>, found: Plain<&str>) "{member} must be {expected}, not {found}";
        MissingMember missing_member(member: &str) "{member} is missing";
        UnknownMember unknown_member(member: &str, hint: Plain<String>) "unknown member {member}{hint}";
        OutOfRange out_of_range(member: &str, range: Plain<String>) "{member} must be {range}";
        InvalidId invalid_id(id: &str) "{id} is not a UUID of 36 characters";
        UnknownChoice unknown_choice(value: &str, choices: Plain<String>) "{value} is not one of {choices}";
        Usage usage(problem: Plain<String>) "{problem}";
        MalformedToml malformed_toml(reason: Plain<String>) "malformed TOML: {reason}";
        Io io(what: Plain<String>, reason: Plain<String>) "{what}: {reason}";
        UnexpectedForm unexpected_form(reason: Plain<String>) "the value does not have the expected form: {reason}";
        RandomUnavailable random_unavailable(reason: Plain<String>) "the system's random generator failed: {reason}";
    }
}
