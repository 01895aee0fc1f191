//! Asking a system that keeps keys whether it wraps and unwraps with one.
//!
//! The decision comes before anything is sent, and nothing is asked while a transaction is open. What comes back is a
//! sentence out of a fixed list: nothing that the other side wrote is shown.

use reeve_base::key_services::KeyFailure;

use super::{EncryptionKeyRef, customer_key, seek, subject};
use crate::access::{self, Target};
use crate::audit::{self, Change};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::keys;
use crate::operations::TEST_ENCRYPTION_KEY;

/// How a test went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyProbe {
    /// Why the key cannot be used; nothing where it can.
    pub failure: Option<KeyFailure>,
}

impl KeyProbe {
    /// What is wrong, as a sentence without its full stop.
    pub fn reason(&self) -> Option<&'static str> {
        self.failure.map(keys::reason)
    }

    /// What helps, likewise.
    pub fn remedy(&self) -> Option<&'static str> {
        self.failure.map(keys::remedy)
    }
}

/// Wraps a random key once and unwraps it again.
///
/// Errors: `NotFound`.
pub async fn test_encryption_key(ctx: &Ctx, key: EncryptionKeyRef) -> Result<KeyProbe, Error> {
    let sought = key.clone();
    let asked = ctx
        .read(move |tx, ctx| {
            let account = ctx.need_account()?.as_str();
            access::decide(tx, ctx, &TEST_ENCRYPTION_KEY, Target::Account(account))?;
            let row = seek(tx, ctx, &sought)?;
            customer_key(ctx, &row)
        })
        .await?;
    let failure = keys::try_out(ctx, &asked).await?.err();
    ctx.write(move |tx, ctx| {
        let account = ctx.need_account()?.as_str();
        access::decide(tx, ctx, &TEST_ENCRYPTION_KEY, Target::Account(account))?;
        let row = seek(tx, ctx, &key)?;
        let outcome = failure.map_or("passed", keys::reason);
        audit::record(tx, ctx, &TEST_ENCRYPTION_KEY, subject(&row), &[Change::made("outcome", outcome)])
    })
    .await?;
    Ok(KeyProbe { failure })
}
