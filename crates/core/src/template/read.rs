//! Reading a template from its record, and checking that it can do what it says.

use jit_approvals_base::{Error, Json, Members, Plain};
use regex::RegexBuilder;

use super::decimal::Decimal;
use super::placeholder::{BUILT_IN, Names, Pattern, Segment, is_key};
use super::{ApprovalType, ApproverOverride, GrantUse, Inner, MetadataField, Stage, Text, ValueType};
use crate::directory::{check_email, check_group};
use crate::limits;
use crate::words::word;
use crate::{Result, errors, reading};

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
];

/// What a record says; the record itself is kept, too.
pub(super) fn read(value: Json) -> Result<Inner> {
    let inner = inner(&value)?;
    Ok(Inner { source: value, ..inner })
}

fn inner(value: &Json) -> Result<Inner> {
    let members = Members::of(value, "", MEMBERS)?;
    let approval_type = choice(&members, "approvalType", ApprovalType::WORDS)?;
    let approval_type = members.required("approvalType", approval_type)?;
    let fields = fields(&members)?;
    let claims = claims(&members)?;
    let names = Names {
        fields: fields.iter().map(|field| &*field.key).collect(),
        claims: claims.iter().map(String::as_str).collect(),
    };
    let title = shown(&members, "approvalTitle", false)?;
    at_most(title.chars().count(), limits::TITLE_CHARACTERS, "approvalTitle")?;
    let text = shown(&members, "approvalData", true)?;
    at_most(text.len(), limits::TEXT_BYTES, "approvalData")?;
    let pattern =
        |text, member| Pattern::parse(text, &names).map_err(|error: Error| error.with_field(member));
    let (title, text) = (pattern(title, "approvalTitle")?, pattern(text, "approvalData")?);
    one_line(&title, &fields)?;
    let id_place = fields.len() + claims.len() + BUILT_IN.len() - 1;
    let shows_id = [&title, &text].iter().any(|pattern| pattern.places.contains(&id_place));
    let approver_override = choice(&members, "approverOverride", ApproverOverride::WORDS)?;
    let approver_override = approver_override.unwrap_or(ApproverOverride::Any);
    let (stages, in_template) = planned(&members, approver_override)?;
    let ttl = |member, usual| Ok(members.count(member, 1, limits::MAX_TTL_SECONDS)?.unwrap_or(usual));
    let needed = |(place, field): (usize, &MetadataField)| {
        u64::from(field.required && field.default_value.is_empty()) << place
    };
    Ok(Inner {
        needed: fields.iter().enumerate().map(needed).sum(),
        key: name(&members, "approvalKey")?,
        version: members.count("templateVersion", 1, u32::MAX)?.unwrap_or(1),
        name: name(&members, "templateName")?,
        approval_type,
        title,
        text,
        shows_id,
        claims,
        stages,
        staged: in_template,
        request_ttl: ttl("requestTtlSeconds", limits::REQUEST_TTL_SECONDS)?,
        grant_ttl: ttl("grantTtlSeconds", limits::GRANT_TTL_SECONDS)?,
        grant_use: choice(&members, "grantUse", GrantUse::WORDS)?.unwrap_or(GrantUse::Once),
        allow_self_approval: members.boolean("allowSelfApproval")?.unwrap_or(false),
        approver_override,
        fields,
        source: Json::Null,
    })
}

/// A title is one line, whatever it is filled with.
fn one_line(title: &Pattern, fields: &[MetadataField]) -> Result<()> {
    for segment in &title.segments {
        if let Segment::Placeholder { key, place } = segment
            && fields.get(*place).is_some_and(|field| field.multiline)
        {
            return Err(errors::multiline_in_title(key).with_field("approvalTitle"));
        }
    }
    Ok(())
}

fn fields(members: &Members<'_>) -> Result<Vec<MetadataField>> {
    let count = members.count_elements("metadata")?;
    if count > limits::FIELDS {
        return Err(errors::too_many_fields(count, limits::FIELDS).with_field("metadata"));
    }
    let mut fields: Vec<MetadataField> = Vec::with_capacity(count);
    for (path, row) in members.elements("metadata")? {
        let field = field(row, &path)?;
        if fields.iter().any(|other| other.key == field.key) {
            return Err(errors::duplicate_field(&field.key).with_field(format!("{path}.key")));
        }
        fields.push(field);
    }
    Ok(fields)
}

