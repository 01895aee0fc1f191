//! Directories, and what each demands of passwords.

use std::sync::Arc;

use reeve_domain::directories::{self, PasswordPolicyEdit as DomainEdit};
use reeve_domain::passwords::PasswordPolicy as DomainPolicy;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, ok, tagged};
use crate::document::{IfMatch, IfNoneMatch};
use crate::door::Door;
use crate::extract::{Caller, InBody, InPath, InQuery};
use crate::list::{List, page};
use crate::organizations::OrganizationPath;
use crate::profile::given;
use crate::words::DirectoryKind;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(list_directories)).routes(routes!(show_directory, set_password_policy))
}

/// What a directory demands of passwords.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PasswordPolicy {
    /// Fewest characters.
    #[schema(example = 8)]
    length_min: u32,
    /// Most characters.
    #[schema(example = 63)]
    length_max: u32,
    /// How many of five kinds of characters must be present.
    #[schema(example = 3)]
    classes_min: u32,
    /// How many earlier passwords may not come back; 0 remembers none.
    #[schema(example = 0)]
    history: u32,
    /// Days after which a password must be changed; 0 never asks for it.
    #[schema(example = 0)]
    age_max_days: u32,
    /// Wrong passwords in a row that lock a user out; 0 never locks.
    #[schema(example = 10)]
    lockout_failures: u32,
    /// How long a lock lasts, in minutes.
    #[schema(example = 15)]
    lockout_minutes: u32,
    /// Least strength, 0 (anything) to 4 (very hard to guess).
    #[schema(example = 2)]
    strength_min: u8,
}

impl From<DomainPolicy> for PasswordPolicy {
    fn from(policy: DomainPolicy) -> Self {
        Self {
            length_min: policy.length_min,
            length_max: policy.length_max,
            classes_min: policy.classes_min,
            history: policy.history,
            age_max_days: policy.age_max_days,
            lockout_failures: policy.lockout_failures,
            lockout_minutes: policy.lockout_minutes,
            strength_min: policy.strength_min,
        }
    }
}

/// A directory as lists show one.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DirectorySummary {
    /// Id.
    #[schema(example = "d-0123456789")]
    directory_id: String,
    /// Kind.
    kind: DirectoryKind,
    /// The organization that it serves, if any.
    #[schema(required = true, example = "m-0f1e2d3c4b5a69788796a5b4c3d2e1f0")]
    organization_id: Option<String>,
    /// The region it belongs to.
    #[schema(example = "us-east-1")]
    region: String,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
}

/// A directory of users and groups.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Directory {
    /// Id.
    #[schema(example = "d-0123456789")]
    directory_id: String,
    /// Kind.
    kind: DirectoryKind,
    /// The organization that it serves, if any.
    #[schema(required = true, example = "m-0f1e2d3c4b5a69788796a5b4c3d2e1f0")]
    organization_id: Option<String>,
    /// The region it belongs to.
    #[schema(example = "us-east-1")]
    region: String,
    /// What it demands of passwords.
    password_policy: PasswordPolicy,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// Goes up with every change; the ETag.
    #[schema(example = 1)]
    version: i64,
}

/// Which page is asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DirectoriesQuery {
    /// Items of a page at most; 50 when unsaid.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List directories
///
/// The directories of the account by id, those that serve no organization too.
#[utoipa::path(
    get, path = "/api/v1/directories", tag = "Directories", params(DirectoriesQuery),
    responses((status = 200, description = "A page of directories.", body = List<DirectorySummary>)),
)]
pub(crate) async fn list_directories(Caller(ctx): Caller, InQuery(query): InQuery<DirectoriesQuery>) -> Answer {
    let page = directories::list_directories(&ctx, page(query.limit, query.cursor)).await?;
    ok(&List::of(page, |directory| DirectorySummary {
        directory_id: directory.id.to_string(),
        kind: directory.kind.into(),
        organization_id: directory.organization_id.map(|id| id.to_string()),
        region: directory.region,
        created_at: directory.created_at.to_rfc3339(),
    }))
}

/// Show the directory of an organization
///
/// With what it demands of passwords.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/directory", tag = "Directories",
    params(OrganizationPath, IfNoneMatch),
    responses((status = 200, description = "The directory.", body = Directory, headers(
        ("ETag" = String, description = "Its version."),
    ))),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn show_directory(Caller(ctx): Caller, InPath(path): InPath<OrganizationPath>) -> Answer {
    shown(directories::show_directory(&ctx, path.reference()?).await?)
}

fn shown(directory: directories::Directory) -> Answer {
    let version = directory.version;
    let directory = Directory {
        directory_id: directory.id.to_string(),
        kind: directory.kind.into(),
        organization_id: directory.organization_id.map(|id| id.to_string()),
        region: directory.region,
        password_policy: directory.password_policy.into(),
        created_at: directory.created_at.to_rfc3339(),
        version,
    };
    tagged(ok(&directory)?, version)
}

/// A change of a directory.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"password_policy": {"length_min": 12, "history": 5}}))]
pub(crate) struct DirectoryEdit {
    /// The rules that change; those that are left out stay.
    password_policy: PasswordPolicyEdit,
}

/// A change of a password policy.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordPolicyEdit {
    /// Fewest characters.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u32, required = false, example = 12)]
    length_min: Option<u32>,
    /// Most characters.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u32, required = false, example = 63)]
    length_max: Option<u32>,
    /// How many of five kinds of characters must be present.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u32, required = false, example = 3)]
    classes_min: Option<u32>,
    /// How many earlier passwords may not come back; 0 remembers none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u32, required = false, example = 5)]
    history: Option<u32>,
    /// Days after which a password must be changed; 0 never asks for it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u32, required = false, example = 0)]
    age_max_days: Option<u32>,
    /// Wrong passwords in a row that lock a user out; 0 never locks.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u32, required = false, example = 10)]
    lockout_failures: Option<u32>,
    /// How long a lock lasts, in minutes.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u32, required = false, example = 15)]
    lockout_minutes: Option<u32>,
    /// Least strength, 0 (anything) to 4 (very hard to guess).
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u8, required = false, maximum = 4, example = 3)]
    strength_min: Option<u8>,
}

/// Set the password policy of a directory
///
/// Changes what the directory demands of passwords, from the next password on.
#[utoipa::path(
    patch, path = "/api/v1/organizations/{organization}/directory", tag = "Directories",
    params(OrganizationPath, IfMatch), request_body = DirectoryEdit,
    responses((status = 200, description = "The directory as it is now.", body = Directory, headers(
        ("ETag" = String, description = "Its version."),
    ))),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn set_password_policy(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    InBody(body): InBody<DirectoryEdit>,
) -> Answer {
    let to = body.password_policy;
    let edit = DomainEdit {
        length_min: to.length_min,
        length_max: to.length_max,
        classes_min: to.classes_min,
        history: to.history,
        age_max_days: to.age_max_days,
        lockout_failures: to.lockout_failures,
        lockout_minutes: to.lockout_minutes,
        strength_min: to.strength_min,
    };
    shown(directories::set_password_policy(&ctx, path.reference()?, edit).await?)
}
