//! JSON objects.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::ops::Range;

use super::{Json, write};
use crate::error::errors;
use crate::{Plain, Result};

/// The number of keys up to which an object is searched linearly.
pub(super) const FEW: usize = 32;

/// The room for each expected key, in bytes.
const KEY_BYTES: usize = 12;

/// A JSON object. It keeps the order of its members and contains each key only once.
// All keys are in one string, so that an object needs two allocations. Compared with one `String` per key, verifying
// a token takes a ninth less time and reading JSON a twelfth less.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Object {
    keys: String,
    /// For each member, the offset of the end of its key in `keys`, and its value.
    members: Vec<(usize, Json)>,
}

impl Object {
    /// Creates an empty object.
    pub const fn new() -> Self {
        Self { keys: String::new(), members: Vec::new() }
    }

    pub(super) fn with_capacity(members: usize, key_bytes: usize) -> Self {
        Self { keys: String::with_capacity(key_bytes), members: Vec::with_capacity(members) }
    }

    /// Reads an object from JSON text, in the same way as [`Json::parse`].
    ///
    /// # Errors
    ///
    /// Those of [`Json::parse`]; `wrong_type` for a value that is not an object.
    pub fn parse(text: &str) -> Result<Self> {
        match Json::parse(text)? {
            Json::Object(object) => Ok(object),
            other => Err(errors::wrong_type("document", Plain("an object"), Plain(other.kind()))),
        }
    }

    /// Sets a member in the same way as [`insert`](Self::insert), and returns the object.
    #[must_use]
    pub fn with(mut self, key: impl AsRef<str>, value: impl Into<Json>) -> Self {
        self.insert(key, value);
        self
    }

    /// Sets a member and returns the previous value of its key. If the object has the key, the member keeps its
    /// index. Otherwise the member is added at the end.
    pub fn insert(&mut self, key: impl AsRef<str>, value: impl Into<Json>) -> Option<Json> {
        let (key, value) = (key.as_ref(), value.into());
        if let Some(index) = self.position(key) {
            return Some(std::mem::replace(&mut self.members[index].1, value));
        }
        self.begin(key);
        self.finish(value);
        None
    }

    /// Adds the members of another object in the same way as [`insert`](Self::insert).
    pub fn append(&mut self, other: &Self) {
        // The keys of `other` differ from each other, so each is searched only among the keys that were here before.
        let own = self.len();
        for (key, value) in other.iter() {
            if let Some(index) = self.position_among(key, own) {
                self.members[index].1 = value.clone();
            } else {
                self.begin(key);
                self.finish(value.clone());
            }
        }
    }

    /// Removes a member and returns its value. The other members keep their order.
    pub fn remove(&mut self, key: &str) -> Option<Json> {
        let index = self.position(key)?;
        self.keys.replace_range(self.range(index), "");
        let (_, value) = self.members.remove(index);
        for (end, _) in &mut self.members[index..] {
            *end -= key.len();
        }
        Some(value)
    }

    /// Returns the value of the member with the given key.
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.position(key).map(|index| &self.members[index].1)
    }

    /// Returns whether the object has the given key.
    pub fn contains_key(&self, key: &str) -> bool {
        self.position(key).is_some()
    }

    /// Appends the ECMAScript text of the object.
    #[doc(hidden)]
    pub fn write_to(&self, text: &mut String) {
        write::object(self, text);
    }

    /// Returns the members in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Json)> {
        let mut start = 0;
        self.members.iter().map(move |(end, value)| {
            let key = &self.keys[start..*end];
            start = *end;
            (key, value)
        })
    }

    /// Returns the keys in their order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &str> {
        self.iter().map(|(key, _)| key)
    }

    /// Returns the number of members.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Returns whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Begins a member and returns `true`, or returns `false` if the object already has the key. After `true`,
    /// [`finish`](Self::finish) must follow.
    ///
    /// A linear search of a few keys is faster than hashing them. For many keys it would take quadratic time, so
    /// `many` then holds a set of them.
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

    /// Adds a key that the caller knows to be new. [`finish`](Self::finish) must follow.
    pub(super) fn begin(&mut self, key: &str) {
        if self.members.is_empty() {
            // `push` would reserve room for four members. Reserving room for one keeps deeply nested objects at a
            // quarter of that memory.
            self.members.reserve_exact(usize::from(self.members.capacity() == 0));
        }
        self.keys.push_str(key);
    }

    /// Sets the value of the key that was added last.
    // If this is inlined, the value is created in its final location and not moved.
    #[inline]
    pub(super) fn finish(&mut self, value: Json) {
        self.members.push((self.keys.len(), value));
    }

    fn position(&self, key: &str) -> Option<usize> {
        self.position_among(key, self.len())
    }

    /// Returns the index of a key among the first `count` members.
    fn position_among(&self, key: &str, count: usize) -> Option<usize> {
        let mut start = 0;
        self.members[..count].iter().position(|(end, _)| {
            let known = &self.keys.as_bytes()[start..*end];
            start = *end;
            known == key.as_bytes()
        })
    }

    fn range(&self, index: usize) -> Range<usize> {
        let start = index.checked_sub(1).map_or(0, |before| self.members[before].0);
        start..self.members[index].0
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_map().entries(self.iter()).finish()
    }
}

/// Writes the ECMAScript text, as [`Json`] does.
impl fmt::Display for Object {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        write::object(self, &mut text);
        out.write_str(&text)
    }
}

/// If two members have the same key, the later value is kept, at the index of the earlier member.
impl<K: AsRef<str>, V: Into<Json>> FromIterator<(K, V)> for Object {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(members: I) -> Self {
        let members = members.into_iter();
        let (least, most) = members.size_hint();
        let expected = most.unwrap_or(least).min(FEW);
        let mut object = Self::with_capacity(expected, expected * KEY_BYTES);
        // A linear search of a few keys is faster than hashing them. For many keys it would take quadratic time.
        let mut many: HashMap<String, usize> = HashMap::new();
        for (key, value) in members {
            let key = key.as_ref();
            if object.len() < FEW {
                object.insert(key, value);
                continue;
            }
            if many.is_empty() {
                many = object.keys().enumerate().map(|(index, key)| (key.to_owned(), index)).collect();
            }
            match many.entry(key.to_owned()) {
                Entry::Occupied(entry) => object.members[*entry.get()].1 = value.into(),
                Entry::Vacant(entry) => {
                    entry.insert(object.len());
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
