using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using JitApprovals.Native;

namespace JitApprovals;

/// <summary>A checked template. It never changes, and several threads may use it at once.</summary>
public sealed unsafe class Template : IDisposable
{
    private readonly TemplateHandle handle;
    private readonly TimeProvider clock;
    private readonly Lazy<JsonElement> record;

    private Template(JitTemplate* template, long length, TimeProvider? clock)
    {
        handle = new TemplateHandle(template, length);
        this.clock = clock ?? TimeProvider.System;
        record = new Lazy<JsonElement>(() => JitApprovals.Json.Parse(ToJson()));
        using Borrowed<JitTemplate> borrowed = handle.Borrow(this);
        JitBuffer buffer;
        JsonElement key = Result.Json(NativeMethods.jit_template_key(borrowed.Pointer, &buffer), buffer);
        Key = key.Text("key");
        Version = key.GetProperty("version").GetInt32();
    }

    /// <summary><c>approvalKey</c>, which requests name as their <c>templateId</c>.</summary>
    public string Key { get; }

    /// <summary><c>templateVersion</c>, 1 by default.</summary>
    public int Version { get; }

    /// <summary><c>templateName</c>, which people see.</summary>
    public string Name => record.Value.Text("templateName");

    /// <summary>What an approver must do to approve a request.</summary>
    public ApprovalType ApprovalType => record.Value.Choice<ApprovalType>("approvalType");

    /// <summary>The declared fields, as they were declared.</summary>
    public IReadOnlyList<JsonElement> Fields => record.Value.List("metadata", field => field);

    /// <summary>
    /// Reads and checks a template. Where the JSON is malformed, an error has its line and column; where a placeholder
    /// is wrong, it has the line and the column in the text of its field.
    /// </summary>
    /// <param name="json">The JSON text.</param>
    /// <param name="clock">The clock of its requests, by default that of the system.</param>
    /// <exception cref="JitException">The first mistake of the template.</exception>
    public static Template Parse(string json, TimeProvider? clock = null)
    {
        using Arguments arguments = Arguments.Rent();
        return Parse(arguments, arguments.Add(json, "template"), clock);
    }

    /// <summary>Reads and checks a template.</summary>
    /// <param name="json">The JSON.</param>
    /// <param name="clock">The clock of its requests, by default that of the system.</param>
    /// <exception cref="JitException">The first mistake of the template.</exception>
    public static Template Parse(JsonElement json, TimeProvider? clock = null)
    {
        using Arguments arguments = Arguments.Rent();
        return Parse(arguments, arguments.AddJson(json, WriteTemplate), clock);
    }

    /// <summary>Returns all mistakes of a template. The list is empty if there are none.</summary>
    /// <param name="json">The JSON text.</param>
    public static IReadOnlyList<JitException> Mistakes(string json)
    {
        try
        {
            using Arguments arguments = Arguments.Rent();
            return Mistakes(arguments, arguments.Add(json, "template"));
        }
        catch (JitException mistake) when (mistake is not InternalException)
        {
            return [mistake];
        }
    }

    /// <summary>Returns all mistakes of a template. The list is empty if there are none.</summary>
    /// <param name="json">The JSON.</param>
    public static IReadOnlyList<JitException> Mistakes(JsonElement json)
    {
        try
        {
            using Arguments arguments = Arguments.Rent();
            return Mistakes(arguments, arguments.AddJson(json, WriteTemplate));
        }
        catch (JitException mistake) when (mistake is not InternalException)
        {
            return [mistake];
        }
    }

    /// <summary>Renders the template with these values: what an approver would see.</summary>
    /// <param name="metaData">The values of its fields.</param>
    /// <param name="origin">Who asks, and on whose behalf.</param>
    /// <param name="requestId">The id of the request, by default a UUID of zeros.</param>
    /// <exception cref="JitException">A value is not accepted: the field says which.</exception>
    public Rendered Render(IReadOnlyDictionary<string, object?> metaData, Origin origin, string? requestId = null)
    {
        using Arguments arguments = Arguments.Rent();
        Argument values = arguments.AddJson(
            metaData ?? throw JitException.WrongType(nameof(metaData), "a dictionary", "null"), Values.WriteMetaData);
        Argument from = AddOrigin(arguments, origin);
        Argument id = arguments.AddOptional(requestId, nameof(requestId));
        using Borrowed<JitTemplate> template = handle.Borrow(this);
        fixed (byte* bytes = arguments.Bytes)
        {
            JitBuffer buffer;
            uint status = NativeMethods.jit_template_render(
                template.Pointer, values.In(bytes), from.In(bytes), id.In(bytes), &buffer);
            return Rendered.Read(Result.Json(status, buffer));
        }
    }

