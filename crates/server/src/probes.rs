//! What machines ask: is it alive, is it ready, how is it doing. No rule is here.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use metrics_exporter_prometheus::PrometheusHandle;
use reeve_domain::health::{self, Finding};
use reeve_domain::{Deployment, mail_domains};
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
        .route("/.well-known/mta-sts.txt", get(mta_sts))
        .with_state(probes)
}

async fn front() -> &'static str {
    "Reeve is running. REST is under /api/v1, described by /api/v1/openapi.json; the command line is `reeve --help`.\n"
}

/// The policy for mail to the domain in whose name it is asked for (RFC 8461 §3.3).
async fn mta_sts(State(probes): State<Probes>, uri: Uri, headers: HeaderMap) -> Response {
    let named = headers.get(header::HOST).and_then(|host| host.to_str().ok()).and_then(|host| host.split(':').next());
    // RFC 9113 §8.3.1: in HTTP/2 the authority takes the place of the header.
    let host = uri.host().or(named).unwrap_or_default();
    match mail_domains::mta_sts_policy(&probes.deployment, host).await {
        Ok(Some(policy)) => ([(header::CONTENT_TYPE, "text/plain")], policy).into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::warn!(error = %reeve_base::text::chain(&error), "the policy for mail could not be told");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// 200 when the database answers, 503 when it does not. What else organizations rely on is told, and no reason to send
/// nobody here: what can be done without it is done.
async fn ready(State(probes): State<Probes>) -> Response {
    let store = probes.deployment.store();
    let (status, database) = match store.ping().await {
        Ok(()) => (StatusCode::OK, "ok"),
        Err(error) => {
            tracing::warn!(error = %reeve_base::text::chain(&error), "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
        }
    };
    let checks: serde_json::Map<_, _> = health::checks(&probes.deployment)
        .into_iter()
        .map(|check| {
            let says = match check.finding {
                Finding::Well => "ok".to_owned(),
                Finding::Amiss { reason, .. } => reason,
            };
            (check.kind.word().to_owned(), says.into())
        })
        .collect();
    let body = json!({
        "ready": status == StatusCode::OK,
        "database": database,
        "checks": checks,
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
