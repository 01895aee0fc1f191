//! What is signed, how, when and for what: everything else is refused with the error that AWS has for it.

use std::time::Duration;

use reeve_base::clock::{Clock, Timestamp};
use serde_json::json;

use crate::signer::Signer;
use crate::world::{Sending, World};

fn list() -> Sending {
    Sending::new("ListOrganizations", "{}")
}

/// A request signed so much earlier than now.
fn signed(world: &World, mut sending: Sending, age: i64) -> Sending {
    let at = Timestamp::from_millis(world.clock.now().millis() - age * 1_000);
    world.admin.sign(&mut sending.headers, &sending.body, at);
    sending
}

#[tokio::test]
async fn a_right_signature_opens_the_door() {
    let world = World::new().await;
    let reply = world.send_signed(&world.admin, list()).await;
    assert_eq!(reply.ok(), json!({"OrganizationSummaries": []}));
}

#[tokio::test]
async fn without_a_signature_the_door_stays_shut() {
    let world = World::new().await;
    let said = world.send(list()).await.fault("MissingAuthenticationTokenException");
    assert_eq!(said, "Missing Authentication Token");
    for scheme in ["Bearer abcdefghijklmnopqrstuvwxyz", "Basic YTpi", "AWS4-ECDSA-P256-SHA256 Credential=x", "x"] {
        let reply = world.send(list().with("authorization", scheme)).await;
        reply.fault("IncompleteSignatureException");
    }
}

#[tokio::test]
async fn a_signature_is_good_within_five_minutes_and_for_as_often_as_it_is_sent() {
    let world = World::new().await;
    let sending = signed(&world, list(), 0);
    for _ in 0..2 {
        world.send(sending.clone()).await.ok();
    }
    world.clock.advance(Duration::from_secs(300));
    world.send(sending.clone()).await.ok();
    world.clock.advance(Duration::from_secs(1));
    let said = world.send(sending).await.fault("InvalidSignatureException");
    assert!(said.starts_with("Signature expired: 20260101T000000Z is now earlier than 20260101T000001Z"), "{said}");
    let said = world.send(signed(&world, list(), -301)).await.fault("InvalidSignatureException");
    assert!(said.starts_with("Signature not yet current"), "{said}");
}

#[tokio::test]
async fn a_signature_for_elsewhere_is_refused() {
    let world = World::new().await;
    let elsewhere = Signer { region: "eu-west-1", ..world.admin.clone() };
    let said = world.send_signed(&elsewhere, list()).await.fault("InvalidSignatureException");
    assert!(said.contains("valid region"), "{said}");
    let other = Signer { service: "workmailmessageflow", ..world.admin.clone() };
    let said = world.send_signed(&other, list()).await.fault("InvalidSignatureException");
    assert!(said.contains("correct service: 'workmail'"), "{said}");
}

#[tokio::test]
async fn unknown_keys_and_wrong_secrets_are_refused_by_their_names() {
    let world = World::new().await;
    let said = "The security token included in the request is invalid.";
    for id in ["AKAAAAAAAAAAAAAAAAAA", "AKIAIOSFODNN0EXAMPLE", "ASIAIOSFODNN7EXAMPLE"] {
        let stranger = Signer { id: id.to_owned(), ..world.admin.clone() };
        let reply = world.send_signed(&stranger, list()).await;
        assert_eq!(reply.fault("UnrecognizedClientException"), said, "{id}");
    }
    let wrong = Signer { secret: "not the secret".to_owned(), ..world.admin.clone() };
    let said = world.send_signed(&wrong, list()).await.fault("InvalidSignatureException");
    assert!(said.starts_with("The request signature we calculated does not match"), "{said}");
    let mixed = Signer { secret: world.other.secret.clone(), ..world.admin.clone() };
    world.send_signed(&mixed, list()).await.fault("InvalidSignatureException");
    let short_lived = Signer { session_token: Some("token".to_owned()), ..world.admin.clone() };
    world.send_signed(&short_lived, list()).await.fault("UnrecognizedClientException");
}

