//! Rates, concurrency and time: who comes too often, too many at once, or takes too long.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::Method;
use futures_util::{FutureExt, stream};
use reeve_door_rest::RestOptions;
use serde_json::json;
use tower::ServiceExt;

use crate::caller::Call;
use crate::world::{Who, World};

fn wrong() -> Call {
    Call::post("/sessions", &json!({"username": "x@x.example", "password": "x"}))
}

#[tokio::test]
async fn one_address_may_not_try_sign_ins_without_end() {
    let options = RestOptions { sign_ins_per_second: 1, ..RestOptions::default() };
    let world = World::with(options).await;
    let mut throttled = 0;
    for _ in 0..20 {
        let reply = world.send(wrong().from("198.51.100.1").header("x-forwarded-for", "203.0.113.9")).await;
        if reply.status == 429 {
            reply.refused(429, "throttled");
            throttled += 1;
        }
    }
    assert!(throttled >= 10, "{throttled} of 20 were throttled");
    world.send(wrong().from("198.51.100.2")).await.refused(401, "sign_in_refused");
    for _ in 0..20 {
        world.send(wrong().local(0)).await.refused(401, "sign_in_refused");
    }
}

#[tokio::test]
async fn one_administrator_may_not_ask_without_end() {
    let options = RestOptions { requests_per_second: 1, sign_ins_per_second: 0, ..RestOptions::default() };
    let world = World::with(options).await;
    world.admin(Call::get("/regions")).await.is(200);
    world.admin(Call::get("/regions")).await.refused(429, "throttled");
    world.by(Who::Other, Call::get("/regions")).await.is(200);
    for _ in 0..5 {
        world.by(Who::Operator, Call::get("/regions")).await.is(200);
    }
}

/// A body that never ends, with a sender that wakes it.
fn endless() -> Body {
    Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>())
}

#[tokio::test]
async fn more_requests_at_once_than_fit_are_turned_away() {
    let options = RestOptions { concurrency_max: 1, sign_ins_per_second: 0, ..RestOptions::default() };
    let world = World::with(options).await;
    let slow = Call::post("/organizations", &json!({})).bearer(world.token(Who::Admin));
    let mut request = slow.request();
    *request.body_mut() = endless();
    let waiting = world.door.clone().oneshot(request);
    tokio::pin!(waiting);
    assert!(waiting.as_mut().now_or_never().is_none());
    world.admin(Call::get("/regions")).await.refused(503, "unavailable");
    world.send(Call::get("/openapi.json")).await;
}

#[tokio::test]
async fn nobody_makes_us_read_a_body() {
    let world = World::new().await;
    for path in ["/organizations", "/organizations/acme/users/import"] {
        let mut request = Call::new(Method::POST, path).text("text/csv", "").request();
        *request.body_mut() = endless();
        let reply = world.door.clone().oneshot(request).await.unwrap();
        assert_eq!(reply.status().as_u16(), 401);
    }
}

#[tokio::test]
async fn a_request_that_goes_away_leaves_its_place() {
    let options = RestOptions { concurrency_max: 1, sign_ins_per_second: 0, ..RestOptions::default() };
    let world = World::with(options).await;
    let mut request = Call::post("/organizations", &json!({})).bearer(world.token(Who::Admin)).request();
    *request.body_mut() = endless();
    {
        let waiting = world.door.clone().oneshot(request);
        tokio::pin!(waiting);
        assert!(waiting.as_mut().now_or_never().is_none());
    }
    world.admin(Call::get("/regions")).await.is(200);
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_given_up() {
    let options =
        RestOptions { request_timeout: Duration::from_millis(20), sign_ins_per_second: 0, ..RestOptions::default() };
    let world = World::with(options).await;
    let mut request = Call::post("/organizations", &json!({})).bearer(world.token(Who::Admin)).request();
    *request.body_mut() = endless();
    let reply = world.door.clone().oneshot(request).await.unwrap();
    assert_eq!((reply.status().as_u16(), reply.headers().contains_key("retry-after")), (503, true));
}

#[tokio::test]
async fn an_upload_that_stands_still_is_given_up() {
    let options = RestOptions {
        upload_idle_timeout: Duration::from_millis(20),
        imports_max: 1,
        sign_ins_per_second: 0,
        ..RestOptions::default()
    };
    let world = World::with(options).await;
    world.organization("acme").await;
    let import = || {
        let call = Call::new(Method::POST, "/organizations/acme/users/import");
        call.text("text/csv", "username,display_name\r\nada,Ada\r\n").bearer(world.token(Who::Admin))
    };
    let mut request = import().request();
    *request.body_mut() = endless();
    let reply = world.door.clone().oneshot(request).await.unwrap();
    assert_eq!(reply.status().as_u16(), 400);
    let mut request = import().request();
    *request.body_mut() = endless();
    {
        let waiting = world.door.clone().oneshot(request);
        tokio::pin!(waiting);
        assert!(waiting.as_mut().now_or_never().is_none());
        world.send(import()).await.refused(503, "unavailable");
    }
    assert_eq!(world.send(import()).await.status, 200);
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused() {
    let options = RestOptions { roster_bytes_max: 1_000, sign_ins_per_second: 0, ..RestOptions::default() };
    let world = World::with(options).await;
    world.organization("acme").await;
    let call = Call::new(Method::POST, "/organizations/acme/users/import");
    let call = call.text("text/csv", "x".repeat(1_001));
    world.admin(call).await.refused(413, "payload_too_large");
}
