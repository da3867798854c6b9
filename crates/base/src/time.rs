//! Unix time.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::{Plain, Result, errors};

/// A point in time: whole seconds since 1970-01-01 00:00 UTC, leap seconds not counted.
///
/// Arithmetic stops at the ends of its range instead of wrapping, so that no sum of a hostile time and a
/// duration turns a late time into an early one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(i64);

impl UnixTime {
    /// The first second of the year 1.
    pub const MIN: Self = Self(-62_135_596_800);
    /// The last second of the year 9999.
    pub const MAX: Self = Self(253_402_300_799);

    /// The present, by the system's clock.
    pub fn now() -> Self {
        Self::from(SystemTime::now())
    }

    /// A time from seconds; negative before 1970.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// A time from milliseconds, rounded down to the second, before 1970 too.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.div_euclid(1000))
    }

    /// The same time, if it is in the years 1 to 9999: what records and calendars can hold.
    ///
    /// # Errors
    ///
    /// `out_of_range`, with this name as its field
    pub fn in_calendar(self, name: &str) -> Result<Self> {
        if (Self::MIN..=Self::MAX).contains(&self) {
            return Ok(self);
        }
        let range = Plain("in Unix seconds, between the years 1 and 9999".to_owned());
        Err(errors::out_of_range(name, range).with_field(name))
    }

    /// Seconds since 1970.
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// This time and so many seconds more (or, negative, less).
    #[must_use]
    pub const fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// This time and so many seconds less.
    #[must_use]
    pub const fn minus(self, seconds: i64) -> Self {
        Self(self.0.saturating_sub(seconds))
    }
}

impl From<SystemTime> for UnixTime {
    fn from(time: SystemTime) -> Self {
        let whole = |seconds: u64| i64::try_from(seconds).unwrap_or(i64::MAX);
        Self(match time.duration_since(UNIX_EPOCH) {
            Ok(after) => whole(after.as_secs()),
            Err(before) => {
                let before = before.duration();
                -whole(before.as_secs()).saturating_add(i64::from(before.subsec_nanos() > 0))
            }
        })
    }
}

/// RFC 3339, in UTC: `2026-01-31T12:00:00Z`. Outside the years 1 to 9999 the number of seconds.
impl fmt::Display for UnixTime {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not a `Timestamp`, which ends a day before the year 9999 does.
        let calendar =
            (Self::MIN..=Self::MAX).contains(self).then(|| jiff::SignedDuration::from_secs(self.0));
        match calendar.map(|seconds| jiff::civil::datetime(1970, 1, 1, 0, 0, 0, 0).checked_add(seconds)) {
            Some(Ok(time)) => write!(out, "{time}Z"),
            _ => self.0.fmt(out),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn is_shown_as_calendars_have_it() {
        for (seconds, shown) in [
            (0, "1970-01-01T00:00:00Z"),
            (1_700_000_000, "2023-11-14T22:13:20Z"),
            (UnixTime::MIN.seconds(), "0001-01-01T00:00:00Z"),
            (UnixTime::MAX.seconds(), "9999-12-31T23:59:59Z"),
            (UnixTime::MIN.seconds() - 1, "-62135596801"),
            (UnixTime::MAX.seconds() + 1, "253402300800"),
            (i64::MAX, "9223372036854775807"),
        ] {
            assert_eq!(UnixTime::from_seconds(seconds).to_string(), shown);
        }
    }

    #[test]
    fn rounds_down_on_both_sides_of_1970_and_never_wraps() {
        assert_eq!(UnixTime::from_millis(1999).seconds(), 1);
        assert_eq!(UnixTime::from_millis(-1).seconds(), -1);
        assert_eq!(UnixTime::from(UNIX_EPOCH - Duration::from_millis(1)).seconds(), -1);
        assert_eq!(UnixTime::from(UNIX_EPOCH - Duration::from_secs(2)).seconds(), -2);
        assert_eq!(UnixTime::from_seconds(i64::MAX).plus(1).seconds(), i64::MAX);
        assert_eq!(UnixTime::from_seconds(i64::MIN).minus(1).seconds(), i64::MIN);
    }
}
