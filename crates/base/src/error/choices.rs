//! Choices: enums that JSON writes as names.

use super::Shown as _;

/// Returns the names in backticks, separated by commas: `a`, `b`. It lists at most ten names, then the number of the
/// other names.
pub fn list<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    const MOST: usize = 10;
    let rest = names.len().saturating_sub(MOST);
    let list = names.take(MOST).map(|name| name.shown().to_string()).collect::<Vec<_>>().join(", ");
    if rest > 0 { format!("{list} and {rest} more") } else { list }
}

/// Implements `as_str`, `ALL`, `Display`, `FromStr` and, with the feature `serde`, `Serialize` for an enum.
#[macro_export]
#[doc(hidden)]
macro_rules! choices {
    ($($kind:ident { $($variant:ident = $name:literal),* $(,)? })*) => {$(
        impl $kind {
            /// All choices.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the name in JSON.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),*
                }
            }
        }

        impl std::fmt::Display for $kind {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(self.as_str())
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $kind {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl std::str::FromStr for $kind {
            type Err = $crate::Error;

            /// Returns the choice with the given name, or the error `unknown_choice` if there is none.
            fn from_str(name: &str) -> std::result::Result<Self, $crate::Error> {
                match name {
                    $($name => Ok(Self::$variant),)*
                    _ => {
                        let names = $crate::list([$($name),*].into_iter());
                        Err($crate::errors::unknown_choice(name, $crate::Plain(names)))
                    }
                }
            }
        }
    )*};
}
