using System;
using System.Collections.Generic;
using System.Text.Json;

namespace JitApprovals;

/// <summary>What an approver sees. Text, never markup. Joined, the parts are the title and the text.</summary>
/// <param name="Title">The title: one line.</param>
/// <param name="TitleParts">The title in parts.</param>
/// <param name="Text">The text.</param>
/// <param name="Parts">The text in parts.</param>
public sealed record Rendered(
    string Title,
    IReadOnlyList<Part> TitleParts,
    string Text,
    IReadOnlyList<Part> Parts)
{
    internal static Rendered Read(JsonElement record) => new(
        record.Text("title"),
        record.List("titleParts", Part.Read),
        record.Text("text"),
        record.List("parts", Part.Read));
}

/// <summary>
/// A part of a shown text. A page must isolate each part (<c>&lt;bdi&gt;</c> in HTML): otherwise right-to-left letters
/// reorder the digits next to them.
/// </summary>
/// <param name="Text">The text of the part.</param>
/// <param name="Key">The key of the placeholder that this part replaces; null for the template's own words.</param>
public sealed record Part(string Text, string? Key)
{
    internal static Part Read(JsonElement record) => new(record.Text("text"), record.OptionalText("key"));
}

/// <summary>The status of a request and its grant at a time.</summary>
/// <param name="Status">The status of the request.</param>
/// <param name="Grant">The grant; null if the request was not approved.</param>
public sealed record RequestState(RequestStatus Status, GrantState? Grant)
{
    internal static RequestState Read(JsonElement record) => new(
        record.Choice<RequestStatus>("status"),
        record.TryGetProperty("grant", out JsonElement grant) ? GrantState.Read(grant) : null);
}

/// <summary>A grant.</summary>
/// <param name="Id">Its id: a UUID.</param>
/// <param name="Status">Its status.</param>
/// <param name="IssuedAt">When the request was approved.</param>
/// <param name="ExpiresAt">From this time on it cannot be used.</param>
/// <param name="ConsumedAt">When it was used; null if it was not.</param>
public sealed record GrantState(
    string Id,
    GrantStatus Status,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? ConsumedAt)
{
    internal static GrantState Read(JsonElement record) => new(
        record.Text("id"),
        record.Choice<GrantStatus>("status"),
        record.Time("issuedAt"),
        record.Time("expiresAt"),
        record.OptionalTime("consumedAt"));
}

/// <summary>A stage: who may decide, how many must, and what they decided.</summary>
/// <param name="Name">Its name, if it has one.</param>
/// <param name="Required">How many different people must approve.</param>
/// <param name="Approvers">The emails of those who may decide.</param>
/// <param name="Decisions">The decisions, in order.</param>
public sealed record StageState(
    string? Name,
    int Required,
    IReadOnlyList<string> Approvers,
    IReadOnlyList<DecisionState> Decisions)
{
    internal static StageState Read(JsonElement record) => new(
        record.OptionalText("name"),
        record.GetProperty("required").GetInt32(),
        record.Texts("approvers"),
        record.List("decisions", DecisionState.Read));
}

/// <summary>A decision of an approver.</summary>
/// <param name="Approver">The approver's email.</param>
/// <param name="Verdict">The decision.</param>
/// <param name="Comment">A comment, if there is one.</param>
/// <param name="Signature">The signature, if there is one.</param>
/// <param name="DecidedAt">The time.</param>
public sealed record DecisionState(
    string Approver,
    Verdict Verdict,
    string? Comment,
    string? Signature,
    DateTimeOffset DecidedAt)
{
    internal static DecisionState Read(JsonElement record) => new(
        record.Text("approver"),
        record.Choice<Verdict>("verdict"),
        record.OptionalText("comment"),
        record.OptionalText("signature"),
        record.Time("decidedAt"));
}

/// <summary>How many events a request has, and the hash of the last.</summary>
/// <param name="Count">The number of events.</param>
/// <param name="Hash">The hash, in hexadecimal.</param>
public sealed record Head(long Count, string Hash)
{
    internal static Head Read(JsonElement record) => new(record.GetProperty("count").GetInt64(), record.Text("hash"));
}

/// <summary>What a chain of events proves.</summary>
/// <param name="Count">The number of events.</param>
/// <param name="Complete">Whether the end is proven: true only if a head was given.</param>
public sealed record ChainReport(long Count, bool Complete)
{
    internal static ChainReport Read(JsonElement record) =>
        new(record.GetProperty("count").GetInt64(), record.GetProperty("complete").GetBoolean());
}
