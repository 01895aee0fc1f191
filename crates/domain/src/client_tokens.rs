//! Retries that find what the first try made (AWS `ClientToken`, HTTP `Idempotency-Key`).
//!
//! The token is looked up and noted in the transaction that makes the thing, so that a crash cannot part them.

use reeve_base::limits::CLIENT_TOKEN_TTL;
use reeve_store::Tx;
use reeve_store::tables::client_tokens::{self, TokenKey, TokenRow};

use crate::ctx::{ClientToken, Ctx};
use crate::error::Error;
use crate::operations::{Operation, Resource};

/// The id of what the same request made before, if it did.
pub(crate) fn made_before(tx: &mut Tx<'_>, ctx: &Ctx, operation: &Operation) -> Result<Option<String>, Error> {
    let (Some(carried), Some(scope)) = (ctx.client_token(), scope(ctx, operation)) else {
        return Ok(None);
    };
    let Some(row) = client_tokens::get(tx, key(scope, operation, carried))? else {
        return Ok(None);
    };
    if row.created_at < ctx.now().minus(CLIENT_TOKEN_TTL).millis() {
        return Ok(None);
    }
    if row.fingerprint != carried.fingerprint {
        return Err(Error::Conflict {
            why: "this idempotency key was used for another request; use a new one".to_owned(),
        });
    }
    Ok(Some(row.result_id))
}

/// Notes what the request made.
pub(crate) fn note(tx: &mut Tx<'_>, ctx: &Ctx, operation: &Operation, result_id: &str) -> Result<(), Error> {
    let (Some(carried), Some(scope)) = (ctx.client_token(), scope(ctx, operation)) else {
        return Ok(());
    };
    let row = TokenRow {
        fingerprint: carried.fingerprint.clone(),
        result_id: result_id.to_owned(),
        created_at: ctx.now().millis(),
    };
    Ok(client_tokens::put(tx, key(scope, operation, carried), &row)?)
}

/// Within what a token is unique: the account, or the deployment for what belongs to none.
fn scope<'a>(ctx: &'a Ctx, operation: &Operation) -> Option<&'a str> {
    match operation.resource {
        Resource::Deployment => Some(""),
        _ => ctx.account().map(|account| account.as_str()),
    }
}

fn key<'a>(account_id: &'a str, operation: &'a Operation, carried: &'a ClientToken) -> TokenKey<'a> {
    TokenKey { account_id, operation: operation.name, token: &carried.token }
}
