using System;
using System.Text.Json;
using System.Text.Json.Serialization;
using JitApprovals.Native;

namespace JitApprovals;

/// <summary>The records that a user can read from JSON.</summary>
internal enum RecordKind
{
    RequestBody,
    Act,
    Directory,
}

/// <summary>Reads records from JSON, after the native library has checked them.</summary>
internal static unsafe class RecordCheck
{
    public static JsonElement Read(RecordKind kind, string json, string name)
    {
        using Arguments arguments = Arguments.Rent();
        return Read(kind, arguments, arguments.Add(json, name));
    }

    public static JsonElement Read(RecordKind kind, JsonElement json, string name)
    {
        using Arguments arguments = Arguments.Rent();
        // The text as it was received, in which a duplicate key is an error.
        Argument text = arguments.AddJson((json, name), static (writer, given) =>
            Values.WriteElement(writer, given.json, given.name));
        return Read(kind, arguments, text);
    }

    private static JsonElement Read(RecordKind kind, Arguments arguments, Argument text)
    {
        fixed (byte* bytes = arguments.Bytes)
        {
            JitBuffer buffer;
            uint status = kind switch
            {
                RecordKind.RequestBody => NativeMethods.jit_request_body_check(text.In(bytes), &buffer),
                RecordKind.Act => NativeMethods.jit_act_check(text.In(bytes), &buffer),
                _ => NativeMethods.jit_directory_check(text.In(bytes), &buffer),
            };
            return Result.Json(status, buffer);
        }
    }
}

/// <summary>Lets System.Text.Json, and so ASP.NET Core, read and write records.</summary>
internal abstract class RecordConverter<T> : JsonConverter<T>
    where T : class
{
    public override bool HandleNull => true;

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Parse(JsonElement.ParseValue(ref reader));

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            Write(writer, value);
        }
    }

    protected abstract T Parse(JsonElement json);

    protected abstract void Write(Utf8JsonWriter writer, T value);
}

internal sealed class RequestBodyConverter : RecordConverter<RequestBody>
{
    protected override RequestBody Parse(JsonElement json) => RequestBody.Parse(json);

    protected override void Write(Utf8JsonWriter writer, RequestBody value) => value.Write(writer, null);
}

internal sealed class ActConverter : RecordConverter<Act>
{
    protected override Act Parse(JsonElement json) => Act.Parse(json);

    protected override void Write(Utf8JsonWriter writer, Act value) => value.Write(writer);
}

internal sealed class PeopleDirectoryConverter : RecordConverter<PeopleDirectory>
{
    protected override PeopleDirectory Parse(JsonElement json) => PeopleDirectory.Parse(json);

    protected override void Write(Utf8JsonWriter writer, PeopleDirectory value) => value.Write(writer);
}
