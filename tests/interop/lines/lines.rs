//! The lines of the README's table, one after the other.

use jit_approvals::json::Object;
use jit_approvals::{
    Act, ApprovalRequest, Decision, Directory, Error, Minter, RequestBody, SigningKey, Template, Verifier,
    origin,
};

fn main() -> Result<(), Error> {
    let text = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let (shop, host, subject) = ("shop.example.com", "approvals.example.com", "kevin");
    let (approver, claims) = ("ann@example.com", Object::new());
    let template = Template::parse(
        r#"{"approvalType": "approve", "templateName": "Refund", "approvalKey": "REFUND", "approvalTitle": "Refund?",
        "approvalData": "Refund $(amount).", "defaultApprovers": ["ann@example.com"], "metadata": [{"key": "amount"}]}"#,
    )?;
    let body = RequestBody::new("REFUND").with_meta_data([("amount", "5")]);
    let act = Act::new([("amount", "5")]);
    let directory = Directory::everyone();

    let key = {{1}};
    let token = {{2}};
    let origin = {{3}};
    let mut request = {{4}};
    {{5}};
    {{6}};

    println!("{}", request.events().len());
    Ok(())
}
