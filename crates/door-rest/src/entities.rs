//! What is asked of users, groups and resources alike: whose an address is, and which groups hold somebody.

use std::sync::Arc;

use reeve_base::names::EmailAddress;
use reeve_domain::entities::{self, EntityRef};
use reeve_domain::organizations::OrganizationRef;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, ok};
use crate::door::Door;
use crate::entity::Entity;
use crate::extract::{Caller, InPath, InQuery};
use crate::list::{List, page};
use crate::organizations::reference;
use crate::refusals::Refusal;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(find_entity)).routes(routes!(list_groups_of_entity))
}

/// An address of an organization.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct AddressPath {
    /// Id or alias of the organization.
    #[param(example = "acme")]
    organization: String,
    /// Primary address or alias of a user, group or resource.
    #[param(example = "ada@acme.mail.test")]
    address: String,
}

/// A user, group or resource of an organization.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct EntityPath {
    /// Id or alias of the organization.
    #[param(example = "acme")]
    organization: String,
    /// Id, name or address of a user, group or resource.
    #[param(example = "ada")]
    entity: String,
}

impl EntityPath {
    /// The organization and the entity that the path names.
    pub(crate) fn references(&self) -> Result<(OrganizationRef, EntityRef), Refusal> {
        Ok((reference(&self.organization)?, self.entity.parse()?))
    }
}

/// Find an entity
///
/// Whose a primary address or an alias is: a user's, a group's or a resource's.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/entities/{address}", tag = "Addresses",
    params(AddressPath),
    responses((status = 200, description = "Whose the address is.", body = Entity)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn find_entity(Caller(ctx): Caller, InPath(path): InPath<AddressPath>) -> Answer {
    let address = EmailAddress::parse("address", &path.address)?;
    let entity = entities::find_entity(&ctx, reference(&path.organization)?, address).await?;
    ok(&Entity::from(entity))
}

/// Which of the groups are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct GroupsOfEntityQuery {
    /// Only those whose name begins so, case and accents aside.
    #[param(max_length = 256, example = "eng")]
    name_prefix: Option<String>,
    /// Items of a page at most; 50 when unsaid.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A group, by its id and its name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NamedGroup {
    /// Id of the group.
    #[schema(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a81")]
    group_id: String,
    /// Name of the group.
    #[schema(example = "engineers")]
    name: String,
}

impl From<entities::NamedGroup> for NamedGroup {
    fn from(group: entities::NamedGroup) -> Self {
        Self { group_id: group.id.to_string(), name: group.name }
    }
}

/// List the groups of an entity
///
/// The groups that a user or a group belongs to itself, by name; not those that hold these groups.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/entities/{entity}/groups", tag = "Groups",
    params(EntityPath, GroupsOfEntityQuery),
    responses((status = 200, description = "A page of groups.", body = List<NamedGroup>)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn list_groups_of_entity(
    Caller(ctx): Caller,
    InPath(path): InPath<EntityPath>,
    InQuery(query): InQuery<GroupsOfEntityQuery>,
) -> Answer {
    let (organization, entity) = path.references()?;
    let page = page(query.limit, query.cursor);
    let page = entities::list_groups_of_entity(&ctx, organization, entity, query.name_prefix, page).await?;
    ok(&List::of(page, NamedGroup::from))
}
