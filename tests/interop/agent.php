<?php

/** Answers the questions of the interop tests with the PHP extension: see tests/interop/README.md. */

declare(strict_types=1);

use JitApprovals\AccessTokenVerifier;
use JitApprovals\ApprovalRequest;
use JitApprovals\Exception;
use JitApprovals\Minter;
use JitApprovals\SigningKey;
use JitApprovals\Template;
use JitApprovals\Verifier;

use function JitApprovals\plainText;
use function JitApprovals\verifyChain;

const TEMPLATE = [
    'approvalType' => 'approve', 'templateName' => 'Refund', 'approvalKey' => 'REFUND', 'approvalTitle' => 'Refund?',
    'approvalData' => 'Refund $(amount).', 'defaultApprovers' => ['ann@example.com'],
    'metadata' => [['key' => 'amount', 'type' => 'number']],
];
const ORIGIN = ['application' => 'shop', 'subject' => 'kevin'];
const EVERYONE = ['people' => 'everyone'];

/** Objects stay objects: an array would not tell `{}` from `[]`. */
function parsed(string $json): mixed
{
    return json_decode($json, false, 512, JSON_THROW_ON_ERROR);
}

function text(mixed $value): string
{
    return json_encode($value, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_PRESERVE_ZERO_FRACTION);
}

function key_of(object $given): SigningKey
{
    return SigningKey::fromBase64($given->key);
}

function verifier(object $given): Verifier
{
    return new Verifier(key_of($given), issuer: $given->issuer, audience: $given->audience);
}

function directory(object $given): array
{
    return isset($given->directory) ? ['directory' => parsed($given->directory)] : [];
}

$operations = [
    'mint' => fn (object $given) => (new Minter(key_of($given), issuer: $given->issuer, audience: $given->audience))
        ->mint($given->subject, parsed($given->claims), now: $given->now, jti: $given->jti),
    'verify' => fn (object $given) => text((object) verifier($given)->verify($given->token, now: $given->now)),
    'origin' => fn (object $given) => text(verifier($given)->origin($given->token, now: $given->now)),
    'open' => function (object $given): array {
        $request = Template::parse($given->template)
            ->open($given->body, parsed($given->origin), ...directory($given), now: $given->now, id: $given->id);
        return ['events' => $request->eventTexts(), 'contentHash' => $request->contentHash, 'text' => $request->text];
    },
    'decide' => function (object $given): array {
        $request = ApprovalRequest::restore($given->events);
        $more = ['comment' => $given->comment ?? null, 'now' => $given->now, 'id' => $given->id ?? null];
        $request->{$given->verdict}($given->approver, $request->contentHash, ...$more, ...directory($given));
        return $request->eventTexts();
    },
    'consume' => function (object $given): array {
        $request = ApprovalRequest::restore($given->events);
        $request->consume(parsed($given->act), now: $given->now);
        return $request->eventTexts();
    },
    'accessToken' => fn (object $given) => ApprovalRequest::restore($given->events)
        ->accessToken($given->issuer, key_of($given), now: $given->now),
    'verifyAccess' => fn (object $given) => text(
        (new AccessTokenVerifier(key_of($given), issuer: $given->issuer, application: $given->application))
            ->verify($given->token, now: $given->now)
    ),
    'verifyChain' => function (object $given): array {
        $report = verifyChain($given->events);
        return ['count' => $report->count, 'complete' => $report->complete];
    },
    'plainText' => fn (object $given) => plainText($given->text),
    'surface' => function (): array {
        $classes = ['SigningKey', 'Minter', 'Verifier', 'Jwt', 'Template', 'ApprovalRequest', 'AccessTokenVerifier'];
        $names = [];
        foreach ([...$classes, 'UnverifiedToken', 'AccessToken', 'Jws', 'Catalogue'] as $class) {
            $reflection = new ReflectionClass("JitApprovals\\{$class}");
            foreach ([...$reflection->getMethods(), ...$reflection->getProperties()] as $member) {
                if (!str_starts_with($member->name, '__') && ($class !== 'AccessToken' || $member instanceof ReflectionMethod)) {
                    $names[] = "{$class}.{$member->name}";
                }
            }
        }
        $functions = (new ReflectionExtension('jit_approvals'))->getFunctions();
        return [...$names, ...array_map(fn ($function) => str_replace('JitApprovals\\', '', $function->name), array_values($functions))];
    },
    'mistake' => function (object $given) use (&$mistakes): void {
        $mistakes[$given->name]();
    },
];

