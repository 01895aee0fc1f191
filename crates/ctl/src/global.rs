//! The flags that every command understands.

use std::path::PathBuf;

use clap::ValueEnum;
use reeve_base::ids::AccountId;

/// Where the server is, which account is meant, and how to show the answer.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Address of a server to talk to, as the profile or the environment says who you are; without it, the socket in
    /// the data folder
    #[arg(long, global = true, env = "REEVE_SERVER", value_name = "URL", hide_env_values = true)]
    pub server: Option<String>,
    /// Profile that reeve login made: its server, and its session
    #[arg(long, global = true, env = "REEVE_PROFILE", value_name = "NAME", hide_env_values = true, value_parser = profile)]
    pub profile: Option<String>,
    /// Data folder of the server on this machine; its socket lets whoever may open it in without a password
    #[arg(
        long,
        global = true,
        env = "REEVE_DATA",
        value_name = "DIR",
        default_value = "./data",
        hide_env_values = true
    )]
    pub data: PathBuf,
    /// Account to act in, when the deployment has several (12 digits)
    #[arg(long, global = true, env = "REEVE_ACCOUNT", value_name = "ID", hide_env_values = true, value_parser = account)]
    pub account: Option<String>,
    /// Tables for people, or exactly what the server said for programs
    #[arg(long, short = 'o', global = true, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    pub output: Format,
    /// When to use colours; NO_COLOR is honoured
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = Colour::Auto)]
    pub color: Colour,
    /// Say nothing but what was asked for and what went wrong
    #[arg(long, short = 'q', global = true)]
    pub quiet: bool,
}

/// How answers are written to standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Tables and sentences.
    Human,
    /// The server's JSON.
    Json,
}

/// When output is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal that does not ask for none.
    Auto,
    /// Even into a file.
    Always,
    /// Not at all.
    Never,
}

/// The name of a profile, or nothing, as an empty environment variable says; it can be typed without quotes.
fn profile(text: &str) -> Result<String, String> {
    if text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')) {
        return Ok(text.to_owned());
    }
    Err("must consist of letters, digits, hyphens, underscores and dots".to_owned())
}

/// An account id, or nothing, as an empty environment variable says.
fn account(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Ok(String::new());
    }
    text.parse::<AccountId>().map(|id| id.to_string()).map_err(|invalid| invalid.why)
}
