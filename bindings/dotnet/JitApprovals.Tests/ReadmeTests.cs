using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using NUnit.Framework;

namespace JitApprovals.Tests;

/// <summary>The README's C#. `cargo xtask test dotnet` writes each block into a file that is compiled with the tests.</summary>
public sealed class ReadmeTests
{
    private string folder = null!;
    private string signingKey = null!;
    private Approvals approvals = null!;

    [SetUp]
    public void SetUp()
    {
        folder = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString());
        signingKey = SigningKey.GenerateBase64();
        approvals = new Approvals(signingKey, folder);
    }

    [TearDown]
    public void TearDown()
    {
        approvals.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Test]
    public void TheFirstLines()
    {
        Environment.SetEnvironmentVariable("SIGNING_KEY", signingKey);
        ReadmeStatements.Block0();
    }

    [Test]
    public void TheRootsLines()
    {
        Environment.SetEnvironmentVariable("SIGNING_KEY", signingKey);
        string before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = Repository.File(".");
        try
        {
            ReadmeStatements.Block4();
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    [Test]
    public void AnApprovalEndToEnd()
    {
        string id = approvals.Ask(Token(), Body());
        using (ApprovalRequest request = approvals.Load(id))
        {
            Assert.That(request.Text, Is.EqualTo("kevin wants to buy a chair for 12.50.\nshop.example.com"));
            approvals.Approve(id, "steve@example.com", request.ContentHash);
        }

        Assert.Throws<RequestException>(() => approvals.Consume(Token(), id, Act("12.51")));
        approvals.Consume(Token(), id, Act("12.50"));
        Assert.Throws<GrantException>(() => approvals.Consume(Token(), id, Act("12.50")));
        Assert.Throws<FormatException>(() => approvals.Load("../secrets"));
        Assert.Throws<FileNotFoundException>(() => approvals.Load(Guid.NewGuid().ToString()));
    }

    [Test]
    public void TwoHostsConsumeOnce()
    {
        for (int round = 0; round < 20; round++)
        {
            string id = approvals.Ask(Token(), Body());
            using (ApprovalRequest request = approvals.Load(id))
            {
                approvals.Approve(id, "steve@example.com", request.ContentHash);
            }

            int consumed = 0;
            Parallel.For(0, 4, _ =>
            {
                using var other = new Approvals(signingKey, folder);
                try
                {
                    other.Consume(Token(), id, Act("12.50"));
                    System.Threading.Interlocked.Increment(ref consumed);
                }
                catch (GrantException error) when (error.Code == ErrorCode.GrantConsumed)
                {
                }
            });
            Assert.That(consumed, Is.EqualTo(1));
        }
    }

    [Test]
    public async Task InAspNetCore()
    {
        await using WebApplication app = ApprovalsApi.Build(["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default=None"], approvals);
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token());
        HttpResponseMessage opened = await client.PostAsync("/requests", Json(Body().ToJson()));
        Assert.That(opened.StatusCode, Is.EqualTo(HttpStatusCode.Created), await opened.Content.ReadAsStringAsync());
        string id = await Member(opened, "id");
        HttpResponseMessage read = await client.GetAsync($"/requests/{id}");
        Assert.That(await Member(read, "status"), Is.EqualTo("pending"));
        approvals.Approve(id, "steve@example.com", await Member(read, "contentHash"));

        HttpResponseMessage other = await client.PostAsync($"/requests/{id}/consume", Json(Act("9").ToJson()));
        Assert.That(other.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(await Member(other, "code"), Is.EqualTo("content_mismatch"));
        HttpResponseMessage same = await client.PostAsync($"/requests/{id}/consume", Json(Act("12.50").ToJson()));
        Assert.That(same.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));

        HttpResponseMessage misspelled = await client.PostAsync("/requests", Json("""{"templateId": "PURCHASE", "metadata": {}}"""));
        Assert.That(misspelled.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await client.GetAsync($"/requests/{Guid.NewGuid()}")).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await client.GetAsync("/requests/xyz")).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        client.DefaultRequestHeaders.Authorization = null;
        Assert.That((await client.PostAsync($"/requests/{id}/consume", Json(Act("12.50").ToJson()))).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That((await client.PostAsync("/requests", Json(Body().ToJson()))).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public void ThePage()
    {
        Assert.That(
            Page.Html([new Part("Pay ", null), new Part("<b>", "payee")]),
            Is.EqualTo("<bdi>Pay </bdi><bdi>&lt;b&gt;</bdi>"));
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static async Task<string> Member(HttpResponseMessage response, string name)
    {
        using JsonDocument document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return document.RootElement.GetProperty(name).GetString()!;
    }

    private static RequestBody Body() => new()
    {
        TemplateId = "PURCHASE",
        MetaData = new Dictionary<string, object?> { ["item"] = "a chair", ["price"] = 12.50m },
    };

    private static Act Act(string price) => new()
    {
        MetaData = new Dictionary<string, object?> { ["item"] = "a chair", ["price"] = price },
    };

    private string Token()
    {
        using SigningKey key = SigningKey.FromBase64(signingKey);
        using var minter = new Minter(key, issuer: "shop.example.com", audience: "approvals.example.com");
        return minter.Mint("kevin");
    }
}
