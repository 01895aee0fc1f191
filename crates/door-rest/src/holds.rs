//! What is held back of who is gone: what it is, letting go of it, and for how long.

use std::sync::Arc;

use reeve_base::names::Description;
use reeve_domain::holds;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, no_content, ok};
use crate::door::Door;
use crate::extract::{Caller, InBody, InPath, InQuery};
use crate::list::{List, PageQuery};
use crate::names::sought;
use crate::organizations::OrganizationPath;
use crate::profile::given;
use crate::words::HoldKind;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default()
        .routes(routes!(list_holds))
        .routes(routes!(release_hold))
        .routes(routes!(show_hold_settings, set_hold_settings))
}

/// Something that is held back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Hold {
    /// What kind of thing.
    kind: HoldKind,
    /// The address, the name or the alias.
    #[schema(example = "ada@acme.test.example")]
    value: String,
    /// Id of the user, group, resource or organization whose it was.
    held_for: String,
    /// Until when.
    #[schema(format = DateTime)]
    held_until: String,
}

impl From<holds::Hold> for Hold {
    fn from(hold: holds::Hold) -> Self {
        Self { kind: hold.kind.into(), value: hold.value, held_for: hold.held_for, held_until: hold.until.to_rfc3339() }
    }
}

/// List what is held back
///
/// Addresses of who is disabled or deleted, and names of deleted users; of a deleted organization, sought by its id, the
/// alias.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/holds", tag = "Holds",
    params(OrganizationPath, PageQuery),
    responses((status = 200, description = "A page of holds.", body = List<Hold>)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn list_holds(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    InQuery(query): InQuery<PageQuery>,
) -> Answer {
    ok(&List::of(holds::list_holds(&ctx, path.reference()?, query.page()).await?, Hold::from))
}

/// What is let go, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "address", "value": "ada@acme.test.example", "reason": "her successor gets it"}))]
pub(crate) struct Release {
    /// What kind of thing.
    kind: HoldKind,
    /// The address, the name or the alias; case does not matter.
    #[schema(max_length = 320, example = "ada@acme.test.example")]
    value: String,
    /// Why it need not be held back any longer; the audit trail keeps it.
    #[schema(min_length = 1, max_length = 256, example = "her successor gets it")]
    reason: String,
}

/// Release what is held back
///
/// Whoever asks for it next gets it; a disabled user does not get it back.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/holds/release", tag = "Holds",
    params(OrganizationPath), request_body = Release,
    responses((status = 204, description = "It is free.")),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn release_hold(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    InBody(body): InBody<Release>,
) -> Answer {
    let Release { kind, value, reason } = body;
    let value = sought("value", &value)?.to_owned();
    let release = holds::Release { kind: kind.into(), value, reason: Description::parse("reason", &reason)? };
    holds::release_hold(&ctx, path.reference()?, release).await?;
    no_content()
}

/// For how many days what is held back; 0 holds nothing back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HoldSettings {
    /// Addresses of users, groups and resources that are disabled or deleted.
    #[schema(maximum = 3650, example = 30)]
    addresses_days: u32,
    /// Names of deleted users.
    #[schema(maximum = 3650, example = 30)]
    names_days: u32,
    /// The alias of the organization and its test domain, once it is deleted.
    #[schema(maximum = 3650, example = 365)]
    alias_days: u32,
}

impl From<holds::HoldSettings> for HoldSettings {
    fn from(settings: holds::HoldSettings) -> Self {
        let holds::HoldSettings { addresses_days, names_days, alias_days } = settings;
        Self { addresses_days, names_days, alias_days }
    }
}

/// What changes; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"addresses_days": 90}))]
pub(crate) struct HoldSettingsEdit {
    /// Addresses of users, groups and resources that are disabled or deleted.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u32, required = false, maximum = 3650, example = 90)]
    addresses_days: Option<u32>,
    /// Names of deleted users.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u32, required = false, maximum = 3650, example = 30)]
    names_days: Option<u32>,
    /// The alias of the organization and its test domain, once it is deleted.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u32, required = false, maximum = 3650, example = 365)]
    alias_days: Option<u32>,
}

/// Show for how long what is held back
///
/// 30 days for addresses and names and a year for the alias, until somebody says otherwise.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/hold-settings", tag = "Holds",
    params(OrganizationPath),
    responses((status = 200, description = "The settings.", body = HoldSettings)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn show_hold_settings(Caller(ctx): Caller, InPath(path): InPath<OrganizationPath>) -> Answer {
    ok(&HoldSettings::from(holds::show_hold_settings(&ctx, path.reference()?).await?))
}

/// Set for how long what is held back
///
/// From now on: what is held back already keeps its time.
#[utoipa::path(
    patch, path = "/api/v1/organizations/{organization}/hold-settings", tag = "Holds",
    params(OrganizationPath), request_body = HoldSettingsEdit,
    responses((status = 200, description = "The settings as they are now.", body = HoldSettings)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn set_hold_settings(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    InBody(body): InBody<HoldSettingsEdit>,
) -> Answer {
    let HoldSettingsEdit { addresses_days, names_days, alias_days } = body;
    let edit = holds::HoldSettingsEdit { addresses_days, names_days, alias_days };
    ok(&HoldSettings::from(holds::set_hold_settings(&ctx, path.reference()?, edit).await?))
}
