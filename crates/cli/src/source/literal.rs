//! Places within the texts of a file.

use jit_approvals::json::Place;

/// How far behind the beginning of a string's literal the character stands that has this line and column in the
/// string: escapes count as what they mean.
pub(super) fn place_within(source: &str, within: Place) -> usize {
    let Some(quote) = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| source.starts_with(quote)) else {
        return 0;
    };
    let mut place = quote.len();
    if quote.len() == 3 && source[place..].starts_with('\n') {
        // TOML leaves out the line feed that a text of several lines begins with.
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

/// The length of an escape sequence.
fn escape(text: &str) -> usize {
    let length = match text.as_bytes().get(1) {
        // A pair of surrogates is one character.
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
    fn escapes_count_as_what_they_mean() {
        let source = r#""a\n\u00e9\ud83d\ude00$(x)" , "#;
        assert!(source[place_within(source, Place::new(2, 3))..].starts_with("$(x)"));
        assert!(source[place_within(source, Place::new(1, 1))..].starts_with("a\\n"));
        let several = "\"\"\"\none\n  $(x)\"\"\"";
        assert!(several[place_within(several, Place::new(2, 3))..].starts_with("$(x)"));
        assert!("'a\\$(x)'"[place_within("'a\\$(x)'", Place::new(1, 3))..].starts_with("$(x)"));
    }
}
