//! Keeping zones as they should be, and leaving those that were given up.

use std::sync::Arc;

use reeve_base::limits::{ZONE_CLAIM, ZONES_ABREAST, ZONES_AT_ONCE};
use reeve_store::Tx;
use reeve_store::tables::domains;
use reeve_store::tables::hosted_zones as rows;
use reeve_store::tables::organizations;

use super::LEAVING;
use super::apply::{Failed, Sought, sought};
use crate::abreast::abreast;
use crate::ctx::Ctx;
use crate::deployment::Deployment;
use crate::error::Error;
use crate::operations::KEEP_ZONE_RECORDS;

/// Looks after the zones whose time has come: puts back what drifted, writes what is wanted anew, removes what was
/// given up. Safe to run at any moment, by several servers.
pub async fn reconcile(deployment: &Arc<Deployment>) -> Result<(), Error> {
    let ctx = Ctx::system(deployment, "hosted zones");
    let taken = ctx.write(take).await?;
    abreast(taken, ZONES_ABREAST, |sought| {
        let ctx = ctx.clone();
        async move { look_after(&ctx, sought).await }
    })
    .await
}

/// Takes zones upon itself for as long as looking after them may take.
fn take(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<Sought>, Error> {
    let now = ctx.now();
    let mut taken = Vec::new();
    for mut row in rows::due(tx, now.millis(), ZONES_AT_ONCE)? {
        row.next_at = Some(now.plus(ZONE_CLAIM).millis());
        let organization = organizations::by_id(tx, &row.organization_id)?;
        let domain = domains::get(tx, &row.organization_id, &row.domain)?;
        if domain.is_none() && row.state != LEAVING {
            row.state = LEAVING.to_owned();
            row.updated_at = now.millis();
        }
        rows::update(tx, &row)?;
        taken.push(sought(tx, ctx, row, organization.as_ref().zip(domain.as_ref()))?);
    }
    Ok(taken)
}

async fn look_after(ctx: &Ctx, sought: Sought) -> Result<(), Error> {
    let found = match sought.look(ctx).await {
        Ok(found) => found,
        Err(why) => return sought.unread(ctx, why).await,
    };
    match sought.apply(ctx, &KEEP_ZONE_RECORDS, found).await {
        // Whoever writes to it, or changed it, has it looked after again; what the provider refused is kept.
        Ok(()) | Err(Failed::Theirs(_) | Failed::Ours(Error::Conflict { .. })) => Ok(()),
        Err(Failed::Ours(why)) => Err(why),
    }
}
