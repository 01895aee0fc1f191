//! The fields of a person's profile: flags of `create` and `edit`, and members of what is sent.

use serde::Serialize;

/// What is said about a person; absent is not said.
#[derive(Debug, Clone, Default, PartialEq, Serialize, clap::Args)]
#[command(next_help_heading = "Profile")]
pub(super) struct Profile {
    /// First name
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<String>,
    /// Last name
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<String>,
    /// Initials
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    initials: Option<String>,
    /// Telephone number
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    telephone: Option<String>,
    /// Street and house
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    street: Option<String>,
    /// Job title
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    job_title: Option<String>,
    /// City
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    city: Option<String>,
    /// Company
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    /// ZIP or postal code
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    zip_code: Option<String>,
    /// Department
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    department: Option<String>,
    /// Country
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<String>,
    /// Office
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    office: Option<String>,
    /// Id of the person at an identity provider
    #[arg(long, value_name = "ID")]
    #[serde(skip_serializing_if = "Option::is_none")]
    identity_provider_user_id: Option<String>,
    /// Role: user or remote_user
    #[arg(long, value_name = "ROLE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    /// Keep the user out of the global address list; =false shows it again
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    #[serde(rename = "hidden_from_global_address_list", skip_serializing_if = "Option::is_none")]
    hidden: Option<bool>,
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        profile: Profile,
    }

    fn check(line: &[&str], expected: &str) {
        let words = std::iter::once("x").chain(line.iter().copied());
        let profile = Line::try_parse_from(words).unwrap().profile;
        assert_eq!(serde_json::to_string(&profile).unwrap(), expected, "{line:?}");
    }

    #[test]
    fn only_what_is_named_is_sent_and_empty_clears() {
        check(&[], "{}");
        check(&["--city", ""], r#"{"city":""}"#);
        check(&["--job-title", "Mathematician"], r#"{"job_title":"Mathematician"}"#);
        check(&["--hidden"], r#"{"hidden_from_global_address_list":true}"#);
        check(&["--hidden=false"], r#"{"hidden_from_global_address_list":false}"#);
    }
}
