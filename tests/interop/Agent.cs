// Answers the questions of the interop tests with the .NET library: see tests/interop/README.md.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using JitApprovals;

var options = new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
while (Console.ReadLine() is string line)
{
    using JsonDocument document = JsonDocument.Parse(line);
    JsonElement given = document.RootElement;
    var answer = new JsonObject();
    try
    {
        answer["ok"] = Agent.Run(given.GetProperty("operation").GetString()!, given);
    }
    catch (JitException error)
    {
        var shown = new JsonObject { ["code"] = error.CodeName, ["message"] = error.Message };
        if (error.Field is not null)
        {
            shown["field"] = error.Field;
        }

        if (error.Line is not null)
        {
            shown["line"] = error.Line;
            shown["column"] = error.Column;
        }

        answer["error"] = shown;
    }

    Console.WriteLine(answer.ToJsonString(options));
}

internal static class Agent
{
    private const string Record = """
        {
            "approvalType": "approve", "templateName": "Refund", "approvalKey": "REFUND", "approvalTitle": "Refund?",
            "approvalData": "Refund $(amount).", "defaultApprovers": ["ann@example.com"],
            "metadata": [{"key": "amount", "type": "number"}]
        }
        """;

    private static readonly Origin ShopOrigin = new("shop", "kevin");

    /// <summary>A mistake that the types of C# do not allow.</summary>
    private static readonly Action NotExpressible = () => { };

    private static readonly Dictionary<string, Action> Mistakes = new()
    {
        ["keyTooShort"] = () => SigningKey.FromBase64("AAAA"),
        ["keyNotBase64"] = () => SigningKey.FromBase64(new string('*', 44)),
        ["keyMissing"] = () => SigningKey.FromBase64((string)null!),
        ["issuerOfAnotherType"] = NotExpressible,
        ["issuerEmpty"] = () => _ = new Minter(GoodKey(), issuer: "", audience: "host"),
        ["lifetimeTooLong"] = () => _ = new Minter(GoodKey(), "shop", "host", lifetime: TimeSpan.FromSeconds(90_000)),
        ["subjectNull"] = () => GoodMinter().Mint(null!),
        ["reservedClaim"] = () => GoodMinter().Mint("kevin", new Dictionary<string, object?> { ["sub"] = "eve" }),
        ["claimNotFinite"] = () => GoodMinter().Mint("kevin", new Dictionary<string, object?> { ["a"] = double.NaN }),
        ["issuerAndAny"] = () => _ = new Verifier(
            [GoodKey()], new VerifierOptions { Issuer = "shop", AnyIssuer = true, Audiences = ["host"] }),
        ["issuerLeftOut"] = () => _ = new Verifier([GoodKey()], new VerifierOptions { Audiences = ["host"] }),
        ["audiencesEmpty"] = () => _ = new Verifier([GoodKey()], new VerifierOptions { Issuer = "shop", Audiences = [] }),
        ["tokenMalformed"] = () => new Verifier(GoodKey(), "shop", "host").Verify("no token"),
        ["templateUnknownMember"] = () => Template.Parse(Changed("approvalTittle", "x")),
        ["templateUndeclared"] = () => Template.Parse(Changed("approvalData", "$(price)")),
        ["amountAsFloat"] = () => Render("amount", 12.5),
        ["amountNull"] = () => Render("amount", null),
        ["unknownField"] = () => Render("amuont", "5"),
        ["hiddenCharacter"] = () => Render("amount", "5\u202e"),
        ["directoryWithoutPeople"] = () => PeopleDirectory.Parse("{}"),
        ["personWithoutActive"] = () => PeopleDirectory.Parse("""{"people": [{"email": "ann@example.com"}]}"""),
        ["notEligible"] = () =>
        {
            ApprovalRequest one = Opened();
            one.Approve("bob@example.com", one.ContentHash);
        },
        ["otherHash"] = () => Opened().Approve("ann@example.com", new string('0', 64)),
        ["hashMalformed"] = () => Opened().Approve("ann@example.com", "abc"),
        ["noGrant"] = () => Opened().Consume(new Act { MetaData = Amount("5") }),
        ["actorNotAllowed"] = () => Opened().Cancel(Actor.Application("other")),
        ["noEvents"] = () => ApprovalRequest.Restore(Array.Empty<string>()),
        ["eventNotCanonical"] = () => ApprovalRequest.Restore(Opened().Events.Select(text => " " + text)),
    };

