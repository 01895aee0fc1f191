//! Creating a resource, and enabling it in the same act when an address is given (CreateResource, RegisterToWorkMail).

use reeve_base::ids::ResourceId;
use reeve_base::names::{EmailAddress, ResourceDescription, ResourceName};
use reeve_store::Tx;
use reeve_store::tables::organizations::OrganizationRow;
use reeve_store::tables::resources::{self, ResourceRow};

use super::{BookingOptions, Resource, ResourceKind, unanswered};
use crate::access::{self, Target};
use crate::audit::{self, Change, Subject};
use crate::client_tokens;
use crate::ctx::Ctx;
use crate::entities::{self, EntityState, Registrable};
use crate::error::Error;
use crate::holds::Taker;
use crate::operations::{CREATE_RESOURCE, ENABLE_RESOURCE};
use crate::organizations::{Needs, OrganizationRef, find_in};
use crate::users::refuse_reserved;

/// A resource that is to be.
#[derive(Debug, Clone)]
pub struct NewResource {
    /// Its name.
    pub name: ResourceName,
    /// What it is.
    pub kind: ResourceKind,
    /// What is said of it.
    pub description: Option<ResourceDescription>,
    /// How it answers those who book it; as WorkMail has it, when unsaid.
    pub booking: Option<BookingOptions>,
    /// Whether address books leave it out.
    pub hidden: bool,
    /// Its primary address: with it the resource is enabled at once.
    pub email: Option<EmailAddress>,
}

/// A resource that was made.
#[derive(Debug, Clone)]
pub struct CreatedResource {
    /// The resource.
    pub resource: Resource,
    /// Whether an earlier try with the same client token made it.
    pub replayed: bool,
}

/// Creates a resource, all or nothing.
///
/// Errors: `OrganizationState` unless Active, `NameTaken`, `Reserved`, `Conflict` when it would not answer by itself: it
/// has no delegate yet; with an address also `DomainNotFound`, `DomainUnverified` and `AddressTaken`.
pub async fn create_resource(
    ctx: &Ctx,
    organization: OrganizationRef,
    new: NewResource,
) -> Result<CreatedResource, Error> {
    refuse_reserved("name", new.name.as_str())?;
    if !new.booking.unwrap_or_default().auto_accept {
        return Err(unanswered());
    }
    let id = ResourceId::generate(ctx.random());
    ctx.write(move |tx, ctx| {
        let organization = find_in(tx, ctx, &CREATE_RESOURCE, &organization, Needs::Active)?;
        let (row, replayed) = match client_tokens::made_before(tx, ctx, &CREATE_RESOURCE)? {
            Some(made) => {
                let row = resources::by_id(tx, &organization.directory_id, &made)?;
                (row.ok_or_else(|| Error::not_found("resource", made))?, true)
            }
            None => {
                let row = insert(tx, ctx, &organization, (&id, &new))?;
                client_tokens::note(tx, ctx, &CREATE_RESOURCE, &row.resource_id)?;
                (row, false)
            }
        };
        Ok(CreatedResource { resource: Resource::new(&organization, row)?, replayed })
    })
    .await
}

fn insert(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    (id, new): (&ResourceId, &NewResource),
) -> Result<ResourceRow, Error> {
    let mut row = blank(ctx, &organization.directory_id, id, new);
    let mut changes = said(&row);
    entities::take_name(tx, ctx, (row.holder(), Taker::Other), "name")?;
    if let Some(email) = &new.email {
        access::also(tx, ctx, &ENABLE_RESOURCE, Target::Resource(organization, &row))?;
        changes.extend(entities::register(tx, ctx, organization, (&mut row, email))?);
    }
    resources::insert(tx, &row)?;
    let subject = Subject::within(organization, &row.resource_id, &row.name);
    audit::record(tx, ctx, &CREATE_RESOURCE, subject, &changes)?;
    Ok(row)
}

/// A disabled resource.
fn blank(ctx: &Ctx, directory_id: &str, id: &ResourceId, new: &NewResource) -> ResourceRow {
    let now = ctx.now().millis();
    let booking = new.booking.unwrap_or_default();
    ResourceRow {
        directory_id: directory_id.to_owned(),
        resource_id: id.to_string(),
        name: new.name.to_string(),
        name_key: new.name.key(),
        kind: new.kind.word().to_owned(),
        description: new.description.as_ref().map(ToString::to_string).unwrap_or_default(),
        hidden: new.hidden,
        auto_accept: booking.auto_accept,
        auto_decline_recurring: booking.auto_decline_recurring,
        auto_decline_conflicting: booking.auto_decline_conflicting,
        state: EntityState::Disabled.word().to_owned(),
        email: None,
        enabled_at: None,
        disabled_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

/// What the event of a new resource tells of it.
fn said(row: &ResourceRow) -> Vec<Change> {
    let mut changes = vec![Change::made("name", row.name.as_str()), Change::made("kind", row.kind.as_str())];
    if !row.description.is_empty() {
        changes.push(Change::made("description", row.description.as_str()));
    }
    let flags = [
        ("auto_accept", row.auto_accept),
        ("auto_decline_recurring", row.auto_decline_recurring),
        ("auto_decline_conflicting", row.auto_decline_conflicting),
        ("hidden_from_global_address_list", row.hidden),
    ];
    changes.extend(flags.into_iter().filter(|(_, on)| *on).map(|(field, _)| Change::made(field, "true")));
    changes
}
