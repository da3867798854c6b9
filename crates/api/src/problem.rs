//! An error as the API answers it.

use jit_approvals_base::{Error, Json, Members, Object, Result};

/// An error as the API answers it: a problem document (RFC 9457), `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    object: Object,
}

impl Problem {
    /// The content type of a problem document.
    pub const CONTENT_TYPE: &str = "application/problem+json";

    /// Creates `{type, title, status, detail, instance, code, field?, line?, column?}`. `instance` names the call.
    pub fn new(error: &Error, instance: &str) -> Self {
        let code = error.code();
        let mut object = Object::new()
            .with("type", "about:blank")
            .with("title", code.as_str().replace('_', " "))
            .with("status", code.status())
            .with("detail", error.to_string())
            .with("instance", instance)
            .with("code", code.as_str());
        // The field of a whole document has no name.
        if let Some(field) = error.field().filter(|field| !field.is_empty()) {
            object.insert("field", field);
        }
        if let Some(place) = error.place().or(error.place_in_field()) {
            object.insert("line", place.line());
            object.insert("column", place.column());
        }
        Self { object }
    }

    /// Adds the present record of the request that the call was about.
    #[must_use]
    pub fn with_approval_request(self, record: Json) -> Self {
        Self { object: self.object.with("approvalRequest", record) }
    }

    /// Adds the present record of what the call was about.
    #[must_use]
    pub fn with_present(self, record: Json) -> Self {
        Self { object: self.object.with("present", record) }
    }

    /// Reads a problem document.
    ///
    /// # Errors
    ///
    /// `wrong_type`, `missing_member`
    pub fn from_json(value: &Json) -> Result<Self> {
        let members = Members::open(value, "")?;
        members.required_text("code")?;
        members.required_text("detail")?;
        members.required("status", members.count("status", 400, 599)?)?;
        Ok(Self { object: value.as_object().cloned().unwrap_or_default() })
    }

    /// The code, by which programs decide.
    pub fn code(&self) -> &str {
        self.text("code")
    }

    /// What is wrong, for people.
    pub fn detail(&self) -> &str {
        self.text("detail")
    }

    /// The present record of the request that the call was about, with status 409 and 410.
    pub fn approval_request(&self) -> Option<&Json> {
        self.object.get("approvalRequest")
    }

    /// Returns the document.
    pub fn to_json(&self) -> Json {
        self.object.clone().into()
    }

    fn text(&self, name: &str) -> &str {
        self.object.get(name).and_then(Json::as_str).unwrap_or_default()
    }
}
