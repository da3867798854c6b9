<?php

/**
 * The classes and functions of the extension jit_approvals, for editors and static analysers. Not for loading.
 *
 * Long file: it is the whole public surface, and editors look for one stub per extension.
 */

namespace JitApprovals;

/** The base of all errors. Programs check its code. No message contains a secret. `getCode()` is the number in the catalogue. */
class Exception extends \Exception implements \JsonSerializable
{
    public function __construct(string $message = '', string $errorCode = '', ?string $field = null, ?int $inputLine = null, ?int $inputColumn = null)
    {
    }

    /** The code that programs check, such as `token_expired`: see `Catalogue`. */
    public function getErrorCode(): string
    {
    }

    /** The family of the error, such as `token`. */
    public function getFamily(): string
    {
    }

    /** The HTTP status of a response with this error. */
    public function getStatus(): int
    {
    }

    /** The path of the wrong member, such as `metadata[0].key`. */
    public function getField(): ?string
    {
    }

    /** The line in the given text, counted from 1. */
    public function getInputLine(): ?int
    {
    }

    /** The column in that line, in characters, counted from 1. */
    public function getInputColumn(): ?int
    {
    }

    /** The record of the error, as in the HTTP API. */
    public function jsonSerialize(): array
    {
    }
}

/** What an access token says: which application holds which grant of which request. */
final class AccessToken implements \JsonSerializable
{
    /** `iss`: the host that issued the grant. */
    public readonly string $issuer;

    /** `aud`: the application that made the request. */
    public readonly string $application;

    /** `sub`: the user on whose behalf the application made the request. */
    public readonly string $subject;

    /** `jti`: the id of the grant. */
    public readonly string $grantId;

    /** `exp`: when the grant expires. */
    public readonly \DateTimeImmutable $expiresAt;

    /** The id of the approved request. */
    public readonly string $approvalRequestId;

    /** The key of the request's template. */
    public readonly string $templateId;

    /** The content hash of what the approver saw. */
    public readonly string $contentHash;

    public function __construct(string $issuer, string $application, string $subject, string $grantId, \DateTimeInterface|\Psr\Clock\ClockInterface|int $expiresAt, string $approvalRequestId, string $templateId, string $contentHash)
    {
    }

    /** Signs the token and returns its text. */
    public function sign(SigningKey $key): string
    {
    }

    /** Returns the record, in which times are Unix seconds. */
    public function jsonSerialize(): array
    {
    }
}

/**
 * Verifies access tokens, and no other tokens: those for the grants that `$issuer` gave to an application.
 *
 * `$key` is a SigningKey, or a list of them.
 */
final class AccessTokenVerifier
{
    public function __construct(SigningKey|array $key, string $issuer, string $application, int $leewaySeconds = 0)
    {
    }

    /** Verifies an access token and returns what it says. */
    public function verify(string $token, \DateTimeInterface|\Psr\Clock\ClockInterface|int|null $now = null): AccessToken
    {
    }
}

/** An error of the HTTP API. No call of the extension throws it. */
class ApiException extends Exception
{
}

/**
 * A request that someone approve one act, with all its events.
 *
 * Each command adds the event that it makes. A command that throws changes nothing. To store a request, insert the new
 * events under a unique (request, sequence) key before you reply or act; `restore` makes the request from its events again.
 */
final class ApprovalRequest implements \JsonSerializable
{
    /** The id: a UUID as text. */
    public readonly string $id;

    /** The key of the template. */
    public readonly string $templateId;

    /** The version of the template. */
    public readonly int $templateVersion;

    /** What an approver does to approve. */
    public readonly ApprovalType $approvalType;

    /** The title as the approver sees it. */
    public readonly string $title;

    /** The title in parts. */
    public readonly array $titleParts;

    /** The text as the approver sees it. */
    public readonly string $text;

    /** The text in parts. */
    public readonly array $parts;

    /** The final value of every declared field, by key. */
    public readonly array $metaData;

