<?php

declare(strict_types=1);

namespace JitApprovals\Tests;

use JitApprovals\ApprovalRequest;
use JitApprovals\Exception;
use JitApprovals\Head;
use JitApprovals\InputException;
use JitApprovals\Jwt;
use JitApprovals\MetadataException;
use JitApprovals\SigningKey;
use JitApprovals\Status;
use JitApprovals\Template;
use JitApprovals\UnverifiedToken;
use JitApprovals\Verifier;
use PHPUnit\Framework\TestCase;

use function JitApprovals\plainText;
use function JitApprovals\verifyChain;

/** PHP's values: arrays, objects, times, and what is none of them. */
final class ValuesTest extends TestCase
{
    private static function minted(mixed $claims): array
    {
        return Story::verifier()->verify(Story::minter()->mint('kevin', $claims));
    }

    public function testArraysAndObjects(): void
    {
        $claims = ['role' => 'buyer', '1' => 'x', 'list' => [1, 2.5, true, null], 'map' => ['a' => []], 'o' => new \stdClass()];
        $minted = self::minted($claims);
        foreach (['role' => 'buyer', 1 => 'x', 'list' => [1, 2.5, true, null], 'map' => ['a' => []], 'o' => []] as $name => $value) {
            self::assertSame($value, $minted[$name]);
        }
        self::assertStringContainsString('"o":{}', self::payload(['o' => new \stdClass()]));
        self::assertStringContainsString('"o":[]', self::payload(['o' => []]));
        self::assertStringContainsString('"o":{"1":2}', self::payload(['o' => (object) [1 => 2]]));
        self::assertStringContainsString('"o":{"1":2}', self::payload(['o' => [1 => 2]]));
        self::assertSame('buyer', self::minted((object) ['role' => 'buyer'])['role']);
        self::assertSame(PHP_INT_MIN, self::minted(['n' => PHP_INT_MIN])['n']);
        $value = 'before';
        $byReference = ['a' => &$value];
        self::assertSame('before', self::minted($byReference)['a']);
    }

    private static function payload(array $claims): string
    {
        return base64_decode(strtr(explode('.', Story::minter()->mint('kevin', $claims))[1], '-_', '+/'));
    }

    public function testSerializableObjects(): void
    {
        $serializable = new class () implements \JsonSerializable {
            public int $calls = 0;

            public function jsonSerialize(): mixed
            {
                $this->calls++;
                return ['a' => Status::Pending, 'b' => new \ArrayObject()];
            }
        };
        try {
            self::minted(['x' => $serializable]);
            self::fail();
        } catch (InputException $error) {
            self::assertSame('x.b', $error->getField());
            self::assertSame(1, $serializable->calls);
        }
        $throwing = new class () implements \JsonSerializable {
            public function jsonSerialize(): mixed
            {
                throw new \DomainException('mine');
            }
        };
        $this->expectException(\DomainException::class);
        self::minted(['x' => $throwing]);
    }

    public function testValuesThatAreNone(): void
    {
        $deep = [];
        for ($level = 0; $level < 10_000; $level++) {
            $deep = [$deep];
        }
        $cycle = new \stdClass();
        $cycle->self = $cycle;
        foreach ([NAN, INF, "\xff", fopen('php://memory', 'r'), static fn () => 1, $deep, $cycle, new \ArrayObject([1])] as $value) {
            try {
                self::minted(['value' => $value]);
                self::fail(get_debug_type($value));
            } catch (InputException $error) {
                self::assertStringStartsWith('value', $error->getField());
            }
        }
        foreach ([null, 1, 1.5, true, [], new \stdClass(), "\xff", ''] as $subject) {
            try {
                Story::minter()->mint($subject);
                self::fail(get_debug_type($subject));
            } catch (Exception $error) {
                self::assertContains($error->getFamily(), ['input', 'token']);
            }
        }
        $this->expectExceptionMessage('`claims` must be an array with string keys, not a list');
        self::minted(['a', 'b']);
    }

