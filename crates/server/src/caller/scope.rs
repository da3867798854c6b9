//! What a personal token may be used for.

use jit_approvals::Error;
use jit_approvals_api::{errors, paths};
use jit_approvals_base::Plain;

use crate::call::Call;

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Everything that changes nothing.
    Read,
    /// Approve and reject, never sign.
    Decide,
    /// What an administrator changes, except roles, links, keys and tokens.
    Manage,
}

jit_approvals_base::choices! {
    Scope { Read = "read", Decide = "decide", Manage = "manage" }
}

/// The scopes of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scopes(Vec<Scope>);

impl Scope {
    /// The scope that a call needs.
    pub(crate) fn of(call: &Call) -> Self {
        match call.route {
            _ if call.method.is_safe() => Self::Read,
            paths::DECISION => Self::Decide,
            _ => Self::Manage,
        }
    }
}

impl Scopes {
    /// Creates scopes, each once.
    pub(crate) fn new(given: impl IntoIterator<Item = Scope>) -> Self {
        let mut scopes = Vec::new();
        for scope in given {
            if !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
        Self(scopes)
    }

    /// Reads scopes as they are stored. What this version does not know gives no permission.
    pub(crate) fn parse(text: &str) -> Self {
        Self::new(text.split(' ').filter_map(|scope| scope.parse().ok()))
    }

    /// The names, as they are stored: separated by spaces.
    pub(crate) fn to_text(&self) -> String {
        self.names().join(" ")
    }

    /// The names.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|scope| scope.as_str()).collect()
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a scope is among them.
    pub(crate) fn has(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Rejects a call that needs another scope.
    ///
    /// # Errors
    ///
    /// `insufficient_scope`
    pub(crate) fn check(&self, needed: Scope) -> Result<(), Error> {
        if self.has(needed) { Ok(()) } else { Err(errors::insufficient_scope(Plain(needed.as_str()))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_gives_no_permission() {
        let scopes = Scopes::parse("read everything read");
        assert_eq!((scopes.to_text(), scopes.has(Scope::Manage)), ("read".to_owned(), false));
        assert!(Scopes::parse("").is_empty());
        assert_eq!(Scopes::parse("read").check(Scope::Decide).unwrap_err().code(), "insufficient_scope");
    }
}
