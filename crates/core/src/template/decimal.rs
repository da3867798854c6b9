//! Decimal numbers as text. They are compared by value and shown as they were written.

use std::cmp::Ordering;

/// A number of the form `-?(0|[1-9][0-9]*)(\.[0-9]+)?`, of any length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal<'a> {
    negative: bool,
    whole: &'a str,
    /// Without trailing zeros.
    fraction: &'a str,
}

impl<'a> Decimal<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = match unsigned.split_once('.') {
            Some((whole, fraction)) if digits(fraction) => (whole, fraction.trim_end_matches('0')),
            Some(_) => return None,
            None => (unsigned, ""),
        };
        if !digits(whole) || (whole.len() > 1 && whole.starts_with('0')) {
            return None;
        }
        let zero = whole == "0" && fraction.is_empty();
        Some(Self { negative: unsigned.len() < text.len() && !zero, whole, fraction })
    }

    fn magnitude(&self) -> (usize, &'a str, &'a str) {
        (self.whole.len(), self.whole, self.fraction)
    }
}

impl Ord for Decimal<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.magnitude().cmp(&other.magnitude()),
            (true, true) => other.magnitude().cmp(&self.magnitude()),
        }
    }
}

impl PartialOrd for Decimal<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    #[test]
    fn numbers_are_ordered_by_value() {
        let ascending =
            ["-10", "-9.5", "-9.05", "-0.1", "0", "0.09", "0.1", "9", "10", "10.01", "100000000000"];
        for pair in ascending.windows(2) {
            assert!(Decimal::parse(pair[0]) < Decimal::parse(pair[1]), "{pair:?}");
        }
        for (a, b) in [("-0", "0"), ("-0.00", "0"), ("1.50", "1.5"), ("2.0", "2")] {
            assert_eq!(Decimal::parse(a).unwrap(), Decimal::parse(b).unwrap());
        }
    }

    #[test]
    fn other_forms_are_rejected() {
        for text in ["", "-", "01", "1.", ".5", "1e3", "+1", " 1", "1,5", "١", "--1", "0x1", "1.2.3", "NaN"]
        {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }
}
