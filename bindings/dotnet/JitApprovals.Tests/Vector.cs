using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using NUnit.Framework;

namespace JitApprovals.Tests;

/// <summary>A case that no C# program can write, because its types do not allow it.</summary>
public sealed class NotExpressible(string reason) : Exception(reason);

/// <summary>Reads what vectors contain.</summary>
internal static class Vector
{
    public static string Text(this JsonElement given, string name)
    {
        JsonElement value = given.GetProperty(name);
        return value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new NotExpressible($"`{name}` is a string");
    }

    public static string? OptionalText(this JsonElement given, string name) =>
        given.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? given.Text(name)
            : null;

    public static bool Flag(this JsonElement given, string name) =>
        given.TryGetProperty(name, out JsonElement value) && value.GetBoolean();

    public static TimeSpan? Duration(this JsonElement given, string name) =>
        given.TryGetProperty(name, out JsonElement value) ? TimeSpan.FromSeconds(value.GetInt64()) : null;

    public static DateTimeOffset? Time(this JsonElement given, string name) =>
        given.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? Time(value) : null;

    public static DateTimeOffset Time(JsonElement seconds)
    {
        try
        {
            return DateTimeOffset.FromUnixTimeSeconds(seconds.GetInt64());
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new NotExpressible("a DateTimeOffset is in the years 1 to 9999");
        }
    }

    public static DateTimeOffset Milliseconds(JsonElement milliseconds) =>
        DateTimeOffset.FromUnixTimeSeconds((long)Math.Floor(milliseconds.GetDouble() / 1000));

    public static SigningKey Key(JsonElement given) => SigningKey.FromBase64(given.Text("key"), given.OptionalText("id"));

    public static SigningKey[] Keys(JsonElement given) => given.EnumerateArray().Select(Key).ToArray();

    public static JsonArray Texts(IEnumerable<string> texts) =>
        new(texts.Select(text => (JsonNode?)JsonValue.Create(text)).ToArray());

    public static Template Template(JsonElement given) => given.ValueKind == JsonValueKind.String
        ? JitApprovals.Template.Parse(given.GetString()!)
        : JitApprovals.Template.Parse(given);

    public static IReadOnlyDictionary<string, object?> Dictionary(JsonElement given) =>
        given.ValueKind == JsonValueKind.Object
            ? given.EnumerateObject().ToDictionary(member => member.Name, member => (object?)member.Value)
            : throw new NotExpressible("metadata is a dictionary");

    public static Origin Origin(JsonElement given)
    {
        if (given.ValueKind != JsonValueKind.Object)
        {
            throw new NotExpressible("an origin is an Origin");
        }

        string[] known = ["application", "subject", "company", "companyName", "claims", "device"];
        foreach (JsonProperty member in given.EnumerateObject())
        {
            bool isOther = member.Name is "template" or "metaData" or "requestId";
            if (!isOther && (!known.Contains(member.Name) || member.Value.ValueKind == JsonValueKind.Null))
            {
                throw new NotExpressible($"an Origin has no `{member.Name}`, or it cannot be null");
            }
        }

        if (!given.TryGetProperty("application", out _) || !given.TryGetProperty("subject", out _))
        {
            throw new NotExpressible("an Origin has an application and a subject");
        }

        return new Origin(given.Text("application"), given.Text("subject"))
        {
            Company = given.OptionalText("company"),
            CompanyName = given.OptionalText("companyName"),
            Claims = given.TryGetProperty("claims", out JsonElement claims)
                ? Dictionary(claims)
                : new Dictionary<string, object?>(),
            Device = given.TryGetProperty("device", out JsonElement device) ? Device(device) : null,
        };
    }

    public static ApprovalRequest Opened(JsonElement given)
    {
        using Template template = Template(given.GetProperty("template"));
        if (!given.TryGetProperty("directory", out JsonElement people))
        {
            throw new NotExpressible("`directory` is required");
        }

        JsonElement body = given.GetProperty("body");
        if (body.ValueKind == JsonValueKind.Object && !body.TryGetProperty("templateId", out _))
        {
            JsonObject named = JsonNode.Parse(body.GetRawText())!.AsObject();
            named["templateId"] = template.Key;
            body = JsonSerializer.SerializeToElement(named);
        }

        return template.Open(
            RequestBody.Parse(body),
            Origin(given.GetProperty("origin")),
            PeopleDirectory.Parse(people),
            given.Time("now"),
            given.OptionalText("id"));
    }

