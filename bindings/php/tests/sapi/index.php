<?php

/** What the tests of web servers request: the story, and ends of a request in the middle of a call. */

declare(strict_types=1);

use JitApprovals\Minter;
use JitApprovals\SigningKey;
use JitApprovals\Template;
use JitApprovals\Verifier;

final class Ending implements JsonSerializable
{
    public function __construct(private string $kind)
    {
    }

    public function jsonSerialize(): mixed
    {
        switch ($this->kind) {
            case 'exit':
                exit('the end');
            case 'fatal':
                trigger_error('the end', E_USER_ERROR);
            case 'memory':
                return str_repeat('x', 1 << 40);
            case 'timeout':
                set_time_limit(1);
                while (true) {
                }
            case 'throw':
                throw new DomainException('the end');
        }
    }
}

$key = SigningKey::fromBytes(str_repeat("\1", 32));
$minter = new Minter($key, 'shop.example.com', 'approvals.example.com');
$kind = trim(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH), '/');
if ($kind !== 'story') {
    $minter->mint('kevin', ['before' => 1, 'value' => ['deep' => new Ending($kind)]]);
    exit('not reached');
}
$token = $minter->mint('kevin');
$origin = (new Verifier($key, 'shop.example.com', 'approvals.example.com'))->origin($token);
$template = Template::parse([
    'approvalType' => 'approve',
    'templateName' => 'Refund',
    'approvalKey' => 'REFUND',
    'approvalTitle' => 'Refund $(amount)?',
    'approvalData' => 'Refund $(amount) to $(subject).',
    'defaultApprovers' => ['ann@example.com'],
    'metadata' => [['key' => 'amount']],
]);
$request = $template->open(['metaData' => ['amount' => '5']], $origin, ['people' => 'everyone']);
$request->approve('ann@example.com', $request->contentHash);
$request->consume(['metaData' => ['amount' => '5']]);
header('Content-Type: application/json');
echo json_encode([
    'id' => $request->id,
    'status' => $request->grant->status,
    'process' => getmypid(),
    'memory' => memory_get_usage(),
    'jit' => function_exists('opcache_get_status') && (opcache_get_status(false)['jit']['on'] ?? false),
]);
