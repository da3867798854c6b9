<?php

declare(strict_types=1);

namespace JitApprovals\Tests;

use JitApprovals\AccessToken;
use JitApprovals\AccessTokenVerifier;
use JitApprovals\ApprovalRequest;
use JitApprovals\Exception;
use JitApprovals\Head;
use JitApprovals\Jws;
use JitApprovals\Jwt;
use JitApprovals\Minter;
use JitApprovals\SigningKey;
use JitApprovals\Template;
use JitApprovals\Verifier;
use PHPUnit\Framework\TestCase;

use function JitApprovals\identity;
use function JitApprovals\plainText;
use function JitApprovals\verifyChain;

/** Runs every file of tests/vectors/, in place, through the extension's own API. */
final class VectorsTest extends TestCase
{
    private const FOLDER = __DIR__ . '/../../../tests/vectors/';

    /** @return iterable<string, array{string}> */
    public static function files(): iterable
    {
        foreach (glob(self::FOLDER . '*.json') as $path) {
            if (basename($path) !== 'errors.json') {
                yield basename($path) => [$path];
            }
        }
    }

    /** @dataProvider files */
    public function testVectors(string $path): void
    {
        // Objects stay objects: an array would not tell `{}` from `[]`.
        $file = json_decode(file_get_contents($path), false, 512, JSON_THROW_ON_ERROR);
        self::assertCount($file->count, $file->cases);
        $run = [$this, str_replace('.', '_', $file->operation)];
        self::assertTrue(method_exists(...$run), "unknown operation {$file->operation}");
        $reasons = [];
        foreach ($file->cases as $case) {
            if (($case->scope ?? null) === 'javascript') {
                $reasons[] = "{$case->id}: only JavaScript has it";
                continue;
            }
            try {
                $outcome = ['ok' => $run($case->given)];
            } catch (Exception $error) {
                $outcome = ['error' => $error->getErrorCode()];
                $places = ['field' => 'getField', 'line' => 'getInputLine', 'column' => 'getInputColumn'];
                foreach ($places as $name => $method) {
                    if (isset($case->expect->$name)) {
                        $outcome[$name] = $error->$method();
                    }
                }
            }
            self::assertEquals(self::plain($case->expect), self::plain($outcome), "{$file->operation}: {$case->id}");
        }
        self::record(basename($path), $file->count - count($reasons), $reasons);
    }

    /** Writes what was run, for the table that `cargo xtask test interop` writes: `file<TAB>run<TAB>reasons`. */
    private static function record(string $name, int $run, array $reasons): void
    {
        $table = self::FOLDER . '../../target/vectors/PHP.tsv';
        is_dir(dirname($table)) || mkdir(dirname($table), recursive: true);
        $rows = array_filter(
            is_file($table) ? file($table) : [],
            static fn (string $row): bool => !str_starts_with($row, "{$name}\t"),
        );
        file_put_contents($table, [...$rows, "{$name}\t{$run}\t" . implode('; ', $reasons) . "\n"]);
    }

    /** A value whose objects are arrays, in the order of their keys. */
    private static function plain(mixed $value): mixed
    {
        $value = is_object($value) ? get_object_vars($value) : $value;
        if (!is_array($value)) {
            return $value;
        }
        if (!array_is_list($value)) {
            ksort($value, SORT_STRING);
        }
        return array_map(self::plain(...), $value);
    }

    /** The members that are present, under the names of named arguments. */
    private static function renamed(object $given, array $names): array
    {
        $arguments = [];
        foreach ($names as $theirs => $ours) {
            $theirs = is_int($theirs) ? $ours : $theirs;
            if (property_exists($given, $theirs)) {
                $arguments[$ours] = $given->$theirs;
            }
        }
        return $arguments;
    }

    private static function key(object $given): SigningKey
    {
        return SigningKey::fromBase64($given->key, id: $given->id ?? null);
    }

    private static function keys(array $given): array
    {
        return array_map(self::key(...), $given);
    }

