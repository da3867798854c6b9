//! Choices that JSON writes as words.

use jit_approvals_base::{Members, Plain, Shown as _};

use crate::{Result, errors};

/// The choice that a word stands for.
pub(crate) fn word<T: Copy>(text: &str, words: &[(&str, T)]) -> Result<T> {
    let found = words.iter().find(|(word, _)| *word == text);
    found
        .map(|(_, value)| *value)
        .ok_or_else(|| errors::unknown_choice(text, Plain(list(words.iter().map(|(word, _)| *word)))))
}

/// The choice that a member stands for, if it is there.
pub(crate) fn optional_choice<T: Copy>(
    members: &Members<'_>,
    member: &str,
    words: &[(&str, T)],
) -> Result<Option<T>> {
    let choice = members.text(member)?.map(|text| word(text, words)).transpose();
    choice.map_err(|error| error.with_field(members.path_of(member)))
}

/// The choice that a member stands for.
pub(crate) fn choice<T: Copy>(members: &Members<'_>, member: &str, words: &[(&str, T)]) -> Result<T> {
    members.required(member, optional_choice(members, member, words)?)
}

/// Names in backticks, with commas: `a`, `b`. Of many the first ten, and the number of the rest.
pub(crate) fn list<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    const MOST: usize = 10;
    let rest = names.len().saturating_sub(MOST);
    let list = names.take(MOST).map(|name| name.shown().to_string()).collect::<Vec<_>>().join(", ");
    if rest > 0 { format!("{list} and {rest} more") } else { list }
}

/// The words of a choice, in one place for reading and writing.
macro_rules! words {
    ($($kind:ident { $($variant:ident = $word:literal),* })*) => {$(
        impl $kind {
            /// Every choice, by its word in JSON.
            pub const WORDS: &[(&str, Self)] = &[$(($word, Self::$variant)),*];

            /// Its word in JSON.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),*
                }
            }
        }
    )*};
}
pub(crate) use words;
