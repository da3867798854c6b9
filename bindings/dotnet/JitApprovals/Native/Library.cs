using System;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace JitApprovals.Native;

/// <summary>Finds the native library, and says what is missing where there is none.</summary>
internal static class Library
{
    private const string Name = "jit_approvals_c";

    private static readonly Lazy<IntPtr> Loaded = new(Load);

    [ModuleInitializer]
    internal static void Register() => NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, Resolve);

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == Name ? Loaded.Value : IntPtr.Zero;

    private static IntPtr Load()
    {
        IntPtr library;
        try
        {
            library = NativeLibrary.Load(Name, typeof(Library).Assembly, null);
        }
        catch (DllNotFoundException problem)
        {
            throw new DllNotFoundException(
                $"JitApprovals found no native library that loads on {RuntimeInformation.RuntimeIdentifier}: "
                    + "the package needs the file runtimes/<platform>/native for it. " + problem.Message,
                problem);
        }

        string? found = NativeLibrary.TryGetExport(library, "JIT_VERSION", out IntPtr version)
            ? Marshal.PtrToStringUTF8(version)
            : "without a version";
        return found == $"{Name} {NativeVersion.Expected}"
            ? library
            : throw new DllNotFoundException(
                $"JitApprovals {NativeVersion.Expected} found a native library that is not its own: {found}");
    }
}
