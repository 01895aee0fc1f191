//! Replacing a rule about mobile devices (UpdateMobileDeviceAccessRule): name, effect, description and all conditions.

use reeve_base::ids::MobileDeviceRuleId;
use reeve_store::tables::organization_documents as rows;

use super::{MobileDeviceRule, NewMobileDeviceRule, need};
use crate::audit::{self, Subject};
use crate::ctx::Ctx;
use crate::documents::{self, Body};
use crate::error::Error;
use crate::operations::EDIT_MOBILE_DEVICE_RULE;
use crate::organizations::{Needs, OrganizationRef, find_in};

/// Puts a rule in the place of what it was; nothing of that stays.
///
/// Errors: `NotFound`, `Invalid`, `VersionMismatch`.
pub async fn edit_mobile_device_rule(
    ctx: &Ctx,
    organization: OrganizationRef,
    rule: MobileDeviceRuleId,
    new: NewMobileDeviceRule,
) -> Result<MobileDeviceRule, Error> {
    new.conditions.check()?;
    ctx.write(move |tx, ctx| {
        let organization = find_in(tx, ctx, &EDIT_MOBILE_DEVICE_RULE, &organization, Needs::Usable)?;
        let before = need(tx, &organization.organization_id, &rule)?;
        ctx.check_version(before.version)?;
        let body = new.body();
        let changes = body.changes_from(&Body::read(&before.body)?);
        if changes.is_empty() {
            return MobileDeviceRule::from_row(&before);
        }
        let row = documents::next(before, &body, ctx.now());
        rows::update(tx, &row)?;
        let subject = Subject::within(&organization, rule.as_str(), new.name.as_str());
        audit::record(tx, ctx, &EDIT_MOBILE_DEVICE_RULE, subject, &changes)?;
        MobileDeviceRule::from_row(&row)
    })
    .await
}