    /// <summary>Returns what a directory must contain for this request.</summary>
    /// <param name="request">What the application has sent.</param>
    public Needs Needs(RequestBody request)
    {
        using Arguments arguments = Arguments.Rent();
        Argument body = AddBody(arguments, request);
        using Borrowed<JitTemplate> template = handle.Borrow(this);
        fixed (byte* bytes = arguments.Bytes)
        {
            JitBuffer buffer;
            uint status = NativeMethods.jit_template_needs(template.Pointer, body.In(bytes), &buffer);
            return JitApprovals.Needs.Read(Result.Json(status, buffer));
        }
    }

    /// <summary>Opens a request.</summary>
    /// <param name="request">What the application has sent.</param>
    /// <param name="origin">Who asks, and on whose behalf: see <see cref="Verifier.Origin"/>.</param>
    /// <param name="directory">The people and groups: see <see cref="Needs"/>.</param>
    /// <param name="now">The time, by default that of the clock.</param>
    /// <param name="id">The id of the request, by default a new UUID.</param>
    /// <exception cref="JitException">The request is not accepted: the field says why.</exception>
    public ApprovalRequest Open(
        RequestBody request,
        Origin origin,
        PeopleDirectory directory,
        DateTimeOffset? now = null,
        string? id = null)
    {
        using Arguments arguments = Arguments.Rent();
        Argument body = AddBody(arguments, request);
        Argument from = AddOrigin(arguments, origin);
        Argument people = ApprovalRequest.AddDirectory(
            arguments, directory ?? throw JitException.WrongType(nameof(directory), "a PeopleDirectory", "null"));
        Argument given = arguments.AddOptional(id, nameof(id));
        long seconds = Moment.Seconds(now, clock);
        using Borrowed<JitTemplate> template = handle.Borrow(this);
        fixed (byte* bytes = arguments.Bytes)
        {
            JitApprovalRequest* opened;
            JitBuffer buffer;
            uint status = NativeMethods.jit_template_open(
                template.Pointer,
                body.In(bytes),
                from.In(bytes),
                people.In(bytes),
                seconds,
                given.In(bytes),
                &opened,
                &buffer);
            Result.Check(status, buffer);
            return new ApprovalRequest(opened, clock);
        }
    }

    /// <summary>Returns the JSON text of the record that the template was read from.</summary>
    public string ToJson()
    {
        using Borrowed<JitTemplate> template = handle.Borrow(this);
        JitBuffer buffer;
        return Result.Text(NativeMethods.jit_template_record(template.Pointer, &buffer), buffer);
    }

    /// <summary>Frees the template. Its requests stay usable.</summary>
    public void Dispose() => handle.Dispose();

    /// <summary>Returns the key and the version.</summary>
    public override string ToString() => $"Template {Key} version {Version}";

    private static Template Parse(Arguments arguments, Argument json, TimeProvider? clock)
    {
        fixed (byte* bytes = arguments.Bytes)
        {
            JitTemplate* template;
            JitBuffer buffer;
            Result.Check(NativeMethods.jit_template_parse(json.In(bytes), &template, &buffer), buffer);
            return new Template(template, json.Length, clock);
        }
    }

    private static JitException[] Mistakes(Arguments arguments, Argument json)
    {
        fixed (byte* bytes = arguments.Bytes)
        {
            JitBuffer buffer;
            JsonElement mistakes = Result.Json(NativeMethods.jit_template_mistakes(json.In(bytes), &buffer), buffer);
            return mistakes.EnumerateArray().Select(JitException.From).ToArray();
        }
    }

    private static void WriteTemplate(Utf8JsonWriter writer, JsonElement json) =>
        Values.WriteElement(writer, json, "template");

    private static Argument AddOrigin(Arguments arguments, Origin origin) => arguments.AddJson(
        origin ?? throw JitException.WrongType(nameof(origin), "an Origin", "null"),
        static (writer, origin) => origin.Write(writer));

    private Argument AddBody(Arguments arguments, RequestBody request) => arguments.AddJson(
        (Request: request ?? throw JitException.WrongType(nameof(request), "a RequestBody", "null"), Key),
        static (writer, given) => given.Request.Write(writer, given.Key));
}
