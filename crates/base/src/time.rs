//! Unix time.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::{Plain, Result, errors};

/// A point in time: whole seconds since 1970-01-01 00:00 UTC, without leap seconds.
///
/// Arithmetic saturates at the ends of the range and never wraps. Even if an attacker chooses the time, adding a
/// duration never turns a late time into an early one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(i64);

impl UnixTime {
    /// The first second of the year 1.
    pub const MIN: Self = Self(-62_135_596_800);
    /// The last second of the year 9999.
    pub const MAX: Self = Self(253_402_300_799);

    /// Returns the current time of the system clock.
    pub fn now() -> Self {
        Self::from(SystemTime::now())
    }

    /// Creates a time from Unix seconds, which are negative before 1970.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Creates a time from Unix milliseconds, rounded down to the second. This includes times before 1970.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.div_euclid(1000))
    }

    /// Returns the same time if it is in the years 1 to 9999, the range that records and calendars can hold.
    ///
    /// # Errors
    ///
    /// `out_of_range`, with the given name as its field.
    pub fn in_calendar(self, name: &str) -> Result<Self> {
        if (Self::MIN..=Self::MAX).contains(&self) {
            return Ok(self);
        }
        let range = Plain("in Unix seconds, between the years 1 and 9999".to_owned());
        Err(errors::out_of_range(name, range).with_field(name))
    }

    /// Returns the seconds since 1970-01-01 00:00 UTC.
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// Returns this time plus the given number of seconds, which may be negative.
    #[must_use]
    pub const fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Returns this time minus the given number of seconds.
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

/// Writes RFC 3339 text in UTC: `2026-01-31T12:00:00Z`. Outside the years 1 to 9999, it writes the number of seconds.
impl fmt::Display for UnixTime {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `jiff::Timestamp` is not used because it ends one day before the end of the year 9999.
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
    fn shows_a_date_in_the_calendar_and_seconds_outside() {
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
