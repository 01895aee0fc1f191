//! Organizations: asking for one, watching its states, letting it go.

use std::sync::Arc;

use http::StatusCode;
use reeve_base::ids::DirectoryId;
use reeve_base::names::{DomainName, OrganizationAlias};
use reeve_domain::organizations::{
    self, Deletion, NewOrganization as NewDomainOrganization, OrganizationFilter, OrganizationRef,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, json, located, ok, replayed, tagged};
use crate::document::{IdempotencyKey, IfMatch, IfNoneMatch};
use crate::door::Door;
use crate::extract::{Caller, InPath, InQuery, Keyed};
use crate::list::{Items, List, page};
use crate::refusals::Refusal;
use crate::user::moment;
use crate::words::{DirectoryKind, OrganizationState};

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default()
        .routes(routes!(list_organizations, create_organization))
        .routes(routes!(show_organization, delete_organization))
        .routes(routes!(list_organization_states))
}

/// An organization.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct OrganizationPath {
    /// Id or alias of the organization.
    #[param(example = "acme")]
    organization: String,
}

impl OrganizationPath {
    /// The organization that the path names.
    pub(crate) fn reference(&self) -> Result<OrganizationRef, Refusal> {
        reference(&self.organization)
    }

    /// The name as it stands in the path.
    pub(crate) fn name(&self) -> &str {
        &self.organization
    }
}

/// Reads the id or alias of an organization.
pub(crate) fn reference(text: &str) -> Result<OrganizationRef, Refusal> {
    Ok(text.parse()?)
}

/// A mail tenant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Organization {
    /// Id; names the organization for ever.
    #[schema(example = "m-0f1e2d3c4b5a69788796a5b4c3d2e1f0")]
    organization_id: String,
    /// Amazon resource name.
    #[schema(example = "arn:aws:workmail:us-east-1:123456789012:organization/m-0f1e2d3c4b5a69788796a5b4c3d2e1f0")]
    arn: String,
    /// The account that owns it.
    #[schema(example = "123456789012")]
    account_id: String,
    /// The region it belongs to.
    #[schema(example = "us-east-1")]
    region: String,
    /// Alias; unique in the deployment, never changes.
    #[schema(example = "acme")]
    alias: String,
    /// Where it is in its life.
    state: OrganizationState,
    /// Why it is there.
    #[schema(example = "it is healthy and ready for use")]
    state_reason: String,
    /// Since when.
    #[schema(format = DateTime)]
    state_since: String,
    /// The directory in which its people live.
    #[schema(example = "d-0123456789")]
    directory_id: String,
    /// What kind of directory that is.
    directory_kind: DirectoryKind,
    /// The domain on which new addresses are suggested.
    #[schema(example = "acme.mail.test")]
    default_domain: String,
    /// The domain that came with the organization.
    #[schema(example = "acme.mail.test")]
    test_domain: String,
    /// When it was asked for.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it first was ready for use.
    #[schema(required = true, format = DateTime)]
    completed_at: Option<String>,
    /// When it was gone.
    #[schema(required = true, format = DateTime)]
    deleted_at: Option<String>,
    /// Goes up with every change; the ETag.
    #[schema(example = 4)]
    version: i64,
}

impl From<organizations::Organization> for Organization {
    fn from(organization: organizations::Organization) -> Self {
        Self {
            arn: organization.arn(),
            organization_id: organization.id.to_string(),
            account_id: organization.account_id.to_string(),
            region: organization.region,
            alias: organization.alias.to_string(),
            state: organization.state.into(),
            state_reason: organization.state_reason,
            state_since: organization.state_since.to_rfc3339(),
            directory_id: organization.directory_id.to_string(),
            directory_kind: organization.directory_kind.into(),
            default_domain: organization.default_domain.to_string(),
            test_domain: organization.test_domain.to_string(),
            created_at: organization.created_at.to_rfc3339(),
            completed_at: moment(organization.completed_at),
            deleted_at: moment(organization.deleted_at),
            version: organization.version,
        }
    }
}

/// Which organizations are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OrganizationsQuery {
    /// Only those in this state.
    #[param(inline)]
    state: Option<OrganizationState>,
    /// Only those whose alias begins so, case aside.
    #[param(max_length = 256, example = "ac")]
    search: Option<String>,
    /// Those of this region; the one that is served when unsaid.
    #[param(example = "us-east-1")]
    region: Option<String>,
    /// Items of a page at most; 50 when unsaid.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List organizations
///
/// The organizations of the account that the caller may see, by alias; deleted ones too.
#[utoipa::path(
    get, path = "/api/v1/organizations", tag = "Organizations", params(OrganizationsQuery),
    responses((status = 200, description = "A page of organizations.", body = List<Organization>)),
)]
pub(crate) async fn list_organizations(Caller(ctx): Caller, InQuery(query): InQuery<OrganizationsQuery>) -> Answer {
    let filter = OrganizationFilter { state: query.state.map(Into::into), search: query.search, region: query.region };
    let page = page(query.limit, query.cursor);
    let page = organizations::list_organizations(&ctx, filter, page).await?;
    ok(&List::of(page, Organization::from))
}