fn field(row: &Json, path: &str) -> Result<MetadataField> {
    const MEMBERS: &[&str] = &[
        "key",
        "defaultValue",
        "required",
        "type",
        "oneOf",
        "pattern",
        "min",
        "max",
        "maxLength",
        "multiline",
    ];
    let row = Members::of(row, path, MEMBERS)?;
    let key = row.required("key", row.text("key")?)?;
    if BUILT_IN.contains(&key) {
        return Err(errors::reserved_key(key).with_field(row.path_of("key")));
    }
    if !is_key(key) {
        return Err(errors::invalid_key(key).with_field(row.path_of("key")));
    }
    let value_type = choice(&row, "type", ValueType::WORDS)?.unwrap_or(ValueType::Text);
    for (constraint, kinds) in [
        ("min", [ValueType::Number].as_slice()),
        ("max", &[ValueType::Number]),
        ("pattern", &[ValueType::Text, ValueType::Number]),
        ("maxLength", &[ValueType::Text, ValueType::Number]),
        ("multiline", &[ValueType::Text]),
    ] {
        if row.optional(constraint).is_some() && !kinds.contains(&value_type) {
            let error = errors::misplaced_constraint(constraint, Plain(value_type.word()));
            return Err(error.with_field(row.path_of(constraint)));
        }
    }
    let default = row.optional("defaultValue");
    let default = default.map_or(Ok(Text::Given("")), |value| {
        super::convert(key, value).map_err(|error| error.with_field(row.path_of("defaultValue")))
    })?;
    let field = MetadataField {
        key: key.to_owned(),
        default_value: default.as_str().to_owned(),
        required: row.boolean("required")?.unwrap_or(false),
        value_type,
        one_of: row.texts("oneOf")?,
        pattern: row.text("pattern")?.map(|pattern| compiled(pattern, &row)).transpose()?,
        min: bound(&row, "min")?,
        max: bound(&row, "max")?,
        max_length: row.count("maxLength", 1, limits::VALUE_BYTES)?,
        multiline: row.boolean("multiline")?.unwrap_or(false),
    };
    check_bounds(&field, &row)?;
    // A default is a value like any other; whether there has to be one is for the request to show.
    if !field.default_value.is_empty() {
        let default = field.check_given(&field.default_value);
        default.map_err(|error| error.with_field(row.path_of("defaultValue")))?;
    }
    Ok(field)
}

/// Bounds that something lies between, and choices that can be chosen.
fn check_bounds(field: &MetadataField, row: &Members<'_>) -> Result<()> {
    if let (Some(least), Some(most)) = (&field.min, &field.max)
        && Decimal::parse(least) > Decimal::parse(most)
    {
        return Err(errors::invalid_bound(least).with_field(row.path_of("min")));
    }
    for (place, choice) in field.one_of.iter().enumerate() {
        let path = || format!("{}[{place}]", row.path_of("oneOf"));
        field.check_given(choice).map_err(|error| error.with_field(path()))?;
    }
    Ok(())
}

/// A pattern that matches whole values only, and whose compiled form is bounded: matching takes linear time.
fn compiled(pattern: &str, row: &Members<'_>) -> Result<regex::Regex> {
    let compile = |pattern: &str| {
        RegexBuilder::new(pattern)
            .size_limit(limits::PATTERN_BYTES)
            .dfa_size_limit(limits::PATTERN_BYTES)
            .build()
            .map_err(|error| {
                let reason = error.to_string();
                let reason = reason.lines().last().unwrap_or_default();
                let reason = reason.trim_start_matches("error: ").trim_end_matches('.');
                errors::invalid_pattern(pattern, Plain(reason.to_lowercase()))
                    .with_field(row.path_of("pattern"))
            })
    };
    // By itself first: `)|(` would otherwise escape from the anchors.
    compile(pattern)?;
    // In the mode that allows comments one may stand at the end, and would hide the bracket.
    compile(&format!(r"\A(?:{pattern})\z")).or_else(|_| compile(&format!("\\A(?:{pattern}\n)\\z")))
}

fn bound(row: &Members<'_>, member: &str) -> Result<Option<String>> {
    let Some(value) = row.optional(member) else {
        return Ok(None);
    };
    let text = match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    match Decimal::parse(&text) {
        Some(_) => Ok(Some(text)),
        None => Err(errors::invalid_bound(&text).with_field(row.path_of(member))),
    }
}

/// The claims that RFC 7519 §4.1 registers.
const REGISTERED: [&str; 7] = ["iss", "aud", "sub", "jti", "iat", "exp", "nbf"];

fn claims(members: &Members<'_>) -> Result<Vec<String>> {
    at_most(members.count_elements("claims")?, limits::FIELDS, "claims")?;
    let claims = members.texts("claims")?;
    for (place, claim) in claims.iter().enumerate() {
        let error = if !is_key(claim) {
            errors::invalid_key(claim)
        } else if claims[..place].contains(claim) {
            errors::duplicate_field(claim)
        } else if REGISTERED.contains(&claim.as_str()) {
            // No claim of the application's own; the subject is a placeholder by itself.
            errors::reserved_key(claim)
        } else {
            continue;
        };
        return Err(error.with_field(format!("claims[{place}]")));
    }
    Ok(claims)
}

