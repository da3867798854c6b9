//! Checks what holds for every opened request. Opening and restoring run the same check, so that only a request that
//! could have been opened can be restored.
//!
//! The check leaves out everything that depends on the template, because no event contains the template: its literal
//! text, and its constraints on values (`required`, `oneOf`, `pattern`, `min`, `max`, `maxLength`).

use std::collections::HashMap;

use jit_approvals_base::{Error, Plain, REGISTERED_CLAIMS, UnixTime};

use super::{OwnedPart, Requested};
use crate::identity::{approver_key, check_email, check_group, identity};
use crate::limits;
use crate::origin::{check_name as check_origin_name, hidden};
use crate::shown_text::{Source, flaw, is_visible};
use crate::template::{BUILT_IN, check_name, check_template_key, merging_part};
use crate::{Result, errors};

/// The position of each approver in the snapshot: the index of the stage, and the index in that stage. The key is that
/// of *is this approver*.
pub(in super::super) type Approvers = HashMap<String, (usize, usize)>;

impl Requested {
    /// Rejects values that opening a request never produces. Returns the positions of the approvers.
    pub(in super::super) fn check(&self, at: UnixTime, source: Source) -> Result<Approvers> {
        let content = &self.content;
        check_origin_name("company", &content.company, source)?;
        check_origin_name("application", &content.application, source)?;
        check_origin_name("subject", &content.subject, source)?;
        check_template_key(&content.template_id, source)?;
        check_values("claims", &content.claims, &REGISTERED_CLAIMS, false, source)?;
        check_values("metaData", &content.meta_data, &BUILT_IN, true, source)?;
        check_values("defaults", &self.defaults, &BUILT_IN, true, source)?;
        if !self.defaults.iter().map(key).eq(content.meta_data.iter().map(key)) {
            return Err(impossible("`defaults` and `metaData` must have the same keys"));
        }
        self.check_parts("title", &self.title_parts, source)?;
        self.check_parts("text", &self.parts, source)?;
        self.check_company_name(source)?;
        self.check_times(at)?;
        self.check_stages(source)
    }

    fn check_times(&self, at: UnixTime) -> Result<()> {
        at.in_calendar("at")?;
        self.expires_at.plus(self.grant_ttl.into()).in_calendar("expiresAt")?;
        let longest = i64::from(limits::MAX_TTL_SECONDS);
        if self.expires_at <= at || self.expires_at > at.plus(longest) {
            return Err(impossible("it must expire after it is opened, and within 30 days"));
        }
        if self.grant_ttl > limits::MAX_TTL_SECONDS {
            return Err(impossible("the lifetime of its grant is more than 30 days"));
        }
        Ok(())
    }

    /// Checks that each part shows the value of its placeholder, and that title and text are within their limits.
    fn check_parts(&self, member: &'static str, parts: &[OwnedPart], source: Source) -> Result<()> {
        let title = member == "title";
        let text = if title { &self.content.title } else { &self.content.text };
        let (size, most) = if title {
            (text.chars().count(), limits::TITLE_CHARACTERS)
        } else {
            (text.len(), limits::TEXT_BYTES)
        };
        // The size of the shortest template that these parts could come from.
        let mut template_size = 0;
        let mut after_words = false;
        for part in parts {
            if let Some(key) = &part.key {
                template_size += "$()".len() + key.len();
                self.check_source(key, &part.text, source)?;
                // A title has one line, whatever values it contains.
                if title && part.text.contains('\n') {
                    return Err(errors::multiline_in_title(key).with_field(member));
                }
            } else {
                template_size += if title { part.text.chars().count() } else { part.text.len() };
                if part.text.is_empty() || after_words {
                    return Err(impossible(
                        "a part without a key must not be empty or follow another part without a key",
                    ));
                }
                if let Some(flaw) = flaw(&part.text, !title, source) {
                    return Err(hidden(member, flaw, &part.text).with_field(member));
                }
            }
            after_words = part.key.is_none();
        }
        if size.max(template_size) > most {
            let unit = if title { "characters" } else { "bytes" };
            let size = Plain(format!("{} {unit}", size.max(template_size)));
            return Err(errors::rendered_too_long(Plain(member.to_owned()), size, most).with_field(member));
        }
        if !is_visible(text) {
            return Err(errors::missing_metadata(member).with_field(member));
        }
        match merging_part(text, parts.iter().map(|part| part.text.len())) {
            Some(index) => {
                let key = parts[index].key.as_deref().unwrap_or(member);
                Err(errors::merging_value(key).with_field(member))
            }
            None => Ok(()),
        }
    }

