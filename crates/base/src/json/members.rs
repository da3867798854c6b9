//! Reads records: JSON objects with known members.

use std::fmt;
use std::str::FromStr;

use super::{Json, Number, Object};
use crate::error::errors;
use crate::{Error, Plain, Result, UnixTime, did_you_mean};

/// A JSON object that is read as a record: it may have only known members, each of the expected type.
///
/// Every error contains the path of the member. `null` does not count as a missing member: it is a value of the wrong
/// type.
///
/// ```
/// use jit_approvals_base::{Json, Members};
///
/// let row = Json::parse(r#"{"key": "seat", "defaultVale": "n/a"}"#)?;
/// let error = Members::of(&row, "metadata[0]", &["key", "defaultValue"]).unwrap_err();
/// assert_eq!(error.field(), Some("metadata[0].defaultVale"));
/// assert_eq!(error.message(), "unknown member `defaultVale`; did you mean `defaultValue`?");
/// # Ok::<(), jit_approvals_base::Error>(())
/// ```
#[derive(Debug)]
pub struct Members<'a> {
    object: &'a Object,
    path: Path<'a>,
}

/// The path of a record in a document, such as `stages[0]`. It is converted to text only if there is an error.
#[derive(Debug, Clone, Copy)]
pub struct Path<'a>(Step<'a>);

#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    /// A complete path. The path of the document itself is empty.
    Written(&'a str),
    Element {
        of: &'a Path<'a>,
        member: &'a str,
        index: usize,
    },
}

impl<'a> Members<'a> {
    /// Reads an object that may have only the known members. The path of the document itself is empty.
    ///
    /// # Errors
    ///
    /// `wrong_type` if the value is not an object; `unknown_member`, with the most similar known name.
    pub fn of(value: &'a Json, path: impl Into<Path<'a>>, known: &[&str]) -> Result<Self> {
        let members = Self::open(value, path)?;
        let unknown = members.unknown(known).next();
        unknown.map_or(Ok(members), Err)
    }

    /// Reads an object that may have any members.
    ///
    /// # Errors
    ///
    /// `wrong_type` if the value is not an object.
    pub fn open(value: &'a Json, path: impl Into<Path<'a>>) -> Result<Self> {
        let path = path.into();
        match value {
            Json::Object(object) => Ok(Self { object, path }),
            _ => Err(wrong_type("an object", value, &path.to_string())),
        }
    }

    /// Returns an `unknown_member` error for each member that is not known. The first ten errors suggest the most
    /// similar known name.
    pub fn unknown(&self, known: &[&str]) -> impl Iterator<Item = Error> {
        self.object.keys().filter(|key| !known.contains(key)).enumerate().map(|(index, key)| {
            let hint = if index < 10 { did_you_mean(key, known.iter().copied()) } else { String::new() };
            errors::unknown_member(key, Plain(hint)).with_field(self.path_of(key))
        })
    }

    /// Returns the path of a member: the path of the record, then the name of the member.
    pub fn path_of(&self, name: &str) -> String {
        self.path.member(name)
    }

