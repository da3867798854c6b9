using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;
using NUnit.Framework;

namespace JitApprovals.Tests;

/// <summary>Handles: their end, their memory, their threads, and what they show.</summary>
public sealed class HandlesTests
{
    private const string Secret = "secretsecretsecretsecretsecretse";

    [Test]
    public void UseAfterDispose()
    {
        SigningKey key = Story.Key();
        Minter minter = Story.Minter(key);
        Verifier verifier = Story.Verifier(key);
        Template template = Template.Parse(Story.Record);
        ApprovalRequest request = Story.Request();
        Jwt jwt = Jwt.Create();
        var access = new AccessTokenVerifier(key, "a", "b");
        string token = minter.Mint("kevin");
        IDisposable[] all = [key, minter, verifier, template, request, jwt, access];
        foreach (IDisposable one in all)
        {
            one.Dispose();
            one.Dispose();
        }

        Assert.Throws<ObjectDisposedException>(() => Story.Minter(key));
        Assert.Throws<ObjectDisposedException>(() => _ = new Verifier([Story.Key(), key], new VerifierOptions()));
        Assert.Throws<ObjectDisposedException>(() => minter.Mint("kevin"));
        Assert.Throws<ObjectDisposedException>(() => verifier.Verify(token));
        Assert.Throws<ObjectDisposedException>(() => template.ToJson());
        Assert.Throws<ObjectDisposedException>(() => request.ToJson());
        Assert.Throws<ObjectDisposedException>(() => jwt.SetClaim("a", 1));
        Assert.Throws<ObjectDisposedException>(() => access.Verify(token));
    }

    [Test]
    public void ARequestOutlivesItsTemplateAndAMinterItsKey()
    {
        SigningKey key = Story.Key();
        using Minter minter = Story.Minter(key);
        key.Dispose();
        Assert.That(minter.Mint("kevin"), Does.StartWith("ey"));
        using ApprovalRequest request = Story.Request(); // Its template is disposed.
        Assert.That(request.Approve(Story.Approver, request.ContentHash), Is.True);
    }

    [Test]
    public void AMillionHandlesThatNobodyDisposes()
    {
        // Their finalisers free them. The native part of each is at least some hundred bytes.
        void Make(int count)
        {
            for (int index = 0; index < count; index++)
            {
                _ = SigningKey.FromBytes(new byte[64]);
            }
        }

        long Resident()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            using Process process = Process.GetCurrentProcess();
            return process.WorkingSet64;
        }

        // The allocator and the collector keep some memory for the next objects: only the first rounds grow. Two million keys
        // that nobody frees would be hundreds of MiB more.
        long before = 0;
        for (int round = 0; round < 8; round++)
        {
            Make(500_000);
            before = round == 3 ? Resident() : before;
        }

        long grown = Resident() - before;
        Assert.That(grown, Is.LessThan(200L << 20), $"{grown >> 20} MiB");
    }

    [Test]
    public void RequestsAreFreedInTime()
    {
        using Template template = Template.Parse(Story.Record);
        long highest = 0;
        for (int index = 0; index < 60_000; index++)
        {
            _ = template.Open(new RequestBody { MetaData = Story.Amount(index) }, Story.Origin, Story.Everyone);
            if (index % 10_000 == 9_999)
            {
                using Process process = Process.GetCurrentProcess();
                highest = Math.Max(highest, process.WorkingSet64);
            }
        }

        Assert.That(highest, Is.LessThan(1L << 30), "under the collector's ordinary working");
    }

    [Test]
    public void SixteenThreads()
    {
        using SigningKey key = Story.Key();
        using Minter minter = Story.Minter(key);
        using Verifier verifier = Story.Verifier(key);
        using ApprovalRequest request = Story.Approved();
        var ids = new ConcurrentBag<string>();
        int consumed = 0;
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 16 }, _ =>
        {
            for (int index = 0; index < 1000; index++)
            {
                var claims = new Dictionary<string, object?> { ["index"] = index };
                Claims verified = verifier.Verify(minter.Mint($"user{index}", claims));
                Assert.That(verified.Subject, Is.EqualTo($"user{index}"));
                Assert.That(verified.Json.GetProperty("index").GetInt32(), Is.EqualTo(index));
                ids.Add(verified.Id!);
            }

            try
            {
                request.Consume(Story.Act);
                System.Threading.Interlocked.Increment(ref consumed);
            }
            catch (GrantException error) when (error.Code == ErrorCode.GrantConsumed)
            {
            }
        });
        Assert.That(ids.Distinct().Count(), Is.EqualTo(16_000));
        Assert.That(consumed, Is.EqualTo(1));
    }

    [Test]
    public void DisposeDuringCalls()
    {
        using SigningKey key = Story.Key();
        for (int round = 0; round < 100; round++)
        {
            Minter minter = Story.Minter(key);
            Parallel.Invoke(
                () =>
                {
                    try
                    {
                        while (true)
                        {
                            minter.Mint("kevin");
                        }
                    }
                    catch (ObjectDisposedException)
                    {
                    }
                },
                minter.Dispose);
        }
    }

    [Test]
    public void AKeyShowsNothing()
    {
        using SigningKey key = SigningKey.FromBytes(Story.Utf8(Secret), id: "k1");
        using Minter minter = Story.Minter(key);
        foreach (object holder in new object[] { key, minter })
        {
            Assert.That(holder.ToString(), Does.Not.Contain("secret"));
            Assert.That(Fields(holder, 3), Does.Not.Contain("secret"));
            DebuggerDisplayAttribute? shown = holder.GetType().GetCustomAttribute<DebuggerDisplayAttribute>();
            Assert.That(shown?.Value ?? "", Is.EqualTo(holder is SigningKey ? "SigningKey {Id}" : ""));
        }

        Assert.That(System.Text.Json.JsonSerializer.Serialize(key), Is.EqualTo("""{"Id":"k1"}"""));
        Assert.That(typeof(SigningKey).GetMembers().Select(member => member.Name), Has.None.Contains("Handle"));
        JitException error = Assert.Catch<JitException>(() => SigningKey.FromBase64(Secret + "!"))!;
        Assert.That(error.ToString(), Does.Not.Contain("secret"));
        error = Assert.Catch<JitException>(() => SigningKey.FromBytes(Story.Utf8(Secret[..9])))!;
        Assert.That(error.ToString(), Does.Not.Contain("secret"));
    }

    /// <summary>The values of all fields, and of their fields.</summary>
    private static string Fields(object? value, int depth)
    {
        if (value is null || depth == 0 || value is string or Type)
        {
            return value?.ToString() ?? "";
        }

        var fields = new List<string> { value.ToString() ?? "" };
        for (Type? type = value.GetType(); type is not null; type = type.BaseType)
        {
            const BindingFlags All = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
            fields.AddRange(type.GetFields(All).Select(field => Fields(field.GetValue(value), depth - 1)));
        }

        return string.Join(" ", fields);
    }
}
