using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using JitApprovals.Native;

namespace JitApprovals;

/// <summary>
/// Mints an application's auth tokens. Create one for each key, and use it often. Several threads may use it at once.
/// </summary>
/// <example><code>
/// using var minter = new Minter(key, issuer: "shop.example.com", audience: "approvals.example.com");
/// string token = minter.Mint("kevin");
/// </code></example>
public sealed unsafe class Minter : IDisposable
{
    private readonly MinterHandle handle;
    private readonly TimeProvider clock;

    /// <summary>Creates a minter.</summary>
    /// <param name="key">The key that signs the tokens.</param>
    /// <param name="issuer">The application's own identifier (<c>iss</c>).</param>
    /// <param name="audience">The host that receives its requests (<c>aud</c>).</param>
    /// <param name="lifetime">How long a token is valid, from 1 second to 24 hours; by default 5 minutes.</param>
    /// <param name="backdate">
    /// How far <c>nbf</c> is in the past, for verifiers with a slow clock: up to 24 hours, by default 1 minute.
    /// </param>
    /// <param name="clock">The clock, by default that of the system.</param>
    /// <exception cref="JitException">An argument is missing, empty or out of range.</exception>
    public Minter(
        SigningKey key,
        string issuer,
        string audience,
        TimeSpan? lifetime = null,
        TimeSpan? backdate = null,
        TimeProvider? clock = null)
    {
        this.clock = clock ?? TimeProvider.System;
        using Borrowed<JitSigningKey> borrowed = SigningKey.Given(key).Borrow();
        using Arguments arguments = Arguments.Rent();
        Argument options = arguments.AddJson((issuer, audience, lifetime, backdate), static (writer, given) =>
        {
            writer.WriteStartObject();
            writer.WriteText("issuer", given.issuer);
            writer.WriteText("audience", given.audience);
            writer.WriteSeconds("lifetimeSeconds", given.lifetime, "lifetime");
            writer.WriteSeconds("backdateSeconds", given.backdate, "backdate");
            writer.WriteEndObject();
        });
        fixed (byte* bytes = arguments.Bytes)
        {
            JitMinter* minter;
            JitBuffer buffer;
            Result.Check(
                NativeMethods.jit_minter_new(borrowed.Pointer, options.In(bytes), &minter, &buffer), buffer);
            handle = new MinterHandle(minter);
        }
    }

    /// <summary>
    /// Mints a token. Its claims are <c>iss</c>, <c>aud</c>, <c>sub</c>, <c>jti</c>, <c>iat</c>, <c>exp</c>, <c>nbf</c>,
    /// and then the given ones.
    /// </summary>
    /// <param name="subject">The user on whose behalf the application asks (<c>sub</c>).</param>
    /// <param name="claims">
    /// Further claims: texts, booleans, numbers, lists and dictionaries of these, and JSON values.
    /// </param>
    /// <param name="now">The time, by default that of the clock.</param>
    /// <param name="jti">The id of the token, by default a new UUID.</param>
    /// <exception cref="JitException">A claim is reserved or cannot be written, or the token is too large.</exception>
    public string Mint(
        string subject,
        IReadOnlyDictionary<string, object?>? claims = null,
        DateTimeOffset? now = null,
        string? jti = null)
    {
        using Arguments arguments = Arguments.Rent();
        Argument given = claims is null ? default : arguments.AddJson(claims, Values.WriteClaims);
        return Mint(arguments, subject, given, now, jti);
    }

    /// <inheritdoc cref="Mint(string, IReadOnlyDictionary{string, object?}?, DateTimeOffset?, string?)"/>
    public string Mint(string subject, JsonElement claims, DateTimeOffset? now = null, string? jti = null)
    {
        using Arguments arguments = Arguments.Rent();
        return Mint(arguments, subject, arguments.AddJson(claims, WriteElement), now, jti);
    }

    /// <summary>Mints a token for each subject, in order. All have the same claims and times.</summary>
    /// <param name="subjects">The subjects.</param>
    /// <param name="claims">Further claims.</param>
    /// <param name="now">The time, by default that of the clock.</param>
    /// <exception cref="JitException">As for <see cref="Mint(string, IReadOnlyDictionary{string, object?}?, DateTimeOffset?, string?)"/>.</exception>
    public IReadOnlyList<string> MintMany(
        IEnumerable<string> subjects,
        IReadOnlyDictionary<string, object?>? claims = null,
        DateTimeOffset? now = null)
    {
        using Arguments arguments = Arguments.Rent();
        Argument texts = arguments.AddJson(ValueList.Given(subjects, nameof(subjects)), static (writer, given) =>
        {
            writer.WriteStartArray();
            for (int index = 0; index < given.Count; index++)
            {
                Values.WriteText(writer, given[index], $"subjects[{index}]");
            }

            writer.WriteEndArray();
        });
        Argument more = claims is null ? default : arguments.AddJson(claims, Values.WriteClaims);
        long seconds = Moment.Seconds(now, clock);
        using Borrowed<JitMinter> minter = handle.Borrow(this);
        fixed (byte* bytes = arguments.Bytes)
        {
            JitBuffer buffer;
            uint status = NativeMethods.jit_minter_mint_many(
                minter.Pointer, texts.In(bytes), more.In(bytes), seconds, &buffer);
            return Result.Json(status, buffer).EnumerateArray().Select(token => token.GetString()!).ToArray();
        }
    }

    /// <summary>Frees the minter.</summary>
    public void Dispose() => handle.Dispose();

    internal static void WriteElement(Utf8JsonWriter writer, JsonElement claims) =>
        Values.WriteElement(writer, claims, "claims");

    private string Mint(Arguments arguments, string subject, Argument claims, DateTimeOffset? now, string? jti)
    {
        Argument sub = arguments.Add(subject, nameof(subject));
        Argument id = arguments.AddOptional(jti, nameof(jti));
        long seconds = Moment.Seconds(now, clock);
        using Borrowed<JitMinter> minter = handle.Borrow(this);
        fixed (byte* bytes = arguments.Bytes)
        {
            JitBuffer buffer;
            uint status = NativeMethods.jit_minter_mint(
                minter.Pointer, sub.In(bytes), claims.In(bytes), seconds, id.In(bytes), &buffer);
            return Result.Token(status, buffer);
        }
    }
}
