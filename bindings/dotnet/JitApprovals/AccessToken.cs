using System;
using System.Collections.Generic;
using System.Text.Json;
using JitApprovals.Native;

namespace JitApprovals;

/// <summary>What an access token says: which application holds which grant of which request.</summary>
/// <param name="Issuer"><c>iss</c>: the host that issued the grant.</param>
/// <param name="Application"><c>aud</c>: the application that made the request.</param>
/// <param name="Subject"><c>sub</c>: the user on whose behalf the application made the request.</param>
/// <param name="GrantId"><c>jti</c>: the id of the grant.</param>
/// <param name="ExpiresAt"><c>exp</c>: when the grant expires.</param>
/// <param name="ApprovalRequestId">The id of the approved request.</param>
/// <param name="TemplateId">The key of the request's template.</param>
/// <param name="ContentHash">The content hash of what the approver saw.</param>
public sealed record AccessToken(
    string Issuer,
    string Application,
    string Subject,
    string GrantId,
    DateTimeOffset ExpiresAt,
    string ApprovalRequestId,
    string TemplateId,
    string ContentHash)
{
    /// <summary>Signs the token and returns its text.</summary>
    /// <param name="key">The application's key.</param>
    /// <exception cref="JitException">A member is not accepted.</exception>
    public unsafe string Sign(SigningKey key)
    {
        using Arguments arguments = Arguments.Rent();
        Argument record = arguments.AddJson(this, static (writer, token) => token.Write(writer));
        using Borrowed<JitSigningKey> borrowed = SigningKey.Given(key).Borrow();
        fixed (byte* bytes = arguments.Bytes)
        {
            JitBuffer buffer;
            uint status = NativeMethods.jit_access_token_sign(record.In(bytes), borrowed.Pointer, &buffer);
            return Result.Token(status, buffer);
        }
    }

    /// <summary>Returns the JSON text of the record. Times are Unix seconds.</summary>
    public string ToJson() => Json.Write(Write);

    internal static AccessToken Read(JsonElement record) => new(
        record.Text("issuer"),
        record.Text("application"),
        record.Text("subject"),
        record.Text("grantId"),
        record.Time("expiresAt"),
        record.Text("approvalRequestId"),
        record.Text("templateId"),
        record.Text("contentHash"));

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteText("issuer", Issuer);
        writer.WriteText("application", Application);
        writer.WriteText("subject", Subject);
        writer.WriteText("grantId", GrantId);
        writer.WriteNumber("expiresAt", ExpiresAt.ToUnixTimeSeconds());
        writer.WriteText("approvalRequestId", ApprovalRequestId);
        writer.WriteText("templateId", TemplateId);
        writer.WriteText("contentHash", ContentHash);
        writer.WriteEndObject();
    }
}

/// <summary>
/// Verifies access tokens, and no other tokens: those for the grants that a host gave to an application. That a grant was
/// neither used nor revoked, only consuming it proves.
/// </summary>
public sealed unsafe class AccessTokenVerifier : IDisposable
{
    private readonly AccessTokenVerifierHandle handle;
    private readonly TimeProvider clock;

    /// <summary>Creates a verifier.</summary>
    /// <param name="key">The application's key.</param>
    /// <param name="issuer">The host that issues the grants.</param>
    /// <param name="application">The application.</param>
    /// <param name="leeway">By how much clocks may differ: by default not at all.</param>
    /// <param name="clock">The clock, by default that of the system.</param>
    /// <exception cref="JitException">An argument is missing, empty or out of range.</exception>
    public AccessTokenVerifier(
        SigningKey key,
        string issuer,
        string application,
        TimeSpan? leeway = null,
        TimeProvider? clock = null)
        : this([key], issuer, application, leeway, clock)
    {
    }

    /// <summary>Creates a verifier with several keys, for rotation.</summary>
    /// <param name="keys">The keys. A token may be signed with any of them.</param>
    /// <param name="issuer">The host that issues the grants.</param>
    /// <param name="application">The application.</param>
    /// <param name="leeway">By how much clocks may differ: by default not at all.</param>
    /// <param name="clock">The clock, by default that of the system.</param>
    /// <exception cref="JitException">An argument is missing, empty or out of range.</exception>
    public AccessTokenVerifier(
        IEnumerable<SigningKey> keys,
        string issuer,
        string application,
        TimeSpan? leeway = null,
        TimeProvider? clock = null)
    {
        this.clock = clock ?? TimeProvider.System;
        handle = SigningKeys.Use(keys, (pointers, count) =>
        {
            using Arguments arguments = Arguments.Rent();
            Argument options = arguments.AddJson((issuer, application, leeway), static (writer, given) =>
            {
                writer.WriteStartObject();
                writer.WriteText("issuer", given.issuer);
                writer.WriteText("application", given.application);
                writer.WriteSeconds("leewaySeconds", given.leeway, "leeway");
                writer.WriteEndObject();
            });
            fixed (byte* bytes = arguments.Bytes)
            {
                JitAccessTokenVerifier* verifier;
                JitBuffer buffer;
                uint status = NativeMethods.jit_access_token_verifier_new(
                    pointers, count, options.In(bytes), &verifier, &buffer);
                Result.Check(status, buffer);
                return new AccessTokenVerifierHandle(verifier);
            }
        });
    }

    /// <summary>Verifies an access token and returns what it says.</summary>
    /// <param name="token">The token.</param>
    /// <param name="now">The time, by default that of the clock.</param>
    /// <exception cref="TokenException">The token is not accepted: its code says why.</exception>
    public AccessToken Verify(string token, DateTimeOffset? now = null)
    {
        using Arguments arguments = Arguments.Rent();
        Argument text = arguments.Add(token, nameof(token));
        long seconds = Moment.Seconds(now, clock);
        using Borrowed<JitAccessTokenVerifier> verifier = handle.Borrow(this);
        fixed (byte* bytes = arguments.Bytes)
        {
            JitBuffer buffer;
            uint status = NativeMethods.jit_access_token_verifier_verify(
                verifier.Pointer, text.In(bytes), seconds, &buffer);
            return AccessToken.Read(Result.Json(status, buffer));
        }
    }

    /// <summary>Frees the verifier.</summary>
    public void Dispose() => handle.Dispose();
}
