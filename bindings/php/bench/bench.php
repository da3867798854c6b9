<?php

/**
 * `cargo xtask bench php`: what the hot calls cost, against the same in PHP. Ratios of medians over interleaved slices: what
 * disturbs one side disturbs the other, too.
 */

declare(strict_types=1);

use JitApprovals\Minter;
use JitApprovals\Origin;
use JitApprovals\SigningKey;
use JitApprovals\Template;
use JitApprovals\Verifier;

const SLICES = 41;
const SLICE_NANOSECONDS = 4_000_000;
const ISSUER = 'https://app.example.com';
const AUDIENCE = 'api.example.com';
const SUBJECT = 'user@example.com';
const SECRET = '77777777777777777777777777777777';

function piece(callable $work, int $calls): float
{
    $start = hrtime(true);
    for ($i = 0; $i < $calls; $i++) {
        $work();
    }
    return (hrtime(true) - $start) / $calls;
}

/** Compares what two works cost, in nanoseconds. */
function compare(string $name, callable $ours, string $peer, callable $theirs): array
{
    [$calls, $times] = [[], [[], []]];
    foreach ([$ours, $theirs] as $work) {
        piece($work, 2000);
        $calls[] = max(1, (int) (SLICE_NANOSECONDS / piece($work, 2000)));
    }
    for ($slice = 0; $slice < SLICES; $slice++) {
        foreach ([$ours, $theirs] as $side => $work) {
            $times[$side][] = piece($work, $calls[$side]);
        }
    }
    $medians = array_map(static function (array $all): float {
        sort($all);
        return $all[intdiv(count($all), 2)];
    }, $times);
    fwrite(STDERR, "  {$name} … {$peer}\n");
    return ['work' => $name, 'us' => $medians[0] / 1000, 'against' => $peer, 'peerUs' => $medians[1] / 1000, 'ratio' => $medians[1] / $medians[0]];
}

$key = SigningKey::fromBytes(SECRET);
$minter = new Minter($key, issuer: ISSUER, audience: AUDIENCE);
$verifier = new Verifier($key, issuer: ISSUER, audience: AUDIENCE);

function base64url(string $bytes): string
{
    return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
}

function uuid(): string
{
    $bytes = random_bytes(16);
    $bytes[6] = chr((ord($bytes[6]) & 0x0f) | 0x40);
    $bytes[8] = chr((ord($bytes[8]) & 0x3f) | 0x80);
    $hex = bin2hex($bytes);
    return substr($hex, 0, 8) . '-' . substr($hex, 8, 4) . '-' . substr($hex, 12, 4) . '-' . substr($hex, 16, 4) . '-' . substr($hex, 20);
}

define('HEADER', base64url('{"typ":"JWT","alg":"HS256"}'));

$mintByHand = static function (): string {
    $now = time();
    $claims = [
        'iss' => ISSUER, 'aud' => AUDIENCE, 'sub' => SUBJECT, 'jti' => uuid(),
        'iat' => $now, 'exp' => $now + 300, 'nbf' => $now - 60, 'otherClaim' => 'claimValue',
    ];
    $signed = HEADER . '.' . base64url(json_encode($claims, JSON_UNESCAPED_SLASHES));
    return $signed . '.' . base64url(hash_hmac('sha256', $signed, SECRET, true));
};

$verifyByHand = static function (string $token): array {
    [$header, $payload, $signature] = explode('.', $token);
    $expected = base64url(hash_hmac('sha256', "{$header}.{$payload}", SECRET, true));
    if (!hash_equals($expected, $signature)) {
        throw new RuntimeException('signature');
    }
    $claims = json_decode(base64_decode(strtr($payload, '-_', '+/')), true, 64, JSON_THROW_ON_ERROR);
    $now = time();
    if ($claims['exp'] < $now || $claims['nbf'] > $now || $claims['iss'] !== ISSUER || $claims['aud'] !== AUDIENCE) {
        throw new RuntimeException('claims');
    }
    return $claims;
};

$token = $minter->mint(SUBJECT, ['otherClaim' => 'claimValue']);
if ($verifyByHand($token) !== $verifier->verify($mintByHand()) && $verifyByHand($token)['sub'] !== SUBJECT) {
    throw new RuntimeException('the sides differ');
}

$purchase = dirname(__DIR__, 3) . '/examples/purchase';
$record = json_decode(file_get_contents("{$purchase}/approve.template.json"), true);
$values = json_decode(file_get_contents("{$purchase}/approve.request.json"), true)['metaData'];
$template = Template::parse($record);
$origin = Origin::fromArray(['application' => 'https://msonline.nextlevel3.com', 'subject' => 'kevin']);
$defaults = array_column($record['metadata'], 'defaultValue', 'key');

$substitute = static function () use ($record, $values, $defaults): array {
    $pairs = [];
    foreach ([...$defaults, ...$values, 'companyName' => 'msonline.nextlevel3.com'] as $name => $value) {
        $pairs["\${{$name}}"] = $value;
    }
    return [strtr($record['approvalTitle'], $pairs), strtr($record['approvalData'], $pairs)];
};
$pairs = [];
foreach ([...$defaults, ...$values, 'companyName' => 'msonline.nextlevel3.com'] as $name => $value) {
    $pairs["\${{$name}}"] = $value;
}
$prepared = static fn (): array => [strtr($record['approvalTitle'], $pairs), strtr($record['approvalData'], $pairs)];
$render = static function () use ($template, $values, $origin): array {
    $rendered = $template->render($values, $origin);
    return [$rendered->title, $rendered->text];
};
if ($substitute() !== $render()) {
    throw new RuntimeException('the sides differ');
}

$rows = [
    compare('mint', static fn (): string => $minter->mint(SUBJECT, ['otherClaim' => 'claimValue']), 'by hand', $mintByHand),
    compare('verify to an array', static fn (): array => $verifier->verify($token), 'by hand', static fn (): array => $verifyByHand($token)),
    compare('render the purchase, checked', $render, 'strtr of the same values, unchecked', $substitute),
    compare('render the purchase, checked', $render, 'strtr of prepared pairs, unchecked', $prepared),
];

echo "| work | µs | against | µs | ratio |\n|---|--:|---|--:|--:|\n";
foreach ($rows as $row) {
    printf("| %s | %.2f | %s | %.2f | %.2f × as fast |\n", $row['work'], $row['us'], $row['against'], $row['peerUs'], $row['ratio']);
}
$folder = dirname(__DIR__, 3) . '/target/bench';
is_dir($folder) || mkdir($folder, recursive: true);
file_put_contents("{$folder}/php.json", json_encode($rows, JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE) . "\n");
