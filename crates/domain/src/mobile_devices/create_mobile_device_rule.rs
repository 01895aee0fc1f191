//! Making a rule about mobile devices (CreateMobileDeviceAccessRule).

use reeve_base::ids::MobileDeviceRuleId;
use reeve_base::limits::MOBILE_DEVICE_RULES_MAX;
use reeve_store::tables::organization_documents as rows;

use super::{KIND, MobileDeviceRule, NewMobileDeviceRule, need};
use crate::audit::{self, Subject};
use crate::client_tokens;
use crate::ctx::{Ctx, stored};
use crate::documents::{self, Body};
use crate::error::Error;
use crate::operations::CREATE_MOBILE_DEVICE_RULE;
use crate::organizations::{Needs, OrganizationRef, find_in};

/// A rule that was made.
#[derive(Debug, Clone)]
pub struct CreatedMobileDeviceRule {
    /// The rule.
    pub rule: MobileDeviceRule,
    /// Whether an earlier try with the same client token made it.
    pub replayed: bool,
}

/// Makes a rule.
///
/// Errors: `LimitReached`, `Invalid`.
pub async fn create_mobile_device_rule(
    ctx: &Ctx,
    organization: OrganizationRef,
    new: NewMobileDeviceRule,
) -> Result<CreatedMobileDeviceRule, Error> {
    new.conditions.check()?;
    let id = MobileDeviceRuleId::generate(ctx.now(), ctx.random());
    ctx.write(move |tx, ctx| {
        let organization = find_in(tx, ctx, &CREATE_MOBILE_DEVICE_RULE, &organization, Needs::Usable)?;
        let of = (organization.organization_id.as_str(), KIND);
        if let Some(made) = client_tokens::made_before(tx, ctx, &CREATE_MOBILE_DEVICE_RULE)? {
            let row = need(tx, &organization.organization_id, &stored(made.parse())?)?;
            return Ok(CreatedMobileDeviceRule { rule: MobileDeviceRule::from_row(&row)?, replayed: true });
        }
        documents::need_room(tx, of, ("mobile device access rules in an organization", MOBILE_DEVICE_RULES_MAX))?;
        let body = new.body();
        let row = documents::first(of, (id.as_str(), id.as_str()), &body, ctx.now());
        rows::insert(tx, &row)?;
        client_tokens::note(tx, ctx, &CREATE_MOBILE_DEVICE_RULE, id.as_str())?;
        let subject = Subject::within(&organization, id.as_str(), new.name.as_str());
        audit::record(tx, ctx, &CREATE_MOBILE_DEVICE_RULE, subject, &body.changes_from(&Body::default()))?;
        Ok(CreatedMobileDeviceRule { rule: MobileDeviceRule::from_row(&row)?, replayed: false })
    })
    .await
}
