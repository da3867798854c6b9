/** The families of errors: one class each. */
export type ErrorFamily =
  | 'input' | 'token' | 'template' | 'metadata' | 'request' | 'decision' | 'grant' | 'internal';

/** A row of the error catalogue. */
export interface ErrorRow {
  /** Frozen: never reused for another meaning. */
  readonly number: number;
  /** What programs decide by, such as `token_expired`. */
  readonly code: string;
  readonly family: ErrorFamily;
  /** The message, its variable parts in braces. */
  readonly message: string;
}

/** Every error that any call can throw, in the order of its numbers. */
export const catalogue: readonly ErrorRow[];

/** What every call throws: one of the classes below. No message holds a secret. */
export class JitError extends Error {
  protected constructor(record: object);
  /** What programs decide by, such as `token_expired`: see {@link catalogue}. */
  readonly code: string;
  /** The number of its row. */
  readonly number: number;
  readonly family: ErrorFamily;
  /** The path to the member that it is about, such as `metadata[0].key`. */
  readonly field?: string;
  /** The line within the text that was given, from 1. */
  readonly line?: number;
  /** The column within that line, in characters, from 1. */
  readonly column?: number;
}

/** Malformed JSON, an unknown option, a value of the wrong type or out of range. */
export class InputError extends JitError {}
/** A key or a token that is refused. */
export class TokenError extends JitError {}
/** A template that cannot do what it says. */
export class TemplateError extends JitError {}
/** A value that a template's field cannot have. */
export class MetadataError extends JitError {}
/** A request that cannot be opened, changed or restored. */
export class RequestError extends JitError {}
/** A decision that does not count. */
export class DecisionError extends JitError {}
/** A grant that cannot be used. */
export class GrantError extends JitError {}
/** A bug here. */
export class InternalError extends JitError {}
