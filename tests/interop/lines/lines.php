<?php

use JitApprovals\Minter;
use JitApprovals\SigningKey;
use JitApprovals\Template;
use JitApprovals\Verifier;

$text = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
[$shop, $host, $subject, $approver, $claims] = ['shop.example.com', 'approvals.example.com', 'kevin', 'ann@example.com', []];
$template = Template::parse([
    'approvalType' => 'approve', 'templateName' => 'Refund', 'approvalKey' => 'REFUND', 'approvalTitle' => 'Refund?',
    'approvalData' => 'Refund $(amount).', 'defaultApprovers' => ['ann@example.com'], 'metadata' => [['key' => 'amount']],
]);
$body = ['metaData' => ['amount' => '5']];
$act = ['metaData' => ['amount' => '5']];
$directory = ['people' => 'everyone'];

$key = {{1}};
$token = {{2}};
$origin = {{3}};
$request = {{4}};
{{5}};
{{6}};

echo count($request->events), "\n";
