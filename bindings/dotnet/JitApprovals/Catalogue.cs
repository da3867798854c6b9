using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using JitApprovals.Native;

namespace JitApprovals;

/// <summary>Every error of the library.</summary>
public static class Catalogue
{
    private static readonly Lazy<IReadOnlyList<CatalogueRow>> All = new(Read);

    /// <summary>Every error, in the order of their numbers.</summary>
    public static IReadOnlyList<CatalogueRow> Rows => All.Value;

    private static unsafe ValueList<CatalogueRow> Read()
    {
        JitBuffer buffer;
        JsonElement rows = Result.Json(NativeMethods.jit_catalogue(&buffer), buffer);
        return ValueList.Of(rows.EnumerateArray().Select(row => new CatalogueRow(
            row.GetProperty("number").GetInt32(),
            row.GetProperty("code").GetString()!,
            row.GetProperty("family").GetString()!,
            row.GetProperty("status").GetInt32(),
            row.GetProperty("message").GetString()!)));
    }
}

/// <summary>An error that calls can throw.</summary>
/// <param name="Number">Its number.</param>
/// <param name="CodeName">Its code, such as <c>token_expired</c>.</param>
/// <param name="Family">Its family, such as <c>token</c>.</param>
/// <param name="Status">The HTTP status of a response with it.</param>
/// <param name="Message">Its message, with the names of its arguments in braces.</param>
public sealed record CatalogueRow(int Number, string CodeName, string Family, int Status, string Message)
{
    /// <summary>Its code.</summary>
    public ErrorCode Code => Enum.IsDefined((ErrorCode)Number) ? (ErrorCode)Number : ErrorCode.Unknown;
}
