//! One module per table: every SQL statement of the product, each a named constant beside its function.
//!
//! Functions move rows; they decide nothing. One text serves both engines: numbered parameters, `ON CONFLICT`,
//! `RETURNING`, row comparison; no `LIKE`, no sequences, no engine's own functions. Statements on sharded tables
//! filter by `directory_id` first.

/// Declares a row: a struct whose fields are its columns in the order in which every statement names them.
macro_rules! row {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $kind:ident,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[expect(missing_docs, reason = "columns are explained in the migration that makes them")]
        pub struct $name {
            $(pub $field: row!(@type $kind),)*
        }

        impl $name {
            pub(crate) fn read(row: &$crate::value::Row<'_>) -> Result<Self, $crate::StoreError> {
                Self::read_columns(row, &mut (0..))
            }

            /// Reads its columns from those that are still unread of an answer of several tables.
            pub(crate) fn read_columns(
                row: &$crate::value::Row<'_>,
                column: &mut std::ops::RangeFrom<usize>,
            ) -> Result<Self, $crate::StoreError> {
                Ok(Self { $($field: row!(@read row, column, $kind),)* })
            }
        }
    };
    (@type text) => { String };
    (@type opt_text) => { Option<String> };
    (@type int) => { i64 };
    (@type opt_int) => { Option<i64> };
    (@type flag) => { bool };
    (@type bytes) => { Vec<u8> };
    (@read $row:ident, $column:ident, $kind:ident) => { $row.$kind($column.next().unwrap_or_default())? };
}

/// Declares the statements of a table and lists them, so that a test can prepare each on both engines.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)*) => {
        $($(#[$doc])* const $name: &str = $sql;)*

        #[cfg(test)]
        pub(crate) const STATEMENTS: &[(&str, &str)] =
            &[$((concat!(module_path!(), "::", stringify!($name)), $name)),*];
    };
}

/// The fixed-width texts that parameter `$p` strings together, as a subquery for `IN`: one parameter however many.
macro_rules! texts {
    ($p:literal, $width:literal, $next:literal) => {
        concat!(
            "(WITH RECURSIVE listed(id, rest) AS (SELECT substr(CAST(",
            $p,
            " AS TEXT), 1, ",
            $width,
            "), \
             substr(CAST(",
            $p,
            " AS TEXT), ",
            $next,
            ") UNION ALL SELECT substr(rest, 1, ",
            $width,
            "), \
             substr(rest, ",
            $next,
            ") FROM listed WHERE rest <> '') SELECT rtrim(id) FROM listed)"
        )
    };
}

/// `[Value]` from values of several types.
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::value::Value::from($value)),*] };
}

pub mod access_keys;
pub mod accounts;
pub mod addresses;
pub mod administrators;
pub mod challenges;
pub mod client_tokens;
pub mod deployment;
pub mod directories;
pub mod dkim_keys;
pub mod dns_providers;
pub mod domains;
pub mod encryption_keys;
pub mod events;
pub mod group_members;
pub mod groups;
pub mod held_names;
pub mod hosted_zones;
pub mod identity_center_applications;
pub mod jobs;
pub mod mailbox_keys;
pub mod mailbox_permissions;
pub mod mailboxes;
pub mod mobile_device_overrides;
pub mod names;
pub mod organization_conditions;
pub mod organization_documents;
pub mod organization_keys;
pub mod organization_tags;
pub mod organizations;
pub mod passwords;
pub mod personal_access_tokens;
pub mod policies;
pub mod resource_delegates;
pub mod resources;
pub mod second_factors;
pub mod sessions;
pub mod standings;
pub mod users;
pub mod written_records;

/// A range of folded texts that begin alike: the least, and the first beyond. Both are empty for any.
pub type Begins = (String, String);

/// Which of the rows of a list may be seen: all or those with these ids, but for those with those.
#[derive(Debug, Clone, Default)]
pub struct Within {
    all: bool,
    ids: String,
    except: String,
}

impl Within {
    /// Every row.
    pub fn all() -> Self {
        Self { all: true, ..Self::default() }
    }

    /// All rows or those with these ids, but for the exceptions; each id is filled up to `width` characters.
    pub fn new(all: bool, ids: &[String], except: &[String], width: usize) -> Self {
        let filled = |ids: &[String]| ids.iter().map(|id| format!("{id:width$}")).collect();
        Self { all, ids: filled(ids), except: filled(except) }
    }

    /// Whether it lets every row through.
    pub fn is_all(&self) -> bool {
        self.all && self.except.is_empty()
    }
}

/// Every statement with its name.
#[cfg(test)]
pub(crate) fn statements() -> Vec<(&'static str, &'static str)> {
    [
        accounts::STATEMENTS,
        access_keys::STATEMENTS,
        addresses::STATEMENTS,
        administrators::STATEMENTS,
        challenges::STATEMENTS,
        client_tokens::STATEMENTS,
        deployment::STATEMENTS,
        directories::STATEMENTS,
        dkim_keys::STATEMENTS,
        dns_providers::STATEMENTS,
        domains::STATEMENTS,
        encryption_keys::STATEMENTS,
        events::STATEMENTS,
        group_members::STATEMENTS,
        groups::STATEMENTS,
        held_names::STATEMENTS,
        hosted_zones::STATEMENTS,
        identity_center_applications::STATEMENTS,
        jobs::STATEMENTS,
        mailbox_keys::STATEMENTS,
        mailbox_permissions::STATEMENTS,
        mailboxes::STATEMENTS,
        mobile_device_overrides::STATEMENTS,
        names::STATEMENTS,
        organization_conditions::STATEMENTS,
        organization_documents::STATEMENTS,
        organization_keys::STATEMENTS,
        organization_tags::STATEMENTS,
        organizations::STATEMENTS,
        passwords::STATEMENTS,
        personal_access_tokens::STATEMENTS,
        policies::STATEMENTS,
        resource_delegates::STATEMENTS,
        resources::STATEMENTS,
        second_factors::STATEMENTS,
        sessions::STATEMENTS,
        standings::STATEMENTS,
        users::STATEMENTS,
        written_records::STATEMENTS,
    ]
    .concat()
}
