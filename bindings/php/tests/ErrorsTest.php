<?php

declare(strict_types=1);

namespace JitApprovals\Tests;

use JitApprovals\Catalogue;
use JitApprovals\DecisionException;
use JitApprovals\Exception;
use JitApprovals\InputException;
use JitApprovals\SigningKey;
use JitApprovals\Template;
use PHPUnit\Framework\TestCase;

/** Errors are ordinary exceptions. */
final class ErrorsTest extends TestCase
{
    public function testTheCatalogueHasAClassForEachFamily(): void
    {
        $frozen = json_decode(file_get_contents(__DIR__ . '/../../../tests/vectors/errors.json'), true);
        self::assertCount($frozen['count'], Catalogue::rows());
        $classes = [];
        foreach (Catalogue::rows() as $index => $row) {
            self::assertEquals($frozen['errors'][$index], array_diff_key($row, ['message' => '']));
            $class = 'JitApprovals\\' . ucfirst($row['family']) . 'Exception';
            $error = new $class('text', $row['code'], 'a.b', 1, 2);
            self::assertInstanceOf(Exception::class, $error);
            $classes[$class] = true;
            self::assertSame([$row['number'], $row['code']], [$error->getCode(), $error->getErrorCode()]);
            self::assertSame([$row['family'], $row['status']], [$error->getFamily(), $error->getStatus()]);
            self::assertSame(['a.b', 1, 2], [$error->getField(), $error->getInputLine(), $error->getInputColumn()]);
        }
        $subclasses = array_filter(get_declared_classes(), static fn (string $class): bool => is_subclass_of($class, Exception::class));
        self::assertEqualsCanonicalizing(array_keys($classes), array_values($subclasses));
    }

    public function testAnErrorPointsAtTheCaller(): void
    {
        try {
            $request = Story::request();
            $line = __LINE__ + 1;
            $request->approve('eve@example.com', $request->contentHash);
            self::fail();
        } catch (DecisionException $error) {
            self::assertSame([__FILE__, $line], [$error->getFile(), $error->getLine()]);
            self::assertSame('approve', $error->getTrace()[0]['function']);
            self::assertSame(403, $error->getStatus());
            $record = ['number' => $error->getCode(), 'code' => 'not_eligible', 'family' => 'decision', 'status' => 403];
            $record += ['message' => $error->getMessage(), 'field' => 'approver'];
            self::assertSame(json_encode($record), json_encode($error));
            self::assertSame('not_eligible', (new \Exception('wrapped', 0, $error))->getPrevious()->getErrorCode());
            $copy = unserialize(serialize($error));
            self::assertSame([$error->getErrorCode(), $error->getField()], [$copy->getErrorCode(), $copy->getField()]);
        }
    }

    public function testAMistakeInATextHasAPlace(): void
    {
        try {
            Template::parse("{\n \"approvalType\": 1,\n \"approvalType\": 2}");
            self::fail();
        } catch (InputException $error) {
            self::assertSame(['duplicate_key', 3], [$error->getErrorCode(), $error->getInputLine()]);
            self::assertStringContainsString('at line 3 column', $error->getMessage());
        }
        $mistakes = Template::mistakes([...Story::RECORD, 'approvalTitle' => '$(none) $(nil)']);
        self::assertSame(['unknown_placeholder', 'unknown_placeholder'], array_map(
            static fn (Exception $mistake): string => $mistake->getErrorCode(),
            $mistakes,
        ));
        self::assertSame([], Template::mistakes(Story::RECORD));
    }

    public function testMayDecideReturnsTheReason(): void
    {
        $request = Story::request();
        self::assertNull($request->mayDecide('ann@example.com'));
        $reason = $request->mayDecide('eve@example.com');
        self::assertInstanceOf(DecisionException::class, $reason);
        self::assertSame(__FILE__, $reason->getFile());
    }

    public function testPhpsOwnErrorsOfCalls(): void
    {
        foreach ([
            static fn () => Story::minter()->mint(),
            static fn () => Story::minter()->mint('kevin', claim: []),
            static fn () => Story::minter()->mint('kevin', jti: null),
            static fn () => new SigningKey(),
            static fn () => Story::request()->status = 1,
            static fn () => Story::request()->nothing = 1,
        ] as $index => $call) {
            try {
                $call();
                self::fail((string) $index);
            } catch (\Throwable $error) {
                self::assertNotInstanceOf(\PHPUnit\Framework\AssertionFailedError::class, $error, (string) $index);
            }
        }
    }
}