    private static function opened(object $given): ApprovalRequest
    {
        $template = Template::parse($given->template);
        $arguments = self::renamed($given, ['directory', 'now', 'id']);
        if (!isset($given->directory) && !property_exists($given, 'directory')) {
            // PHP itself rejects a call without a required argument.
            try {
                $template->open($given->body, $given->origin, ...$arguments);
            } catch (\ArgumentCountError) {
                throw new \JitApprovals\InputException('`directory` is missing', 'missing_member', 'directory');
            }
        }
        return $template->open($given->body, $given->origin, ...$arguments);
    }

    private static function take(ApprovalRequest $request, object $step, object $opening): void
    {
        $now = ['now' => $step->at ?? null];
        switch ($step->do) {
            case 'decide':
                $given = self::renamed($step, ['comment', 'signature', 'id']);
                if (is_object($given['signature'] ?? null)) {
                    $given['signature'] = $given['signature']->text;
                }
                if (!($step->withoutDirectory ?? false)) {
                    $given['directory'] = $step->directory ?? $opening->directory;
                }
                $hash = $step->contentHash ?? $request->contentHash;
                $request->{$step->verdict}($step->approver, $hash, ...$given, ...$now);
                return;
            case 'cancel':
            case 'revoke':
                $request->{$step->do}($step->actor, ...$now, reason: $step->reason ?? null);
                return;
            case 'consume':
                $request->consume($step->act, ...$now);
                return;
            case 'expire':
                $request->expire(...$now);
                return;
        }
        self::fail("unknown step {$step->do}");
    }

    private static function stateAt(ApprovalRequest $request, int $now): array
    {
        $state = $request->at($now);
        $grant = $state->grant === null ? [] : ['grant' => $state->grant->status->value];
        return ['status' => $state->status->value, ...$grant];
    }

    /** Status and grant, one second after the last event. */
    private static function state(ApprovalRequest $request): array
    {
        $events = $request->events;
        return self::stateAt($request, end($events)['at'] + 1);
    }

    private static function head(object $given): array
    {
        return isset($given->head) ? ['head' => new Head(...get_object_vars($given->head))] : [];
    }

    private function accessToken_sign(object $given): array
    {
        $token = new AccessToken(...get_object_vars($given->grant));
        return ['token' => $token->sign(self::key($given->key))];
    }

    private function accessToken_verify(object $given): array
    {
        $arguments = self::renamed($given, ['issuer', 'application', 'leewaySeconds']);
        $verifier = new AccessTokenVerifier(self::keys($given->keys), ...$arguments);
        return ['grant' => $verifier->verify($given->token, $given->now)->jsonSerialize()];
    }

    private function approvalRequest_open(object $given): array
    {
        $request = self::opened($given);
        return ['event' => $request->eventTexts()[0], 'contentHash' => $request->contentHash];
    }

    private function approvalRequest_play(object $given): array
    {
        $request = self::opened($given->opening);
        foreach ($given->steps as $step) {
            if (!isset($step->fails)) {
                self::take($request, $step, $given->opening);
                continue;
            }
            $before = $request->eventTexts();
            try {
                self::take($request, $step, $given->opening);
                self::fail("{$step->fails} was expected");
            } catch (Exception $error) {
                self::assertSame($step->fails, $error->getErrorCode());
            }
            self::assertSame($before, $request->eventTexts(), 'a command that fails changes nothing');
        }
        return [...self::state($request), 'events' => $request->eventTexts()];
    }

    private function approvalRequest_at(object $given): array
    {
        return self::stateAt(ApprovalRequest::restore($given->events), $given->now);
    }

    private function approvalRequest_mayDecide(object $given): array
    {
        $request = self::opened($given->opening);
        foreach ($given->steps as $step) {
            self::take($request, $step, $given->opening);
        }
        $directory = ($given->withoutDirectory ?? false)
            ? [] : ['directory' => $given->directory ?? $given->opening->directory];
        $reason = $request->mayDecide($given->approver, $given->now, ...$directory);
        if ($reason !== null) {
            throw $reason;
        }
        $needs = $request->needsOf($given->approver);
        return ['needs' => ['emails' => $needs->emails, 'groups' => $needs->groups]];
    }

    private function approvalRequest_restore(object $given): array
    {
        $request = ApprovalRequest::restore($given->events, ...self::head($given));
        return [...self::state($request), 'events' => count($request->events)];
    }

