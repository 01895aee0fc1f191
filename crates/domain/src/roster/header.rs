//! Reads the first line of a list: its separator, its format, and which column stands where.

use csv::StringRecord;
use reeve_base::Invalid;

use super::decode::{line_breaks, refused};
use super::format::{Column, Format, plain};
use super::limits::{COLUMNS_MAX, RECORD_BYTES_MAX};
use super::survey::is_blank;

/// Separators that spreadsheets write, the usual one first: German and French Excel write semicolons.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// How far to look for the header: blank lines may stand above it.
const HEAD_BYTES_MAX: usize = 2 * RECORD_BYTES_MAX;

/// Characters of an unknown column name that a message repeats.
const NAME_CHARS_MAX: usize = 60;

/// The layout of one file.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) format: Format,
    pub(super) delimiter: u8,
    /// What each column of the file means; `None` for one that has no name or none that is known.
    pub(super) columns: Vec<Option<Column>>,
    /// Whether the column has a name: what stands under none is misplaced.
    pub(super) named: Vec<bool>,
    /// Named columns that carry nothing that Reeve keeps.
    pub(super) ignored: Vec<String>,
}

impl Header {
    /// Finds the format whose columns fit the first line best.
    pub(super) fn recognize(text: &str) -> Result<Self, Invalid> {
        let mut best: Option<(usize, Format, u8, StringRecord)> = None;
        for delimiter in DELIMITERS {
            let names = first_row(text, delimiter);
            for format in Format::ALL {
                let known = names.iter().filter(|name| format.column(name).is_some()).count();
                if known > best.as_ref().map_or(0, |(most, ..)| *most) {
                    best = Some((known, format, delimiter, names.clone()));
                }
            }
        }
        let Some((_, format, delimiter, names)) = best else {
            let line = line_of(text, &first_row(text, b','));
            // The line is not repeated: without a header it is somebody's row.
            return Err(refused(format!(
                "line {line}: the first line does not name any known column; begin with a header such as {}",
                known(Format::Native)
            )));
        };
        let line = line_of(text, &names);
        Self::build(format, delimiter, &names)
            .and_then(Self::check_required)
            .map_err(|why| refused(format!("line {line}: {why}")))
    }

    fn build(format: Format, delimiter: u8, names: &StringRecord) -> Result<Self, String> {
        if names.len() > COLUMNS_MAX {
            return Err(format!("the header has more than {COLUMNS_MAX} columns; delete those that are not needed"));
        }
        let mut header = Self { format, delimiter, columns: Vec::new(), named: Vec::new(), ignored: Vec::new() };
        let mut seen = Vec::new();
        for name in names {
            let column = format.column(name);
            let key = column.map_or_else(|| plain(name), |column| plain(column_key(format, column, name)));
            let shown: String = name.trim().chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect();
            if !key.is_empty() && seen.contains(&key) {
                return Err(format!("the column \"{shown}\" appears twice; keep one of them"));
            }
            if column.is_none() && !key.is_empty() && format == Format::Native {
                return Err(format!(
                    "the column \"{shown}\" is not known; rename or delete it; known are {}",
                    known(format)
                ));
            }
            if matches!(column, None | Some(Column::Unused | Column::OrgUnit)) && !key.is_empty() {
                header.ignored.push(shown);
            }
            header.columns.push(column);
            header.named.push(!key.is_empty());
            seen.push(key);
        }
        Ok(header)
    }

    fn check_required(self) -> Result<Self, String> {
        let has = |column| self.columns.contains(&Some(column));
        let missing = match self.format {
            Format::Native if !has(Column::Username) && !has(Column::Email) => "username or email",
            Format::Google if !has(Column::Email) => "Email Address",
            Format::Microsoft if !has(Column::Username) => "Username",
            _ => return Ok(self),
        };
        Err(format!("the header has no column {missing}, without which nobody can be told apart; add it"))
    }

    /// Where a column stands in the file.
    pub(super) fn place(&self, column: Column) -> Option<usize> {
        self.columns.iter().position(|found| *found == Some(column))
    }
}

/// The name under which a known column is compared with its twins: `User Name` and `Username` are one.
fn column_key(format: Format, column: Column, name: &str) -> &str {
    if column == Column::Unused { name } else { format.name_of(column) }
}

fn known(format: Format) -> String {
    format.columns().iter().map(|(name, _)| *name).collect::<Vec<_>>().join(",")
}

/// The first row that is not blank; an endless one is cut, and will then be refused by the survey.
fn first_row(text: &str, delimiter: u8) -> StringRecord {
    let head = text.as_bytes().get(..HEAD_BYTES_MAX).unwrap_or(text.as_bytes());
    let mut reader = reader(head, delimiter);
    let mut record = csv::ByteRecord::new();
    // Reading from memory cannot fail, and a header without columns fits no format.
    while reader.read_byte_record(&mut record).unwrap_or(false) {
        if !blank(&record, delimiter) {
            return StringRecord::from_byte_record_lossy(record);
        }
    }
    StringRecord::new()
}

/// The line on which a row begins that the reader met at `place`, which may still be in front of blank lines.
fn line_of(text: &str, row: &StringRecord) -> u64 {
    let place = row.position().map_or(0, |position| usize::try_from(position.byte()).unwrap_or(usize::MAX));
    let (before, rest) = text.as_bytes().split_at(place.min(text.len()));
    let breaks = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    line_breaks(text.as_bytes().get(..before.len() + breaks).unwrap_or_default()) + 1
}

/// Whether nothing stands in a row, as the survey sees it.
pub(super) fn blank(row: &csv::ByteRecord, delimiter: u8) -> bool {
    row.iter().all(|cell| cell.iter().all(|byte| is_blank(*byte, delimiter)))
}

/// A reader of rows of any length, which takes the header for a row like any other.
pub(super) fn reader(bytes: &[u8], delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(bytes)
}
