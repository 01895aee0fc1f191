//! Editing a resource: its name, what is said of it, how it answers those who book it (UpdateResource).

use reeve_base::names::{ResourceDescription, ResourceName};
use reeve_store::Tx;
use reeve_store::tables::resources::ResourceRow;
use reeve_store::tables::{names, resource_delegates};

use super::{BookingOptions, Resource, ResourceKind, ResourceRef, unanswered};
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::entities::{self, Registrable, save_touched};
use crate::error::Error;
use crate::holds::Taker;
use crate::operations::EDIT_RESOURCE;
use crate::organizations::{Needs, OrganizationRef};
use crate::users::refuse_reserved;

/// A change of a resource: what is `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct ResourceEdit {
    /// Its name; the old one is free at once.
    pub name: Option<ResourceName>,
    /// What it is.
    pub kind: Option<ResourceKind>,
    /// What is said of it; an empty text says nothing any more.
    pub description: Option<ResourceDescription>,
    /// How it answers those who book it.
    pub booking: BookingEdit,
    /// Whether address books leave it out.
    pub hidden: Option<bool>,
}

/// A change of how a resource answers those who book it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BookingEdit {
    /// Whether it answers by itself.
    pub auto_accept: Option<bool>,
    /// Whether it declines what recurs.
    pub auto_decline_recurring: Option<bool>,
    /// Whether it declines what falls on a time that is taken.
    pub auto_decline_conflicting: Option<bool>,
}

impl From<BookingOptions> for BookingEdit {
    fn from(options: BookingOptions) -> Self {
        Self {
            auto_accept: Some(options.auto_accept),
            auto_decline_recurring: Some(options.auto_decline_recurring),
            auto_decline_conflicting: Some(options.auto_decline_conflicting),
        }
    }
}

/// Changes a resource, enabled or disabled.
///
/// Errors: `NameTaken`, `Reserved`, `VersionMismatch`, `Conflict` when it would neither answer by itself nor have a
/// delegate.
pub async fn edit_resource(
    ctx: &Ctx,
    organization: OrganizationRef,
    resource: ResourceRef,
    edit: ResourceEdit,
) -> Result<Resource, Error> {
    if let Some(name) = &edit.name {
        refuse_reserved("name", name.as_str())?;
    }
    ctx.write(move |tx, ctx| {
        let sought = (&organization, &resource);
        let (organization, before) = entities::find_in::<ResourceRow>(tx, ctx, &EDIT_RESOURCE, sought, Needs::Usable)?;
        ctx.check_version(before.version)?;
        let mut row = before.clone();
        let mut changes = Vec::new();
        if let Some(name) = edit.name.as_ref().filter(|name| name.as_str() != row.name) {
            changes.push(Change::moved("name", row.name.as_str(), name.as_str()));
            rename(tx, ctx, &mut row, name)?;
        }
        changes.extend(apply(&mut row, &edit));
        if changes.is_empty() {
            return Resource::new(&organization, row);
        }
        if !row.auto_accept && resource_delegates::count(tx, (&row.directory_id, &row.resource_id))? == 0 {
            return Err(unanswered());
        }
        save_touched(tx, ctx, &mut row, &before)?;
        let subject = Subject::within(&organization, &row.resource_id, &row.name);
        audit::record(tx, ctx, &EDIT_RESOURCE, subject, &changes)?;
        Resource::new(&organization, row)
    })
    .await
}

/// Gives a resource another name, or another spelling of its own.
fn rename(tx: &mut Tx<'_>, ctx: &Ctx, row: &mut ResourceRow, name: &ResourceName) -> Result<(), Error> {
    let old = std::mem::replace(&mut row.name_key, name.key());
    name.as_str().clone_into(&mut row.name);
    if old == row.name_key {
        return Ok(());
    }
    entities::take_name(tx, ctx, (row.holder(), Taker::Other), "name")?;
    Ok(names::delete(tx, &row.directory_id, &old)?)
}

/// Changes everything but the name; says what changed.
fn apply(row: &mut ResourceRow, edit: &ResourceEdit) -> Vec<Change> {
    let mut changes = Vec::new();
    if let Some(kind) = edit.kind.filter(|kind| kind.word() != row.kind) {
        changes.push(Change::moved("kind", row.kind.as_str(), kind.word()));
        kind.word().clone_into(&mut row.kind);
    }
    if let Some(description) = edit.description.as_ref().filter(|text| text.as_str() != row.description) {
        let said = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        changes.push(Change {
            field: "description".to_owned(),
            before: said(&row.description),
            after: said(description.as_str()),
        });
        description.as_str().clone_into(&mut row.description);
    }
    let booking = edit.booking;
    let flags = [
        ("auto_accept", &mut row.auto_accept, booking.auto_accept),
        ("auto_decline_recurring", &mut row.auto_decline_recurring, booking.auto_decline_recurring),
        ("auto_decline_conflicting", &mut row.auto_decline_conflicting, booking.auto_decline_conflicting),
        ("hidden_from_global_address_list", &mut row.hidden, edit.hidden),
    ];
    for (field, is, wanted) in flags {
        if let Some(wanted) = wanted.filter(|wanted| wanted != is) {
            changes.push(Change::moved(field, is.to_string(), wanted.to_string()));
            *is = wanted;
        }
    }
    changes
}
