//! Times and durations.

use std::time::Duration;

use ext_php_rs::convert::{FromZval, IntoZval};
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::ClassEntry;
use jit_approvals::UnixTime;
use jit_approvals::bindings::{Plain, errors};

use super::{Mixed, Nullable, error, is_a, method, wrong_type};
use crate::exception::Result;

/// The years 1 to 9999, in Unix seconds.
const SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

const EXPECTED: &str = "a DateTimeInterface or whole Unix seconds";

/// The argument `now`, by default the system's time: a DateTimeInterface, Unix seconds or a PSR-20 clock.
pub(crate) fn moment(now: Nullable<'_, Mixed<'_>>) -> Result<UnixTime> {
    now.value().map_or_else(|| Ok(UnixTime::now()), |value| time(value, "now"))
}

/// A time: a DateTimeInterface, Unix seconds or a PSR-20 clock.
pub(crate) fn time(value: &Zval, name: &str) -> Result<UnixTime> {
    let value = value.dereference();
    if let Some(seconds) = value.long() {
        return checked(seconds, name);
    }
    let Some(object) = value.object() else {
        let hint = if value.is_double() { "; use (int)" } else { "" };
        return Err(wrong_type(value, name, &format!("{EXPECTED}{hint}")));
    };
    // In this order, because looking for the interface may run the application's autoloader.
    if is_a(object, "DateTimeInterface") || !is_a(object, "Psr\\Clock\\ClockInterface") {
        return timestamp(value, object, name);
    }
    let now = method(value, "now")?;
    let place = format!("{name}->now()");
    match now.object() {
        Some(object) => timestamp(&now, object, &place),
        None => Err(wrong_type(&now, place, "a DateTimeImmutable")),
    }
}

fn timestamp(value: &Zval, object: &ZendObject, name: &str) -> Result<UnixTime> {
    if !is_a(object, "DateTimeInterface") {
        return Err(wrong_type(value, name, EXPECTED));
    }
    let seconds = method(value, "getTimestamp")?;
    checked(seconds.long().unwrap_or(i64::MAX), name)
}

fn checked(seconds: i64, name: &str) -> Result<UnixTime> {
    if SECONDS.contains(&seconds) {
        return Ok(UnixTime::from_seconds(seconds));
    }
    let hint = if SECONDS.contains(&(seconds / 1000)) { "; this looks like milliseconds" } else { "" };
    let range = format!("{EXPECTED} in the years 1 to 9999{hint}");
    Err(error(errors::out_of_range(name, Plain(range)), name))
}

/// An `int` of seconds.
pub(crate) fn duration(value: &Zval, name: &str) -> Result<Duration> {
    let seconds = value.dereference().long().ok_or_else(|| wrong_type(value, name, "whole seconds"))?;
    let range = || Plain("a whole number of seconds between 0 and 4294967295".to_owned());
    let seconds = u32::try_from(seconds).map_err(|_| error(errors::out_of_range(name, range()), name))?;
    Ok(Duration::from_secs(seconds.into()))
}

/// A time that PHP gets as a `DateTimeImmutable` in UTC.
#[derive(Clone, Copy, PartialEq)]
pub struct DateTimeImmutable(pub(crate) UnixTime);

impl IntoZval for DateTimeImmutable {
    const TYPE: DataType = DataType::object("DateTimeImmutable");
    const NULLABLE: bool = false;

    fn set_zval(self, out: &mut Zval, persistent: bool) -> ext_php_rs::error::Result<()> {
        let class = |name| ClassEntry::try_find(name).ok_or(ext_php_rs::error::Error::InvalidPointer);
        let utc = class("DateTimeZone")?.new();
        utc.try_call_method("__construct", vec![&"UTC".to_owned()])?;
        let time = class("DateTimeImmutable")?.new();
        time.try_call_method("__construct", vec![&format!("@{}", self.0.seconds())])?;
        let utc = utc.into_zval(persistent)?;
        *out = time.try_call_method("setTimezone", vec![&utc])?;
        Ok(())
    }
}

impl FromZval<'_> for DateTimeImmutable {
    const TYPE: DataType = <Self as IntoZval>::TYPE;

    fn from_zval(zval: &Zval) -> Option<Self> {
        time(zval, "time").ok().map(Self)
    }
}
