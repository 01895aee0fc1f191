//! Editing a group (UpdateGroup). A group is never renamed.

use super::{Group, GroupRef, find_in};
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::entities;
use crate::error::Error;
use crate::operations::EDIT_GROUP;
use crate::organizations::{Needs, OrganizationRef};

/// A change of a group: what is `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct GroupEdit {
    /// Whether address books leave it out.
    pub hidden: Option<bool>,
}

/// Changes a group, enabled or disabled.
pub async fn edit_group(
    ctx: &Ctx,
    organization: OrganizationRef,
    group: GroupRef,
    edit: GroupEdit,
) -> Result<Group, Error> {
    ctx.write(move |tx, ctx| {
        let (organization, mut row) = find_in(tx, ctx, &EDIT_GROUP, (&organization, &group), Needs::Usable)?;
        ctx.check_version(row.version)?;
        if let Some(hidden) = edit.hidden.filter(|hidden| *hidden != row.hidden) {
            let before = row.clone();
            row.hidden = hidden;
            entities::save_touched(tx, ctx, &mut row, &before)?;
            let field = "hidden_from_global_address_list";
            let changes = [Change::moved(field, before.hidden.to_string(), hidden.to_string())];
            audit::record(tx, ctx, &EDIT_GROUP, Subject::within(&organization, &row.group_id, &row.name), &changes)?;
        }
        Group::new(&organization, row)
    })
    .await
}
