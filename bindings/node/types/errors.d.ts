/** The families of errors. Each family has one class. */
export type ErrorFamily =
  | 'input' | 'token' | 'template' | 'metadata' | 'request' | 'decision' | 'grant' | 'api'
  | 'internal';

/** Every code, by family. A test compares these lists with the catalogue. */
export interface ErrorCodes {
  input:
    | 'malformed_json'
    | 'duplicate_key'
    | 'too_deep'
    | 'too_large'
    | 'wrong_type'
    | 'missing_member'
    | 'unknown_member'
    | 'out_of_range'
    | 'invalid_id'
    | 'usage'
    | 'malformed_toml'
    | 'io'
    | 'unexpected_form';
  token:
    | 'malformed_token'
    | 'token_too_long'
    | 'unsupported_algorithm'
    | 'unsupported_header'
    | 'wrong_token_type'
    | 'unknown_key'
    | 'invalid_signature'
    | 'malformed_claims'
    | 'missing_claim'
    | 'invalid_claim'
    | 'token_expired'
    | 'token_not_yet_valid'
    | 'token_from_future'
    | 'token_lives_too_long'
    | 'wrong_issuer'
    | 'wrong_audience'
    | 'reserved_claim'
    | 'malformed_key'
    | 'key_too_short';
  template:
    | 'unknown_placeholder'
    | 'malformed_placeholder'
    | 'duplicate_field'
    | 'invalid_key'
    | 'reserved_key'
    | 'unknown_choice'
    | 'empty_text'
    | 'text_too_long'
    | 'too_many_fields'
    | 'template_character'
    | 'invalid_pattern'
    | 'misplaced_constraint'
    | 'conflicting_approvers'
    | 'no_approvers'
    | 'invalid_bound'
    | 'multiline_in_title';
  metadata:
    | 'unknown_metadata'
    | 'missing_metadata'
    | 'metadata_type'
    | 'value_too_long'
    | 'hidden_character'
    | 'not_a_number'
    | 'not_a_boolean'
    | 'not_one_of'
    | 'pattern_mismatch'
    | 'below_minimum'
    | 'above_maximum'
    | 'too_many_characters'
    | 'rendered_too_long'
    | 'absent_claim'
    | 'merging_value';
  request:
    | 'template_mismatch'
    | 'unknown_approver'
    | 'unknown_group'
    | 'approvers_not_allowed'
    | 'too_few_approvers'
    | 'content_mismatch'
    | 'request_final'
    | 'request_expired'
    | 'invalid_email'
    | 'event_altered'
    | 'event_out_of_order'
    | 'event_unlinked'
    | 'event_foreign'
    | 'event_impossible'
    | 'no_events'
    | 'head_mismatch'
    | 'invalid_attachment'
    | 'too_many'
    | 'invalid_actor'
    | 'duplicate_person'
    | 'invalid_reason'
    | 'invalid_group'
    | 'invalid_hash'
    | 'ambiguous_person'
    | 'alias_taken'
    | 'actor_not_allowed'
    | 'application_not_allowed'
    | 'event_not_canonical';
  decision:
    | 'not_eligible'
    | 'no_longer_eligible'
    | 'stage_not_open'
    | 'already_decided'
    | 'self_approval'
    | 'signature_required'
    | 'comment_character'
    | 'signature_character'
    | 'comment_too_long'
    | 'signature_too_long'
    | 'directory_mismatch';
  grant:
    | 'no_grant'
    | 'grant_consumed'
    | 'grant_revoked'
    | 'grant_expired'
    | 'invalid_grant_id';
  api:
    | 'authentication_required'
    | 'two_credentials'
    | 'not_found'
    | 'method_not_allowed'
    | 'unsupported_media_type'
    | 'role_required'
    | 'password_required'
    | 'foreign_origin'
    | 'invalid_header'
    | 'idempotency_conflict'
    | 'version_required'
    | 'version_moved'
    | 'email_taken'
    | 'identifier_taken'
    | 'key_taken'
    | 'unknown_template'
    | 'application_inactive'
    | 'grant_exhausted'
    | 'sign_in_failed'
    | 'weak_password'
    | 'last_administrator'
    | 'token_replayed'
    | 'invalid_link'
    | 'too_many_calls'
    | 'too_many_pending'
    | 'unavailable'
    | 'call_timeout'
    | 'unknown_subject'
    | 'too_many_keys'
    | 'insufficient_scope'
    | 'archived'
    | 'malformed_head'
    | 'head_too_large';
  internal:
    | 'caught_panic'
    | 'random_unavailable'
    | 'internal_error';
}

/** Every code. */
export type ErrorCode = ErrorCodes[ErrorFamily];

/** A row of the error catalogue. */
export interface ErrorRow {
  /** The number of the error. It never gets another meaning. */
  readonly number: number;
  /** The code that programs check, such as `token_expired`. */
  readonly code: ErrorCode;
  readonly family: ErrorFamily;
  /** The HTTP status of a response with this error, such as 409. */
  readonly status: number;
  /** The message, with its variable parts in braces. */
  readonly message: string;
}

/** Every error, ordered by number. */
export const catalogue: readonly ErrorRow[];

/** The base class of all errors. A call that fails throws one of its subclasses. No message contains a secret. */
export class JitError extends Error {
  /** Only for the library itself. */
  constructor(record: ErrorRow & { field?: string; line?: number; column?: number });
  /** The code that programs check, such as `token_expired`: see {@link catalogue}. */
  readonly code: ErrorCode;
  /** The number of the error in the {@link catalogue}. */
  readonly number: number;
  readonly family: ErrorFamily;
  /** The HTTP status of a response with this error, such as 409. Express uses it by default. */
  readonly status: number;
  /** The path of the wrong member, such as `metadata[0].key`. */
  readonly field?: string;
  /** The line in the given text, counted from 1. */
  readonly line?: number;
  /** The column in that line, in characters, counted from 1. */
  readonly column?: number;
  /** Returns the record of the error, as in the HTTP API. */
  toJSON(): ErrorRow & { field?: string; line?: number; column?: number };
}

/** Malformed JSON, an unknown option, a value of the wrong type or out of range. */
export class InputError extends JitError {
  readonly family: 'input';
  readonly code: ErrorCodes['input'];
}
/** A key or a token that is not accepted. */
export class TokenError extends JitError {
  readonly family: 'token';
  readonly code: ErrorCodes['token'];
}
/** A mistake in a template. */
export class TemplateError extends JitError {
  readonly family: 'template';
  readonly code: ErrorCodes['template'];
}
/** A value that a metadata field does not accept. */
export class MetadataError extends JitError {
  readonly family: 'metadata';
  readonly code: ErrorCodes['metadata'];
}
/** A request that cannot be opened, changed or restored. */
export class RequestError extends JitError {
  readonly family: 'request';
  readonly code: ErrorCodes['request'];
}
/** A decision that is not accepted. */
export class DecisionError extends JitError {
  readonly family: 'decision';
  readonly code: ErrorCodes['decision'];
}
/** A grant that cannot be used. */
export class GrantError extends JitError {
  readonly family: 'grant';
  readonly code: ErrorCodes['grant'];
}
/** An error of the HTTP API. No call of this library throws it. */
export class ApiError extends JitError {
  readonly family: 'api';
  readonly code: ErrorCodes['api'];
}
/** A bug in this library, or a failure of the system or of a server. */
export class InternalError extends JitError {
  readonly family: 'internal';
  readonly code: ErrorCodes['internal'];
}