#[tokio::test]
async fn what_was_changed_after_signing_is_refused() {
    let world = World::new().await;
    let mut other_body = signed(&world, list(), 0);
    other_body.body = "{\"MaxResults\":1}".into();
    world.send(other_body).await.fault("InvalidSignatureException");
    for (name, value) in [
        ("x-amz-target", "WorkMailService.DeleteOrganization"),
        ("host", "reeve.example.org"),
        ("x-amz-date", "20260101T000001Z"),
        ("content-type", "application/x-amz-json-1.1; charset=utf-8"),
    ] {
        let changed = signed(&world, list(), 0).with(name, value);
        world.send(changed).await.fault("InvalidSignatureException");
    }
}

#[tokio::test]
async fn headers_that_matter_are_signed() {
    let world = World::new().await;
    for (name, value) in
        [("x-amz-user-agent", "aws-sdk-js/3"), ("x-amz-anything", "1"), ("x-amz-content-sha256", &"0".repeat(64))]
    {
        let added = signed(&world, list(), 0).with(name, value);
        let said = world.send(added).await.fault("InvalidSignatureException");
        assert!(said.contains(&format!("'{name}' must be a 'SignedHeader'")), "{said}");
        world.send(signed(&world, list().with("x-amz-user-agent", value), 0)).await.ok();
    }
    for (name, value) in [("user-agent", "aws-cli/2"), ("x-amzn-trace-id", "Root=1"), ("x-forwarded-for", "1.2.3.4")] {
        world.send(signed(&world, list(), 0).with(name, value)).await.ok();
    }
}

#[tokio::test]
async fn headers_that_matter_are_sent_once() {
    let world = World::new().await;
    for name in ["host", "content-type", "x-amz-date"] {
        let mut twice = signed(&world, list(), 0);
        let value = twice.headers[name].clone();
        twice.headers.append(name.parse::<axum::http::HeaderName>().unwrap(), value);
        let said = world.send(twice).await.fault("InvalidSignatureException");
        assert!(said.contains("must be sent once"), "{said}");
    }
    let mut twice = signed(&world, list(), 0);
    let value = twice.headers["authorization"].clone();
    twice.headers.append("authorization", value);
    world.send(twice).await.fault("IncompleteSignatureException");
    let mut twice = signed(&world, list(), 0);
    twice.headers.append("x-amz-target", "WorkMailService.DeleteOrganization".parse().unwrap());
    world.send(twice).await.fault("UnknownOperationException");
}

#[tokio::test]
async fn signatures_stand_in_the_header_and_cover_the_body() {
    let world = World::new().await;
    let mut sending = list();
    let query = world.admin.presign(&sending.headers, &sending.body, world.clock.now());
    sending.uri = format!("/?{query}");
    let said = world.send(sending).await.fault("IncompleteSignatureException");
    assert!(said.contains("not in the URL"), "{said}");
    let mut sending = signed(&world, list(), 0);
    sending.uri = "/?x=y".to_owned();
    world.send(sending).await.fault("IncompleteSignatureException");
    for hash in ["UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"] {
        let sending = signed(&world, list().with("x-amz-content-sha256", hash), 0);
        let said = world.send(sending).await.fault("InvalidSignatureException");
        assert!(said.contains("signed in chunks, are not taken"), "{said}");
    }
    let chunked = signed(&world, list().with("content-encoding", "aws-chunked"), 0);
    world.send(chunked).await.fault("UnsupportedMediaTypeException");
}

#[tokio::test]
async fn in_http_2_the_authority_is_the_host() {
    let world = World::new().await;
    let mut sending = signed(&world, list(), 0).without("host");
    sending.uri = "https://reeve.example/".to_owned();
    world.send(sending.clone()).await.ok();
    sending.uri = "https://reeve.example.org/".to_owned();
    world.send(sending.clone()).await.fault("InvalidSignatureException");
    sending.uri = "/".to_owned();
    world.send(sending).await.fault("InvalidSignatureException");
}
