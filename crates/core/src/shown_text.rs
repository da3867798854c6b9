//! The characters that are allowed in text that an approver sees, so that no value can forge what the approver reads.
//!
//! The rules for all shown text, in terms of the Unicode Standard (UAX #44 properties):
//!
//! - Not allowed are control, format, private use and unassigned characters, line and paragraph separators,
//!   `Default_Ignorable_Code_Point`, U+2800 and U+FFFC. White space is U+0020, U+00A0, U+202F and U+3000.
//! - Some of these characters are allowed because scripts and emoji need them: a joiner (U+200C, U+200D) directly after
//!   a letter or combining mark, U+200D inside an emoji sequence, U+FE0E and U+FE0F directly after an emoji, and the
//!   tags of three flags.
//! - At most 8 combining marks follow one base character. Enclosing marks are allowed in keycaps only.
//! - A line feed is allowed only in a text that may have several lines.

mod sets;

use std::fmt;

use jit_approvals_base::Place;

use sets::Sets;

const NON_JOINER: char = '\u{200c}';
const JOINER: char = '\u{200d}';
/// The flags of England, Scotland and Wales: a black flag, then tags.
const TAGS: [&str; 3] = [
    "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
    "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
    "\u{1f3f4}\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
];
/// Tibetan and Vedic texts stack up to eight marks. More marks only serve to cover other lines.
const MOST_MARKS: u8 = 8;

/// Where a text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// From a caller.
    Given,
    /// From an event. A newer version of this library may have written it, with characters that are unassigned here.
    Stored,
}

/// The reason why a text must not be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// This character is not allowed. It is at this byte.
    Character(usize, char),
    /// Too many combining marks follow one base character. The first one over the limit is at this byte.
    Marks(usize),
    /// White space at the beginning or end of a name, or a second white space in a row. It is at this byte.
    Spaces(usize),
    /// The text has no visible character.
    Invisible,
}

impl Flaw {
    /// Returns the place of the flaw in the text.
    pub(crate) fn place(self, text: &str) -> Place {
        match self {
            Self::Character(offset, _) | Self::Marks(offset) | Self::Spaces(offset) => {
                Place::of(text, offset)
            }
            Self::Invisible => Place::new(1, 1),
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Character(_, '\n') => out.write_str("a line feed is not allowed in a text of one line"),
            Self::Character(_, character) => {
                write!(out, "`U+{:04X}` is not allowed in text shown to an approver", u32::from(*character))
            }
            Self::Marks(_) => {
                write!(out, "more than {MOST_MARKS} combining marks follow one character")
            }
            Self::Spaces(_) => out
                .write_str("white space is not allowed at the beginning or end of a name, or twice in a row"),
            Self::Invisible => out.write_str("at least one visible character is required"),
        }
    }
}

/// Returns the first flaw of a text. `multiline` says whether the text may have several lines.
#[inline]
pub(crate) fn flaw(text: &str, multiline: bool, source: Source) -> Option<Flaw> {
    // Most texts are plain. The loop has no branch for each byte, so parsing a template takes 10% less time.
    let plain = |byte: u8| matches!(byte, 0x20..=0x7e) || (multiline && byte == b'\n');
    if text.bytes().fold(true, |all, byte| all & plain(byte)) {
        None
    } else {
        search(text, multiline, source)
    }
}

fn search(text: &str, multiline: bool, source: Source) -> Option<Flaw> {
    let mut scan = Scan::new(multiline, source);
    text.char_indices().find_map(|(offset, character)| {
        let admitted = scan.admits(character, &text[offset..]);
        (!admitted).then(|| match character {
            mark if Sets::of(mark).has(Sets::MARK) && !Sets::of(mark).has(Sets::ENCLOSING) => {
                Flaw::Marks(offset)
            }
            other => Flaw::Character(offset, other),
        })
    })
}

/// Returns the first flaw of a name. A name has one line and at least one visible character. It has no white space at
/// its ends, and never twice in a row.
pub(crate) fn name_flaw(name: &str, source: Source) -> Option<Flaw> {
    if let Some(flaw) = flaw(name, false, source) {
        return Some(flaw);
    }
    if !is_visible(name) {
        return Some(Flaw::Invisible);
    }
    // The name is treated as if white space came before it, so that white space at its beginning is the second.
    let mut last_space = Some(0);
    for (offset, character) in name.char_indices() {
        if is_space(character) && last_space.is_some() {
            return Some(Flaw::Spaces(offset));
        }
        last_space = is_space(character).then_some(offset);
    }
    last_space.map(Flaw::Spaces)
}

/// Whether a text can be an email, a key or an id. It must have a visible character, no white space and no character
/// that only scripts and emoji need. Otherwise two texts could differ only in characters that cannot be seen.
pub(crate) fn is_bare(text: &str, source: Source) -> bool {
    // Most emails and keys are plain.
    if !text.is_empty() && text.bytes().fold(true, |all, byte| all & byte.is_ascii_graphic()) {
        return true;
    }
    let bare = |character| !is_space(character) && !is_ignorable(character);
    flaw(text, false, source).is_none() && text.chars().all(bare) && is_visible(text)
}

