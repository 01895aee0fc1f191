//! Members of groups: users and other groups.

use std::sync::Arc;

use http::StatusCode;
use reeve_domain::groups;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, json, no_content, ok};
use crate::document::IfMatch;
use crate::door::Door;
use crate::entity::Entity;
use crate::extract::{Caller, InBody, InPath, InQuery};
use crate::group::GroupPath;
use crate::list::{List, PageQuery};
use crate::names::named;
use crate::organizations::reference;
use crate::user::moment;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(list_group_members, add_group_member)).routes(routes!(remove_group_member))
}

/// A member of a group.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct MemberPath {
    /// Id or alias of the organization.
    #[param(example = "acme")]
    organization: String,
    /// Id, name or address of the group.
    #[param(example = "engineers")]
    group: String,
    /// Id, name or address of the user or group that is a member.
    #[param(example = "ada")]
    member: String,
}

/// A user or group that belongs to a group.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Member {
    #[serde(flatten)]
    entity: Entity,
    /// When the member was last enabled.
    #[schema(required = true, format = DateTime)]
    enabled_at: Option<String>,
    /// When the member was last disabled.
    #[schema(required = true, format = DateTime)]
    disabled_at: Option<String>,
    /// When it became a member.
    #[schema(format = DateTime)]
    added_at: String,
}

impl From<groups::Member> for Member {
    fn from(member: groups::Member) -> Self {
        Self {
            entity: member.entity.into(),
            enabled_at: moment(member.enabled_at),
            disabled_at: moment(member.disabled_at),
            added_at: member.added_at.to_rfc3339(),
        }
    }
}

/// List the members of a group
///
/// Users and groups that belong to the group itself, by name; members of groups within it are listed there.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/groups/{group}/members", tag = "Groups",
    params(GroupPath, PageQuery),
    responses((status = 200, description = "A page of members.", body = List<Member>)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn list_group_members(
    Caller(ctx): Caller,
    InPath(path): InPath<GroupPath>,
    InQuery(query): InQuery<PageQuery>,
) -> Answer {
    let (organization, group) = path.references()?;
    let page = groups::list_group_members(&ctx, organization, group, query.page()).await?;
    ok(&List::of(page, Member::from))
}

/// A member that is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"member": "ada"}))]
pub(crate) struct NewMember {
    /// Id, name or address of a user or group.
    #[schema(max_length = 320, example = "ada")]
    member: String,
}

/// Add a member to a group
///
/// A user or another group; resources belong to no group, and no group can come to hold itself, on whatever way. One
/// who is a member already stays so, and the call succeeds.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/groups/{group}/members", tag = "Groups",
    params(GroupPath, IfMatch), request_body = NewMember,
    responses((status = 201, description = "The group has the member.", body = Member)),
    extensions(("x-problem-codes" = json!(["organization_state", "limit_reached", "reserved"]))),
)]
pub(crate) async fn add_group_member(
    Caller(ctx): Caller,
    InPath(path): InPath<GroupPath>,
    InBody(body): InBody<NewMember>,
) -> Answer {
    let (organization, group) = path.references()?;
    let member = named("member", &body.member)?;
    let member = groups::add_group_member(&ctx, organization, group, member).await?;
    json(StatusCode::CREATED, &Member::from(member))
}

/// Remove a member from a group
///
/// The member itself stays as it is. Removing one who is no member succeeds.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{organization}/groups/{group}/members/{member}", tag = "Groups",
    params(MemberPath, IfMatch),
    responses((status = 204, description = "The group has no such member.")),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn remove_group_member(Caller(ctx): Caller, InPath(path): InPath<MemberPath>) -> Answer {
    let (group, member) = (path.group.parse()?, path.member.parse()?);
    groups::remove_group_member(&ctx, reference(&path.organization)?, group, member).await?;
    no_content()
}
