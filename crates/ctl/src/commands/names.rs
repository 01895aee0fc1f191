//! Arguments that many commands share.

use serde::Serialize;

/// The organization that a command is about.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct InOrganization {
    /// Organization, by alias or id
    #[arg(long, env = "REEVE_ORG", value_name = "ORG", hide_env_values = true, value_parser = name)]
    pub(super) org: String,
}

/// Whether address books show something.
#[derive(Debug, Clone, Default, PartialEq, Serialize, clap::Args)]
pub(super) struct Hidden {
    /// Keep it out of the global address list; =false shows it again
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    #[serde(rename = "hidden_from_global_address_list", skip_serializing_if = "Option::is_none")]
    hidden: Option<bool>,
}

/// Something that can stand in a path: not empty and not a step within it.
pub(super) fn name(text: &str) -> Result<String, String> {
    match text {
        "" => Err("must not be empty".to_owned()),
        "." | ".." => Err("is not a name".to_owned()),
        _ => Ok(text.to_owned()),
    }
}