/// Whether a text has a visible character.
pub(crate) fn is_visible(text: &str) -> bool {
    text.chars().any(|character| {
        let sets = || Sets::of(character);
        let unseen = is_space(character) || character == '\n';
        character.is_ascii_graphic() || !(unseen || sets().has(Sets::IGNORABLE) || sets().has(Sets::MARK))
    })
}

/// Whether a character has the property `Default_Ignorable_Code_Point`, so that nothing is drawn for it.
pub(crate) fn is_ignorable(character: char) -> bool {
    Sets::of(character).has(Sets::IGNORABLE)
}

/// Converts a text into one that an application may send instead, if the text itself is not accepted.
///
/// Line ends become line feeds, other white space that is not allowed becomes U+0020, and other characters that are not
/// allowed are removed. The result is accepted everywhere that several lines are allowed. If the text has one line, the
/// result has one line.
///
/// The library never calls this function by itself. The act must equal what was shown, so an application that converts
/// a text must also act on the converted text.
///
/// ```
/// # mod jit_approvals { pub use jit_approvals_core::*; pub use jit_approvals_base as json; }
/// use jit_approvals::plain_text;
///
/// assert_eq!(plain_text("\u{200f}1,654.00\u{a0}₪\r\npaid\ttoday"), "1,654.00\u{a0}₪\npaid today");
/// assert_eq!(plain_text("José, 1\u{202f}654 €"), "José, 1\u{202f}654 €");
/// ```
pub fn plain_text(text: &str) -> String {
    let mut scan = Scan::new(true, Source::Given);
    let mut plain = String::with_capacity(text.len());
    for (offset, character) in text.char_indices() {
        let rest = &text[offset..];
        let mended = match character {
            '\r' if rest[1..].starts_with('\n') => continue,
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
            other if other.is_whitespace() && !is_space(other) => ' ',
            other => other,
        };
        if scan.admits(mended, rest) {
            plain.push(mended);
        }
    }
    plain
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\u{a0}' | '\u{202f}' | '\u{3000}')
}

/// The state of a scan: what the characters so far mean for the next one.
struct Scan {
    multiline: bool,
    source: Source,
    /// The sets that contain the previous character.
    previous: Sets,
    /// The number of combining marks after the current base character.
    marks: u8,
    /// Whether a joiner at this point would be inside an emoji sequence.
    after_pictograph: bool,
    /// Whether U+20E3 at this point would complete a keycap.
    after_key: bool,
    /// The number of tags that a flag still needs.
    tags: usize,
}

impl Scan {
    fn new(multiline: bool, source: Source) -> Self {
        let (marks, after_pictograph, after_key, tags) = (0, false, false, 0);
        let previous = Sets::of('\n');
        Self { multiline, source, previous, marks, after_pictograph, after_key, tags }
    }

    /// Whether the next character is allowed. `rest` begins with it.
    #[inline]
    fn admits(&mut self, character: char, rest: &str) -> bool {
        let sets = Sets::of(character);
        let admitted = match character {
            ' '..='~' => true,
            '\n' => self.multiline,
            NON_JOINER => self.previous.has(Sets::LETTER_OR_MARK),
            JOINER => {
                self.previous.has(Sets::LETTER_OR_MARK)
                    || (self.after_pictograph && self.joins_pictograph(rest))
            }
            '\u{fe0e}' | '\u{fe0f}' => self.previous.has(Sets::EMOJI),
            '\u{e0020}'..='\u{e007f}' => self.tags > 0,
            mark if sets.has(Sets::MARK) => {
                let keycap = mark == '\u{20e3}' && self.after_key;
                self.marks < MOST_MARKS && (!sets.has(Sets::ENCLOSING) || keycap)
            }
            _ if sets.has(Sets::REJECTED) => self.source == Source::Stored && sets.has(Sets::UNASSIGNED),
            _ => true,
        };
        if admitted {
            self.follow(character, sets, rest);
        }
        admitted
    }

    #[inline]
    fn follow(&mut self, character: char, sets: Sets, rest: &str) {
        let selector = character == '\u{fe0f}';
        self.tags = match character {
            '\u{1f3f4}' if TAGS.iter().any(|flag| rest.starts_with(flag)) => 6,
            _ => self.tags.saturating_sub(1),
        };
        self.marks = match character {
            NON_JOINER | JOINER => self.marks,
            _ if sets.has(Sets::MARK) => self.marks + 1,
            _ => 0,
        };
        let modifier = matches!(character, '\u{1f3fb}'..='\u{1f3ff}');
        self.after_pictograph =
            sets.has(Sets::PICTOGRAPH) || (self.after_pictograph && (selector || modifier));
        self.after_key = matches!(character, '0'..='9' | '#' | '*') || (self.after_key && selector);
        self.previous = sets;
    }

    /// Whether a pictograph that is shown follows the joiner that this text begins with. Unassigned code points can be
    /// pictographs, too.
    fn joins_pictograph(&self, rest: &str) -> bool {
        rest.chars().nth(1).map(Sets::of).is_some_and(|next| {
            next.has(Sets::PICTOGRAPH) && (self.source == Source::Stored || !next.has(Sets::REJECTED))
        })
    }
}
