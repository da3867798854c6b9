<?php

declare(strict_types=1);

namespace JitApprovals\Tests;

use JitApprovals\ApprovalRequest;
use JitApprovals\Jwt;
use JitApprovals\Minter;
use JitApprovals\SigningKey;
use JitApprovals\Template;
use PHPUnit\Framework\TestCase;

use function JitApprovals\verifyChain;

/** Handles that nobody uses any more are freed, and what a call allocates is freed with it. */
final class MemoryTest extends TestCase
{
    public function testMemoryStaysFlat(): void
    {
        if (!is_readable('/proc/self/statm')) {
            self::markTestSkipped('needs /proc');
        }
        [$key, $minter, $verifier] = [Story::key(), Story::minter(), Story::verifier()];
        [$template, $request] = [Template::parse(Story::RECORD), Story::request()];
        $texts = $request->eventTexts();
        $large = [...Story::RECORD, 'approvalData' => 'Refund $(amount). ' . str_repeat('x', 20_000)];
        $body = ['metaData' => ['amount' => '5']];
        foreach ([
            [1_000_000, static fn () => SigningKey::fromBytes(str_repeat("\0", 32))],
            [100_000, static fn () => new Minter($key, 'a', 'b')],
            [100_000, static fn () => Jwt::create(['a' => 1])->compact($key)],
            [200_000, static fn () => $verifier->verify($minter->mint('kevin', ['roles' => ['a', 'b']]))],
            [20_000, static fn () => self::failing($verifier)],
            [5_000, static fn () => Template::parse($large)],
            [50_000, static fn () => $template->render(['amount' => '5'], Story::ORIGIN)->parts],
            [20_000, static fn () => $template->open($body, Story::ORIGIN, Story::EVERYONE)->events],
            [20_000, static fn () => json_encode(ApprovalRequest::restore($texts))],
            [20_000, static fn () => [$request->stages, $request->expiresAt, $request->head, verifyChain($texts)]],
        ] as $index => [$count, $make]) {
            for ($i = 0; $i < $count / 10; $i++) {
                $make();
            }
            $before = self::resident();
            for ($i = 0; $i < $count; $i++) {
                $make();
            }
            self::assertLessThan(4 * 2 ** 20, self::resident() - $before, "case {$index}");
        }
    }

    private static function failing(\JitApprovals\Verifier $verifier): void
    {
        try {
            $verifier->verify('a.b.c');
        } catch (\JitApprovals\TokenException) {
        }
    }

    private static function resident(): int
    {
        return (int) explode(' ', file_get_contents('/proc/self/statm'))[1] * 4096;
    }
}
