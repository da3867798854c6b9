//! Reads a template from its record and checks it.

mod fields;
mod stages;

use jit_approvals_base::{Error, Json, Members, Plain, REGISTERED_CLAIMS};

use super::mistakes::Mistakes;
use super::placeholder::{BUILT_IN, Names, Segment, TextPattern, is_key};
use super::{ApproverOverride, GrantUse, Inner, MetadataField};
use crate::limits;
use crate::shown_text::{Flaw, Source, flaw, is_bare, is_visible, name_flaw};
use crate::{Result, errors};

const MEMBERS: &[&str] = &[
    "approvalType",
    "templateName",
    "approvalTitle",
    "approvalKey",
    "approvalData",
    "templateVersion",
    "defaultApprovers",
    "defaultApproverGroups",
    "metadata",
    "claims",
    "stages",
    "requiredApprovals",
    "requestTtlSeconds",
    "grantTtlSeconds",
    "grantUse",
    "allowSelfApproval",
    "approverOverride",
    "applications",
];

/// Reads a template and keeps its record in it. Otherwise returns the first mistakes, at least one.
pub(super) fn read(value: Json, most: usize) -> Result<Inner, Vec<Error>> {
    let mut mistakes = Mistakes::up_to(most);
    match inner(&value, &mut mistakes) {
        Some(inner) if mistakes.is_empty() => Ok(Inner { source: value, ..inner }),
        _ => Err(mistakes.into_errors()),
    }
}

/// Checks all members, even if some of them are wrong. If a member is missing at the end, its mistake is recorded.
fn inner(value: &Json, mistakes: &mut Mistakes) -> Option<Inner> {
    let members = mistakes.keep(Members::open(value, ""))?;
    mistakes.extend(members.unknown(MEMBERS));
    let approval_type = members.parsed("approvalType");
    let approval_type = approval_type.and_then(|word| members.required("approvalType", word));
    let approval_type = mistakes.keep(approval_type);
    let name = mistakes.keep(name(&members));
    let key = mistakes.keep(key(&members));
    if mistakes.is_full() {
        return None;
    }
    let (fields, keys) = fields::fields(&members, mistakes);
    let claims = claims(&members, mistakes);
    if mistakes.is_full() {
        return None;
    }
    // Use the keys of all rows: a mistake elsewhere in a row must not make its placeholder unknown.
    let names = Names { fields: keys, claims: claims.iter().map(String::as_str).collect() };
    let (title, text) = patterns(&members, &names, &fields, mistakes);
    if mistakes.is_full() {
        return None;
    }
    let approver_override = members.parsed("approverOverride");
    let approver_override =
        mistakes.keep(approver_override).map(|word| word.unwrap_or(ApproverOverride::Any));
    let (stages, in_template) = stages::planned(&members, approver_override, mistakes);
    let mut ttl = |member, usual| {
        Some(mistakes.keep(members.count(member, 1, limits::MAX_TTL_SECONDS))?.unwrap_or(usual))
    };
    let request_ttl = ttl("requestTtlSeconds", limits::REQUEST_TTL_SECONDS);
    let grant_ttl = ttl("grantTtlSeconds", limits::GRANT_TTL_SECONDS);
    let version = mistakes.keep(members.count("templateVersion", 1, u32::MAX));
    let grant_use = mistakes.keep(members.parsed("grantUse"));
    let allow_self_approval = mistakes.keep(members.boolean("allowSelfApproval"));
    let applications = mistakes.keep(applications(&members));
    let (title, text) = (title?, text?);
    let id_place = fields.len() + claims.len() + BUILT_IN.len() - 1;
    Some(Inner {
        key: key?,
        version: version?.unwrap_or(1),
        name: name?,
        approval_type: approval_type?,
        shows_id: [&title, &text].iter().any(|pattern| pattern.places.contains(&id_place)),
        title,
        text,
        fields,
        claims,
        stages,
        staged: in_template,
        request_ttl: request_ttl?,
        grant_ttl: grant_ttl?,
        grant_use: grant_use?.unwrap_or(GrantUse::Once),
        allow_self_approval: allow_self_approval?.unwrap_or(false),
        approver_override: approver_override?,
        applications: applications?,
        source: Json::Null,
    })
}