    /** What the approver may look at before deciding. */
    public readonly array $attachments;

    /** The application that asks: `iss` of its auth token. */
    public readonly string $application;

    /** The user on whose behalf it asks: `sub`. */
    public readonly string $subject;

    /** The owner, where several companies share a server. */
    public readonly string $company;

    /** The other claims of the auth token that the template lists, as they are shown. */
    public readonly array $claims;

    /**
     * Whether the directory accepted everyone or listed people. If it listed people, a decision needs a directory that lists
     * them.
     */
    public readonly PeopleKnown $people;

    /** The device that the application reported; null if it reported none. */
    public readonly ?array $device;

    /** SHA-256 over all that the approver approves, in hexadecimal. */
    public readonly string $contentHash;

    /** When it was opened. */
    public readonly \DateTimeImmutable $requestedAt;

    /** When it expires: from then on nothing can be decided. */
    public readonly \DateTimeImmutable $expiresAt;

    /** The status now. */
    public readonly Status $status;

    /** When it was approved or rejected. */
    public readonly ?\DateTimeImmutable $decidedAt;

    /** The stages. */
    public readonly array $stages;

    /** The grant now; null if the request was not approved. */
    public readonly ?GrantState $grant;

    /** Every event, in order, as arrays. */
    public readonly array $events;

    /**
     * How many events there are, and the hash of the last. Keep it apart from the events: it proves that none is missing at
     * their end.
     */
    public readonly Head $head;

    /** Only calls create it. */
    private function __construct()
    {
    }

    /**
     * Restores a request from its events, as arrays or as the texts that `eventTexts` returned. With the `$head`, which you
     * keep apart from the events, events that are missing at the end are found, too.
     */
    public static function restore(array $events, Head|false $head = false): ApprovalRequest
    {
    }

    /** The status of request and grant at a time, by the events up to then. */
    public function at(\DateTimeInterface|\Psr\Clock\ClockInterface|int $now): State
    {
    }

    /** The events after this sequence number, as arrays: those that a store does not have yet. */
    public function eventsSince(int $sequence): array
    {
    }

    /** The canonical texts (RFC 8785) of the events after this sequence number. */
    public function eventTexts(int $sequence = 0): array
    {
    }

    /** Returns what a directory must contain for a decision of this approver. */
    public function needsOf(string $approver): Needs
    {
    }

    /** Returns null if this person may decide, otherwise the exception that says why not, which is not thrown. */
    public function mayDecide(string $approver, \DateTimeInterface|\Psr\Clock\ClockInterface|int|null $now = null, array|object $directory = []): ?Exception
    {
    }

    /**
     * Approves. Returns false if the approver has made the same decision before, word for word.
     *
     * `$contentHash` is the one that was shown to the approver. `$directory` may be left out only if the request was opened
     * with everyone and the approver was named directly. `$id` is the id of the grant, a UUID.
     */
    public function approve(string $approver, string $contentHash, ?string $comment = null, \DateTimeInterface|\Psr\Clock\ClockInterface|int|null $now = null, ?string $id = null, array|object $directory = [], string $signature = ''): bool
    {
    }

    /** Rejects. One rejection is enough. The arguments are those of `approve`. */
    public function reject(string $approver, string $contentHash, ?string $comment = null, \DateTimeInterface|\Psr\Clock\ClockInterface|int|null $now = null, ?string $id = null, array|object $directory = [], string $signature = ''): bool
    {
    }

    /** Withdraws the request while it is pending. `$actor` is `['kind' => ..., 'id' => ...]`. */
    public function cancel(array|object $actor, ?string $reason = null, \DateTimeInterface|\Psr\Clock\ClockInterface|int|null $now = null): void
    {
    }

    /**
     * Uses the grant for this act: `['metaData' => ..., 'attachments' => ...]`, the values that the application is about to
     * act on.
     */
    public function consume(array|object|string $act, \DateTimeInterface|\Psr\Clock\ClockInterface|int|null $now = null): void
    {
    }

