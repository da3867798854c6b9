//! Rows, families, and the macro that makes one function per row.

/// Which part of the system refused; each owns the thousand numbers that begin with its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Family {
    /// 1000: what was handed in is malformed, whatever it was meant to be.
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
    /// 9000: not the caller's fault.
    Internal,
}

impl Family {
    /// Every family, in the order of its numbers.
    pub const ALL: [Self; 9] = [
        Self::Input,
        Self::Token,
        Self::Template,
        Self::Metadata,
        Self::Request,
        Self::Decision,
        Self::Grant,
        Self::Api,
        Self::Internal,
    ];

    /// Its name in JSON, such as `input`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Token => "token",
            Self::Template => "template",
            Self::Metadata => "metadata",
            Self::Request => "request",
            Self::Decision => "decision",
            Self::Grant => "grant",
            Self::Api => "api",
            Self::Internal => "internal",
        }
    }

    /// The family that owns this number.
    ///
    /// # Panics
    ///
    /// At compile time in a catalogue, for a number that no family owns.
    pub const fn of(number: u16) -> Self {
        assert!(number >= 1000 && number < 10_000, "an error's number lies between 1000 and 9999");
        Self::ALL[(number / 1000 - 1) as usize]
    }
}

/// One kind of error: what every language's exception classes and tests are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Frozen: never reused for another meaning.
    pub number: u16,
    /// What programs decide by, in `snake_case`.
    pub code: &'static str,
    /// The message, with its variable parts in braces.
    pub message: &'static str,
}

impl Row {
    /// The family that owns its number.
    pub const fn family(&self) -> Family {
        Family::of(self.number)
    }
}

/// Makes a module's catalogue: `CATALOGUE`, its rows, and for each row a function of the same name
/// that makes the [`Error`](crate::Error).
///
/// A parameter of type `&str` is input: it is shown in backticks, shortened and with its control
/// characters escaped. Numbers are shown as they are, and so are our own words, as [`Plain`](crate::Plain).
///
/// ```
/// mod errors {
///     jit_approvals_base::catalogue! {
///         4999 seat_taken(seat: &str) "seat {seat} is taken";
///     }
/// }
/// let error = errors::seat_taken("43D");
/// assert_eq!((error.code(), error.to_string()), ("seat_taken", "seat `43D` is taken".to_owned()));
/// assert_eq!(errors::CATALOGUE[0].family().name(), "metadata");
/// ```
#[macro_export]
macro_rules! catalogue {
    ($($number:literal $code:ident($($name:ident: $kind:ty),*) $message:literal;)*) => {
        /// Every row of this catalogue, in the order of its numbers.
        pub static CATALOGUE: &[$crate::Row] = &[$(
            $crate::Row { number: $number, code: stringify!($code), message: $message }
        ),*];

        $(
            #[doc = concat!(stringify!($number), ": ", $message)]
            pub fn $code($($name: $kind),*) -> $crate::Error {
                const ROW: &$crate::Row =
                    &$crate::Row { number: $number, code: stringify!($code), message: $message };
                const _: $crate::Family = ROW.family();
                $(let $name = $crate::Shown::shown(&$name);)*
                $crate::Error::new(ROW, format!($message))
            }
        )*
    };
}

/// The errors of this crate.
pub mod errors {
    use crate::Plain;

    catalogue! {
        1001 malformed_json(reason: Plain<&str>) "malformed JSON: {reason}";
        1002 duplicate_key(key: &str) "the key {key} stands twice in one object";
        1003 too_deep(limit: usize) "nested deeper than {limit} levels";
        1004 too_large(size: usize, limit: usize) "{size} bytes, where at most {limit} are taken";
        1005 wrong_type(member: &str, expected: Plain<&str>, found: Plain<&str>) "{member} must be {expected}, not {found}";
        1006 missing_member(member: &str) "{member} is missing";
        1007 unknown_member(member: &str, hint: Plain<String>) "{member} is not known here{hint}";
        1008 out_of_range(member: &str, range: Plain<String>) "{member} must be {range}";
        1009 invalid_id(id: &str) "{id} is not a UUID in its usual form of 36 characters";
        1010 usage(problem: Plain<String>) "{problem}";
        1011 malformed_toml(reason: Plain<String>) "malformed TOML: {reason}";
        1012 io(what: Plain<String>, reason: Plain<String>) "{what}: {reason}";
        9002 random_unavailable(reason: Plain<String>) "the system's random generator failed: {reason}";
    }
}
