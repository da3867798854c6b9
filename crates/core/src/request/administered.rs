//! Administrative changes of templates, people, groups and applications.

use jit_approvals_base::{Canonical, Id, Json, Members, Plain, UnixTime};

use super::{Actor, Body, Event, Head};
use crate::shown_text::{Source, is_bare};
use crate::{Result, errors, limits};

/// A change that an administrator made. It is stored as an event in the stream of the company, not in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Administered {
    object: String,
    key: String,
    action: String,
    before: Option<Json>,
    after: Option<Json>,
}

impl Administered {
    /// Creates a change of the object with the given key, for example `template`, `REFUND`, `create`.
    ///
    /// # Errors
    ///
    /// `hidden_character` if a text is empty, is too long, or contains white space or a character that cannot be
    /// shown. `object` and `action` have at most 64 bytes, `key` at most 4096.
    pub fn new(object: &str, key: &str, action: &str) -> Result<Self> {
        let longest = [64, limits::VALUE_BYTES as usize, 64];
        for ((member, text), longest) in
            [("object", object), ("key", key), ("action", action)].into_iter().zip(longest)
        {
            if text.len() > longest || !is_bare(text, Source::Stored) {
                let problem = format!(
                    "only 1 to {longest} bytes without white space and invisible characters are allowed"
                );
                return Err(errors::hidden_character(member, Plain(problem)).with_field(member));
            }
        }
        let (object, key, action) = (object.to_owned(), key.to_owned(), action.to_owned());
        Ok(Self { object, key, action, before: None, after: None })
    }

    /// Returns this change with the object's value before the change.
    #[must_use]
    pub fn with_before(self, before: impl Into<Json>) -> Self {
        Self { before: Some(before.into()), ..self }
    }

    /// Returns this change with the object's value after the change.
    #[must_use]
    pub fn with_after(self, after: impl Into<Json>) -> Self {
        Self { after: Some(after.into()), ..self }
    }

    /// The kind of object that was changed.
    pub fn object(&self) -> &str {
        &self.object
    }

    /// The key of the object.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What was done to the object.
    pub fn action(&self) -> &str {
        &self.action
    }

    /// The value of the object before the change.
    pub fn before(&self) -> Option<&Json> {
        self.before.as_ref()
    }

    /// The value of the object after the change.
    pub fn after(&self) -> Option<&Json> {
        self.after.as_ref()
    }

    pub(super) fn read(members: &Members<'_>) -> Result<Self> {
        let change = Self::new(
            members.required_text("object")?,
            members.required_text("key")?,
            members.required_text("action")?,
        )?;
        let (before, after) = (members.optional("before").cloned(), members.optional("after").cloned());
        Ok(Self { before, after, ..change })
    }

    pub(super) fn write(&self, body: &mut Canonical, kind: &str) {
        body.text("action", &self.action);
        if let Some(after) = &self.after {
            body.json("after", after);
        }
        if let Some(before) = &self.before {
            body.json("before", before);
        }
        body.text("key", &self.key);
        body.text("object", &self.object);
        body.text("type", kind);
    }
}

impl Event {
    /// Creates the event of an administrative change in the given stream of the company. The event follows `head`.
    /// Without a head it is the first event of the stream.
    ///
    /// # Errors
    ///
    /// `invalid_actor`; `out_of_range` for a time outside the years 1 to 9999; `too_large`, `too_deep` for the value
    /// before or after the change.
    pub fn administered(
        company: &str,
        stream: Id,
        head: Option<Head>,
        actor: Actor,
        change: Administered,
        now: UnixTime,
    ) -> Result<Self> {
        actor.check(Source::Given)?;
        crate::origin::check_name("company", company, Source::Given)?;
        let (sequence, previous) = head.map_or((1, None), |head| (head.count + 1, Some(head.hash)));
        let now = now.in_calendar("now")?;
        let event = Self::new(company, stream, sequence, now, actor, Body::Administered(change), previous);
        // The values may be too large or nested too deeply. An event that cannot be read must not be stored.
        Self::parse(&event.to_text())
    }
}
