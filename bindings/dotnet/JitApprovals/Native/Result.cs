using System;
using System.Text;
using System.Text.Json;

namespace JitApprovals.Native;

/// <summary>Reads what a call returned, frees its buffer, and throws its error.</summary>
internal static unsafe class Result
{
    /// <summary>Throws the error of a call that returns nothing.</summary>
    public static void Check(uint status, JitBuffer buffer)
    {
        if (status != 0)
        {
            throw Error(buffer);
        }

        NativeMethods.jit_buffer_free(buffer);
    }

    /// <summary>Returns a text.</summary>
    public static string Text(uint status, JitBuffer buffer) => OptionalText(status, buffer) ?? "";

    /// <summary>Returns a text, or null if there is none.</summary>
    public static string? OptionalText(uint status, JitBuffer buffer)
    {
        if (status != 0)
        {
            throw Error(buffer);
        }

        return Taken(buffer);
    }

    /// <summary>Returns a token, which is ASCII.</summary>
    public static string Token(uint status, JitBuffer buffer)
    {
        if (status != 0)
        {
            throw Error(buffer);
        }

        try
        {
            return Encoding.Latin1.GetString(buffer.data, checked((int)buffer.length));
        }
        finally
        {
            NativeMethods.jit_buffer_free(buffer);
        }
    }

    /// <summary>Returns bytes.</summary>
    public static byte[] Bytes(uint status, JitBuffer buffer)
    {
        if (status != 0)
        {
            throw Error(buffer);
        }

        try
        {
            return Copied(buffer);
        }
        finally
        {
            NativeMethods.jit_buffer_free(buffer);
        }
    }

    /// <summary>Returns JSON. The element owns its memory.</summary>
    public static JsonElement Json(uint status, JitBuffer buffer)
    {
        if (status != 0)
        {
            throw Error(buffer);
        }

        try
        {
            return JsonDocument.Parse(Copied(buffer), Deep).RootElement;
        }
        finally
        {
            NativeMethods.jit_buffer_free(buffer);
        }
    }

    /// <summary>Returns a text and frees its buffer.</summary>
    public static string? Taken(JitBuffer buffer)
    {
        if (buffer.data == null)
        {
            return null;
        }

        try
        {
            return Encoding.UTF8.GetString(buffer.data, checked((int)buffer.length));
        }
        finally
        {
            NativeMethods.jit_buffer_free(buffer);
        }
    }

    /// <summary>The native library has bounded the depth already.</summary>
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    private static byte[] Copied(JitBuffer buffer) =>
        new ReadOnlySpan<byte>(buffer.data, checked((int)buffer.length)).ToArray();

    private static JitException Error(JitBuffer buffer) => JitException.From(Json(0, buffer));
}
