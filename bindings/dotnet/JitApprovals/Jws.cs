using System;
using System.Collections.Generic;
using System.Text.Json;
using JitApprovals.Native;

namespace JitApprovals;

/// <summary>JWS in compact form (RFC 7515) with HS256: tokens are built on it.</summary>
public sealed unsafe class Jws
{
    private Jws(JsonElement header, byte[] payload)
    {
        Header = header;
        Payload = payload;
    }

    /// <summary>The header.</summary>
    public JsonElement Header { get; }

    /// <summary>What was signed: any bytes.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>Signs a payload with a header.</summary>
    /// <param name="header">The header. Its <c>alg</c> is <c>HS256</c>.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="key">The key.</param>
    /// <exception cref="JitException">The header is one that no verifier accepts, or the token is too large.</exception>
    public static string Sign(IReadOnlyDictionary<string, object?> header, ReadOnlySpan<byte> payload, SigningKey key)
    {
        if (header is null)
        {
            throw JitException.WrongType(nameof(header), "a dictionary", "null");
        }

        using Arguments arguments = Arguments.Rent();
        Argument text = arguments.AddJson(header, Values.WriteClaims);
        Argument content = arguments.Add(payload);
        using Borrowed<JitSigningKey> borrowed = SigningKey.Given(key).Borrow();
        fixed (byte* bytes = arguments.Bytes)
        {
            JitBuffer buffer;
            uint status = NativeMethods.jit_jws_sign(
                borrowed.Pointer, text.In(bytes), content.In(bytes), &buffer);
            return Result.Token(status, buffer);
        }
    }

    /// <summary>Verifies a JWS.</summary>
    /// <param name="token">The token.</param>
    /// <param name="keys">The keys. The token may be signed with any of them.</param>
    /// <exception cref="TokenException">The token is malformed, or none of the keys signed it.</exception>
    public static Jws Verify(string token, params SigningKey[] keys) => SigningKeys.Use(keys, (pointers, count) =>
    {
        using Arguments arguments = Arguments.Rent();
        Argument text = arguments.Add(token, nameof(token));
        fixed (byte* bytes = arguments.Bytes)
        {
            JitBuffer header;
            JitBuffer buffer;
            uint status = NativeMethods.jit_jws_verify(pointers, count, text.In(bytes), &header, &buffer);
            byte[] payload = Result.Bytes(status, buffer);
            return new Jws(Result.Json(0, header), payload);
        }
    });
}
