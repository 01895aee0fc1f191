//! The three formats: what their columns are called and what each one means to Reeve.

/// A layout of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Reeve's own: every field that it keeps.
    Native,
    /// The bulk-user file of Google Workspace (template of 2024 to 2026).
    Google,
    /// The bulk-user file of Microsoft 365, in its present and its older spelling.
    Microsoft,
}

/// What a column means. `Unused` ones are known to a format and carry nothing that Reeve keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Username,
    DisplayName,
    FirstName,
    LastName,
    Email,
    Aliases,
    Password,
    PasswordHash,
    HashFunction,
    Role,
    State,
    NewState,
    NewEmail,
    OrgUnit,
    Hidden,
    Initials,
    Telephone,
    Mobile,
    Street,
    JobTitle,
    City,
    Company,
    ZipCode,
    Department,
    Country,
    Office,
    Unused,
}

use Column as C;

const NATIVE: &[(&str, Column)] = &[
    ("username", C::Username),
    ("display_name", C::DisplayName),
    ("first_name", C::FirstName),
    ("last_name", C::LastName),
    ("email", C::Email),
    ("aliases", C::Aliases),
    ("password", C::Password),
    ("password_hash", C::PasswordHash),
    ("role", C::Role),
    ("state", C::State),
    ("initials", C::Initials),
    ("telephone", C::Telephone),
    ("street", C::Street),
    ("job_title", C::JobTitle),
    ("city", C::City),
    ("company", C::Company),
    ("zip_code", C::ZipCode),
    ("department", C::Department),
    ("country", C::Country),
    ("office", C::Office),
    ("hidden_from_global_address_list", C::Hidden),
];

const GOOGLE: &[(&str, Column)] = &[
    ("First Name [Required]", C::FirstName),
    ("Last Name [Required]", C::LastName),
    ("Email Address [Required]", C::Email),
    ("Password [Required]", C::Password),
    ("Password Hash Function [UPLOAD ONLY]", C::HashFunction),
    ("Org Unit Path [Required]", C::OrgUnit),
    ("New Primary Email [UPLOAD ONLY]", C::NewEmail),
    ("Status [READ ONLY]", C::State),
    ("Last Sign In [READ ONLY]", C::Unused),
    ("Recovery Email", C::Unused),
    ("Home Secondary Email", C::Unused),
    ("Work Secondary Email", C::Unused),
    ("Recovery Phone [MUST BE IN THE E.164 FORMAT]", C::Unused),
    ("Work Phone", C::Telephone),
    ("Home Phone", C::Unused),
    ("Mobile Phone", C::Mobile),
    ("Work Address", C::Street),
    ("Home Address", C::Unused),
    ("Employee ID", C::Unused),
    ("Employee Type", C::Unused),
    ("Employee Title", C::JobTitle),
    ("Manager Email", C::Unused),
    ("Department", C::Department),
    ("Cost Center", C::Unused),
    ("2sv Enrolled [READ ONLY]", C::Unused),
    ("2sv Enforced [READ ONLY]", C::Unused),
    ("Building ID", C::Office),
    ("Floor Name", C::Unused),
    ("Floor Section", C::Unused),
    ("Email Usage [READ ONLY]", C::Unused),
    ("Drive Usage [READ ONLY]", C::Unused),
    ("Photos Usage [READ ONLY]", C::Unused),
    ("Storage limit [READ ONLY]", C::Unused),
    ("Storage Used [READ ONLY]", C::Unused),
    ("Change Password at Next Sign-In", C::Unused),
    ("New Status [UPLOAD ONLY]", C::NewState),
    ("Licenses [READ ONLY]", C::Unused),
    ("New Licenses [UPLOAD ONLY]", C::Unused),
    ("Advanced Protection Program enrollment", C::Unused),
];

const MICROSOFT: &[(&str, Column)] = &[
    ("Username", C::Username),
    ("First name", C::FirstName),
    ("Last name", C::LastName),
    ("Display name", C::DisplayName),
    ("Job title", C::JobTitle),
    ("Department", C::Department),
    ("Office number", C::Office),
    ("Office phone", C::Telephone),
    ("Mobile phone", C::Mobile),
    ("Fax", C::Unused),
    ("Alternate email address", C::Unused),
    ("Address", C::Street),
    ("City", C::City),
    ("State or province", C::Unused),
    ("ZIP or postal code", C::ZipCode),
    ("Country or region", C::Country),
];

impl Format {
    /// All formats; where two fit a header equally well, the first is meant.
    pub(super) const ALL: [Self; 3] = [Self::Native, Self::Google, Self::Microsoft];

    /// The columns in the order in which they are written, spelled as the format spells them.
    pub(super) fn columns(self) -> &'static [(&'static str, Column)] {
        match self {
            Self::Native => NATIVE,
            Self::Google => GOOGLE,
            Self::Microsoft => MICROSOFT,
        }
    }

    /// What the column called `name` means, if the format knows it.
    pub(super) fn column(self, name: &str) -> Option<Column> {
        let name = match (self, plain(name)) {
            // The older template of Microsoft writes it as two words.
            (Self::Microsoft, name) if name == "user name" => "username".into(),
            (_, name) => name,
        };
        self.columns().iter().find(|(known, _)| plain(known) == name).map(|(_, column)| *column)
    }

    /// How the format spells a column, for messages.
    pub(super) fn name_of(self, column: Column) -> &'static str {
        self.columns().iter().find(|(_, known)| *known == column).map_or("row", |(name, _)| bare(name))
    }
}

/// A column name without its remark in brackets.
fn bare(name: &str) -> &str {
    name.split_once('[').map_or(name, |(name, _)| name).trim()
}

/// A column name as it is compared: no remark in brackets, lower case, single spaces.
pub(super) fn plain(name: &str) -> String {
    bare(name).split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_format_means_the_same_by_two_columns() {
        for format in Format::ALL {
            let columns = format.columns();
            for (at, (name, column)) in columns.iter().enumerate() {
                for (other_name, other) in columns.iter().skip(at + 1) {
                    assert_ne!(plain(name), plain(other_name));
                    assert!(*column == Column::Unused || column != other, "{name} {other_name}");
                }
            }
        }
    }

    #[test]
    fn remarks_case_and_spaces_do_not_matter() {
        for name in ["Email Address [Required]", "email address", " EMAIL  ADDRESS [optional] "] {
            assert_eq!(Format::Google.column(name), Some(Column::Email), "{name}");
        }
        assert_eq!(Format::Microsoft.column("User Name"), Some(Column::Username));
        assert_eq!(Format::Google.column("Nickname"), None);
    }
}
