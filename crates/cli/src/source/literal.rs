//! Finds places inside the string literals of a file.

use jit_approvals::json::Place;

/// Returns the byte offset, in a string literal, of the character at the given line and column of the string.
///
/// An escape sequence counts as the character that it means.
pub(super) fn place_within(source: &str, within: Place) -> usize {
    let Some(quote) = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| source.starts_with(quote)) else {
        return 0;
    };
    let mut place = quote.len();
    if quote.len() == 3 && source[place..].starts_with('\n') {
        // TOML ignores a line feed at the beginning of a string with several lines.
        place += 1;
    }
    let (mut at_line, mut at_column) = (1, 1);
    while Place::new(at_line, at_column) < within {
        let rest = &source[place..];
        let Some(first) = rest.chars().next() else { break };
        let escaped = quote.starts_with('"') && first == '\\';
        if first == '\n' || (escaped && rest.starts_with("\\n")) {
            (at_line, at_column) = (at_line + 1, 1);
        } else {
            at_column += 1;
        }
        place += if escaped { escape(rest) } else { first.len_utf8() };
    }
    place.min(source.len())
}

/// Returns the length of an escape sequence in bytes.
fn escape(text: &str) -> usize {
    let length = match text.as_bytes().get(1) {
        // A surrogate pair is one character.
        Some(b'u') if is_high_surrogate(text) => 12,
        Some(b'u') => 6,
        Some(b'U') => 10,
        _ => 2,
    };
    length.min(text.len())
}

fn is_high_surrogate(text: &str) -> bool {
    let unit = text.get(2..6).and_then(|digits| u16::from_str_radix(digits, 16).ok());
    unit.is_some_and(|unit| (0xd800..0xdc00).contains(&unit)) && text[6..].starts_with("\\u")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_counts_as_the_character_that_it_means() {
        let source = r#""a\n\u00e9\ud83d\ude00$(x)" , "#;
        assert!(source[place_within(source, Place::new(2, 3))..].starts_with("$(x)"));
        assert!(source[place_within(source, Place::new(1, 1))..].starts_with("a\\n"));
        let several = "\"\"\"\none\n  $(x)\"\"\"";
        assert!(several[place_within(several, Place::new(2, 3))..].starts_with("$(x)"));
        assert!("'a\\$(x)'"[place_within("'a\\$(x)'", Place::new(1, 3))..].starts_with("$(x)"));
    }
}