/// An organization that is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"alias": "acme", "domains": ["acme.example"]}))]
pub(crate) struct NewOrganization {
    /// Alias: letters a-z, digits and single inner hyphens, not beginning with `d-`; unique in the deployment, never
    /// changes. The test domain begins with it.
    #[schema(min_length = 1, max_length = 62, pattern = "^(?![dD]-)[0-9a-zA-Z]+(-[0-9a-zA-Z]+)*$", example = "acme")]
    alias: String,
    /// Domains to add at once; no address can use them before they are verified.
    #[schema(max_items = 5, example = json!(["acme.example"]))]
    domains: Option<Vec<String>>,
    /// A directory of the account that serves no organization; a new one when unsaid.
    #[schema(pattern = "^d-[0-9a-f]{10}$", example = "d-0123456789")]
    directory_id: Option<String>,
    /// An encryption key of the account that protects the mailboxes, by id, name, ARN or reference; the key of the
    /// deployment when unsaid.
    #[schema(min_length = 1, max_length = 2048, example = "mail-hsm")]
    encryption_key: Option<String>,
    /// The same as the header `Idempotency-Key`, for clients that cannot send one.
    #[schema(min_length = 1, max_length = 128, pattern = "^[\\x20-\\x7e]+$", example = "5f7c1d0e")]
    client_token: Option<String>,
}

/// Create an organization
///
/// Asks for an organization. The answer shows it in state Requested; it becomes Active, or Failed with the reason,
/// by itself.
#[utoipa::path(
    post, path = "/api/v1/organizations", tag = "Organizations", params(IdempotencyKey),
    request_body = NewOrganization,
    responses((status = 202, description = "The organization was asked for.", body = Organization, headers(
        ("Location" = String, description = "Where the organization is found."),
        ("ETag" = String, description = "Its version."),
    ))),
    extensions(("x-problem-codes" = json!([
        "not_found", "name_taken", "directory_in_use", "directory_unavailable", "limit_reached"
    ]))),
)]
pub(crate) async fn create_organization(Keyed(ctx, body): Keyed<NewOrganization>) -> Answer {
    let created = organizations::create_organization(&ctx, body.parse()?).await?;
    let organization = Organization::from(created.organization);
    let place = format!("/api/v1/organizations/{}", organization.organization_id);
    let answer = located(json(StatusCode::ACCEPTED, &organization)?, &place)?;
    tagged(replayed(answer, created.replayed), organization.version)
}

impl crate::extract::ClientTokenInBody for NewOrganization {
    fn client_token(&self) -> Option<&str> {
        self.client_token.as_deref()
    }
}

impl NewOrganization {
    fn parse(self) -> Result<NewDomainOrganization, Refusal> {
        let domains = self.domains.unwrap_or_default();
        Ok(NewDomainOrganization {
            alias: OrganizationAlias::parse("alias", &self.alias)?,
            domains: domains.iter().map(|name| DomainName::parse("domains", name)).collect::<Result<_, _>>()?,
            hosted_zones: Vec::new(),
            directory_id: self.directory_id.map(|id| id.parse::<DirectoryId>()).transpose()?,
            encryption_key: self.encryption_key.map(|key| key.parse()).transpose()?,
        })
    }
}

/// Show an organization
///
/// A deleted one is still shown. A live organization wins over deleted ones of the same alias.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}", tag = "Organizations",
    params(OrganizationPath, IfNoneMatch),
    responses((status = 200, description = "The organization.", body = Organization, headers(
        ("ETag" = String, description = "Its version."),
    ))),
)]
pub(crate) async fn show_organization(Caller(ctx): Caller, InPath(path): InPath<OrganizationPath>) -> Answer {
    shown(organizations::show_organization(&ctx, path.reference()?).await?, StatusCode::OK)
}

fn shown(organization: organizations::Organization, status: StatusCode) -> Answer {
    let organization = Organization::from(organization);
    tagged(json(status, &organization)?, organization.version)
}

/// How far a deletion goes.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeletionQuery {
    /// Whether the directory and everybody in it goes too; true when unsaid.
    #[param(example = true)]
    delete_directory: Option<bool>,
    /// Whether to go on although users are still enabled; false when unsaid.
    #[param(example = false)]
    force: Option<bool>,
    /// Whether the Identity Center application that the organization uses goes too; false when unsaid.
    #[param(example = false)]
    identity_center_application: Option<bool>,
}

/// Delete an organization
///
/// Starts the deletion. Mail and sign-ins stop at once; the rest is removed by a job, and a tombstone stays.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{organization}", tag = "Organizations",
    params(OrganizationPath, DeletionQuery, IfMatch),
    responses((status = 202, description = "The deletion has started.", body = Organization, headers(
        ("ETag" = String, description = "Its version."),
    ))),
    extensions(("x-problem-codes" = json!(["organization_state", "wrong_state"]))),
)]
pub(crate) async fn delete_organization(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    InQuery(query): InQuery<DeletionQuery>,
) -> Answer {
    let deletion = Deletion {
        delete_directory: query.delete_directory.unwrap_or(true),
        force: query.force.unwrap_or(false),
        identity_center_application: query.identity_center_application.unwrap_or(false),
    };
    let organization = organizations::delete_organization(&ctx, path.reference()?, deletion).await?;
    shown(organization, StatusCode::ACCEPTED)
}

/// A state that an organization reached.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReachedState {
    /// The state.
    state: OrganizationState,
    /// Why it was reached.
    #[schema(example = "it is healthy and ready for use")]
    reason: String,
    /// When.
    #[schema(format = DateTime)]
    at: String,
}

/// List the states of an organization
///
/// The states that an organization went through, oldest first, each with its reason.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/states", tag = "Organizations",
    params(OrganizationPath),
    responses((status = 200, description = "The states.", body = Items<ReachedState>)),
)]
pub(crate) async fn list_organization_states(Caller(ctx): Caller, InPath(path): InPath<OrganizationPath>) -> Answer {
    let states = organizations::list_organization_states(&ctx, path.reference()?).await?;
    let items = states
        .into_iter()
        .map(|reached| ReachedState {
            state: reached.state.into(),
            reason: reached.reason,
            at: reached.at.to_rfc3339(),
        })
        .collect();
    ok(&Items { items })
}
