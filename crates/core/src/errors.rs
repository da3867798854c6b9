//! The errors of this crate: families `template`, `metadata`, `request`, `decision` and `grant`.

use jit_approvals_base::{Plain, UnixTime};

jit_approvals_base::catalogue! {
    3001 unknown_placeholder(name: &str, hint: Plain<String>) "{name} is not a declared field, a built-in or a listed claim{hint}";
    3002 malformed_placeholder(opening: &str) "a placeholder opened by {opening} needs a key and its closing bracket; write a backslash before it to mean the characters themselves";
    3003 duplicate_field(key: &str) "the field {key} is declared twice";
    3004 invalid_key(key: &str) "{key} is not a key: a letter or `_`, then up to 63 letters, digits, `_` or `-`";
    3005 reserved_key(key: &str) "{key} is built in and can't be declared";
    3006 unknown_choice(value: &str, choices: Plain<String>) "{value} is not one of {choices}";
    3007 empty_text(member: &str) "{member} is empty";
    3008 text_too_long(member: &str, size: usize, limit: usize) "{member} has a length of {size}, at most {limit} is allowed";
    3009 too_many_fields(count: usize, limit: usize) "{count} fields are declared, at most {limit} are allowed";
    3010 template_character(member: &str, problem: Plain<String>) "{member}: {problem}";
    3011 invalid_pattern(pattern: &str, reason: Plain<String>) "the pattern {pattern} can't be used: {reason}";
    3012 misplaced_constraint(constraint: &str, kind: Plain<&str>) "{constraint} means nothing for a field of type {kind}";
    3013 conflicting_approvers(member: &str) "{member} can't stand beside `stages`, which name their own approvers";
    3014 no_approvers() "the template names nobody who may approve, and lets no request name them";
    3015 invalid_bound(bound: &str) "the bound {bound} is not a decimal number, or the least is more than the greatest";
    3016 multiline_in_title(key: &str) "{key} may have several lines, a title has one";

    4001 unknown_metadata(key: &str, hint: Plain<String>) "{key} is not a field of the template{hint}";
    4002 missing_metadata(key: &str) "{key} needs a value";
    4003 metadata_type(key: &str, found: Plain<&str>) "{key} must be a string, a boolean or an integer within 2^53, not {found}";
    4004 value_too_long(key: &str, size: usize, limit: usize) "{key} has {size} bytes, at most {limit} are allowed";
    4005 hidden_character(key: &str, problem: Plain<String>) "{key}: {problem}";
    4006 not_a_number(key: &str, value: &str) "{key} is {value}, not a decimal number";
    4007 not_a_boolean(key: &str, value: &str) "{key} is {value}, not `true` or `false`";
    4008 not_one_of(key: &str, value: &str, choices: Plain<String>) "{key} is {value}, not one of {choices}";
    4009 pattern_mismatch(key: &str, value: &str) "{key} is {value}, which does not match the field's pattern";
    4010 below_minimum(key: &str, value: &str, least: Plain<String>) "{key} is {value}, less than {least}";
    4011 above_maximum(key: &str, value: &str, most: Plain<String>) "{key} is {value}, more than {most}";
    4012 too_many_characters(key: &str, size: usize, limit: usize) "{key} has {size} characters, at most {limit} are allowed";
    4013 rendered_too_long(member: Plain<String>, size: Plain<String>, limit: usize) "the rendered {member} has {size}, at most {limit} are allowed";
    4014 absent_claim(claim: &str) "the auth token has no claim {claim}, which the template shows";
    4015 merging_value(key: &str) "the value of {key} would merge with the text next to it: a character at its edge combines with its neighbour";

    5001 template_mismatch(found: &str, expected: &str) "the request is for the template {found}, this one is {expected}";
    5002 unknown_approver(approver: &str) "nobody has the email {approver}";
    5003 unknown_group(group: &str) "there is no group {group}";
    5004 approvers_not_allowed(approver: &str) "the template does not let a request name {approver}";
    5005 too_few_approvers(eligible: usize, required: usize) "{eligible} people may approve, {required} are needed";
    5006 content_mismatch() "this is not the content that the request was opened with";
    5007 request_final(status: Plain<&str>, at: UnixTime, by: &str) "the request is already {status}, since {at} by {by}";
    5008 request_expired(expired_at: UnixTime) "the request expired at {expired_at}";
    5009 invalid_email(email: &str) "{email} is not an email: one `@`, no white space, no invisible characters, none of <>,;:\", no empty part of the domain";
    5010 event_altered(sequence: u64) "the event {sequence} is not what its hash was taken of";
    5011 event_out_of_order(found: u64, expected: u64) "the event {found} stands where {expected} is due";
    5012 event_unlinked(sequence: u64) "the event {sequence} does not follow from the one before it";
    5013 event_foreign(sequence: u64) "the event {sequence} is of another request";
    5014 event_impossible(sequence: u64, reason: Plain<String>) "the event {sequence} could not have happened: {reason}";
    5015 no_events() "a request begins with its first event, and there is none";
    5016 head_mismatch(found: u64, expected: u64) "the chain ends at event {found} and not as its head says, at {expected}";
    5017 invalid_attachment(reason: Plain<String>) "the attachment {reason}";
    5018 too_many(what: Plain<&str>, count: usize, limit: usize) "{count} {what}, at most {limit} are allowed";
    5019 invalid_actor(actor: &str, problem: Plain<String>) "the actor {actor}: {problem}";
    5020 duplicate_person(email: &str) "{email} is listed twice";
    5021 invalid_reason(reason: Plain<String>) "the reason {reason}";
    5022 invalid_group(group: &str) "{group} is not a group's key: 1 to 200 visible characters without white space or `@`";
    5023 invalid_hash(hash: &str) "{hash} is not a hash: 64 lower-case hexadecimal digits";
    5024 ambiguous_person(one: &str, other: &str) "{one} and {other} can be taken for one person";
    5025 alias_taken(alias: &str, person: &str, owner: &str) "the alias {alias} of {person} is already a name of {owner}";
    5026 actor_not_allowed(actor: &str, command: Plain<&str>) "{actor} may not {command}: only the request's own application, an administrator, or the system with a reason";
    5027 application_not_allowed(application: &str) "the template is not for the application {application}";
    5028 event_not_canonical(sequence: u64) "the event {sequence} says what its hash was taken of, in another spelling: read it as JSON, or restore the text that was written";

    6001 not_eligible(approver: &str) "{approver} may not decide this request";
    6002 no_longer_eligible(approver: &str) "{approver} may no longer decide this request";
    6003 stage_not_open(approver: &str) "it is not yet the turn of {approver} to decide";
    6004 already_decided(approver: &str) "{approver} has decided otherwise, and decisions don't change";
    6005 self_approval(approver: &str) "{approver} asked for this, and may not decide it";
    6006 signature_required() "a signature with at least one visible character is needed";
    6007 comment_character(problem: Plain<String>) "the comment: {problem}";
    6008 signature_character(problem: Plain<String>) "the signature: {problem}";
    6009 comment_too_long(size: usize, limit: usize) "the comment has {size} bytes, at most {limit} are allowed";
    6010 signature_too_long(size: usize, limit: usize) "the signature has {size} characters, at most {limit} are allowed";
    6011 directory_mismatch() "the request was opened with listed people: deciding needs a directory that lists them";

    7001 no_grant(status: Plain<&str>) "there is no grant: the request is {status}";
    7002 grant_consumed(consumed_at: UnixTime) "the grant was consumed at {consumed_at}";
    7003 grant_revoked(revoked_at: UnixTime) "the grant was revoked at {revoked_at}";
    7004 grant_expired(expired_at: UnixTime) "the grant expired at {expired_at}";
    7005 invalid_grant_id(id: Plain<String>) "{id} can't be the grant's id: it is nil or the request's own";
}
