//! Overrides for single mobile devices of single users, whatever the rules say.

use std::sync::Arc;

use reeve_base::names::DeviceId;
use reeve_domain::mobile_devices::{self, NewMobileDeviceOverride as NewDomainOverride, OverrideFilter};
use reeve_domain::organizations::OrganizationRef;
use reeve_domain::users::UserRef;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, no_content, ok};
use crate::door::Door;
use crate::extract::{Caller, InBody, InPath, InQuery};
use crate::list::{List, page};
use crate::names::named;
use crate::organizations::{OrganizationPath, reference};
use crate::refusals::Refusal;
use crate::rules::description;
use crate::words::RuleEffect;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(list_mobile_device_overrides)).routes(routes!(
        show_mobile_device_override,
        put_mobile_device_override,
        delete_mobile_device_override
    ))
}

/// A mobile device of a user.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct MobileDevicePath {
    /// Id or alias of the organization.
    #[param(example = "acme")]
    organization: String,
    /// Id, username or address of the user.
    #[param(example = "ada")]
    user: String,
    /// The id that the device gives itself; case does not matter.
    #[param(min_length = 1, max_length = 32, pattern = "^[A-Za-z0-9]+$", example = "ApplDNPK1234F18X")]
    device_id: String,
}

impl MobileDevicePath {
    fn references(&self) -> Result<(OrganizationRef, UserRef, DeviceId), Refusal> {
        let device_id = DeviceId::parse("device_id", &self.device_id)?;
        Ok((reference(&self.organization)?, self.user.parse()?, device_id))
    }
}

/// What one device of one user may do, whatever the rules say.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MobileDeviceOverride {
    /// Id of the user.
    #[schema(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a80")]
    user_id: String,
    /// The id that the device gives itself, as it was last written.
    #[schema(example = "ApplDNPK1234F18X")]
    device_id: String,
    /// Whether it may synchronize.
    effect: RuleEffect,
    /// Why.
    #[schema(required = true, example = "Lost in the train")]
    description: Option<String>,
    /// When the override was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last changed.
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<mobile_devices::MobileDeviceOverride> for MobileDeviceOverride {
    fn from(found: mobile_devices::MobileDeviceOverride) -> Self {
        Self {
            user_id: found.user_id.to_string(),
            device_id: found.device_id,
            effect: found.effect.into(),
            description: found.description,
            created_at: found.created_at.to_rfc3339(),
            updated_at: found.updated_at.to_rfc3339(),
        }
    }
}

/// Which overrides are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OverridesQuery {
    /// Only those for devices of the user with this id, username or address.
    #[param(max_length = 256, example = "ada")]
    user: Option<String>,
    /// Only those for the device with this id, of whomever.
    #[param(min_length = 1, max_length = 32, pattern = "^[A-Za-z0-9]+$", example = "ApplDNPK1234F18X")]
    device_id: Option<String>,
    /// Items of a page at most; 50 when unsaid.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List mobile device overrides
///
/// By the ids of users and devices.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/mobile-device-overrides", tag = "Mobile devices",
    params(OrganizationPath, OverridesQuery),
    responses((status = 200, description = "A page of overrides.", body = List<MobileDeviceOverride>)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn list_mobile_device_overrides(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    InQuery(query): InQuery<OverridesQuery>,
) -> Answer {
    let filter = OverrideFilter {
        user: query.user.map(|user| named("user", &user)).transpose()?,
        device_id: query.device_id.map(|id| DeviceId::parse("device_id", &id)).transpose()?,
    };
    let page = page(query.limit, query.cursor);
    let page = mobile_devices::list_mobile_device_overrides(&ctx, path.reference()?, filter, page).await?;
    ok(&List::of(page, MobileDeviceOverride::from))
}

/// Show a mobile device override
///
/// Where there is none, the rules decide about the device.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/users/{user}/mobile-device-overrides/{device_id}",
    tag = "Mobile devices", params(MobileDevicePath),
    responses((status = 200, description = "The override.", body = MobileDeviceOverride)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn show_mobile_device_override(Caller(ctx): Caller, InPath(path): InPath<MobileDevicePath>) -> Answer {
    let (organization, user, device_id) = path.references()?;
    let found = mobile_devices::show_mobile_device_override(&ctx, organization, user, device_id).await?;
    ok(&MobileDeviceOverride::from(found))
}

/// What a device is to be allowed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"effect": "deny", "description": "Lost in the train"}))]
pub(crate) struct NewMobileDeviceOverride {
    /// Whether it may synchronize.
    effect: RuleEffect,
    /// Why.
    #[schema(max_length = 256, example = "Lost in the train")]
    description: Option<String>,
}

/// Put a mobile device override
///
/// Lets one device of one user synchronize, or keeps it out, whatever the rules say.
#[utoipa::path(
    put, path = "/api/v1/organizations/{organization}/users/{user}/mobile-device-overrides/{device_id}",
    tag = "Mobile devices", params(MobileDevicePath), request_body = NewMobileDeviceOverride,
    responses((status = 200, description = "The override as it is now.", body = MobileDeviceOverride)),
    extensions(("x-problem-codes" = json!(["organization_state", "wrong_state", "limit_reached"]))),
)]
pub(crate) async fn put_mobile_device_override(
    Caller(ctx): Caller,
    InPath(path): InPath<MobileDevicePath>,
    InBody(body): InBody<NewMobileDeviceOverride>,
) -> Answer {
    let (organization, user, device_id) = path.references()?;
    let new = NewDomainOverride { device_id, effect: body.effect.into(), description: description(body.description)? };
    let found = mobile_devices::put_mobile_device_override(&ctx, organization, user, new).await?;
    ok(&MobileDeviceOverride::from(found))
}

/// Delete a mobile device override
///
/// The rules decide about the device again. Where there is no override, the call succeeds.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{organization}/users/{user}/mobile-device-overrides/{device_id}",
    tag = "Mobile devices", params(MobileDevicePath),
    responses((status = 204, description = "There is no override.")),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn delete_mobile_device_override(
    Caller(ctx): Caller,
    InPath(path): InPath<MobileDevicePath>,
) -> Answer {
    let (organization, user, device_id) = path.references()?;
    mobile_devices::delete_mobile_device_override(&ctx, organization, user, device_id).await?;
    no_content()
}
