using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using NUnit.Framework;

namespace JitApprovals.Tests;

/// <summary>The whole way: mint, verify, open, decide, consume, restore.</summary>
public sealed class StoryTests
{
    [Test]
    public void TheWholeWay()
    {
        using SigningKey key = Story.Key();
        using Minter minter = Story.Minter(key);
        using Verifier verifier = Story.Verifier(key);
        Origin origin = verifier.Origin(minter.Mint("kevin", new Dictionary<string, object?> { ["plan"] = "gold" }));
        Assert.That(origin.Claims["plan"], Is.EqualTo("gold"));

        using Template template = Template.Parse(Story.Record);
        var body = new RequestBody { MetaData = Story.Amount("5") };
        Assert.That(template.Needs(body), Is.EqualTo(new Needs([Story.Approver], [])).Using<Needs>(SameNeeds));
        using ApprovalRequest request = template.Open(body, origin, Story.Everyone);
        Assert.That(request.Text, Is.EqualTo("Refund 5 to kevin."));
        Assert.That(string.Concat(request.Parts.Select(part => part.Text)), Is.EqualTo(request.Text));
        Assert.That(request.Parts[1], Is.EqualTo(new Part("5", "amount")));
        Assert.That(request.Status, Is.EqualTo(RequestStatus.Pending));
        Assert.That(request.Grant, Is.Null);
        Assert.That(request.MayDecide(Story.Approver), Is.Null);
        Assert.That(request.MayDecide("bob@example.com")!.Code, Is.EqualTo(ErrorCode.NotEligible));

        Assert.That(request.Approve(Story.Approver, request.ContentHash, comment: "yes"), Is.True);
        Assert.That(request.Approve(Story.Approver, request.ContentHash, comment: "yes"), Is.False);
        Assert.That(request.Stages[0].Decisions[0].Comment, Is.EqualTo("yes"));
        string token = request.AccessToken("host.example.com", key);
        using var access = new AccessTokenVerifier(key, "host.example.com", Story.Issuer);
        Assert.That(access.Verify(token).GrantId, Is.EqualTo(request.Grant!.Id));

        JitException error = Assert.Throws<RequestException>(
            () => request.Consume(new Act { MetaData = Story.Amount("6") }))!;
        Assert.That(error.Code, Is.EqualTo(ErrorCode.ContentMismatch));
        request.Consume(Story.Act);
        Assert.That(request.Grant!.Status, Is.EqualTo(GrantStatus.Consumed));
        error = Assert.Throws<GrantException>(() => request.Consume(Story.Act))!;
        Assert.That(error.Code, Is.EqualTo(ErrorCode.GrantConsumed));

        using ApprovalRequest restored = ApprovalRequest.Restore(request.Events, request.Head);
        Assert.That(restored.Events, Is.EqualTo(request.Events));
        Assert.That(restored.ToJson(), Is.EqualTo(request.ToJson()));
        Assert.That(ApprovalRequest.VerifyChain(request.Events), Is.EqualTo(new ChainReport(3, false)));
        Assert.That(ApprovalRequest.VerifyChain(request.Events, request.Head), Is.EqualTo(new ChainReport(3, true)));
        Assert.Throws<RequestException>(() => ApprovalRequest.Restore(request.Events.Take(2), request.Head));
    }

