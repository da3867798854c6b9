/**
 * Asks a person to approve one concrete act before it happens, and issues a single-use grant for exactly what they
 * saw.
 *
 * A time in an argument is a `Date` or whole Unix seconds. A time in a result is a `Date`. Only `toJSON` and `events`
 * return Unix seconds, because they return the records of the HTTP API. By default, `now` is the system's time, and
 * `id` is a new id.
 *
 * Options are own properties of a plain object, and each is read once. `null` means "not given" for `now`, `id`,
 * `comment` and `reason`. Anywhere else it is an error.
 *
 * Every call may throw a {@link JitError}. Its `code` says what is wrong.
 *
 * @module
 */

export * from './types/errors';
export * from './types/requests';
export * from './types/templates';
export * from './types/text';
export * from './types/tokens';
export * from './types/values';
