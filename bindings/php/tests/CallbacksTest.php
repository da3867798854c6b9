<?php

declare(strict_types=1);

namespace JitApprovals\Tests;

use JitApprovals\ApprovalRequest;
use JitApprovals\GrantStatus;
use JitApprovals\InputException;
use PHPUnit\Framework\TestCase;

/** An application's own code that runs while an argument is read. */
final class CallbacksTest extends TestCase
{
    /** Runs PHP code in a process of its own and returns its exit status and its output. */
    private static function script(string $code): array
    {
        $setup = 'namespace JitApprovals\Tests; require ' . var_export(__DIR__ . '/Story.php', true) . ';'
            . '$json = fn ($body) => new class($body) implements \JsonSerializable {
                function __construct(private $body) {}
                function jsonSerialize(): mixed { return ($this->body)(); }
            };';
        $command = [PHP_BINARY, '-d', 'extension=' . getenv('JIT_APPROVALS_EXTENSION'), '-r', $setup . $code];
        $process = proc_open($command, [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes);
        $output = stream_get_contents($pipes[1]);
        return [proc_close($process), $output];
    }

    public function testAnObjectThatDropsItself(): void
    {
        [$status, $output] = self::script(<<<'PHP'
            class Own implements \JsonSerializable {
                public $text;
                function __construct() { $this->text = str_repeat('z', 40); }
                function jsonSerialize(): mixed {
                    $GLOBALS['own'] = null;
                    for ($i = 0; $i < 1000; $i++) { $fill[] = str_repeat('q', $i % 100); }
                    return $this->text;
                }
            }
            $own = new Own();
            $claims = ['c' => &$own];
            echo strlen(Story::minter()->mint('kevin', $claims)) > 100 ? 'minted' : 'not';
            PHP);
        self::assertSame([0, 'minted'], [$status, $output]);
    }

    public function testExitEndsTheScript(): void
    {
        [$status, $output] = self::script(<<<'PHP'
            try {
                Story::minter()->mint('kevin', ['a' => $json(fn () => exit(3))]);
            } catch (\Throwable $e) {
                echo get_class($e);
            } finally {
                echo 'finally';
            }
            echo 'continues';
            PHP);
        self::assertSame([3, ''], [$status, $output]);
    }

    public function testADestructorThatThrowsStopsTheCommand(): void
    {
        $request = Story::approved();
        $value = new class implements \JsonSerializable {
            public function jsonSerialize(): mixed
            {
                return new class implements \JsonSerializable {
                    public function jsonSerialize(): mixed
                    {
                        return '5';
                    }

                    public function __destruct()
                    {
                        throw new \LogicException('from a destructor');
                    }
                };
            }
        };
        try {
            $request->consume(['metaData' => ['amount' => $value]]);
            self::fail();
        } catch (\LogicException $error) {
            self::assertSame('from a destructor', $error->getMessage());
        }
        self::assertSame(GrantStatus::Issued, $request->grant->status, 'a command that throws changes nothing');
    }

    public function testATemplateWithoutFieldsCanBeRestoredFromArrays(): void
    {
        $template = \JitApprovals\Template::parse(['metadata' => [], 'approvalTitle' => 'T', 'approvalData' => 'T'] + Story::RECORD);
        $request = $template->open([], Story::ORIGIN, Story::EVERYONE);
        self::assertSame($request->eventTexts(), ApprovalRequest::restore($request->events)->eventTexts());
    }

    public function testAValueIsBounded(): void
    {
        $value = 'x';
        for ($i = 0; $i < 30; $i++) {
            $value = [$value, $value];
        }
        try {
            Story::minter()->mint('kevin', ['a' => $value]);
            self::fail();
        } catch (InputException $error) {
            self::assertSame('out_of_range', $error->getErrorCode());
        }
    }
}
