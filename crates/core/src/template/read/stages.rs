//! Reads who may decide, and in which order.

use jit_approvals_base::{Json, Members, Path, Plain};

use super::super::mistakes::Mistakes;
use super::super::{ApproverOverride, Stage};
use super::check_name;
use crate::identity::{check_email, check_group};
use crate::limits;
use crate::shown_text::Source;
use crate::{Result, errors};

/// Returns the template's stages, and whether the template lists them. Otherwise there is one default stage without
/// a name.
pub(super) fn planned(
    members: &Members<'_>,
    approver_override: Option<ApproverOverride>,
    mistakes: &mut Mistakes,
) -> (Vec<Stage>, bool) {
    let rows = mistakes.keep(rows(members)).filter(|rows| rows.len() > 0);
    let Some(rows) = rows else {
        let stage = approvers(members, None, "defaultApprovers", "defaultApproverGroups", mistakes);
        let nobody = stage.as_ref().is_some_and(Stage::is_empty);
        if nobody && approver_override.is_some_and(|word| word != ApproverOverride::Any) {
            mistakes.add(errors::no_approvers().with_field("defaultApprovers"));
        }
        return (stage.into_iter().collect(), false);
    };
    let mut stages = Vec::with_capacity(rows.len());
    for (path, row) in rows {
        stages.extend(stage(row, path, mistakes));
    }
    for member in ["defaultApprovers", "defaultApproverGroups", "requiredApprovals"] {
        let given = |value: &Json| value.as_array().is_none_or(|names| !names.is_empty());
        if members.optional(member).is_some_and(given) {
            mistakes.add(errors::conflicting_approvers(member).with_field(member));
        }
    }
    (stages, true)
}

fn rows<'a>(members: &'a Members<'_>) -> Result<impl ExactSizeIterator<Item = (Path<'a>, &'a Json)>> {
    let rows = members.elements("stages")?;
    if rows.len() > limits::STAGES {
        return Err(errors::too_many(Plain("stages"), rows.len(), limits::STAGES).with_field("stages"));
    }
    Ok(rows)
}

fn stage(row: &Json, path: Path<'_>, mistakes: &mut Mistakes) -> Option<Stage> {
    let row = mistakes.keep(Members::open(row, path))?;
    let known = ["name", "approvers", "approverGroups", "requiredApprovals"];
    mistakes.extend(row.unknown(&known));
    let name = mistakes.keep(row.text("name")).flatten();
    let checked = name.map_or(Ok(()), |name| check_name(name, "name", Source::Given));
    mistakes.keep(checked.map_err(|error| error.with_field(row.path_of("name"))));
    let stage = approvers(&row, name, "approvers", "approverGroups", mistakes)?;
    if stage.is_empty() {
        mistakes.add(errors::no_approvers().with_field(row.path_of("approvers")));
    }
    Some(stage)
}

fn approvers(
    members: &Members<'_>,
    name: Option<&str>,
    emails: &str,
    groups: &str,
    mistakes: &mut Mistakes,
) -> Option<Stage> {
    let mut names = |member, check: fn(&str, Source) -> Result<()>| {
        let names = mistakes.keep(names(members, member))?;
        for (index, name) in names.iter().enumerate() {
            let path = || format!("{}[{index}]", members.path_of(member));
            mistakes.keep(check(name, Source::Given).map_err(|error| error.with_field(path())));
        }
        Some(names)
    };
    let groups = names(groups, check_group);
    let approvers = names(emails, check_email);
    let required = mistakes.keep(members.count("requiredApprovals", 1, limits::APPROVERS))?.unwrap_or(1);
    Some(Stage { name: name.map(str::to_owned), approvers: approvers?, groups: groups?, required })
}

fn names(members: &Members<'_>, member: &str) -> Result<Vec<String>> {
    let (count, limit) = (members.count_elements(member)?, limits::APPROVERS as usize);
    if count > limit {
        let error = errors::too_many(Plain("approvers"), count, limit);
        return Err(error.with_field(members.path_of(member)));
    }
    members.texts(member)
}

impl Stage {
    fn is_empty(&self) -> bool {
        self.approvers.is_empty() && self.groups.is_empty()
    }
}
