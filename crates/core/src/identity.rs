//! Who is who: two relations between names, a loose one and a tight one.
//!
//! *Same person* is loose: it bars a subject from deciding about their own request, and counts nobody twice. Where it
//! errs, someone may not decide. *Is this approver* is tight: it says whose entry in a snapshot a decision uses. Where
//! it errs, nobody gets a right that was another's: `ann@fass.de` and `ann@faß.de` are in domains of different owners.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use crate::shown_text::{Source, is_bare, is_ignorable};
use crate::{Result, errors};

/// The most bytes of an email (RFC 5321 §4.5.3.1.3, without the angle brackets).
const EMAIL_BYTES: usize = 254;
/// The most characters of a group's key.
const GROUP_CHARACTERS: usize = 200;

/// The key of *same person*: two emails or subjects that have one key are one person's. NFC, full case folding,
/// ignorable characters dropped, white space trimmed.
///
/// ```
/// # mod jit_approvals { pub use jit_approvals_core::*; pub use jit_approvals_base as json; }
/// use jit_approvals::identity;
///
/// assert_eq!(identity("Ann@Faß.de"), identity("ann@FASS.de"));
/// assert_ne!(identity("jose@x.org"), identity("josé@x.org"));
/// ```
pub fn identity(name: &str) -> String {
    let name = name.trim();
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    let seen: String = name.chars().filter(|character| !is_ignorable(*character)).nfc().collect();
    // Folding can undo the composition.
    let folded = caseless::default_case_fold_str(&seen);
    composed(&folded).trim().to_owned()
}

/// The key of *is this approver*: NFC, then lower case character by character without context, then NFC.
pub(crate) fn approver_key(email: &str) -> String {
    if email.is_ascii() {
        return email.to_ascii_lowercase();
    }
    let lower: String = composed(email).chars().flat_map(char::to_lowercase).collect();
    composed(&lower).into_owned()
}

fn composed(text: &str) -> Cow<'_, str> {
    if is_nfc(text) { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

/// An email that can be shown and compared; whether mail arrives there is not ours to judge.
///
/// Exactly one `@`, no white space, nothing that is not shown, none of `<>,;:"`. The local part is not empty; the
/// domain is one or more labels, none of them empty.
pub(crate) fn check_email(email: &str, source: Source) -> Result<()> {
    let shape = match email.split_once('@') {
        Some((local, domain)) => {
            !local.is_empty() && !domain.contains('@') && domain.split('.').all(|label| !label.is_empty())
        }
        None => false,
    };
    let shape = shape && !email.contains(['<', '>', ',', ';', ':', '"']) && email.len() <= EMAIL_BYTES;
    if shape && is_bare(email, source) { Ok(()) } else { Err(errors::invalid_email(email)) }
}

/// A group's key: what tells it from an email is that it has no `@`.
pub(crate) fn check_group(key: &str, source: Source) -> Result<()> {
    let shape = !key.contains('@') && key.chars().count() <= GROUP_CHARACTERS;
    if shape && is_bare(key, source) { Ok(()) } else { Err(errors::invalid_group(key)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_person_is_loose_and_this_approver_is_tight() {
        for (one, other, this_approver) in [
            ("Steve@NL3.com", "steve@nl3.com", true),
            ("Jose\u{301}@x.org", "josé@X.org", true),
            ("STRASSE@x.org", "straße@x.org", false),
            ("ΟΔΟΣ@x.org", "οδοσ@x.org", true),
            ("οδος@x.org", "οδοσ@x.org", false),
            ("ann\u{200d}@x.org", "ann@x.org", false),
            ("ann\u{3164}", " ann ", false),
            ("ﬁn@x.org", "fin@x.org", false),
        ] {
            assert_eq!(identity(one), identity(other), "{one} {other}");
            assert_eq!(approver_key(one) == approver_key(other), this_approver, "{one} {other}");
        }
        assert_ne!(identity("jose@x.org"), identity("josé@x.org"));
    }

    #[test]
    fn emails_are_free_where_domains_differ() {
        let email = |text| check_email(text, Source::Given);
        for text in
            ["o'brien@x.org", "a..b@docomo.ne.jp", "root@localhost", "josé@bücher.example", "+@[127.0.0.1]"]
        {
            assert_eq!(email(text), Ok(()), "{text}");
        }
        for text in [
            "ann",
            "@",
            "@x.org",
            "ann@",
            "ann@x@y",
            "ann@x.org.",
            "ann@.org",
            "ann@x..org",
            "a nn@x.org",
            "a\u{a0}@x.org",
            "a,b@x.org",
            "<ann@x.org>",
            "ann:x@x.org",
            "\"ann\"@x.org",
            "ann\u{200d}@x.org",
            "ann\u{3164}@x.org",
            "",
            "1\u{fe0f}@x.org",
        ] {
            assert!(email(text).is_err(), "{text}");
        }
    }
}