    /** Revokes the grant. `$actor` is `['kind' => ..., 'id' => ...]`. */
    public function revoke(array|object $actor, ?string $reason = null, \DateTimeInterface|\Psr\Clock\ClockInterface|int|null $now = null): void
    {
    }

    /** Records the expiry if the request has expired and no event says so. Returns true if it did. */
    public function expire(\DateTimeInterface|\Psr\Clock\ClockInterface|int|null $now = null): bool
    {
    }

    /** Adds an event that another copy of the request made, as an array or as text. */
    public function apply(array|object|string $event): void
    {
    }

    /** Returns the signed text that carries the grant to the application, from the host `$issuer`. */
    public function accessToken(string $issuer, SigningKey $key, \DateTimeInterface|\Psr\Clock\ClockInterface|int|null $now = null): string
    {
    }

    /** Returns the record of the HTTP API, in which times are Unix seconds. */
    public function jsonSerialize(\DateTimeInterface|\Psr\Clock\ClockInterface|int|null $now = null): array
    {
    }
}

/** What an approver does to approve. */
enum ApprovalType: string
{
    case Approve = 'approve';
    case SignAndApprove = 'signAndApprove';
}

/** What the approver may look at before deciding. */
final class Attachment
{
    public readonly string $title;

    public readonly string $url;

    /** Only calls create it. */
    private function __construct()
    {
    }
}

/** Every error of the library. */
final class Catalogue
{
    /** Only calls create it. */
    private function __construct()
    {
    }

    /**
     * Returns every error, in the order of their numbers: a list of arrays with `number`, `code`, `family`, `status` and
     * `message`.
     */
    public static function rows(): array
    {
    }
}

/** What a chain of events proves. Without a head its end is not proven: `complete` is false. */
final class ChainReport
{
    public readonly int $count;

    public readonly bool $complete;

    /** Only calls create it. */
    private function __construct()
    {
    }
}

/** A decision that is not accepted. */
class DecisionException extends Exception
{
}

/** A decision of an approver. */
final class DecisionState
{
    public readonly string $approver;

    public readonly Verdict $verdict;

    public readonly ?string $comment;

    public readonly ?string $signature;

    public readonly \DateTimeImmutable $decidedAt;

    /** Only calls create it. */
    private function __construct()
    {
    }
}

/** A grant that cannot be used. */
class GrantException extends Exception
{
}

/** A grant. */
final class GrantState
{
    public readonly string $id;

    public readonly GrantStatus $status;

    public readonly \DateTimeImmutable $issuedAt;

    public readonly \DateTimeImmutable $expiresAt;

    public readonly ?\DateTimeImmutable $consumedAt;

    /** Only calls create it. */
    private function __construct()
    {
    }
}

/** The status of a grant. */
enum GrantStatus: string
{
    case Issued = 'issued';
    case Consumed = 'consumed';
    case Revoked = 'revoked';
    case Expired = 'expired';
}

/** How many events a request has, and the hash of the last. */
final class Head
{
    public readonly int $count;

    public readonly string $hash;

    public function __construct(int $count, string $hash)
    {
    }
}

/** Malformed JSON, a value of the wrong type or out of range. */
class InputException extends Exception
{
}

/** A bug in the library, or a failure of the system or of a server. */
class InternalException extends Exception
{
}

/** A verified JWS. Its payload may be any bytes. */
final class Jws
{
    public readonly array $header;

    public readonly string $payload;

    /** Only calls create it. */
    private function __construct()
    {
    }

    /** Signs a payload under a header. */
    public static function sign(array $header, string $payload, SigningKey $key): string
    {
    }

    /** Verifies a JWS. */
    public static function verify(string $token, SigningKey|array $key): Jws
    {
    }
}

/** A token that is being built: byte for byte the token of njwt 2.0.1 for the same claims, clock and `jti`. */
final class Jwt
{
    /** The header. */
    public readonly array $header;

