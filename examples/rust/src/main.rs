//! The purchase story: an application asks for an approval, a person approves, and the application acts once.

use std::error::Error;

use jit_approvals::json::Object;
use jit_approvals::{
    AccessTokenVerifier, Act, ApprovalRequest, Decision, Directory, Minter, RequestBody, SigningKey,
    Template, UnixTime, Verifier, origin,
};

const SHOP: &str = "msonline.nextlevel3.com";
const HOST: &str = "api.nextlevel3.com";

fn main() -> Result<(), Box<dyn Error>> {
    // The shop and the host share a signing key.
    let key = SigningKey::generate()?;

    // The shop: a customer wants a ticket, so the shop prepares a request.
    let auth_token =
        Minter::builder(&key).issuer(SHOP).audience(HOST).build()?.mint("kevin", &Object::new())?;
    let body = std::fs::read_to_string("examples/purchase/approve.request.json")?;

    // The host: verifies who asks and for whom, and renders what the approver sees.
    let claims =
        Verifier::builder(&key).issuer(SHOP).audience(HOST).require_subject().build()?.verify(&auth_token)?;
    let template = Template::parse(&std::fs::read_to_string("examples/purchase/approve.template.json")?)?;
    let people = Directory::everyone();
    let body = RequestBody::parse(&body)?;
    let mut request = ApprovalRequest::open(&template, &body, &origin(&claims)?, &people)?;

    // The approver: reads the text and approves exactly this text.
    println!("{}\n\n{}\n", request.title(), request.text());
    request.decide(&Decision::approve("steve@nl3.com", request.content_hash()), &people)?;
    let access_token = request.access_token(HOST, &key)?;

    // The shop: verifies the grant and acts. The grant is valid for this purchase only.
    let grant =
        AccessTokenVerifier::builder(&key).issuer(HOST).application(SHOP).build()?.verify(&access_token)?;
    println!("grant {} of request {}", grant.grant_id, grant.approval_request_id);
    for price in ["$1,655", "$1,654", "$1,654"] {
        match request.consume(&Act::new(body.meta_data().clone().with("purchasePrice", price))) {
            Ok(()) => println!("bought for {price}"),
            Err(error) => println!("not bought for {price}: {error}"),
        }
    }
    println!("{} events, {}", request.events().len(), request.status(UnixTime::now()));
    Ok(())
}
