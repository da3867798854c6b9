<?php

declare(strict_types=1);

namespace JitApprovals\Tests;

use JitApprovals\AccessTokenVerifier;
use JitApprovals\ApprovalRequest;
use JitApprovals\Jws;
use JitApprovals\Jwt;
use JitApprovals\Minter;
use JitApprovals\SigningKey;
use JitApprovals\Template;
use JitApprovals\UnverifiedToken;
use JitApprovals\Verifier;

use function JitApprovals\verifyChain;

/** What the tests share. */
final class Story
{
    public const EVERYONE = ['people' => 'everyone'];
    public const ISSUER = 'shop.example.com';
    public const AUDIENCE = 'approvals.example.com';
    public const ORIGIN = ['application' => self::ISSUER, 'subject' => 'kevin'];
    public const RECORD = [
        'approvalType' => 'approve',
        'templateName' => 'Refund',
        'approvalKey' => 'REFUND',
        'approvalTitle' => 'Refund $(amount)?',
        'approvalData' => 'Refund $(amount) to $(subject).',
        'defaultApprovers' => ['ann@example.com'],
        'metadata' => [['key' => 'amount', 'type' => 'number']],
    ];

    public static function key(): SigningKey
    {
        return SigningKey::fromBytes(str_repeat("\0", 32), id: 'k1');
    }

    public static function minter(): Minter
    {
        return new Minter(self::key(), self::ISSUER, self::AUDIENCE);
    }

    public static function verifier(): Verifier
    {
        return new Verifier(self::key(), self::ISSUER, self::AUDIENCE);
    }

    public static function request(mixed ...$changes): ApprovalRequest
    {
        $template = Template::parse([...self::RECORD, ...$changes]);
        return $template->open(['metaData' => ['amount' => '5']], self::ORIGIN, self::EVERYONE);
    }

    public static function approved(): ApprovalRequest
    {
        $request = self::request();
        $request->approve('ann@example.com', $request->contentHash, comment: 'yes');
        return $request;
    }

    /** An object of every class that has properties. */
    public static function objects(): iterable
    {
        $template = Template::parse(self::RECORD);
        $token = self::minter()->mint('kevin');
        $request = self::approved();
        $body = ['metaData' => ['amount' => 5], 'attachments' => [['title' => 'Receipt', 'url' => 'https://example.com/']]];
        $access = $request->accessToken('host', self::key());
        $rendered = $template->render(['amount' => 5], self::ORIGIN);
        yield from [self::verifier()->origin($token), $template, $rendered, $rendered->parts[0], $rendered->parts[1], $request];
        yield from [...$request->stages, $request->stages[0]->decisions[0], $request->grant, $request->head];
        yield from [$request->at($request->requestedAt), $request->needsOf('ann@example.com'), verifyChain($request->events)];
        yield $template->open($body, self::ORIGIN, self::EVERYONE)->attachments[0];
        yield from [self::key(), SigningKey::generate(), self::verifier()->verified($token), UnverifiedToken::parse($token)];
        yield from [Jwt::create(['a' => 1]), Jws::verify(Jws::sign(['alg' => 'HS256'], "\xff", self::key()), self::key())];
        yield (new AccessTokenVerifier(self::key(), 'host', self::ISSUER))->verify($access);
    }
}
