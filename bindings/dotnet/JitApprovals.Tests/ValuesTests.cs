using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;
using NUnit.Framework;

namespace JitApprovals.Tests;

/// <summary>Values of C# on their way in.</summary>
public sealed class ValuesTests
{
    [Test]
    public void ClaimsOfEveryKind()
    {
        var claims = new Dictionary<string, object?>
        {
            ["text"] = "aé€😀\u0000\"\\<",
            ["true"] = true,
            ["null"] = null,
            ["int"] = -1,
            ["long"] = long.MinValue,
            ["ulong"] = ulong.MaxValue,
            ["byte"] = (byte)1,
            ["double"] = 0.1,
            ["decimal"] = 12.50m,
            ["list"] = new object?[] { 1, "a", null, new List<int> { 2 } },
            ["object"] = new Dictionary<string, object?> { ["2"] = 1, ["1"] = 2 },
            ["table"] = new Hashtable { ["a"] = 1 },
            ["element"] = JsonSerializer.SerializeToElement(new { a = 1 }),
            ["node"] = new JsonObject { ["a"] = new JsonArray(1, 2) },
            ["guid"] = Guid.Empty,
        };
        string expected = """
            {"text":"aé€😀\u0000\"\\<","true":true,"null":null,"int":-1,"long":-9223372036854775808,
            "ulong":18446744073709551615,"byte":1,"double":0.1,"decimal":12.5,"list":[1,"a",null,[2]],
            "object":{"1":2,"2":1},"table":{"a":1},"element":{"a":1},"node":{"a":[1,2]},
            "guid":"00000000-0000-0000-0000-000000000000"}
            """.Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal);
        Assert.That(Written(claims), Is.EqualTo(expected));
    }

    [Test]
    public void ValuesThatAreRejected()
    {
        Rejected(new Dictionary<string, object?> { ["a"] = double.NaN }, "wrong_type", "a");
        Rejected(new Dictionary<string, object?> { ["a"] = 0.1m + 1e-28m }, "wrong_type", "a");
        Rejected(new Dictionary<string, object?> { ["a"] = "\ud800" }, "wrong_type", "a");
        Rejected(new Dictionary<string, object?> { ["\udc00"] = 1 }, "wrong_type", null);
        Rejected(new Dictionary<string, object?> { ["a"] = DateTime.UtcNow }, "wrong_type", "a");
        Rejected(new Dictionary<string, object?> { ["a"] = new[] { new object() } }, "wrong_type", "a[0]");
        Rejected(new Dictionary<string, object?> { ["a"] = default(JsonElement) }, "wrong_type", "a");
        Rejected(new Dictionary<string, object?> { ["a"] = new Hashtable { [1] = 1 } }, "wrong_type", "a");
        Rejected(new Dictionary<string, object?> { ["a"] = new byte[1] }, "wrong_type", "a");
        Rejected(new Dictionary<string, object?> { ["sub"] = "eve" }, "reserved_claim", "sub");
        var cycle = new List<object?>();
        cycle.Add(cycle);
        Rejected(new Dictionary<string, object?> { ["a"] = cycle }, "too_deep", null);
        object wide = "x";
        for (int level = 0; level < 40; level++)
        {
            wide = new[] { wide, wide };
        }

        Rejected(new Dictionary<string, object?> { ["a"] = wide }, "out_of_range", null);
        Rejected(new Twice(), "duplicate_key", null);
        Rejected(new Dictionary<string, object?> { ["a"] = JsonValue.Create("\ud800") }, "wrong_type", "a");
        Rejected(new Dictionary<string, object?> { ["a"] = JsonValue.Create(double.NaN) }, "wrong_type", "a");
        Rejected(new Dictionary<string, object?> { ["a"] = new JsonObject { ["\udfff"] = 1 } }, "wrong_type", "a");
        Rejected(new Dictionary<string, object?> { ["a"] = Endless() }, "out_of_range", null);
        Rejected(new Dictionary<string, object?> { ["a"] = Enumerable.Repeat(new string('x', 1 << 20), 100) }, "too_large", null);
        using JsonDocument deep = JsonDocument.Parse(
            new string('[', 2000) + new string(']', 2000), new JsonDocumentOptions { MaxDepth = 3000 });
        Rejected(new Dictionary<string, object?> { ["a"] = deep.RootElement }, "too_deep", null);
        using JsonDocument surrogate = JsonDocument.Parse("""{"a": "\ud800"}""");
        Rejected(new Dictionary<string, object?> { ["a"] = surrogate.RootElement }, "malformed_json", null);
        using JsonDocument bytes = JsonDocument.Parse(new byte[] { (byte)'"', 0xff, (byte)'"' });
        Rejected(new Dictionary<string, object?> { ["a"] = bytes.RootElement }, "wrong_type", "a");
    }

    [Test]
    public void ADuplicateKeyOfAJsonElementIsAnError()
    {
        using SigningKey key = Story.Key();
        using Minter minter = Story.Minter(key);
        using JsonDocument claims = JsonDocument.Parse("""{"a": 1, "a": 2}""");
        InputException error = Assert.Throws<InputException>(() => minter.Mint("kevin", claims.RootElement))!;
        Assert.That(error.Code, Is.EqualTo(ErrorCode.DuplicateKey));
        using JsonDocument list = JsonDocument.Parse("[]");
        Assert.Throws<InputException>(() => minter.Mint("kevin", list.RootElement));
    }

    [Test]
    public void AmountsAreTextOrDecimals()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            using Template template = Template.Parse(Story.Record);
            Assert.That(template.Render(Story.Amount(12.50m), Story.Origin).Text, Is.EqualTo("Refund 12.50 to kevin."));
            Assert.That(template.Render(Story.Amount(7), Story.Origin).Text, Is.EqualTo("Refund 7 to kevin."));
            MetadataException error = Assert.Throws<MetadataException>(
                () => template.Render(Story.Amount(12.5), Story.Origin))!;
            Assert.That(error.Code, Is.EqualTo(ErrorCode.MetadataType));
            Assert.That(error.Field, Is.EqualTo("metaData.amount"));
            Assert.That(error.Message, Does.Contain("`12.5` is a double").And.Contain("send a decimal or text"));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Test]
    public void NullNeverMeansPermission()
    {
        using SigningKey key = Story.Key();
        using Minter minter = Story.Minter(key);
        using Verifier verifier = Story.Verifier(key);
        using Template template = Template.Parse(Story.Record);
        using ApprovalRequest request = Story.Request();
        string token = minter.Mint("kevin");
        TestDelegate[] calls =
        [
            () => SigningKey.FromBase64((string)null!),
            () => _ = new Minter(null!, "a", "b"),
            () => _ = new Minter(key, null!, "b"),
            () => _ = new Minter(key, "a", null!),
            () => minter.Mint(null!),
            () => minter.Mint("kevin", now: default(DateTimeOffset)),
            () => request.Approve(Story.Approver, request.ContentHash, now: default(DateTimeOffset)),
            () => _ = new Verifier(key, null!, "b"),
            () => _ = new Verifier(key, "a", null!),
            () => _ = new Verifier(null!, "a", "b"),
            () => _ = new Verifier([key], null!),
            () => _ = new Verifier([key], new VerifierOptions()),
            () => _ = new Verifier([key], new VerifierOptions { Issuer = "a" }),
            () => _ = new Verifier([key], new VerifierOptions { AnyAudience = true }),
            () => _ = new Verifier([key], new VerifierOptions { Issuer = "a", AnyIssuer = true, AnyAudience = true }),
            () => _ = new Verifier([key], new VerifierOptions { AnyIssuer = true, AnyAudience = true, Audiences = ["b"] }),
            () => _ = new Verifier([key], new VerifierOptions { Issuer = "a", Audiences = [] }),
            () => _ = new Verifier([null!], new VerifierOptions { AnyIssuer = true, AnyAudience = true }),
            () => _ = new Verifier([], new VerifierOptions { AnyIssuer = true, AnyAudience = true }),
            () => verifier.Verify(null!),
            () => verifier.Origin(null!),
            () => UnverifiedToken.Parse(null!),
            () => Template.Parse((string)null!),
            () => template.Render(null!, Story.Origin),
            () => template.Render(Story.Amount(null), Story.Origin),
            () => template.Render(Story.Amount("1"), null!),
            () => template.Open(null!, Story.Origin, Story.Everyone),
            () => template.Open(new RequestBody(), null!, Story.Everyone),
            () => template.Open(new RequestBody(), Story.Origin, null!),
            () => template.Open(new RequestBody(), new Origin(null!, "kevin"), Story.Everyone),
            () => _ = new RequestBody { MetaData = null! },
            () => _ = new RequestBody { Approvers = null! },
            () => template.Open(new RequestBody { Approvers = [null!] }, Story.Origin, Story.Everyone),
            () => PeopleDirectory.Of(null!),
            () => template.Open(new RequestBody(), Story.Origin, PeopleDirectory.Of([null!])),
            () => template.Open(new RequestBody(), Story.Origin, PeopleDirectory.Of([new Person(null!, true)])),
            () => PeopleDirectory.Everyone(new Dictionary<string, IReadOnlyList<string>> { ["ops"] = null! }),
            () => PeopleDirectory.Parse("{}"),
            () => PeopleDirectory.Parse("""{"people": null}"""),
            () => PeopleDirectory.Parse("""{"people": [{"email": "ann@example.com"}]}"""),
            () => request.Approve(null!, request.ContentHash),
            () => request.Approve(Story.Approver, null!),
            () => request.Cancel(null!),
            () => request.Cancel(new Actor((ActorKind)99, "x")),
            () => request.Cancel(Actor.Application(null!)),
            () => request.Consume(null!),
            () => _ = new Act { MetaData = null! },
            () => request.AccessToken("host", null!),
            () => request.NeedsOf(null!),
            () => request.MayDecide(null!),
            () => ApprovalRequest.Restore((IEnumerable<string>)null!),
            () => ApprovalRequest.Restore(new string[] { null! }),
            () => ApprovalRequest.Restore(request.Events, new Head(-1, request.Head.Hash)),
            () => ApprovalRequest.Restore(request.Events, new Head(1, null!)),
            () => Jws.Sign(null!, [], key),
            () => Jws.Verify(null!, key),
            () => Jws.Verify(token),
            () => JitText.PlainText(null!),
            () => SigningKey.FromBytes([]),
            () => SigningKey.FromBytes(new byte[31]),
            () => SigningKey.FromBytes(new byte[32], leastBytes: -1),
        ];
        Assert.Multiple(() =>
        {
            for (int index = 0; index < calls.Length; index++)
            {
                Assert.That(calls[index], Throws.InstanceOf<JitException>(), $"call {index}");
            }
        });
        Assert.That(request.Status, Is.EqualTo(RequestStatus.Pending));
    }

    [Test]
    public void ADirectoryThatIsLeftOutIsNotEveryone()
    {
        using Template template = Template.Parse(Story.Record);
        var listed = PeopleDirectory.Of([new Person(Story.Approver, Active: true)]);
        using ApprovalRequest request = template.Open(new RequestBody { MetaData = Story.Amount(1) }, Story.Origin, listed);
        Assert.Throws<InputException>(() => request.Approve(Story.Approver, request.ContentHash));
        Assert.Throws<DecisionException>(() => request.Approve(Story.Approver, request.ContentHash, directory: Story.Everyone));
        var inactive = PeopleDirectory.Of([new Person(Story.Approver, Active: false)]);
        Assert.Throws<DecisionException>(() => request.Approve(Story.Approver, request.ContentHash, directory: inactive));
        Assert.That(request.Approve(Story.Approver, request.ContentHash, directory: listed), Is.True);
    }

    [Test]
    public void CodeOfTheUserRunsInTheMiddleOfACall()
    {
        using SigningKey key = Story.Key();
        using Minter minter = Story.Minter(key);
        using Verifier verifier = Story.Verifier(key);
        var claims = new Lazy(() =>
        {
            // A call in the middle of another must not change the other's arguments.
            Assert.That(verifier.Verify(minter.Mint("inner")).Subject, Is.EqualTo("inner"));
            return "value";
        });
        Claims verified = verifier.Verify(minter.Mint("outer", claims));
        Assert.That(verified.Subject, Is.EqualTo("outer"));
        Assert.That(verified.Json.GetProperty("lazy").GetString(), Is.EqualTo("value"));
        var failing = new Lazy(() => throw new InvalidOperationException("mine"));
        Assert.Throws<InvalidOperationException>(() => minter.Mint("outer", failing));
        Assert.That(verifier.Verify(minter.Mint("after")).Json.TryGetProperty("lazy", out _), Is.False);
    }

    private static IEnumerable<KeyValuePair<string, object?>> Endless()
    {
        while (true)
        {
            yield return KeyValuePair.Create("x", (object?)"y");
        }
    }

    private static string Written(IReadOnlyDictionary<string, object?> claims)
    {
        using SigningKey key = Story.Key();
        using Jwt jwt = Jwt.Create(claims, jti: "1");
        string text = jwt.Claims.GetRawText();
        return text[..text.IndexOf(",\"jti\"", StringComparison.Ordinal)] + "}";
    }

    private static void Rejected(IReadOnlyDictionary<string, object?> claims, string code, string? field)
    {
        using SigningKey key = Story.Key();
        using Minter minter = Story.Minter(key);
        JitException error = Assert.Catch<JitException>(() => minter.Mint("kevin", claims))!;
        Assert.That(error.CodeName, Is.EqualTo(code));
        if (field is not null)
        {
            Assert.That(error.Field, Is.EqualTo(field));
        }
    }

    /// <summary>A dictionary with two entries of one key.</summary>
    private sealed class Twice : IReadOnlyDictionary<string, object?>
    {
        public int Count => 2;

        public IEnumerable<string> Keys => ["a", "a"];

        public IEnumerable<object?> Values => [1, 2];

        public object? this[string key] => 1;

        public bool ContainsKey(string key) => true;

        public bool TryGetValue(string key, out object? value)
        {
            value = 1;
            return true;
        }

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() =>
            Keys.Zip(Values, KeyValuePair.Create).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    /// <summary>A dictionary whose value is made while it is read.</summary>
    private sealed class Lazy(Func<string> value) : IReadOnlyDictionary<string, object?>
    {
        public int Count => 1;

        public IEnumerable<string> Keys => ["lazy"];

        public IEnumerable<object?> Values => [value()];

        public object? this[string key] => value();

        public bool ContainsKey(string key) => true;

        public bool TryGetValue(string key, out object? found)
        {
            found = value();
            return true;
        }

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
        {
            yield return KeyValuePair.Create("lazy", (object?)value());
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
