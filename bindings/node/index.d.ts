/**
 * Asks a person to approve one concrete act before it happens, and hands out a single-use grant for exactly what
 * they saw.
 *
 * Times that are given are a `Date` or whole Unix seconds; times that are read are `Date`s, and Unix seconds in
 * what `toJSON` and `events` give, which are the records of the HTTP API. Whatever is not told, the present or a
 * new id, is the system's.
 *
 * Every call may throw a {@link JitError}, whose `code` says what is wrong.
 *
 * @module
 */

export * from './types/errors';
export * from './types/requests';
export * from './types/templates';
export * from './types/tokens';
export * from './types/values';