    /** The claims. */
    public readonly array $claims;

    /** Only calls create it. */
    private function __construct()
    {
    }

    /** Starts a token with these claims, then `jti` and `iat`, if they are not among them, and `exp`, an hour from now. */
    public static function create(array|object $claims = [], \DateTimeInterface|\Psr\Clock\ClockInterface|int|null $now = null, string $jti = ''): Jwt
    {
    }

    /** Sets a claim to a value that JSON can hold. */
    public function setClaim(string $name, mixed $value): Jwt
    {
    }

    /** Sets a parameter of the header to a value that JSON can hold. */
    public function setHeader(string $name, mixed $value): Jwt
    {
    }

    /** Sets `iss`. */
    public function setIssuer(string $issuer): Jwt
    {
    }

    /** Sets `sub`. */
    public function setSubject(string $subject): Jwt
    {
    }

    /** Sets `jti`. */
    public function setJti(string $jti): Jwt
    {
    }

    /** Sets `iat`. */
    public function setIssuedAt(\DateTimeInterface|\Psr\Clock\ClockInterface|int $issuedAt): Jwt
    {
    }

    /** Sets `exp`. `null` removes it: such a token never expires, and no Verifier accepts it. */
    public function setExpiration(\DateTimeInterface|\Psr\Clock\ClockInterface|int|null $expiresAt): Jwt
    {
    }

    /** Sets `nbf`. `null` removes it. */
    public function setNotBefore(\DateTimeInterface|\Psr\Clock\ClockInterface|int|null $notBefore): Jwt
    {
    }

    /** Signs the token and returns its text. */
    public function compact(SigningKey $key): string
    {
    }
}

/** A value that a metadata field does not accept. */
class MetadataException extends Exception
{
}

/**
 * Mints an application's auth tokens. Create one for each key, and use it often.
 *
 * `$issuer` is the application's own identifier (`iss`), `$audience` the host that receives its requests (`aud`).
 * `$lifetimeSeconds` is how long a token is valid, from 1 second to 24 hours. `$backdateSeconds` is how far `nbf` is in the
 * past, for verifiers with a slow clock.
 */
final class Minter
{
    public function __construct(SigningKey $key, string $issuer, string $audience, int $lifetimeSeconds = 300, int $backdateSeconds = 60)
    {
    }

    /**
     * Mints a token for a subject, the user on whose behalf the application asks.
     *
     * Its claims are `iss`, `aud`, `sub`, `jti`, `iat`, `exp`, `nbf`, and then the given ones.
     */
    public function mint(string $subject, array|object $claims = [], \DateTimeInterface|\Psr\Clock\ClockInterface|int|null $now = null, string $jti = ''): string
    {
    }

    /** Mints a token for each of a list of subjects, in order. All have the same claims and times. */
    public function mintMany(array $subjects, array|object $claims = [], \DateTimeInterface|\Psr\Clock\ClockInterface|int|null $now = null): array
    {
    }
}

/** What a directory must contain. */
final class Needs
{
    public readonly array $emails;

    public readonly array $groups;

    /** Only calls create it. */
    private function __construct()
    {
    }
}

/** Who asks, and on whose behalf: what a verified auth token proves, as `Verifier::origin` returns it. */
final class Origin implements \JsonSerializable
{
    /** The application that asks: `iss` of its auth token. */
    public readonly string $application;

    /** The user on whose behalf it asks: `sub`. */
    public readonly string $subject;

    /** The owner of its requests, where several companies share a server. */
    public readonly string $company;

    /** The name that the placeholder `companyName` shows. */
    public readonly string $companyName;

    /** The custom claims of the token. */
    public readonly array $claims;

    /** The device that the application reported; null if it reported none. */
    public readonly ?array $device;

    /** Only calls create it. */
    private function __construct()
    {
    }