    /// Checks that a part shows the value of its placeholder.
    fn check_source(&self, key: &str, text: &str, source: Source) -> Result<()> {
        let content = &self.content;
        let mut id = [0; 36];
        let expected = match key {
            // The event contains it only in its parts.
            "companyName" => return check_origin_name(key, text, source),
            "subject" => Some(content.subject.as_str()),
            "requestId" => Some(content.request_id.encode(&mut id)),
            _ => match key.strip_prefix("claim.") {
                Some(claim) => value(&content.claims, claim),
                None => value(&content.meta_data, key),
            },
        };
        if expected == Some(text) {
            return Ok(());
        }
        Err(errors::content_mismatch(Plain("a shown part differs from the value of its placeholder"))
            .with_field(format!("parts.{key}")))
    }

    /// Checks that all parts show the same company name: an application has only one.
    fn check_company_name(&self, source: Source) -> Result<()> {
        let mut names = self
            .title_parts
            .iter()
            .chain(&self.parts)
            .filter(|part| part.key.as_deref() == Some("companyName"))
            .map(|part| &part.text);
        let Some(name) = names.next() else { return Ok(()) };
        check_origin_name("companyName", name, source)?;
        if names.all(|other| other == name) {
            Ok(())
        } else {
            Err(impossible("it shows two different company names"))
        }
    }

    /// Checks that each stage has enough approvers, that they can be shown and told apart, and that each of them is
    /// in one stage only.
    fn check_stages(&self, source: Source) -> Result<Approvers> {
        let stages = &self.stages;
        if stages.is_empty() {
            return Err(errors::no_approvers());
        }
        too_many("stages", stages.len(), limits::STAGES)?;
        too_many(
            "approvers",
            stages.iter().map(|stage| stage.eligible.len()).sum(),
            limits::APPROVERS as usize,
        )?;
        let subject = identity(&self.content.subject);
        let mut people: HashMap<String, &str> = HashMap::new();
        let mut approvers = Approvers::new();
        for (number, stage) in stages.iter().enumerate() {
            if let Some(name) = &stage.name {
                check_name(name, "name", source)?;
            }
            if stage.eligible.len() < stage.required as usize {
                let error = errors::too_few_approvers(stage.eligible.len(), stage.required as usize);
                return Err(error.with_field("approvers"));
            }
            for (index, person) in stage.eligible.iter().enumerate() {
                check_email(&person.email, source)?;
                person.group.as_deref().map_or(Ok(()), |group| check_group(group, source))?;
                let identity = identity(&person.email);
                if !self.allow_self_approval && identity == subject {
                    return Err(errors::self_approval(&person.email));
                }
                if let Some(other) = people.insert(identity, &person.email) {
                    return Err(errors::ambiguous_person(other, &person.email).with_field("approvers"));
                }
                approvers.insert(approver_key(&person.email), (number, index));
            }
        }
        Ok(approvers)
    }
}

/// Rejects reserved keys, and values that are too long or cannot be shown. The keys are already well-formed: they
/// come from a template, or the reader has checked them.
fn check_values(
    member: &'static str,
    values: &[(String, String)],
    reserved: &[&str],
    multiline: bool,
    source: Source,
) -> Result<()> {
    let most = limits::VALUE_BYTES as usize;
    for (key, value) in values {
        let error = if reserved.contains(&key.as_str()) {
            errors::reserved_key(key)
        } else if value.len() > most {
            errors::value_too_long(key, value.len(), most)
        } else if let Some(flaw) = flaw(value, multiline, source) {
            hidden(key, flaw, value)
        } else {
            continue;
        };
        return Err(error.with_field(format!("{member}.{key}")));
    }
    Ok(())
}

fn too_many(what: &'static str, count: usize, most: usize) -> Result<()> {
    if count <= most { Ok(()) } else { Err(errors::too_many(Plain(what), count, most).with_field(what)) }
}

fn key(pair: &(String, String)) -> &str {
    &pair.0
}

/// Returns the value of a key in pairs that are sorted by key.
fn value<'a>(sorted: &'a [(String, String)], key: &str) -> Option<&'a str> {
    let index = sorted.binary_search_by(|(known, _)| known.as_str().cmp(key)).ok()?;
    Some(&sorted[index].1)
}

fn impossible(reason: &str) -> Error {
    errors::event_impossible(1, Plain(reason.to_owned()))
}
