//! Listing and showing policies: those that come with Reeve first.

use reeve_base::text;
use reeve_store::tables::policies;

use super::{Found, Policy, PolicyRef, find, ready_made};
use crate::access::{self, Target};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::{LIST_POLICIES, SHOW_POLICY};
use crate::page::{Page, PageRequest, check_search};

/// Lists the policies whose name begins as `search` does: ready-made ones on the first page, then the others by name.
pub async fn list_policies(ctx: &Ctx, search: Option<String>, page: PageRequest) -> Result<Page<Policy>, Error> {
    let search = search.unwrap_or_default();
    check_search("search", &search)?;
    let prefix = text::fold(&search);
    let scope = format!("policies|{prefix}");
    let place = page.place(&scope)?;
    ctx.read(move |tx, ctx| {
        let account = ctx.need_account()?.as_str();
        access::decide(tx, ctx, &LIST_POLICIES, Target::Account(account))?;
        let end = text::prefix_end(&prefix).unwrap_or_default();
        let range = (prefix.as_str(), end.as_str());
        let ours: Vec<_> =
            ready_made::ALL.iter().filter(|one| text::fold(one.name).starts_with(prefix.as_str())).collect();
        let ready_made = i64::try_from(ours.len()).unwrap_or(0);
        let all = place.total(tx, |tx| policies::count(tx, account, range).map(|count| count + ready_made))?;
        // Ready-made ones come before every name: they are rows whose keys are numbers below all of them.
        let (mut items, mut keys) = (Vec::new(), Vec::new());
        let after = place.after[0].clone();
        for (number, one) in ours.iter().enumerate() {
            let key = format!(" {number}");
            if key > after {
                items.push(Policy::ready_made(tx, account, one)?);
                keys.push(key);
            }
        }
        for row in policies::page(tx, account, range, &after, place.read_limit())? {
            keys.push(row.name_key.clone());
            items.push(Policy::from_row(tx, row)?);
        }
        let mut rows: Vec<(Policy, String)> = items.into_iter().zip(keys).collect();
        rows.truncate(usize::try_from(place.read_limit()).unwrap_or(usize::MAX));
        Ok(place.page(&scope, rows, all, |(_, key)| [key, ""]).map(|(policy, _)| policy))
    })
    .await
}

/// Shows a policy.
pub async fn show_policy(ctx: &Ctx, policy: PolicyRef) -> Result<Policy, Error> {
    ctx.read(move |tx, ctx| {
        let account = ctx.need_account()?.as_str();
        access::decide(tx, ctx, &SHOW_POLICY, Target::Account(account))?;
        match find(tx, account, &policy)? {
            Found::ReadyMade(one) => Policy::ready_made(tx, account, one),
            Found::Row(row) => Policy::from_row(tx, *row),
        }
    })
    .await
}
