using System.Collections.Generic;
using System.Text;

namespace JitApprovals.Tests;

/// <summary>What the tests share.</summary>
internal static class Story
{
    public const string Issuer = "shop.example.com";
    public const string Audience = "approvals.example.com";
    public const string Approver = "ann@example.com";

    public const string Record = """
        {
            "approvalType": "approve", "templateName": "Refund", "approvalKey": "REFUND",
            "approvalTitle": "Refund $(amount)?",
            "approvalData": "Refund $(amount) to $(subject).",
            "defaultApprovers": ["ann@example.com"],
            "metadata": [{"key": "amount", "type": "number"}]
        }
        """;

    public static readonly Origin Origin = new(Issuer, "kevin");

    public static readonly PeopleDirectory Everyone = PeopleDirectory.Everyone();

    public static readonly Act Act = new() { MetaData = Amount("5") };

    public static SigningKey Key() => SigningKey.FromBytes(new byte[32], id: "k1");

    public static Minter Minter(SigningKey key) => new(key, Issuer, Audience);

    public static Verifier Verifier(SigningKey key) => new(key, Issuer, Audience);

    public static Dictionary<string, object?> Amount(object? amount) => new() { ["amount"] = amount };

    public static ApprovalRequest Request(string record = Record)
    {
        using Template template = Template.Parse(record);
        return template.Open(new RequestBody { MetaData = Amount("5") }, Origin, Everyone);
    }

    public static ApprovalRequest Approved()
    {
        ApprovalRequest request = Request();
        request.Approve(Approver, request.ContentHash);
        return request;
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
