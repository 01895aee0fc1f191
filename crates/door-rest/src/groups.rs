//! Groups of an organization: making, finding, editing and removing them.

use std::sync::Arc;

use http::StatusCode;
use reeve_base::names::{EmailAddress, GroupName};
use reeve_domain::groups::{self, GroupEdit as DomainEdit, GroupFilter, NewGroup as NewDomainGroup};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, json, located, no_content, ok, replayed, tagged};
use crate::document::{IdempotencyKey, IfMatch, IfNoneMatch};
use crate::door::Door;
use crate::extract::{Caller, ClientTokenInBody, InBody, InPath, InQuery, Keyed};
use crate::group::{Group, GroupPath, shown};
use crate::list::{List, page};
use crate::organizations::OrganizationPath;
use crate::profile::given;
use crate::refusals::Refusal;
use crate::words::EntityState;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(list_groups, create_group)).routes(routes!(
        show_group,
        edit_group,
        delete_group
    ))
}

/// Which groups are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct GroupsQuery {
    /// Only those in this state.
    #[param(inline)]
    state: Option<EntityState>,
    /// Only those whose name (or a word of it) or primary address begins so, case and accents aside.
    #[param(max_length = 256, example = "eng")]
    search: Option<String>,
    /// Items of a page at most; 50 when unsaid.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List groups
///
/// Enabled and disabled groups, by name.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/groups", tag = "Groups",
    params(OrganizationPath, GroupsQuery),
    responses((status = 200, description = "A page of groups.", body = List<Group>)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn list_groups(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    InQuery(query): InQuery<GroupsQuery>,
) -> Answer {
    let filter = GroupFilter { state: query.state.map(Into::into), search: query.search, ..GroupFilter::default() };
    let page = page(query.limit, query.cursor);
    let page = groups::list_groups(&ctx, path.reference()?, filter, page).await?;
    ok(&List::of(page, Group::from))
}

/// A group that is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "engineers", "email": "engineers@acme.mail.test"}))]
pub(crate) struct NewGroup {
    /// Name: up to 256 letters and signs of Latin-1, with spaces between them; never changes, and is nobody else's in
    /// the directory.
    #[schema(min_length = 1, max_length = 256, example = "engineers")]
    name: String,
    /// Primary address, on a verified domain: with it the group is enabled at once.
    #[schema(min_length = 1, max_length = 254, example = "engineers@acme.mail.test")]
    email: Option<String>,
    /// Whether address books leave the group out.
    hidden_from_global_address_list: Option<bool>,
}

impl ClientTokenInBody for NewGroup {}

impl NewGroup {
    fn parse(self) -> Result<NewDomainGroup, Refusal> {
        Ok(NewDomainGroup {
            name: GroupName::parse("name", &self.name)?,
            hidden: self.hidden_from_global_address_list.unwrap_or(false),
            email: self.email.map(|email| EmailAddress::parse("email", &email)).transpose()?,
        })
    }
}

/// Create a group
///
/// Makes a group without members, and enables it in the same act when an address is given: all or nothing.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/groups", tag = "Groups",
    params(OrganizationPath, IdempotencyKey), request_body = NewGroup,
    responses((status = 201, description = "The group was made.", body = Group, headers(
        ("Location" = String, description = "Where the group is found."),
        ("ETag" = String, description = "The version of the group."),
    ))),
    extensions(("x-problem-codes" = json!([
        "organization_state", "name_taken", "address_taken", "reserved", "domain_not_found", "domain_unverified"
    ]))),
)]
pub(crate) async fn create_group(InPath(path): InPath<OrganizationPath>, Keyed(ctx, body): Keyed<NewGroup>) -> Answer {
    let created = groups::create_group(&ctx, path.reference()?, body.parse()?).await?;
    let place = format!("/api/v1/organizations/{}/groups/{}", created.group.organization_id, created.group.id);
    let version = created.group.version;
    let answer = located(json(StatusCode::CREATED, &Group::from(created.group))?, &place)?;
    tagged(replayed(answer, created.replayed), version)
}

/// Show a group
///
/// The group is named by id, by address or by name.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/groups/{group}", tag = "Groups",
    params(GroupPath, IfNoneMatch),
    responses((status = 200, description = "The group.", body = Group, headers(
        ("ETag" = String, description = "The version of the group."),
    ))),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn show_group(Caller(ctx): Caller, InPath(path): InPath<GroupPath>) -> Answer {
    let (organization, group) = path.references()?;
    shown(groups::show_group(&ctx, organization, group).await?)
}

/// A change of a group. What is left out stays; null is refused.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"hidden_from_global_address_list": true}))]
pub(crate) struct GroupEdit {
    /// Whether address books leave the group out.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    hidden_from_global_address_list: Option<bool>,
}

/// Edit a group
///
/// Changes what is said of a group, enabled or disabled. Its name never changes.
#[utoipa::path(
    patch, path = "/api/v1/organizations/{organization}/groups/{group}", tag = "Groups",
    params(GroupPath, IfMatch), request_body = GroupEdit,
    responses((status = 200, description = "The group as it is now.", body = Group, headers(
        ("ETag" = String, description = "The version of the group."),
    ))),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn edit_group(
    Caller(ctx): Caller,
    InPath(path): InPath<GroupPath>,
    InBody(body): InBody<GroupEdit>,
) -> Answer {
    let (organization, group) = path.references()?;
    let edit = DomainEdit { hidden: body.hidden_from_global_address_list };
    shown(groups::edit_group(&ctx, organization, group, edit).await?)
}

/// Delete a group
///
/// Only a disabled group is deleted; its members stay. The name is free at once, and the addresses are held back for
/// 30 days.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{organization}/groups/{group}", tag = "Groups",
    params(GroupPath, IfMatch),
    responses((status = 204, description = "The group is gone.")),
    extensions(("x-problem-codes" = json!(["organization_state", "wrong_state"]))),
)]
pub(crate) async fn delete_group(Caller(ctx): Caller, InPath(path): InPath<GroupPath>) -> Answer {
    let (organization, group) = path.references()?;
    groups::delete_group(&ctx, organization, group).await?;
    no_content()
}
