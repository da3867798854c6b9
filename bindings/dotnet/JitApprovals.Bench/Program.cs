// `cargo xtask bench dotnet`: what the hot calls cost, against the same in C# by hand. Ratios of medians over interleaved
// slices: what disturbs one side disturbs the other, too.

using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using JitApprovals;

const int Slices = 41;
const double SliceSeconds = 0.004;

using SigningKey key = SigningKey.FromBytes(Hand.Secret);
using var minter = new Minter(key, Hand.Issuer, Hand.Audience);
using var verifier = new Verifier(key, Hand.Issuer, Hand.Audience);
string token = minter.Mint(Hand.Subject, new Dictionary<string, object?> { ["otherClaim"] = "claimValue" });
if (Hand.Verify(Hand.Mint()).Subject != verifier.Verify(token).Subject || Hand.Verify(token).Id != verifier.Verify(token).Id)
{
    throw new InvalidOperationException("the sides differ");
}

string purchase = Path.Combine(args[0], "examples", "purchase");
string record = File.ReadAllText(Path.Combine(purchase, "approve.template.json"));
using Template template = Template.Parse(record);
RequestBody body = RequestBody.Parse(File.ReadAllText(Path.Combine(purchase, "approve.request.json")));
var origin = new Origin("https://msonline.nextlevel3.com", "kevin");
using JsonDocument fields = JsonDocument.Parse(record);
string titleWords = fields.RootElement.GetProperty("approvalTitle").GetString()!;
string textWords = fields.RootElement.GetProperty("approvalData").GetString()!;
Dictionary<string, string> Filled()
{
    var values = fields.RootElement.GetProperty("metadata").EnumerateArray().ToDictionary(
        field => field.GetProperty("key").GetString()!,
        field => field.TryGetProperty("defaultValue", out JsonElement value) ? value.GetString()! : "");
    foreach ((string name, object? value) in body.MetaData)
    {
        values[name] = (string)value!;
    }

    values["companyName"] = "msonline.nextlevel3.com";
    return values;
}

Dictionary<string, string> prepared = Filled();
(string, string) Substitute()
{
    var title = new StringBuilder(titleWords);
    var text = new StringBuilder(textWords);
    foreach ((string name, string value) in prepared)
    {
        string placeholder = $"${{{name}}}";
        title.Replace(placeholder, value);
        text.Replace(placeholder, value);
    }

    return (title.ToString(), text.ToString());
}

(string, string) Render()
{
    Rendered rendered = template.Render(body.MetaData, origin);
    return (rendered.Title, rendered.Text);
}

if (Substitute() != Render())
{
    throw new InvalidOperationException("the sides differ");
}

object? sink = null;
var rows = new List<Row>
{
    Compare(
        "mint",
        () => sink = minter.Mint(Hand.Subject, new Dictionary<string, object?> { ["otherClaim"] = "claimValue" }),
        "HMACSHA256.HashData and Utf8JsonWriter",
        () => sink = Hand.Mint()),
    Compare(
        "verify to subject, times, claims",
        () =>
        {
            Claims claims = verifier.Verify(token);
            sink = (claims.Subject, claims.ExpiresAt, claims.NotBefore, claims.IssuedAt, claims.Json);
        },
        "HMACSHA256.HashData and JsonDocument",
        () =>
        {
            HandClaims claims = Hand.Verify(token);
            sink = (claims.Subject, claims.ExpiresAt, claims.NotBefore, claims.IssuedAt, claims.Json);
        }),
    Compare("render the purchase, checked", () => sink = Render(), "StringBuilder.Replace, unchecked", () => sink = Substitute()),
};
#if IDENTITY_MODEL
var secret = new Microsoft.IdentityModel.Tokens.SymmetricSecurityKey(Hand.Secret);
var handler = new Microsoft.IdentityModel.JsonWebTokens.JsonWebTokenHandler();
var credentials = new Microsoft.IdentityModel.Tokens.SigningCredentials(secret, "HS256");
var parameters = new Microsoft.IdentityModel.Tokens.TokenValidationParameters
{
    ValidIssuer = Hand.Issuer,
    ValidAudience = Hand.Audience,
    IssuerSigningKey = secret,
};
rows.Add(Compare(
    "mint",
    () => sink = minter.Mint(Hand.Subject, new Dictionary<string, object?> { ["otherClaim"] = "claimValue" }),
    "JsonWebTokenHandler",
    () => sink = handler.CreateToken(new Microsoft.IdentityModel.Tokens.SecurityTokenDescriptor
    {
        Issuer = Hand.Issuer,
        Audience = Hand.Audience,
        Claims = new Dictionary<string, object> { ["sub"] = Hand.Subject, ["otherClaim"] = "claimValue" },
        Expires = DateTime.UtcNow.AddMinutes(5),
        SigningCredentials = credentials,
    })));
rows.Add(Compare(
    "verify to subject, times, claims",
    () => sink = verifier.Verify(token),
    "JsonWebTokenHandler",
    () => sink = handler.ValidateTokenAsync(token, parameters).GetAwaiter().GetResult()));
#endif

Console.WriteLine("| work | µs | against | µs | ratio |\n|---|--:|---|--:|--:|");
foreach (Row row in rows)
{
    Console.WriteLine($"| {row.Work} | {row.Us:F2} | {row.Against} | {row.PeerUs:F2} | {row.Ratio:F2} × as fast |");
}

