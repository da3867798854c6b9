//! Choices: values that JSON writes as names.

use super::Shown as _;

/// Names in backticks, with commas: `a`, `b`. Of many the first ten, and the number of the rest.
pub fn list<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    const MOST: usize = 10;
    let rest = names.len().saturating_sub(MOST);
    let list = names.take(MOST).map(|name| name.shown().to_string()).collect::<Vec<_>>().join(", ");
    if rest > 0 { format!("{list} and {rest} more") } else { list }
}

/// Gives an enum its names: `as_str`, `ALL`, `Display`, `FromStr`.
#[macro_export]
#[doc(hidden)]
macro_rules! choices {
    ($($kind:ident { $($variant:ident = $name:literal),* $(,)? })*) => {$(
        impl $kind {
            /// Every choice.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its name in JSON.
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

            /// The choice of that name; `unknown_choice` if there is none.
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
