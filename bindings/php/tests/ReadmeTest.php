<?php

declare(strict_types=1);

namespace JitApprovals\Tests;

use JitApprovals\Exception;
use JitApprovals\GrantException;
use JitApprovals\SigningKey;
use JitApprovals\Verifier;
use PHPUnit\Framework\TestCase;

/** The README's PHP, word for word, with the real frameworks where they are installed. */
final class ReadmeTest extends TestCase
{
    private const META_DATA = ['item' => 'a seat', 'price' => '$5'];
    private const HEADER = 'X-Nl3-Authorization-Token';

    private string $key;

    private ?string $folder = null;

    protected function setUp(): void
    {
        // Classes of blocks are declared once, so all tests share one key.
        static $key = null;
        $this->key = $key ??= SigningKey::generateBase64();
        putenv("SIGNING_KEY={$this->key}");
        $this->folder = sys_get_temp_dir() . '/approvals-' . bin2hex(random_bytes(8));
        mkdir($this->folder);
        putenv("DATABASE={$this->folder}/approvals.db");
    }

    protected function tearDown(): void
    {
        if ($this->folder !== null) {
            array_map('unlink', glob("{$this->folder}/*"));
            rmdir($this->folder);
        }
    }

    /** @return string[] */
    private static function blocks(string $path): array
    {
        preg_match_all('/```php\n(.*?)```/s', file_get_contents($path), $found);
        return $found[1];
    }

    /** The one block that contains the marker. */
    private static function block(string $marker): string
    {
        $contains = static fn (string $block): bool => str_contains($block, $marker);
        $found = array_values(array_filter(self::blocks(__DIR__ . '/../README.md'), $contains));
        self::assertCount(1, $found, $marker);
        return $found[0];
    }

    /** Runs a block and returns one of its variables. */
    private static function run_(string $block, string $variable): mixed
    {
        return (static function () use ($block, $variable): mixed {
            eval(substr($block, strlen('<?php')));
            return $$variable;
        })();
    }

    private static function declare_(string $class, string $marker): void
    {
        if (!class_exists($class, false)) {
            eval(substr(self::block($marker), strlen('<?php')));
        }
    }

    private function token(string $subject = 'kevin'): string
    {
        return (new \JitApprovals\Minter(SigningKey::fromBase64($this->key), Story::ISSUER, Story::AUDIENCE))->mint($subject);
    }

    private static function body(): string
    {
        return json_encode(['templateId' => 'PURCHASE', 'metaData' => self::META_DATA]);
    }

    public function testBeforeAndAfter(): void
    {
        $verifier = new Verifier(SigningKey::fromBase64($this->key), Story::ISSUER, Story::AUDIENCE);
        foreach (['hash_hmac(', "mint('kevin', ['role'"] as $marker) {
            self::assertSame('kevin', $verifier->verify(self::run_(self::block($marker), 'token'))['sub']);
        }
    }

    public function testThePage(): void
    {
        self::assertSame(
            '<h1><bdi>Transfer to </bdi><bdi>Cohen &amp; שרה</bdi><bdi>?</bdi></h1>'
                . '<p><bdi>Transfer to </bdi><bdi>Cohen &amp; שרה</bdi><bdi> 500 times, </bdi><bdi>$7</bdi><bdi> each.</bdi></p>',
            self::run_(self::block('function html'), 'page'),
        );
    }

    public function testTheProjectsReadme(): void
    {
        $blocks = self::blocks(__DIR__ . '/../../../README.md');
        self::assertCount(1, $blocks);
        $before = getcwd();
        chdir(__DIR__ . '/../../..');
        try {
            self::assertSame('consumed', self::run_($blocks[0], 'request')->grant->status->value);
        } finally {
            chdir($before);
        }
    }

    public function testTheStory(): void
    {
        self::declare_('Approvals', 'final class Approvals');
        $approvals = \Approvals::open();
        $request = $approvals->ask($this->token(), self::body());
        self::assertSame("kevin wants to buy a seat for $5.\nshop.example.com", $request->text);
        self::assertSame([$request->id], array_column($approvals->waiting('steve@example.com'), 'id'));
        self::assertSame([], $approvals->waiting('eve@example.com'));
        try {
            $approvals->decide('kevin', $request->id, true, $request->contentHash);
            self::fail();
        } catch (Exception $error) {
            self::assertSame('not_eligible', $error->getErrorCode());
        }
        $approved = $approvals->decide('steve@example.com', $request->id, true, $request->contentHash);
        self::assertSame('approved', $approved->status->value);
        $act = json_encode(['metaData' => self::META_DATA]);
        self::assertNull($approvals->consume($this->token('eve'), $request->id, $act));
        foreach (['$6' => 'content_mismatch', '$5' => null] as $price => $code) {
            try {
                $consumed = $approvals->consume($this->token(), $request->id, str_replace('$5', $price, $act));
                self::assertSame('consumed', $consumed->grant->status->value);
                self::assertNull($code);
            } catch (Exception $error) {
                self::assertSame($code, $error->getErrorCode());
            }
        }
        $this->expectException(GrantException::class);
        $approvals->consume($this->token(), $request->id, $act);
    }

