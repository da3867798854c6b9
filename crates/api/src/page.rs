//! A page of a list.

use jit_approvals_base::{Json, Members, Object, Result};

/// A page of a list: `{items, next?}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The items.
    pub items: Vec<Json>,
    /// The id or key of the last item, if there are more. The next page starts after it.
    pub next: Option<String>,
}

impl Page {
    /// The most items of a page.
    pub const MOST: u32 = 100;

    /// The items of a page by default.
    pub const DEFAULT: u32 = 20;

    /// Creates the page from at most one item more than its limit. `key` names an item for `next`.
    pub fn new<T>(
        mut items: Vec<T>,
        limit: usize,
        key: impl Fn(&T) -> String,
        json: impl Fn(&T) -> Json,
    ) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(key);
        Self { items: items.iter().map(json).collect(), next }
    }

    /// Returns `{items, next?}`.
    pub fn to_json(&self) -> Json {
        let mut object = Object::new().with("items", self.items.clone());
        if let Some(next) = &self.next {
            object.insert("next", next.as_str());
        }
        object.into()
    }

    /// Reads a page.
    ///
    /// # Errors
    ///
    /// `wrong_type`, `missing_member`
    pub fn from_json(value: &Json) -> Result<Self> {
        let members = Members::open(value, "")?;
        members.required("items", members.optional("items"))?;
        Ok(Self { items: members.array("items")?.to_vec(), next: members.text("next")?.map(str::to_owned) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_the_last_item_only_if_there_are_more() {
        let page =
            |count: i64| Page::new((0..count).collect(), 2, ToString::to_string, |item| Json::from(*item));
        assert_eq!(page(2).next, None);
        assert_eq!(page(3).next.as_deref(), Some("1"));
        assert_eq!(page(3).items.len(), 2);
        assert_eq!(Page::from_json(&page(3).to_json()), Ok(page(3)));
        assert_eq!(page(0).to_json().to_string(), r#"{"items":[]}"#);
    }
}
