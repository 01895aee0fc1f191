//! The rows of a list of people, as read and as written.

use std::fmt;

use reeve_base::secret::Secret;

/// One person of a list, in the words of the file: nothing here has been checked but its grammar.
#[derive(Debug, Clone, Default)]
pub struct RosterRow {
    /// The line of the file on which the row begins, counted from 1.
    pub line: u64,
    /// The user name; from Google and Microsoft lists the part of the address before the `@`.
    pub username: Option<String>,
    /// The primary address.
    pub email: Option<String>,
    /// The name that is shown; from Google lists the first and the last name.
    pub display_name: Option<String>,
    /// The other addresses, all of them; `None` when the file has no such column.
    pub aliases: Option<Vec<String>>,
    /// The password that the row brings.
    pub password: Given,
    /// The role.
    pub role: Option<String>,
    /// Whether the person is to be enabled.
    pub state: State,
    /// Whether the person is to be left out of the global address list.
    pub hidden_from_global_address_list: Option<bool>,
    /// The profile fields.
    pub profile: Profile,
}

/// Profile fields: `None` leaves a field alone, blank text empties it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Initials.
    pub initials: Option<String>,
    /// Telephone number.
    pub telephone: Option<String>,
    /// Street address.
    pub street: Option<String>,
    /// Job title.
    pub job_title: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Company.
    pub company: Option<String>,
    /// Postal code.
    pub zip_code: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// Office.
    pub office: Option<String>,
}

/// The password of a row. `Debug` shows neither the password nor the hash.
#[derive(Debug, Clone, Default)]
pub enum Given {
    /// None: an existing password stays.
    #[default]
    Keep,
    /// The password itself.
    Plain(Secret),
    /// Its hash, of a scheme that sign-in understands.
    Hashed(Secret),
}

/// What a row says about the person's state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum State {
    /// Nothing.
    #[default]
    Unspecified,
    /// The person has mail and may sign in.
    Enabled,
    /// Everything of the person is shut.
    Disabled,
}

/// A row that cannot be used, and why. The rows after it are not affected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// The line of the file on which the row begins, counted from 1.
    pub line: u64,
    /// The column as its format spells it, or `row`.
    pub field: &'static str,
    /// What is wrong and what to do; lower case, no full stop.
    pub why: String,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, {}: {}", self.line, self.field, self.why)
    }
}

impl std::error::Error for RowError {}

/// One person to be written. There is no place for a password.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportRow {
    /// The user name.
    pub username: String,
    /// The name that is shown.
    pub display_name: String,
    /// The primary address, if there is one.
    pub email: Option<String>,
    /// The other addresses.
    pub aliases: Vec<String>,
    /// The role; empty writes a blank cell.
    pub role: String,
    /// The state; `Unspecified` writes a blank cell.
    pub state: State,
    /// Whether the person is left out of the global address list.
    pub hidden_from_global_address_list: bool,
    /// The profile fields; `None` and blank text both write a blank cell.
    pub profile: Profile,
}
