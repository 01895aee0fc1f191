//! Deleting an access key: it opens nothing from the next request on.

use reeve_base::ids::AccessKeyId;
use reeve_store::tables::access_keys;

use super::{find_key, subject};
use crate::administrators::{AdministratorRef, find};
use crate::audit::{self, Change};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::DELETE_ACCESS_KEY;

/// Deletes an access key of an administrator.
pub async fn delete_access_key(ctx: &Ctx, who: AdministratorRef, id: AccessKeyId) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let owner = find(tx, ctx, &DELETE_ACCESS_KEY, &who)?;
        let row = find_key(tx, &owner, &id)?;
        ctx.check_version(row.version)?;
        access_keys::delete(tx, &row.access_key_id)?;
        let changes = [Change::gone("administrator", &owner.username), Change::gone("name", &row.name)];
        audit::record(tx, ctx, &DELETE_ACCESS_KEY, subject(&row), &changes)
    })
    .await
}