fn planned(members: &Members<'_>, approver_override: ApproverOverride) -> Result<(Vec<Stage>, bool)> {
    let count = members.count_elements("stages")?;
    if count > limits::STAGES {
        return Err(errors::too_many(Plain("stages"), count, limits::STAGES).with_field("stages"));
    }
    let mut stages = Vec::with_capacity(count);
    for (path, stage) in members.elements("stages")? {
        let stage = Members::of(stage, path, &["name", "approvers", "approverGroups", "requiredApprovals"])?;
        let name = stage.text("name")?;
        if let Some(name) = name {
            shown_name(name).map_err(|error| error.with_field(stage.path_of("name")))?;
        }
        let read = approvers(&stage, name, "approvers", "approverGroups")?;
        if read.approvers.is_empty() && read.groups.is_empty() {
            return Err(errors::no_approvers().with_field(stage.path_of("approvers")));
        }
        stages.push(read);
    }
    if stages.is_empty() {
        let stage = approvers(members, None, "defaultApprovers", "defaultApproverGroups")?;
        let nobody = stage.approvers.is_empty() && stage.groups.is_empty();
        if nobody && approver_override != ApproverOverride::Any {
            return Err(errors::no_approvers().with_field("defaultApprovers"));
        }
        return Ok((vec![stage], false));
    }
    let beside = ["defaultApprovers", "defaultApproverGroups", "requiredApprovals"];
    let given = |value: &Json| value.as_array().is_none_or(|names| !names.is_empty());
    match beside.into_iter().find(|member| members.optional(member).is_some_and(given)) {
        Some(member) => Err(errors::conflicting_approvers(member).with_field(member)),
        None => Ok((stages, true)),
    }
}

fn approvers(members: &Members<'_>, name: Option<&str>, emails: &str, groups: &str) -> Result<Stage> {
    for member in [emails, groups] {
        let (count, limit) = (members.count_elements(member)?, limits::APPROVERS as usize);
        if count > limit {
            let error = errors::too_many(Plain("approvers"), count, limit);
            return Err(error.with_field(members.path_of(member)));
        }
    }
    let approvers = members.texts(emails)?;
    let groups_named = members.texts(groups)?;
    for (place, group) in groups_named.iter().enumerate() {
        let checked = check_group(group);
        checked.map_err(|error| error.with_field(format!("{}[{place}]", members.path_of(groups))))?;
    }
    for (place, email) in approvers.iter().enumerate() {
        let checked = check_email(email);
        checked.map_err(|error| error.with_field(format!("{}[{place}]", members.path_of(emails))))?;
    }
    Ok(Stage {
        name: name.map(str::to_owned),
        approvers,
        groups: groups_named,
        required: members.count("requiredApprovals", 1, limits::APPROVERS)?.unwrap_or(1),
    })
}

/// A name of the template: one line, shown, not empty.
fn name(members: &Members<'_>, member: &str) -> Result<String> {
    let name = shown(members, member, false)?;
    at_most(name.chars().count(), limits::TITLE_CHARACTERS, member)?;
    Ok(name.to_owned())
}

/// A stage's name: shown to approvers, and not empty.
pub(crate) fn shown_name(name: &str) -> Result<()> {
    if name.is_empty() {
        return Err(errors::empty_text("name"));
    }
    if let Some((_, character)) = reading::misleading(name, false) {
        return Err(errors::template_character(Plain(reading::code_point(character))));
    }
    at_most(name.chars().count(), limits::TITLE_CHARACTERS, "name")
}

fn shown<'a>(members: &Members<'a>, member: &str, multiline: bool) -> Result<&'a str> {
    let text = members.required(member, members.text(member)?)?;
    if text.is_empty() {
        return Err(errors::empty_text(member).with_field(member));
    }
    match reading::misleading(text, multiline) {
        Some((offset, character)) => {
            let (line, column) = reading::place(text, offset);
            let error = errors::template_character(Plain(reading::code_point(character)));
            Err(error.with_field(member).at(line, column))
        }
        None => Ok(text),
    }
}

fn at_most(size: usize, limit: usize, member: &str) -> Result<()> {
    if size <= limit { Ok(()) } else { Err(errors::text_too_long(member, size, limit).with_field(member)) }
}

fn choice<T: Copy>(members: &Members<'_>, member: &str, words: &[(&str, T)]) -> Result<Option<T>> {
    let Some(text) = members.text(member)? else {
        return Ok(None);
    };
    word(text, words).map(Some).map_err(|error| error.with_field(members.path_of(member)))
}
