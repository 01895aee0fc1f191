//! Reads a list of people, row by row.
//!
//! `read` refuses a file whose encoding, header or structure is wrong; after that every row stands for itself.

use std::borrow::Cow;

use csv::StringRecord;
use reeve_base::Invalid;
use reeve_base::secret::Secret;

use super::cell::unguard;
use super::decode::decode;
use super::format::{Column, Format};
use super::header::{Header, blank, reader};
use super::row::{Given, Profile, RosterRow, RowError, State};
use super::survey::survey;
use crate::passwords::{Refused, recognize};

/// Reads the header of a list and checks its structure to the end, but not what stands in its rows.
pub fn read(bytes: &[u8]) -> Result<Roster<'_>, Invalid> {
    let text = decode(bytes)?;
    let header = Header::recognize(&text)?;
    let row_count = survey(&text, header.delimiter)?;
    Ok(Roster { text, header, row_count })
}

/// A list of people whose structure holds.
#[derive(Debug)]
pub struct Roster<'a> {
    text: Cow<'a, str>,
    header: Header,
    row_count: usize,
}

impl Roster<'_> {
    /// The format that the header told.
    pub fn format(&self) -> Format {
        self.header.format
    }

    /// How many rows `rows` yields, good and bad.
    pub fn row_count(&self) -> usize {
        self.row_count
    }

    /// The columns of the file from which nothing is taken over.
    pub fn ignored_columns(&self) -> &[String] {
        &self.header.ignored
    }

    /// The rows below the header, in order.
    pub fn rows(&self) -> Rows<'_> {
        Rows {
            header: &self.header,
            lines: Lines { text: self.text.as_bytes(), place: 0, line: 1 },
            reader: reader(self.text.as_bytes(), self.header.delimiter),
            record: StringRecord::new(),
            header_passed: false,
        }
    }
}

/// Yields each person of a list, or why the row cannot be used.
pub struct Rows<'a> {
    header: &'a Header,
    lines: Lines<'a>,
    reader: csv::Reader<&'a [u8]>,
    record: StringRecord,
    header_passed: bool,
}

impl Iterator for Rows<'_> {
    type Item = Result<RosterRow, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        // Reading checked text from memory does not fail; if it did, the rest could not be told apart into rows.
        while self.reader.read_record(&mut self.record).unwrap_or(false) {
            if blank(self.record.as_byte_record(), self.header.delimiter) {
                continue;
            }
            if !self.header_passed {
                self.header_passed = true;
                continue;
            }
            let place = self.record.position().map_or(0, csv::Position::byte);
            let line = self.lines.line_at(place);
            return Some(Cells { line, header: self.header, record: &self.record }.row());
        }
        None
    }
}

/// Counts lines on the way through a text; the reader counts `\n` only.
struct Lines<'a> {
    text: &'a [u8],
    place: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the first row that begins at `place` or after blank lines that stand there.
    fn line_at(&mut self, place: u64) -> u64 {
        while let Some(&byte) = self.text.get(self.place) {
            let breaks = byte == b'\r' || byte == b'\n';
            if self.place as u64 >= place && !breaks {
                break;
            }
            let second_half =
                byte == b'\n' && self.place.checked_sub(1).is_some_and(|at| self.text.get(at) == Some(&b'\r'));
            self.line += u64::from(breaks && !second_half);
            self.place += 1;
        }
        self.line
    }
}

/// The cells of one row, found by what their columns mean.
struct Cells<'a> {
    line: u64,
    header: &'a Header,
    record: &'a StringRecord,
}

