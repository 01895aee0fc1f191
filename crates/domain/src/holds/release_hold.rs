//! Letting go of something that is held back, before its time and for a reason that the audit trail keeps.

use reeve_base::Timestamp;
use reeve_base::names::Description;
use reeve_base::text::fold;
use reeve_store::Tx;
use reeve_store::tables::organizations::{self, AliasRow, OrganizationRow};
use reeve_store::tables::{addresses, held_names};

use super::list_holds::{held_alias, is_deleted};
use super::{Hold, HoldKind};
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::entities::HELD;
use crate::error::Error;
use crate::operations::RELEASE_HOLD;
use crate::organizations::{Needs, OrganizationRef, find, need};

/// What is let go, and why.
#[derive(Debug, Clone)]
pub struct Release {
    /// What kind of thing.
    pub kind: HoldKind,
    /// The address, the name or the alias.
    pub value: String,
    /// Why it need not be held back any longer.
    pub reason: Description,
}

/// Lets go of something that is held back: whoever asks for it next gets it. A disabled user does not get an address
/// back that was released.
///
/// Errors: `NotFound` for what is not held back.
pub async fn release_hold(ctx: &Ctx, organization: OrganizationRef, release: Release) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let organization = find(tx, ctx, &RELEASE_HOLD, &organization)?;
        let freed = match release.kind {
            HoldKind::Alias => free_alias(tx, ctx, &organization, &release.value)?,
            HoldKind::Address | HoldKind::Name if is_deleted(&organization) => None,
            HoldKind::Address => free_address(tx, ctx, &organization, &release.value)?,
            HoldKind::Name => free_name(tx, ctx, &organization, &release.value)?,
        };
        let freed = freed.ok_or_else(|| Error::not_found("hold", &release.value))?;
        let changes = [
            Change::gone(freed.kind.word(), freed.value.as_str()),
            Change::gone("held_until", freed.until.to_string()),
            Change::made("reason", release.reason.as_str()),
        ];
        audit::record(tx, ctx, &RELEASE_HOLD, Subject::within(&organization, &freed.held_for, &freed.value), &changes)
    })
    .await
}

fn free_address(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    sought: &str,
) -> Result<Option<Hold>, Error> {
    need(organization, Needs::Usable)?;
    let Some(key) = key(sought) else { return Ok(None) };
    let row = addresses::get(tx, &organization.directory_id, &key)?.filter(|row| row.kind == HELD);
    let Some((row, until)) = row.and_then(|row| living(ctx, row.held_until).map(|until| (row, until))) else {
        return Ok(None);
    };
    addresses::delete(tx, &row.directory_id, &row.address_key)?;
    Ok(Some(Hold { kind: HoldKind::Address, value: row.address, held_for: row.entity_id, until }))
}

fn free_name(tx: &mut Tx<'_>, ctx: &Ctx, organization: &OrganizationRow, sought: &str) -> Result<Option<Hold>, Error> {
    need(organization, Needs::Usable)?;
    let Some(key) = key(sought) else { return Ok(None) };
    let row = held_names::get(tx, &organization.directory_id, &key)?;
    let Some((row, until)) = row.and_then(|row| living(ctx, Some(row.held_until)).map(|until| (row, until))) else {
        return Ok(None);
    };
    held_names::delete(tx, &row.directory_id, &row.name_key)?;
    Ok(Some(Hold { kind: HoldKind::Name, value: row.name, held_for: row.entity_id, until }))
}

fn free_alias(tx: &mut Tx<'_>, ctx: &Ctx, organization: &OrganizationRow, sought: &str) -> Result<Option<Hold>, Error> {
    let ours = is_deleted(organization) && fold(sought) == organization.alias_key;
    let Some(held) = held_alias(tx, ctx, organization)?.filter(|_| ours) else { return Ok(None) };
    let free = AliasRow {
        organization_id: organization.organization_id.clone(),
        directory_id: organization.directory_id.clone(),
        held_until: Some(ctx.now().millis()),
    };
    organizations::put_alias(tx, &organization.alias_key, &free)?;
    Ok(Some(held))
}

/// The folded form of what is sought. Nothing that is held back has a control character, and a database refuses to be
/// asked for some of them.
fn key(sought: &str) -> Option<String> {
    (!sought.contains(char::is_control)).then(|| fold(sought))
}

/// The end of a hold that has not come yet.
fn living(ctx: &Ctx, held_until: Option<i64>) -> Option<Timestamp> {
    held_until.map(Timestamp::from_millis).filter(|until| *until > ctx.now())
}
