//! Writes a list of people in any of the three formats, row by row.
//!
//! Reeve's own format comes back exactly as it was; the two others hold what their columns have room for. UTF-8,
//! lines end in `\n`, no byte order mark: whoever wants one for Excel writes `U+FEFF` before the exporter begins.

use std::borrow::Cow;
use std::io;

use super::cell::guard;
use super::format::{Column, Format};
use super::row::{ExportRow, State};

/// Writes rows below a header.
pub struct Exporter<W: io::Write> {
    format: Format,
    writer: csv::Writer<W>,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exported {
    /// It was written.
    Written,
    /// The format tells people apart by their address, and this person has none.
    LeftOut,
}

impl<W: io::Write> Exporter<W> {
    /// Writes the header.
    pub fn new(format: Format, out: W) -> io::Result<Self> {
        let mut writer = csv::WriterBuilder::new().from_writer(out);
        writer.write_record(format.columns().iter().map(|(name, _)| name))?;
        Ok(Self { format, writer })
    }

    /// Writes one person.
    pub fn write(&mut self, row: &ExportRow) -> io::Result<Exported> {
        if row.email.is_none() && self.format != Format::Native {
            return Ok(Exported::LeftOut);
        }
        for (_, column) in self.format.columns() {
            self.writer.write_field(guard(&cell(self.format, row, *column)).as_bytes())?;
        }
        self.writer.write_record(None::<&[u8]>)?;
        Ok(Exported::Written)
    }

    /// Writes what is still waiting and gives the output back.
    pub fn finish(mut self) -> io::Result<W> {
        self.writer.flush()?;
        self.writer.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

impl Exporter<Vec<u8>> {
    /// What was written since the last time, so that a long list can go out in pieces.
    pub fn take(&mut self) -> io::Result<Vec<u8>> {
        let fresh = csv::WriterBuilder::new().from_writer(Vec::new());
        let written = std::mem::replace(&mut self.writer, fresh);
        written.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

fn cell(format: Format, row: &ExportRow, column: Column) -> Cow<'_, str> {
    let profile = &row.profile;
    let field = match column {
        Column::FirstName | Column::LastName if format == Format::Google => {
            return google_name(row, column);
        }
        Column::FirstName => &profile.first_name,
        Column::LastName => &profile.last_name,
        Column::Initials => &profile.initials,
        Column::Telephone => &profile.telephone,
        Column::Street => &profile.street,
        Column::JobTitle => &profile.job_title,
        Column::City => &profile.city,
        Column::Company => &profile.company,
        Column::ZipCode => &profile.zip_code,
        Column::Department => &profile.department,
        Column::Country => &profile.country,
        Column::Office => &profile.office,
        Column::Email => &row.email,
        Column::Username if format == Format::Microsoft => &row.email,
        Column::Username => return Cow::Borrowed(&row.username),
        Column::DisplayName => return Cow::Borrowed(&row.display_name),
        Column::Aliases => return Cow::Owned(row.aliases.join(" ")),
        Column::Role => return Cow::Borrowed(&row.role),
        _ => return Cow::Borrowed(fixed(format, row, column)),
    };
    Cow::Borrowed(field.as_deref().unwrap_or_default())
}

/// Cells of few values. Asterisks are what Google itself exports, and means "leave the password alone".
fn fixed(format: Format, row: &ExportRow, column: Column) -> &'static str {
    match (format, column, row.state) {
        (Format::Google, Column::Password, _) => "****",
        (Format::Google, Column::OrgUnit, _) => "/",
        (Format::Google, Column::State, State::Enabled) => "Active",
        (Format::Google, Column::State | Column::NewState, State::Disabled) => "Suspended",
        (Format::Native, Column::State, State::Enabled) => "enabled",
        (Format::Native, Column::State, State::Disabled) => "disabled",
        (_, Column::Hidden, _) if row.hidden_from_global_address_list => "yes",
        (_, Column::Hidden, _) => "no",
        _ => "",
    }
}

/// Google demands a first and a last name and has no display name: who has neither is split at the last space.
fn google_name(row: &ExportRow, column: Column) -> Cow<'_, str> {
    let first = row.profile.first_name.as_deref().unwrap_or_default();
    let last = row.profile.last_name.as_deref().unwrap_or_default();
    let (first, last) = if first.trim().is_empty() && last.trim().is_empty() {
        row.display_name.trim().rsplit_once(' ').unwrap_or((&row.display_name, ""))
    } else {
        (first, last)
    };
    Cow::Borrowed(if column == Column::FirstName { first } else { last })
}

#[cfg(test)]
mod tests;
