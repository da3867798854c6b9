//! The codes of all errors.

use std::fmt;
use std::str::FromStr;

use super::Family;

macro_rules! codes {
    ($($number:literal $code:ident $name:literal $status:literal;)*) => {
        /// The code of an error, by which programs decide.
        ///
        /// A code, its name and its number never change their meaning. New codes may be added.
        ///
        /// ```
        /// # mod jit_approvals { pub use jit_approvals_base::*; pub use jit_approvals_base as json; }
        /// use jit_approvals::ErrorCode;
        /// use jit_approvals::json::Json;
        ///
        /// let error = Json::parse("[1, 1").unwrap_err();
        /// match error.code() {
        ///     ErrorCode::MalformedJson | ErrorCode::TooDeep => {}
        ///     other => panic!("{other}"),
        /// }
        /// assert_eq!(error.code(), "malformed_json");
        /// assert_eq!((error.code().number(), error.code().status()), (1001, 400));
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        #[repr(u16)]
        pub enum ErrorCode {
            $(#[doc = concat!("`", $name, "`, ", $number, ", status ", $status)] $code = $number,)*
        }

        impl ErrorCode {
            /// All codes, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$code),*];

            /// Returns the name of the code, such as `duplicate_key`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$code => $name,)*
                }
            }

            /// Returns the HTTP status (RFC 9110 §15) of an API response that reports this error.
            pub const fn status(self) -> u16 {
                match self {
                    $(Self::$code => $status,)*
                }
            }
        }
    };
}

