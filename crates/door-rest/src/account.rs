//! The caller's own account: what it demands of its administrators, and how long it keeps its events.

use std::sync::Arc;

use reeve_domain::accounts::{self, AccountEdit as DomainEdit};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, ok, tagged};
use crate::document::{IfMatch, IfNoneMatch};
use crate::door::Door;
use crate::extract::{Caller, InBody};
use crate::profile::given;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(show_account, edit_account))
}

/// An account with what was chosen for it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnAccount {
    /// Id: 12 digits, as in ARNs.
    #[schema(example = "123456789012")]
    account_id: String,
    /// Name.
    #[schema(example = "Acme Ltd")]
    name: String,
    /// Whether every administrator must have a second factor before anything else.
    second_factor_required: bool,
    /// Whether administrators may set their own API password and make their own access keys.
    owners_manage_api_secrets: bool,
    /// For how many days events are kept; 0 for ever.
    #[schema(example = 400)]
    event_retention_days: u32,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// Goes up with every change; the ETag.
    #[schema(example = 1)]
    version: i64,
}

fn shown(account: accounts::Account) -> Answer {
    let version = account.version;
    let account = OwnAccount {
        account_id: account.id.to_string(),
        name: account.name,
        second_factor_required: account.second_factor_required,
        owners_manage_api_secrets: account.owners_manage_api_secrets,
        event_retention_days: account.event_retention_days,
        created_at: account.created_at.to_rfc3339(),
        version,
    };
    tagged(ok(&account)?, version)
}

/// Show the account
///
/// The account of the caller, with what was chosen for it.
#[utoipa::path(
    get, path = "/api/v1/account", tag = "Accounts", params(IfNoneMatch),
    responses((status = 200, description = "The account.", body = OwnAccount, headers(
        ("ETag" = String, description = "Its version."),
    ))),
)]
pub(crate) async fn show_account(Caller(ctx): Caller) -> Answer {
    shown(accounts::show_account(&ctx).await?)
}

/// A change of an account. What is left out stays; null is refused.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"owners_manage_api_secrets": false, "event_retention_days": 400}))]
pub(crate) struct AccountEdit {
    /// Whether every administrator must have a second factor before anything else.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    second_factor_required: Option<bool>,
    /// Whether administrators may set their own API password and make their own access keys.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    owners_manage_api_secrets: Option<bool>,
    /// For how many days events are kept; 0 for ever.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u32, required = false, example = 400)]
    event_retention_days: Option<u32>,
}

/// Edit the account
///
/// Changes what the account demands of its administrators, and how long it keeps its events. Events that are older than
/// the account keeps them are removed for good.
#[utoipa::path(
    patch, path = "/api/v1/account", tag = "Accounts", params(IfMatch), request_body = AccountEdit,
    responses((status = 200, description = "The account as it is now.", body = OwnAccount, headers(
        ("ETag" = String, description = "Its version."),
    ))),
)]
pub(crate) async fn edit_account(Caller(ctx): Caller, InBody(body): InBody<AccountEdit>) -> Answer {
    let edit = DomainEdit {
        second_factor_required: body.second_factor_required,
        owners_manage_api_secrets: body.owners_manage_api_secrets,
        event_retention_days: body.event_retention_days,
    };
    shown(accounts::edit_account(&ctx, edit).await?)
}