    public static JsonNode? Run(string operation, JsonElement given)
    {
        switch (operation)
        {
            case "mint":
            {
                using SigningKey key = Key(given);
                using var minter = new Minter(key, Text(given, "issuer"), Text(given, "audience"));
                using JsonDocument claims = JsonDocument.Parse(Text(given, "claims"));
                return minter.Mint(Text(given, "subject"), claims.RootElement, Now(given), Text(given, "jti"));
            }

            case "verify":
            {
                using Verifier verifier = Verifier(given);
                return verifier.Verify(Text(given, "token"), Now(given)).Json.GetRawText();
            }

            case "origin":
            {
                using Verifier verifier = Verifier(given);
                Origin origin = verifier.Origin(Text(given, "token"), Now(given));
                return JsonSerializer.Serialize(new
                {
                    application = origin.Application,
                    subject = origin.Subject,
                    company = origin.Company,
                    companyName = origin.CompanyName,
                    claims = origin.Claims,
                });
            }

            case "open":
            {
                using Template template = Template.Parse(Text(given, "template"));
                using JsonDocument from = JsonDocument.Parse(Text(given, "origin"));
                var origin = new Origin(Text(from.RootElement, "application"), Text(from.RootElement, "subject"))
                {
                    Claims = from.RootElement.TryGetProperty("claims", out JsonElement claims)
                        ? claims.EnumerateObject().ToDictionary(claim => claim.Name, claim => (object?)claim.Value)
                        : new Dictionary<string, object?>(),
                };
                using ApprovalRequest request = template.Open(
                    RequestBody.Parse(Text(given, "body")), origin, Directory(given)!, Now(given), Text(given, "id"));
                return new JsonObject
                {
                    ["events"] = Texts(request.Events),
                    ["contentHash"] = request.ContentHash,
                    ["text"] = request.Text,
                };
            }

            case "decide":
            {
                using ApprovalRequest request = Restored(given);
                string approver = Text(given, "approver");
                (string? comment, string? id) = (Optional(given, "comment"), Optional(given, "id"));
                if (Text(given, "verdict") == "approve")
                {
                    request.Approve(approver, request.ContentHash, comment, null, Directory(given), Now(given), id);
                }
                else
                {
                    request.Reject(approver, request.ContentHash, comment, null, Directory(given), Now(given), id);
                }

                return Texts(request.Events);
            }

            case "consume":
            {
                using ApprovalRequest request = Restored(given);
                request.Consume(Act.Parse(Text(given, "act")), Now(given));
                return Texts(request.Events);
            }

            case "accessToken":
            {
                using SigningKey key = Key(given);
                using ApprovalRequest request = Restored(given);
                return request.AccessToken(Text(given, "issuer"), key, Now(given));
            }

            case "verifyAccess":
            {
                using SigningKey key = Key(given);
                using var access = new AccessTokenVerifier(key, Text(given, "issuer"), Text(given, "application"));
                return access.Verify(Text(given, "token"), Now(given)).ToJson();
            }

            case "verifyChain":
            {
                ChainReport report = ApprovalRequest.VerifyChain(Events(given));
                return new JsonObject { ["count"] = report.Count, ["complete"] = report.Complete };
            }

            case "plainText":
                return JitText.PlainText(Text(given, "text"));
            case "surface":
                return Texts(Surface());
            case "mistake":
                Action mistake = Mistakes[Text(given, "name")];
                mistake();
                return mistake == NotExpressible ? "not expressible" : null;
            default:
                throw new ArgumentException($"unknown operation {operation}");
        }
    }

    private static IEnumerable<string> Surface()
    {
        Type[] classes =
        [
            typeof(SigningKey), typeof(Minter), typeof(Verifier), typeof(Jwt), typeof(Template), typeof(ApprovalRequest),
            typeof(AccessTokenVerifier), typeof(UnverifiedToken), typeof(Jws), typeof(JitText), typeof(Catalogue),
        ];
        const BindingFlags Own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (Type type in classes)
        {
            foreach (MemberInfo member in type.GetMembers(Own))
            {
                bool isMethod = member is MethodInfo { IsSpecialName: false } && member.Name != "ToString";
                if (isMethod || member is PropertyInfo)
                {
                    yield return type == typeof(JitText) ? member.Name : $"{type.Name}.{member.Name}";
                }
            }
        }

        yield return $"AccessToken.{nameof(AccessToken.Sign)}";
        yield return $"AccessToken.{nameof(AccessToken.ToJson)}";
    }

    private static string Text(JsonElement given, string name) => given.GetProperty(name).GetString()!;

    private static string? Optional(JsonElement given, string name) =>
        given.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static DateTimeOffset Now(JsonElement given) =>
        DateTimeOffset.FromUnixTimeSeconds(given.GetProperty("now").GetInt64());

    private static SigningKey Key(JsonElement given) => SigningKey.FromBase64(Text(given, "key"));

    private static Verifier Verifier(JsonElement given)
    {
        using SigningKey key = Key(given);
        return new Verifier(key, Text(given, "issuer"), Text(given, "audience"));
    }

    private static IEnumerable<string> Events(JsonElement given) =>
        given.GetProperty("events").EnumerateArray().Select(text => text.GetString()!);

    private static ApprovalRequest Restored(JsonElement given) => ApprovalRequest.Restore(Events(given));

    private static PeopleDirectory? Directory(JsonElement given) =>
        Optional(given, "directory") is string people ? PeopleDirectory.Parse(people) : null;

    private static JsonArray Texts(IEnumerable<string> texts) =>
        new(texts.Select(text => (JsonNode?)JsonValue.Create(text)).ToArray());

    private static SigningKey GoodKey() => SigningKey.FromBase64(new string('A', 44));

    private static Minter GoodMinter() => new(GoodKey(), "shop", "host");

    private static Dictionary<string, object?> Amount(object? amount) => new() { ["amount"] = amount };

    private static string Changed(string member, string value)
    {
        JsonObject record = JsonNode.Parse(Record)!.AsObject();
        record[member] = value;
        return record.ToJsonString();
    }

    private static void Render(string key, object? value) =>
        Template.Parse(Record).Render(new Dictionary<string, object?> { [key] = value }, ShopOrigin);

    private static ApprovalRequest Opened() => Template.Parse(Record)
        .Open(new RequestBody { MetaData = Amount("5") }, ShopOrigin, PeopleDirectory.Everyone());
}
