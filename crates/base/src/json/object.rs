//! JSON objects.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::ops::Range;

use super::{Json, write};
use crate::error::errors;
use crate::{Plain, Result};

/// Keys that are looked through one by one.
pub(super) const FEW: usize = 32;

/// The members of a JSON object in their order; each key once.
// All keys are in one text, so that an object costs two allocations: against a `String` for each key, verifying a token
// takes a ninth less time and reading JSON a twelfth.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Object {
    keys: String,
    /// Where each key ends, and its value.
    members: Vec<(usize, Json)>,
}

impl Object {
    /// One without members.
    pub const fn new() -> Self {
        Self { keys: String::new(), members: Vec::new() }
    }

    pub(super) fn with_capacity(members: usize, key_bytes: usize) -> Self {
        Self { keys: String::with_capacity(key_bytes), members: Vec::with_capacity(members) }
    }

    /// Reads an object, as [`Json::parse`] reads any value.
    ///
    /// # Errors
    ///
    /// Those of [`Json::parse`]; `wrong_type` for another value.
    pub fn parse(text: &str) -> Result<Self> {
        match Json::parse(text)? {
            Json::Object(object) => Ok(object),
            other => Err(errors::wrong_type("document", Plain("an object"), Plain(other.kind()))),
        }
    }

    /// The same object with this member: in its place if it has the key, else at the end.
    #[must_use]
    pub fn with(mut self, key: impl AsRef<str>, value: impl Into<Json>) -> Self {
        self.insert(key, value);
        self
    }

    /// Sets a member: in its place if the object has the key, else at the end. Returns what stood there.
    pub fn insert(&mut self, key: impl AsRef<str>, value: impl Into<Json>) -> Option<Json> {
        let (key, value) = (key.as_ref(), value.into());
        if let Some(place) = self.position(key) {
            return Some(std::mem::replace(&mut self.members[place].1, value));
        }
        self.begin(key);
        self.finish(value);
        None
    }

    /// Adds the members of another object, as by [`insert`](Self::insert).
    pub fn append(&mut self, other: &Self) {
        // Its keys are different ones: each is looked for only among ours.
        let own = self.len();
        for (key, value) in other.iter() {
            if let Some(place) = self.position_among(key, own) {
                self.members[place].1 = value.clone();
            } else {
                self.begin(key);
                self.finish(value.clone());
            }
        }
    }

    /// Takes a member out; the others keep their order.
    pub fn remove(&mut self, key: &str) -> Option<Json> {
        let place = self.position(key)?;
        self.keys.replace_range(self.range(place), "");
        let (_, value) = self.members.remove(place);
        for (end, _) in &mut self.members[place..] {
            *end -= key.len();
        }
        Some(value)
    }

    /// The member of that name.
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.position(key).map(|place| &self.members[place].1)
    }

    /// Whether it has that member.
    pub fn contains_key(&self, key: &str) -> bool {
        self.position(key).is_some()
    }

    /// Appends its ECMAScript text.
    #[doc(hidden)]
    pub fn write_to(&self, text: &mut String) {
        write::object(self, text);
    }

    /// Its members in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Json)> {
        let mut start = 0;
        self.members.iter().map(move |(end, value)| {
            let key = &self.keys[start..*end];
            start = *end;
            (key, value)
        })
    }

    /// Its keys in their order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &str> {
        self.iter().map(|(key, _)| key)
    }

    /// How many members it has.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Begins a member, unless there is one of that key: looking through a few keys is faster than hashing them; through
    /// many, of which `many` keeps a set, it would take quadratic time. [`finish`](Self::finish) has to follow.
    #[inline]
    pub(super) fn begin_new(&mut self, key: &str, many: &mut HashSet<String>) -> bool {
        let known = if self.len() < FEW {
            self.contains_key(key)
        } else {
            if many.is_empty() {
                many.extend(self.keys().map(str::to_owned));
            }
            !many.insert(key.to_owned())
        };
        if !known {
            self.begin(key);
        }
        !known
    }

    /// Adds a key that the caller knows to be new; [`finish`](Self::finish) has to follow.
    pub(super) fn begin(&mut self, key: &str) {
        if self.members.is_empty() {
            // Room for one member, not the four of `push`: deeply nested objects would take four times the memory.
            self.members.reserve_exact(usize::from(self.members.capacity() == 0));
        }
        self.keys.push_str(key);
    }

    /// Gives the key that was begun last its value.
    // Inlined, the value is made where it will lie, and not moved there.
    #[inline]
    pub(super) fn finish(&mut self, value: Json) {
        self.members.push((self.keys.len(), value));
    }

    fn position(&self, key: &str) -> Option<usize> {
        self.position_among(key, self.len())
    }

    /// Where a key is among this number of first members.
    fn position_among(&self, key: &str, count: usize) -> Option<usize> {
        let mut start = 0;
        self.members[..count].iter().position(|(end, _)| {
            let known = &self.keys.as_bytes()[start..*end];
            start = *end;
            known == key.as_bytes()
        })
    }

    fn range(&self, place: usize) -> Range<usize> {
        let start = place.checked_sub(1).map_or(0, |before| self.members[before].0);
        start..self.members[place].0
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_map().entries(self.iter()).finish()
    }
}

/// Its ECMAScript text, as [`Json`]'s.
impl fmt::Display for Object {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        write::object(self, &mut text);
        out.write_str(&text)
    }
}

/// Of two members with one key the later value stands, in the earlier one's place.
impl<K: AsRef<str>, V: Into<Json>> FromIterator<(K, V)> for Object {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(members: I) -> Self {
        let mut object = Self::new();
        // Looking through a few keys is faster than hashing them; through many it would take quadratic time.
        let mut many: HashMap<String, usize> = HashMap::new();
        for (key, value) in members {
            let key = key.as_ref();
            if object.len() < FEW {
                object.insert(key, value);
                continue;
            }
            if many.is_empty() {
                many = object.keys().enumerate().map(|(place, key)| (key.to_owned(), place)).collect();
            }
            match many.entry(key.to_owned()) {
                Entry::Occupied(place) => object.members[*place.get()].1 = value.into(),
                Entry::Vacant(place) => {
                    place.insert(object.len());
                    object.begin(key);
                    object.finish(value.into());
                }
            }
        }
        object
    }
}

impl<K: AsRef<str>, V: Into<Json>, const N: usize> From<[(K, V); N]> for Object {
    fn from(members: [(K, V); N]) -> Self {
        members.into_iter().collect()
    }
}
