//! The profile of a user on the wire: one list of fields, for making a user and for editing one.

use reeve_base::Invalid;
use reeve_base::names::ProfileText;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// Completes the body of a request by the fields of a profile: those of `new` may be left out or null, those of
/// `edit` may be left out only, since null could be meant as "unchanged" or as "cleared".
macro_rules! with_profile {
    ($kind:ident $(#[$meta:meta])* $name:ident { $($own:tt)* } display_name: $($display:tt)*) => {
        with_profile! { @$kind [$(#[$meta])*] $name { $($own)* } [$($display)*]
            first_name: "First name.", "Ada";
            last_name: "Last name.", "Lovelace";
            initials: "Initials.", "AL";
            telephone: "Telephone number.", "+44 20 7946 0000";
            street: "Street and number.", "12 St James's Square";
            job_title: "Job title.", "Analyst";
            city: "City.", "London";
            company: "Company.", "Acme";
            zip_code: "Postal code.", "SW1Y 4JH";
            department: "Department.", "Engines";
            country: "Country.", "United Kingdom";
            office: "Office.", "2.17";
            identity_provider_user_id: "Id of the user at an outside identity provider.", "u-4711";
        }
    };
    (@new [$($meta:tt)*] $name:ident { $($own:tt)* } [$($display:tt)*]
        $($field:ident: $doc:literal, $example:literal;)*) => {
        #[derive(Deserialize, ToSchema)]
        $($meta)*
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            $($own)*
            $(#[doc = $doc]
            #[schema(max_length = 256, example = $example)]
            $field: Option<String>,)*
        }
        with_profile! { @read $name [$($display)*] $($field)* }
    };
    (@edit [$($meta:tt)*] $name:ident { $($own:tt)* } [$($display:tt)*]
        $($field:ident: $doc:literal, $example:literal;)*) => {
        #[derive(Deserialize, ToSchema)]
        $($meta)*
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            $($own)*
            $(#[doc = $doc]
            #[serde(default, deserialize_with = "given")]
            #[schema(value_type = String, required = false, max_length = 256, example = $example)]
            $field: Option<String>,)*
        }
        with_profile! { @read $name [$($display)*] $($field)* }
    };
    (@read $name:ident [|$body:ident| $display:expr] $($field:ident)*) => {
        impl $name {
            fn profile(&self) -> Result<ProfileEdit, Invalid> {
                let $body = self;
                Ok(ProfileEdit {
                    display_name: text("display_name", $display)?,
                    $($field: text(stringify!($field), self.$field.as_deref())?,)*
                })
            }
        }
    };
}

pub(crate) use with_profile;

/// Checks one field of a profile, if it is given.
pub(crate) fn text(field: &'static str, value: Option<&str>) -> Result<Option<ProfileText>, Invalid> {
    value.map(|value| ProfileText::parse(field, value)).transpose()
}

/// Reads a field that may be left out, and that null empties.
pub(crate) fn nullable<'de, D, T>(from: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(from).map(Some)
}

/// Reads a field that may be left out but is not null.
pub(crate) fn given<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    // Asking for what may be null tells null from a text that is no JSON, which enumerations alone do not.
    Option::deserialize(from)?.map(Some).ok_or_else(|| {
        D::Error::custom("invalid type: null, expected another value than null; leave it out to keep what is there")
    })
}
