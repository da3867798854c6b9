<?php

/** The purchase story: an application asks, a person approves, the application acts once. */

declare(strict_types=1);

use JitApprovals\AccessTokenVerifier;
use JitApprovals\ApprovalRequest;
use JitApprovals\Exception;
use JitApprovals\Minter;
use JitApprovals\SigningKey;
use JitApprovals\Template;
use JitApprovals\Verifier;

$purchase = dirname(__DIR__) . '/purchase';
[$shop, $host] = ['https://msonline.nextlevel3.com', 'api.nextlevel3.com'];
$key = SigningKey::generate(id: 'example');

// The shop mints an auth token and posts the request.
$token = (new Minter($key, issuer: $shop, audience: $host))->mint('kevin');
$body = json_decode(file_get_contents("{$purchase}/approve.request.json"), true, 512, JSON_THROW_ON_ERROR);

// The host verifies the token and opens the request by the administrator's template.
$origin = (new Verifier($key, issuer: $shop, audience: $host))->origin($token);
$template = Template::parse(file_get_contents("{$purchase}/approve.template.json"));
$request = $template->open($body, origin: $origin, directory: ['people' => 'everyone']);
echo "{$request->title}\n\n{$request->text}\n\n";

// The approver has read the text and approves it.
$request->approve('steve@nl3.com', contentHash: $request->contentHash);
$accessToken = $request->accessToken($host, $key);

// The shop holds a grant for this purchase and no other. It stores each event before it acts.
$grant = (new AccessTokenVerifier($key, issuer: $host, application: $shop))->verify($accessToken);
echo "granted to {$grant->subject} until {$grant->expiresAt->format('H:i:s')}\n";
foreach (['$1,655', '$1,654', '$1,654'] as $price) {
    try {
        $request->consume(['metaData' => ['purchasePrice' => $price] + $body['metaData']]);
        echo "bought for {$price}\n";
    } catch (Exception $error) {
        echo "not bought for {$price}: {$error->getMessage()}\n";
    }
}

$restored = ApprovalRequest::restore($request->eventTexts(), head: $request->head);
echo count($restored->events), " events, {$restored->status->value}\n";
