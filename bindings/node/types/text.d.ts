/**
 * Returns what an application may send instead of a text that is not accepted. Line ends become line feeds, other white
 * space becomes U+0020, and characters that may not be shown to an approver are left out. The library never calls this
 * function by itself, because the act must equal what was shown: an application that sends the changed text must also
 * act on the changed text.
 *
 * @throws {InputError} `wrong_type` for a text with a lone surrogate: see `String.prototype.toWellFormed`
 */
export function plainText(text: string): string;

/**
 * Returns the key of a name. Two emails or subjects with the same key belong to the same person. Case and invisible
 * characters make no difference. The library compares the subject of a request with its approvers by this key.
 */
export function identity(name: string): string;
