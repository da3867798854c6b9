using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using JitApprovals.Native;

namespace JitApprovals;

/// <summary>
/// Where a request comes from. <see cref="Verifier.Origin"/> returns it for a verified auth token; it never comes from a
/// request's body.
/// </summary>
/// <param name="Application">The application that asks: <c>iss</c> of its auth token.</param>
/// <param name="Subject">The user on whose behalf it asks: <c>sub</c>.</param>
public sealed record Origin(string Application, string Subject)
{
    private readonly IReadOnlyDictionary<string, object?> claims = ValueMap.Of<object?>([]);

    /// <summary>The company that the request belongs to, by default the application.</summary>
    public string? Company { get; init; }

    /// <summary>The application's display name, by default its host. Templates show it as <c>$(companyName)</c>.</summary>
    public string? CompanyName { get; init; }

    /// <summary>The other claims of the auth token. A request keeps those that its template lists.</summary>
    public IReadOnlyDictionary<string, object?> Claims
    {
        get => claims;
        init => claims = ValueMap.Given(value, "claims");
    }

    /// <summary>The device, as the application reported it.</summary>
    public Device? Device { get; init; }

    internal static Origin Read(JsonElement record) => new(record.Text("application"), record.Text("subject"))
    {
        Company = record.OptionalText("company"),
        CompanyName = record.OptionalText("companyName"),
        Claims = ReadClaims(record),
        Device = record.TryGetProperty("device", out JsonElement device) ? Device.Read(device) : null,
    };

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteText("application", Application);
        writer.WriteText("subject", Subject);
        writer.WriteOptional("company", Company);
        writer.WriteOptional("companyName", CompanyName);
        writer.WritePropertyName("claims");
        Values.WriteClaims(writer, Claims);
        if (Device is not null)
        {
            writer.WritePropertyName("device");
            Device.Write(writer);
        }

        writer.WriteEndObject();
    }

    private static ValueMap<object?> ReadClaims(JsonElement record) =>
        record.TryGetProperty("claims", out JsonElement claims)
            ? ValueMap.Of(claims.EnumerateObject().Select(claim => KeyValuePair.Create(claim.Name, Value(claim.Value))))
            : ValueMap.Of<object?>([]);

    /// <summary>Texts and truth values are their own types, so that origins can be compared. Others stay JSON.</summary>
    private static object? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null => null,
        _ => value,
    };
}

/// <summary>A device, as an application reported it. What cannot be shown is left out.</summary>
public sealed record Device
{
    /// <summary>The browser's <c>User-Agent</c>.</summary>
    public string? UserAgent { get; init; }

    /// <summary>The browser's brands, in the form of <c>Sec-CH-UA</c>.</summary>
    public string? Brands { get; init; }

    /// <summary>The platform, in the form of <c>Sec-CH-UA-Platform</c>.</summary>
    public string? Platform { get; init; }

    /// <summary>Where the device is.</summary>
    public Location? Location { get; init; }

    internal static Device Read(JsonElement record) => new()
    {
        UserAgent = record.OptionalText("userAgent"),
        Brands = record.OptionalText("brands"),
        Platform = record.OptionalText("platform"),
        Location = record.TryGetProperty("location", out JsonElement location)
            ? new Location(location.GetProperty("lat").GetDouble(), location.GetProperty("lon").GetDouble())
            : null,
    };

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteOptional("userAgent", UserAgent);
        writer.WriteOptional("brands", Brands);
        writer.WriteOptional("platform", Platform);
        if (Location is not null)
        {
            writer.WriteStartObject("location");
            writer.WriteNumber("lat", Finite(Location.Latitude, "latitude"));
            writer.WriteNumber("lon", Finite(Location.Longitude, "longitude"));
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static double Finite(double number, string name) =>
        double.IsFinite(number) ? number : throw JitException.WrongType(name, "a finite number", $"{number}");
}

/// <summary>A place on Earth.</summary>
/// <param name="Latitude">Degrees north, from -90 to 90.</param>
/// <param name="Longitude">Degrees east, from -180 to 180.</param>
public sealed record Location(double Latitude, double Longitude);
