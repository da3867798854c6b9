//! Members that are choices.

use std::str::FromStr;

use jit_approvals_base::Members;

use crate::{Error, Result};

/// The choice that a member names, if it is there.
pub(crate) fn optional_choice<T: FromStr<Err = Error>>(
    members: &Members<'_>,
    member: &str,
) -> Result<Option<T>> {
    let choice = members.text(member)?.map(str::parse).transpose();
    choice.map_err(|error: Error| error.with_field(members.path_of(member)))
}

/// The choice that a member names.
pub(crate) fn choice<T: FromStr<Err = Error>>(members: &Members<'_>, member: &str) -> Result<T> {
    members.required(member, optional_choice(members, member)?)
}
