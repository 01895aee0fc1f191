//! Arguments that many commands share.

/// The organization that a command is about.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct InOrganization {
    /// Organization, by alias or id
    #[arg(long, env = "REEVE_ORG", value_name = "ORG", hide_env_values = true, value_parser = name)]
    pub(super) org: String,
}

/// Something that can stand in a path: not empty and not a step within it.
pub(super) fn name(text: &str) -> Result<String, String> {
    match text {
        "" => Err("must not be empty".to_owned()),
        "." | ".." => Err("is not a name".to_owned()),
        _ => Ok(text.to_owned()),
    }
}