    public static void Take(ApprovalRequest request, JsonElement step, JsonElement opening)
    {
        DateTimeOffset? now = step.Time("at");
        switch (step.Text("do"))
        {
            case "decide":
                Decide(request, step, opening, now);
                break;
            case "cancel":
                request.Cancel(Actor(step.GetProperty("actor")), step.OptionalText("reason"), now);
                break;
            case "revoke":
                request.Revoke(Actor(step.GetProperty("actor")), step.OptionalText("reason"), now);
                break;
            case "consume":
                request.Consume(Act.Parse(step.GetProperty("act")), now);
                break;
            case "expire":
                request.Expire(now);
                break;
            default:
                throw new AssertionException($"unknown step {step}");
        }
    }

    /// <summary>Status and grant, one second after the last event.</summary>
    public static JsonObject State(ApprovalRequest request)
    {
        using JsonDocument last = JsonDocument.Parse(request.Events[^1]);
        return State(request.At(Time(last.RootElement.GetProperty("at")).AddSeconds(1)));
    }

    public static JsonObject State(RequestState state)
    {
        var node = new JsonObject { ["status"] = state.Status.ToString().ToLowerInvariant() };
        if (state.Grant is GrantState grant)
        {
            node["grant"] = grant.Status.ToString().ToLowerInvariant();
        }

        return node;
    }

    public static Head? Head(JsonElement given) => given.TryGetProperty("head", out JsonElement head)
        ? new Head(head.GetProperty("count").GetInt64(), head.Text("hash"))
        : null;

    /// <summary>Events as texts; if one of them is an object, all are JSON.</summary>
    public static (string[]? Texts, JsonElement[]? Elements) Events(JsonElement given)
    {
        JsonElement[] events = given.EnumerateArray().ToArray();
        return events.All(one => one.ValueKind == JsonValueKind.String)
            ? (events.Select(one => one.GetString()!).ToArray(), null)
            : (null, events);
    }

    private static void Decide(ApprovalRequest request, JsonElement step, JsonElement opening, DateTimeOffset? now)
    {
        PeopleDirectory? directory = step.Flag("withoutDirectory")
            ? null
            : PeopleDirectory.Parse(step.TryGetProperty("directory", out JsonElement other)
                ? other
                : opening.GetProperty("directory"));
        string? signature = step.TryGetProperty("signature", out JsonElement signed) && signed.ValueKind == JsonValueKind.Object
            ? signed.Text("text")
            : step.OptionalText("signature");
        string hash = step.OptionalText("contentHash") ?? request.ContentHash;
        Func<string, string, string?, string?, PeopleDirectory?, DateTimeOffset?, string?, bool> decide =
            step.Text("verdict") == "approve" ? request.Approve : request.Reject;
        decide(
            step.Text("approver"),
            hash,
            step.OptionalText("comment"),
            signature,
            directory,
            now,
            step.OptionalText("id"));
    }

    private static Actor Actor(JsonElement given) => Enum.TryParse(given.Text("kind"), ignoreCase: true, out ActorKind kind)
        ? new Actor(kind, given.Text("id"))
        : throw new NotExpressible("an actor's kind is an ActorKind");

    private static Device Device(JsonElement given) => given.EnumerateObject().Any(IsNull) ? throw NullDevice() : new()
    {
        UserAgent = given.OptionalText("userAgent"),
        Brands = given.OptionalText("brands"),
        Platform = given.OptionalText("platform"),
        Location = given.TryGetProperty("location", out JsonElement location)
            ? new Location(location.GetProperty("lat").GetDouble(), location.GetProperty("lon").GetDouble())
            : null,
    };

    private static bool IsNull(JsonProperty member) => member.Value.ValueKind == JsonValueKind.Null;

    private static NotExpressible NullDevice() => new("null of a Device means that it is not given");
}
