//! Grants are consumed for the act that was approved, and revoked.

use crate::client::Client;
use crate::http::{Answer, Call};
use crate::server::{ACT, ADMIN, ISS, PURCHASE, STEVE, Shop, decision};

/// Opens a request, lets steve approve it, and returns its id and that of the grant.
fn approved(client: &Client<'_>, body: &str) -> (String, String) {
    let opened = client.open(body);
    client.server.session(STEVE).send(&decision(&opened, "approve")).is(200, "");
    let read = client.read(&opened.text("id"));
    (opened.text("id"), read.text("grant.id"))
}

fn consume(grant: &str) -> Call {
    Call::post(&format!("/grant/{grant}/consume")).json(ACT)
}

fn revoke(grant: &str) -> Call {
    Call::post(&format!("/grant/{grant}/revoke"))
}

/// The last event of the store.
fn last_event(shop: &Shop) -> String {
    shop.server.events().last().unwrap().to_string()
}

#[test]
fn a_grant_is_consumed_once_and_only_for_its_act() {
    let shop = Shop::open();
    let client = shop.client();
    let (id, grant) = approved(&client, PURCHASE);
    // Neither another value nor another attachment, nor a value less.
    let acts = [
        ACT.replace("43D", "44D"),
        ACT.replacen('{', r#"{"attachments":[{"title":"x","url":"https://x.example.com/"}],"#, 1),
        ACT.replace(r#","requestor":"kevin""#, ""),
    ];
    for act in acts {
        let rejected = client.consume(&grant, &act);
        assert_eq!(rejected.is(409, "content_mismatch").text("approvalRequest.grant.status"), "issued");
    }
    client.consume(&grant, &ACT.replace("seatNumber", "seatNumbr")).is(422, "unknown_metadata");
    // A default that is not sent is what the approver saw.
    let consumed =
        client.consume(&grant, &ACT.replacen("\"seatNumber\"", r#""ticketType":"Floor","seatNumber""#, 1));
    assert_eq!(consumed.is(200, "").text("status"), "consumed");
    let again = client.send(&consume(&grant));
    again.is(409, "grant_consumed");
    assert_eq!(again.text("approvalRequest.grant.consumedAt"), consumed.text("consumedAt"));
    assert_eq!(client.read(&id).text("grant.status"), "consumed");
    assert_eq!(shop.server.event_types(), ["requested", "decided", "consumed"]);
}

#[test]
fn the_attachments_are_part_of_the_act() {
    let shop = Shop::open();
    let client = shop.client();
    let with = |body: &str, url: &str| {
        body.replacen('{', &format!(r#"{{"attachments":[{{"title":"Plan","url":"{url}"}}],"#), 1)
    };
    let url = "https://shop.example.com/plan";
    let (_, grant) = approved(&client, &with(PURCHASE, url));
    client.consume(&grant, ACT).is(409, "content_mismatch");
    client.consume(&grant, &with(ACT, "https://shop.example.com/plan2")).is(409, "content_mismatch");
    client.consume(&grant, &with(ACT, url)).is(200, "");
}

#[test]
fn a_lost_acknowledgement_is_asked_for_again_with_the_same_key() {
    let shop = Shop::open();
    let client = shop.client();
    let (_, grant) = approved(&client, PURCHASE);
    let with_key = |key: &str| client.send(&consume(&grant).with("Idempotency-Key", key));
    let first = with_key("a");
    assert_eq!(first.is(200, "").text("status"), "consumed");
    assert_eq!(with_key("a").is(200, "").body, first.body);
    with_key("b").is(409, "grant_consumed");
    client.send(&consume(&grant)).is(409, "grant_consumed");
    let other = consume(&grant).with("Idempotency-Key", "a").bytes(ACT.replace("43D", "44D"));
    client.send(&other).is(409, "idempotency_conflict");
    // A key that was rejected is free: it claims nothing.
    with_key("b").is(409, "grant_consumed");
    assert_eq!(shop.server.event_types(), ["requested", "decided", "consumed"]);
    assert_eq!(shop.server.count("select count(*) from claim"), 1);
}

#[test]
fn until_it_expires_a_reusable_grant_is_consumed_again_and_each_time_recorded() {
    let shop = Shop::open();
    let client = shop.client();
    shop.new_template("REUSED", &[("grantUse", r#""untilExpiry""#), ("grantTtlSeconds", "40")]);
    let (_, grant) = approved(&client, &PURCHASE.replace("PURCHASE_APPROVAL", "REUSED"));
    for _ in 0..3 {
        assert_eq!(client.send(&consume(&grant)).is(200, "").text("status"), "issued");
    }
    client.consume(&grant, &ACT.replace("43D", "44D")).is(409, "content_mismatch");
    assert_eq!(shop.server.event_types().iter().filter(|kind| *kind == "consumed").count(), 3);
    shop.server.set_clock(41);
    let expired = client.send(&consume(&grant));
    assert_eq!(expired.is(410, "grant_expired").text("approvalRequest.grant.status"), "expired");
    client.send(&revoke(&grant)).is(410, "grant_expired");
}

#[test]
fn a_revoked_grant_keeps_who_and_why_and_cannot_be_consumed() {
    let shop = Shop::open();
    let client = shop.client();
    for (actor, by) in [(ISS, "application"), (ADMIN, "administrator")] {
        let (id, grant) = approved(&client, PURCHASE);
        let call = revoke(&grant).json(r#"{"reason":"wrong seat"}"#);
        let send = |call: &Call| if by == "application" { client.send(call) } else { shop.admin.send(call) };
        let revoked = send(&call);
        assert_eq!(revoked.is(200, "").text("status"), "revoked");
        let event = last_event(&shop);
        assert!(event.contains(actor) && event.contains("wrong seat"), "{event}");
        let rejected = client.send(&consume(&grant));
        assert_eq!(rejected.is(410, "grant_revoked").text("approvalRequest.grant.status"), "revoked");
        send(&call).is(410, "grant_revoked");
        assert_eq!(client.read(&id).text("grant.accessToken"), "");
    }
    let (_, grant) = approved(&client, PURCHASE);
    shop.server.session(STEVE).send(&revoke(&grant)).is(403, "role_required");
    client.send(&consume(&grant)).is(200, "");
    client.send(&revoke(&grant)).is(409, "grant_consumed");
}

/// Sends a wrong act, which must change nothing, and then the right one, which must revoke the grant.
fn revoked_by_the_directory(client: &Client<'_>, shop: &Shop, id: &str, grant: &str, who: &str) {
    let answer: Answer = client.consume(grant, &ACT.replace("43D", "44D"));
    assert_eq!(answer.is(409, "content_mismatch").text("approvalRequest.grant.status"), "issued");
    for _ in 0..2 {
        let answer = client.send(&consume(grant));
        assert_eq!(answer.is(410, "grant_revoked").text("approvalRequest.grant.status"), "revoked");
    }
    let event = last_event(shop);
    for part in ["revoked", r#""system""#, r#""directory""#, who] {
        assert!(event.contains(part), "{part} in {event}");
    }
    assert_eq!(client.read(id).text("grant.status"), "revoked");
}

#[test]
fn a_grant_is_revoked_where_an_approver_or_the_subject_is_no_longer_active() {
    let shop = Shop::open();
    let client = shop.client();
    let alias = format!(
        r#"{{"email":"kevin@nl3.com","name":"Kevin","aliases":[{{"application":"{}","name":"kevin"}}]}}"#,
        client.id
    );
    shop.admin.send(&Call::post("/users").json(alias)).is(201, "");
    let archive =
        |user: &str| shop.admin.send(&Call::post(&format!("/users/{user}/archive"))).is(200, "").clone();
    let restore =
        |user: &str| shop.admin.send(&Call::post(&format!("/users/{user}/restore"))).is(200, "").clone();

    let (id, grant) = approved(&client, PURCHASE);
    archive("kevin%40nl3.com");
    revoked_by_the_directory(&client, &shop, &id, &grant, "kevin");
    restore("kevin%40nl3.com");
    // A user whom the application knows and the company does not is no obstacle.
    let stranger = client.for_subject("mia");
    let (_, theirs) = approved(&stranger, PURCHASE);
    stranger.send(&consume(&theirs)).is(200, "");

    let (id, grant) = approved(&client, PURCHASE);
    archive("steve%40nl3.com");
    revoked_by_the_directory(&client, &shop, &id, &grant, STEVE);
    // It stays revoked.
    restore("steve%40nl3.com");
    client.send(&consume(&grant)).is(410, "grant_revoked");
}

#[test]
fn what_a_deactivated_application_has_opened_stays_dead() {
    let shop = Shop::open();
    let client = shop.client();
    let (id, grant) = approved(&client, PURCHASE);
    let pending = client.open(PURCHASE);
    let path = format!("/applications/{}", client.id);
    shop.admin.send(&Call::post(&format!("{path}/archive"))).is(200, "");
    client.send(&consume(&grant)).is(401, "invalid_signature");
    let steve = shop.server.session(STEVE);
    steve.send(&decision(&pending, "approve")).is(409, "application_inactive");
    shop.admin.send(&Call::post(&format!("{path}/restore"))).is(200, "");
    let dead = client.send(&consume(&grant));
    dead.is(409, "application_inactive");
    assert_eq!(dead.text("approvalRequest.blockedReason"), "application_inactive");
    steve.send(&decision(&pending, "approve")).is(409, "application_inactive");
    let read = client.read(&id);
    assert_eq!(
        (read.text("blocked"), read.text("blockedReason"), read.text("grant.accessToken")),
        ("true".to_owned(), "application_inactive".to_owned(), String::new())
    );
    // What it opens from now on lives.
    let (_, grant) = approved(&client, PURCHASE);
    client.send(&consume(&grant)).is(200, "");
}
