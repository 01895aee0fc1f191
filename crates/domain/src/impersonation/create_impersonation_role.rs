//! Making an impersonation role (CreateImpersonationRole).

use reeve_base::ids::ImpersonationRoleId;
use reeve_base::limits::IMPERSONATION_ROLES_MAX;
use reeve_store::tables::organization_documents as rows;

use super::{ImpersonationRole, KIND, NewImpersonationRole, need, taken};
use crate::audit::{self, Subject};
use crate::client_tokens;
use crate::ctx::{Ctx, stored};
use crate::documents::{self, Body};
use crate::error::Error;
use crate::operations::CREATE_IMPERSONATION_ROLE;
use crate::organizations::{Needs, OrganizationRef, find_in};

/// A role that was made.
#[derive(Debug, Clone)]
pub struct CreatedImpersonationRole {
    /// The role.
    pub role: ImpersonationRole,
    /// Whether an earlier try with the same client token made it.
    pub replayed: bool,
}

/// Makes a role.
///
/// Errors: `NotFound` for users whom its rules name, `WrongState` for those who are not enabled, `LimitReached`;
/// `Invalid`, also for a name that is taken.
pub async fn create_impersonation_role(
    ctx: &Ctx,
    organization: OrganizationRef,
    new: NewImpersonationRole,
) -> Result<CreatedImpersonationRole, Error> {
    new.check()?;
    let id = ImpersonationRoleId::generate(ctx.now(), ctx.random());
    ctx.write(move |tx, ctx| {
        let organization = find_in(tx, ctx, &CREATE_IMPERSONATION_ROLE, &organization, Needs::Usable)?;
        let of = (organization.organization_id.as_str(), KIND);
        if let Some(made) = client_tokens::made_before(tx, ctx, &CREATE_IMPERSONATION_ROLE)? {
            let row = need(tx, &organization.organization_id, &stored(made.parse())?)?;
            return Ok(CreatedImpersonationRole { role: ImpersonationRole::from_row(&row)?, replayed: true });
        }
        documents::need_room(tx, of, ("impersonation roles in an organization", IMPERSONATION_ROLES_MAX))?;
        let body = new.body(tx, &organization)?;
        let row = documents::first(of, (id.as_str(), &new.name.key()), &body, ctx.now());
        if !rows::insert(tx, &row)? {
            return Err(taken(&new.name));
        }
        client_tokens::note(tx, ctx, &CREATE_IMPERSONATION_ROLE, id.as_str())?;
        let subject = Subject::within(&organization, id.as_str(), new.name.as_str());
        audit::record(tx, ctx, &CREATE_IMPERSONATION_ROLE, subject, &body.changes_from(&Body::default()))?;
        Ok(CreatedImpersonationRole { role: ImpersonationRole::from_row(&row)?, replayed: false })
    })
    .await
}