/// Parses the title and the text.
fn patterns(
    members: &Members<'_>,
    names: &Names<'_>,
    fields: &[MetadataField],
    mistakes: &mut Mistakes,
) -> (Option<TextPattern>, Option<TextPattern>) {
    let mut pattern = |member, multiline, size: fn(&str) -> usize, limit| {
        let text = mistakes.keep(shown(members, member, multiline))?;
        mistakes.keep(at_most(size(text), limit, member))?;
        Some(TextPattern::parse(text, names, |error| {
            mistakes.add(error.with_field(member));
            !mistakes.is_full()
        }))
    };
    let title = pattern("approvalTitle", false, |text| text.chars().count(), limits::TITLE_CHARACTERS);
    let text = pattern("approvalData", true, str::len, limits::TEXT_BYTES);
    // A title must have one line, whatever values fill it.
    for segment in title.iter().flat_map(|title| &title.segments) {
        if let Segment::Placeholder { key, .. } = segment
            && fields.iter().any(|field| *field.key == **key && field.multiline)
        {
            mistakes.add(errors::multiline_in_title(key).with_field("approvalTitle"));
        }
    }
    (title, text)
}

fn claims(members: &Members<'_>, mistakes: &mut Mistakes) -> Vec<String> {
    let count = members.count_elements("claims").and_then(|count| at_most(count, limits::FIELDS, "claims"));
    let Some(claims) = mistakes.keep(count.and_then(|()| members.texts("claims"))) else {
        return Vec::new();
    };
    for (index, claim) in claims.iter().enumerate() {
        let error = if !is_key(claim) {
            errors::invalid_key(claim)
        } else if claims[..index].contains(claim) {
            errors::duplicate_field(claim)
        } else if REGISTERED_CLAIMS.contains(&claim.as_str()) {
            // It is not a custom claim. The subject has the built-in placeholder `subject`.
            errors::reserved_key(claim)
        } else {
            continue;
        };
        mistakes.add(error.with_field(format!("claims[{index}]")));
    }
    claims
}

/// Reads the template's name.
fn name(members: &Members<'_>) -> Result<String> {
    let name = members.required_text("templateName")?;
    check_name(name, "templateName", Source::Given)?;
    Ok(name.to_owned())
}

/// Reads the template's key.
fn key(members: &Members<'_>) -> Result<String> {
    let key = members.required_text("approvalKey")?;
    check_template_key(key, Source::Given)?;
    Ok(key.to_owned())
}

/// Rejects a name of a template or a stage that cannot be shown.
pub(crate) fn check_name(name: &str, member: &str, source: Source) -> Result<()> {
    match name_flaw(name, source) {
        Some(flaw) => Err(unshown(name, member, flaw)),
        None => at_most(name.chars().count(), limits::TITLE_CHARACTERS, member),
    }
}

/// Rejects a template key that cannot be shown or could look like another key.
pub(crate) fn check_template_key(key: &str, source: Source) -> Result<()> {
    const MEMBER: &str = "approvalKey";
    check_name(key, MEMBER, source)?;
    if is_bare(key, source) {
        return Ok(());
    }
    let problem = Plain("white space and invisible characters are not allowed in a key".to_owned());
    Err(errors::template_character(MEMBER, problem).with_field(MEMBER))
}

/// Reads the applications that may use the template. If the list is empty, every application of the company may.
fn applications(members: &Members<'_>) -> Result<Vec<String>> {
    const MEMBER: &str = "applications";
    let (names, limit) = (members.texts(MEMBER)?, limits::APPLICATIONS);
    if names.is_empty() && members.optional(MEMBER).is_some() {
        return Err(errors::empty_text(MEMBER).with_field(MEMBER));
    }
    if names.len() > limit {
        return Err(errors::too_many(Plain(MEMBER), names.len(), limit).with_field(MEMBER));
    }
    for (index, name) in names.iter().enumerate() {
        if let Some(flaw) = name_flaw(name, Source::Given) {
            let member = format!("{MEMBER}[{index}]");
            return Err(unshown(name, &member, flaw));
        }
    }
    Ok(names)
}

/// Reads a text of the template that has at least one visible character.
fn shown<'a>(members: &Members<'a>, member: &str, multiline: bool) -> Result<&'a str> {
    let text = members.required_text(member)?;
    match flaw(text, multiline, Source::Given) {
        Some(flaw) => Err(unshown(text, member, flaw)),
        None if is_visible(text) => Ok(text),
        None => Err(unshown(text, member, Flaw::Invisible)),
    }
}

fn unshown(text: &str, member: &str, flaw: Flaw) -> Error {
    if flaw == Flaw::Invisible {
        return errors::empty_text(member).with_field(member);
    }
    errors::template_character(member, Plain(flaw.to_string()))
        .with_field(member)
        .at_in_field(flaw.place(text))
}

fn at_most(size: usize, limit: usize, member: &str) -> Result<()> {
    if size <= limit { Ok(()) } else { Err(errors::text_too_long(member, size, limit).with_field(member)) }
}