    /// Returns the value of a member, if it is present.
    pub fn optional(&self, name: &str) -> Option<&'a Json> {
        self.object.get(name)
    }

    /// Returns the string of a member, if it is present.
    ///
    /// # Errors
    ///
    /// `wrong_type`
    pub fn text(&self, name: &str) -> Result<Option<&'a str>> {
        self.typed(name, "a string", Json::as_str)
    }

    /// Returns the string of a required member.
    ///
    /// # Errors
    ///
    /// `wrong_type`, `missing_member`
    pub fn required_text(&self, name: &str) -> Result<&'a str> {
        self.required(name, self.text(name)?)
    }

    /// Parses the string of a member, if it is present: a choice, an id or a hash.
    ///
    /// # Errors
    ///
    /// `wrong_type`; those of parsing the string, such as `unknown_choice` or `invalid_id`.
    pub fn parsed<T: FromStr<Err = Error>>(&self, name: &str) -> Result<Option<T>> {
        let parsed = self.text(name)?.map(str::parse).transpose();
        parsed.map_err(|error: Error| error.with_field(self.path_of(name)))
    }

    /// Parses the string of a required member: a choice, an id or a hash.
    ///
    /// # Errors
    ///
    /// `missing_member`; those of [`parsed`](Self::parsed).
    pub fn required_parsed<T: FromStr<Err = Error>>(&self, name: &str) -> Result<T> {
        self.required(name, self.parsed(name)?)
    }

    /// Returns the boolean of a member, if it is present.
    ///
    /// # Errors
    ///
    /// `wrong_type`
    pub fn boolean(&self, name: &str) -> Result<Option<bool>> {
        self.typed(name, "a boolean", |value| match value {
            Json::Bool(value) => Some(*value),
            _ => None,
        })
    }

    /// Returns the integer of a member, if it is present. It must be between `least` and `most`.
    ///
    /// # Errors
    ///
    /// `wrong_type`, `out_of_range`
    pub fn integer(&self, name: &str, least: i64, most: i64) -> Result<Option<i64>> {
        let value = self.typed(name, "an integer", |value| value.as_number()?.as_i64())?;
        match value {
            Some(value) if !(least..=most).contains(&value) => {
                let range = format!("between {least} and {most}");
                Err(errors::out_of_range(name, Plain(range)).with_field(self.path_of(name)))
            }
            _ => Ok(value),
        }
    }

    /// Returns the number of a member, if it is present.
    ///
    /// # Errors
    ///
    /// `wrong_type`
    pub fn number(&self, name: &str) -> Result<Option<Number>> {
        self.typed(name, "a number", Json::as_number)
    }

    /// Returns the count of a member, if it is present. It must be between `least` and `most`.
    ///
    /// # Errors
    ///
    /// `wrong_type`, `out_of_range`
    pub fn count(&self, name: &str, least: u32, most: u32) -> Result<Option<u32>> {
        let count = self.integer(name, least.into(), most.into())?;
        Ok(count.and_then(|count| u32::try_from(count).ok()))
    }

    /// Returns the time of a member in Unix seconds, in the years 1 to 9999, if it is present.
    ///
    /// # Errors
    ///
    /// `wrong_type`, `out_of_range`
    pub fn time(&self, name: &str) -> Result<Option<UnixTime>> {
        let value = self.typed(name, "a time in whole Unix seconds", |value| value.as_number()?.as_i64())?;
        let time = value.map(|seconds| UnixTime::from_seconds(seconds).in_calendar(name)).transpose();
        time.map_err(|error: Error| error.with_field(self.path_of(name)))
    }

    /// Returns the object of a member, if it is present.
    ///
    /// # Errors
    ///
    /// `wrong_type`
    pub fn object(&self, name: &str) -> Result<Option<&'a Object>> {
        self.typed(name, "an object", Json::as_object)
    }

    /// Returns the elements of an array member, each with its path. A missing member has no elements.
    ///
    /// # Errors
    ///
    /// `wrong_type`
    pub fn elements<'s>(
        &'s self,
        member: &'s str,
    ) -> Result<impl ExactSizeIterator<Item = (Path<'s>, &'s Json)>> {
        let path = move |index| Path(Step::Element { of: &self.path, member, index });
        Ok(self.array(member)?.iter().enumerate().map(move |(index, value)| (path(index), value)))
    }

    /// Returns the number of members.
    pub fn len(&self) -> usize {
        self.object.len()
    }

    /// Returns whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.object.is_empty()
    }

    /// Returns the elements of an array member. A missing member has no elements.
    ///
    /// # Errors
    ///
    /// `wrong_type`
    pub fn array(&self, name: &str) -> Result<&'a [Json]> {
        Ok(self.typed(name, "an array", Json::as_array)?.unwrap_or_default())
    }

    /// Returns the number of elements of an array member: 0 if the member is missing.
    ///
    /// # Errors
    ///
    /// `wrong_type`
    pub fn count_elements(&self, name: &str) -> Result<usize> {
        self.array(name).map(<[Json]>::len)
    }

    /// Returns the strings of a member that is an array of strings. A missing member has no strings.
    ///
    /// # Errors
    ///
    /// `wrong_type`
    pub fn texts(&self, name: &str) -> Result<Vec<String>> {
        self.optional(name).map_or(Ok(Vec::new()), |value| Self::texts_of(value, &self.path_of(name)))
    }

    /// Returns the strings of a value that is an array of strings. `path` is the path of the value, for errors.
    ///
    /// # Errors
    ///
    /// `wrong_type`
    pub fn texts_of(value: &Json, path: &str) -> Result<Vec<String>> {
        let elements = value.as_array().ok_or_else(|| wrong_type("an array", value, path))?;
        let text = |(index, value): (usize, &Json)| match value {
            Json::String(text) => Ok(text.clone()),
            _ => Err(wrong_type("a string", value, &format!("{path}[{index}]"))),
        };
        elements.iter().enumerate().map(text).collect()
    }

    /// Returns the value that was read from a member, or the error that the member is missing.
    ///
    /// # Errors
    ///
    /// `missing_member`
    pub fn required<T>(&self, name: &str, value: Option<T>) -> Result<T> {
        value.ok_or_else(|| errors::missing_member(name).with_field(self.path_of(name)))
    }

    fn typed<T>(
        &self,
        name: &str,
        expected: &'static str,
        convert: impl FnOnce(&'a Json) -> Option<T>,
    ) -> Result<Option<T>> {
        let Some(value) = self.optional(name) else {
            return Ok(None);
        };
        match convert(value) {
            Some(value) => Ok(Some(value)),
            None => Err(wrong_type(expected, value, &self.path_of(name))),
        }
    }
}

impl Path<'_> {
    fn member(self, name: &str) -> String {
        match self.0 {
            Step::Written("") => name.to_owned(),
            _ => format!("{self}.{name}"),
        }
    }
}

impl<'a> From<&'a str> for Path<'a> {
    fn from(path: &'a str) -> Self {
        Self(Step::Written(path))
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Step::Written(path) => out.write_str(path),
            Step::Element { of, member, index } => write!(out, "{}[{index}]", of.member(member)),
        }
    }
}

fn wrong_type(expected: &'static str, found: &Json, path: &str) -> Error {
    // The document itself has no name.
    let member = if path.is_empty() { "document" } else { path };
    let found = if *found == Json::Null { "null: leave it out" } else { found.kind() };
    errors::wrong_type(member, Plain(expected), Plain(found)).with_field(path)
}
