using System;
using System.Collections.Generic;
using System.Text.Json;
using JitApprovals.Native;

namespace JitApprovals;

/// <summary>Verifies the auth tokens of one application. Several threads may use it at once.</summary>
/// <example><code>
/// using var verifier = new Verifier(key, issuer: "shop.example.com", audience: "approvals.example.com");
/// Claims claims = verifier.Verify(token);
/// </code></example>
public sealed unsafe class Verifier : IDisposable
{
    private readonly VerifierHandle handle;
    private readonly TimeProvider clock;

    /// <summary>Creates a verifier of the tokens of one issuer for one audience.</summary>
    /// <param name="key">The application's key.</param>
    /// <param name="issuer">The application (<c>iss</c>).</param>
    /// <param name="audience">This host (<c>aud</c>).</param>
    /// <param name="leeway">By how much clocks may differ: by default 1 minute.</param>
    /// <param name="maxLifetime">The maximum time until a token expires. By default there is no maximum.</param>
    /// <param name="requireSubject">Whether a token must have a <c>sub</c>.</param>
    /// <param name="clock">The clock, by default that of the system.</param>
    /// <exception cref="JitException">An argument is missing, empty or out of range.</exception>
    public Verifier(
        SigningKey key,
        string issuer,
        string audience,
        TimeSpan? leeway = null,
        TimeSpan? maxLifetime = null,
        bool requireSubject = false,
        TimeProvider? clock = null)
        : this(
            [key],
            new VerifierOptions
            {
                Issuer = Values.Checked(issuer, nameof(issuer)),
                Audiences = [audience],
                Leeway = leeway,
                MaxLifetime = maxLifetime,
                RequireSubject = requireSubject,
            },
            clock)
    {
    }

    /// <summary>Creates a verifier with several keys, for rotation, or with other options.</summary>
    /// <param name="keys">The keys. A token may be signed with any of them.</param>
    /// <param name="options">What a token must have.</param>
    /// <param name="clock">The clock, by default that of the system.</param>
    /// <exception cref="JitException">An option is missing, empty or out of range.</exception>
    public Verifier(IEnumerable<SigningKey> keys, VerifierOptions options, TimeProvider? clock = null)
    {
        this.clock = clock ?? TimeProvider.System;
        if (options is null)
        {
            throw JitException.WrongType(nameof(options), "VerifierOptions", "null");
        }

        handle = SigningKeys.Use(keys, (pointers, count) =>
        {
            using Arguments arguments = Arguments.Rent();
            Argument text = arguments.AddJson(options, static (writer, options) => options.Write(writer));
            fixed (byte* bytes = arguments.Bytes)
            {
                JitVerifier* verifier;
                JitBuffer buffer;
                uint status = NativeMethods.jit_verifier_new(pointers, count, text.In(bytes), &verifier, &buffer);
                Result.Check(status, buffer);
                return new VerifierHandle(verifier);
            }
        });
    }

    /// <summary>Verifies a token and returns its claims.</summary>
    /// <param name="token">The token, without <c>Bearer</c>.</param>
    /// <param name="now">The time, by default that of the clock.</param>
    /// <exception cref="TokenException">The token is not accepted: its code says why.</exception>
    public Claims Verify(string token, DateTimeOffset? now = null)
    {
        using Arguments arguments = Arguments.Rent();
        Argument text = arguments.Add(token, nameof(token));
        long seconds = Moment.Seconds(now, clock);
        using Borrowed<JitVerifier> verifier = handle.Borrow(this);
        fixed (byte* bytes = arguments.Bytes)
        {
            JitTimes times;
            JitBuffer keyId;
            JitBuffer buffer;
            uint status = NativeMethods.jit_verifier_verify(
                verifier.Pointer, text.In(bytes), seconds, &times, &keyId, &buffer);
            return new Claims(Result.Json(status, buffer), times, Result.Taken(keyId));
        }
    }

    /// <summary>Verifies a token and returns the origin that it proves: who asks, and on whose behalf.</summary>
    /// <param name="token">The token, without <c>Bearer</c>.</param>
    /// <param name="now">The time, by default that of the clock.</param>
    /// <exception cref="JitException">The token is not accepted, or has no subject.</exception>
    public Origin Origin(string token, DateTimeOffset? now = null)
    {
        using Arguments arguments = Arguments.Rent();
        Argument text = arguments.Add(token, nameof(token));
        long seconds = Moment.Seconds(now, clock);
        using Borrowed<JitVerifier> verifier = handle.Borrow(this);
        fixed (byte* bytes = arguments.Bytes)
        {
            JitBuffer buffer;
            uint status = NativeMethods.jit_verifier_origin(verifier.Pointer, text.In(bytes), seconds, &buffer);
            return JitApprovals.Origin.Read(Result.Json(status, buffer));
        }
    }

    /// <summary>Frees the verifier.</summary>
    public void Dispose() => handle.Dispose();
}

/// <summary>What a token must have.</summary>
public sealed record VerifierOptions
{
    /// <summary>The application (<c>iss</c>). Required, unless <see cref="AnyIssuer"/> is true.</summary>
    public string? Issuer { get; init; }

    /// <summary>Accepts any issuer. A token must still have one.</summary>
    public bool AnyIssuer { get; init; }

    /// <summary>
    /// The names of this host: a token must be for one of them (<c>aud</c>). Required, unless <see cref="AnyAudience"/>
    /// is true.
    /// </summary>
    public IReadOnlyList<string>? Audiences { get; init; }

    /// <summary>Accepts any audience. A token must still have one.</summary>
    public bool AnyAudience { get; init; }

    /// <summary>By how much clocks may differ: by default 1 minute.</summary>
    public TimeSpan? Leeway { get; init; }

    /// <summary>The maximum time until a token expires. By default there is no maximum.</summary>
    public TimeSpan? MaxLifetime { get; init; }

    /// <summary>Whether a token must have a <c>sub</c>.</summary>
    public bool RequireSubject { get; init; }

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteOptional("issuer", Issuer);
        writer.WriteBoolean("anyIssuer", AnyIssuer);
        if (Audiences is not null)
        {
            writer.WriteTexts("audience", Audiences);
        }

        writer.WriteBoolean("anyAudience", AnyAudience);
        writer.WriteSeconds("leewaySeconds", Leeway, "leeway");
        writer.WriteSeconds("maxLifetimeSeconds", MaxLifetime, "maxLifetime");
        writer.WriteBoolean("requireSubject", RequireSubject);
        writer.WriteEndObject();
    }
}
