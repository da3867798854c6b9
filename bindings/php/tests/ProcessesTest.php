<?php

declare(strict_types=1);

namespace JitApprovals\Tests;

use JitApprovals\UnverifiedToken;
use PHPUnit\Framework\TestCase;

/** Forks. */
final class ProcessesTest extends TestCase
{
    public function testIdsAreUniqueAfterAFork(): void
    {
        if (!function_exists('pcntl_fork')) {
            self::markTestSkipped('needs pcntl');
        }
        $minter = Story::minter();
        $ids = static function () use ($minter): array {
            $id = static fn (): string => UnverifiedToken::parse($minter->mint('kevin'))->claims['jti'];
            return array_map($id, array_fill(0, 10_000, null));
        };
        $minter->mint('kevin');
        [$ours, $theirs] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        $child = pcntl_fork();
        if ($child === 0) {
            fwrite($theirs, implode("\n", $ids()));
            fclose($theirs);
            posix_kill(getmypid(), SIGKILL); // Without PHPUnit's own end.
        }
        fclose($theirs);
        $all = [...$ids(), ...explode("\n", stream_get_contents($ours))];
        pcntl_waitpid($child, $status);
        self::assertCount(20_000, $all);
        self::assertCount(20_000, array_unique($all));
    }
}
