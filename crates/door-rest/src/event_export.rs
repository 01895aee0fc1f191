//! Exporting the audit trail as JSON lines, in pieces as they are read.

use std::sync::Arc;

use axum::response::Response;
use bytes::Bytes;
use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use reeve_domain::Error;
use reeve_domain::audit::{self, EventFilter};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::Answer;
use crate::door::Door;
use crate::events::{Event, bound};
use crate::extract::{Caller, InQuery};
use crate::gate::Hold;
use crate::organizations::reference;
use crate::stream::{Running, body, disposition};

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(export_events))
}

/// Pieces that wait for their reader: each holds some hundred events.
const PIECES_WAITING_MAX: usize = 2;

/// Which events are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventExportQuery {
    /// Only those of this organization, named by id or alias.
    #[param(example = "acme")]
    organization: Option<String>,
    /// Only those of this operation.
    #[param(example = "create_user")]
    operation: Option<String>,
    /// Only those about this thing.
    resource_id: Option<String>,
    /// Only what this administrator did, named by id or username.
    #[param(max_length = 256, example = "grace@example.com")]
    actor: Option<String>,
    /// Only from this moment on.
    #[param(format = DateTime, example = "2026-11-21T00:00:00Z")]
    since: Option<String>,
    /// Only before this moment.
    #[param(format = DateTime)]
    until: Option<String>,
}

/// Export events
///
/// Who did what, oldest first, an event a line. An export that breaks off has no end: the connection is cut.
#[utoipa::path(
    get, path = "/api/v1/events/export", tag = "Events", params(EventExportQuery),
    responses((
        status = 200, description = "A line for each event.", body = Event, content_type = "application/x-ndjson",
        headers(("Content-Disposition" = String, description = "A name for the file.")),
        example = json!({
            "event_id": "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a80", "at": "2026-11-21T19:32:43.12Z",
            "account_id": "123456789012", "organization_id": null,
            "actor": {
                "kind": "administrator", "id": "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a82", "name": "root@example.com"
            },
            "credential": {"kind": "access_key", "id": "AKX3GQ5ZVJ2WB7NMPLRD"}, "source_address": "192.0.2.7",
            "request_id": "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a81", "operation": "create_policy",
            "resource": {
                "kind": "policy", "id": "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a84", "name": "Acme's people"
            },
            "changes": [{"field": "name", "before": null, "after": "Acme's people"}]
        }),
    )),
)]
pub(crate) async fn export_events(
    Caller(ctx): Caller,
    InQuery(query): InQuery<EventExportQuery>,
    hold: Hold,
) -> Answer {
    let of = query.organization.as_deref().or_else(|| ctx.account().map(|account| account.as_str()));
    let name = disposition("events", of.unwrap_or_default(), "jsonl")?;
    let filter = EventFilter {
        organization: query.organization.as_deref().map(reference).transpose()?,
        operation: query.operation,
        resource_id: query.resource_id,
        actor: query.actor,
        since: bound("since", query.since)?,
        until: bound("until", query.until)?,
    };
    let (running, first) =
        Running::start(PIECES_WAITING_MAX, |pieces| async move { audit::export_events(&ctx, filter, pieces).await })
            .await?;
    let state = Exporting { running, waiting: first, _hold: hold };
    let mut response = Response::new(body(state, Exporting::step));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    headers.insert(CONTENT_DISPOSITION, name);
    Ok(response)
}

/// An export whose events are being sent.
struct Exporting {
    running: Running<Vec<audit::Event>>,
    waiting: Vec<Vec<audit::Event>>,
    _hold: Hold,
}

impl Exporting {
    /// The next lines; an export that fails breaks off, so that half a file is not taken for a whole one.
    async fn step(mut self) -> Result<Option<(Bytes, Self)>, Error> {
        if self.waiting.is_empty() {
            let went = self.running.next(&mut self.waiting).await;
            went.inspect_err(|error| match error {
                Error::Internal(why) => tracing::error!(error = &**why, "an export failed"),
                other => tracing::warn!(error = %other, "an export was broken off"),
            })?;
        }
        if self.waiting.is_empty() {
            return Ok(None);
        }
        let mut lines = Vec::new();
        for event in self.waiting.drain(..).flatten() {
            serde_json::to_writer(&mut lines, &Event::from(event))
                .map_err(|why| Error::Internal(Arc::from(format!("could not write an event: {why}"))))?;
            lines.push(b'\n');
        }
        Ok(Some((Bytes::from(lines), self)))
    }
}
