using System;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace JitApprovals.Native;

/// <summary>Finds the native library, and says what is missing where there is none.</summary>
internal static unsafe class Library
{
    private const string Name = "jit_approvals_c";

    [ModuleInitializer]
    internal static void Register() => NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, Resolve);

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Name)
        {
            return IntPtr.Zero;
        }

        IntPtr library;
        try
        {
            library = NativeLibrary.Load(name, assembly, path);
        }
        catch (DllNotFoundException problem)
        {
            throw new DllNotFoundException(
                $"JitApprovals found no native library that loads on {RuntimeInformation.RuntimeIdentifier}: "
                    + "the package needs the file runtimes/<platform>/native for it. " + problem.Message,
                problem);
        }

        var version = (delegate* unmanaged[Cdecl]<JitBuffer*, uint>)NativeLibrary.GetExport(library, "jit_version");
        JitBuffer buffer;
        _ = version(&buffer);
        // Its buffer is not freed: freeing it would look for the library, which is not there yet.
        string found = Encoding.UTF8.GetString(buffer.data, (int)buffer.length);
        if (found != NativeVersion.Expected)
        {
            throw new DllNotFoundException(
                $"JitApprovals {NativeVersion.Expected} found the native library of version {found}");
        }

        return library;
    }
}
