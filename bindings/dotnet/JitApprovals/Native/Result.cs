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

        string token = Encoding.Latin1.GetString(buffer.data, (int)buffer.length);
        NativeMethods.jit_buffer_free(buffer);
        return token;
    }

    /// <summary>Returns bytes.</summary>
    public static byte[] Bytes(uint status, JitBuffer buffer)
    {
        if (status != 0)
        {
            throw Error(buffer);
        }

        byte[] bytes = new ReadOnlySpan<byte>(buffer.data, (int)buffer.length).ToArray();
        NativeMethods.jit_buffer_free(buffer);
        return bytes;
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
            byte[] bytes = new ReadOnlySpan<byte>(buffer.data, (int)buffer.length).ToArray();
            return JsonDocument.Parse(bytes, Deep).RootElement;
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

        string text = Encoding.UTF8.GetString(buffer.data, (int)buffer.length);
        NativeMethods.jit_buffer_free(buffer);
        return text;
    }

    /// <summary>The native library has bounded the depth already.</summary>
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    private static JitException Error(JitBuffer buffer) => JitException.From(Json(0, buffer));
}