$goodKey = fn () => SigningKey::fromBase64(str_repeat('A', 44));
$minter = fn () => new Minter($goodKey(), issuer: 'shop', audience: 'host');
$render = fn (array $metaData) => Template::parse(TEMPLATE)->render($metaData, ORIGIN);
$request = fn () => Template::parse(TEMPLATE)->open(['metaData' => ['amount' => '5']], ORIGIN, EVERYONE);

$mistakes = [
    'keyTooShort' => fn () => SigningKey::fromBase64('AAAA'),
    'keyNotBase64' => fn () => SigningKey::fromBase64(str_repeat('*', 44)),
    'keyMissing' => fn () => SigningKey::fromBase64(null),
    'issuerOfAnotherType' => fn () => new Minter($goodKey(), issuer: 7, audience: 'host'),
    'issuerEmpty' => fn () => new Minter($goodKey(), issuer: '', audience: 'host'),
    'lifetimeTooLong' => fn () => new Minter($goodKey(), issuer: 'shop', audience: 'host', lifetimeSeconds: 90_000),
    'subjectNull' => fn () => $minter()->mint(null),
    'reservedClaim' => fn () => $minter()->mint('kevin', ['sub' => 'eve']),
    'claimNotFinite' => fn () => $minter()->mint('kevin', ['a' => NAN]),
    'issuerAndAny' => fn () => new Verifier($goodKey(), issuer: 'shop', anyIssuer: true, audience: 'host'),
    'issuerLeftOut' => fn () => new Verifier($goodKey(), audience: 'host'),
    'audiencesEmpty' => fn () => new Verifier($goodKey(), issuer: 'shop', audience: []),
    'tokenMalformed' => fn () => (new Verifier($goodKey(), issuer: 'shop', audience: 'host'))->verify('no token'),
    'templateUnknownMember' => fn () => Template::parse(['approvalTittle' => 'x'] + TEMPLATE),
    'templateUndeclared' => fn () => Template::parse(['approvalData' => '$(price)'] + TEMPLATE),
    'amountAsFloat' => fn () => $render(['amount' => 12.5]),
    'amountNull' => fn () => $render(['amount' => null]),
    'unknownField' => fn () => $render(['amuont' => '5']),
    'hiddenCharacter' => fn () => $render(['amount' => "5\u{202e}"]),
    'directoryWithoutPeople' => fn () => Template::parse(TEMPLATE)->open([], ORIGIN, []),
    'personWithoutActive' => fn () => Template::parse(TEMPLATE)
        ->open([], ORIGIN, ['people' => [['email' => 'ann@example.com']]]),
    'notEligible' => function () use ($request): void {
        $one = $request();
        $one->approve('bob@example.com', $one->contentHash);
    },
    'otherHash' => fn () => $request()->approve('ann@example.com', str_repeat('0', 64)),
    'hashMalformed' => fn () => $request()->approve('ann@example.com', 'abc'),
    'noGrant' => fn () => $request()->consume(['metaData' => ['amount' => '5']]),
    'actorNotAllowed' => fn () => $request()->cancel(['kind' => 'application', 'id' => 'other']),
    'noEvents' => fn () => ApprovalRequest::restore([]),
    'eventNotCanonical' => fn () => ApprovalRequest::restore(
        array_map(static fn (string $text): string => " {$text}", $request()->eventTexts())
    ),
];

while (($line = fgets(STDIN)) !== false) {
    $given = parsed($line);
    try {
        $answer = ['ok' => $operations[$given->operation]($given)];
    } catch (Exception $error) {
        $places = ['field' => $error->getField(), 'line' => $error->getInputLine(), 'column' => $error->getInputColumn()];
        $known = array_filter($places, static fn (mixed $place): bool => $place !== null);
        $answer = ['error' => ['code' => $error->getErrorCode(), 'message' => $error->getMessage(), ...$known]];
    }
    echo text($answer), "\n";
}
