//! What a person reads must not be able to mislead them.

use unicode_properties::{GeneralCategory as Category, UnicodeGeneralCategory as _};

/// The first character of a text that may not be shown to an approver, with its byte offset: one that is
/// invisible, breaks the line, or reorders what stands around it. The zero-width joiner and non-joiner stay,
/// since scripts and emoji need them; a line feed only where lines may be several.
#[inline]
pub(crate) fn misleading(text: &str, multiline: bool) -> Option<(usize, char)> {
    let plain = |byte: u8| matches!(byte, 0x20..=0x7e) || (multiline && byte == b'\n');
    if text.bytes().fold(true, |all, byte| all & plain(byte)) { None } else { search(text, multiline) }
}

fn search(text: &str, multiline: bool) -> Option<(usize, char)> {
    text.char_indices().find(|(_, character)| match character {
        '\n' => !multiline,
        '\u{200c}' | '\u{200d}' => false,
        _ => matches!(
            character.general_category(),
            Category::Control | Category::Format | Category::LineSeparator | Category::ParagraphSeparator
        ),
    })
}

/// A character for a message, which must not carry the character itself: `U+202E`.
pub(crate) fn code_point(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}

/// Line and column, from 1, of a byte offset; columns are characters.
pub(crate) fn place(text: &str, offset: usize) -> (u32, u32) {
    let before = &text[..offset];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    (number(line), number(column))
}

#[cfg(test)]
mod tests {
    use super::misleading;

    #[test]
    fn what_can_mislead_is_found() {
        for text in
            ["\0", "a\tb", "\u{7f}", "\u{85}", "\u{ad}", "\u{200b}", "\u{200e}", "\u{202e}", "\u{2028}"]
                .into_iter()
                .chain(["\u{2029}", "\u{2066}", "\u{feff}", "\u{e0041}", "\u{600}", "a\nb", "\r"])
        {
            assert!(misleading(text, false).is_some(), "{text:?}");
        }
        assert_eq!(misleading("a\u{301}\n\r", true), Some((4, '\r')));
    }

    #[test]
    fn what_scripts_and_emoji_need_is_not() {
        for text in
            ["", "$1,654", "José", "שלום", "中文\u{3000}", "👩\u{200d}💻", "क\u{94d}\u{200c}ष", "\u{a0}"]
        {
            assert_eq!(misleading(text, false), None, "{text:?}");
        }
        assert_eq!(misleading("two\nlines", true), None);
    }
}
