using System;
using System.IO;

namespace JitApprovals.Tests;

/// <summary>The files of the repository.</summary>
internal static class Repository
{
    /// <summary>The path of a file, relative to the root of the repository.</summary>
    public static string File(string path)
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !Directory.Exists(Path.Combine(folder, "tests", "vectors")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return Path.Combine(folder ?? throw new DirectoryNotFoundException("the repository's tests/vectors"), path);
    }
}
