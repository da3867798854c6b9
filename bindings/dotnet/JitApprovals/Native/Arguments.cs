using System;
using System.Buffers;
using System.Text;
using System.Text.Json;

namespace JitApprovals.Native;

/// <summary>
/// The arguments of one call, as UTF-8 in one buffer. Each thread keeps a buffer for its next call, so that a call
/// allocates nothing. Code of the user that runs while arguments are written may make calls of its own: those get another
/// buffer.
/// </summary>
internal sealed class Arguments : IBufferWriter<byte>, IDisposable
{
    /// <summary>The most bytes of one argument. The native library has lower limits for most.</summary>
    public const int MostBytes = 64 << 20;

    /// <summary>A buffer that has grown larger is not kept.</summary>
    private const int MostKept = 1 << 16;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    [ThreadStatic]
    private static Arguments? kept;

    private readonly Utf8JsonWriter writer;
    private byte[] bytes = new byte[4096];
    private int count;

    /// <summary>Where the argument begins that is being added.</summary>
    private int begun;

    private Arguments()
    {
        writer = new Utf8JsonWriter(this, Values.Options);
    }

    /// <summary>The bytes. They move when an argument is added.</summary>
    public ReadOnlySpan<byte> Bytes => bytes;

    public static Arguments Rent()
    {
        Arguments arguments = kept ?? new Arguments();
        kept = null;
        arguments.count = 0;
        return arguments;
    }

    public void Dispose()
    {
        if (bytes.Length <= MostKept)
        {
            kept = this;
        }
    }

    /// <summary>Adds a text.</summary>
    public Argument Add(string text, string name)
    {
        if (text is null)
        {
            throw JitException.WrongType(name, "a string", "null");
        }

        if (text.Length > MostBytes)
        {
            throw TooLarge(name);
        }

        int start = begun = count;
        try
        {
            count += Strict.GetBytes(text, GetSpan(Strict.GetByteCount(text)));
        }
        catch (EncoderFallbackException)
        {
            throw JitException.WrongType(name, "Unicode text", "text with lone surrogates");
        }

        return new Argument(start, count - start);
    }

    /// <summary>Adds a text, if it is given.</summary>
    public Argument AddOptional(string? text, string name) => text is null ? default : Add(text, name);

    /// <summary>Adds bytes.</summary>
    public Argument Add(ReadOnlySpan<byte> given)
    {
        begun = count;
        given.CopyTo(GetSpan(given.Length));
        count += given.Length;
        return new Argument(count - given.Length, given.Length);
    }

    /// <summary>Adds JSON text, which the given function writes.</summary>
    public Argument AddJson<T>(T value, Action<Utf8JsonWriter, T> write)
    {
        int start = begun = count;
        writer.Reset();
        try
        {
            write(writer, value);
            writer.Flush();
        }
        catch
        {
            // What was written in part must not reach the next call.
            writer.Reset();
            throw;
        }

        return new Argument(start, count - start);
    }

    public static JitException TooLarge(string field) =>
        JitException.Of(ErrorCode.TooLarge, $"an argument is larger than the limit of {MostBytes} bytes", field);

    void IBufferWriter<byte>.Advance(int written) => count += written;

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint)
    {
        Reserve(sizeHint);
        return bytes.AsMemory(count);
    }

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint) => GetSpan(sizeHint);

    private Span<byte> GetSpan(int size)
    {
        Reserve(size);
        return bytes.AsSpan(count);
    }

    private void Reserve(int size)
    {
        // At least one byte, so that an empty argument has a pointer, too.
        long needed = (long)count + Math.Max(size, 1);
        if (needed - begun > MostBytes + (MostBytes / 4) || needed > Array.MaxLength)
        {
            throw TooLarge("");
        }

        if (needed > bytes.Length)
        {
            Array.Resize(ref bytes, (int)Math.Max(needed, Math.Min(2L * bytes.Length, Array.MaxLength)));
        }
    }
}

/// <summary>Where an argument is in its buffer. The default is an argument that is not given.</summary>
internal readonly struct Argument
{
    private readonly int start;
    private readonly int length;
    private readonly bool given;

    public Argument(int start, int length)
    {
        this.start = start;
        this.length = length;
        given = true;
    }

    /// <summary>The number of bytes.</summary>
    public int Length => length;

    /// <summary>The argument, in the buffer that begins at this address.</summary>
    public unsafe JitSlice In(byte* bytes) =>
        given ? new JitSlice { data = bytes + start, length = (nuint)length } : default;
}
