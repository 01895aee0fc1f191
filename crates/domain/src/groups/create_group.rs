//! Creating a group, and enabling it in the same act when an address is given (CreateGroup, RegisterToWorkMail).

use reeve_base::ids::GroupId;
use reeve_base::names::{EmailAddress, GroupName};
use reeve_store::Tx;
use reeve_store::tables::groups::{self, GroupRow};
use reeve_store::tables::organizations::OrganizationRow;

use super::Group;
use crate::access::{self, Target};
use crate::audit::{self, Change, Subject};
use crate::client_tokens;
use crate::ctx::Ctx;
use crate::entities::{self, EntityState, Registrable};
use crate::error::Error;
use crate::holds::Taker;
use crate::operations::{CREATE_GROUP, ENABLE_GROUP};
use crate::organizations::{Needs, OrganizationRef, find_in};
use crate::users::refuse_reserved;

/// A group that is to be.
#[derive(Debug, Clone)]
pub struct NewGroup {
    /// Its name.
    pub name: GroupName,
    /// Whether address books leave it out.
    pub hidden: bool,
    /// Its primary address: with it the group is enabled at once.
    pub email: Option<EmailAddress>,
}

/// A group that was made.
#[derive(Debug, Clone)]
pub struct CreatedGroup {
    /// The group.
    pub group: Group,
    /// Whether an earlier try with the same client token made it.
    pub replayed: bool,
}

/// Creates a group, all or nothing.
///
/// Errors: `OrganizationState` unless Active, `NameTaken`, `Reserved`; with an address also `DomainNotFound`,
/// `DomainUnverified` and `AddressTaken`.
pub async fn create_group(ctx: &Ctx, organization: OrganizationRef, new: NewGroup) -> Result<CreatedGroup, Error> {
    refuse_reserved("name", new.name.as_str())?;
    let id = GroupId::generate(ctx.now(), ctx.random());
    ctx.write(move |tx, ctx| {
        let organization = find_in(tx, ctx, &CREATE_GROUP, &organization, Needs::Active)?;
        if let Some(made) = client_tokens::made_before(tx, ctx, &CREATE_GROUP)? {
            let row = groups::by_id(tx, &organization.directory_id, &made)?;
            let row = row.ok_or_else(|| Error::not_found("group", made))?;
            return Ok(CreatedGroup { group: Group::new(&organization, row)?, replayed: true });
        }
        let row = insert(tx, ctx, &organization, (&new, &id))?;
        client_tokens::note(tx, ctx, &CREATE_GROUP, &row.group_id)?;
        Ok(CreatedGroup { group: Group::new(&organization, row)?, replayed: false })
    })
    .await
}

/// Writes a new group and, with an address, enables it. The caller has decided and checked.
fn insert(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    (new, id): (&NewGroup, &GroupId),
) -> Result<GroupRow, Error> {
    let now = ctx.now().millis();
    let mut row = GroupRow {
        directory_id: organization.directory_id.clone(),
        group_id: id.to_string(),
        name: new.name.to_string(),
        name_key: new.name.key(),
        hidden: new.hidden,
        state: EntityState::Disabled.word().to_owned(),
        email: None,
        enabled_at: None,
        disabled_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    entities::take_name(tx, ctx, (row.holder(), Taker::Other), "name")?;
    let mut changes = vec![
        Change::made("name", new.name.as_str()),
        Change::made("hidden_from_global_address_list", new.hidden.to_string()),
    ];
    if let Some(email) = &new.email {
        access::also(tx, ctx, &ENABLE_GROUP, Target::Group(organization, &row))?;
        changes.extend(entities::register(tx, ctx, organization, (&mut row, email))?);
    }
    groups::insert(tx, &row)?;
    audit::record(tx, ctx, &CREATE_GROUP, Subject::within(organization, &row.group_id, &row.name), &changes)?;
    Ok(row)
}
