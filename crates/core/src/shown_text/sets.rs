//! Sets of characters, written in the terms of the Unicode Standard.

use std::sync::LazyLock;

use regex_syntax::hir::{Class, HirKind};

/// Sets of characters, a bit for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sets(u8);

impl Sets {
    /// Never shown, but for the exceptions that depend on the neighbours.
    pub(super) const REJECTED: Self = Self(1);
    /// Those of them that a later version of Unicode may assign to something that can be seen.
    pub(super) const UNASSIGNED: Self = Self(2);
    /// Nothing is drawn for these.
    pub(super) const IGNORABLE: Self = Self(4);
    /// Combining marks that can be seen.
    pub(super) const MARK: Self = Self(8);
    /// After these a joiner has a meaning.
    pub(super) const LETTER_OR_MARK: Self = Self(16);
    /// Marks that surround their base.
    pub(super) const ENCLOSING: Self = Self(32);
    /// What a variation selector shows in colour or as text.
    pub(super) const EMOJI: Self = Self(64);
    /// What emoji sequences consist of.
    pub(super) const PICTOGRAPH: Self = Self(128);

    /// The sets that a character is in.
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

/// The classes, in the syntax of the `regex` crate.
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

/// Made when a text that is not ASCII is first looked at, in about a tenth of a millisecond.
static TABLE: LazyLock<Table> = LazyLock::new(Table::new);

struct Table {
    /// The sets of each code point of the first planes, where nearly all text is: eight times as fast as searching ranges.
    dense: Vec<u8>,
    /// First and last characters of the rest, ascending, in the order of the classes.
    ranges: [Vec<(char, char)>; 8],
}

impl Table {
    /// The planes for scripts and symbols; beyond are ideographs, tags and private use.
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
            let place = ranges.partition_point(|(_, last)| *last < character);
            let has = ranges.get(place).is_some_and(|(first, _)| *first <= character);
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
    fn the_table_has_what_the_classes_say() {
        let classes = CLASSES.map(|(set, class)| (set, ranges(class)));
        for character in '\0'..=char::MAX {
            let expected = classes.iter().fold(0, |bits, (set, ranges)| {
                let place = ranges.partition_point(|(_, last)| *last < character);
                let has = ranges.get(place).is_some_and(|(first, _)| *first <= character);
                if has { bits | set.0 } else { bits }
            });
            assert_eq!(Sets::of(character), Sets(expected), "U+{:04X}", u32::from(character));
        }
    }
}
