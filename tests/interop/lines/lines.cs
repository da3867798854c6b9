using System;
using System.Collections.Generic;
using JitApprovals;

string text = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
(string shop, string host, string subject, string approver) =
    ("shop.example.com", "approvals.example.com", "kevin", "ann@example.com");
var claims = new Dictionary<string, object?>();
Template template = Template.Parse("""
    {"approvalType": "approve", "templateName": "Refund", "approvalKey": "REFUND", "approvalTitle": "Refund?",
    "approvalData": "Refund $(amount).", "defaultApprovers": ["ann@example.com"], "metadata": [{"key": "amount"}]}
    """);
var amount = new Dictionary<string, object?> { ["amount"] = "5" };
var body = new RequestBody { MetaData = amount };
var act = new Act { MetaData = amount };
PeopleDirectory directory = PeopleDirectory.Everyone();

SigningKey key = {{1}};
string token = {{2}};
Origin origin = {{3}};
ApprovalRequest request = {{4}};
{{5}};
{{6}};

Console.WriteLine(request.Events.Count);
