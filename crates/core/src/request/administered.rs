//! Administrative changes: of templates, people, groups, applications.

use jit_approvals_base::{Canonical, Id, Json, Members, Plain, UnixTime};

use super::{Actor, Body, Event, Head};
use crate::shown_text::{Source, is_bare};
use crate::{Result, errors, limits};

/// What an administrator changed: kept as an event, in a stream of the company's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Administered {
    object: String,
    key: String,
    action: String,
    before: Option<Json>,
    after: Option<Json>,
}

impl Administered {
    /// A change of the object with this key, such as `template`, `REFUND`, `create`.
    ///
    /// # Errors
    ///
    /// `hidden_character` for a word or key that can't be shown, or is too long
    pub fn new(object: &str, key: &str, action: &str) -> Result<Self> {
        let longest = [64, limits::VALUE_BYTES as usize, 64];
        for ((member, text), longest) in
            [("object", object), ("key", key), ("action", action)].into_iter().zip(longest)
        {
            if text.len() > longest || !is_bare(text, Source::Stored) {
                let problem = format!(
                    "a word without white space and invisible characters, of at most {longest} bytes"
                );
                return Err(errors::hidden_character(member, Plain(problem)).with_field(member));
            }
        }
        let (object, key, action) = (object.to_owned(), key.to_owned(), action.to_owned());
        Ok(Self { object, key, action, before: None, after: None })
    }

    /// The same change with what was there before.
    #[must_use]
    pub fn with_before(self, before: impl Into<Json>) -> Self {
        Self { before: Some(before.into()), ..self }
    }

    /// The same change with what is there after it.
    #[must_use]
    pub fn with_after(self, after: impl Into<Json>) -> Self {
        Self { after: Some(after.into()), ..self }
    }

    /// What kind of thing was changed.
    pub fn object(&self) -> &str {
        &self.object
    }

    /// Which one.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What was done to it.
    pub fn action(&self) -> &str {
        &self.action
    }

    /// What was there before.
    pub fn before(&self) -> Option<&Json> {
        self.before.as_ref()
    }

    /// What is there after it.
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
    /// An administrative change, the next event of this stream of the company's; its first, without a head.
    ///
    /// # Errors
    ///
    /// `invalid_actor`; `out_of_range` for a time outside the years 1 to 9999; `too_large`, `too_deep` for what was there
    /// before or after
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
        // Nothing is stored that can't be read: the values may be large, or nested deep.
        Self::parse(&event.to_text())
    }
}
