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

/// <summary>
/// Lets System.Text.Json, and so ASP.NET Core, read and write records. Sources that it generates need the type.
/// </summary>
/// <typeparam name="T">The record.</typeparam>
public abstract class RecordConverter<T> : JsonConverter<T>
    where T : class
{
    private protected RecordConverter()
    {
    }

    /// <summary>Null is an error, too.</summary>
    public override bool HandleNull => true;

    /// <summary>Reads a record. The cause of its exception is the library's.</summary>
    /// <exception cref="JsonException">It is not such a record.</exception>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        JsonElement json = JsonElement.ParseValue(ref reader);
        try
        {
            return Parse(json);
        }
        catch (JitException error) when (error is not InternalException)
        {
            // Frameworks such as ASP.NET Core answer this one with the status 400.
            throw new JsonException(error.Message, error);
        }
    }

    /// <summary>Writes a record.</summary>
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

    private protected abstract T Parse(JsonElement json);

    private protected abstract void Write(Utf8JsonWriter writer, T value);
}

/// <summary>The converter of <see cref="RequestBody"/>.</summary>
public sealed class RequestBodyConverter : RecordConverter<RequestBody>
{
    private protected override RequestBody Parse(JsonElement json) => RequestBody.Parse(json);

    private protected override void Write(Utf8JsonWriter writer, RequestBody value) => value.Write(writer, null);
}

/// <summary>The converter of <see cref="Act"/>.</summary>
public sealed class ActConverter : RecordConverter<Act>
{
    private protected override Act Parse(JsonElement json) => Act.Parse(json);

    private protected override void Write(Utf8JsonWriter writer, Act value) => value.Write(writer);
}

/// <summary>The converter of <see cref="PeopleDirectory"/>.</summary>
public sealed class PeopleDirectoryConverter : RecordConverter<PeopleDirectory>
{
    private protected override PeopleDirectory Parse(JsonElement json) => PeopleDirectory.Parse(json);

    private protected override void Write(Utf8JsonWriter writer, PeopleDirectory value) => value.Write(writer);
}

/// <summary>Lets System.Text.Json write the members of enums as the HTTP API does, such as <c>signAndApprove</c>.</summary>
/// <typeparam name="T">The enum.</typeparam>
public sealed class ChoiceConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
