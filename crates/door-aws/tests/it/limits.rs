//! Sizes, rates, places and deadlines.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use futures_util::stream;
use reeve_base::clock::Clock;
use reeve_door_aws::{AwsOptions, BODY_BYTES_MAX};
use reeve_net::Peer;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::world::{Sending, World};

/// An input of so many octets.
fn of_bytes(bytes: usize) -> String {
    let frame = r#"{"Unknown":""}"#.len();
    format!(r#"{{"Unknown":"{}"}}"#, "x".repeat(bytes - frame))
}

#[tokio::test]
async fn a_body_has_a_quarter_of_a_megabyte() {
    let world = World::new().await;
    let fits = Sending::new("ListOrganizations", of_bytes(BODY_BYTES_MAX));
    world.send_signed(&world.admin, fits).await.ok();
    for bytes in [BODY_BYTES_MAX + 1, 10 << 20] {
        let reply = world.send_signed(&world.admin, Sending::new("ListOrganizations", of_bytes(bytes))).await;
        reply.fault("RequestEntityTooLargeException");
        assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    }
}

#[tokio::test]
async fn an_announced_length_is_believed_before_the_body_is_read() {
    let world = World::new().await;
    let mut sending = Sending::new("ListOrganizations", "{}");
    world.admin.sign(&mut sending.headers, &sending.body, world.clock.now());
    let sending = sending.with("content-length", &(10 << 20).to_string());
    world.send(sending).await.fault("RequestEntityTooLargeException");
}

#[tokio::test]
async fn one_address_that_asks_too_often_is_held_up() {
    let world = World::with(AwsOptions { requests_per_second: 2, ..AwsOptions::default() }).await;
    let ask = async |address: &str| {
        let mut sending = Sending::new("ListOrganizations", "{}");
        sending.peer = Peer::Tcp(format!("{address}:4711").parse().unwrap());
        world.send_signed(&world.admin, sending).await
    };
    let mut held_up = 0;
    for _ in 0..20 {
        let reply = ask("192.0.2.1").await;
        if reply.status != StatusCode::OK {
            assert_eq!(reply.fault("ThrottlingException"), "Rate exceeded");
            held_up += 1;
        }
    }
    assert!(held_up > 0);
    ask("192.0.2.2").await.ok();
}

#[tokio::test]
async fn what_takes_too_long_is_given_up() {
    let options = AwsOptions { request_timeout: Duration::from_millis(50), ..AwsOptions::default() };
    let world = World::with(options).await;
    let mut sending = Sending::new("ListOrganizations", "{}");
    world.admin.sign(&mut sending.headers, &sending.body, world.clock.now());
    let silence = stream::pending::<Result<axum::body::Bytes, std::io::Error>>();
    let mut request = Request::post("/").body(Body::from_stream(silence)).unwrap();
    *request.headers_mut() = sending.headers;
    let response = world.door.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["__type"], "ServiceUnavailable");
}

#[tokio::test]
async fn there_are_so_many_places_and_no_more() {
    let world = World::with(AwsOptions { concurrency_max: 0, ..AwsOptions::default() }).await;
    let reply = world.call("ListOrganizations", &json!({})).await;
    reply.fault("ServiceUnavailable");
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_body_that_breaks_off_cannot_be_read() {
    let world = World::new().await;
    let mut sending = Sending::new("ListOrganizations", "{}");
    world.admin.sign(&mut sending.headers, &sending.body, world.clock.now());
    let broken = stream::iter([Ok("{"), Err(std::io::Error::other("the connection broke"))]);
    let mut request = Request::post("/").body(Body::from_stream(broken)).unwrap();
    *request.headers_mut() = sending.headers;
    let response = world.door.clone().oneshot(request).await.unwrap();
    assert_eq!(response.headers()["x-amzn-errortype"], "SerializationException");
}
