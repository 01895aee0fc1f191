//! The audit trail.

use std::sync::Arc;

use reeve_base::Timestamp;
use reeve_domain::audit::{self, EventFilter};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, ok};
use crate::door::Door;
use crate::extract::{Caller, InQuery};
use crate::list::{List, page};
use crate::organizations::reference;
use crate::refusals::Refusal;
use crate::session::CredentialUsed;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(list_events))
}

/// An audit record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Event {
    /// Id; sorts by time.
    #[schema(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a80")]
    event_id: String,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// In which account.
    #[schema(example = "123456789012")]
    account_id: String,
    /// In which organization, if in one.
    #[schema(required = true, example = "m-0f1e2d3c4b5a69788796a5b4c3d2e1f0")]
    organization_id: Option<String>,
    /// Who.
    actor: EventActor,
    /// By what they were let in; null for the local socket and the system.
    #[schema(required = true)]
    credential: Option<CredentialUsed>,
    /// The policy that allowed it, where it was not a role.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = EventPolicy, required = false)]
    policy: Option<EventPolicy>,
    /// From where; null for the local socket and the system.
    #[schema(required = true, example = "192.0.2.7")]
    source_address: Option<String>,
    /// By which request.
    #[schema(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a81")]
    request_id: String,
    /// What was done: the `operationId` of this document, or a step of a job.
    #[schema(example = "create_user")]
    operation: String,
    /// What it was done to.
    resource: EventResource,
    /// The fields that changed; a secret is never among the values.
    changes: Vec<EventChange>,
}

/// Who did it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventActor {
    /// `administrator`, `operator`, `system` or `anonymous`.
    #[schema(example = "administrator")]
    kind: String,
    /// The administrator's id, or the operator's user id.
    #[schema(required = true, example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a82")]
    id: Option<String>,
    /// A name to read.
    #[schema(example = "root@example.com")]
    name: String,
}

/// The policy that allowed it, by its name at the time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventPolicy {
    /// Id of the policy.
    #[schema(example = "help-desk")]
    policy_id: String,
    /// Its name.
    #[schema(example = "help-desk")]
    name: String,
}

/// What it was done to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventResource {
    /// The kind of thing.
    #[schema(example = "user")]
    kind: String,
    /// Its id.
    #[schema(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a83")]
    id: String,
    /// Its name at the time.
    #[schema(example = "ada")]
    name: String,
}

/// A field that changed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventChange {
    /// The field.
    #[schema(example = "job_title")]
    field: String,
    /// What it was; null when it was not there.
    #[schema(required = true, example = "Analyst")]
    before: Option<String>,
    /// What it is; null when it is gone.
    #[schema(required = true, example = "Director")]
    after: Option<String>,
}

impl From<audit::Event> for Event {
    fn from(event: audit::Event) -> Self {
        let change =
            |change: audit::Change| EventChange { field: change.field, before: change.before, after: change.after };
        Self {
            event_id: event.id.to_string(),
            at: event.at.to_rfc3339(),
            account_id: event.account_id.to_string(),
            organization_id: event.organization_id.map(|id| id.to_string()),
            actor: EventActor { kind: event.actor.kind, id: event.actor.id, name: event.actor.name },
            credential: event.credential.map(|(kind, id)| CredentialUsed { kind, id }),
            policy: event.policy.map(|(policy_id, name)| EventPolicy { policy_id, name }),
            source_address: event.source_address,
            request_id: event.request_id,
            operation: event.operation,
            resource: EventResource { kind: event.resource_kind, id: event.resource_id, name: event.resource_name },
            changes: event.changes.into_iter().map(change).collect(),
        }
    }
}

/// Which events are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventsQuery {
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
    /// Items of a page at most; 50 when unsaid.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List events
///
/// Who did what, newest first. Events are not counted: `total` is null.
#[utoipa::path(
    get, path = "/api/v1/events", tag = "Events", params(EventsQuery),
    responses((status = 200, description = "A page of events.", body = List<Event>)),
)]
pub(crate) async fn list_events(Caller(ctx): Caller, InQuery(query): InQuery<EventsQuery>) -> Answer {
    let filter = EventFilter {
        organization: query.organization.as_deref().map(reference).transpose()?,
        operation: query.operation,
        resource_id: query.resource_id,
        actor: query.actor,
        since: bound("since", query.since)?,
        until: bound("until", query.until)?,
    };
    let page = audit::list_events(&ctx, filter, page(query.limit, query.cursor)).await?;
    ok(&List::of(page, Event::from))
}

/// A bound in time, if there is one.
pub(crate) fn bound(field: &'static str, text: Option<String>) -> Result<Option<Timestamp>, Refusal> {
    Ok(text.map(|text| Timestamp::parse_rfc3339(field, &text)).transpose()?)
}
