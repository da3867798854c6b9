<?php

declare(strict_types=1);

namespace JitApprovals\Tests;

use JitApprovals\ApprovalRequest;
use JitApprovals\InternalException;
use JitApprovals\Jws;
use JitApprovals\Jwt;
use JitApprovals\Minter;
use JitApprovals\SigningKey;
use JitApprovals\Template;
use JitApprovals\UnverifiedToken;
use JitApprovals\Verifier;
use PHPUnit\Framework\TestCase;

use function JitApprovals\identity;
use function JitApprovals\plainText;
use function JitApprovals\verifyChain;

/** No panic crosses into PHP. Runs only with a build that can be told to panic in every call. */
final class PanicsTest extends TestCase
{
    /** A valid call of every function and method. */
    private static function calls(): array
    {
        $key = Story::key();
        [$request, $template, $minter, $verifier] = [Story::request(), Template::parse(Story::RECORD), Story::minter(), Story::verifier()];
        [$token, $jwt, $admin] = [$minter->mint('kevin'), Jwt::create(), ['kind' => 'administrator', 'id' => 'ann']];
        $origin = $verifier->origin($token);
        $access = new \JitApprovals\AccessToken('a', 'b', 'c', 'd', 1, 'e', 'f', 'g');
        $grants = new \JitApprovals\AccessTokenVerifier($key, 'a', 'b');
        return [
            'AccessToken::__construct' => static fn () => new \JitApprovals\AccessToken('a', 'b', 'c', 'd', 1, 'e', 'f', 'g'),
            'AccessToken::sign' => static fn () => $access->sign($key),
            'AccessToken::jsonSerialize' => static fn () => $access->jsonSerialize(),
            'AccessTokenVerifier::__construct' => static fn () => new \JitApprovals\AccessTokenVerifier($key, 'a', 'b'),
            'AccessTokenVerifier::verify' => static fn () => $grants->verify($token),
            'ApprovalRequest::restore' => static fn () => ApprovalRequest::restore([]),
            'ApprovalRequest::at' => static fn () => $request->at(0),
            'ApprovalRequest::eventsSince' => static fn () => $request->eventsSince(0),
            'ApprovalRequest::eventTexts' => static fn () => $request->eventTexts(),
            'ApprovalRequest::needsOf' => static fn () => $request->needsOf('ann'),
            'ApprovalRequest::mayDecide' => static fn () => $request->mayDecide('ann'),
            'ApprovalRequest::approve' => static fn () => $request->approve('ann', ''),
            'ApprovalRequest::reject' => static fn () => $request->reject('ann', ''),
            'ApprovalRequest::cancel' => static fn () => $request->cancel($admin),
            'ApprovalRequest::consume' => static fn () => $request->consume([]),
            'ApprovalRequest::revoke' => static fn () => $request->revoke($admin),
            'ApprovalRequest::expire' => static fn () => $request->expire(),
            'ApprovalRequest::apply' => static fn () => $request->apply([]),
            'ApprovalRequest::accessToken' => static fn () => $request->accessToken('a', $key),
            'ApprovalRequest::jsonSerialize' => static fn () => $request->jsonSerialize(),
            'Catalogue::rows' => static fn () => \JitApprovals\Catalogue::rows(),
            'Head::__construct' => static fn () => new \JitApprovals\Head(1, ''),
            'Jws::sign' => static fn () => Jws::sign([], '', $key),
            'Jws::verify' => static fn () => Jws::verify($token, $key),
            'Jwt::create' => static fn () => Jwt::create(),
            'Jwt::setClaim' => static fn () => $jwt->setClaim('a', 1),
            'Jwt::setHeader' => static fn () => $jwt->setHeader('a', 1),
            'Jwt::setIssuer' => static fn () => $jwt->setIssuer('a'),
            'Jwt::setSubject' => static fn () => $jwt->setSubject('a'),
            'Jwt::setJti' => static fn () => $jwt->setJti('a'),
            'Jwt::setIssuedAt' => static fn () => $jwt->setIssuedAt(1),
            'Jwt::setExpiration' => static fn () => $jwt->setExpiration(1),
            'Jwt::setNotBefore' => static fn () => $jwt->setNotBefore(1),
            'Jwt::compact' => static fn () => $jwt->compact($key),
            'Minter::__construct' => static fn () => new Minter($key, 'a', 'b'),
            'Minter::mint' => static fn () => $minter->mint('kevin'),
            'Minter::mintMany' => static fn () => $minter->mintMany(['kevin']),
            'Origin::fromArray' => static fn () => \JitApprovals\Origin::fromArray([]),
            'Origin::jsonSerialize' => static fn () => $origin->jsonSerialize(),
            'SigningKey::generate' => static fn () => SigningKey::generate(),
            'SigningKey::generateBase64' => static fn () => SigningKey::generateBase64(),
            'SigningKey::fromBase64' => static fn () => SigningKey::fromBase64(''),
            'SigningKey::fromBytes' => static fn () => SigningKey::fromBytes(''),
            'Template::parse' => static fn () => Template::parse([]),
            'Template::mistakes' => static fn () => Template::mistakes([]),
            'Template::render' => static fn () => $template->render([], []),
            'Template::needs' => static fn () => $template->needs([]),
            'Template::open' => static fn () => $template->open([], [], []),
            'Template::jsonSerialize' => static fn () => $template->jsonSerialize(),
            'UnverifiedToken::parse' => static fn () => UnverifiedToken::parse($token),
            'Verifier::__construct' => static fn () => new Verifier($key, 'a', 'b'),
            'Verifier::verify' => static fn () => $verifier->verify($token),
            'Verifier::verified' => static fn () => $verifier->verified($token),
            'Verifier::origin' => static fn () => $verifier->origin($token),
            'identity' => static fn () => identity('a'),
            'plainText' => static fn () => plainText('a'),
            'verifyChain' => static fn () => verifyChain([]),
        ];
    }

    public function testAPanicBecomesAnException(): void
    {
        if (!function_exists('JitApprovals\\panicInEveryCall')) {
            self::markTestSkipped('needs the feature `panicking`');
        }
        $calls = self::calls();
        self::assertSame([], array_diff(self::everything(), array_keys($calls)), 'every call is in the list');
        foreach ($calls as $name => $call) {
            \JitApprovals\panicInEveryCall(true);
            try {
                $call();
                self::fail("{$name} did not panic");
            } catch (InternalException $error) {
                self::assertSame('caught_panic', $error->getErrorCode(), $name);
                self::assertSame('an internal error; this is a bug', $error->getMessage(), $name);
            } finally {
                \JitApprovals\panicInEveryCall(false);
            }
        }
    }

    /** The names of all functions and methods. */
    private static function everything(): array
    {
        $extension = new \ReflectionExtension('jit_approvals');
        $names = [];
        foreach ($extension->getClasses() as $class) {
            foreach ($class->isEnum() || $class->isSubclassOf(\Throwable::class) ? [] : $class->getMethods() as $method) {
                if (!$method->isConstructor() || $method->getNumberOfParameters() > 0) {
                    $names[] = "{$class->getShortName()}::{$method->getName()}";
                }
            }
        }
        foreach ($extension->getFunctions() as $function) {
            $names[] = $function->getShortName();
        }
        return array_diff($names, ['panicInEveryCall']);
    }
}
