using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NUnit.Framework;

namespace JitApprovals.Tests;

/// <summary>Tokens of .NET's own handlers verify, and ours verify there.</summary>
public sealed class InteropTests
{
    private static readonly byte[] Bytes = Convert.FromHexString(string.Concat(System.Linq.Enumerable.Repeat("5a", 32)));

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    // The forms that JwtSecurityTokenHandler and JsonWebTokenHandler write: `typ` after `alg`; times as integers, with
    // and without `iat` and `nbf`; `aud` as text or as a list.
    [TestCase("""{"alg":"HS256","typ":"JWT"}""", """{"sub":"kevin","nbf":1699999990,"exp":1700000300,"iat":1700000000,"iss":"shop","aud":"host"}""")]
    [TestCase("""{"alg":"HS256","typ":"JWT"}""", """{"sub":"kevin","exp":1700000300,"iss":"shop","aud":"host"}""")]
    [TestCase("""{"alg":"HS256","typ":"JWT","kid":"k1"}""", """{"aud":["other","host"],"iss":"shop","exp":1700000300,"sub":"kevin"}""")]
    [TestCase("""{"alg":"HS256"}""", """{"aud":"host","iss":"shop","exp":1700000300.5,"sub":"kevin","role":["a","b"]}""")]
    public void TokensOfOtherHandlersVerify(string header, string claims)
    {
        using SigningKey key = SigningKey.FromBytes(Bytes);
        using var verifier = new Verifier(key, issuer: "shop", audience: "host");
        Claims verified = verifier.Verify(Signed(header, claims), Now);
        Assert.That(verified.Subject, Is.EqualTo("kevin"));
        Assert.That(verified.Audiences, Does.Contain("host"));
        Assert.That(verified.ExpiresAt, Is.InRange(Now.AddSeconds(300), Now.AddSeconds(301)));
        Assert.That(verified.Json.GetRawText(), Is.EqualTo(claims));
        Assert.Throws<TokenException>(() => verifier.Verify(Signed(header, claims) + "A", Now));
        Assert.Throws<TokenException>(() => verifier.Verify(Signed("""{"alg":"none"}""", claims), Now));
    }

    [Test]
    public void OurTokensAreWhatAnHmacMakes()
    {
        using SigningKey key = SigningKey.FromBytes(Bytes);
        using var minter = new Minter(key, issuer: "shop", audience: "host");
        string token = minter.Mint("kevin", new Dictionary<string, object?> { ["role"] = "a" }, Now, "1");
        string expected = Signed(
            """{"typ":"JWT","alg":"HS256"}""",
            """{"iss":"shop","aud":"host","sub":"kevin","jti":"1","iat":1700000000,"exp":1700000300,"nbf":1699999940,"role":"a"}""");
        Assert.That(token, Is.EqualTo(expected));
    }

#if IDENTITY_MODEL
    [Test]
    public void TheRealHandlers()
    {
        var secret = new Microsoft.IdentityModel.Tokens.SymmetricSecurityKey(Bytes);
        var credentials = new Microsoft.IdentityModel.Tokens.SigningCredentials(secret, "HS256");
        var descriptor = new Microsoft.IdentityModel.Tokens.SecurityTokenDescriptor
        {
            Issuer = "shop",
            Audience = "host",
            Claims = new Dictionary<string, object> { ["sub"] = "kevin" },
            Expires = DateTime.UtcNow.AddMinutes(5),
            SigningCredentials = credentials,
        };
        using SigningKey key = SigningKey.FromBytes(Bytes);
        using var verifier = new Verifier(key, issuer: "shop", audience: "host");
        var modern = new Microsoft.IdentityModel.JsonWebTokens.JsonWebTokenHandler();
        Assert.That(verifier.Verify(modern.CreateToken(descriptor)).Subject, Is.EqualTo("kevin"));
        var classic = new System.IdentityModel.Tokens.Jwt.JwtSecurityTokenHandler();
        Assert.That(verifier.Verify(classic.WriteToken(classic.CreateToken(descriptor))).Subject, Is.EqualTo("kevin"));
        using var minter = new Minter(key, issuer: "shop", audience: "host");
        var parameters = new Microsoft.IdentityModel.Tokens.TokenValidationParameters
        {
            ValidIssuer = "shop",
            ValidAudience = "host",
            IssuerSigningKey = secret,
        };
        var result = modern.ValidateTokenAsync(minter.Mint("kevin"), parameters).GetAwaiter().GetResult();
        Assert.That(result.IsValid, Is.True, result.Exception?.Message);
    }
#endif

    private static string Signed(string header, string claims)
    {
        string input = $"{Base64Url(Encoding.UTF8.GetBytes(header))}.{Base64Url(Encoding.UTF8.GetBytes(claims))}";
        return $"{input}.{Base64Url(HMACSHA256.HashData(Bytes, Encoding.ASCII.GetBytes(input)))}";
    }

    private static string Base64Url(byte[] bytes) =>
        Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
