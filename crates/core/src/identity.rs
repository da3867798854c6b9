//! Compares the names of people in two ways, one loose and one strict.
//!
//! *Same person* is loose. It prevents a subject from deciding about their own request, and a person from counting
//! twice. If it is wrong, somebody cannot decide who should be able to.
//!
//! *Is this approver* is strict. It says which entry in a snapshot a decision uses. If it is wrong, nobody gets the
//! rights of another person: `ann@fass.de` and `ann@faß.de` are in domains of different owners.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use crate::shown_text::{Source, is_bare, is_ignorable};
use crate::{Result, errors};

/// The maximum number of bytes in an email (RFC 5321 §4.5.3.1.3, without the angle brackets).
const EMAIL_BYTES: usize = 254;
/// The maximum number of characters in a group's key.
const GROUP_CHARACTERS: usize = 200;

/// Returns the *same person* key. Two emails or subjects with the same key belong to the same person.
///
/// The key is the name in NFC, with full case folding, without ignorable characters and without white space at its
/// ends.
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
    // Case folding can undo the composition.
    let folded = caseless::default_case_fold_str(&seen);
    composed(&folded).trim().to_owned()
}

/// Returns the *is this approver* key: NFC, then lower case for each character without context, then NFC again.
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

/// Rejects an email that cannot be shown or compared. Does not check whether mail can be delivered.
///
/// An email has exactly one `@`, no white space, no invisible characters and none of `<>,;:"`. The local part is not
/// empty. The domain has one or more labels, and none of them is empty.
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

/// Rejects an invalid group key. A group key has no `@`, which distinguishes it from an email.
pub(crate) fn check_group(key: &str, source: Source) -> Result<()> {
    let shape = !key.contains('@') && key.chars().count() <= GROUP_CHARACTERS;
    if shape && is_bare(key, source) { Ok(()) } else { Err(errors::invalid_group(key)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_person_is_loose_and_this_approver_is_strict() {
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
    fn unusual_emails_are_accepted_and_malformed_ones_rejected() {
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
