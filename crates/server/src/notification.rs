//! What people see of the requests that concern them.

pub(crate) mod card;

pub(crate) mod events;
pub(crate) mod list;
