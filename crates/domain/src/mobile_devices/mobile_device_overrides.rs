//! Listing, showing and removing overrides for single devices (ListMobileDeviceAccessOverrides,
//! GetMobileDeviceAccessOverride, DeleteMobileDeviceAccessOverride).

use reeve_base::names::DeviceId;
use reeve_store::tables::mobile_device_overrides::{self as rows, Filter};
use reeve_store::tables::users::UserRow;

use super::put_mobile_device_override::body;
use super::{MobileDeviceOverride, OVERRIDE};
use crate::audit::{self, Subject};
use crate::ctx::Ctx;
use crate::documents::Body;
use crate::entities;
use crate::error::Error;
use crate::operations::{DELETE_MOBILE_DEVICE_OVERRIDE, LIST_MOBILE_DEVICE_OVERRIDES, SHOW_MOBILE_DEVICE_OVERRIDE};
use crate::organizations::{Needs, OrganizationRef, find_in};
use crate::page::{Page, PageRequest};
use crate::users::UserRef;

/// Which overrides are asked for; `None` means any.
#[derive(Debug, Clone, Default)]
pub struct OverrideFilter {
    /// Only those for devices of this user.
    pub user: Option<UserRef>,
    /// Only those for this device, of whomever.
    pub device_id: Option<DeviceId>,
}

/// Lists overrides, by the id of the user and of the device.
///
/// Errors: `NotFound` for the user.
pub async fn list_mobile_device_overrides(
    ctx: &Ctx,
    organization: OrganizationRef,
    filter: OverrideFilter,
    page: PageRequest,
) -> Result<Page<MobileDeviceOverride>, Error> {
    let Page { items, next_cursor, total } = ctx
        .read(move |tx, ctx| {
            let organization = find_in(tx, ctx, &LIST_MOBILE_DEVICE_OVERRIDES, &organization, Needs::Present)?;
            let user: Option<UserRow> =
                filter.user.as_ref().map(|user| entities::find(tx, &organization, user)).transpose()?;
            let wanted = Filter {
                directory_id: organization.directory_id,
                user_id: user.map(|user| user.user_id).unwrap_or_default(),
                device_key: filter.device_id.as_ref().map(DeviceId::key).unwrap_or_default(),
            };
            let scope = format!("mobile_device_overrides|{wanted:?}");
            let place = page.place(&scope)?;
            let [user_id, device_key] = &place.after;
            let found = rows::page(tx, &wanted, (user_id, device_key), place.read_limit())?;
            let total = place.total(tx, |tx| rows::count(tx, &wanted))?;
            Ok(place.page(&scope, found, total, |row| [&row.user_id, &row.device_key]))
        })
        .await?;
    let items = items.into_iter().map(MobileDeviceOverride::from_row).collect::<Result<_, _>>()?;
    Ok(Page { items, next_cursor, total })
}

/// Shows the override for a device of a user.
///
/// Errors: `NotFound` for the user and the override.
pub async fn show_mobile_device_override(
    ctx: &Ctx,
    organization: OrganizationRef,
    user: UserRef,
    device_id: DeviceId,
) -> Result<MobileDeviceOverride, Error> {
    ctx.read(move |tx, ctx| {
        let organization = find_in(tx, ctx, &SHOW_MOBILE_DEVICE_OVERRIDE, &organization, Needs::Present)?;
        let user: UserRow = entities::find(tx, &organization, &user)?;
        let row = rows::get(tx, &user.directory_id, &user.user_id, &device_id.key())?;
        MobileDeviceOverride::from_row(row.ok_or_else(|| Error::not_found(OVERRIDE, &device_id))?)
    })
    .await
}

/// Removes the override for a device of a user, so that the rules decide again; one that is not there is gone already.
///
/// Errors: `NotFound` for the user.
pub async fn delete_mobile_device_override(
    ctx: &Ctx,
    organization: OrganizationRef,
    user: UserRef,
    device_id: DeviceId,
) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let organization = find_in(tx, ctx, &DELETE_MOBILE_DEVICE_OVERRIDE, &organization, Needs::Usable)?;
        let user: UserRow = entities::find(tx, &organization, &user)?;
        let (directory_id, user_id, key) = (&user.directory_id, &user.user_id, device_id.key());
        let Some(row) = rows::get(tx, directory_id, user_id, &key)? else { return Ok(()) };
        rows::delete(tx, directory_id, user_id, &key)?;
        let changes = Body::default().changes_from(&body(&row));
        let subject = Subject::within(&organization, user_id, &user.name);
        audit::record(tx, ctx, &DELETE_MOBILE_DEVICE_OVERRIDE, subject, &changes)
    })
    .await
}
