//! Listing and showing impersonation roles (ListImpersonationRoles, GetImpersonationRole).

use reeve_base::ids::ImpersonationRoleId;
use reeve_store::tables::organization_documents as rows;

use super::{ImpersonationRole, KIND, need};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::{LIST_IMPERSONATION_ROLES, SHOW_IMPERSONATION_ROLE};
use crate::organizations::{Needs, OrganizationRef, find_in};
use crate::page::{Page, PageRequest};

/// Lists the impersonation roles of an organization by name.
pub async fn list_impersonation_roles(
    ctx: &Ctx,
    organization: OrganizationRef,
    page: PageRequest,
) -> Result<Page<ImpersonationRole>, Error> {
    let Page { items, next_cursor, total } = ctx
        .read(move |tx, ctx| {
            let organization = find_in(tx, ctx, &LIST_IMPERSONATION_ROLES, &organization, Needs::Present)?;
            let of = (organization.organization_id.as_str(), KIND);
            let scope = format!("impersonation_roles|{}", of.0);
            let place = page.place(&scope)?;
            let found = rows::page(tx, of, &place.after[0], place.read_limit())?;
            let total = place.total(tx, |tx| rows::count(tx, of))?;
            Ok(place.page(&scope, found, total, |row| [&row.name_key, ""]))
        })
        .await?;
    let items = items.iter().map(ImpersonationRole::from_row).collect::<Result<_, _>>()?;
    Ok(Page { items, next_cursor, total })
}

/// Shows an impersonation role.
pub async fn show_impersonation_role(
    ctx: &Ctx,
    organization: OrganizationRef,
    role: ImpersonationRoleId,
) -> Result<ImpersonationRole, Error> {
    ctx.read(move |tx, ctx| {
        let organization = find_in(tx, ctx, &SHOW_IMPERSONATION_ROLE, &organization, Needs::Present)?;
        ImpersonationRole::from_row(&need(tx, &organization.organization_id, &role)?)
    })
    .await
}
