using System;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using NUnit.Framework;

namespace JitApprovals.Tests;

/// <summary>A native library that panics in every call: each panic is an ordinary exception, and the process lives.</summary>
public sealed class PanicsTests
{
    [Test]
    public void EveryCallThatPanicsThrows()
    {
        IntPtr library = NativeLibrary.Load("jit_approvals_c", typeof(JitException).Assembly, null);
        if (!NativeLibrary.TryGetExport(library, "jit_panic_in_every_call", out IntPtr export))
        {
            Assert.Ignore("needs the native library with the feature `panicking`");
        }

        var panicInEveryCall = Marshal.GetDelegateForFunctionPointer<PanicInEveryCall>(export);
        _ = Catalogue.Rows;
        using SigningKey key = Story.Key();
        using Minter minter = Story.Minter(key);
        using Verifier verifier = Story.Verifier(key);
        using Template template = Template.Parse(Story.Record);
        using ApprovalRequest request = Story.Approved();
        using Jwt jwt = Jwt.Create();
        using var access = new AccessTokenVerifier(key, "a", "b");
        string token = minter.Mint("kevin");
        string[] events = request.Events.ToArray();
        Head head = request.Head;
        TestDelegate[] calls =
        [
            () => SigningKey.Generate(),
            () => SigningKey.GenerateBase64(),
            () => SigningKey.FromBase64("AAAA"),
            () => SigningKey.FromBytes(new byte[32]),
            () => Story.Minter(key),
            () => minter.Mint("kevin"),
            () => minter.MintMany(["kevin"]),
            () => Story.Verifier(key),
            () => verifier.Verify(token),
            () => verifier.Origin(token),
            () => UnverifiedToken.Parse(token),
            () => Jwt.Create(),
            () => jwt.SetClaim("a", 1),
            () => jwt.SetHeader("a", 1),
            () => jwt.SetExpiration(null),
            () => jwt.SetNotBefore(null),
            () => _ = jwt.Header,
            () => _ = jwt.Claims,
            () => jwt.Compact(key),
            () => Jws.Sign(Story.Amount(1), [], key),
            () => Jws.Verify(token, key),
            () => Template.Parse(Story.Record),
            () => Template.Mistakes(Story.Record),
            () => template.Render(Story.Amount(1), Story.Origin),
            () => template.Needs(new RequestBody()),
            () => template.Open(new RequestBody(), Story.Origin, Story.Everyone),
            () => template.ToJson(),
            () => _ = request.Status,
            () => _ = request.Stages,
            () => _ = request.Grant,
            () => _ = request.Head,
            () => _ = request.Events,
            () => request.At(DateTimeOffset.UnixEpoch),
            () => request.NeedsOf(Story.Approver),
            () => request.MayDecide(Story.Approver),
            () => request.Approve(Story.Approver, request.ContentHash),
            () => request.Reject(Story.Approver, request.ContentHash),
            () => request.Cancel(Actor.Application(Story.Issuer)),
            () => request.Revoke(Actor.Application(Story.Issuer)),
            () => request.Consume(Story.Act),
            () => request.Expire(),
            () => request.Apply(events[0]),
            () => request.AccessToken("host", key),
            () => request.ToJson(),
            () => ApprovalRequest.Restore(events, head),
            () => ApprovalRequest.VerifyChain(events, head),
            () => new AccessToken("a", "b", "c", "d", DateTimeOffset.UnixEpoch, "e", "f", "g").Sign(key),
            () => _ = new AccessTokenVerifier(key, "a", "b"),
            () => access.Verify(token),
            () => RequestBody.Parse("{}"),
            () => Act.Parse("{}"),
            () => PeopleDirectory.Parse("{}"),
            () => JitText.PlainText("a"),
            () => JitText.Identity("a"),
        ];
        panicInEveryCall(1);
        try
        {
            for (int index = 0; index < calls.Length; index++)
            {
                InternalException? error = Assert.Throws<InternalException>(calls[index], $"call {index}");
                Assert.That(error!.Message, Is.EqualTo("an internal error; this is a bug"));
            }
        }
        finally
        {
            panicInEveryCall(0);
        }

        Assert.That(verifier.Verify(token).Subject, Is.EqualTo("kevin"), "the process lives");
        Assert.That(request.Events, Is.EqualTo(events), "and nothing was changed");
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void PanicInEveryCall(byte panics);
}