var claimsOnce = new Dictionary<string, object?> { ["otherClaim"] = "claimValue" };
long allocated = Allocated(() => sink = minter.Mint(Hand.Subject, claimsOnce));
int itself = (22 + (2 * token.Length) + 7) / 8 * 8;
Console.WriteLine($"\nmanaged allocation per mint: {allocated} bytes, of which the token's own string is {itself}");
Directory.CreateDirectory(Path.Combine(args[0], "target", "bench"));
File.WriteAllText(
    Path.Combine(args[0], "target", "bench", "dotnet.json"),
    JsonSerializer.Serialize(rows, new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    }) + "\n");
GC.KeepAlive(sink);

static double Piece(Action work, int calls)
{
    long start = Stopwatch.GetTimestamp();
    for (int call = 0; call < calls; call++)
    {
        work();
    }

    return Stopwatch.GetElapsedTime(start).TotalSeconds / calls;
}

static Row Compare(string name, Action ours, string peer, Action theirs)
{
    Action[] sides = [ours, theirs];
    int[] calls = sides.Select(work =>
    {
        // The runtime compiles a method again once it has been called often.
        for (int warm = 0; warm < 5; warm++)
        {
            Piece(work, 10_000);
            System.Threading.Thread.Sleep(50);
        }

        return Math.Max(1, (int)(SliceSeconds / Piece(work, 2000)));
    }).ToArray();
    List<double>[] times = [[], []];
    for (int slice = 0; slice < Slices; slice++)
    {
        for (int side = 0; side < 2; side++)
        {
            times[side].Add(Piece(sides[side], calls[side]));
        }
    }

    double[] medians = times.Select(all => all.Order().ElementAt(Slices / 2)).ToArray();
    Console.Error.WriteLine($"  {name} … {peer}");
    return new Row(name, medians[0] * 1e6, peer, medians[1] * 1e6, medians[1] / medians[0]);
}

static long Allocated(Action work)
{
    const int Calls = 10_000;
    Piece(work, Calls);
    long before = GC.GetAllocatedBytesForCurrentThread();
    Piece(work, Calls);
    return (GC.GetAllocatedBytesForCurrentThread() - before) / Calls;
}

/// <summary>One row of the table.</summary>
internal sealed record Row(string Work, double Us, string Against, double PeerUs, double Ratio);

/// <summary>What the peer returns.</summary>
internal sealed record HandClaims(
    string Subject,
    string Id,
    DateTimeOffset ExpiresAt,
    DateTimeOffset NotBefore,
    DateTimeOffset IssuedAt,
    JsonElement Json);

/// <summary>The same by hand, as a careful C# programmer writes it.</summary>
internal static class Hand
{
    public const string Issuer = "https://app.example.com";
    public const string Audience = "api.example.com";
    public const string Subject = "user@example.com";
    public static readonly byte[] Secret = Encoding.ASCII.GetBytes("77777777777777777777777777777777");

    private static readonly string Header = Encode("""{"typ":"JWT","alg":"HS256"}"""u8);

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Mint()
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var payload = new System.Buffers.ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(payload, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("iss", Issuer);
            writer.WriteString("aud", Audience);
            writer.WriteString("sub", Subject);
            writer.WriteString("jti", Guid.NewGuid());
            writer.WriteNumber("iat", now);
            writer.WriteNumber("exp", now + 300);
            writer.WriteNumber("nbf", now - 60);
            writer.WriteString("otherClaim", "claimValue");
            writer.WriteEndObject();
        }

        string signed = $"{Header}.{Encode(payload.WrittenSpan)}";
        Span<byte> input = stackalloc byte[signed.Length];
        Encoding.ASCII.GetBytes(signed, input);
        Span<byte> signature = stackalloc byte[32];
        HMACSHA256.HashData(Secret, input, signature);
        return $"{signed}.{Encode(signature)}";
    }

    public static HandClaims Verify(string token)
    {
        int first = token.IndexOf('.');
        int last = token.LastIndexOf('.');
        Span<byte> input = stackalloc byte[last];
        Encoding.ASCII.GetBytes(token.AsSpan(0, last), input);
        Span<byte> expected = stackalloc byte[32];
        HMACSHA256.HashData(Secret, input, expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, Decode(token.AsSpan(last + 1))))
        {
            throw new CryptographicException("signature");
        }

        JsonElement claims = JsonDocument.Parse(Decode(token.AsSpan(first + 1, last - first - 1))).RootElement;
        DateTimeOffset now = DateTimeOffset.UtcNow;
        DateTimeOffset Time(string name) => DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty(name).GetInt64());
        var verified = new HandClaims(
            claims.GetProperty("sub").GetString()!,
            claims.GetProperty("jti").GetString()!,
            Time("exp"),
            Time("nbf"),
            Time("iat"),
            claims);
        if (verified.ExpiresAt <= now
            || verified.NotBefore > now.AddSeconds(60)
            || !claims.GetProperty("iss").ValueEquals(Issuer)
            || !claims.GetProperty("aud").ValueEquals(Audience))
        {
            throw new CryptographicException("claims");
        }

        return verified;
    }

    private static string Encode(ReadOnlySpan<byte> bytes) =>
        Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static byte[] Decode(ReadOnlySpan<char> text)
    {
        string padded = text.ToString().Replace('-', '+').Replace('_', '/');
        return Convert.FromBase64String(padded.PadRight((padded.Length + 3) / 4 * 4, '='));
    }
}