    public function testFloatsAreNoAmounts(): void
    {
        $this->expectException(MetadataException::class);
        $this->expectExceptionMessage('`12.5` is a float, whose digits may not be the ones you wrote: send text');
        Template::parse(Story::RECORD)->render(['amount' => 12.50], Story::ORIGIN);
    }

    public function testEmptyArraysAreObjectsWhereObjectsAreExpected(): void
    {
        $template = Template::parse([...Story::RECORD, 'metadata' => [['key' => 'amount', 'defaultValue' => '1']]]);
        $directory = ['people' => 'everyone', 'groups' => []];
        $origin = [...Story::ORIGIN, 'claims' => []];
        foreach ([['metaData' => []], ['metaData' => new \stdClass()], ['templateId' => 'REFUND', 'metaData' => []], []] as $body) {
            self::assertSame('Refund 1?', $template->open($body, $origin, $directory)->title);
        }
        $this->expectException(InputException::class);
        $template->open(['metaData' => ['x']], $origin, $directory);
    }

    public function testTimes(): void
    {
        $at = new \DateTimeImmutable('2026-01-01 12:00:00 +02:00');
        $clock = new class ($at) implements \Psr\Clock\ClockInterface {
            public function __construct(private \DateTimeImmutable $at)
            {
            }

            public function now(): \DateTimeImmutable
            {
                return $this->at;
            }
        };
        foreach ([$at, \DateTime::createFromInterface($at), $at->getTimestamp(), $clock] as $now) {
            $token = Story::minter()->mint('kevin', now: $now);
            self::assertSame($at->getTimestamp(), Story::verifier()->verify($token, $now)['iat']);
        }
        $request = Story::request();
        self::assertSame('UTC', $request->expiresAt->getTimezone()->getName());
        self::assertSame(900, $request->expiresAt->getTimestamp() - $request->requestedAt->getTimestamp());
        foreach ([1.5, 'now', '1700000000', true, [], new \stdClass(), time() * 1000, new \DateTimeZone('UTC')] as $wrong) {
            try {
                Story::minter()->mint('kevin', now: $wrong);
                self::fail(get_debug_type($wrong));
            } catch (InputException $error) {
                self::assertSame('now', $error->getField());
            }
        }
    }

    public function testAbsenceAndNullNeverMeanPermission(): void
    {
        $key = Story::key();
        $names = ['issuer' => 'a', 'audience' => 'b'];
        foreach ([
            [],
            ['issuer' => 'a'],
            ['audience' => 'b'],
            ['issuer' => '', 'audience' => 'b'],
            ['issuer' => 'a', 'audience' => ''],
            ['issuer' => 'a', 'audience' => []],
            ['issuer' => null] + $names,
            ['audience' => null] + $names,
            ['anyIssuer' => 1] + $names,
            ['anyIssuer' => 'true', 'audience' => 'b'],
            ['anyIssuer' => true] + $names,
            ['anyAudience' => true] + $names,
            ['maxLifetimeSeconds' => null] + $names,
            ['maxLifetimeSeconds' => -1] + $names,
            ['leewaySeconds' => 1.5] + $names,
        ] as $index => $options) {
            try {
                new Verifier($key, ...$options);
                self::fail("case {$index}");
            } catch (Exception | \TypeError) {
                $this->addToAssertionCount(1);
            }
        }
        foreach ([null, [], 'k', [null], [[$key]]] as $wrong) {
            try {
                new Verifier($wrong, ...$names);
                self::fail();
            } catch (Exception) {
                $this->addToAssertionCount(1);
            }
        }
        $template = Template::parse(Story::RECORD);
        foreach ([null, [], ['people' => null], ['people' => []], ['people' => 'all'], 'everyone', true] as $directory) {
            try {
                $template->open(['metaData' => ['amount' => 5]], Story::ORIGIN, $directory);
                self::fail();
            } catch (Exception) {
                $this->addToAssertionCount(1);
            }
        }
    }

