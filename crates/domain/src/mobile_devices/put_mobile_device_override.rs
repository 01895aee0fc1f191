//! Letting one device of one user in, or keeping it out, whatever the rules say (PutMobileDeviceAccessOverride).

use reeve_base::limits::MOBILE_DEVICE_OVERRIDES_PER_USER_MAX;
use reeve_base::names::{Description, DeviceId};
use reeve_store::Tx;
use reeve_store::tables::mobile_device_overrides::{self as rows, Filter, OverrideRow};
use reeve_store::tables::users::UserRow;

use super::MobileDeviceOverride;
use crate::audit::{self, Subject};
use crate::ctx::Ctx;
use crate::documents::Body;
use crate::effect::Effect;
use crate::entities::{self, Registrable};
use crate::error::Error;
use crate::operations::PUT_MOBILE_DEVICE_OVERRIDE;
use crate::organizations::{Needs, OrganizationRef, find_in};
use crate::users::UserRef;

/// What a device is to be allowed.
#[derive(Debug, Clone)]
pub struct NewMobileDeviceOverride {
    /// Which device.
    pub device_id: DeviceId,
    /// Whether it may synchronize.
    pub effect: Effect,
    /// Why.
    pub description: Option<Description>,
}

/// Makes an override for a device of a user, or replaces the one there is.
///
/// Errors: `NotFound` for the user, `WrongState` for one who is not enabled, `LimitReached`.
pub async fn put_mobile_device_override(
    ctx: &Ctx,
    organization: OrganizationRef,
    user: UserRef,
    new: NewMobileDeviceOverride,
) -> Result<MobileDeviceOverride, Error> {
    ctx.write(move |tx, ctx| {
        let organization = find_in(tx, ctx, &PUT_MOBILE_DEVICE_OVERRIDE, &organization, Needs::Usable)?;
        let user: UserRow = entities::find(tx, &organization, &user)?;
        if !user.holder().is_enabled() {
            return Err(entities::need_enabled(&user));
        }
        let before = rows::get(tx, &user.directory_id, &user.user_id, &new.device_id.key())?;
        let row = OverrideRow {
            directory_id: user.directory_id.clone(),
            user_id: user.user_id.clone(),
            device_key: new.device_id.key(),
            device_id: new.device_id.to_string(),
            effect: new.effect.word().to_owned(),
            description: new.description.as_ref().map(ToString::to_string).unwrap_or_default(),
            created_at: before.as_ref().map_or(ctx.now().millis(), |row| row.created_at),
            updated_at: ctx.now().millis(),
        };
        let changes = body(&row).changes_from(&before.as_ref().map(body).unwrap_or_default());
        match before {
            Some(before) if changes.is_empty() => return MobileDeviceOverride::from_row(before),
            Some(_) => {}
            None => need_room(tx, &user)?,
        }
        rows::put(tx, &row)?;
        let subject = Subject::within(&organization, &user.user_id, &user.name);
        audit::record(tx, ctx, &PUT_MOBILE_DEVICE_OVERRIDE, subject, &changes)?;
        MobileDeviceOverride::from_row(row)
    })
    .await
}

/// What an event says of an override.
pub(super) fn body(row: &OverrideRow) -> Body {
    Body::new([
        ("device_id", row.device_id.as_str().into()),
        ("effect", row.effect.as_str().into()),
        ("description", row.description.as_str().into()),
    ])
}

fn need_room(tx: &mut Tx<'_>, user: &UserRow) -> Result<(), Error> {
    let of_user =
        Filter { directory_id: user.directory_id.clone(), user_id: user.user_id.clone(), device_key: String::new() };
    let limit = MOBILE_DEVICE_OVERRIDES_PER_USER_MAX;
    let full = usize::try_from(rows::count(tx, &of_user)?).is_ok_and(|count| count >= limit);
    if full { Err(Error::LimitReached { what: "mobile device access overrides of a user", limit }) } else { Ok(()) }
}