    public function testTwoProcessesConsumeAtOnce(): void
    {
        self::declare_('Approvals', 'final class Approvals');
        $folder = $this->folder;
        file_put_contents("{$folder}/Approvals.php", self::block('final class Approvals'));
        $act = var_export(json_encode(['metaData' => self::META_DATA]), true);
        $token = var_export($this->token(), true);
        file_put_contents("{$folder}/worker.php", <<<PHP
            <?php
            require __DIR__ . '/Approvals.php';
            \$approvals = Approvals::open();
            echo "ready\n";
            while (\$id = fgets(STDIN)) {
                try {
                    \$approvals->consume({$token}, trim(\$id), {$act});
                    echo "consumed\n";
                } catch (JitApprovals\Exception \$error) {
                    echo \$error->getErrorCode(), "\n";
                }
            }
            PHP);
        $approvals = \Approvals::open();
        $workers = [];
        foreach ([0, 1] as $index) {
            $command = [PHP_BINARY, '-d', 'extension=' . getenv('JIT_APPROVALS_EXTENSION'), "{$folder}/worker.php"];
            $workers[$index]['process'] = proc_open($command, [['pipe', 'r'], ['pipe', 'w']], $workers[$index]['pipes']);
        }
        try {
            foreach ($workers as $worker) {
                self::assertSame("ready\n", fgets($worker['pipes'][1]));
            }
            for ($round = 0; $round < 100; $round++) {
                $request = $approvals->ask($this->token(), self::body());
                $approvals->decide('steve@example.com', $request->id, true, $request->contentHash);
                foreach ($workers as $worker) {
                    fwrite($worker['pipes'][0], "{$request->id}\n");
                }
                $answers = array_map(static fn (array $worker): string => trim(fgets($worker['pipes'][1])), $workers);
                sort($answers);
                self::assertSame(['consumed', 'grant_consumed'], $answers);
            }
        } finally {
            foreach ($workers as $worker) {
                proc_terminate($worker['process']);
                proc_close($worker['process']);
            }
        }
    }

    public function testSymfony(): void
    {
        self::framework('Symfony/Component/HttpKernel/autoload.php', 'Symfony/Component/EventDispatcher/autoload.php');
        self::declare_('Approvals', 'final class Approvals');
        self::declare_('ApprovalController', 'Symfony\\Component');
        $controller = new \ApprovalController(\Approvals::open());
        $dispatcher = new \Symfony\Component\EventDispatcher\EventDispatcher();
        $dispatcher->addSubscriber(new \JitExceptions());
        $dispatcher->addListener('kernel.request', static function (object $event) use ($controller): void {
            $request = $event->getRequest();
            $isConsume = preg_match('~^/approvalRequest/(.+)/consume$~', $request->getPathInfo(), $found) === 1;
            $request->attributes->set('id', $found[1] ?? null);
            $request->attributes->set('_controller', [$controller, $isConsume ? 'consume' : 'ask']);
        });
        $kernel = new \Symfony\Component\HttpKernel\HttpKernel($dispatcher, new \Symfony\Component\HttpKernel\Controller\ControllerResolver());
        $post = function (string $path, string $body, ?string $token) use ($kernel): array {
            $request = \Symfony\Component\HttpFoundation\Request::create($path, 'POST', content: $body);
            $request->headers->add($token === null ? [] : [self::HEADER => $token]);
            $response = $kernel->handle($request);
            return [$response->getStatusCode(), json_decode($response->getContent(), true)];
        };
        [$status, $opened] = $post('/approvalRequest', self::body(), $this->token());
        self::assertSame([201, 'pending'], [$status, $opened['status']]);
        [$status, $refused] = $post('/approvalRequest', self::body(), null);
        self::assertSame([401, 'token'], [$status, $refused['family']]);
        \Approvals::open()->decide('steve@example.com', $opened['id'], true, $opened['contentHash']);
        $act = json_encode(['metaData' => self::META_DATA]);
        $path = "/approvalRequest/{$opened['id']}/consume";
        self::assertSame(200, $post($path, $act, $this->token())[0]);
        self::assertSame(409, $post($path, $act, $this->token())[0]);
        self::assertSame(404, $post($path, $act, $this->token('eve'))[0]);
        foreach (['', '[1]', "\xff", '{"templateId": "PURCHASE", "templateId": "X"}'] as $wrong) {
            self::assertSame(400, $post('/approvalRequest', $wrong, $this->token())[0]);
        }
    }

    public function testLaravel(): void
    {
        self::framework('Illuminate/Http/autoload.php', 'Illuminate/Routing/autoload.php', 'Illuminate/Events/autoload.php');
        self::declare_('Approvals', 'final class Approvals');
        self::declare_('ApprovalRoutes', 'Illuminate\\Http');
        $container = new \Illuminate\Container\Container();
        $container->singleton(\Approvals::class, static fn () => \Approvals::open());
        $router = new \Illuminate\Routing\Router(new \Illuminate\Events\Dispatcher($container), $container);
        $router->middleware(\JitErrors::class)->post('/approvalRequest', [\ApprovalRoutes::class, 'ask']);
        $post = function (string $body, ?string $token) use ($router, $container): array {
            $request = \Illuminate\Http\Request::create('/approvalRequest', 'POST', content: $body);
            $request->headers->add($token === null ? [] : [self::HEADER => $token]);
            $container->instance(\Illuminate\Http\Request::class, $request); // As Laravel's kernel does.
            $response = $router->dispatch($request);
            return [$response->getStatusCode(), json_decode($response->getContent(), true)];
        };
        [$status, $opened] = $post(self::body(), $this->token());
        self::assertSame([201, 'pending'], [$status, $opened['status']]);
        [$status, $refused] = $post(self::body(), null);
        self::assertSame([401, 'token'], [$status, $refused['family']]);
    }

    private static function framework(string ...$files): void
    {
        foreach ($files as $file) {
            if (stream_resolve_include_path($file) === false) {
                self::markTestSkipped("{$file} is not installed");
            }
            // Its own deprecations are not ours.
            $level = error_reporting(E_ALL & ~E_DEPRECATED);
            require_once $file;
            error_reporting($level);
        }
    }
}
