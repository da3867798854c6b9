using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JitApprovals;

/// <summary>Writes values of the user as JSON: claims and metadata. Everything is checked here, before it crosses.</summary>
internal static class Values
{
    /// <summary>The native library reads the text, and no browser does. It checks the structure, too.</summary>
    public static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>The deepest nesting of a value.</summary>
    private const int Deepest = 64;

    /// <summary>The most values in one argument. A value that occurs several times counts each time.</summary>
    private const int MostValues = 500_000;

    /// <summary>Writes claims: any value that JSON can hold.</summary>
    public static void WriteClaims(Utf8JsonWriter writer, IReadOnlyDictionary<string, object?> claims)
    {
        int values = MostValues;
        WriteMembers(writer, claims, "", Deepest, isMetaData: false, ref values);
    }

    /// <summary>Writes one claim.</summary>
    public static void WriteClaim(Utf8JsonWriter writer, string name, object? value)
    {
        int values = MostValues;
        Write(writer, value, name, Deepest, isMetaData: false, ref values);
    }

    /// <summary>Writes metadata: what an approver reads.</summary>
    public static void WriteMetaData(Utf8JsonWriter writer, IReadOnlyDictionary<string, object?> metaData)
    {
        int values = MostValues;
        WriteMembers(writer, metaData, "metaData", Deepest, isMetaData: true, ref values);
    }

    /// <summary>Writes an element of any kind.</summary>
    public static void WriteElement(Utf8JsonWriter writer, JsonElement element, string name)
    {
        if (element.ValueKind == JsonValueKind.Undefined)
        {
            throw JitException.WrongType(name, "a JSON value", "a JsonElement without a value");
        }

        string text;
        try
        {
            // The text as it was received: the native library checks its escapes, keys and depth.
            text = element.GetRawText();
        }
        catch (InvalidOperationException problem) when (problem is not ObjectDisposedException)
        {
            throw JitException.WrongType(name, "JSON in UTF-8", "other bytes");
        }

        writer.WriteRawValue(text, skipInputValidation: true);
    }

    /// <summary>Writes a text as a value.</summary>
    public static void WriteText(Utf8JsonWriter writer, string? text, string path)
    {
        writer.WriteStringValue(Checked(text, path));
    }

    /// <summary>Returns a text that is Unicode.</summary>
    public static string Checked(string? text, string path)
    {
        if (text is null)
        {
            throw JitException.WrongType(path, "a string", "null");
        }

        if (!Ascii.IsValid(text) && !IsWellFormed(text))
        {
            throw JitException.WrongType(path, "Unicode text", "text with lone surrogates");
        }

        return text;
    }

    private static bool IsWellFormed(string text)
    {
        for (int index = 0; index < text.Length; index++)
        {
            if (!char.IsSurrogate(text[index]))
            {
                continue;
            }

            if (!char.IsSurrogatePair(text, index))
            {
                return false;
            }

            index++;
        }

        return true;
    }

    private static void WriteMembers(
        Utf8JsonWriter writer,
        IEnumerable<KeyValuePair<string, object?>> members,
        string path,
        int levels,
        bool isMetaData,
        ref int values)
    {
        writer.WriteStartObject();
        if (members is Dictionary<string, object?> dictionary)
        {
            // Its enumerator is a structure: nothing is allocated.
            foreach ((string name, object? value) in dictionary)
            {
                WriteMember(writer, name, value, path, levels, isMetaData, ref values);
            }
        }
        else
        {
            foreach ((string name, object? value) in members)
            {
                WriteMember(writer, name, value, path, levels, isMetaData, ref values);
            }
        }

        writer.WriteEndObject();
    }

    private static void WriteMember(
        Utf8JsonWriter writer,
        string name,
        object? value,
        string path,
        int levels,
        bool isMetaData,
        ref int values)
    {
        writer.WritePropertyName(Checked(name, path));
        if (!TryWriteUsual(writer, value, ref values))
        {
            Write(writer, value, path.Length == 0 ? name : $"{path}.{name}", levels, isMetaData, ref values);
        }
    }

    /// <summary>Writes a usual value, which cannot be wrong and needs no path.</summary>
    private static bool TryWriteUsual(Utf8JsonWriter writer, object? value, ref int values)
    {
        if (values <= 0)
        {
            return false;
        }

        switch (value)
        {
            case string text when Ascii.IsValid(text):
                writer.WriteStringValue(text);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case bool truth:
                writer.WriteBooleanValue(truth);
                break;
            default:
                return false;
        }

        values--;
        return true;
    }

