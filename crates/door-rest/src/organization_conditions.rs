//! What is amiss with an organization.

use std::sync::Arc;

use reeve_domain::health;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, ok};
use crate::door::Door;
use crate::extract::{Caller, InPath};
use crate::list::Items;
use crate::organizations::OrganizationPath;
use crate::words::ConditionKind;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(list_organization_conditions))
}

/// One thing that is amiss with an organization.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Condition {
    /// What does not work.
    kind: ConditionKind,
    /// Which, where there can be several: the name of a domain; else empty.
    #[schema(example = "example.com")]
    subject: String,
    /// What is wrong.
    #[schema(example = "the DNS of example.com no longer shows that it is yours")]
    reason: String,
    /// What helps.
    #[schema(example = "put the TXT record at _reeve.example.com back")]
    remedy: String,
    /// Since when it is known.
    #[schema(format = DateTime)]
    since: String,
}

/// List what is amiss with an organization
///
/// What the organization relies on and does not work: its key, its domains, the store of message bodies, the database or
/// the clock of the server, the oldest first. While the list is empty the organization is Active, else Impaired: it goes
/// on with its work, but takes no new users.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/conditions", tag = "Organizations",
    params(OrganizationPath),
    responses((status = 200, description = "What is amiss.", body = Items<Condition>)),
)]
pub(crate) async fn list_organization_conditions(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
) -> Answer {
    let conditions = health::list_organization_conditions(&ctx, path.reference()?).await?;
    let items = conditions
        .into_iter()
        .map(|condition| Condition {
            kind: condition.kind.into(),
            subject: condition.subject,
            reason: condition.reason,
            remedy: condition.remedy,
            since: condition.since.to_rfc3339(),
        })
        .collect();
    ok(&Items { items })
}
