//! Replacing an impersonation role (UpdateImpersonationRole): name, kind, description and all of its rules.

use reeve_base::ids::ImpersonationRoleId;
use reeve_store::tables::organization_documents::{self as rows, DocumentRow};

use super::{ImpersonationRole, KIND, NewImpersonationRole, need, taken};
use crate::audit::{self, Subject};
use crate::ctx::Ctx;
use crate::documents::{self, Body};
use crate::error::Error;
use crate::operations::EDIT_IMPERSONATION_ROLE;
use crate::organizations::{Needs, OrganizationRef, find_in};

/// Puts a role in the place of what it was; nothing of that stays.
///
/// Errors: `NotFound` for the role and for users whom its rules name, `WrongState` for those who are not enabled;
/// `Invalid`, also for a name that is taken; `VersionMismatch`.
pub async fn edit_impersonation_role(
    ctx: &Ctx,
    organization: OrganizationRef,
    role: ImpersonationRoleId,
    new: NewImpersonationRole,
) -> Result<ImpersonationRole, Error> {
    new.check()?;
    ctx.write(move |tx, ctx| {
        let organization = find_in(tx, ctx, &EDIT_IMPERSONATION_ROLE, &organization, Needs::Usable)?;
        let before = need(tx, &organization.organization_id, &role)?;
        ctx.check_version(before.version)?;
        let body = new.body(tx, &organization)?;
        let name_key = new.name.key();
        let bearer = rows::by_name_key(tx, (&organization.organization_id, KIND), &name_key)?;
        if bearer.is_some_and(|bearer| bearer.document_id != before.document_id) {
            return Err(taken(&new.name));
        }
        let changes = body.changes_from(&Body::read(&before.body)?);
        if changes.is_empty() {
            return ImpersonationRole::from_row(&before);
        }
        let row = DocumentRow { name_key, ..documents::next(before, &body, ctx.now()) };
        rows::update(tx, &row)?;
        let subject = Subject::within(&organization, role.as_str(), new.name.as_str());
        audit::record(tx, ctx, &EDIT_IMPERSONATION_ROLE, subject, &changes)?;
        ImpersonationRole::from_row(&row)
    })
    .await
}
