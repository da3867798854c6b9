using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using JitApprovals.Native;

namespace JitApprovals;

/// <summary>The claims of a verified token.</summary>
public sealed class Claims : IEquatable<Claims>
{
    private readonly JitTimes times;

    internal Claims(JsonElement json, JitTimes times, string? keyId)
    {
        Json = json;
        this.times = times;
        KeyId = keyId;
    }

    /// <summary>All claims.</summary>
    public JsonElement Json { get; }

    /// <summary>The id of the key that signed the token, if that key has one.</summary>
    public string? KeyId { get; }

    /// <summary><c>iss</c>: the application that minted the token.</summary>
    public string? Issuer => Text("iss");

    /// <summary><c>sub</c>: the user on whose behalf the application asks.</summary>
    public string? Subject => Text("sub");

    /// <summary><c>jti</c>: the id of the token.</summary>
    public string? Id => Text("jti");

    /// <summary><c>aud</c>: whom the token is for, one or several.</summary>
    public IReadOnlyList<string> Audiences => Json.TryGetProperty("aud", out JsonElement audience)
        ? audience.ValueKind == JsonValueKind.Array
            ? audience.EnumerateArray().Select(one => one.GetString()!).ToArray()
            : [audience.GetString()!]
        : [];

    /// <summary>
    /// <c>exp</c>: from this time on the token is not accepted. A fraction of a second is rounded up, and a time after the
    /// year 9999 is its end.
    /// </summary>
    public DateTimeOffset ExpiresAt => Moment.Clamped(times.expires_at);

    /// <summary><c>nbf</c>: before this time the token is not accepted.</summary>
    public DateTimeOffset? NotBefore => Moment.OrNull(times.not_before);

    /// <summary><c>iat</c>: when the token was minted.</summary>
    public DateTimeOffset? IssuedAt => Moment.OrNull(times.issued_at);

    /// <summary>Compares the texts of the claims, and the ids of the keys.</summary>
    public static bool operator ==(Claims? one, Claims? other) => Equals(one, other);

    /// <summary>Compares the texts of the claims, and the ids of the keys.</summary>
    public static bool operator !=(Claims? one, Claims? other) => !Equals(one, other);

    /// <summary>Returns a claim that is a text, or null if there is none.</summary>
    /// <param name="name">The name of the claim.</param>
    public string? Text(string name) =>
        Json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>Compares the texts of the claims, and the ids of the keys.</summary>
    public bool Equals(Claims? other) =>
        other is not null && KeyId == other.KeyId && Json.GetRawText() == other.Json.GetRawText();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Claims);

    /// <inheritdoc/>
    public override int GetHashCode() => Json.GetRawText().GetHashCode();

    /// <summary>Returns the JSON text of the claims.</summary>
    public override string ToString() => Json.GetRawText();
}

/// <summary>What a token says before anything is verified: for choosing a key, and nothing else.</summary>
public sealed class UnverifiedToken
{
    private UnverifiedToken(JsonElement record)
    {
        Issuer = record.OptionalText("issuer");
        KeyId = record.OptionalText("keyId");
        Header = record.GetProperty("header");
        Claims = record.GetProperty("claims");
    }

    /// <summary><c>iss</c>, which anybody can write.</summary>
    public string? Issuer { get; }

    /// <summary>The header's <c>kid</c>, which anybody can write.</summary>
    public string? KeyId { get; }

    /// <summary>The header.</summary>
    public JsonElement Header { get; }

    /// <summary>The claims, which nobody has verified.</summary>
    public JsonElement Claims { get; }

    /// <summary>Reads a token without verifying it.</summary>
    /// <param name="token">The token.</param>
    /// <exception cref="TokenException">The text is not a token.</exception>
    public static unsafe UnverifiedToken Parse(string token)
    {
        using Arguments arguments = Arguments.Rent();
        Argument text = arguments.Add(token, nameof(token));
        fixed (byte* bytes = arguments.Bytes)
        {
            JitBuffer buffer;
            uint status = NativeMethods.jit_unverified_token(text.In(bytes), &buffer);
            return new UnverifiedToken(Result.Json(status, buffer));
        }
    }
}