    public function testNullOfOtherArguments(): void
    {
        $request = Story::request();
        $decide = static fn (mixed ...$arguments) => $request->approve('ann@example.com', $request->contentHash, ...$arguments);
        foreach ([['signature' => null], ['directory' => null], ['comment' => 1], ['id' => 1], ['id' => 'x']] as $arguments) {
            try {
                $decide(...$arguments);
                self::fail(json_encode($arguments));
            } catch (Exception | \TypeError) {
                self::assertSame(Status::Pending, $request->status);
            }
        }
        foreach ([null, true, 1, ['count' => 1], new \stdClass()] as $head) {
            foreach ([static fn () => ApprovalRequest::restore($request->events, $head), static fn () => verifyChain($request->events, $head)] as $call) {
                try {
                    $call();
                    self::fail(json_encode($head));
                } catch (Exception | \TypeError) {
                    $this->addToAssertionCount(1);
                }
            }
        }
        self::assertTrue($decide(comment: null, now: null, id: null));
        self::assertFalse(ApprovalRequest::restore($request->events)->head == new Head(1, str_repeat('0', 64)));
    }

    public function testACommandInTheMiddleOfAnother(): void
    {
        $request = Story::approved();
        $act = new class ($request) implements \JsonSerializable {
            public function __construct(private ApprovalRequest $request)
            {
            }

            public function jsonSerialize(): mixed
            {
                $this->request->consume(['metaData' => ['amount' => '5']]);
                return ['metaData' => ['amount' => '5']];
            }
        };
        try {
            $request->consume($act);
            self::fail();
        } catch (Exception $error) {
            self::assertSame('grant_consumed', $error->getErrorCode());
        }
        self::assertCount(3, $request->events);
    }

    public function testKeysAreBytes(): void
    {
        $bytes = random_bytes(32);
        $token = (new \JitApprovals\Minter(SigningKey::fromBytes($bytes), 'a', 'b'))->mint('kevin');
        $other = SigningKey::fromBase64(rtrim(strtr(base64_encode($bytes), '+/', '-_'), '='));
        self::assertSame('kevin', (new Verifier($other, 'a', 'b'))->verify($token)['sub']);
        foreach (['', 'short', "\0"] as $short) {
            try {
                SigningKey::fromBytes($short);
                self::fail();
            } catch (Exception $error) {
                self::assertSame('key_too_short', $error->getErrorCode());
            }
        }
        $this->expectExceptionMessage('is the environment variable with the key set?');
        SigningKey::fromBase64(null);
    }

    public function testMintMany(): void
    {
        $claims = array_map(Story::verifier()->verify(...), Story::minter()->mintMany(['ann', 'bob'], ['plan' => 'gold']));
        self::assertSame(['ann', 'bob'], array_column($claims, 'sub'));
        self::assertSame(['gold', 'gold'], array_column($claims, 'plan'));
        self::assertSame([], Story::minter()->mintMany([]));
        foreach (['subjects[1]' => ['ann', null], 'subjects' => 'ann'] as $field => $subjects) {
            try {
                Story::minter()->mintMany($subjects);
                self::fail();
            } catch (\JitApprovals\InputException $error) {
                self::assertSame($field, $error->getField());
            }
        }
    }

    public function testTheBuilder(): void
    {
        $jwt = Jwt::create(['role' => 'buyer'], now: 1_700_000_000, jti: 'id');
        self::assertSame($jwt, $jwt->setIssuer('a')->setSubject('kevin')->setExpiration(1_700_000_060)->setClaim('n', [1]));
        $claims = UnverifiedToken::parse($jwt->compact(Story::key()))->claims;
        self::assertSame(['role', 'jti', 'iat', 'exp', 'iss', 'sub', 'n'], array_keys($claims));
        self::assertSame('a b', plainText("a\u{200b} b"));
    }
}
