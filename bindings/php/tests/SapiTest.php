<?php

declare(strict_types=1);

namespace JitApprovals\Tests;

use PHPUnit\Framework\TestCase;

/** Web servers: requests in one process leave no state, however they end. */
final class SapiTest extends TestCase
{
    private const INDEX = __DIR__ . '/sapi/index.php';
    private const ENDS = ['exit', 'fatal', 'memory', 'timeout', 'throw'];

    /** @var resource[] */
    private array $processes = [];

    private string $folder;

    protected function setUp(): void
    {
        $this->folder = sys_get_temp_dir() . '/jit-' . bin2hex(random_bytes(6));
        mkdir($this->folder);
    }

    protected function tearDown(): void
    {
        foreach ($this->processes as $process) {
            proc_terminate($process);
            proc_close($process);
        }
        array_map('unlink', glob("{$this->folder}/*"));
        rmdir($this->folder);
    }

    public function testTheBuiltInServer(): void
    {
        $port = self::port();
        $this->start([PHP_BINARY, ...self::settings(), '-S', "127.0.0.1:{$port}", self::INDEX]);
        $this->check($port);
    }

    public function testFpmBehindNginx(): void
    {
        [$fpm, $nginx] = [self::find('php-fpm' . PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION), self::find('nginx')];
        if ($fpm === null || $nginx === null) {
            self::markTestSkipped('php-fpm or nginx is not installed');
        }
        $port = self::port();
        $isRoot = posix_geteuid() === 0;
        $user = $isRoot ? "user = root\ngroup = root\n" : '';
        file_put_contents("{$this->folder}/fpm.conf", <<<CONF
            [global]
            error_log = {$this->folder}/fpm.log
            daemonize = no
            [www]
            {$user}listen = {$this->folder}/fpm.sock
            pm = static
            pm.max_children = 1
            CONF);
        $user = $isRoot ? 'user root;' : '';
        $script = self::INDEX;
        file_put_contents("{$this->folder}/nginx.conf", <<<CONF
            {$user} daemon off; pid {$this->folder}/nginx.pid; error_log {$this->folder}/nginx.log; worker_processes 1;
            events {}
            http {
                access_log off;
                client_body_temp_path {$this->folder}/body; fastcgi_temp_path {$this->folder}/fastcgi;
                proxy_temp_path {$this->folder}/proxy; scgi_temp_path {$this->folder}/scgi; uwsgi_temp_path {$this->folder}/uwsgi;
                server {
                    listen 127.0.0.1:{$port};
                    location / {
                        fastcgi_pass unix:{$this->folder}/fpm.sock;
                        fastcgi_param SCRIPT_FILENAME {$script};
                        fastcgi_param REQUEST_METHOD \$request_method;
                        fastcgi_param REQUEST_URI \$request_uri;
                    }
                }
            }
            CONF);
        $this->start([$fpm, ...self::settings(), '-y', "{$this->folder}/fpm.conf", ...($isRoot ? ['-R'] : [])]);
        $this->start([$nginx, '-c', "{$this->folder}/nginx.conf", '-e', "{$this->folder}/nginx.log"]);
        $this->check($port);
        foreach (['body', 'fastcgi', 'proxy', 'scgi', 'uwsgi'] as $name) {
            is_dir("{$this->folder}/{$name}") && rmdir("{$this->folder}/{$name}");
        }
    }

    private function check(int $port): void
    {
        $first = self::story($port);
        self::assertTrue($first['jit'], 'the JIT compiler is on');
        [$ids, $memory] = [[$first['id'] => true], self::story($port)['memory']];
        for ($round = 0; $round < 500; $round++) {
            $story = self::story($port);
            self::assertSame('consumed', $story['status']);
            self::assertLessThanOrEqual($memory + 1024, $story['memory']);
            $ids[$story['id']] = true;
        }
        self::assertCount(501, $ids);
        foreach (self::ENDS as $end) {
            for ($round = 0; $round < ($end === 'timeout' ? 1 : 20); $round++) {
                self::assertStringNotContainsString('not reached', (string) self::get($port, $end), $end);
            }
            $story = self::story($port);
            self::assertSame(['consumed', $first['process']], [$story['status'], $story['process']], "after {$end}");
            self::assertLessThanOrEqual($memory + 1024, $story['memory'], "after {$end}");
        }
    }

    /** Of the servers, only the extension and the opcode cache, with its JIT compiler. */
    private static function settings(): array
    {
        $settings = ['extension=' . getenv('JIT_APPROVALS_EXTENSION'), 'zend_extension=opcache'];
        $settings = [...$settings, 'opcache.enable=1', 'opcache.enable_cli=1', 'opcache.jit=tracing'];
        $settings = [...$settings, 'opcache.jit_buffer_size=32M', 'memory_limit=64M', 'display_errors=0', 'log_errors=0'];
        return ['-n', ...array_merge(...array_map(static fn (string $setting): array => ['-d', $setting], $settings))];
    }

    private function start(array $command): void
    {
        $log = ['file', "{$this->folder}/" . basename($command[0]) . '.out', 'a'];
        $this->processes[] = proc_open($command, [1 => $log, 2 => $log], $pipes);
    }

    private static function story(int $port): array
    {
        return json_decode((string) self::get($port, 'story'), true, 512, JSON_THROW_ON_ERROR);
    }

    private static function get(int $port, string $path): string|false
    {
        $context = stream_context_create(['http' => ['ignore_errors' => true, 'timeout' => 20]]);
        for ($try = 0; $try < 100; $try++) {
            $answer = @file_get_contents("http://127.0.0.1:{$port}/{$path}", context: $context);
            $isReady = $answer !== false && !str_contains($answer, 'Bad Gateway');
            if ($isReady) {
                return $answer;
            }
            usleep(50_000);
        }
        self::fail("no answer for {$path}");
    }

    private static function port(): int
    {
        $socket = stream_socket_server('tcp://127.0.0.1:0');
        $port = (int) substr(strrchr(stream_socket_get_name($socket, false), ':'), 1);
        fclose($socket);
        return $port;
    }

    private static function find(string $program): ?string
    {
        foreach (explode(':', getenv('PATH') . ':/usr/sbin') as $folder) {
            if (is_executable("{$folder}/{$program}")) {
                return "{$folder}/{$program}";
            }
        }
        return null;
    }
}
