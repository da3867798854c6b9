//! Opens a request: fills the template, and fixes who may decide.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jit_approvals_base::Plain;

use super::body::too_many_approvers;
use super::requested::{OwnedPart, PeopleKnown, Requested};
use super::{
    Actor, ApprovalRequest, At, Attachment, Body, Content, Eligible, Event, RequestBody, StageState,
};
use crate::directory::Known;
use crate::identity::{approver_key, check_email, identity};
use crate::limits;
use crate::origin::Origin;
use crate::shown_text::Source;
use crate::template::{ApproverOverride, PlaceholderTexts, Stage};
use crate::{Directory, Rendered, Result, Template, errors};

impl Template {
    /// Opens a request from this template. Its first event fixes what the approvers see and who may decide.
    ///
    /// # Errors
    ///
    /// `template_mismatch`; the family `metadata`; `unknown_approver`, `unknown_group`, `approvers_not_allowed`,
    /// `conflicting_approvers`, `invalid_email`; `too_few_approvers` if fewer people may decide than are required, so
    /// that no request waits forever; `ambiguous_person`; `out_of_range`; `application_not_allowed`.
    pub fn open(
        &self,
        body: &RequestBody,
        origin: &Origin,
        directory: &Directory,
        at: At,
    ) -> Result<ApprovalRequest> {
        let template = &*self.0;
        at.now.in_calendar("now")?;
        if !template.applications.is_empty() && !template.applications.contains(&origin.application) {
            return Err(errors::application_not_allowed(&origin.application).with_field("application"));
        }
        if body.template_id != template.key {
            let error = errors::template_mismatch(&body.template_id, &template.key);
            return Err(error.with_field("templateId"));
        }
        Attachment::check_count(body.attachments.len())?;
        let mut id = [0; 36];
        let request_id = self.shown_id(at.id, &mut id);
        let texts = PlaceholderTexts::new(self, &body.meta_data, origin, request_id)?;
        let rendered = Rendered::new(self, &texts)?;
        let stages = Snapshot { template: self, body, origin, directory }.stages()?;
        let ttl = self.ttl(body)?;
        let content = Content {
            company: origin.company.clone(),
            request_id: at.id,
            application: origin.application.clone(),
            subject: origin.subject.clone(),
            claims: sorted(template.claims.iter().map(String::as_str).zip(texts.claims())),
            template_id: template.key.clone(),
            template_version: template.version,
            approval_type: template.approval_type,
            title: rendered.title().to_owned(),
            text: rendered.text().to_owned(),
            meta_data: sorted(template.fields.iter().map(|field| &*field.key).zip(texts.fields())),
            attachments: body.attachments.clone(),
        };
        let requested = Requested {
            content_hash: content.hash(),
            title_parts: rendered.title_parts().map(OwnedPart::from).collect(),
            parts: rendered.parts().map(OwnedPart::from).collect(),
            defaults: sorted(template.fields.iter().map(|field| (&*field.key, &*field.default_value))),
            device: origin.device.clone().filter(|device| !device.is_empty()),
            people: if directory.is_everyone() { PeopleKnown::Everyone } else { PeopleKnown::Listed },
            expires_at: at.now.plus(ttl.into()),
            grant_ttl: template.grant_ttl,
            grant_use: template.grant_use,
            allow_self_approval: template.allow_self_approval,
            stages,
            content,
        };
        let actor = Actor::application(&*origin.application);
        let (company, body) = (requested.content.company.clone(), Body::Requested(Arc::new(requested)));
        ApprovalRequest::begin(Event::new(&company, at.id, 1, at.now, actor, body, None), Source::Given)
    }

    /// Returns what to load into the directory to open a request with the given body. The members of the groups must
    /// be loaded as people, too.
    pub fn needs(&self, body: &RequestBody) -> Needs {
        let stages = &self.0.stages;
        if body.approvers.is_empty() {
            return Needs {
                emails: stages.iter().flat_map(|stage| stage.approvers.clone()).collect(),
                groups: stages.iter().flat_map(|stage| stage.groups.clone()).collect(),
            };
        }
        let (emails, mut groups): (Vec<String>, Vec<String>) =
            body.approvers.iter().cloned().partition(|entry| entry.contains('@'));
        if self.0.approver_override == ApproverOverride::Defaults {
            // An email may be allowed only as a member of one of these groups.
            groups.extend(stages.iter().flat_map(|stage| stage.groups.clone()));
        }
        Needs { emails, groups }
    }

    fn ttl(&self, body: &RequestBody) -> Result<u32> {
        let longest = self.0.request_ttl;
        match body.expires_in {
            Some(seconds) if (1..=longest).contains(&seconds) => Ok(seconds),
            Some(_) => {
                let range = Plain(format!("between 1 and {longest}, the template's limit"));
                let member = "expiresInSeconds";
                Err(jit_approvals_base::errors::out_of_range(member, range).with_field(member))
            }
            None => Ok(longest),
        }
    }
}

fn sorted<'a>(texts: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<(String, String)> {
    let mut texts: Vec<_> = texts.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    texts.sort();
    texts
}

/// What to load into a [`Directory`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Needs {
    /// The emails of the people to load.
    pub emails: Vec<String>,
    /// The keys of the groups to load, with the people in them.
    pub groups: Vec<String>,
}

/// Determines who may decide, from the template, the body and the current directory.
struct Snapshot<'a> {
    template: &'a Template,
    body: &'a RequestBody,
    origin: &'a Origin,
    directory: &'a Directory,
}

