//! What calls return: classes whose properties can only be read.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use jit_approvals::json::Object;

use crate::enums::{GrantStatus, Status, Verdict};
use crate::exception::{Result, call, run};
use crate::values::{DateTimeImmutable, Int, Text, array, count};

/// Defines a class with a read-only property for each field. PHP programs get its objects from calls.
macro_rules! result {
    ($(#[$doc:meta])* $name:literal $class:ident { $($(#[$about:meta])* $field:ident $php:literal: $type:ty),+ $(,)? }) => {
        $(#[$doc])*
        #[php_class]
        #[php(name = $name)]
        #[php(flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
        #[derive(Clone)]
        pub struct $class {
            $(pub(crate) $field: $type),+
        }

        #[php_impl]
        impl $class {
            $(
                $(#[$about])*
                #[php(getter, name = $php)]
                pub fn $field(&self) -> $type {
                    self.$field.clone()
                }
            )+
        }
    };
}

result! {
    /// What the approver may look at before deciding.
    "JitApprovals\\Attachment" Attachment { title "title": String, url "url": String }
}

result! {
    /// What a chain of events proves. Without a head its end is not proven: `complete` is false.
    "JitApprovals\\ChainReport" ChainReport { count "count": i64, complete "complete": bool }
}

result! {
    /// A decision of an approver.
    "JitApprovals\\DecisionState" DecisionState {
        approver "approver": String,
        verdict "verdict": Verdict,
        comment "comment": Option<String>,
        signature "signature": Option<String>,
        decided_at "decidedAt": DateTimeImmutable,
    }
}

result! {
    /// A grant.
    "JitApprovals\\GrantState" GrantState {
        id "id": String,
        status "status": GrantStatus,
        issued_at "issuedAt": DateTimeImmutable,
        expires_at "expiresAt": DateTimeImmutable,
        consumed_at "consumedAt": Option<DateTimeImmutable>,
    }
}

result! {
    /// What a directory must contain.
    "JitApprovals\\Needs" Needs { emails "emails": Vec<String>, groups "groups": Vec<String> }
}

result! {
    /// A piece of a shown text. If it has a key, it is a value.
    "JitApprovals\\Part" Part { text "text": String, key "key": Option<String> }
}

result! {
    /// A stage: who may decide, how many must, and what they decided.
    "JitApprovals\\StageState" StageState {
        name "name": Option<String>,
        required "required": i64,
        approvers "approvers": Vec<String>,
        decisions "decisions": Vec<DecisionState>,
    }
}

result! {
    /// The status of a request and its grant at a time.
    "JitApprovals\\State" State { status "status": Status, grant "grant": Option<GrantState> }
}

/// How many events a request has, and the hash of the last.
#[php_class]
#[php(name = "JitApprovals\\Head")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
#[derive(Clone)]
pub struct Head(pub(crate) jit_approvals::event::Head);

#[php_impl]
impl Head {
    pub fn __construct(count: Int<'_>, hash: Text<'_>) -> Result<Self> {
        call(|| {
            let count = self::count(count.required(), "count")?.into();
            let hash = hash.text("hash")?;
            run(|| Ok(Self(jit_approvals::event::Head { count, hash: hash.parse()? })))
        })
    }

    #[php(getter, name = "count")]
    pub fn count(&self) -> i64 {
        i64::try_from(self.0.count).unwrap_or(i64::MAX)
    }

    #[php(getter, name = "hash")]
    pub fn hash(&self) -> String {
        self.0.hash.to_string()
    }
}

/// The claims of a verified token, and the id of the key that verified it.
#[php_class]
#[php(name = "JitApprovals\\Verified")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
pub struct Verified {
    pub(crate) claims: Object,
    pub(crate) key_id: Option<String>,
}

#[php_impl]
impl Verified {
    #[php(getter, name = "claims")]
    pub fn claims(&self) -> ZBox<ZendHashTable> {
        array(&self.claims).unwrap_or_else(|_| ZendHashTable::new())
    }

    #[php(getter, name = "keyId")]
    pub fn key_id(&self) -> Option<String> {
        self.key_id.clone()
    }
}

/// What a token says before anything is verified: for choosing a key, and nothing else.
#[php_class]
#[php(name = "JitApprovals\\UnverifiedToken")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
pub struct UnverifiedToken(jit_approvals::UnverifiedToken);

#[php_impl]
impl UnverifiedToken {
    /// Reads a token without verifying it.
    #[php(name = "parse")]
    pub fn parse(token: Text<'_>) -> Result<Self> {
        call(|| {
            let token = token.text("token")?;
            run(|| jit_approvals::UnverifiedToken::parse(token)).map(Self)
        })
    }

    #[php(getter, name = "issuer")]
    pub fn issuer(&self) -> Option<String> {
        self.0.issuer().map(str::to_owned)
    }

    #[php(getter, name = "keyId")]
    pub fn key_id(&self) -> Option<String> {
        self.0.key_id().map(str::to_owned)
    }

    #[php(getter, name = "header")]
    pub fn header(&self) -> ZBox<ZendHashTable> {
        array(self.0.header()).unwrap_or_else(|_| ZendHashTable::new())
    }

    #[php(getter, name = "claims")]
    pub fn claims(&self) -> ZBox<ZendHashTable> {
        array(self.0.claims()).unwrap_or_else(|_| ZendHashTable::new())
    }
}

/// What an approver sees. Text, never markup. Joined, the parts are the title and the text.
#[php_class]
#[php(name = "JitApprovals\\Rendered")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
#[derive(Clone)]
pub struct Rendered(pub(crate) jit_approvals::Rendered);

#[php_impl]
impl Rendered {
    /// The title: one line.
    #[php(getter, name = "title")]
    pub fn title(&self) -> &str {
        self.0.title()
    }

    /// The title in parts.
    #[php(getter, name = "titleParts")]
    pub fn title_parts(&self) -> Vec<Part> {
        self.0.title_parts().map(Part::from).collect()
    }

    /// The text.
    #[php(getter, name = "text")]
    pub fn text(&self) -> &str {
        self.0.text()
    }

    /// The text in parts.
    #[php(getter, name = "parts")]
    pub fn parts(&self) -> Vec<Part> {
        self.0.parts().map(Part::from).collect()
    }
}
