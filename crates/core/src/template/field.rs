//! Metadata fields and their constraints.

use jit_approvals_base::{Error, Plain, list};

use super::decimal::Decimal;
use super::pattern::Pattern;
use crate::limits;
use crate::origin::hidden;
use crate::shown_text::{Source, flaw, is_visible};
use crate::{Result, errors};

/// A declared placeholder: its key, its default and the constraints on its values.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MetadataField {
    /// The key that placeholders and requests use.
    pub key: String,
    /// The value that is used if the request gives none.
    pub default_value: String,
    /// Whether it is an error if neither the request nor the default gives a value. If true, a value in a request must
    /// have a visible character.
    pub required: bool,
    /// The type of the values.
    pub value_type: ValueType,
    /// The allowed values. If the list is empty, every value is allowed.
    pub one_of: Vec<String>,
    /// The pattern that the whole value must match.
    pub pattern: Option<Pattern>,
    /// The minimum, as a decimal number.
    pub min: Option<String>,
    /// The maximum, as a decimal number.
    pub max: Option<String>,
    /// The maximum number of characters.
    pub max_length: Option<u32>,
    /// Whether line feeds are allowed.
    pub multiline: bool,
    /// Whether the field has constraints. Every value is also checked for characters that must not be shown.
    pub(super) constrained: bool,
}

/// The type of a field's values. Values of all types are stored and shown as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ValueType {
    /// Any text.
    #[default]
    Text,
    /// A decimal number, shown as the request sent it.
    Number,
    /// `true` or `false`
    Boolean,
}

jit_approvals_base::choices! {
    ValueType { Text = "text", Number = "number", Boolean = "boolean" }
}

impl MetadataField {
    /// Rejects a value that the field does not allow.
    #[inline]
    pub(super) fn check(&self, value: &str) -> Result<()> {
        if self.required && !is_visible(value) {
            return Err(self.missing());
        }
        self.check_given(value).map_err(|error| error.with_field(format!("metaData.{}", self.key)))
    }

    /// Creates the error for a required value that is missing.
    #[cold]
    pub(super) fn missing(&self) -> Error {
        errors::missing_metadata(&self.key).with_field(format!("metaData.{}", self.key))
    }

    #[inline]
    pub(super) fn check_given(&self, value: &str) -> Result<()> {
        self.check_shown(value)?;
        if self.constrained { self.check_constraints(value, true) } else { Ok(()) }
    }

    /// Rejects a choice that the field's other constraints do not allow.
    pub(super) fn check_choice(&self, choice: &str) -> Result<()> {
        self.check_shown(choice)?;
        self.check_constraints(choice, false)
    }

    #[inline]
    fn check_shown(&self, value: &str) -> Result<()> {
        if value.len() > limits::VALUE_BYTES as usize {
            return Err(errors::value_too_long(&self.key, value.len(), limits::VALUE_BYTES as usize));
        }
        match flaw(value, self.multiline, Source::Given) {
            Some(flaw) => Err(hidden(&self.key, flaw, value)),
            None => Ok(()),
        }
    }

    fn check_constraints(&self, value: &str, choices: bool) -> Result<()> {
        let key = &*self.key;
        match self.value_type {
            ValueType::Text => {}
            ValueType::Number => self.check_number(value)?,
            ValueType::Boolean if matches!(value, "true" | "false") => {}
            ValueType::Boolean => return Err(errors::not_a_boolean(key, value)),
        }
        if choices && !self.one_of.is_empty() && !self.one_of.iter().any(|choice| choice == value) {
            let choices = list(self.one_of.iter().map(String::as_str));
            return Err(errors::not_one_of(key, value, Plain(choices)));
        }
        if self.pattern.as_ref().is_some_and(|pattern| !pattern.matches(value)) {
            return Err(errors::pattern_mismatch(key, value));
        }
        if let Some(most) = self.max_length.map(|most| most as usize) {
            let size = value.chars().count();
            if size > most {
                return Err(errors::too_many_characters(key, size, most));
            }
        }
        Ok(())
    }

    fn check_number(&self, value: &str) -> Result<()> {
        let number = Decimal::parse(value).ok_or_else(|| errors::not_a_number(&self.key, value))?;
        if let Some(least) = self.min.as_deref().filter(|least| Decimal::parse(least) > Some(number)) {
            return Err(errors::below_minimum(&self.key, value, Plain(least.to_owned())));
        }
        match self.max.as_deref() {
            Some(most) if Decimal::parse(most) < Some(number) => {
                Err(errors::above_maximum(&self.key, value, Plain(most.to_owned())))
            }
            _ => Ok(()),
        }
    }
}
