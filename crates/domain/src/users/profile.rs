//! What is said of a user: the fields of a profile, in one list.

use reeve_base::names::ProfileText;
use reeve_store::tables::users::UserRow;

use crate::audit::Change;
use crate::ctx::stored;
use crate::error::Error;

macro_rules! profile {
    ($($field:ident: $doc:literal,)*) => {
        /// What is said of a user; an empty text means that nothing is.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Profile {
            $(#[doc = $doc] pub $field: ProfileText,)*
        }

        /// A change of a profile: `None` leaves a field as it is, an empty text clears it.
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct ProfileEdit {
            $(#[doc = $doc] pub $field: Option<ProfileText>,)*
        }

        impl Profile {
            pub(super) fn from_row(row: &UserRow) -> Result<Self, Error> {
                Ok(Self { $($field: stored(ProfileText::parse(stringify!($field), &row.$field))?,)* })
            }
        }

        impl ProfileEdit {
            /// Writes what differs into `row` and says what that was.
            pub(super) fn apply(&self, row: &mut UserRow) -> Vec<Change> {
                let mut changes = Vec::new();
                $(if let Some(to) = self.$field.as_ref().filter(|to| to.as_str() != row.$field) {
                    changes.push(Change::moved(stringify!($field), &row.$field, to.as_str()));
                    to.as_str().clone_into(&mut row.$field);
                })*
                changes
            }

            /// Which fields would change.
            pub(super) fn differences(&self, row: &UserRow) -> Vec<&'static str> {
                let mut names = Vec::new();
                $(if self.$field.as_ref().is_some_and(|to| to.as_str() != row.$field) {
                    names.push(stringify!($field));
                })*
                names
            }

            /// Checks texts by the names of their fields; a name that is none of a profile's is an error.
            pub(super) fn set(&mut self, field: &str, text: &str) -> Result<(), Error> {
                match field {
                    $(stringify!($field) => {
                        self.$field = Some(ProfileText::parse(stringify!($field), text)?);
                        Ok(())
                    })*
                    _ => Err(Error::internal(format!("a profile has no field {field}"))),
                }
            }
        }
    };
}

profile! {
    display_name: "The name that others see; never empty.",
    first_name: "First name.",
    last_name: "Last name.",
    initials: "Initials.",
    telephone: "Telephone number.",
    street: "Street and number.",
    job_title: "Job title.",
    city: "City.",
    company: "Company.",
    zip_code: "Postal code.",
    department: "Department.",
    country: "Country.",
    office: "Office.",
    identity_provider_user_id: "The user's id at an outside identity provider.",
}

impl ProfileEdit {
    /// Refuses to clear the display name.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.display_name.as_ref().is_some_and(ProfileText::is_empty) {
            return Err(Error::invalid("display_name", "must not be empty"));
        }
        Ok(())
    }
}