    private function events_verify(object $given): array
    {
        $report = verifyChain($given->events, ...self::head($given));
        return ['count' => $report->count, 'complete' => $report->complete];
    }

    private function identity_same(object $given): array
    {
        return ['same' => identity($given->names[0]) === identity($given->names[1])];
    }

    private function jws_verify(object $given): array
    {
        $jws = Jws::verify($given->token, self::keys($given->keys));
        return ['header' => $jws->header, 'payload' => $jws->payload];
    }

    private function jwt_create(object $given): array
    {
        $claims = json_decode($given->claims, false, 512, JSON_THROW_ON_ERROR);
        $jwt = Jwt::create($claims, now: (int) floor($given->nowMillis / 1000), jti: $given->jti);
        $time = static fn (mixed $at = null): ?int => $at === null ? null : (int) floor($at / 1000);
        foreach ($given->calls as $call) {
            $name = array_shift($call);
            match ($name) {
                // njwt accepts any value, a `Jwt` only a time.
                'setIssuedAt' => $jwt->setClaim('iat', ...$call),
                'setExpiration', 'setNotBefore' => $jwt->$name($time(...$call)),
                default => $jwt->$name(...$call),
            };
        }
        return ['token' => $jwt->compact(SigningKey::fromBase64($given->key, leastBytes: 1))];
    }

    private function requestBody_parse(object $given): array
    {
        // No call only reads a body, so `needs` reads it.
        $text = $given->text ?? str_repeat($given->repeat, $given->times);
        $any = ['approvalType' => 'approve', 'templateName' => 'any', 'approvalTitle' => 'any', 'approvalKey' => 'ANY'];
        Template::parse([...$any, 'approvalData' => 'any'])->needs($text);
        return json_decode($text, true);
    }

    private function signingKey_fromBase64(object $given): array
    {
        $key = SigningKey::fromBase64($given->text, ...self::renamed($given, ['leastBytes']));
        return ['signs' => Jws::sign(['alg' => 'HS256'], '', $key)];
    }

    private function template_parse(object $given): array
    {
        $template = Template::parse($given->template);
        $fields = array_column($template->fields, 'key');
        return ['key' => $template->key, 'version' => $template->version, 'fields' => $fields];
    }

    private function template_render(object $given): array
    {
        $origin = self::renamed($given, ['application', 'subject', 'companyName', 'claims']);
        $rendered = Template::parse($given->template)
            ->render($given->metaData, $origin, ...self::renamed($given, ['requestId']));
        $part = static fn (object $part): array => array_filter(
            ['text' => $part->text, 'key' => $part->key],
            static fn (mixed $value): bool => $value !== null,
        );
        return [
            'title' => $rendered->title,
            'titleParts' => array_map($part, $rendered->titleParts),
            'text' => $rendered->text,
            'parts' => array_map($part, $rendered->parts),
        ];
    }

    private function text_plain(object $given): array
    {
        $plain = plainText($given->text);
        self::assertSame($plain, plainText($plain), 'a second pass changes nothing');
        return ['text' => $plain];
    }

    private function token_mint(object $given): array
    {
        $options = self::renamed($given, ['issuer', 'audience', 'lifetimeSeconds', 'backdateSeconds']);
        $minter = new Minter(SigningKey::fromBase64($given->key, id: $given->keyId ?? null), ...$options);
        $token = $minter->mint($given->subject, ...self::renamed($given, ['claims', 'now', 'jti']));
        return ['token' => $token];
    }

    private function token_verify(object $given): array
    {
        $options = self::renamed($given, ['leewaySeconds', 'maxLifetimeSeconds', 'requireSubject']);
        // In a vector, null means any issuer or audience.
        foreach (['issuer' => 'anyIssuer', 'audience' => 'anyAudience'] as $name => $any) {
            $options += isset($given->$name) ? [$name => $given->$name] : [$any => true];
        }
        $verifier = new Verifier(self::keys($given->keys), ...$options);
        $verified = $verifier->verified($given->token, $given->now);
        self::assertSame($verified->claims, $verifier->verify($given->token, $given->now));
        return ['claims' => $verified->claims] + ($verified->keyId === null ? [] : ['keyId' => $verified->keyId]);
    }
}