codes! {
    1001 MalformedJson "malformed_json" 400;
    1002 DuplicateKey "duplicate_key" 400;
    1003 TooDeep "too_deep" 400;
    1004 TooLarge "too_large" 413;
    1005 WrongType "wrong_type" 400;
    1006 MissingMember "missing_member" 400;
    1007 UnknownMember "unknown_member" 400;
    1008 OutOfRange "out_of_range" 400;
    1009 InvalidId "invalid_id" 400;
    1010 Usage "usage" 400;
    1011 MalformedToml "malformed_toml" 400;
    1012 Io "io" 500;
    1013 UnexpectedForm "unexpected_form" 400;
    2001 MalformedToken "malformed_token" 401;
    2002 TokenTooLong "token_too_long" 401;
    2003 UnsupportedAlgorithm "unsupported_algorithm" 401;
    2004 UnsupportedHeader "unsupported_header" 401;
    2005 WrongTokenType "wrong_token_type" 401;
    2006 UnknownKey "unknown_key" 401;
    2007 InvalidSignature "invalid_signature" 401;
    2008 MalformedClaims "malformed_claims" 401;
    2009 MissingClaim "missing_claim" 401;
    2010 InvalidClaim "invalid_claim" 401;
    2011 TokenExpired "token_expired" 401;
    2012 TokenNotYetValid "token_not_yet_valid" 401;
    2013 TokenFromFuture "token_from_future" 401;
    2014 TokenLivesTooLong "token_lives_too_long" 401;
    2015 WrongIssuer "wrong_issuer" 401;
    2016 WrongAudience "wrong_audience" 401;
    2017 ReservedClaim "reserved_claim" 500;
    2018 MalformedKey "malformed_key" 500;
    2019 KeyTooShort "key_too_short" 500;
    3001 UnknownPlaceholder "unknown_placeholder" 422;
    3002 MalformedPlaceholder "malformed_placeholder" 422;
    3003 DuplicateField "duplicate_field" 422;
    3004 InvalidKey "invalid_key" 422;
    3005 ReservedKey "reserved_key" 422;
    3006 UnknownChoice "unknown_choice" 422;
    3007 EmptyText "empty_text" 422;
    3008 TextTooLong "text_too_long" 422;
    3009 TooManyFields "too_many_fields" 422;
    3010 TemplateCharacter "template_character" 422;
    3011 InvalidPattern "invalid_pattern" 422;
    3012 MisplacedConstraint "misplaced_constraint" 422;
    3013 ConflictingApprovers "conflicting_approvers" 422;
    3014 NoApprovers "no_approvers" 422;
    3015 InvalidBound "invalid_bound" 422;
    3016 MultilineInTitle "multiline_in_title" 422;
    4001 UnknownMetadata "unknown_metadata" 422;
    4002 MissingMetadata "missing_metadata" 422;
    4003 MetadataType "metadata_type" 422;
    4004 ValueTooLong "value_too_long" 422;
    4005 HiddenCharacter "hidden_character" 422;
    4006 NotANumber "not_a_number" 422;
    4007 NotABoolean "not_a_boolean" 422;
    4008 NotOneOf "not_one_of" 422;
    4009 PatternMismatch "pattern_mismatch" 422;
    4010 BelowMinimum "below_minimum" 422;
    4011 AboveMaximum "above_maximum" 422;
    4012 TooManyCharacters "too_many_characters" 422;
    4013 RenderedTooLong "rendered_too_long" 422;
    4014 AbsentClaim "absent_claim" 422;
    4015 MergingValue "merging_value" 422;
    5001 TemplateMismatch "template_mismatch" 422;
    5002 UnknownApprover "unknown_approver" 422;
    5003 UnknownGroup "unknown_group" 422;
    5004 ApproversNotAllowed "approvers_not_allowed" 422;
    5005 TooFewApprovers "too_few_approvers" 422;
    5006 ContentMismatch "content_mismatch" 409;
    5007 RequestFinal "request_final" 409;
    5008 RequestExpired "request_expired" 410;
    5009 InvalidEmail "invalid_email" 422;
    5010 EventAltered "event_altered" 500;
    5011 EventOutOfOrder "event_out_of_order" 500;
    5012 EventUnlinked "event_unlinked" 500;
    5013 EventForeign "event_foreign" 500;
    5014 EventImpossible "event_impossible" 500;
    5015 NoEvents "no_events" 500;
    5016 HeadMismatch "head_mismatch" 500;
    5017 InvalidAttachment "invalid_attachment" 422;
    5018 TooMany "too_many" 422;
    5019 InvalidActor "invalid_actor" 422;
    5020 DuplicatePerson "duplicate_person" 422;
    5021 InvalidReason "invalid_reason" 422;
    5022 InvalidGroup "invalid_group" 422;
    5023 InvalidHash "invalid_hash" 422;
    5024 AmbiguousPerson "ambiguous_person" 422;
    5025 AliasTaken "alias_taken" 422;
    5026 ActorNotAllowed "actor_not_allowed" 403;
    5027 ApplicationNotAllowed "application_not_allowed" 403;
    5028 EventNotCanonical "event_not_canonical" 500;
    6001 NotEligible "not_eligible" 403;
    6002 NoLongerEligible "no_longer_eligible" 403;
    6003 StageNotOpen "stage_not_open" 409;
    6004 AlreadyDecided "already_decided" 409;
    6005 SelfApproval "self_approval" 403;
    6006 SignatureRequired "signature_required" 422;
    6007 CommentCharacter "comment_character" 422;
    6008 SignatureCharacter "signature_character" 422;
    6009 CommentTooLong "comment_too_long" 422;
    6010 SignatureTooLong "signature_too_long" 422;
    6011 DirectoryMismatch "directory_mismatch" 422;
    7001 NoGrant "no_grant" 409;
    7002 GrantConsumed "grant_consumed" 409;
    7003 GrantRevoked "grant_revoked" 410;
    7004 GrantExpired "grant_expired" 410;
    7005 InvalidGrantId "invalid_grant_id" 500;
    8001 AuthenticationRequired "authentication_required" 401;
    8002 TwoCredentials "two_credentials" 400;
    8003 NotFound "not_found" 404;
    8004 MethodNotAllowed "method_not_allowed" 405;
    8005 UnsupportedMediaType "unsupported_media_type" 415;
    8006 RoleRequired "role_required" 403;
    8007 PasswordRequired "password_required" 403;
    8008 ForeignOrigin "foreign_origin" 403;
    8009 InvalidHeader "invalid_header" 400;
    8010 IdempotencyConflict "idempotency_conflict" 409;
    8011 VersionRequired "version_required" 428;
    8012 VersionMoved "version_moved" 412;
    8013 EmailTaken "email_taken" 409;
    8014 IdentifierTaken "identifier_taken" 409;
    8015 KeyTaken "key_taken" 409;
    8016 UnknownTemplate "unknown_template" 422;
    8017 ApplicationInactive "application_inactive" 409;
    8018 GrantExhausted "grant_exhausted" 409;
    8019 SignInFailed "sign_in_failed" 401;
    8020 WeakPassword "weak_password" 422;
    8021 LastAdministrator "last_administrator" 409;
    8022 TokenReplayed "token_replayed" 401;
    8023 InvalidLink "invalid_link" 401;
    8024 TooManyCalls "too_many_calls" 429;
    8025 TooManyPending "too_many_pending" 429;
    8026 Unavailable "unavailable" 503;
    8027 CallTimeout "call_timeout" 408;
    8028 UnknownSubject "unknown_subject" 403;
    8029 TooManyKeys "too_many_keys" 409;
    8030 InsufficientScope "insufficient_scope" 403;
    8031 Archived "archived" 409;
    8032 MalformedHead "malformed_head" 400;
    8033 HeadTooLarge "head_too_large" 431;
    9001 CaughtPanic "caught_panic" 500;
    9002 RandomUnavailable "random_unavailable" 500;
    9003 InternalError "internal_error" 500;
}

impl ErrorCode {
    /// Returns the number of the code. A number never changes and is never reused.
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// Returns the family that owns the number of the code.
    pub const fn family(self) -> Family {
        Family::of(self.number())
    }

    /// Returns whether the given name is the name of this code. [`catalogue!`](crate::catalogue) calls it at compile
    /// time, so that a message never belongs to another code.
    #[doc(hidden)]
    pub const fn is(self, name: &str) -> bool {
        let (own, name) = (self.as_str().as_bytes(), name.as_bytes());
        let mut index = 0;
        while index < own.len() && index < name.len() && own[index] == name[index] {
            index += 1;
        }
        index == own.len() && index == name.len()
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl FromStr for ErrorCode {
    type Err = crate::Error;

    /// Returns the code with the given name, or the error `unknown_choice` if there is none.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().find(|code| code.as_str() == name);
        found.copied().ok_or_else(|| {
            super::errors::unknown_choice(name, crate::Plain("the codes of the catalogue".to_owned()))
        })
    }
}

impl PartialEq<str> for ErrorCode {
    fn eq(&self, name: &str) -> bool {
        self.as_str() == name
    }
}

impl PartialEq<&str> for ErrorCode {
    fn eq(&self, name: &&str) -> bool {
        self.as_str() == *name
    }
}
