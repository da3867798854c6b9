using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using JitApprovals.Native;

namespace JitApprovals;

/// <summary>
/// An HS256 signing key. Its bytes are in native memory, and no member returns them. They are cleared when the key is
/// disposed, and when the last minter or verifier that uses it is.
/// </summary>
[DebuggerDisplay("SigningKey {Id}")]
public sealed unsafe class SigningKey : IDisposable
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly SigningKeyHandle handle;

    private SigningKey(JitSigningKey* key)
    {
        handle = new SigningKeyHandle(key);
        using Borrowed<JitSigningKey> borrowed = handle.Borrow(this);
        JitBuffer buffer;
        Id = Result.OptionalText(NativeMethods.jit_signing_key_id(borrowed.Pointer, &buffer), buffer);
    }

    /// <summary>The id of the key: tokens that are minted with it have it as their <c>kid</c>.</summary>
    public string? Id { get; }

    /// <summary>Creates a key from 32 bytes of the system's generator. To keep a key, see <see cref="GenerateBase64"/>.</summary>
    /// <param name="id">The id of the key.</param>
    public static SigningKey Generate(string? id = null)
    {
        using Arguments arguments = Arguments.Rent();
        Argument given = arguments.AddOptional(id, nameof(id));
        fixed (byte* bytes = arguments.Bytes)
        {
            JitSigningKey* key;
            JitBuffer buffer;
            Result.Check(NativeMethods.jit_signing_key_generate(given.In(bytes), &key, &buffer), buffer);
            return new SigningKey(key);
        }
    }

    /// <summary>Returns the base64 text of a new key: 32 bytes of the system's generator. Keep it like a password.</summary>
    public static string GenerateBase64()
    {
        JitBuffer buffer;
        return Result.Text(NativeMethods.jit_signing_key_generate_base64(&buffer), buffer);
    }

    /// <summary>
    /// Reads a key from base64 text, in the standard or the URL-safe alphabet, padded or not. White space is ignored.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="id">The id of the key.</param>
    /// <param name="leastBytes">The minimum number of bytes, by default 32 (RFC 7518 section 3.2). 0 counts as 1.</param>
    /// <exception cref="JitException">The text is not base64, or the key is too short.</exception>
    public static SigningKey FromBase64(string text, string? id = null, int? leastBytes = null)
    {
        if (text is null)
        {
            throw JitException.WrongType(
                nameof(text), "a string", "null: is the environment variable with the key set?");
        }

        return FromBase64(text.AsSpan(), id, leastBytes);
    }

    /// <summary>Reads a key from base64 text that the caller can clear.</summary>
    /// <inheritdoc cref="FromBase64(string, string?, int?)"/>
    public static SigningKey FromBase64(ReadOnlySpan<char> text, string? id = null, int? leastBytes = null)
    {
        if (text.Length > Arguments.MostBytes)
        {
            throw Arguments.TooLarge(nameof(text));
        }

        // The collector must not move the text, which would leave a copy.
        byte[] bytes = GC.AllocateUninitializedArray<byte>(Encoding.UTF8.GetMaxByteCount(text.Length), pinned: true);
        try
        {
            int count = Encoding.UTF8.GetBytes(text, bytes);
            return Read(bytes.AsSpan(0, count), id, leastBytes, isBase64: true);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Creates a key from its bytes, which are copied.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="id">The id of the key.</param>
    /// <param name="leastBytes">The minimum number of bytes, by default 32 (RFC 7518 section 3.2). 0 counts as 1.</param>
    /// <exception cref="JitException">The key is too short.</exception>
    public static SigningKey FromBytes(ReadOnlySpan<byte> bytes, string? id = null, int? leastBytes = null) =>
        Read(bytes, id, leastBytes, isBase64: false);

    /// <summary>Frees the key and clears its memory.</summary>
    public void Dispose() => handle.Dispose();

    /// <summary>Returns the name of the class and the key's id.</summary>
    public override string ToString() => Id is null ? "SigningKey" : $"SigningKey {Id}";

    internal Borrowed<JitSigningKey> Borrow() => handle.Borrow(this);

    /// <summary>Keeps the key from being freed until it is given back, and returns its pointer.</summary>
    internal nint Take() => (nint)handle.Borrow(this).Pointer;

    /// <summary>Gives the key back.</summary>
    internal void GiveBack() => handle.DangerousRelease();

    /// <summary>Checks that a key is given.</summary>
    internal static SigningKey Given(SigningKey? key) =>
        key ?? throw JitException.WrongType("key", "a SigningKey", "null");

    private static SigningKey Read(ReadOnlySpan<byte> content, string? id, int? leastBytes, bool isBase64)
    {
        if (leastBytes < 0)
        {
            throw JitException.Of(
                ErrorCode.OutOfRange, "`leastBytes` must be between 0 and 2147483647", nameof(leastBytes));
        }

        using Arguments arguments = Arguments.Rent();
        Argument given = arguments.AddOptional(id, nameof(id));
        long least = leastBytes ?? -1;
        JitSigningKey* key;
        JitBuffer buffer;
        byte none = 0;
        fixed (byte* bytes = arguments.Bytes)
        fixed (byte* data = content)
        {
            // An empty span has no pointer, but the text is given.
            var slice = new JitSlice { data = data == null ? &none : data, length = (nuint)content.Length };
            Result.Check(
                isBase64
                    ? NativeMethods.jit_signing_key_from_base64(slice, least, given.In(bytes), &key, &buffer)
                    : NativeMethods.jit_signing_key_from_bytes(slice, least, given.In(bytes), &key, &buffer),
                buffer);
        }

        return new SigningKey(key);
    }
}

/// <summary>Several keys while a call uses them.</summary>
internal static unsafe class SigningKeys
{
    /// <summary>A call that takes the pointers of several keys.</summary>
    public delegate T Call<T>(JitSigningKey** keys, nuint count);

    /// <summary>Keeps the keys from being freed during the call.</summary>
    public static T Use<T>(IEnumerable<SigningKey> given, Call<T> call)
    {
        SigningKey[] keys = (given ?? throw JitException.WrongType("keys", "a list of SigningKey", "null")).ToArray();
        // One more, so that no key has a pointer, too.
        var pointers = new nint[keys.Length + 1];
        int taken = 0;
        try
        {
            foreach (SigningKey key in keys)
            {
                if (key is null)
                {
                    throw JitException.WrongType($"keys[{taken}]", "a SigningKey", "null");
                }

                pointers[taken] = key.Take();
                taken++;
            }

            fixed (nint* first = pointers)
            {
                return call((JitSigningKey**)first, (nuint)keys.Length);
            }
        }
        finally
        {
            foreach (SigningKey key in keys.Take(taken))
            {
                key.GiveBack();
            }
        }
    }
}
