//! JSON numbers.

/// A JSON number: an exact integer from -2^63 to 2^64-1, or any other finite double.
///
/// Each number has only one representation. Numbers that ECMAScript writes in the same way are equal: `1.0`, `1e0`
/// and `1` are the same number, and -0 is 0.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Number(Repr);

/// INVARIANT: `Double` is finite, and its ECMAScript text is not the text of an integer in the range.
#[derive(Clone, Copy)]
enum Repr {
    Unsigned(u64),
    Negative(i64),
    Double(f64),
}

impl Number {
    /// Creates a number from a double. Returns `None` for infinities and NaN, which JSON does not have.
    pub fn from_f64(value: f64) -> Option<Self> {
        // 2^53. Up to here, every integer is exactly one double.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if !value.is_finite() {
            return None;
        }
        if value.fract() != 0.0 || value.abs() >= 2.0 * 9_223_372_036_854_775_808.0 {
            return Some(Self(Repr::Double(value)));
        }
        if value.abs() <= EXACT {
            #[expect(clippy::cast_possible_truncation, reason = "an integer within 2^53")]
            return Some((value as i64).into());
        }
        // ECMAScript writes the shortest digits and pads them with zeros. So the integer comes from that text and not
        // from the exact value of the double.
        let text = ryu_js::Buffer::new().format_finite(value).to_owned();
        let integer = text.parse::<u64>().map(Self::from).or_else(|_| text.parse::<i64>().map(Self::from));
        Some(integer.unwrap_or(Self(Repr::Double(value))))
    }

    /// Returns the value, if it is an integer in the range of `i64`.
    pub fn as_i64(self) -> Option<i64> {
        match self.0 {
            Repr::Unsigned(value) => value.try_into().ok(),
            Repr::Negative(value) => Some(value),
            Repr::Double(_) => None,
        }
    }

    /// Returns the value, if it is an integer in the range of `u64`.
    pub const fn as_u64(self) -> Option<u64> {
        match self.0 {
            Repr::Unsigned(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the nearest double.
    #[expect(clippy::cast_precision_loss, reason = "the nearest double is intended")]
    pub const fn as_f64(self) -> f64 {
        match self.0 {
            Repr::Unsigned(value) => value as f64,
            Repr::Negative(value) => value as f64,
            Repr::Double(value) => value,
        }
    }

    pub(super) fn write_to(self, text: &mut String) {
        match self.0 {
            Repr::Unsigned(value) => text.push_str(itoa::Buffer::new().format(value)),
            Repr::Negative(value) => text.push_str(itoa::Buffer::new().format(value)),
            Repr::Double(value) => text.push_str(ryu_js::Buffer::new().format_finite(value)),
        }
    }
}

impl PartialEq for Repr {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unsigned(a), Self::Unsigned(b)) => a == b,
            (Self::Negative(a), Self::Negative(b)) => a == b,
            (Self::Double(a), Self::Double(b)) => a.to_bits() == b.to_bits(),
            _ => false,
        }
    }
}

impl Eq for Repr {}

impl std::fmt::Debug for Number {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = String::new();
        self.write_to(&mut text);
        out.write_str(&text)
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(u64::try_from(value).map_or(Repr::Negative(value), Repr::Unsigned))
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Self(Repr::Unsigned(value))
    }
}

macro_rules! widen {
    ($($narrow:ty => $wide:ty),*) => {$(
        impl From<$narrow> for Number {
            fn from(value: $narrow) -> Self {
                <$wide>::from(value).into()
            }
        }
    )*};
}
widen!(u8 => u64, u16 => u64, u32 => u64, i32 => i64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_the_same_ecmascript_text_are_equal() {
        let double = |value| Number::from_f64(value).unwrap();
        assert_eq!(double(1.0), Number::from(1_u64));
        assert_eq!(double(-0.0), Number::from(0_u64));
        assert_eq!(double(1e16), Number::from(10_000_000_000_000_000_u64));
        assert_eq!(double(9_223_372_036_854_775_808.0), Number::from(9_223_372_036_854_776_000_u64));
        assert_eq!(double(1e20).as_u64(), None);
        assert_eq!(Number::from_f64(f64::NAN), None);
        assert_eq!(Number::from_f64(f64::INFINITY), None);
    }
}
