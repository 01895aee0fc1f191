//! What machines ask: is it alive, is it ready, how is it doing. No rule is here.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Extension, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use metrics_exporter_prometheus::PrometheusHandle;
use reeve_domain::Deployment;
use reeve_net::Peer;
use serde_json::json;

/// What the probes look at.
#[derive(Clone)]
pub(crate) struct Probes {
    pub(crate) deployment: Arc<Deployment>,
    pub(crate) metrics: PrometheusHandle,
    pub(crate) metrics_to_all: bool,
}

/// The routes outside `/api/v1`.
pub(crate) fn router(probes: Probes) -> Router {
    Router::new()
        .route("/", get(front))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(probes)
}

async fn front() -> &'static str {
    "Reeve is running. REST is under /api/v1, described by /api/v1/openapi.json; the command line is `reeve --help`.\n"
}

/// 200 when the database answers, 503 when it does not.
async fn ready(State(probes): State<Probes>) -> Response {
    let store = probes.deployment.store();
    let (status, database) = match store.ping().await {
        Ok(()) => (StatusCode::OK, "ok"),
        Err(error) => {
            tracing::warn!(error = %reeve_base::text::chain(&error), "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
        }
    };
    let body = json!({
        "ready": status == StatusCode::OK,
        "database": database,
        "engine": store.engine().to_string(),
        "schema_version": store.schema_version(),
        "version": env!("CARGO_PKG_VERSION"),
    });
    (status, Json(body)).into_response()
}

/// Figures in Prometheus' text format, for this machine only unless configured otherwise.
async fn metrics(State(probes): State<Probes>, peer: Option<Extension<Peer>>) -> Response {
    let near = match peer {
        Some(Extension(Peer::Tcp(address))) => is_loopback(address.ip()),
        Some(Extension(Peer::Local { .. })) => true,
        None => false,
    };
    if !near && !probes.metrics_to_all {
        let why = "metrics are for this machine; set http.metrics_to_all to open them\n";
        return (StatusCode::FORBIDDEN, why).into_response();
    }
    probes.metrics.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], probes.metrics.render()).into_response()
}

fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}
