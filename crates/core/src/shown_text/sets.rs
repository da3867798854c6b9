//! Sets of characters, written in the terms of the Unicode Standard.

use std::sync::LazyLock;

use regex_syntax::hir::{Class, HirKind};

/// A set of characters, read from a class in the syntax of the `regex` crate when it is first asked.
pub(super) struct Set(LazyLock<Ranges>);

/// First and last characters, ascending.
type Ranges = Box<[(char, char)]>;

macro_rules! sets {
    ($($(#[$doc:meta])* $name:ident = $class:literal;)*) => {$(
        $(#[$doc])*
        pub(super) static $name: Set = Set(LazyLock::new(|| ranges($class)));
    )*};
}

sets! {
    /// Never shown, but for the exceptions that depend on the neighbours.
    REJECTED =
        r"[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u{2800}\u{FFFC}--[\u{20}\u{A0}\u{202F}\u{3000}]]";
    /// Those of them that a later version of Unicode may assign to something that can be seen.
    UNASSIGNED = r"[\p{Cn}--[\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]]";
    /// Nothing is drawn for these.
    IGNORABLE = r"\p{Default_Ignorable_Code_Point}";
    /// Combining marks that can be seen.
    MARK = r"[\p{M}--\p{Default_Ignorable_Code_Point}]";
    /// After these a joiner has a meaning.
    LETTER_OR_MARK = r"[\p{L}\p{M}--\p{Default_Ignorable_Code_Point}]";
    /// Marks that surround their base.
    ENCLOSING = r"\p{Me}";
    /// What a variation selector shows in colour or as text.
    EMOJI = r"\p{Emoji}";
    /// What emoji sequences consist of.
    PICTOGRAPH = r"\p{Extended_Pictographic}";
}

impl Set {
    pub(super) fn has(&self, character: char) -> bool {
        let place = self.0.partition_point(|(_, last)| *last < character);
        self.0.get(place).is_some_and(|(first, _)| *first <= character)
    }
}

fn ranges(class: &str) -> Ranges {
    let hir = regex_syntax::parse(class).expect("a class of this file");
    match hir.into_kind() {
        HirKind::Class(Class::Unicode(class)) => {
            class.iter().map(|range| (range.start(), range.end())).collect()
        }
        other => unreachable!("{class} is not a class but {other:?}"),
    }
}
