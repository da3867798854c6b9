using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using JitApprovals.Native;

namespace JitApprovals;

/// <summary>
/// The base of all errors of the library. Programs check its <see cref="Code"/>. No message contains a secret.
/// </summary>
public class JitException : Exception
{
    private protected JitException(JsonElement record)
        : base(Shown(record))
    {
        CodeName = record.GetProperty("code").GetString()!;
        Number = record.GetProperty("number").GetInt32();
        Status = record.GetProperty("status").GetInt32();
        Family = record.GetProperty("family").GetString()!;
        Detail = record.GetProperty("message").GetString()!;
        Field = record.TryGetProperty("field", out JsonElement field) ? field.GetString() : null;
        Line = record.TryGetProperty("line", out JsonElement line) ? line.GetInt32() : null;
        Column = record.TryGetProperty("column", out JsonElement column) ? column.GetInt32() : null;
    }

    /// <summary>The code that programs check.</summary>
    public ErrorCode Code => Enum.IsDefined((ErrorCode)Number) ? (ErrorCode)Number : ErrorCode.Unknown;

    /// <summary>The code as the other languages and the HTTP API write it, such as <c>token_expired</c>.</summary>
    public string CodeName { get; }

    /// <summary>The number of the code, from 1000 to 9999.</summary>
    public int Number { get; }

    /// <summary>The HTTP status of a response with this error.</summary>
    public int Status { get; }

    /// <summary>The family of the error, such as <c>token</c>. Each family has a subclass.</summary>
    public string Family { get; }

    /// <summary>The message without the place.</summary>
    public string Detail { get; }

    /// <summary>The path of the wrong member, such as <c>metadata[0].key</c>.</summary>
    public string? Field { get; }

    /// <summary>The line in the given text, counted from 1.</summary>
    public int? Line { get; }

    /// <summary>The column in that line, in characters, counted from 1.</summary>
    public int? Column { get; }

    /// <summary>
    /// Returns the record of the error, as in the HTTP API:
    /// <c>{number, code, family, status, message, field?, line?, column?}</c>.
    /// </summary>
    public string ToJson() => Json.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("number", Number);
        writer.WriteString("code", CodeName);
        writer.WriteString("family", Family);
        writer.WriteNumber("status", Status);
        writer.WriteString("message", Detail);
        if (Field is not null)
        {
            writer.WriteString("field", Field);
        }

        if (Line is int line && Column is int column)
        {
            writer.WriteNumber("line", line);
            writer.WriteNumber("column", column);
        }

        writer.WriteEndObject();
    });

    /// <summary>Creates the exception of a record: an instance of its family's class.</summary>
    internal static JitException From(JsonElement record) => record.GetProperty("family").GetString() switch
    {
        "input" => new InputException(record),
        "token" => new TokenException(record),
        "template" => new TemplateException(record),
        "metadata" => new MetadataException(record),
        "request" => new RequestException(record),
        "decision" => new DecisionException(record),
        "grant" => new GrantException(record),
        "api" => new ApiException(record),
        "internal" => new InternalException(record),
        _ => new JitException(record),
    };

    /// <summary>Creates the exception of an argument that was checked before it crossed.</summary>
    internal static JitException Of(ErrorCode code, string message, string field)
    {
        CatalogueRow row = Catalogue.Rows.First(row => row.Code == code);
        string record = JitApprovals.Json.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("number", row.Number);
            writer.WriteString("code", row.CodeName);
            writer.WriteString("family", row.Family);
            writer.WriteNumber("status", row.Status);
            writer.WriteString("message", message);
            if (field.Length > 0)
            {
                writer.WriteString("field", Harmless(field));
            }

            writer.WriteEndObject();
        });
        return From(JitApprovals.Json.Parse(record));
    }

    /// <summary>Creates the exception of a value that has another type.</summary>
    internal static JitException WrongType(string field, string expected, string found) =>
        Of(ErrorCode.WrongType, $"`{Harmless(field)}` must be {expected}, not {found}", field);

    /// <summary>Returns the path of a field, shortened, with escapes for characters that could do harm.</summary>
    internal static unsafe string Harmless(string field)
    {
        using Arguments arguments = Arguments.Rent();
        // Lone surrogates are replaced: this is text for an error.
        Argument argument = arguments.Add(System.Text.Encoding.UTF8.GetBytes(field));
        fixed (byte* bytes = arguments.Bytes)
        {
            JitBuffer buffer;
            return Result.Text(NativeMethods.jit_harmless_field(argument.In(bytes), &buffer), buffer);
        }
    }

    private static string Shown(JsonElement record)
    {
        string message = record.GetProperty("message").GetString()!;
        return record.TryGetProperty("line", out JsonElement line)
            ? $"{message} at line {line.GetInt32()} column {record.GetProperty("column").GetInt32()}"
            : message;
    }
}

/// <summary>Malformed JSON, a value of the wrong type or out of range.</summary>
public sealed class InputException : JitException
{
    internal InputException(JsonElement record)
        : base(record)
    {
    }
}

/// <summary>A key or a token that is rejected.</summary>
public sealed class TokenException : JitException
{
    internal TokenException(JsonElement record)
        : base(record)
    {
    }
}

/// <summary>A mistake that only a template can have.</summary>
public sealed class TemplateException : JitException
{
    internal TemplateException(JsonElement record)
        : base(record)
    {
    }
}

/// <summary>A value that a metadata field does not accept.</summary>
public sealed class MetadataException : JitException
{
    internal MetadataException(JsonElement record)
        : base(record)
    {
    }
}

/// <summary>A request that cannot be opened or restored.</summary>
public sealed class RequestException : JitException
{
    internal RequestException(JsonElement record)
        : base(record)
    {
    }
}

/// <summary>A decision that is rejected.</summary>
public sealed class DecisionException : JitException
{
    internal DecisionException(JsonElement record)
        : base(record)
    {
    }
}

/// <summary>A grant that cannot be used.</summary>
public sealed class GrantException : JitException
{
    internal GrantException(JsonElement record)
        : base(record)
    {
    }
}

/// <summary>An error of the HTTP API. No call of the library throws it.</summary>
public sealed class ApiException : JitException
{
    internal ApiException(JsonElement record)
        : base(record)
    {
    }
}

/// <summary>A bug in the library, or a failure of the system or of a server.</summary>
public sealed class InternalException : JitException
{
    internal InternalException(JsonElement record)
        : base(record)
    {
    }
}
