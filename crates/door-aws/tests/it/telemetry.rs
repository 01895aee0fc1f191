//! What the log and the figures say of requests, and what they must not.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::Request;
use metrics_exporter_prometheus::PrometheusBuilder;
use reeve_base::clock::Clock;
use serde_json::json;
use tower::ServiceExt;
use tracing_subscriber::fmt::MakeWriter;

use crate::world::{PASSWORD, Sending, World};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

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
    let organization = world.organization("acme").await;
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(log.clone())
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(false)
        .finish();
    let logging = tracing::subscriber::set_default(subscriber);
    let shown = world.call("DescribeUser", &json!({"OrganizationId": organization, "UserId": "guest"})).await;
    shown.ok();
    let input =
        json!({"OrganizationId": organization, "Name": "ada", "DisplayName": "Ada Lovelace", "Password": PASSWORD});
    world.call("CreateUser", &input).await.ok();
    world.send(Sending::new("ListUsers", "{}")).await.fault("MissingAuthenticationTokenException");
    world.send(Sending::new("hunter2", "{}")).await.fault("UnknownOperationException");
    drop(logging);
    let text = log.text();
    let lines: Vec<_> = text.lines().filter(|line| line.contains("a request was answered")).collect();
    assert_eq!(lines.len(), 4, "{text}");
    let id = shown.header("x-amzn-requestid");
    for part in [id, "http.status=200", "operation=\"DescribeUser\"", "duration_us=", "signed=true"] {
        assert!(lines[0].contains(part), "{part}: {}", lines[0]);
    }
    assert!(
        lines[2].contains("signed=false") && lines[2].contains("MissingAuthenticationTokenException"),
        "{}",
        lines[2]
    );
    for secret in [PASSWORD, &world.admin.secret, "guest", "Lovelace", "root@first.example", "hunter2", "AWS4-HMAC"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

#[tokio::test]
async fn each_answer_is_counted_by_operation_and_outcome() {
    let world = World::new().await;
    let recorder = PrometheusBuilder::new().build_recorder();
    let figures = recorder.handle();
    let recording = metrics::set_default_local_recorder(&recorder);
    for _ in 0..3 {
        world.call("ListOrganizations", &json!({})).await.ok();
    }
    world.call("ListOrganizations", &json!({"MaxResults": 0})).await.fault("InvalidParameterException");
    world.send(Sending::new("hunter2", "{}")).await.fault("UnknownOperationException");
    drop(recording);
    let text = figures.render();
    for line in [
        r#"reeve_aws_requests_total{operation="ListOrganizations",outcome="ok"} 3"#,
        r#"reeve_aws_requests_total{operation="ListOrganizations",outcome="InvalidParameterException"} 1"#,
        r#"reeve_aws_requests_total{operation="unknown",outcome="UnknownOperationException"} 1"#,
        r#"reeve_aws_request_duration_seconds_count{operation="ListOrganizations"} 4"#,
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(!text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn a_fault_of_ours_is_logged_and_not_shown() {
    let world = World::new().await;
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false).finish();
    let logging = tracing::subscriber::set_default(subscriber);
    let mut sending = Sending::new("ListOrganizations", "{}");
    world.admin.sign(&mut sending.headers, &sending.body, world.clock.now());
    world.deployment.store().clone().close();
    let mut request = Request::post("/").body(Body::from(sending.body)).unwrap();
    *request.headers_mut() = sending.headers;
    request.extensions_mut().insert(sending.peer);
    let (parts, body) = world.door.clone().oneshot(request).await.unwrap().into_parts();
    drop(logging);
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap();
    assert!([500, 503].contains(&parts.status.as_u16()), "{text}");
    assert!(!text.contains("store") && !text.contains("SQL") && !text.contains("closed"), "{text}");
    assert!(log.text().contains(parts.headers["x-amzn-requestid"].to_str().unwrap()), "{}", log.text());
}
