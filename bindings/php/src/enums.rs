//! Enums.

use ext_php_rs::prelude::*;

/// Defines an enum with the values of one of the library's.
macro_rules! values {
    ($(#[$doc:meta])* $name:literal $enum:ident { $($case:ident = $value:literal),+ }) => {
        $(#[$doc])*
        #[php_enum]
        #[php(name = $name)]
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub enum $enum {
            $(#[php(value = $value)] $case),+
        }

        impl $enum {
            /// Returns the case with this value.
            pub(crate) fn of(value: &str) -> Self {
                match value {
                    $($value => Self::$case,)+
                    _ => unreachable!("`{value}` is not a value of {}", $name),
                }
            }
        }
    };
}

values! {
    /// What an approver does to approve.
    "JitApprovals\\ApprovalType" ApprovalType { Approve = "approve", SignAndApprove = "signAndApprove" }
}

values! {
    /// The status of a grant.
    "JitApprovals\\GrantStatus" GrantStatus { Issued = "issued", Consumed = "consumed", Revoked = "revoked", Expired = "expired" }
}

values! {
    /// Whether a request's directory accepted everyone or listed people.
    "JitApprovals\\PeopleKnown" PeopleKnown { Everyone = "everyone", Listed = "listed" }
}

values! {
    /// The status of a request.
    "JitApprovals\\Status" Status {
        Pending = "pending", Approved = "approved", Rejected = "rejected", Cancelled = "cancelled", Expired = "expired"
    }
}

values! {
    /// What an approver decided.
    "JitApprovals\\Verdict" Verdict { Approve = "approve", Reject = "reject" }
}
