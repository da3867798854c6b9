//! Times and durations.

use std::time::Duration;

use jit_approvals::UnixTime;
use jit_approvals::bindings::{Plain, errors};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyFloat, PyModule, PyType};

use super::{error, is_a, is_int, wrong_type};
use crate::exception::call;

/// The years 1 to 9999, in Unix seconds.
const SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// The class itself. Libraries that freeze the time replace the name in the module `datetime` by a subclass.
fn datetime(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    static DATETIME: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    DATETIME.import(py, "_datetime", "datetime")
}

/// The given time, by default that of `time.time()`, which tests can replace.
pub(crate) fn moment(py: Python<'_>, now: Option<&Bound<'_, PyAny>>) -> PyResult<UnixTime> {
    static TIME: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    if let Some(now) = now {
        return time(now, "now");
    }
    let clock = TIME.get_or_try_init(py, || py.import("time").map(Bound::unbind))?;
    let seconds: f64 = clock.bind(py).getattr(intern!(py, "time"))?.call0()?.extract()?;
    checked(py, whole(seconds), "time.time()", "")
}

/// The whole seconds of a time. A number that is none becomes a time that is out of range.
fn whole(seconds: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a cast stops at the ends of the range")]
    if seconds.is_nan() { i64::MAX } else { seconds.floor() as i64 }
}

/// An aware `datetime`, or whole Unix seconds.
pub(crate) fn time(value: &Bound<'_, PyAny>, name: &str) -> PyResult<UnixTime> {
    let py = value.py();
    let seconds = match () {
        () if is_int(value) => {
            let seconds: i64 = value.extract().unwrap_or(i64::MAX);
            let is_milliseconds = !SECONDS.contains(&seconds) && SECONDS.contains(&(seconds / 1000));
            return checked(
                py,
                seconds,
                name,
                if is_milliseconds { "; this looks like milliseconds" } else { "" },
            );
        }
        // The methods of the class itself, whatever a subclass has.
        () if is_a(value, datetime(py)?)? => {
            if datetime(py)?.call_method1(intern!(py, "utcoffset"), (value,))?.is_none() {
                let expected = Plain("an aware datetime or whole Unix seconds");
                let found = Plain("a naive datetime: give it a tzinfo, such as timezone.utc");
                return Err(error(py, errors::wrong_type(name, expected, found), name));
            }
            whole(datetime(py)?.call_method1(intern!(py, "timestamp"), (value,))?.extract()?)
        }
        () if value.cast::<PyFloat>().is_ok() => {
            let found = Plain("a float: use int(…)");
            let expected = Plain("an aware datetime or whole Unix seconds");
            return Err(error(py, errors::wrong_type(name, expected, found), name));
        }
        () => return Err(wrong_type(value, name, "an aware datetime or whole Unix seconds")),
    };
    checked(py, seconds, name, "")
}

fn checked(py: Python<'_>, seconds: i64, name: &str, hint: &str) -> PyResult<UnixTime> {
    if SECONDS.contains(&seconds) {
        return Ok(UnixTime::from_seconds(seconds));
    }
    let range = format!("an aware datetime or whole Unix seconds in the years 1 to 9999{hint}");
    Err(error(py, errors::out_of_range(name, Plain(range)), name))
}

/// A time as an aware `datetime` in UTC.
pub(crate) fn from_time(py: Python<'_>, time: UnixTime) -> PyResult<Bound<'_, PyAny>> {
    static UTC: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let utc = UTC.get_or_try_init(py, || {
        py.import("datetime")?.getattr("timezone")?.getattr("utc").map(Bound::unbind)
    })?;
    datetime(py)?.call_method1(intern!(py, "fromtimestamp"), (time.seconds(), utc))
}

/// Converts an aware `datetime` or Unix seconds to seconds.
#[pyfunction]
pub fn seconds(value: Bound<'_, PyAny>, name: &str) -> PyResult<i64> {
    call(value.py(), || time(&value, name).map(UnixTime::seconds))
}

/// A `timedelta` or an `int` of seconds.
pub(crate) fn duration(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Duration> {
    static TIMEDELTA: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let py = value.py();
    let seconds = match () {
        () if is_int(value) => value.extract::<u32>().ok(),
        () if is_a(value, TIMEDELTA.import(py, "_datetime", "timedelta")?)? => {
            let class = TIMEDELTA.import(py, "_datetime", "timedelta")?;
            let seconds: f64 = class.call_method1(intern!(py, "total_seconds"), (value,))?.extract()?;
            let whole = seconds.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&seconds);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the range")]
            whole.then_some(seconds as u32)
        }
        () => return Err(wrong_type(value, name, "a timedelta or whole seconds")),
    };
    let range = || Plain("a whole number of seconds between 0 and 4294967295".to_owned());
    let seconds = seconds.ok_or_else(|| error(py, errors::out_of_range(name, range()), name))?;
    Ok(Duration::from_secs(seconds.into()))
}