    /**
     * Makes an origin without a token, such as for a preview: an array with `application` and `subject`, and optionally
     * `company`, `companyName`, `claims` and `device`.
     */
    public static function fromArray(array|object $record): Origin
    {
    }

    /** Returns the record that `fromArray` reads. */
    public function jsonSerialize(): array
    {
    }
}

/** A piece of a shown text. If it has a key, it is a value. */
final class Part
{
    public readonly string $text;

    public readonly ?string $key;

    /** Only calls create it. */
    private function __construct()
    {
    }
}

/** Whether a request's directory accepted everyone or listed people. */
enum PeopleKnown: string
{
    case Everyone = 'everyone';
    case Listed = 'listed';
}

/** What an approver sees. Text, never markup. Joined, the parts are the title and the text. */
final class Rendered
{
    /** The title: one line. */
    public readonly string $title;

    /** The title in parts. */
    public readonly array $titleParts;

    /** The text. */
    public readonly string $text;

    /** The text in parts. */
    public readonly array $parts;

    /** Only calls create it. */
    private function __construct()
    {
    }
}

/** A request that cannot be opened, changed or restored. */
class RequestException extends Exception
{
}

/** An HS256 signing key. Nothing of it can be read, dumped, serialized or cloned. */
final class SigningKey
{
    /** The id of the key, if it has one. */
    public readonly ?string $id;

    /** Only calls create it. */
    private function __construct()
    {
    }

    /** Creates a key from 32 bytes of the system's generator. To keep a key, see `generateBase64`. */
    public static function generate(?string $id = null): SigningKey
    {
    }

    /** Returns the base64 text of a new key: 32 bytes of the system's generator. Keep it like a password. */
    public static function generateBase64(): string
    {
    }

    /**
     * Reads a key from base64 text, in the standard or the URL-safe alphabet, padded or not. White space is ignored.
     *
     * Tokens that are minted with the key name its `$id` as their `kid`. `$leastBytes` of 0 counts as 1 (RFC 7518 section 3.2 asks for 32).
     */
    public static function fromBase64(string $text, ?string $id = null, int $leastBytes = 32): SigningKey
    {
    }

    /** Reads a key from the bytes of a string. */
    public static function fromBytes(string $data, ?string $id = null, int $leastBytes = 32): SigningKey
    {
    }
}

/** A stage: who may decide, how many must, and what they decided. */
final class StageState
{
    public readonly ?string $name;

    public readonly int $required;

    public readonly array $approvers;

    public readonly array $decisions;

    /** Only calls create it. */
    private function __construct()
    {
    }
}

/** The status of a request and its grant at a time. */
final class State
{
    public readonly Status $status;

    public readonly ?GrantState $grant;

    /** Only calls create it. */
    private function __construct()
    {
    }
}

/** The status of a request. */
enum Status: string
{
    case Pending = 'pending';
    case Approved = 'approved';
    case Rejected = 'rejected';
    case Cancelled = 'cancelled';
    case Expired = 'expired';
}

/** A checked template: its placeholders are declared, and its constraints can be met. Immutable. */
final class Template implements \JsonSerializable
{
    /** `approvalKey`, which requests name as their `templateId`. */
    public readonly string $key;

    /** `templateVersion` */
    public readonly int $version;

    /** `templateName` */
    public readonly ?string $name;

    /** The declared fields: a list of arrays. */
    public readonly array $fields;

    /** What an approver does to approve. */
    public readonly ApprovalType $approvalType;

    /** Only calls create it. */
    private function __construct()
    {
    }

    /** Reads and checks a template, an array or its JSON text. In a text, errors have line and column. */
    public static function parse(array|object|string $record): Template
    {
    }

    /** Returns all mistakes of a template as exceptions, which are returned and not thrown. */
    public static function mistakes(array|object|string $record): array
    {
    }

    /**
     * Renders what an approver would see, with these values on behalf of this origin.
     *
     * `$origin` is what `Verifier::origin` returned, or an array with `application` and `subject`.
     */
    public function render(array|object $metaData, array|object $origin, string $requestId = '00000000-0000-0000-0000-000000000000'): Rendered
    {
    }