    [Test]
    public void TimesAndClocks()
    {
        var clock = new FixedClock(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        using SigningKey key = Story.Key();
        using var minter = new Minter(key, Story.Issuer, Story.Audience, clock: clock);
        string token = minter.Mint("kevin", jti: "1");
        using var verifier = new Verifier(key, Story.Issuer, Story.Audience, clock: clock);
        Claims claims = verifier.Verify(token);
        Assert.That(claims.IssuedAt, Is.EqualTo(clock.Now));
        Assert.That(claims.ExpiresAt, Is.EqualTo(clock.Now.AddMinutes(5)));
        Assert.That(claims.NotBefore, Is.EqualTo(clock.Now.AddMinutes(-1)));
        clock.Now = clock.Now.AddHours(1);
        Assert.That(Assert.Throws<TokenException>(() => verifier.Verify(token))!.Code, Is.EqualTo(ErrorCode.TokenExpired));
        Assert.That(verifier.Verify(token, clock.Now.AddHours(-1)), Is.EqualTo(claims));

        using Template template = Template.Parse(Story.Record, clock);
        using ApprovalRequest request = template.Open(new RequestBody(), Story.Origin, Story.Everyone);
        Assert.That(request.RequestedAt, Is.EqualTo(clock.Now));
        clock.Now = request.ExpiresAt;
        Assert.That(request.Status, Is.EqualTo(RequestStatus.Expired));
        Assert.That(request.At(request.RequestedAt).Status, Is.EqualTo(RequestStatus.Pending));
        Assert.That(request.Expire(), Is.True);
        Assert.That(request.Expire(), Is.False);
        // Ticks below a second are cut off towards the past, on both sides of 1970.
        Assert.That(Minted(minter, DateTimeOffset.UnixEpoch.AddTicks(-1)), Is.EqualTo(-1));
        Assert.That(Minted(minter, DateTimeOffset.UnixEpoch.AddTicks(1)), Is.EqualTo(0));
        Assert.That(
            Assert.Throws<InputException>(() => new Minter(key, "a", "b", TimeSpan.FromMilliseconds(1500)))!.Field,
            Is.EqualTo("lifetime"));
    }

    [Test]
    public void RotationAndTheChoiceOfAKey()
    {
        using SigningKey old = SigningKey.Generate("old");
        using SigningKey current = SigningKey.Generate("current");
        var options = new VerifierOptions { Issuer = Story.Issuer, Audiences = [Story.Audience] };
        using var verifier = new Verifier([current, old], options);
        using Minter minter = Story.Minter(old);
        string token = minter.Mint("kevin");
        Assert.That(verifier.Verify(token).KeyId, Is.EqualTo("old"));
        Assert.That(UnverifiedToken.Parse(token).KeyId, Is.EqualTo("old"));
        Assert.That(UnverifiedToken.Parse(token).Issuer, Is.EqualTo(Story.Issuer));
        using SigningKey other = SigningKey.Generate("old");
        using Verifier wrong = Story.Verifier(other);
        Assert.Throws<TokenException>(() => wrong.Verify(token));
        Assert.That(minter.MintMany(["a", "b"]).Select(one => verifier.Verify(one).Subject), Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public void ManyKeysAndFarTimes()
    {
        using SigningKey key = Story.Key();
        var options = new VerifierOptions { Issuer = Story.Issuer, Audiences = [Story.Audience] };
        using var verifier = new Verifier(Enumerable.Repeat(key, 100_000), options);
        using Jwt jwt = Jwt.Create(new Dictionary<string, object?> { ["iss"] = Story.Issuer, ["aud"] = Story.Audience });
        string token = jwt.SetClaim("exp", 1e13).Compact(key);
        Assert.That(verifier.Verify(token).ExpiresAt.Year, Is.EqualTo(9999));
    }

    [Test]
    public void RecordsAreValues()
    {
        using ApprovalRequest request = Story.Approved();
        Assert.That(request.Stages[0], Is.EqualTo(request.Stages[0]));
        Assert.That(request.Grant, Is.EqualTo(request.Grant));
        Assert.That(request.Head, Is.EqualTo(request.Head));
        Assert.That(request.MetaData, Is.EqualTo(request.MetaData));
        Assert.That(PeopleDirectory.Everyone(), Is.EqualTo(PeopleDirectory.Parse("""{"people": "everyone"}""")));
        var directory = PeopleDirectory.Of(
            [new Person("ann@example.com", Active: true) { Aliases = ["ann"] }],
            new Dictionary<string, IReadOnlyList<string>> { ["ops"] = ["ann@example.com"] });
        Assert.That(PeopleDirectory.Parse(directory.ToJson()), Is.EqualTo(directory));
        Assert.That(PeopleDirectory.Parse(directory.ToJson()).GetHashCode(), Is.EqualTo(directory.GetHashCode()));
        var body = new RequestBody
        {
            TemplateId = "T",
            MetaData = new Dictionary<string, object?> { ["a"] = "x", ["b"] = true, ["c"] = 5L },
            Approvers = ["ann@example.com"],
            ExpiresIn = TimeSpan.FromMinutes(1),
            Attachments = [new Attachment("Receipt", "https://example.com/")],
        };
        Assert.That(RequestBody.Parse(body.ToJson()), Is.EqualTo(body));
        Assert.That(RequestBody.Parse(body.ToJson()) with { TemplateId = "U" }, Is.Not.EqualTo(body));
    }

    [Test]
    public void RecordsInSystemTextJson()
    {
        RequestBody body = JsonSerializer.Deserialize<RequestBody>("""{"templateId": "T", "metaData": {"a": "1"}}""")!;
        Assert.That(body.MetaData["a"], Is.EqualTo("1"));
        Assert.That(JsonSerializer.Serialize(body), Is.EqualTo(body.ToJson()));
        JsonException error = Assert.Throws<JsonException>(
            () => JsonSerializer.Deserialize<RequestBody>("""{"templateId": "T", "metaDate": {}}"""))!;
        Assert.That(((JitException)error.InnerException!).Field, Is.EqualTo("metaDate"));
        Assert.That(error.Message, Does.Contain("did you mean `metaData`?"));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<RequestBody>("""{"templateId": "T", "templateId": "U"}"""));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<PeopleDirectory>("null"));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<PeopleDirectory>("{}"));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Act>("{}"));
        Assert.That(JsonSerializer.Serialize(ApprovalType.SignAndApprove), Is.EqualTo("\"signAndApprove\""));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Verdict>("0"));
    }

    private static long Minted(Minter minter, DateTimeOffset now) =>
        UnverifiedToken.Parse(minter.Mint("kevin", now: now)).Claims.GetProperty("iat").GetInt64();

    private static bool SameNeeds(Needs one, Needs other) =>
        one.Emails.SequenceEqual(other.Emails) && one.Groups.SequenceEqual(other.Groups);

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
