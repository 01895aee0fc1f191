//! What time takes away: expired sessions, holds, client tokens, personal access tokens, old events and retained
//! mailboxes. Safe to run at any moment.

use std::sync::Arc;
use std::time::Duration;

use reeve_base::limits::{ADMINISTRATOR_LOCKOUT, CLIENT_TOKEN_TTL, SESSION_IDLE};
use reeve_store::tables::accounts::AccountRow;
use reeve_store::tables::{
    accounts, addresses, administrators, challenges, client_tokens, directories, events, mailboxes,
    personal_access_tokens, sessions,
};

use crate::ctx::Ctx;
use crate::deployment::Deployment;
use crate::error::Error;
use crate::jobs;

/// Directories that one transaction looks after.
const DIRECTORIES_AT_ONCE: i64 = 100;

/// Events that one transaction removes: others get their turn in between.
const EVENTS_AT_ONCE: i64 = 1_000;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Removes what is past its time.
pub async fn run(deployment: &Arc<Deployment>) -> Result<(), Error> {
    let ctx = Ctx::system(deployment, "housekeeping");
    let accounts = ctx
        .write(|tx, ctx| {
            let now = ctx.now();
            sessions::prune(tx, now.millis(), now.minus(SESSION_IDLE).millis())?;
            challenges::prune(tx, now.millis())?;
            // Those of addresses and of API passwords as well: none counts for longer.
            administrators::prune_failures(tx, now.minus(ADMINISTRATOR_LOCKOUT).millis())?;
            client_tokens::prune(tx, now.minus(CLIENT_TOKEN_TTL).millis())?;
            jobs::prune(tx, now)?;
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
        let last = ctx
            .write(move |tx, ctx| {
                let now = ctx.now().millis();
                let some = directories::of_account(tx, &account_id, &from, DIRECTORIES_AT_ONCE)?;
                for directory in &some {
                    addresses::prune(tx, &directory.directory_id, now)?;
                    mailboxes::purge(tx, &directory.directory_id, now)?;
                    personal_access_tokens::prune(tx, &directory.directory_id, now)?;
                }
                Ok(some.last().map(|directory| directory.directory_id.clone()))
            })
            .await?;
        match last {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
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
