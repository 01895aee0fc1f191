//! What time takes away: expired sessions, holds, client tokens, personal access tokens, old events and retained
//! mailboxes. Safe to run at any moment: what cannot be brought back goes only while the clock can be believed.

use std::sync::Arc;
use std::time::Duration;

use reeve_base::limits::{ADMINISTRATOR_LOCKOUT, CLIENT_TOKEN_TTL, SESSION_IDLE};
use reeve_store::Tx;
use reeve_store::tables::accounts::AccountRow;
use reeve_store::tables::mailboxes::MailboxRow;
use reeve_store::tables::{
    accounts, addresses, administrators, challenges, client_tokens, directories, events, held_names, mailboxes,
    organizations, personal_access_tokens, resources, sessions, users,
};

use crate::ctx::Ctx;
use crate::deployment::Deployment;
use crate::error::Error;
use crate::{entities, health, jobs};

/// Directories that one transaction looks after.
const DIRECTORIES_AT_ONCE: i64 = 100;

/// Events that one transaction removes: others get their turn in between.
const EVENTS_AT_ONCE: i64 = 1_000;

/// Mailboxes that one transaction removes, each with its key and its event.
const MAILBOXES_AT_ONCE: i64 = 100;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Removes what is past its time: at once what nobody can use any more, and the rest while the clock can be believed.
pub async fn run(deployment: &Arc<Deployment>) -> Result<(), Error> {
    let ctx = Ctx::system(deployment, "housekeeping");
    ctx.write(|tx, ctx| {
        let now = ctx.now();
        sessions::prune(tx, now.millis(), now.minus(SESSION_IDLE).millis())?;
        challenges::prune(tx, now.millis())?;
        // Those of addresses and of API passwords as well: none counts for longer.
        administrators::prune_failures(tx, now.minus(ADMINISTRATOR_LOCKOUT).millis())?;
        Ok(client_tokens::prune(tx, now.minus(CLIENT_TOKEN_TTL).millis())?)
    })
    .await?;
    if !health::purging_is_safe(deployment) {
        tracing::info!("mailboxes, holds and events are kept until the clock can be believed");
        return Ok(());
    }
    remove_for_good(deployment).await
}

/// Removes what nobody can bring back, on the word of the clock alone: mailboxes, holds, tokens, events and jobs.
pub async fn remove_for_good(deployment: &Arc<Deployment>) -> Result<(), Error> {
    let ctx = Ctx::system(deployment, "housekeeping");
    let accounts = ctx
        .write(|tx, ctx| {
            jobs::prune(tx, ctx.now())?;
            Ok(accounts::all(tx, i64::MAX)?)
        })
        .await?;
    for account in accounts {
        tidy_directories(&ctx, &account).await?;
        tidy_events(&ctx, &account).await?;
    }
    Ok(())
}

async fn tidy_directories(ctx: &Ctx, account: &AccountRow) -> Result<(), Error> {
    let mut after = String::new();
    loop {
        let account_id = account.account_id.clone();
        let from = after.clone();
        let some = ctx
            .write(move |tx, ctx| {
                let now = ctx.now().millis();
                let some = directories::of_account(tx, &account_id, &from, DIRECTORIES_AT_ONCE)?;
                for directory in &some {
                    addresses::prune(tx, &directory.directory_id, now)?;
                    held_names::prune(tx, &directory.directory_id, now)?;
                    personal_access_tokens::prune(tx, &directory.directory_id, now)?;
                }
                Ok(some)
            })
            .await?;
        for directory in &some {
            purge_mailboxes(ctx, &directory.directory_id).await?;
        }
        match some.last() {
            Some(last) => after.clone_from(&last.directory_id),
            None => return Ok(()),
        }
    }
}

/// Removes the retained mailboxes of a directory whose time has come, each with an event.
async fn purge_mailboxes(ctx: &Ctx, directory_id: &str) -> Result<(), Error> {
    loop {
        let directory_id = directory_id.to_owned();
        let purged = ctx
            .write(move |tx, ctx| {
                let due = mailboxes::due(tx, &directory_id, ctx.now().millis(), MAILBOXES_AT_ONCE)?;
                for row in &due {
                    purge_mailbox(tx, ctx, row)?;
                }
                Ok(due.len())
            })
            .await?;
        if i64::try_from(purged).unwrap_or(i64::MAX) < MAILBOXES_AT_ONCE {
            return Ok(());
        }
    }
}

fn purge_mailbox(tx: &mut Tx<'_>, ctx: &Ctx, row: &MailboxRow) -> Result<(), Error> {
    let organization = organizations::by_id(tx, &row.organization_id)?;
    let organization = organization.ok_or_else(|| Error::internal("a mailbox is of an organization that never was"))?;
    let owner = name_of_owner(tx, row)?;
    entities::purge(tx, ctx, &organization, (row, &owner))
}

/// The name of whose mailbox it is; of somebody who is gone, the id.
fn name_of_owner(tx: &mut Tx<'_>, MailboxRow { directory_id, mailbox_id, .. }: &MailboxRow) -> Result<String, Error> {
    if let Some(user) = users::by_id(tx, directory_id, mailbox_id)? {
        return Ok(user.name);
    }
    let resource = resources::by_id(tx, directory_id, mailbox_id)?;
    Ok(resource.map_or_else(|| mailbox_id.clone(), |resource| resource.name))
}

/// Removes events that are older than the account keeps them; 0 days means for ever.
async fn tidy_events(ctx: &Ctx, account: &AccountRow) -> Result<(), Error> {
    let days = u32::try_from(account.event_retention_days).unwrap_or(0);
    if days == 0 {
        return Ok(());
    }
    loop {
        let account_id = account.account_id.clone();
        let removed = ctx
            .write(move |tx, ctx| {
                let before = ctx.now().minus(DAY.saturating_mul(days)).millis();
                Ok(events::prune(tx, &account_id, before, EVENTS_AT_ONCE)?)
            })
            .await?;
        if removed < EVENTS_AT_ONCE.unsigned_abs() {
            return Ok(());
        }
    }
}
