//! Looks at the keys of organizations where they are kept, and says when one is lost and when it is back.
//!
//! Due rows are claimed by moving their next time on before anybody is asked, so that of several servers one asks.
//! Nobody is asked in a transaction. Former generations are due as well, until what they wrap is wrapped anew.

use std::sync::Arc;

use reeve_base::Timestamp;
use reeve_base::key_services::KeyFailure;
use reeve_base::limits::{KEY_CHECK_PERIOD, KEY_CHECK_PERIOD_MAX, KEY_CHECKS_ABREAST, KEY_CHECKS_AT_ONCE};
use reeve_store::tables::organization_keys::{self as rows, OrganizationKeyRow};
use reeve_store::tables::{organization_conditions, organizations};

use super::organization_key::Wrapped;
use super::{KeyState, failure, rewrap};
use crate::abreast::abreast;
use crate::ctx::{Ctx, stored};
use crate::deployment::Deployment;
use crate::error::Error;
use crate::health::{self, Finding};

/// Does what is due: drops keys that were held for long enough, looks at keys, wraps mailbox keys anew.
pub async fn reconcile(deployment: &Arc<Deployment>) -> Result<(), Error> {
    deployment.keys.tidy(deployment.now());
    let ctx = Ctx::system(deployment, "encryption keys");
    let due = claim(&ctx).await?;
    abreast(due, KEY_CHECKS_ABREAST, |row| {
        let ctx = ctx.clone();
        async move { look_after(&ctx, row).await }
    })
    .await
}

async fn claim(ctx: &Ctx) -> Result<Vec<OrganizationKeyRow>, Error> {
    ctx.write(|tx, ctx| {
        let now = ctx.now();
        let due = rows::due(tx, now.millis(), i64::try_from(KEY_CHECKS_AT_ONCE).unwrap_or(i64::MAX))?;
        for row in &due {
            let next_check_at = Some(now.plus(KEY_CHECK_PERIOD).millis());
            rows::update(tx, &OrganizationKeyRow { next_check_at, ..row.clone() })?;
        }
        Ok(due)
    })
    .await
}

async fn look_after(ctx: &Ctx, row: OrganizationKeyRow) -> Result<(), Error> {
    let id = (row.organization_id.clone(), row.generation);
    match stored(row.state.parse())? {
        KeyState::Former => return rewrap::rewrap(ctx, &id.0, id.1).await,
        KeyState::Disabled | KeyState::Destroyed => return announce(ctx, id.0).await,
        KeyState::Active => {}
    }
    let found = ctx
        .read(move |tx, ctx| match organizations::by_id(tx, &row.organization_id)? {
            Some(organization) => Wrapped::of(tx, ctx, &organization, row.clone()).map(Some),
            None => Ok(None),
        })
        .await?;
    let Some(wrapped) = found else { return Ok(()) };
    let outcome = wrapped.unwrap(ctx).await?.map(drop);
    settle(ctx, id, outcome.err()).await
}

/// Says that the key of an organization was switched off or destroyed; until that changes, nobody looks at it.
async fn announce(ctx: &Ctx, organization_id: String) -> Result<(), Error> {
    let forgotten = organization_id.clone();
    ctx.write(move |tx, ctx| {
        let present = rows::of_organization(tx, &organization_id)?.into_iter().next();
        let Some(mut organization) = organizations::by_id(tx, &organization_id)? else { return Ok(()) };
        let Some(present) = present else { return Ok(()) };
        let finding = match stored(present.state.parse())? {
            KeyState::Disabled => Finding::amiss(
                "an administrator switched off the key of the organization",
                "switch it on again: nothing in the mailboxes can be read or written until then",
            ),
            KeyState::Destroyed => Finding::amiss(
                "the key of the organization was destroyed: what was in its mailboxes stays unreadable for ever",
                "set a new key to use the mailboxes again, empty as they are",
            ),
            KeyState::Active | KeyState::Former => return Ok(()),
        };
        let destroyed = present.state == KeyState::Destroyed.word();
        rows::update(tx, &OrganizationKeyRow { next_check_at: None, ..present })?;
        for condition in organization_conditions::all(tx, &organization_id)? {
            let of_former = condition.kind == health::Kind::Key.word() && !condition.subject.is_empty();
            if destroyed && of_former {
                let about = (health::Kind::Key, condition.subject.as_str());
                health::report(tx, ctx, &mut organization, about, &Finding::Well)?;
            }
        }
        health::report(tx, ctx, &mut organization, (health::Kind::Key, ""), &finding)
    })
    .await?;
    ctx.deployment().keys.forget(&forgotten);
    Ok(())
}

/// Writes down how a look at a generation went: when it is looked at next, and what is amiss with the organization.
pub(super) async fn settle(
    ctx: &Ctx,
    (organization_id, generation): (String, i64),
    failure: Option<KeyFailure>,
) -> Result<(), Error> {
    let forgotten = organization_id.clone();
    ctx.write(move |tx, ctx| {
        let generations = rows::of_organization(tx, &organization_id)?;
        let present = generations.first().map(|row| row.generation) == Some(generation);
        let row = generations.into_iter().find(|row| row.generation == generation);
        // Gone, switched off or destroyed in the meantime: what was seen of it says nothing any more.
        let looked_at = [KeyState::Active.word(), KeyState::Former.word()];
        let Some(mut row) = row.filter(|row| looked_at.contains(&row.state.as_str())) else { return Ok(()) };
        let Some(mut organization) = organizations::by_id(tx, &organization_id)? else { return Ok(()) };
        row.failures = if failure.is_none() { 0 } else { row.failures.saturating_add(1) };
        row.failure = failure.map(KeyFailure::word).unwrap_or_default().to_owned();
        row.checked_at = Some(ctx.now().millis());
        // A managed key is lost with the master key alone, and without that no server starts.
        let again = !row.key_id.is_empty() || row.state == KeyState::Former.word();
        row.next_check_at = Some(next_look(ctx.now(), row.failures).millis()).filter(|_| again);
        rows::update(tx, &row)?;
        let finding = failure.map_or(Finding::Well, failure::finding);
        let subject = if present { String::new() } else { format!("generation {generation}") };
        health::report(tx, ctx, &mut organization, (health::Kind::Key, &subject), &finding)
    })
    .await?;
    if failure.is_some_and(failure::is_refusal) {
        ctx.deployment().keys.forget(&forgotten);
    }
    Ok(())
}

/// A minute after a look that found all well; after the first failures too, then twice as long each time.
fn next_look(now: Timestamp, failures: i64) -> Timestamp {
    let doublings = u32::try_from(failures.saturating_sub(2)).unwrap_or(0).min(8);
    now.plus(KEY_CHECK_PERIOD.saturating_mul(1 << doublings).min(KEY_CHECK_PERIOD_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_at_a_key_that_fails_become_rarer_but_never_rare() {
        let now = Timestamp::from_millis(1_000_000);
        let pause = |failures| next_look(now, failures).since(now).as_secs();
        assert_eq!([0, 1, 2, 3, 4, 5, 1_000].map(pause), [60, 60, 60, 120, 240, 300, 300]);
    }
}
