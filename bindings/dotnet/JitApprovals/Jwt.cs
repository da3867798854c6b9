using System;
using System.Collections.Generic;
using System.Text.Json;
using JitApprovals.Native;

namespace JitApprovals;

/// <summary>
/// A token that is built setter by setter: byte for byte the token of njwt 2.0.1 for the same claims, clock and
/// <c>jti</c>. Several threads may use it at once.
/// </summary>
public sealed unsafe class Jwt : IDisposable
{
    private readonly JwtHandle handle;

    private Jwt(JitJwt* jwt)
    {
        handle = new JwtHandle(jwt);
    }

    /// <summary>The header.</summary>
    public JsonElement Header
    {
        get
        {
            using Borrowed<JitJwt> jwt = handle.Borrow(this);
            JitBuffer buffer;
            return Result.Json(NativeMethods.jit_jwt_header(jwt.Pointer, &buffer), buffer);
        }
    }

    /// <summary>The claims.</summary>
    public JsonElement Claims
    {
        get
        {
            using Borrowed<JitJwt> jwt = handle.Borrow(this);
            JitBuffer buffer;
            return Result.Json(NativeMethods.jit_jwt_claims(jwt.Pointer, &buffer), buffer);
        }
    }

    /// <summary>
    /// Starts a token with these claims, then <c>jti</c> and <c>iat</c>, if they are not among them, and <c>exp</c>, an
    /// hour from now.
    /// </summary>
    /// <param name="claims">The claims.</param>
    /// <param name="now">The time, by default that of the system.</param>
    /// <param name="jti">The id of the token, by default a new UUID.</param>
    /// <exception cref="JitException">A claim cannot be written.</exception>
    public static Jwt Create(
        IReadOnlyDictionary<string, object?>? claims = null,
        DateTimeOffset? now = null,
        string? jti = null)
    {
        using Arguments arguments = Arguments.Rent();
        Argument given = claims is null ? default : arguments.AddJson(claims, Values.WriteClaims);
        return Create(arguments, given, now, jti);
    }

    /// <inheritdoc cref="Create(IReadOnlyDictionary{string, object?}?, DateTimeOffset?, string?)"/>
    public static Jwt Create(JsonElement claims, DateTimeOffset? now = null, string? jti = null)
    {
        using Arguments arguments = Arguments.Rent();
        return Create(arguments, arguments.AddJson(claims, Minter.WriteElement), now, jti);
    }

    /// <summary>Sets a claim to a value that JSON can hold.</summary>
    /// <param name="name">The name of the claim.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="JitException">The value cannot be written.</exception>
    public Jwt SetClaim(string name, object? value) => Set(name, value, isClaim: true);

    /// <summary>Sets a parameter of the header to a value that JSON can hold.</summary>
    /// <param name="name">The name of the parameter.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="JitException">The value cannot be written.</exception>
    public Jwt SetHeader(string name, object? value) => Set(name, value, isClaim: false);

    /// <summary>Sets <c>iss</c>.</summary>
    /// <param name="issuer">The application.</param>
    public Jwt SetIssuer(string issuer) => SetClaim("iss", Values.Checked(issuer, nameof(issuer)));

    /// <summary>Sets <c>sub</c>.</summary>
    /// <param name="subject">The user on whose behalf the application asks.</param>
    public Jwt SetSubject(string subject) => SetClaim("sub", Values.Checked(subject, nameof(subject)));

    /// <summary>Sets <c>jti</c>.</summary>
    /// <param name="jti">The id of the token.</param>
    public Jwt SetJti(string jti) => SetClaim("jti", Values.Checked(jti, nameof(jti)));

    /// <summary>Sets <c>iat</c>.</summary>
    /// <param name="issuedAt">The time.</param>
    public Jwt SetIssuedAt(DateTimeOffset issuedAt) => SetClaim("iat", issuedAt.ToUnixTimeSeconds());

    /// <summary>Sets <c>exp</c>. Null removes it: such a token never expires, and no Verifier accepts it.</summary>
    /// <param name="expiresAt">The time.</param>
    public Jwt SetExpiration(DateTimeOffset? expiresAt)
    {
        using Borrowed<JitJwt> jwt = handle.Borrow(this);
        JitBuffer buffer;
        Result.Check(
            NativeMethods.jit_jwt_set_expiration(jwt.Pointer, Moment.OrNone(expiresAt), &buffer), buffer);
        return this;
    }

    /// <summary>Sets <c>nbf</c>. Null removes it.</summary>
    /// <param name="notBefore">The time.</param>
    public Jwt SetNotBefore(DateTimeOffset? notBefore)
    {
        using Borrowed<JitJwt> jwt = handle.Borrow(this);
        JitBuffer buffer;
        Result.Check(
            NativeMethods.jit_jwt_set_not_before(jwt.Pointer, Moment.OrNone(notBefore), &buffer), buffer);
        return this;
    }

    /// <summary>Signs the token and returns its text.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="TokenException">The token is one that no Verifier could accept, or too large.</exception>
    public string Compact(SigningKey key)
    {
        using Borrowed<JitSigningKey> borrowed = SigningKey.Given(key).Borrow();
        using Borrowed<JitJwt> jwt = handle.Borrow(this);
        JitBuffer buffer;
        return Result.Token(NativeMethods.jit_jwt_compact(jwt.Pointer, borrowed.Pointer, &buffer), buffer);
    }

    /// <summary>Frees the token.</summary>
    public void Dispose() => handle.Dispose();

    private static Jwt Create(Arguments arguments, Argument claims, DateTimeOffset? now, string? jti)
    {
        Argument id = arguments.AddOptional(jti, nameof(jti));
        long seconds = Moment.Seconds(now, TimeProvider.System);
        fixed (byte* bytes = arguments.Bytes)
        {
            JitJwt* jwt;
            JitBuffer buffer;
            uint status = NativeMethods.jit_jwt_new(claims.In(bytes), seconds, id.In(bytes), &jwt, &buffer);
            Result.Check(status, buffer);
            return new Jwt(jwt);
        }
    }

    private Jwt Set(string name, object? value, bool isClaim)
    {
        using Arguments arguments = Arguments.Rent();
        Argument member = arguments.Add(name, nameof(name));
        Argument text = arguments.AddJson((name, value), static (writer, given) =>
            Values.WriteClaim(writer, given.name, given.value));
        using Borrowed<JitJwt> jwt = handle.Borrow(this);
        fixed (byte* bytes = arguments.Bytes)
        {
            JitBuffer buffer;
            uint status = isClaim
                ? NativeMethods.jit_jwt_set_claim(jwt.Pointer, member.In(bytes), text.In(bytes), &buffer)
                : NativeMethods.jit_jwt_set_header(jwt.Pointer, member.In(bytes), text.In(bytes), &buffer);
            Result.Check(status, buffer);
            return this;
        }
    }
}
