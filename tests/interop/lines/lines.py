from jit_approvals import Minter, SigningKey, Template, Verifier

text = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
shop, host, subject, approver = "shop.example.com", "approvals.example.com", "kevin", "ann@example.com"
claims: dict[str, object] = {}
template = Template.parse(
    {
        "approvalType": "approve",
        "templateName": "Refund",
        "approvalKey": "REFUND",
        "approvalTitle": "Refund?",
        "approvalData": "Refund $(amount).",
        "defaultApprovers": ["ann@example.com"],
        "metadata": [{"key": "amount"}],
    }
)
body = {"metaData": {"amount": "5"}}
act = {"metaData": {"amount": "5"}}
directory = {"people": "everyone"}

key = {{1}}
token = {{2}}
origin = {{3}}
request = {{4}}
{{5}}
{{6}}

print(len(request.events))
