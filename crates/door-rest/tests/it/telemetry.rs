//! What the log and the figures say of requests, and what they must not.

use std::io::Write;
use std::sync::{Arc, Mutex};

use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::json;
use tower::ServiceExt;
use tracing_subscriber::fmt::MakeWriter;

use crate::caller::Call;
use crate::world::{PASSWORD, Who, World};

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

#[tokio::test]
async fn each_request_is_one_line_that_names_nobody() {
    let world = World::new().await;
    world.organization("acme").await;
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(log.clone())
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(false)
        .finish();
    let logging = tracing::subscriber::set_default(subscriber);
    world.sign_in("root@first.example", "bearer").await.is(201);
    let shown = world.admin(Call::get("/organizations/acme/users/guest?x=y")).await;
    let body = json!({"username": "ada", "display_name": "Ada", "password": PASSWORD});
    world.admin(Call::post("/organizations/acme/users", &body)).await.is(201);
    world.send(Call::get("/nowhere/guest")).await.is(404);
    drop(logging);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<_> = text.lines().filter(|line| line.contains("a request was answered")).collect();
    assert_eq!(lines.len(), 4, "{text}");
    let id = shown.header("reeve-request-id");
    for part in [
        id,
        "GET",
        "/api/v1/organizations/{organization}/users/{user}",
        "http.status=200",
        "administrator",
        "duration_us=",
    ] {
        assert!(lines[1].contains(part), "{part}: {}", lines[1]);
    }
    for secret in [PASSWORD, world.token(Who::Admin), "guest", "root@first.example"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

#[tokio::test]
async fn each_answer_is_counted_by_operation_and_status() {
    let world = World::new().await;
    let recorder = PrometheusBuilder::new().build_recorder();
    let figures = recorder.handle();
    let recording = metrics::set_default_local_recorder(&recorder);
    for _ in 0..3 {
        world.admin(Call::get("/regions")).await.is(200);
    }
    world.by(Who::Nobody, Call::get("/regions")).await.is(401);
    drop(recording);
    let text = figures.render();
    assert!(text.contains(r#"http_requests_total{operation="list_regions",status="200"} 3"#), "{text}");
    assert!(text.contains(r#"http_requests_total{operation="list_regions",status="401"} 1"#), "{text}");
    assert!(text.contains(r#"http_request_duration_seconds_count{operation="list_regions"} 4"#), "{text}");
}

#[tokio::test]
async fn a_fault_of_ours_is_logged_and_not_shown() {
    let world = World::new().await;
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false).finish();
    let logging = tracing::subscriber::set_default(subscriber);
    world.deployment.store().clone().close();
    let call = Call::get("/organizations").bearer(world.token(Who::Admin));
    let reply = world.door.clone().oneshot(call.request()).await.unwrap();
    drop(logging);
    let (parts, body) = reply.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap();
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!([500, 503].contains(&parts.status.as_u16()), "{text}");
    assert!(!text.contains("store") && !text.contains("SQL") && !text.contains("closed"), "{text}");
    assert!(logged.contains(parts.headers["reeve-request-id"].to_str().unwrap()), "{logged}");
}
