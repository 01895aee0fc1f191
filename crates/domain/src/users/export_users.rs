//! Writing the users of an organization as a spreadsheet that an import reads back. Never a password or a hash.

use reeve_store::Tx;
use reeve_store::tables::users::{self, UserRow};
use tokio::sync::mpsc::Sender;

use super::UserRole;
use crate::access;
use crate::ctx::Ctx;
use crate::entities::{self, Registrable};
use crate::error::Error;
use crate::operations::{EXPORT_USERS, Entity, LIST_USERS};
use crate::organizations::{Needs, OrganizationRef, find_in};
use crate::roster::{ExportRow, Exporter, Format, Profile, State};

/// Users that one read transaction writes: a short one, so that it never holds up a checkpoint.
const ROWS_AT_ONCE: i64 = 500;

/// Writes every user but the system's own, by name, in pieces of a file; stops when nobody listens any more.
///
/// Users who come or go meanwhile may be missed; each row is as it was in one moment.
pub async fn export_users(
    ctx: &Ctx,
    organization: OrganizationRef,
    format: Format,
    pieces: Sender<Vec<u8>>,
) -> Result<(), Error> {
    let failed = |why: std::io::Error| Error::internal(format!("could not write a spreadsheet: {why}"));
    let mut exporter = Exporter::new(format, Vec::new()).map_err(failed)?;
    let mut after = String::new();
    loop {
        let (reference, from) = (organization.clone(), after.clone());
        let (rows, last) = ctx
            .read(move |tx, ctx| {
                let organization = find_in(tx, ctx, &EXPORT_USERS, &reference, Needs::Present)?;
                let seen = access::visible(tx, ctx, &LIST_USERS, Entity::User, Some(&organization))?;
                let within = seen.users_of(&organization);
                let filter = users::Filter { within, ..users::Filter::of(&organization.directory_id) };
                let rows = users::page(tx, &filter, &from, ROWS_AT_ONCE)?;
                let last = rows.last().map(|row| row.user.name_key.clone());
                let people = rows.into_iter().map(|row| row.user).filter(|row| row.role != UserRole::SystemUser.word());
                let written = people.map(|row| export_row(tx, row)).collect::<Result<Vec<_>, Error>>()?;
                Ok((written, last))
            })
            .await?;
        for row in &rows {
            exporter.write(row).map_err(failed)?;
        }
        let Some(last) = last else { break };
        after = last;
        if pieces.send(exporter.take().map_err(failed)?).await.is_err() {
            return Ok(());
        }
    }
    // Nobody to hear it is no failure.
    let _ = pieces.send(exporter.finish().map_err(failed)?).await;
    Ok(())
}

fn export_row(tx: &mut Tx<'_>, row: UserRow) -> Result<ExportRow, Error> {
    let enabled = row.holder().is_enabled();
    let aliases = if enabled { entities::aliases_of(tx, row.holder())? } else { Vec::new() };
    let said = |text: String| Some(text).filter(|text| !text.is_empty());
    Ok(ExportRow {
        aliases: aliases.into_iter().map(|alias| alias.address).collect(),
        state: if enabled { State::Enabled } else { State::Disabled },
        hidden_from_global_address_list: row.hidden,
        username: row.name,
        display_name: row.display_name,
        email: row.email,
        role: row.role,
        profile: Profile {
            first_name: said(row.first_name),
            last_name: said(row.last_name),
            initials: said(row.initials),
            telephone: said(row.telephone),
            street: said(row.street),
            job_title: said(row.job_title),
            city: said(row.city),
            company: said(row.company),
            zip_code: said(row.zip_code),
            department: said(row.department),
            country: said(row.country),
            office: said(row.office),
        },
    })
}
