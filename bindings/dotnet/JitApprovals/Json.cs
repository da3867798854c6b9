using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;

namespace JitApprovals;

/// <summary>Reads and writes the JSON of records.</summary>
internal static class Json
{
    public static string Write(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, Values.Options))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>Parses a text that the library has written or checked.</summary>
    public static JsonElement Parse(string text)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), new JsonReaderOptions { MaxDepth = 256 });
        return JsonElement.ParseValue(ref reader);
    }

    public static string? OptionalText(this JsonElement record, string name) =>
        record.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    public static string Text(this JsonElement record, string name) => record.GetProperty(name).GetString()!;

    public static DateTimeOffset Time(this JsonElement record, string name) =>
        DateTimeOffset.FromUnixTimeSeconds(record.GetProperty(name).GetInt64());

    public static DateTimeOffset? OptionalTime(this JsonElement record, string name) =>
        record.TryGetProperty(name, out JsonElement value)
            ? DateTimeOffset.FromUnixTimeSeconds(value.GetInt64())
            : null;

    /// <summary>An enum's member, whose name in JSON begins in lower case.</summary>
    public static T Choice<T>(this JsonElement record, string name)
        where T : struct, Enum => Enum.Parse<T>(record.Text(name), ignoreCase: true);

    /// <summary>The name of an enum's member in JSON.</summary>
    public static string Name<T>(T choice)
        where T : struct, Enum
    {
        string name = Enum.GetName(choice)
            ?? throw JitException.Of(ErrorCode.UnknownChoice, $"`{choice}` is not a {typeof(T).Name}", "");
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    /// <summary>The list of a member. Empty if there is none.</summary>
    public static ValueList<T> List<T>(this JsonElement record, string name, Func<JsonElement, T> read) =>
        record.TryGetProperty(name, out JsonElement value)
            ? ValueList.Of(value.EnumerateArray().Select(read))
            : ValueList.Of(Enumerable.Empty<T>());

    public static ValueList<string> Texts(this JsonElement record, string name) =>
        record.List(name, value => value.GetString()!);

    /// <summary>The texts of an object, by key. Empty if there is none.</summary>
    public static ValueMap<string> TextMap(this JsonElement record, string name) =>
        record.TryGetProperty(name, out JsonElement value)
            ? ValueMap.Of(value.EnumerateObject().Select(member =>
                KeyValuePair.Create(member.Name, member.Value.GetString()!)))
            : ValueMap.Of(Enumerable.Empty<KeyValuePair<string, string>>());

    public static void WriteTexts(this Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        int index = 0;
        foreach (string text in texts)
        {
            Values.WriteText(writer, text, $"{name}[{index}]");
            index++;
        }

        writer.WriteEndArray();
    }

    public static void WriteText(this Utf8JsonWriter writer, string name, string? text)
    {
        writer.WritePropertyName(name);
        Values.WriteText(writer, text, name);
    }

    public static void WriteOptional(this Utf8JsonWriter writer, string name, string? text)
    {
        if (text is not null)
        {
            writer.WriteText(name, text);
        }
    }

    public static void WriteSeconds(this Utf8JsonWriter writer, string name, TimeSpan? duration, string argument)
    {
        if (duration is TimeSpan given)
        {
            writer.WriteNumber(name, Moment.Whole(given, argument));
        }
    }
}
