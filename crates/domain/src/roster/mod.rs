//! Lists of people as spreadsheets hold them: bytes in, rows out, and the way back.
//!
//! Three formats, told apart by their header: Reeve's own, the bulk-user files of Google Workspace, and those of
//! Microsoft 365. Pure grammar: a row is raw text, and whether its name or address is allowed is for the import to
//! say. A wrong row is a value and never ends the file; a file whose structure is broken is refused before its
//! first row. No error repeats what a cell holds, because in a shifted row any cell may be a password.
//!
//! A blank cell of Reeve's own format means "empty this" in a profile field and "leave it alone" everywhere else;
//! a column that is left out is always left alone, as is every blank cell of the two other formats.
//!
//! Cells that a spreadsheet would run as a formula are written with an apostrophe in front, which reading takes
//! away again (see `cell`). No password and no hash is ever written.

mod cell;
mod decode;
mod format;
mod header;
mod limits;
mod read;
mod row;
mod survey;
#[cfg(test)]
mod tests;
mod write;

pub use format::Format;
pub use limits::{COLUMNS_MAX, FILE_BYTES_MAX, LINES_MAX, RECORD_BYTES_MAX, ROWS_MAX};
pub use read::{Roster, Rows, read};
pub use row::{ExportRow, Given, Profile, RosterRow, RowError, State};
pub use write::{Exported, Exporter};
