//! The PHP extension `jit_approvals`: classes over the facade.

#![forbid(unsafe_code)]
#![allow(
    missing_docs,
    non_snake_case,
    missing_debug_implementations,
    unreachable_pub,
    clippy::needless_pass_by_value,
    clippy::unused_self,
    clippy::unnecessary_wraps,
    clippy::doc_markdown,
    reason = "the shape that ext-php-rs's macros need; nobody links this crate; documentation and names of parameters are PHP's"
)]

mod access;
mod catalogue;
mod enums;
mod event;
mod exception;
mod jws;
mod jwt;
mod key;
mod minter;
mod origin;
#[cfg(feature = "panicking")]
mod panicking;
mod request;
mod results;
mod template;
mod text;
mod values;
mod verifier;

use ext_php_rs::prelude::*;
use ext_php_rs::zend::ModuleEntry;
use ext_php_rs::{info_table_end, info_table_row, info_table_start};

/// The section of `phpinfo()`.
extern "C" fn info(_module: *mut ModuleEntry) {
    info_table_start!();
    info_table_row!("JIT Approvals", "enabled");
    info_table_row!("Version", env!("CARGO_PKG_VERSION"));
    info_table_row!("Tokens", "HS256, as njwt 2.0.1 writes them");
    info_table_end!();
}

/// Registers everything.
#[php_module]
pub fn get_module(module: ModuleBuilder) -> ModuleBuilder {
    let module = module
        .name("jit_approvals")
        .version(env!("CARGO_PKG_VERSION"))
        .info_function(info)
        .startup_function(exception::startup)
        .enumeration::<enums::ApprovalType>()
        .enumeration::<enums::GrantStatus>()
        .enumeration::<enums::PeopleKnown>()
        .enumeration::<enums::Status>()
        .enumeration::<enums::Verdict>()
        .class::<access::AccessToken>()
        .class::<results::Attachment>()
        .class::<results::ChainReport>()
        .class::<results::DecisionState>()
        .class::<results::GrantState>()
        .class::<results::Head>()
        .class::<results::Needs>()
        .class::<results::Part>()
        .class::<results::Rendered>()
        .class::<results::StageState>()
        .class::<results::State>()
        .class::<results::UnverifiedToken>()
        .class::<results::Verified>()
        .class::<access::AccessTokenVerifier>()
        .class::<catalogue::Catalogue>()
        .class::<jws::Jws>()
        .class::<jwt::Jwt>()
        .class::<key::SigningKey>()
        .class::<minter::Minter>()
        .class::<origin::Origin>()
        .class::<request::ApprovalRequest>()
        .class::<template::Template>()
        .class::<verifier::Verifier>();
    let module = text::functions(event::functions(module));
    #[cfg(feature = "panicking")]
    let module = panicking::functions(module);
    module
}