impl Cells<'_> {
    fn row(&self) -> Result<RosterRow, RowError> {
        self.check_width()?;
        match self.header.format {
            Format::Native => self.native(),
            Format::Google => self.google(),
            Format::Microsoft => self.microsoft(),
        }
    }

    fn native(&self) -> Result<RosterRow, RowError> {
        let (username, email) = (self.word(Column::Username), self.word(Column::Email));
        if username.is_none() && email.is_none() {
            return Err(self.error(Column::Username, "give a user name or an e-mail address"));
        }
        Ok(RosterRow {
            line: self.line,
            username,
            email,
            display_name: self.filled(Column::DisplayName),
            aliases: self.raw(Column::Aliases).map(addresses),
            password: self.native_password()?,
            role: self.word(Column::Role),
            state: self.native_state()?,
            hidden_from_global_address_list: self.native_hidden()?,
            profile: self.profile(Self::text),
        })
    }

    fn google(&self) -> Result<RosterRow, RowError> {
        let (email, username) = self.address(Column::Email)?;
        if self.filled(Column::NewEmail).is_some() {
            let why = "an import does not change addresses; write the wanted address into Email Address and leave this \
                       cell blank";
            return Err(self.error(Column::NewEmail, why));
        }
        let profile = self.profile(Self::filled);
        let names: Vec<&str> =
            [&profile.first_name, &profile.last_name].into_iter().flatten().map(|name| name.trim()).collect();
        Ok(RosterRow {
            line: self.line,
            username: Some(username),
            email: Some(email),
            display_name: Some(names.join(" ")).filter(|name| !name.is_empty()),
            password: self.google_password()?,
            state: self.google_state()?,
            profile,
            ..RosterRow::default()
        })
    }

    fn microsoft(&self) -> Result<RosterRow, RowError> {
        let (email, username) = self.address(Column::Username)?;
        Ok(RosterRow {
            line: self.line,
            username: Some(username),
            email: Some(email),
            display_name: self.filled(Column::DisplayName),
            profile: self.profile(Self::filled),
            ..RosterRow::default()
        })
    }

    fn profile(&self, field: fn(&Self, Column) -> Option<String>) -> Profile {
        let mobile = || self.filled(Column::Mobile);
        Profile {
            first_name: field(self, Column::FirstName),
            last_name: field(self, Column::LastName),
            initials: field(self, Column::Initials),
            telephone: field(self, Column::Telephone).or_else(mobile),
            street: field(self, Column::Street),
            job_title: field(self, Column::JobTitle),
            city: field(self, Column::City),
            company: field(self, Column::Company),
            zip_code: field(self, Column::ZipCode),
            department: field(self, Column::Department),
            country: field(self, Column::Country),
            office: field(self, Column::Office),
        }
    }

    fn native_password(&self) -> Result<Given, RowError> {
        let plain = self.secret(Column::Password);
        match (plain, self.secret(Column::PasswordHash)) {
            (None, None) => Ok(Given::Keep),
            (Some(password), None) => Ok(Given::Plain(Secret::from(password))),
            (None, Some(hash)) => self.hashed(Column::PasswordHash, hash),
            (Some(_), Some(_)) => Err(self.error(Column::PasswordHash, "give a password or a password_hash, not both")),
        }
    }

    fn google_password(&self) -> Result<Given, RowError> {
        // Google exports asterisks in place of every password.
        let Some(password) = self.secret(Column::Password).filter(|text| !text.bytes().all(|b| b == b'*')) else {
            return Ok(Given::Keep);
        };
        let function = self.word(Column::HashFunction).map(|name| name.to_ascii_lowercase().replace('-', ""));
        match function.as_deref() {
            None => Ok(Given::Plain(Secret::from(password))),
            Some("crypt") => self.hashed(Column::Password, password),
            Some("md5") => Err(self.refused(Column::HashFunction, &Refused::Weak { scheme: "MD5" })),
            Some("sha1" | "sha") => Err(self.refused(Column::HashFunction, &Refused::Weak { scheme: "SHA-1" })),
            Some(_) => {
                let why =
                    "this hash function is not known; it must be crypt, or blank for a password that is not hashed";
                Err(self.error(Column::HashFunction, why))
            }
        }
    }

    fn hashed(&self, column: Column, hash: &str) -> Result<Given, RowError> {
        let hash = hash.trim();
        recognize(hash).map_err(|refused| self.refused(column, &refused))?;
        Ok(Given::Hashed(Secret::from(hash)))
    }

    fn native_state(&self) -> Result<State, RowError> {
        match self.word(Column::State).map(|word| word.to_lowercase()).as_deref() {
            None => Ok(State::Unspecified),
            Some("enabled") => Ok(State::Enabled),
            Some("disabled") => Ok(State::Disabled),
            Some(_) => Err(self.error(Column::State, "it must be enabled, disabled or blank")),
        }
    }

    /// What is uploaded as the new status counts more than the status that was exported.
    fn google_state(&self) -> Result<State, RowError> {
        for column in [Column::NewState, Column::State] {
            match self.word(column).map(|word| word.to_lowercase()).as_deref() {
                None => {}
                Some("active") => return Ok(State::Enabled),
                Some("suspended" | "archived") => return Ok(State::Disabled),
                Some(_) => {
                    return Err(self.error(column, "it must be Active, Suspended, Archived or blank"));
                }
            }
        }
        Ok(State::Unspecified)
    }

    fn native_hidden(&self) -> Result<Option<bool>, RowError> {
        match self.word(Column::Hidden).map(|word| word.to_lowercase()).as_deref() {
            None => Ok(None),
            Some("yes" | "true" | "1") => Ok(Some(true)),
            Some("no" | "false" | "0") => Ok(Some(false)),
            Some(_) => Err(self.error(Column::Hidden, "it must be yes, no or blank")),
        }
    }

    /// An address and the part before its `@`, which is the user name in lists that have no other.
    fn address(&self, column: Column) -> Result<(String, String), RowError> {
        let Some(email) = self.word(column) else {
            return Err(self.error(column, "give the person's e-mail address"));
        };
        match email.rsplit_once('@').map(|(local, _)| local.to_owned()) {
            Some(local) if !local.is_empty() => Ok((email, local)),
            _ => Err(self.error(column, "it must be an e-mail address, with a name before and a domain after the @")),
        }
    }

    /// Refuses cells under no column: the row is shifted, and every value may be in the wrong place.
    fn check_width(&self) -> Result<(), RowError> {
        for (place, cell) in self.record.iter().enumerate() {
            let named = self.header.named.get(place).copied().unwrap_or(false);
            if !named && !cell.trim().is_empty() {
                let why = format!(
                    "cell {} has no column name above it; put quotes around values that contain the separator, or name \
                     the column",
                    place + 1
                );
                return Err(RowError { line: self.line, field: "row", why });
            }
        }
        Ok(())
    }

    fn error(&self, column: Column, why: impl Into<String>) -> RowError {
        RowError { line: self.line, field: self.header.format.name_of(column), why: why.into() }
    }

    fn refused(&self, column: Column, refused: &Refused) -> RowError {
        self.error(column, refused.to_string())
    }

    /// The cell as it stands, `None` without such a column. A row may end early: its other cells are blank.
    fn cell(&self, column: Column) -> Option<&str> {
        self.header.place(column).map(|place| self.record.get(place).unwrap_or_default())
    }

    fn raw(&self, column: Column) -> Option<&str> {
        self.cell(column).map(unguard)
    }

    /// A password or hash: taken as it stands, because we never wrote it; blank is none.
    fn secret(&self, column: Column) -> Option<&str> {
        self.cell(column).filter(|text| !text.trim().is_empty())
    }

    /// Text as it stands, blank included.
    fn text(&self, column: Column) -> Option<String> {
        self.raw(column).map(String::from)
    }

    /// Text as it stands; blank is none.
    fn filled(&self, column: Column) -> Option<String> {
        self.raw(column).filter(|text| !text.trim().is_empty()).map(String::from)
    }

    /// A word, without the spaces around it; blank is none.
    fn word(&self, column: Column) -> Option<String> {
        self.raw(column).map(str::trim).filter(|text| !text.is_empty()).map(String::from)
    }
}

/// Addresses between spaces, commas, semicolons or line ends: no address contains any of them.
fn addresses(cell: &str) -> Vec<String> {
    cell.split(|c: char| c.is_whitespace() || c == ',' || c == ';')
        .filter(|address| !address.is_empty())
        .map(String::from)
        .collect()
}