    private static void Write(
        Utf8JsonWriter writer,
        object? value,
        string path,
        int levels,
        bool isMetaData,
        ref int values)
    {
        if (--values < 0)
        {
            throw JitException.Of(
                ErrorCode.OutOfRange, $"the value must have at most {MostValues} values in all", path);
        }

        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case string text:
                WriteText(writer, text, path);
                break;
            case bool truth:
                writer.WriteBooleanValue(truth);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case sbyte or byte or short or ushort or uint:
                writer.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case ulong number:
                writer.WriteNumberValue(number);
                break;
            case decimal number:
                WriteDecimal(writer, number, path, isMetaData);
                break;
            case double number:
                CheckFinite(number, path, isMetaData);
                writer.WriteNumberValue(number);
                break;
            case float number:
                CheckFinite(number, path, isMetaData);
                writer.WriteNumberValue(number);
                break;
            case Guid guid:
                writer.WriteStringValue(guid);
                break;
            case JsonElement element:
                WriteElement(writer, element, path);
                break;
            case JsonDocument document:
                WriteElement(writer, document.RootElement, path);
                break;
            case JsonValue node:
                // What the node was made of: a text, a number, JSON, or another type, which is an error.
                Write(writer, node.GetValue<object>(), path, levels, isMetaData, ref values);
                break;
            default:
                WriteNested(writer, value, path, levels, isMetaData, ref values);
                break;
        }
    }

    private static void WriteNested(
        Utf8JsonWriter writer,
        object value,
        string path,
        int levels,
        bool isMetaData,
        ref int values)
    {
        if (levels == 0)
        {
            throw JitException.Of(ErrorCode.TooDeep, $"nested deeper than the limit of {Deepest} levels", path);
        }

        switch (value)
        {
            case JsonObject node:
                WriteMembers(
                    writer,
                    node.Select(member => KeyValuePair.Create(member.Key, (object?)member.Value)),
                    path,
                    levels - 1,
                    isMetaData,
                    ref values);
                break;
            case IEnumerable<KeyValuePair<string, object?>> members:
                WriteMembers(writer, members, path, levels - 1, isMetaData, ref values);
                break;
            case IDictionary dictionary:
                WriteDictionary(writer, dictionary, path, levels - 1, isMetaData, ref values);
                break;
            case DateTime or DateTimeOffset or DateOnly:
                throw JitException.WrongType(
                    path, "a value that JSON can hold", "a time: use ToUnixTimeSeconds() for a claim, or text");
            case IEnumerable elements and not byte[]:
                int index = 0;
                writer.WriteStartArray();
                foreach (object? element in elements)
                {
                    if (!TryWriteUsual(writer, element, ref values))
                    {
                        Write(writer, element, $"{path}[{index}]", levels - 1, isMetaData, ref values);
                    }

                    index++;
                }

                writer.WriteEndArray();
                break;
            default:
                throw JitException.WrongType(
                    path,
                    "a value that JSON can hold",
                    $"{value.GetType()}: use text, or JsonSerializer.SerializeToElement");
        }
    }

    private static void WriteDictionary(
        Utf8JsonWriter writer,
        IDictionary dictionary,
        string path,
        int levels,
        bool isMetaData,
        ref int values)
    {
        writer.WriteStartObject();
        foreach (DictionaryEntry entry in dictionary)
        {
            if (entry.Key is not string name)
            {
                throw JitException.WrongType(path, "a dictionary with keys of type string", "one with other keys");
            }

            WriteMember(writer, name, entry.Value, path, levels, isMetaData, ref values);
        }

        writer.WriteEndObject();
    }

    /// <summary>In metadata, a decimal is its text: `12.50` keeps its zero. Other numbers must survive as a double.</summary>
    private static void WriteDecimal(Utf8JsonWriter writer, decimal number, string path, bool isMetaData)
    {
        if (isMetaData)
        {
            writer.WriteStringValue(number.ToString(CultureInfo.InvariantCulture));
            return;
        }

        if (Math.Abs((double)number) >= 1e28 || (decimal)(double)number != number)
        {
            throw JitException.WrongType(
                path, "a number that a double holds exactly", "a decimal with more digits: use text");
        }

        writer.WriteNumberValue(number);
    }

    private static void CheckFinite(double number, string path, bool isMetaData)
    {
        if (isMetaData)
        {
            string name = path[(path.LastIndexOf('.') + 1)..];
            throw JitException.Of(
                ErrorCode.MetadataType,
                $"`{JitException.Harmless(name)}`: `{number.ToString(CultureInfo.InvariantCulture)}` is a double, whose digits may not be the ones you wrote: "
                    + "send a decimal or text",
                path);
        }

        if (!double.IsFinite(number))
        {
            throw JitException.WrongType(path, "a finite number", number.ToString(CultureInfo.InvariantCulture));
        }
    }
}
