using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Serialization;
using JitApprovals.Native;

namespace JitApprovals;

/// <summary>
/// The people and groups at present. <c>template.Needs</c> and <c>request.NeedsOf</c> say what it must contain.
/// </summary>
[JsonConverter(typeof(PeopleDirectoryConverter))]
public sealed record PeopleDirectory
{
    private PeopleDirectory(
        IReadOnlyList<Person>? people,
        IEnumerable<KeyValuePair<string, IReadOnlyList<string>>>? groups)
    {
        People = people;
        Groups = ValueMap.Given((groups ?? []).Select(group => KeyValuePair.Create(
            group.Key, (IReadOnlyList<string>)ValueList.Given(group.Value, $"groups.{group.Key}"))), "groups");
    }

    /// <summary>The people; null if the directory accepts everyone.</summary>
    public IReadOnlyList<Person>? People { get; }

    /// <summary>The emails of the members of each group, by its key.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Groups { get; }

    /// <summary>
    /// For an application that keeps no list of people: every email stands for itself. Only the approvers that the
    /// template or the request names may decide.
    /// </summary>
    /// <param name="groups">The emails of the members of each group, by its key.</param>
    public static PeopleDirectory Everyone(IReadOnlyDictionary<string, IReadOnlyList<string>>? groups = null) =>
        new(null, groups);

    /// <summary>A list of people. Only a person in it who is active may decide.</summary>
    /// <param name="people">The people.</param>
    /// <param name="groups">The emails of the members of each group, by its key.</param>
    public static PeopleDirectory Of(
        IEnumerable<Person> people,
        IReadOnlyDictionary<string, IReadOnlyList<string>>? groups = null) =>
        new(ValueList.Given(people, nameof(people)), groups);

    /// <summary>Reads JSON text: <c>{people, groups?}</c>.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="JitException">The text is not JSON, or not such a record.</exception>
    public static PeopleDirectory Parse(string json) => Read(RecordCheck.Read(RecordKind.Directory, json, "directory"));

    /// <summary>Reads JSON: <c>{people, groups?}</c>.</summary>
    /// <param name="json">The JSON.</param>
    /// <exception cref="JitException">It is not such a record.</exception>
    public static PeopleDirectory Parse(JsonElement json) =>
        Read(RecordCheck.Read(RecordKind.Directory, json, "directory"));

    /// <summary>Returns the JSON text.</summary>
    public string ToJson() => Json.Write(Write);

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        if (People is null)
        {
            writer.WriteString("people", "everyone");
        }
        else
        {
            writer.WriteStartArray("people");
            foreach (Person person in People)
            {
                (person ?? throw JitException.WrongType("people", "a list of Person", "null")).Write(writer);
            }

            writer.WriteEndArray();
        }

        writer.WriteStartObject("groups");
        foreach ((string key, IReadOnlyList<string> emails) in Groups)
        {
            writer.WriteTexts(Values.Checked(key, "groups"), emails);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static PeopleDirectory Read(JsonElement record)
    {
        JsonElement people = record.GetProperty("people");
        IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> groups =
            record.TryGetProperty("groups", out JsonElement given)
                ? given.EnumerateObject().Select(group => KeyValuePair.Create(
                    group.Name, (IReadOnlyList<string>)given.Texts(group.Name)))
                : [];
        return people.ValueKind == JsonValueKind.String
            ? new PeopleDirectory(null, groups)
            : new PeopleDirectory(record.List("people", Person.Read), groups);
    }
}

/// <summary>A person who may decide.</summary>
/// <param name="Email">The email, under which the person decides.</param>
/// <param name="Active">Whether the person may decide at present.</param>
public sealed record Person(string Email, bool Active)
{
    private readonly IReadOnlyList<string> aliases = ValueList.Of<string>([]);

    /// <summary>
    /// Other names of the person: the <c>sub</c> of their auth tokens. A person may not decide their own request.
    /// </summary>
    public IReadOnlyList<string> Aliases
    {
        get => aliases;
        init => aliases = ValueList.Given(value, "aliases");
    }

    internal static Person Read(JsonElement record) =>
        new(record.Text("email"), record.GetProperty("active").GetBoolean()) { Aliases = record.Texts("aliases") };

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteText("email", Email);
        writer.WriteBoolean("active", Active);
        writer.WriteTexts("aliases", Aliases);
        writer.WriteEndObject();
    }
}

/// <summary>What a directory must contain.</summary>
/// <param name="Emails">The emails of people.</param>
/// <param name="Groups">The keys of groups.</param>
public sealed record Needs(IReadOnlyList<string> Emails, IReadOnlyList<string> Groups)
{
    internal static Needs Read(JsonElement record) => new(record.Texts("emails"), record.Texts("groups"));
}

/// <summary>Who makes a change.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Id">An application's identifier, a person's email, or the name of a part of the system.</param>
public sealed record Actor(ActorKind Kind, string Id)
{
    /// <summary>An application.</summary>
    /// <param name="issuer">Its identifier: the <c>iss</c> of its auth tokens.</param>
    public static Actor Application(string issuer) => new(ActorKind.Application, issuer);

    /// <summary>An administrator.</summary>
    /// <param name="email">The administrator's email.</param>
    public static Actor Administrator(string email) => new(ActorKind.Administrator, email);

    /// <summary>A part of the system. It must give a reason.</summary>
    /// <param name="part">Its name.</param>
    public static Actor System(string part) => new(ActorKind.System, part);

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("kind", Json.Name(Kind));
        writer.WriteText("id", Id);
        writer.WriteEndObject();
    }
}
