//! The rest of a rotation: mailbox keys go from under a former generation to under the present one, some at a time.
//!
//! Each step is a transaction that puts a key, wrapped anew, in the place of what it read, and only there; a crash
//! between steps loses nothing, since each mailbox key is always under one generation that is there. The former one
//! goes when nothing is under it.

use reeve_base::key_services::KeyFailure;
use reeve_base::limits::{KEY_CHECK_PERIOD, MAILBOX_KEYS_REWRAPPED_AT_ONCE};
use reeve_store::Tx;
use reeve_store::tables::mailbox_keys::{self, MailboxKeyRow};
use reeve_store::tables::organization_keys as rows;
use reeve_store::tables::organizations::{self, OrganizationRow};

use super::cipher::{self, PlainKey};
use super::content::binding;
use super::organization_key::Wrapped;
use super::{KeyState, reconcile};
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::health::{self, Finding};
use crate::operations::FINISH_KEY_ROTATION;

/// What one step works on.
struct Step {
    former: Wrapped,
    present: Wrapped,
    keys: Vec<MailboxKeyRow>,
}

/// Wraps anew what is under a former generation, and removes it when nothing is left.
pub(super) async fn rewrap(ctx: &Ctx, organization_id: &str, generation: i64) -> Result<(), Error> {
    let id = (organization_id.to_owned(), generation);
    let mut after = String::new();
    let mut damaged = false;
    loop {
        let (sought, from) = (id.clone(), after.clone());
        let Some(step) = ctx.read(move |tx, ctx| look(tx, ctx, &sought, &from)).await? else { return Ok(()) };
        if step.present.state()? != KeyState::Active {
            return postpone(ctx, id).await;
        }
        let Some(last) = step.keys.last() else { break };
        after = last.mailbox_id.clone();
        let opened = match (step.former.open(ctx).await?, step.present.open(ctx).await?) {
            (Ok(former), Ok(present)) => (former, present),
            // What is amiss with the present one is found by the look at it.
            (Ok(_), Err(_)) => return postpone(ctx, id).await,
            (Err(failure), _) => return reconcile::settle(ctx, id, Some(failure)).await,
        };
        let (rewrapped, whole) = wrap_anew(ctx, &step, &opened)?;
        damaged |= !whole;
        if !put(ctx, &step, rewrapped).await? {
            // Another generation took the place of the present one: what is left goes under that one.
            after.clear();
        }
    }
    if damaged {
        return reconcile::settle(ctx, id, Some(KeyFailure::Damaged)).await;
    }
    finish(ctx, id).await
}

fn look(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (organization_id, generation): &(String, i64),
    after: &str,
) -> Result<Option<Step>, Error> {
    let Some(organization) = organizations::by_id(tx, organization_id)? else { return Ok(None) };
    let generations = rows::of_organization(tx, organization_id)?;
    let former = generations.iter().find(|row| row.generation == *generation).cloned();
    let (Some(former), Some(present)) = (former, generations.into_iter().next()) else { return Ok(None) };
    if former.state != KeyState::Former.word() {
        return Ok(None);
    }
    let of = (organization.directory_id.as_str(), organization_id.as_str());
    let keys = mailbox_keys::under(tx, of, (*generation, after), MAILBOX_KEYS_REWRAPPED_AT_ONCE)?;
    let former = Wrapped::of(tx, ctx, &organization, former)?;
    let present = Wrapped::of(tx, ctx, &organization, present)?;
    Ok(Some(Step { former, present, keys }))
}

/// The keys of a step under the present generation, and whether none of them was damaged.
fn wrap_anew(
    ctx: &Ctx,
    step: &Step,
    (former, present): &(PlainKey, PlainKey),
) -> Result<(Vec<MailboxKeyRow>, bool), Error> {
    let mut rewrapped = Vec::with_capacity(step.keys.len());
    for row in &step.keys {
        let Some(key) = cipher::unwrap(former, binding(row), &row.wrapped) else {
            tracing::error!(mailbox.id = %row.mailbox_id, "the wrapped key of a mailbox is damaged");
            continue;
        };
        let mut row = MailboxKeyRow { generation: step.present.row.generation, ..row.clone() };
        row.wrapped = cipher::wrap(present, binding(&row), &key, ctx.random())?;
        rewrapped.push(row);
    }
    let whole = rewrapped.len() == step.keys.len();
    Ok((rewrapped, whole))
}

/// Writes what was wrapped anew; false when the present generation is not that any more.
async fn put(ctx: &Ctx, step: &Step, rewrapped: Vec<MailboxKeyRow>) -> Result<bool, Error> {
    let (former, present) = (step.former.row.generation, step.present.row.clone());
    ctx.write(move |tx, _| {
        let now = rows::of_organization(tx, &present.organization_id)?.into_iter().next();
        if now.is_none_or(|now| (now.generation, &now.state) != (present.generation, &present.state)) {
            return Ok(false);
        }
        for row in &rewrapped {
            mailbox_keys::rewrap(tx, row, former)?;
        }
        Ok(true)
    })
    .await
}

/// Removes a generation that nothing is under.
async fn finish(ctx: &Ctx, (organization_id, generation): (String, i64)) -> Result<(), Error> {
    let forgotten = organization_id.clone();
    ctx.write(move |tx, ctx| {
        let Some(mut organization) = organizations::by_id(tx, &organization_id)? else { return Ok(()) };
        let of = (organization.directory_id.clone(), organization_id.clone());
        let left = mailbox_keys::under(tx, (&of.0, &of.1), (generation, ""), 1)?;
        let generations = rows::of_organization(tx, &organization_id)?;
        let former = KeyState::Former.word();
        let there = generations.iter().any(|row| row.generation == generation && row.state == former);
        // A first use may have come under it at the last moment before it was former; it is looked after next time.
        if !left.is_empty() || !there {
            return Ok(());
        }
        rows::delete(tx, &organization_id, generation)?;
        let subject = format!("generation {generation}");
        health::report(tx, ctx, &mut organization, (health::Kind::Key, &subject), &Finding::Well)?;
        note(tx, ctx, &organization, generation)
    })
    .await?;
    ctx.deployment().keys.forget(&forgotten);
    Ok(())
}

fn note(tx: &mut Tx<'_>, ctx: &Ctx, organization: &OrganizationRow, generation: i64) -> Result<(), Error> {
    let subject = Subject::within(organization, &organization.organization_id, &organization.alias);
    audit::record(tx, ctx, &FINISH_KEY_ROTATION, subject, &[Change::gone("generation", generation.to_string())])
}

/// Comes back later: while the present key is switched off or lost, nothing is put under it.
async fn postpone(ctx: &Ctx, (organization_id, generation): (String, i64)) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let generations = rows::of_organization(tx, &organization_id)?;
        if let Some(mut row) = generations.into_iter().find(|row| row.generation == generation) {
            row.next_check_at = Some(ctx.now().plus(KEY_CHECK_PERIOD).millis());
            rows::update(tx, &row)?;
        }
        Ok(())
    })
    .await
}
