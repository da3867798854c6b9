<?php

declare(strict_types=1);

namespace JitApprovals\Tests;

use PHPUnit\Framework\TestCase;

/** The stub says what the extension has, and nothing else. */
final class StubTest extends TestCase
{
    private const STUB = __DIR__ . '/../stubs/jit_approvals.php';

    public function testTheStubIsTheExtension(): void
    {
        $extension = self::dump(self::withExtension(), []);
        $stub = self::dump([], [self::STUB]);
        self::assertGreaterThan(30, count($extension));
        self::assertSame(self::comparable($extension), self::comparable($stub));
        foreach ($extension as $class => $members) {
            foreach ($members['methods'] ?? [$class => $members] as $name => $method) {
                $declared = $stub[$class]['methods'][$name] ?? $stub[$class];
                self::assertTypes($method['returns'] ?? '', $declared['returns'] ?? '', "{$class}::{$name}");
                foreach ($method['parameters'] ?? [] as $index => $parameter) {
                    $type = $declared['parameters'][$index]['type'];
                    self::assertTypes($parameter['type'], $type, "{$class}::{$name}({$parameter['name']})");
                }
            }
        }
    }

    /** The values of properties have the types that the stub declares: the extension's own declarations have none. */
    public function testPropertiesHaveTheTypesOfTheStub(): void
    {
        $stub = self::dump([], [self::STUB]);
        $seen = [];
        foreach (Story::objects() as $object) {
            foreach ($stub[$object::class]['properties'] ?? [] as $name => $type) {
                $actual = get_debug_type($object->$name);
                $types = explode('|', str_starts_with($type, '?') ? substr($type, 1) . '|null' : $type);
                self::assertContains($actual, $types, $object::class . "::\${$name}");
            }
            $seen[$object::class] = true;
        }
        $withProperties = array_filter($stub, static fn (array $members): bool => isset($members['properties']));
        self::assertSame([], array_diff_key($withProperties, $seen), 'every class was seen');
    }

    /** The extension says `mixed` where the stub, whose types PHP's engine need not know, is exact. */
    private static function assertTypes(string $extension, string $stub, string $where): void
    {
        if ($extension === 'mixed' || ($extension === '' && $stub !== '')) {
            self::assertNotSame('', $stub, $where);
        } elseif (str_ends_with($where, '::mayDecide')) {
            self::assertSame('?JitApprovals\\Exception', $stub);
        } else {
            self::assertSame($extension, $stub, $where);
        }
    }

    /** Everything but types. */
    private static function comparable(array $declared): array
    {
        array_walk_recursive($declared, static function (mixed &$value, string|int $key): void {
            $value = in_array($key, ['type', 'returns'], true) ? '' : $value;
        });
        foreach ($declared as &$members) {
            if (isset($members['properties'])) {
                $members['properties'] = array_fill_keys(array_keys($members['properties']), '');
            }
            foreach (['properties', 'methods'] as $kind) {
                if (isset($members[$kind])) {
                    ksort($members[$kind]);
                }
            }
        }
        return $declared;
    }

    private static function withExtension(): array
    {
        return ['-d', 'extension=' . getenv('JIT_APPROVALS_EXTENSION')];
    }

    private static function dump(array $options, array $arguments): array
    {
        $command = [PHP_BINARY, ...$options, __DIR__ . '/ReflectionDump.php', ...$arguments];
        $process = proc_open($command, [1 => ['pipe', 'w']], $pipes);
        $output = stream_get_contents($pipes[1]);
        self::assertSame(0, proc_close($process));
        return json_decode($output, true, 512, JSON_THROW_ON_ERROR);
    }
}
