/**
 * What an application may send instead of a text that is not accepted: line ends become line feeds, other white space
 * becomes U+0020, and what may not be shown to an approver is left out. Nothing calls it for you, since the act must
 * equal what was shown: an application that mends a text acts on the mended one.
 *
 * @throws {InputError} `wrong_type` for a text with a lone surrogate: see `String.prototype.toWellFormed`
 */
export function plainText(text: string): string;

/**
 * The key of a name: two emails or subjects with the same key are the same person's. Case and characters that cannot
 * be seen make no difference. The subject of a request is compared with its approvers by this key.
 */
export function identity(name: string): string;
