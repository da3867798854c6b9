//! Requests: what their applications and their approvers do with them.

pub(crate) mod cancel;
pub(crate) mod decide;
pub(crate) mod events;
pub(crate) mod list;
pub(crate) mod open;
pub(crate) mod read;
