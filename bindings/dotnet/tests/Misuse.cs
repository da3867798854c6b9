// What must not compile. Each line that ends with a code must have that error, and no other line may have one.

#nullable enable

using System;
using System.Collections.Generic;
using JitApprovals;
using JitApprovals.Native;

public static class Misuse
{
    public static void Calls(SigningKey key, Minter minter, Verifier verifier, Template template, ApprovalRequest request)
    {
        _ = new SigningKey(); // CS1729
        _ = new Minter("key", "shop", "host"); // CS1503
        _ = new Minter(key, "shop"); // CS7036
        _ = new Verifier(key, "shop", null); // CS8625
        _ = new Verifier(minter, "shop", "host"); // CS1503
        minter.Mint("kevin", lifetime: 5); // CS1739
        minter.Mint(5); // CS1503
        verifier.Verify("token").Subject = "eve"; // CS0200
        template.Open(new RequestBody(), new Origin("shop", "kevin")); // CS7036
        template.Open(new RequestBody(), verifier.Verify("token"), PeopleDirectory.Everyone()); // CS1503
        _ = new Person("ann@example.com"); // CS7036
        _ = new Act(); // CS9035
        _ = new PeopleDirectory(null, null); // CS1729
        request.Approve("ann@example.com"); // CS7036
        request.Approve("ann@example.com", 5); // CS1503
        request.Consume(new Dictionary<string, object?>()); // CS1503
        request.Cancel("shop"); // CS1503
        request.Status = RequestStatus.Approved; // CS0200
        RequestStatus status = "approved"; // CS0029
        _ = request.Approve("ann@example.com", request.ContentHash, now: DateTime.UtcNow.Ticks); // CS1503
        _ = typeof(NativeMethods); // CS0122
        throw new JitException(); // CS1729
    }
}
