using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Serialization;
using JitApprovals.Native;

namespace JitApprovals;

/// <summary>What an application sends to open a request.</summary>
[JsonConverter(typeof(RequestBodyConverter))]
public sealed record RequestBody
{
    private IReadOnlyDictionary<string, object?> metaData = ValueMap.Of<object?>([]);
    private IReadOnlyList<string> approvers = ValueList.Of<string>([]);
    private IReadOnlyList<Attachment> attachments = ValueList.Of<Attachment>([]);

    /// <summary>
    /// The key of the template. By default it is that of the template that opens the request; a body that is sent as
    /// JSON must have it.
    /// </summary>
    public string? TemplateId { get; init; }

    /// <summary>
    /// The values of the template's fields, by key: texts, booleans, integers, and decimals, which are sent as text.
    /// </summary>
    public IReadOnlyDictionary<string, object?> MetaData
    {
        get => metaData;
        init => metaData = ValueMap.Given(value, "metaData");
    }

    /// <summary>Emails and group keys, instead of the template's, if the template allows it.</summary>
    public IReadOnlyList<string> Approvers
    {
        get => approvers;
        init => approvers = ValueList.Given(value, "approvers");
    }

    /// <summary>A shorter time to decide than the template's.</summary>
    public TimeSpan? ExpiresIn { get; init; }

    /// <summary>What the approver may look at before deciding.</summary>
    public IReadOnlyList<Attachment> Attachments
    {
        get => attachments;
        init => attachments = ValueList.Given(value, "attachments");
    }

    /// <summary>Reads the JSON text that an application has sent.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="JitException">The text is not JSON, or not such a record: the field or the place says where.</exception>
    public static RequestBody Parse(string json) => Read(RecordCheck.Read(RecordKind.RequestBody, json, "request"));

    /// <summary>Reads the JSON that an application has sent.</summary>
    /// <param name="json">The JSON.</param>
    /// <exception cref="JitException">It is not such a record: the field says where.</exception>
    public static RequestBody Parse(JsonElement json) => Read(RecordCheck.Read(RecordKind.RequestBody, json, "request"));

    /// <summary>Returns the JSON text.</summary>
    public string ToJson() => Json.Write(writer => Write(writer, null));

    internal void Write(Utf8JsonWriter writer, string? defaultTemplate)
    {
        writer.WriteStartObject();
        writer.WriteOptional("templateId", TemplateId ?? defaultTemplate);
        writer.WritePropertyName("metaData");
        Values.WriteMetaData(writer, MetaData);
        if (Approvers.Count > 0)
        {
            writer.WriteTexts("approvers", Approvers);
        }

        writer.WriteSeconds("expiresInSeconds", ExpiresIn, "expiresIn");
        Attachment.WriteAll(writer, Attachments);
        writer.WriteEndObject();
    }

    /// <summary>The values of a record's metadata, which may be texts, booleans and integers.</summary>
    internal static ValueMap<object?> ReadMetaData(JsonElement record) =>
        record.TryGetProperty("metaData", out JsonElement values)
            ? ValueMap.Of(values.EnumerateObject().Select(value => KeyValuePair.Create(value.Name, Value(value.Value))))
            : ValueMap.Of<object?>([]);

    private static RequestBody Read(JsonElement record) => new()
    {
        TemplateId = record.Text("templateId"),
        MetaData = ReadMetaData(record),
        Approvers = record.Texts("approvers"),
        ExpiresIn = record.TryGetProperty("expiresInSeconds", out JsonElement seconds)
            ? TimeSpan.FromSeconds(seconds.GetInt64())
            : null,
        Attachments = record.List("attachments", Attachment.Read),
    };

    private static object? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number when value.TryGetInt64(out long number) => number,
        // Any other value is rejected when the request is opened, with an error that shows it.
        _ => value,
    };
}

/// <summary>What an application is about to do: it must be what was approved.</summary>
[JsonConverter(typeof(ActConverter))]
public sealed record Act
{
    private readonly IReadOnlyDictionary<string, object?> metaData = ValueMap.Of<object?>([]);
    private readonly IReadOnlyList<Attachment> attachments = ValueList.Of<Attachment>([]);

    /// <summary>The values that the application is about to act on, by the keys of the template's fields.</summary>
    public required IReadOnlyDictionary<string, object?> MetaData
    {
        get => metaData;
        init => metaData = ValueMap.Given(value, "metaData");
    }

    /// <summary>The attachments of the request.</summary>
    public IReadOnlyList<Attachment> Attachments
    {
        get => attachments;
        init => attachments = ValueList.Given(value, "attachments");
    }

    /// <summary>Reads JSON text.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="JitException">The text is not JSON, or not such a record.</exception>
    public static Act Parse(string json) => Read(RecordCheck.Read(RecordKind.Act, json, "act"));

    /// <summary>Reads JSON.</summary>
    /// <param name="json">The JSON.</param>
    /// <exception cref="JitException">It is not such a record.</exception>
    public static Act Parse(JsonElement json) => Read(RecordCheck.Read(RecordKind.Act, json, "act"));

    /// <summary>Returns the JSON text.</summary>
    public string ToJson() => Json.Write(Write);

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("metaData");
        Values.WriteMetaData(writer, MetaData);
        Attachment.WriteAll(writer, Attachments);
        writer.WriteEndObject();
    }

    private static Act Read(JsonElement record) => new()
    {
        MetaData = RequestBody.ReadMetaData(record),
        Attachments = record.List("attachments", Attachment.Read),
    };
}

/// <summary>What the approver may look at before deciding.</summary>
/// <param name="Title">The title, one line.</param>
/// <param name="Url">The address, which starts with <c>https://</c>.</param>
public sealed record Attachment(string Title, string Url)
{
    internal static Attachment Read(JsonElement record) => new(record.Text("title"), record.Text("url"));

    internal static void WriteAll(Utf8JsonWriter writer, IReadOnlyList<Attachment> attachments)
    {
        if (attachments.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("attachments");
        foreach (Attachment attachment in attachments)
        {
            if (attachment is null)
            {
                throw JitException.WrongType("attachments", "a list of Attachment", "null");
            }

            writer.WriteStartObject();
            writer.WriteText("title", attachment.Title);
            writer.WriteText("url", attachment.Url);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
