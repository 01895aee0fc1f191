//! Who has a policy.

use reeve_base::ids::{AdministratorId, OrganizationId};
use reeve_store::tables::policies;

use super::{PolicyRef, named};
use crate::access::{self, Target};
use crate::ctx::{Ctx, stored};
use crate::error::Error;
use crate::operations::LIST_POLICY_HOLDERS;
use crate::page::{Page, PageRequest};

/// Somebody who has a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Who.
    pub administrator_id: AdministratorId,
    /// Their username.
    pub username: String,
    /// In which organizations; empty for wherever the policy says.
    pub organizations: Vec<OrganizationId>,
}

/// Lists who has a policy, by username.
pub async fn list_policy_holders(ctx: &Ctx, policy: PolicyRef, page: PageRequest) -> Result<Page<Holder>, Error> {
    ctx.read(move |tx, ctx| {
        let account = ctx.need_account()?.as_str();
        access::decide(tx, ctx, &LIST_POLICY_HOLDERS, Target::Account(account))?;
        let id = named(tx, account, &policy)?.id;
        let scope = format!("holders|{id}");
        let place = page.place(&scope)?;
        let rows = policies::holders(tx, account, id.as_str(), &place.after[0], place.read_limit())?;
        let total = place.total(tx, |tx| policies::count_holders(tx, account, id.as_str()))?;
        let Page { items, next_cursor, total } = place.page(&scope, rows, total, |row| [&row.username_key, ""]);
        let items = items
            .into_iter()
            .map(|row| {
                let ids = row.organizations.split_whitespace().map(|id| stored(id.parse()));
                Ok(Holder {
                    administrator_id: stored(row.administrator_id.parse())?,
                    organizations: ids.collect::<Result<_, Error>>()?,
                    username: row.username,
                })
            })
            .collect::<Result<_, Error>>()?;
        Ok(Page { items, next_cursor, total })
    })
    .await
}
