//! Objects of other modules that are values: decimals, dataclasses, models of pydantic.

use jit_approvals::bindings::{Plain, errors};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};

use super::{Place, error, is_a, text};

/// The most digits of a decimal, and the most zeros beside them: more than any field accepts.
const MOST_DIGITS: i64 = 4096;

/// The text of a `Decimal`, without an exponent.
pub(super) fn decimal_text(value: &Bound<'_, PyAny>, place: Place<'_>) -> PyResult<Option<String>> {
    static DECIMAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let py = value.py();
    // Nobody has a Decimal without its module.
    let modules = py.import(intern!(py, "sys"))?.getattr(intern!(py, "modules"))?;
    if !modules.contains(intern!(py, "decimal"))? {
        return Ok(None);
    }
    let class = DECIMAL.import(py, "decimal", "Decimal")?;
    if !is_a(value, class)? {
        return Ok(None);
    }
    // The methods of the class itself, whatever a subclass has. `adjusted` is the exponent of the first digit.
    let call = |method, arguments: &[&str]| {
        let mut all = vec![value.clone()];
        all.extend(arguments.iter().map(|text| pyo3::types::PyString::new(py, text).into_any()));
        class.call_method1(method, pyo3::types::PyTuple::new(py, all)?)
    };
    if !call("is_finite", &[])?.is_truthy()? {
        let shown = call("__str__", &[])?;
        let found = text(&shown, place)?.into_owned();
        let expected = Plain("a finite number");
        return Err(error(py, errors::wrong_type(&place.to_string(), expected, Plain(&found)), place));
    }
    let parts = call("as_tuple", &[])?;
    let digits = parts.getattr(intern!(py, "digits"))?.len()?;
    let exponent: i64 = parts.getattr(intern!(py, "exponent"))?.extract().unwrap_or(i64::MAX);
    let length = exponent.saturating_abs().saturating_add(i64::try_from(digits).unwrap_or(i64::MAX));
    if length > MOST_DIGITS {
        let range = Plain(format!("a number with at most {MOST_DIGITS} digits"));
        return Err(error(py, errors::out_of_range(&place.to_string(), range), place));
    }
    Ok(Some(text(&call("__format__", &["f"])?, place)?.into_owned()))
}

/// The fields of a pydantic model or a dataclass, as a dict.
pub(super) fn fields<'py>(value: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = value.py();
    if value.is_instance_of::<PyType>() {
        return Ok(None);
    }
    let class = value.get_type();
    if class.hasattr(intern!(py, "model_dump"))? {
        let options = PyDict::new(py);
        options.set_item("mode", "json")?;
        return value.call_method(intern!(py, "model_dump"), (), Some(&options)).map(Some);
    }
    if !class.hasattr(intern!(py, "__dataclass_fields__"))? {
        return Ok(None);
    }
    let fields = PyDict::new(py);
    for field in
        py.import(intern!(py, "dataclasses"))?.call_method1(intern!(py, "fields"), (value,))?.try_iter()?
    {
        let name = field?.getattr(intern!(py, "name"))?;
        let name = name.cast::<pyo3::types::PyString>()?;
        fields.set_item(name, value.getattr(name)?)?;
    }
    Ok(Some(fields.into_any()))
}
