// The purchase of the published sample, from the request to the act.

using System;
using System.Collections.Generic;
using System.IO;
using JitApprovals;

string purchase = Environment.GetEnvironmentVariable("PURCHASE") ?? Path.Combine("..", "purchase");
const string Shop = "https://msonline.nextlevel3.com";
const string Host = "api.nextlevel3.com";
using SigningKey key = SigningKey.Generate(id: "example");

// The shop mints an auth token and posts the request.
using var minter = new Minter(key, issuer: Shop, audience: Host);
string token = minter.Mint("kevin");
string body = File.ReadAllText(Path.Combine(purchase, "approve.request.json"));

// The host verifies the token and opens the request by the administrator's template.
using var verifier = new Verifier(key, issuer: Shop, audience: Host);
using Template template = Template.Parse(File.ReadAllText(Path.Combine(purchase, "approve.template.json")));
Origin origin = verifier.Origin(token);
using ApprovalRequest request = template.Open(RequestBody.Parse(body), origin, PeopleDirectory.Everyone());
Console.WriteLine($"{request.Title}\n\n{request.Text}\n");

// The approver has read the text and approves it.
request.Approve("steve@nl3.com", request.ContentHash);
string accessToken = request.AccessToken(Host, key);

// The shop holds a grant for this purchase and no other. It stores each event before it acts.
using var access = new AccessTokenVerifier(key, issuer: Host, application: Shop);
AccessToken grant = access.Verify(accessToken);
Console.WriteLine($"granted to {grant.Subject} until {grant.ExpiresAt:HH:mm:ss}");
foreach (string price in new[] { "$1,655", "$1,654", "$1,654" })
{
    var metaData = new Dictionary<string, object?>(RequestBody.Parse(body).MetaData) { ["purchasePrice"] = price };
    try
    {
        request.Consume(new Act { MetaData = metaData });
        Console.WriteLine($"bought for {price}");
    }
    catch (JitException error)
    {
        Console.WriteLine($"not bought for {price}: {error.Message}");
    }
}

using ApprovalRequest restored = ApprovalRequest.Restore(request.Events, request.Head);
Console.WriteLine($"{restored.Events.Count} events, {restored.Status.ToString().ToLowerInvariant()}");
