//! Tags of organizations: what customers note on them for their own books.

use std::sync::Arc;

use reeve_domain::organizations::{self, Tag as DomainTag};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, no_content, ok};
use crate::door::Door;
use crate::extract::{Caller, InBody, InPath};
use crate::list::Items;
use crate::organizations::{OrganizationPath, reference};

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default()
        .routes(routes!(list_organization_tags, tag_organization))
        .routes(routes!(untag_organization))
}

/// A tag of an organization.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct TagPath {
    /// Id or alias of the organization.
    #[param(example = "acme")]
    organization: String,
    /// Key of the tag.
    #[param(example = "cost-centre")]
    key: String,
}

/// A note on an organization.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tag {
    /// What it is called: letters, digits, spaces and `_.:/=+-@`. Two keys that differ in case are two.
    #[schema(min_length = 1, max_length = 128, example = "cost-centre")]
    key: String,
    /// What it says; may be empty.
    #[schema(max_length = 256, example = "4711")]
    value: String,
}

impl From<DomainTag> for Tag {
    fn from(tag: DomainTag) -> Self {
        Self { key: tag.key, value: tag.value }
    }
}

impl From<Tag> for DomainTag {
    fn from(tag: Tag) -> Self {
        Self { key: tag.key, value: tag.value }
    }
}

/// List the tags of an organization
///
/// All of them by key, in whatever state the organization is; there are never more than 50.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/tags", tag = "Organizations",
    params(OrganizationPath),
    responses((status = 200, description = "The tags.", body = Items<Tag>)),
)]
pub(crate) async fn list_organization_tags(Caller(ctx): Caller, InPath(path): InPath<OrganizationPath>) -> Answer {
    let tags = organizations::list_organization_tags(&ctx, path.reference()?).await?;
    ok(&Items { items: tags.into_iter().map(Tag::from).collect() })
}

/// Tags that are to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"tags": [{"key": "cost-centre", "value": "4711"}]}))]
pub(crate) struct NewTags {
    /// The tags, each key once.
    #[schema(max_items = 50)]
    tags: Vec<Tag>,
}

/// Tag an organization
///
/// Sets these tags over those that have their keys; others stay. Nothing is tagged once its deletion was asked for.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/tags", tag = "Organizations",
    params(OrganizationPath), request_body = NewTags,
    responses((status = 200, description = "All tags as they are now.", body = Items<Tag>)),
    extensions(("x-problem-codes" = json!(["organization_state", "limit_reached"]))),
)]
pub(crate) async fn tag_organization(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    InBody(body): InBody<NewTags>,
) -> Answer {
    let tags = body.tags.into_iter().map(DomainTag::from).collect();
    let tags = organizations::tag_organization(&ctx, path.reference()?, tags).await?;
    ok(&Items { items: tags.into_iter().map(Tag::from).collect() })
}

/// Remove a tag from an organization
///
/// In whatever state the organization is. Where there is no such tag, the call succeeds.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{organization}/tags/{key}", tag = "Organizations",
    params(TagPath),
    responses((status = 204, description = "There is no such tag.")),
)]
pub(crate) async fn untag_organization(Caller(ctx): Caller, InPath(path): InPath<TagPath>) -> Answer {
    organizations::untag_organization(&ctx, reference(&path.organization)?, vec![path.key]).await?;
    no_content()
}
