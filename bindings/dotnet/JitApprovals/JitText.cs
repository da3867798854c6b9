using JitApprovals.Native;

namespace JitApprovals;

/// <summary>The texts that applications send, and the names of people.</summary>
public static unsafe class JitText
{
    /// <summary>
    /// Returns what an application may send instead of a text that is rejected: line ends, spaces and invisible
    /// characters are mended. If it sends that text, it must also act on it.
    /// </summary>
    /// <param name="text">The text.</param>
    public static string PlainText(string text)
    {
        using Arguments arguments = Arguments.Rent();
        Argument given = arguments.Add(text, nameof(text));
        fixed (byte* bytes = arguments.Bytes)
        {
            JitBuffer buffer;
            return Result.Text(NativeMethods.jit_plain_text(given.In(bytes), &buffer), buffer);
        }
    }

    /// <summary>Returns the key of a name. Names of the same person have the same key.</summary>
    /// <param name="name">An email or another name.</param>
    public static string Identity(string name)
    {
        using Arguments arguments = Arguments.Rent();
        Argument given = arguments.Add(name, nameof(name));
        fixed (byte* bytes = arguments.Bytes)
        {
            JitBuffer buffer;
            return Result.Text(NativeMethods.jit_identity(given.In(bytes), &buffer), buffer);
        }
    }
}