    /** Returns what a directory must contain to open this request. */
    public function needs(array|object|string $request): Needs
    {
    }

    /**
     * Opens a request: renders its text and fixes who may decide.
     *
     * `$request` is the body that the application posted, an array or its JSON text; in an array, `templateId` is by default
     * the template's own key. `$origin` is what `Verifier::origin` returned, or an array as `Origin::fromArray` reads it.
     * `$directory` lists the people and groups at present: `['people' => [...], 'groups' => [...]]`, or
     * `['people' => 'everyone']`.
     */
    public function open(array|object|string $request, array|object $origin, array|object $directory, \DateTimeInterface|\Psr\Clock\ClockInterface|int|null $now = null, ?string $id = null): ApprovalRequest
    {
    }

    /** Returns the record that the template was read from. */
    public function jsonSerialize(): array
    {
    }
}

/** A mistake in a template. */
class TemplateException extends Exception
{
}

/** A key or a token that is not accepted. */
class TokenException extends Exception
{
}

/** What a token says before anything is verified: for choosing a key, and nothing else. */
final class UnverifiedToken
{
    public readonly ?string $issuer;

    public readonly ?string $keyId;

    public readonly array $header;

    public readonly array $claims;

    /** Only calls create it. */
    private function __construct()
    {
    }

    /** Reads a token without verifying it. */
    public static function parse(string $token): UnverifiedToken
    {
    }
}

/** What an approver decided. */
enum Verdict: string
{
    case Approve = 'approve';
    case Reject = 'reject';
}

/** The claims of a verified token, and the id of the key that verified it. */
final class Verified
{
    public readonly array $claims;

    public readonly ?string $keyId;

    /** Only calls create it. */
    private function __construct()
    {
    }
}

/**
 * Verifies auth tokens: first the signature, then type, times, issuer and audience.
 *
 * `$key` is a SigningKey, or a list of them for rotation. `$issuer` is the `iss` that a token must have, or `anyIssuer: true`
 * accepts any holder of the key. `$audience` is the name, or a list of names, of which a token's `aud` must contain one, or
 * `anyAudience: true` accepts any. `$leewaySeconds` is how much clocks may differ, `$maxLifetimeSeconds` how long a token
 * may still be valid. With `requireSubject: true`, a token needs a `sub`.
 */
final class Verifier
{
    public function __construct(SigningKey|array $key, string $issuer = '', array|string $audience = '', bool $anyIssuer = false, bool $anyAudience = false, int $leewaySeconds = 60, int $maxLifetimeSeconds = \PHP_INT_MAX, bool $requireSubject = false)
    {
    }

    /** Verifies a token and returns its claims. If the token is not valid, nothing of it is returned. */
    public function verify(string $token, \DateTimeInterface|\Psr\Clock\ClockInterface|int|null $now = null): array
    {
    }

    /** Verifies a token and returns its claims, and the id of the key that verified it, if that key has one. */
    public function verified(string $token, \DateTimeInterface|\Psr\Clock\ClockInterface|int|null $now = null): Verified
    {
    }

    /** Verifies a token and returns the origin that it proves, for `Template::open`. */
    public function origin(string $token, \DateTimeInterface|\Psr\Clock\ClockInterface|int|null $now = null): Origin
    {
    }
}

/**
 * Proves that no event was changed, left out or moved.
 *
 * Without a head that was kept elsewhere the end is not proven: `complete` is false, and events may be missing there.
 * Nothing is proven against someone who rewrites all events and the head.
 */
function verifyChain(array $events, Head|false $head = false): ChainReport
{
}

/** Returns the key of a name. Two emails or subjects with the same key are the same person's. */
function identity(string $name): string
{
}

/** Returns what an application may send instead of a text that is not accepted. */
function plainText(string $text): string
{
}
