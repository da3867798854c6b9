/**
 * Asks a person to approve one concrete act before it happens, and hands out a single-use grant for exactly what
 * they saw.
 *
 * Times in arguments are a `Date` or whole Unix seconds. Times in results are `Date`s; in what `toJSON` and `events`
 * return, which are the records of the HTTP API, they are Unix seconds. By default `now` is the system's time, and `id`
 * a new one.
 *
 * Options are own members of a plain object, and each is read once. `null` means "not given" for `now`, `id`, `comment`
 * and `reason`; anywhere else it is an error.
 *
 * Every call may throw a {@link JitError}, whose `code` says what is wrong.
 *
 * @module
 */

export * from './types/errors';
export * from './types/requests';
export * from './types/templates';
export * from './types/text';
export * from './types/tokens';
export * from './types/values';