impl Snapshot<'_> {
    fn stages(&self) -> Result<Vec<StageState>> {
        let mut stages = Vec::new();
        for stage in self.planned()? {
            let eligible = self.eligible(&stage)?;
            stages.push(StageState {
                name: stage.name,
                required: stage.required,
                eligible,
                decisions: Vec::new(),
            });
        }
        // A person who is eligible in several stages decides only in the last of them.
        let mut later = HashSet::new();
        for stage in stages.iter_mut().rev() {
            stage.eligible.retain(|person| later.insert(identity(&person.email)));
        }
        if later.len() > limits::APPROVERS as usize {
            return Err(too_many_approvers(later.len()));
        }
        match stages.iter().find(|stage| stage.eligible.len() < stage.required as usize) {
            Some(stage) => {
                let error = errors::too_few_approvers(stage.eligible.len(), stage.required as usize);
                Err(error.with_field("approvers"))
            }
            None => Ok(stages),
        }
    }

    /// Returns the template's stages, or its only stage with the approvers that the request names.
    fn planned(&self) -> Result<Vec<Planned>> {
        let template = &*self.template.0;
        if self.body.approvers.is_empty() {
            let named = |(index, stage)| {
                let field =
                    if template.staged { format!("stages[{index}]") } else { "defaultApprovers".to_owned() };
                Planned { field, ..Planned::from(stage) }
            };
            return Ok(template.stages.iter().enumerate().map(named).collect());
        }
        if template.staged {
            return Err(errors::conflicting_approvers("approvers").with_field("approvers"));
        }
        if self.body.approvers.len() > limits::APPROVERS as usize {
            return Err(too_many_approvers(self.body.approvers.len()));
        }
        let defaults = &template.stages[0];
        let mut stage = Planned { people: Vec::new(), groups: Vec::new(), ..Planned::from(defaults) };
        for (index, entry) in self.body.approvers.iter().enumerate() {
            let field = || format!("approvers[{index}]");
            if !entry.contains('@') {
                let allowed = match template.approver_override {
                    ApproverOverride::Any => true,
                    ApproverOverride::Defaults => defaults.groups.contains(entry),
                    ApproverOverride::None => false,
                };
                if !allowed {
                    return Err(errors::approvers_not_allowed(entry).with_field(field()));
                }
                stage.groups.push(entry.clone());
                continue;
            }
            check_email(entry, Source::Given).map_err(|error| error.with_field(field()))?;
            let by = match template.approver_override {
                ApproverOverride::Any => Some((entry.clone(), None)),
                ApproverOverride::Defaults => self.by_default(entry, defaults),
                ApproverOverride::None => None,
            };
            let person = by.ok_or_else(|| errors::approvers_not_allowed(entry).with_field(field()))?;
            stage.people.push(person);
        }
        Ok(vec![stage])
    }

    /// Returns the email if it is among the defaults. If only a default group contains it, returns that group, too: a
    /// person who leaves the group may no longer decide.
    fn by_default(&self, email: &str, defaults: &Stage) -> Option<(String, Option<String>)> {
        let key = approver_key(email);
        if defaults.approvers.iter().any(|default| approver_key(default) == key) {
            return Some((email.to_owned(), None));
        }
        let group = defaults.groups.iter().find(|group| self.directory.is_in_group(email, group));
        group.map(|group| (email.to_owned(), Some(group.clone())))
    }

    /// Returns the active people of a stage, each once, starting with those who are named. The subject is left out
    /// unless the template allows self-approval.
    fn eligible(&self, stage: &Planned) -> Result<Vec<Eligible>> {
        let mut eligible = Vec::new();
        let subject = identity(&self.origin.subject);
        // The emails found so far. The key is that of *same person*.
        let mut known: HashMap<String, String> = HashMap::new();
        let mut add = |person: &Known, group: Option<&str>| {
            let barred = !self.template.0.allow_self_approval && person.has_identity(&subject);
            if barred || !person.is_active() {
                return Ok(());
            }
            match known.get(person.identity()) {
                None => {
                    known.insert(person.identity().to_owned(), person.email().to_owned());
                    let (email, group) = (person.email().to_owned(), group.map(str::to_owned));
                    eligible.push(Eligible { email, group });
                    Ok(())
                }
                Some(other) if approver_key(other) == approver_key(person.email()) => Ok(()),
                Some(other) => Err(errors::ambiguous_person(other, person.email()).with_field(&*stage.field)),
            }
        };
        for (email, group) in &stage.people {
            let person = self.directory.person(email);
            let person = person.ok_or_else(|| errors::unknown_approver(email).with_field(&*stage.field))?;
            add(&person, group.as_deref())?;
        }
        for key in &stage.groups {
            let emails = self.directory.group(key);
            let emails = emails.ok_or_else(|| errors::unknown_group(key).with_field(&*stage.field))?;
            for person in emails.iter().filter_map(|email| self.directory.person(email)) {
                add(&person, Some(key))?;
            }
        }
        Ok(eligible)
    }
}

/// A stage with the approvers that the request names, otherwise those of the template.
struct Planned {
    /// The member of the template or request that names these people.
    field: String,
    name: Option<String>,
    required: u32,
    /// Emails, each with the group that allows it. `None` if the email itself is allowed.
    people: Vec<(String, Option<String>)>,
    groups: Vec<String>,
}

impl From<&Stage> for Planned {
    fn from(stage: &Stage) -> Self {
        Self {
            field: "approvers".to_owned(),
            name: stage.name.clone(),
            required: stage.required,
            people: stage.approvers.iter().map(|email| (email.clone(), None)).collect(),
            groups: stage.groups.clone(),
        }
    }
}
