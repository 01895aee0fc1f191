//! Listing organizations and the regions they belong to (ListOrganizations; rows B1, B14).

use reeve_base::text;
use reeve_store::tables::Within;
use reeve_store::tables::organizations::{self, Filter};

use super::{Organization, State};
use crate::access::{self, Seen, Target};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::{Entity, LIST_ORGANIZATIONS, LIST_REGIONS};
use crate::page::{Page, PageRequest, check_search};

/// Which organizations are asked for; `None` means any.
#[derive(Debug, Clone, Default)]
pub struct OrganizationFilter {
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those whose alias begins so.
    pub search: Option<String>,
    /// Those of this region; the deployment's own when unsaid.
    pub region: Option<String>,
}

/// A region of the deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Its name, for example `us-east-1`.
    pub name: String,
    /// Whether it is the one that is served and that new organizations belong to.
    pub current: bool,
}

/// Lists the organizations that the actor may see, by alias; deleted ones too.
pub async fn list_organizations(
    ctx: &Ctx,
    filter: OrganizationFilter,
    page: PageRequest,
) -> Result<Page<Organization>, Error> {
    let scope = format!("organizations|{filter:?}");
    let place = page.place(&scope)?;
    let wanted = narrowed(ctx, filter)?;
    let Page { items, next_cursor, total } = ctx
        .read(move |tx, ctx| {
            let seen = access::visible(tx, ctx, &LIST_ORGANIZATIONS, Entity::Organization, None)?;
            let wanted = within(&wanted, &seen);
            let rows = organizations::page(tx, &wanted, (&place.after[0], &place.after[1]), place.read_limit())?;
            let total = place.total(tx, |tx| organizations::count(tx, &wanted))?;
            Ok(place.page(&scope, rows, total, |row| [&row.alias_key, &row.organization_id]))
        })
        .await?;
    let items = items.into_iter().map(Organization::from_row).collect::<Result<_, _>>()?;
    Ok(Page { items, next_cursor, total })
}

fn narrowed(ctx: &Ctx, filter: OrganizationFilter) -> Result<Filter, Error> {
    let search = filter.search.unwrap_or_default();
    check_search("search", &search)?;
    check_search("region", filter.region.as_deref().unwrap_or_default())?;
    let prefix = text::fold(&search);
    Ok(Filter {
        account_id: ctx.need_account()?.to_string(),
        region: filter.region.unwrap_or_else(|| ctx.deployment().settings().region.clone()),
        state: filter.state.map(|state| state.word().to_owned()).unwrap_or_default(),
        created_by: String::new(),
        within: Within::default(),
        prefix_end: text::prefix_end(&prefix).unwrap_or_default(),
        prefix,
    })
}

/// The same filter, narrowed to what the actor may see.
fn within(wanted: &Filter, seen: &Seen) -> Filter {
    Filter { created_by: seen.created_by(), within: seen.organizations(), ..wanted.clone() }
}

/// Lists the regions in which the account has organizations, and the one that is served.
pub async fn list_regions(ctx: &Ctx) -> Result<Vec<Region>, Error> {
    ctx.read(|tx, ctx| {
        let account = ctx.need_account()?;
        access::decide(tx, ctx, &LIST_REGIONS, Target::Account(account.as_str()))?;
        let current = &ctx.deployment().settings().region;
        let mut names = organizations::regions(tx, account.as_str())?;
        if !names.contains(current) {
            names.push(current.clone());
            names.sort();
        }
        Ok(names.into_iter().map(|name| Region { current: name == *current, name }).collect())
    })
    .await
}
