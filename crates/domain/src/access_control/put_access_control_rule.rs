//! Making or replacing an access control rule (PutAccessControlRule); it holds from the next sign-in on.

use reeve_base::Invalid;
use reeve_base::ids::ImpersonationRoleId;
use reeve_base::limits::{ACCESS_CONTROL_RULES_MAX, IP_RANGES_PER_RULE_MAX, VALUES_PER_CONDITION_MAX};
use reeve_base::names::{Description, RuleName};
use reeve_store::Tx;
use reeve_store::tables::organization_documents as rows;
use reeve_store::tables::organizations::OrganizationRow;
use reeve_store::tables::users::UserRow;

use super::{AccessConditions, AccessControlRule, IP_RANGES, KIND, PROTOCOLS, ROLES, USERS, body_of};
use crate::audit::{self, Subject};
use crate::ctx::{Ctx, stored};
use crate::documents::{self, Body};
use crate::effect::Effect;
use crate::entities;
use crate::error::Error;
use crate::impersonation;
use crate::operations::PUT_ACCESS_CONTROL_RULE;
use crate::organizations::{Needs, OrganizationRef, find_in};
use crate::users::UserRef;

/// An access control rule that is to be.
#[derive(Debug, Clone)]
pub struct NewAccessControlRule {
    /// Its name; a rule that has it is replaced.
    pub name: RuleName,
    /// What it says.
    pub effect: Effect,
    /// What it is for.
    pub description: Option<Description>,
    /// When it speaks.
    pub conditions: AccessConditions<UserRef>,
}

impl NewAccessControlRule {
    fn check(&self) -> Result<(), Invalid> {
        let AccessConditions { ip_ranges, protocols, users, impersonation_roles } = &self.conditions;
        ip_ranges.need_few(IP_RANGES, IP_RANGES_PER_RULE_MAX)?;
        protocols.need_few(PROTOCOLS, VALUES_PER_CONDITION_MAX)?;
        users.need_few(USERS, VALUES_PER_CONDITION_MAX)?;
        impersonation_roles.need_few(ROLES, VALUES_PER_CONDITION_MAX)
    }

    /// The conditions, with the users and the roles that they name found.
    fn resolve(&self, tx: &mut Tx<'_>, organization: &OrganizationRow) -> Result<AccessConditions, Error> {
        let AccessConditions { ip_ranges, protocols, users, impersonation_roles } = &self.conditions;
        Ok(AccessConditions {
            ip_ranges: ip_ranges.try_map(|range| Ok::<_, Error>(*range))?,
            protocols: protocols.try_map(|protocol| Ok::<_, Error>(*protocol))?,
            users: users.try_map(|user| {
                let row: UserRow = entities::find(tx, organization, user)?;
                stored(row.user_id.parse())
            })?,
            impersonation_roles: impersonation_roles.try_map(|role: &ImpersonationRoleId| {
                impersonation::need(tx, &organization.organization_id, role)?;
                Ok::<_, Error>(role.clone())
            })?,
        })
    }
}

/// Makes a rule, or replaces the one of the same name as a whole.
///
/// Errors: `NotFound` for users and impersonation roles that it names, `LimitReached`, `Invalid`, `VersionMismatch`.
pub async fn put_access_control_rule(
    ctx: &Ctx,
    organization: OrganizationRef,
    new: NewAccessControlRule,
) -> Result<AccessControlRule, Error> {
    new.check()?;
    ctx.write(move |tx, ctx| {
        let organization = find_in(tx, ctx, &PUT_ACCESS_CONTROL_RULE, &organization, Needs::Usable)?;
        let of = (organization.organization_id.as_str(), KIND);
        let name = new.name.as_str();
        let before = rows::get(tx, of, name)?;
        ctx.check_version(before.as_ref().map_or(0, |row| row.version))?;
        let conditions = new.resolve(tx, &organization)?;
        let body = body_of(new.effect, new.description.as_ref().map(Description::as_str), &conditions);
        let old = before.as_ref().map(|row| Body::read(&row.body)).transpose()?.unwrap_or_default();
        let changes = body.changes_from(&old);
        let row = match before {
            Some(row) if changes.is_empty() => return AccessControlRule::from_row(row),
            Some(row) => {
                let row = documents::next(row, &body, ctx.now());
                rows::update(tx, &row)?;
                row
            }
            None => {
                documents::need_room(tx, of, ("access control rules in an organization", ACCESS_CONTROL_RULES_MAX))?;
                let row = documents::first(of, (name, name), &body, ctx.now());
                rows::insert(tx, &row)?;
                row
            }
        };
        audit::record(tx, ctx, &PUT_ACCESS_CONTROL_RULE, Subject::within(&organization, name, name), &changes)?;
        AccessControlRule::from_row(row)
    })
    .await
}
