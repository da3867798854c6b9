using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NUnit.Framework;

namespace JitApprovals.Tests;

/// <summary>Runs every file of tests/vectors/, in place, through the library's own API.</summary>
public sealed class VectorsTests
{
    private static IEnumerable<TestCaseData> Files() =>
        Directory.GetFiles(Repository.File("tests/vectors"), "*.json")
            .Where(path => Path.GetFileName(path) != "errors.json")
            .Order(StringComparer.Ordinal)
            .Select(path => new TestCaseData(path).SetName(Path.GetFileName(path)));

    [TestCaseSource(nameof(Files))]
    public void Vectors(string path)
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(path));
        JsonElement[] cases = file.RootElement.GetProperty("cases").EnumerateArray().ToArray();
        Assert.That(cases, Has.Length.EqualTo(file.RootElement.GetProperty("count").GetInt32()));
        Func<JsonElement, JsonNode> run = Operation(file.RootElement.GetProperty("operation").GetString()!);
        var skipped = new List<string>();
        Assert.Multiple(() =>
        {
            foreach (JsonElement one in cases)
            {
                string id = one.GetProperty("id").GetString()!;
                if (one.TryGetProperty("scope", out JsonElement scope) && scope.GetString() == "javascript")
                {
                    skipped.Add($"{id}: only JavaScript has it");
                    continue;
                }

                JsonElement expect = one.GetProperty("expect");
                JsonNode outcome;
                try
                {
                    outcome = new JsonObject { ["ok"] = run(one.GetProperty("given")) };
                }
                catch (JitException error)
                {
                    outcome = new JsonObject { ["error"] = error.CodeName };
                    Add(outcome, expect, "field", error.Field);
                    Add(outcome, expect, "line", error.Line);
                    Add(outcome, expect, "column", error.Column);
                }
                catch (NotExpressible reason)
                {
                    Assert.That(expect.TryGetProperty("error", out _), $"{id}: {reason.Message}");
                    skipped.Add($"{id}: {reason.Message}");
                    continue;
                }

                JsonNode expected = JsonNode.Parse(expect.GetRawText())!;
                Assert.That(
                    JsonNode.DeepEquals(outcome, expected), $"{id}: {outcome.ToJsonString()}, not {expect.GetRawText()}");
            }
        });
        Record(Path.GetFileName(path), cases.Length - skipped.Count, skipped);
    }

    /// <summary>
    /// Writes what was run, for the table that `cargo xtask test interop` writes: <c>file, run, reasons</c>, with tabs.
    /// </summary>
    private static void Record(string name, int run, List<string> reasons)
    {
        string table = Directory.CreateDirectory(Repository.File("target/vectors")).FullName + "/C#.tsv";
        IEnumerable<string> rows = File.Exists(table) ? File.ReadAllLines(table) : [];
        string row = $"{name}\t{run}\t{string.Join("; ", reasons)}";
        File.WriteAllLines(table, rows.Where(other => !other.StartsWith(name + "\t", StringComparison.Ordinal)).Append(row));
    }

    private static void Add(JsonNode outcome, JsonElement expect, string name, JsonNode? value)
    {
        if (expect.TryGetProperty(name, out _))
        {
            outcome[name] = value;
        }
    }

    private static Func<JsonElement, JsonNode> Operation(string name) => name switch
    {
        "accessToken.sign" => AccessTokenSign,
        "accessToken.verify" => AccessTokenVerify,
        "approvalRequest.at" => ApprovalRequestAt,
        "approvalRequest.mayDecide" => ApprovalRequestMayDecide,
        "approvalRequest.open" => ApprovalRequestOpen,
        "approvalRequest.play" => ApprovalRequestPlay,
        "approvalRequest.restore" => ApprovalRequestRestore,
        "events.verify" => EventsVerify,
        "identity.same" => IdentitySame,
        "jws.verify" => JwsVerify,
        "jwt.create" => JwtCreate,
        "requestBody.parse" => RequestBodyParse,
        "signingKey.fromBase64" => SigningKeyFromBase64,
        "template.parse" => TemplateParse,
        "template.render" => TemplateRender,
        "text.plain" => TextPlain,
        "token.mint" => TokenMint,
        "token.verify" => TokenVerify,
        _ => throw new AssertionException($"unknown operation {name}"),
    };

    private static JsonNode AccessTokenSign(JsonElement given)
    {
        JsonElement grant = given.GetProperty("grant");
        using SigningKey key = Vector.Key(given.GetProperty("key"));
        var token = new AccessToken(
            grant.Text("issuer"),
            grant.Text("application"),
            grant.Text("subject"),
            grant.Text("grantId"),
            Vector.Time(grant.GetProperty("expiresAt")),
            grant.Text("approvalRequestId"),
            grant.Text("templateId"),
            grant.Text("contentHash"));
        return new JsonObject { ["token"] = token.Sign(key) };
    }

    private static JsonNode AccessTokenVerify(JsonElement given)
    {
        using var verifier = new AccessTokenVerifier(
            Vector.Keys(given.GetProperty("keys")),
            given.Text("issuer"),
            given.Text("application"),
            given.Duration("leewaySeconds"));
        AccessToken token = verifier.Verify(given.Text("token"), given.Time("now"));
        return new JsonObject { ["grant"] = JsonNode.Parse(token.ToJson()) };
    }

    private static JsonNode ApprovalRequestAt(JsonElement given)
    {
        using ApprovalRequest request = Restored(given, null);
        return Vector.State(request.At(given.Time("now")!.Value));
    }

    private static JsonNode ApprovalRequestMayDecide(JsonElement given)
    {
        using ApprovalRequest request = Vector.Opened(given.GetProperty("opening"));
        foreach (JsonElement step in given.GetProperty("steps").EnumerateArray())
        {
            Vector.Take(request, step, given.GetProperty("opening"));
        }

        PeopleDirectory? directory = given.Flag("withoutDirectory")
            ? null
            : PeopleDirectory.Parse(given.TryGetProperty("directory", out JsonElement other)
                ? other
                : given.GetProperty("opening").GetProperty("directory"));
        JitException? reason = request.MayDecide(given.Text("approver"), directory, given.Time("now"));
        if (reason is not null)
        {
            throw reason;
        }

        Needs needs = request.NeedsOf(given.Text("approver"));
        return new JsonObject
        {
            ["needs"] = new JsonObject { ["emails"] = Vector.Texts(needs.Emails), ["groups"] = Vector.Texts(needs.Groups) },
        };
    }

    private static JsonNode ApprovalRequestOpen(JsonElement given)
    {
        using ApprovalRequest request = Vector.Opened(given);
        return new JsonObject { ["event"] = request.Events[0], ["contentHash"] = request.ContentHash };
    }

    private static JsonNode ApprovalRequestPlay(JsonElement given)
    {
        JsonElement opening = given.GetProperty("opening");
        using ApprovalRequest request = Vector.Opened(opening);
        foreach (JsonElement step in given.GetProperty("steps").EnumerateArray())
        {
            if (step.OptionalText("fails") is not string fails)
            {
                Vector.Take(request, step, opening);
                continue;
            }

            IReadOnlyList<string> before = request.Events;
            JitException error = Assert.Catch<JitException>(() => Vector.Take(request, step, opening))!;
            Assert.That(error.CodeName, Is.EqualTo(fails));
            Assert.That(request.Events, Is.EqualTo(before), "a command that fails changes nothing");
        }

        JsonObject state = Vector.State(request);
        state["events"] = Vector.Texts(request.Events);
        return state;
    }

    private static JsonNode ApprovalRequestRestore(JsonElement given)
    {
        using ApprovalRequest request = Restored(given, Vector.Head(given));
        JsonObject state = Vector.State(request);
        state["events"] = request.Events.Count;
        return state;
    }

    private static ApprovalRequest Restored(JsonElement given, Head? head)
    {
        (string[]? texts, JsonElement[]? elements) = Vector.Events(given.GetProperty("events"));
        return texts is null ? ApprovalRequest.Restore(elements!, head) : ApprovalRequest.Restore(texts, head);
    }

    private static JsonNode EventsVerify(JsonElement given)
    {
        (string[]? texts, JsonElement[]? elements) = Vector.Events(given.GetProperty("events"));
        Head? head = Vector.Head(given);
        ChainReport report = texts is null
            ? ApprovalRequest.VerifyChain(elements!, head)
            : ApprovalRequest.VerifyChain(texts, head);
        return new JsonObject { ["count"] = report.Count, ["complete"] = report.Complete };
    }

    private static JsonNode IdentitySame(JsonElement given)
    {
        string[] names = given.GetProperty("names").EnumerateArray().Select(name => name.GetString()!).ToArray();
        return new JsonObject { ["same"] = JitText.Identity(names[0]) == JitText.Identity(names[1]) };
    }

    private static JsonNode JwsVerify(JsonElement given)
    {
        Jws jws = Jws.Verify(given.Text("token"), Vector.Keys(given.GetProperty("keys")));
        return new JsonObject
        {
            ["header"] = JsonNode.Parse(jws.Header.GetRawText()),
            ["payload"] = Encoding.UTF8.GetString(jws.Payload.Span),
        };
    }

    private static JsonNode JwtCreate(JsonElement given)
    {
        using JsonDocument claims = JsonDocument.Parse(given.Text("claims"));
        using Jwt jwt = Jwt.Create(
            claims.RootElement, Vector.Milliseconds(given.GetProperty("nowMillis")), given.OptionalText("jti"));
        foreach (JsonElement[] call in given.GetProperty("calls").EnumerateArray()
            .Select(call => call.EnumerateArray().ToArray()))
        {
            string name = call[0].GetString()!;
            JsonElement? value = call.Length > 1 ? call[1] : null;
            DateTimeOffset? Time() => value is JsonElement time && time.ValueKind != JsonValueKind.Null
                ? Vector.Milliseconds(time)
                : null;
            _ = name switch
            {
                "setClaim" => jwt.SetClaim(call[1].GetString()!, call[2]),
                "setHeader" => jwt.SetHeader(call[1].GetString()!, call[2]),
                "setIssuer" => jwt.SetIssuer(call[1].GetString()!),
                "setSubject" => jwt.SetSubject(call[1].GetString()!),
                "setJti" => jwt.SetJti(call[1].GetString()!),
                "setIssuedAt" => jwt.SetClaim("iat", call[1]), // njwt accepts any value, a Jwt only a time.
                "setExpiration" => jwt.SetExpiration(Time()),
                "setNotBefore" => jwt.SetNotBefore(Time()),
                _ => throw new AssertionException($"unknown call {name}"),
            };
        }

        using SigningKey key = SigningKey.FromBase64(given.Text("key"), leastBytes: 1);
        return new JsonObject { ["token"] = jwt.Compact(key) };
    }

    private static JsonNode RequestBodyParse(JsonElement given)
    {
        string text = given.OptionalText("text")
            ?? string.Concat(Enumerable.Repeat(given.Text("repeat"), given.GetProperty("times").GetInt32()));
        RequestBody body = RequestBody.Parse(text);
        Assert.That(RequestBody.Parse(body.ToJson()), Is.EqualTo(body));
        return JsonNode.Parse(text)!;
    }

    private static JsonNode SigningKeyFromBase64(JsonElement given)
    {
        using SigningKey key = SigningKey.FromBase64(
            given.Text("text"),
            leastBytes: given.TryGetProperty("leastBytes", out JsonElement least) ? least.GetInt32() : null);
        var header = new Dictionary<string, object?> { ["alg"] = "HS256" };
        return new JsonObject { ["signs"] = Jws.Sign(header, [], key) };
    }

    private static JsonNode TemplateParse(JsonElement given)
    {
        using Template template = Vector.Template(given.GetProperty("template"));
        return new JsonObject
        {
            ["key"] = template.Key,
            ["version"] = template.Version,
            ["fields"] = Vector.Texts(template.Fields.Select(field => field.GetProperty("key").GetString()!)),
        };
    }

    private static JsonNode TemplateRender(JsonElement given)
    {
        using Template template = Vector.Template(given.GetProperty("template"));
        Rendered rendered = template.Render(
            Vector.Dictionary(given.GetProperty("metaData")), Vector.Origin(given), given.OptionalText("requestId"));
        static JsonArray Parts(IEnumerable<Part> parts) => new(parts.Select(part =>
        {
            var node = new JsonObject { ["text"] = part.Text };
            if (part.Key is not null)
            {
                node["key"] = part.Key;
            }

            return (JsonNode)node;
        }).ToArray());
        return new JsonObject
        {
            ["title"] = rendered.Title,
            ["titleParts"] = Parts(rendered.TitleParts),
            ["text"] = rendered.Text,
            ["parts"] = Parts(rendered.Parts),
        };
    }

    private static JsonNode TextPlain(JsonElement given)
    {
        string plain = JitText.PlainText(given.Text("text"));
        Assert.That(JitText.PlainText(plain), Is.EqualTo(plain), "a second pass changes nothing");
        return new JsonObject { ["text"] = plain };
    }

    private static JsonNode TokenMint(JsonElement given)
    {
        using SigningKey key = SigningKey.FromBase64(given.Text("key"), given.OptionalText("keyId"));
        using var minter = new Minter(
            key,
            given.Text("issuer"),
            given.Text("audience"),
            given.Duration("lifetimeSeconds"),
            given.Duration("backdateSeconds"));
        DateTimeOffset? now = given.Time("now");
        string? jti = given.OptionalText("jti");
        return new JsonObject
        {
            ["token"] = given.TryGetProperty("claims", out JsonElement claims)
                ? minter.Mint(given.Text("subject"), claims, now, jti)
                : minter.Mint(given.Text("subject"), now: now, jti: jti),
        };
    }

    private static JsonNode TokenVerify(JsonElement given)
    {
        // In a vector, null means any issuer or audience.
        string? issuer = given.OptionalText("issuer");
        string[]? audiences = given.TryGetProperty("audience", out JsonElement audience)
            ? audience.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.Array => audience.EnumerateArray().Select(one => one.GetString()!).ToArray(),
                _ => [audience.GetString()!],
            }
            : null;
        var options = new VerifierOptions
        {
            Issuer = issuer,
            AnyIssuer = issuer is null,
            Audiences = audiences,
            AnyAudience = audiences is null,
            Leeway = given.Duration("leewaySeconds"),
            MaxLifetime = given.Duration("maxLifetimeSeconds"),
            RequireSubject = given.Flag("requireSubject"),
        };
        using var verifier = new Verifier(Vector.Keys(given.GetProperty("keys")), options);
        Claims claims = verifier.Verify(given.Text("token"), given.Time("now"));
        var verified = new JsonObject { ["claims"] = JsonNode.Parse(claims.Json.GetRawText()) };
        if (claims.KeyId is not null)
        {
            verified["keyId"] = claims.KeyId;
        }

        return verified;
    }
}
