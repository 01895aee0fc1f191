//! What time takes away: expired sessions, holds, tokens and retained mailboxes. Safe to run at any moment.

use std::sync::Arc;

use reeve_base::limits::{ADMINISTRATOR_LOCKOUT, CLIENT_TOKEN_TTL, SESSION_IDLE};
use reeve_store::tables::{accounts, addresses, administrators, client_tokens, directories, mailboxes, sessions};

use crate::ctx::Ctx;
use crate::deployment::Deployment;
use crate::error::Error;
use crate::jobs;

/// Directories that one transaction looks after.
const DIRECTORIES_AT_ONCE: i64 = 100;

/// Removes what is past its time.
pub async fn run(deployment: &Arc<Deployment>) -> Result<(), Error> {
    let ctx = Ctx::system(deployment, "housekeeping");
    let accounts = ctx
        .write(|tx, ctx| {
            let now = ctx.now();
            sessions::prune(tx, now.millis(), now.minus(SESSION_IDLE).millis())?;
            administrators::prune_failures(tx, now.minus(ADMINISTRATOR_LOCKOUT).millis())?;
            client_tokens::prune(tx, now.minus(CLIENT_TOKEN_TTL).millis())?;
            jobs::prune(tx, now)?;
            Ok(accounts::all(tx, i64::MAX)?)
        })
        .await?;
    for account in accounts {
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
                    }
                    Ok(some.last().map(|directory| directory.directory_id.clone()))
                })
                .await?;
            match last {
                Some(last) => after = last,
                None => break,
            }
        }
    }
    Ok(())
}
