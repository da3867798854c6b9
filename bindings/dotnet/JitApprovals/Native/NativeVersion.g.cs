// Made by `cargo xtask generate`. Do not edit.

namespace JitApprovals.Native;

internal static class NativeVersion
{
    public const string Expected = "0.1.0";
}
