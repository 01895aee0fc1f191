//! Tags of organizations (TagResource, UntagResource, ListTagsForResource): what customers note for their own books.
//!
//! A tag is about the entry and not about anything in the organization, so it can be set as soon as the organization was
//! asked for, and the tombstone keeps it.

use std::collections::BTreeSet;

use reeve_base::Invalid;
use reeve_base::limits::TAGS_PER_ORGANIZATION_MAX;
use reeve_base::text::forbidden;
use reeve_store::Tx;
use reeve_store::tables::organization_tags::{self, TagRow};
use reeve_store::tables::organizations::OrganizationRow;

use super::{OrganizationRef, State, find};
use crate::audit::{self, Change, Subject};
use crate::ctx::{Ctx, stored};
use crate::error::Error;
use crate::operations::{LIST_ORGANIZATION_TAGS, Operation, TAG_ORGANIZATION, UNTAG_ORGANIZATION};

/// Characters of a key (shape `TagKey`).
const KEY_CHARS_MAX: usize = 128;

/// Characters of a value (shape `TagValue`).
const VALUE_CHARS_MAX: usize = 256;

/// What keys of Amazon's own begin with, in any case.
const KEPT_PREFIX: &str = "aws:";

/// One note on an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// What it is called; two that differ in case are two.
    pub key: String,
    /// What it says; may be empty.
    pub value: String,
}

/// Lists the tags of an organization by key, in whatever state it is.
pub async fn list_organization_tags(ctx: &Ctx, organization: OrganizationRef) -> Result<Vec<Tag>, Error> {
    ctx.read(move |tx, ctx| {
        let row = find(tx, ctx, &LIST_ORGANIZATION_TAGS, &organization)?;
        tags_of(tx, &row)
    })
    .await
}

/// Sets tags of an organization, over those that have their keys; answers with all that it has then.
///
/// Errors: `Invalid` for a key or a value that cannot be one, or a key that is given twice, `LimitReached`,
/// `OrganizationState` for one that is being deleted or is gone.
pub async fn tag_organization(ctx: &Ctx, organization: OrganizationRef, tags: Vec<Tag>) -> Result<Vec<Tag>, Error> {
    check_all(&tags)?;
    ctx.write(move |tx, ctx| {
        let row = find(tx, ctx, &TAG_ORGANIZATION, &organization)?;
        if matches!(stored(row.state.parse())?, State::Deleting | State::Deleted) {
            return Err(Error::OrganizationState { is: row.state, needs: "neither Deleting nor Deleted" });
        }
        let before = tags_of(tx, &row)?;
        let mut changes = Vec::new();
        let mut keys: BTreeSet<&str> = before.iter().map(|tag| tag.key.as_str()).collect();
        for tag in &tags {
            keys.insert(&tag.key);
            let was = before.iter().find(|there| there.key == tag.key);
            if was != Some(tag) {
                organization_tags::put(tx, &row_of(&row, tag))?;
                let before = was.map(|there| there.value.clone());
                changes.push(Change { field: tag.key.clone(), before, after: Some(tag.value.clone()) });
            }
        }
        if keys.len() > TAGS_PER_ORGANIZATION_MAX {
            return Err(Error::LimitReached { what: "tags of an organization", limit: TAGS_PER_ORGANIZATION_MAX });
        }
        note(tx, ctx, (&TAG_ORGANIZATION, &row), &changes)?;
        tags_of(tx, &row)
    })
    .await
}

/// Removes the tags with these keys, in whatever state the organization is; a key that it has not is passed over.
pub async fn untag_organization(ctx: &Ctx, organization: OrganizationRef, keys: Vec<String>) -> Result<(), Error> {
    for key in &keys {
        check_length("key", key, 1, KEY_CHARS_MAX)?;
    }
    ctx.write(move |tx, ctx| {
        let row = find(tx, ctx, &UNTAG_ORGANIZATION, &organization)?;
        let mut changes = Vec::new();
        for tag in tags_of(tx, &row)? {
            if keys.contains(&tag.key) {
                organization_tags::delete(tx, &row.organization_id, &tag.key)?;
                changes.push(Change::gone(&tag.key, tag.value));
            }
        }
        note(tx, ctx, (&UNTAG_ORGANIZATION, &row), &changes)
    })
    .await
}

fn note(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (operation, row): (&Operation, &OrganizationRow),
    changes: &[Change],
) -> Result<(), Error> {
    if changes.is_empty() {
        return Ok(());
    }
    audit::record(tx, ctx, operation, Subject::within(row, &row.organization_id, &row.alias), changes)
}

fn tags_of(tx: &mut Tx<'_>, row: &OrganizationRow) -> Result<Vec<Tag>, Error> {
    let rows = organization_tags::all(tx, &row.organization_id)?;
    Ok(rows.into_iter().map(|row| Tag { key: row.tag_key, value: row.value }).collect())
}

fn row_of(organization: &OrganizationRow, tag: &Tag) -> TagRow {
    TagRow { organization_id: organization.organization_id.clone(), tag_key: tag.key.clone(), value: tag.value.clone() }
}

fn check_all(tags: &[Tag]) -> Result<(), Error> {
    if tags.len() > TAGS_PER_ORGANIZATION_MAX {
        return Err(Error::LimitReached { what: "tags of an organization", limit: TAGS_PER_ORGANIZATION_MAX });
    }
    let mut keys = BTreeSet::new();
    for Tag { key, value } in tags {
        check("key", key, 1, KEY_CHARS_MAX)?;
        check("value", value, 0, VALUE_CHARS_MAX)?;
        if key.get(..KEPT_PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(KEPT_PREFIX)) {
            return Err(Error::invalid("key", "must not begin with \"aws:\", which Amazon keeps for itself"));
        }
        if !keys.insert(key.as_str()) {
            return Err(Error::invalid("key", format!("names \"{key}\" twice; name each key once")));
        }
    }
    Ok(())
}

fn check(field: &'static str, text: &str, min: usize, max: usize) -> Result<(), Invalid> {
    check_length(field, text, min, max)?;
    let allowed = |c: char| c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c);
    if text.chars().all(|c| allowed(c) && forbidden(c).is_none()) {
        return Ok(());
    }
    Err(Invalid::new(field, "may hold letters, digits, spaces and _ . : / = + - @"))
}

fn check_length(field: &'static str, text: &str, min: usize, max: usize) -> Result<(), Invalid> {
    if (min..=max).contains(&text.chars().count()) {
        return Ok(());
    }
    Err(Invalid::new(field, format!("must have {min} to {max} characters")))
}
