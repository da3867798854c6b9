//! The purchase story: an application asks, a person approves, the application acts once.

use std::error::Error;

use jit_approvals::json::Object;
use jit_approvals::{
    AccessTokenVerifier, Act, ApprovalRequest, Decision, Directory, Minter, RequestBody, SigningKey,
    Template, UnixTime, Verifier, origin,
};

const SHOP: &str = "msonline.nextlevel3.com";
const HOST: &str = "api.nextlevel3.com";

fn main() -> Result<(), Box<dyn Error>> {
    // Shop and host share a signing key.
    let key = SigningKey::generate()?;

    // The shop: a customer wants a ticket.
    let auth_token =
        Minter::builder(&key).issuer(SHOP).audience(HOST).build()?.mint("kevin", &Object::new())?;
    let body = std::fs::read_to_string("examples/purchase/approve.request.json")?;

    // The host: who asks, for whom, and what exactly.
    let claims =
        Verifier::builder(&key).issuer(SHOP).audience(HOST).require_subject().build()?.verify(&auth_token)?;
    let template = Template::parse(&std::fs::read_to_string("examples/purchase/approve.template.json")?)?;
    let people = Directory::everyone();
    let body = RequestBody::parse(&body)?;
    let mut request = ApprovalRequest::open(&template, &body, &origin(&claims)?, &people)?;

    // The approver: reads this, and approves what they read.
    println!("{}\n\n{}\n", request.title(), request.text());
    request.decide(&Decision::approve("steve@nl3.com", request.content_hash()), &people)?;
    let access_token = request.access_token(HOST, &key)?;

    // The shop: holds a grant for this purchase and no other.
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
