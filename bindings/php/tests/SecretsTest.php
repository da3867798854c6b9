<?php

declare(strict_types=1);

namespace JitApprovals\Tests;

use JitApprovals\AccessTokenVerifier;
use JitApprovals\Minter;
use JitApprovals\SigningKey;
use JitApprovals\Verifier;
use PHPUnit\Framework\TestCase;

/** A key shows nothing of itself. */
final class SecretsTest extends TestCase
{
    private const BYTES = 'secretsecretsecretsecretsecretse';

    public function testDumps(): void
    {
        $key = SigningKey::fromBytes(self::BYTES, id: 'k1');
        $holders = [$key, new Minter($key, 'a', 'b'), new Verifier($key, 'a', 'b'), new AccessTokenVerifier($key, 'a', 'b')];
        foreach ($holders as $holder) {
            ob_start();
            var_dump($holder, (array) $holder, get_object_vars($holder));
            debug_zval_dump($holder);
            $shown = ob_get_clean() . print_r($holder, true) . var_export($holder, true) . json_encode($holder);
            self::assertStringNotContainsString('secret', $shown);
            self::assertStringNotContainsString(substr(base64_encode(self::BYTES), 0, 8), $shown);
            foreach ([static fn () => serialize($holder), static fn () => clone $holder] as $copy) {
                try {
                    $copy();
                    self::fail();
                } catch (\Throwable $error) {
                    self::assertMatchesRegularExpression('/not allowed|uncloneable/', $error->getMessage());
                }
            }
        }
    }

    public function testTraces(): void
    {
        $before = ini_set('zend.exception_ignore_args', '0');
        try {
            foreach ([
                static fn () => SigningKey::fromBytes(substr(self::BYTES, 1)),
                static fn () => SigningKey::fromBase64(base64_encode(self::BYTES) . '!'),
                static fn () => SigningKey::fromBase64(base64_encode(self::BYTES), leastBytes: 100),
                static fn () => SigningKey::fromBytes(self::BYTES, id: 7),
                static fn () => new Minter(base64_encode(self::BYTES), 'a', 'b'),
                static fn () => new Verifier([base64_encode(self::BYTES)], 'a', 'b'),
                static fn () => \JitApprovals\Jws::sign(['alg' => 'HS256'], 'text', base64_encode(self::BYTES)),
            ] as $call) {
                try {
                    $call();
                    self::fail();
                } catch (\Throwable $error) {
                    $shown = print_r($error->getTrace(), true) . $error . $error->getTraceAsString();
                    self::assertStringNotContainsString('secret', $shown);
                    self::assertStringNotContainsString(substr(base64_encode(self::BYTES), 4, 8), $shown);
                }
            }
            $argument = static fn (string $text): array => (new \Exception())->getTrace()[0]['args'];
            self::assertSame(['text'], $argument('text'), 'the setting is restored');
        } finally {
            ini_set('zend.exception_ignore_args', $before);
        }
    }

    public function testReflection(): void
    {
        $key = SigningKey::fromBytes(self::BYTES);
        foreach ((new \ReflectionObject($key))->getProperties() as $property) {
            $property->setAccessible(true);
            self::assertNull($property->getValue($key));
        }
        $this->expectException(\ReflectionException::class);
        (new \ReflectionClass(SigningKey::class))->newInstanceWithoutConstructor();
    }
}
