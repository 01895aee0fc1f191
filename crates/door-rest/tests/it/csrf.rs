//! What a page of another site, or a header that somebody made up, can bring about: nothing.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::http::Method;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::caller::Call;
use crate::document::operations_of;
use crate::walk::{TURN, filled, steps, walk_to};
use crate::world::{Who, World, document};

#[tokio::test]
async fn no_change_comes_from_a_page_of_another_site() {
    let world = World::new().await;
    walk_to(&world, TURN).await;
    for step in steps().into_iter().filter(|step| step.call.method != Method::GET) {
        let call = filled(&world, step.call.clone()).cookie(world.token(Who::Admin));
        if ["sign_in", "complete_sign_in"].contains(&step.operation) {
            world.send(call.header("origin", "https://evil.example")).await.refused(403, "denied");
            continue;
        }
        for other in [
            call.clone(),
            call.clone().header("origin", "https://evil.example"),
            call.clone().header("origin", "http://reeve.example.evil.example"),
            call.clone().header("sec-fetch-site", "cross-site"),
            call.clone().header("sec-fetch-site", "none").header("origin", "null"),
            call.clone().header("origin", "https://evil.example").header("x-forwarded-host", "evil.example"),
        ] {
            world.send(other).await.refused(403, "denied");
        }
    }
}

// The name of the cookie is what keeps a neighbouring host from setting it.
#[tokio::test]
async fn a_cookie_of_another_name_is_no_session() {
    let world = World::new().await;
    let token = world.token(Who::Admin);
    for name in [
        "reeve_session",
        "__Secure-reeve_session",
        "__host-reeve_session",
        "__Host-reeve_session2",
        "x__Host-reeve_session",
    ] {
        let call = Call::get("/organizations").header("cookie", &format!("{name}={token}"));
        world.send(call).await.refused(401, "unauthenticated");
    }
    // One that a neighbour put beside it is not taken for it, nor the first of two.
    let both = format!("reeve_session=x; __Host-reeve_session={token}");
    world.send(Call::get("/organizations").header("cookie", &both)).await.is(200);
    let twice = format!("__Host-reeve_session={token}; __Host-reeve_session={token}");
    world.send(Call::get("/organizations").header("cookie", &twice)).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn looking_changes_nothing() {
    let world = World::new().await;
    walk_to(&world, TURN).await;
    let events = async || world.admin(Call::get("/events?limit=1000")).await.is(200)["items"].as_array().unwrap().len();
    let before = events().await;
    for step in steps().into_iter().filter(|step| step.call.method == Method::GET && step.who == Who::Admin) {
        for method in [Method::GET, Method::HEAD] {
            let call = Call { method, ..filled(&world, step.call.clone()) };
            let reply = world.send(call.cookie(world.token(Who::Admin))).await;
            assert_eq!(reply.status, 200, "{}: {}", step.operation, reply.text());
        }
    }
    assert_eq!(events().await, before);
    for (_, method, operation) in operations_of(document()) {
        let named = operation["operationId"].as_str().unwrap();
        let looks = reeve_domain::operations::Operation::named(named).is_none_or(|o| !o.writes_event());
        // A question whose body would not fit into a query; those that only look are told by their name.
        let asks = looks && (named.starts_with("test_") || named == "validate_policy");
        assert!(asks || looks == (method == "GET"), "{method} {named}");
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

// What a proxy or a client claims stands in no link, no log and no event.
#[tokio::test]
async fn headers_that_claim_something_are_believed_nowhere() {
    let world = World::new().await;
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(log.clone())
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(false)
        .finish();
    let logging = tracing::subscriber::set_default(subscriber);
    let forged = |call: Call| {
        call.header("host", "evil.example")
            .header("x-forwarded-host", "evil.example")
            .header("x-forwarded-for", "203.0.113.66")
            .header("x-forwarded-proto", "gopher")
            .header("forwarded", "for=203.0.113.66;host=evil.example")
            .header("x-real-ip", "203.0.113.66")
            .header("x-original-url", "/api/v1/accounts")
            .header("x-http-method-override", "DELETE")
            .header("user-agent", "evil.example")
    };
    let body = json!({
        "username": "grace@first.example", "first_name": "", "last_name": "", "generate_password": true, "role": "general"
    });
    let policy = json!({"name": "Looks", "cedar": "permit (principal, action == Action::\"show_user\", resource);"});
    let mut events = Vec::new();
    for call in [
        Call::post("/organizations", &json!({"alias": "acme"})),
        Call::post("/administrators", &body),
        Call::post("/policies", &policy),
    ] {
        let reply = world.admin(forged(call)).await;
        let location = reply.header("location");
        assert!(location.starts_with("/api/v1/"), "{location}");
        for said in [reply.text(), &format!("{:?}", reply.headers)] {
            assert!(!said.contains("evil") && !said.contains("203.0.113.66"), "{said}");
        }
        events.extend(world.events_of(&reply).await);
    }
    let totp = Call::new(Method::POST, "/sessions/current/second-factors/totp");
    let url = world.admin(forged(totp)).await.is(200)["otpauth_url"].as_str().unwrap().to_owned();
    assert!(!url.contains("evil"), "{url}");
    drop(logging);
    world.settle().await;
    assert!(events.len() >= 3);
    for event in events {
        assert_eq!(event["source_address"], "192.0.2.7");
    }
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(!log.contains("evil") && !log.contains("203.0.113.66"), "{log}");
}
