//! Templates that were parsed.

use std::collections::HashMap;
use std::sync::Mutex;

use jit_approvals::Template;
use jit_approvals_base::Id;
use jit_approvals_store::{Failure, Reader, TemplateRow};

use crate::refusal::Result;

/// The most templates that are kept.
const KEPT: usize = 1000;

/// The newest versions that were used, each with the company's revision at that time.
#[derive(Debug, Default)]
pub(crate) struct Templates(Mutex<HashMap<(Id, String), (i64, Template)>>);

impl Templates {
    /// Returns the newest version of a template that is not archived.
    pub(crate) fn newest(
        &self,
        reader: &mut dyn Reader,
        company: Id,
        revision: i64,
        key: &str,
    ) -> Result<Option<Template>> {
        let slot = (company, key.to_owned());
        let kept = self.0.lock().expect("nobody panics while holding the templates").get(&slot).cloned();
        if let Some((known, template)) = kept
            && known == revision
        {
            return Ok(Some(template));
        }
        let row = TemplateRow::newest(reader, company, key)?;
        let Some(row) = row.filter(|row| row.archived_at.is_none()) else { return Ok(None) };
        let template = Template::parse(&row.text);
        let template =
            template.map_err(|problem| Failure::Corrupt(format!("the template {key}: {problem}")))?;
        let mut kept = self.0.lock().expect("nobody panics while holding the templates");
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(slot, (revision, template.clone()));
        Ok(Some(template))
    }
}
