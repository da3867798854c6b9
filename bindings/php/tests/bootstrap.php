<?php

declare(strict_types=1);

spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'JitApprovals\\Tests\\')) {
        require __DIR__ . '/' . substr($class, strlen('JitApprovals\\Tests\\')) . '.php';
    }
});

// The interface of the package psr/clock, which a program that has a clock brings.
if (!interface_exists(Psr\Clock\ClockInterface::class)) {
    eval('namespace Psr\Clock; interface ClockInterface { public function now(): \DateTimeImmutable; }');
}
