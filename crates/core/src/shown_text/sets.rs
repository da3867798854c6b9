//! Sets of characters, defined by properties of the Unicode Standard.

use std::sync::LazyLock;

use regex_syntax::hir::{Class, HirKind};

/// Sets of characters, with one bit for each set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sets(u8);

impl Sets {
    /// Characters that are never shown, except for some that depend on their neighbours.
    pub(super) const REJECTED: Self = Self(1);
    /// Rejected characters that a later version of Unicode may assign to something visible.
    pub(super) const UNASSIGNED: Self = Self(2);
    /// Characters for which nothing is drawn.
    pub(super) const IGNORABLE: Self = Self(4);
    /// Visible combining marks.
    pub(super) const MARK: Self = Self(8);
    /// Characters after which a joiner has a meaning.
    pub(super) const LETTER_OR_MARK: Self = Self(16);
    /// Combining marks that surround their base character.
    pub(super) const ENCLOSING: Self = Self(32);
    /// Characters that a variation selector shows in colour or as text.
    pub(super) const EMOJI: Self = Self(64);
    /// Characters that emoji sequences consist of.
    pub(super) const PICTOGRAPH: Self = Self(128);

    /// Returns the sets that contain a character.
    #[inline]
    pub(super) fn of(character: char) -> Self {
        let table = &*TABLE;
        match table.dense.get(character as usize) {
            Some(bits) => Self(*bits),
            None => table.sparse(character),
        }
    }

    #[inline]
    pub(super) const fn has(self, set: Self) -> bool {
        self.0 & set.0 != 0
    }
}

/// The character class that defines each set, in the syntax of the `regex` crate.
const CLASSES: [(Sets, &str); 8] = [
    (
        Sets::REJECTED,
        r"[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u{2800}\u{FFFC}--[\u{20}\u{A0}\u{202F}\u{3000}]]",
    ),
    (Sets::UNASSIGNED, r"[\p{Cn}--[\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]]"),
    (Sets::IGNORABLE, r"\p{Default_Ignorable_Code_Point}"),
    (Sets::MARK, r"[\p{M}--\p{Default_Ignorable_Code_Point}]"),
    (Sets::LETTER_OR_MARK, r"[\p{L}\p{M}--\p{Default_Ignorable_Code_Point}]"),
    (Sets::ENCLOSING, r"\p{Me}"),
    (Sets::EMOJI, r"\p{Emoji}"),
    (Sets::PICTOGRAPH, r"\p{Extended_Pictographic}"),
];

/// Built when the first text that is not ASCII is checked. This takes about 0.1 ms.
static TABLE: LazyLock<Table> = LazyLock::new(Table::new);

struct Table {
    /// The sets of each code point in the first planes, which contain nearly all text. This is eight times as fast as a
    /// search in ranges.
    dense: Vec<u8>,
    /// For each class, the first and last characters of its ranges in the other planes, in ascending order.
    ranges: [Vec<(char, char)>; 8],
}

impl Table {
    /// The end of the planes for scripts and symbols. Ideographs, tags and private use follow.
    const DENSE: usize = 0x2_0000;

    fn new() -> Self {
        let mut dense = vec![0; Self::DENSE];
        let ranges = CLASSES.map(|(set, class)| {
            let ranges = ranges(class);
            for (first, last) in &ranges {
                let last = (*last as usize + 1).min(Self::DENSE);
                dense[(*first as usize).min(last)..last].iter_mut().for_each(|bits| *bits |= set.0);
            }
            ranges.into_iter().filter(|(_, last)| *last as usize >= Self::DENSE).collect()
        });
        Self { dense, ranges }
    }

    fn sparse(&self, character: char) -> Sets {
        CLASSES.iter().zip(&self.ranges).fold(Sets(0), |sets, ((set, _), ranges)| {
            let index = ranges.partition_point(|(_, last)| *last < character);
            let has = ranges.get(index).is_some_and(|(first, _)| *first <= character);
            if has { Sets(sets.0 | set.0) } else { sets }
        })
    }
}

fn ranges(class: &str) -> Vec<(char, char)> {
    let hir = regex_syntax::parse(class).expect("a class of this file");
    match hir.into_kind() {
        HirKind::Class(Class::Unicode(class)) => {
            class.iter().map(|range| (range.start(), range.end())).collect()
        }
        other => unreachable!("{class} is not a class but {other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_matches_the_classes() {
        let classes = CLASSES.map(|(set, class)| (set, ranges(class)));
        for character in '\0'..=char::MAX {
            let expected = classes.iter().fold(0, |bits, (set, ranges)| {
                let index = ranges.partition_point(|(_, last)| *last < character);
                let has = ranges.get(index).is_some_and(|(first, _)| *first <= character);
                if has { bits | set.0 } else { bits }
            });
            assert_eq!(Sets::of(character), Sets(expected), "U+{:04X}", u32::from(character));
        }
    }
}
