//! The binary `reeve`: configuration, wiring, and the commands that need no running server.
//!
//! No rule, no SQL and no protocol is here. Client commands go to `reeve-ctl`, which speaks to a server like any
//! other client.

mod backup;
mod config;
mod data_folder;
mod doctor;
mod key_change;
mod logging;
mod master_key;
mod outcome;
mod probes;
mod serve;
mod setup;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use reeve_ctl::Global;

use crate::config::Config;
use crate::outcome::Failure;

/// Runs an organization's people, directory, domains and mail.
#[derive(Debug, Parser)]
#[command(name = "reeve", version, propagate_version = true, arg_required_else_help = true)]
struct Arguments {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server and stay in the foreground; ^C and SIGTERM finish what is in progress and stop it
    #[command(
        after_help = "Examples:\n  reeve serve --data /var/lib/reeve\n  REEVE_HTTP_LISTEN=127.0.0.1:9000 reeve serve"
    )]
    Serve(ConfigArguments),
    /// Make the first account and its administrator, once, on an empty data folder; needs no server
    #[command(
        after_help = "Examples:\n  reeve setup --admin ada@example.com\n  reeve setup --admin ada@example.com --password-file secret.txt --account-name \"Example Ltd\""
    )]
    Setup(setup::SetupArguments),
    /// Check configuration, data folder, database and server, and say what to do about what is wrong
    #[command(after_help = "Example:\n  reeve doctor --data /var/lib/reeve")]
    Doctor(ConfigArguments),
    /// Copy the whole deployment into a folder while it serves, and look after such copies
    #[command(
        after_help = "Examples:\n  reeve backup /srv/backup --data /var/lib/reeve\n  reeve backup verify /srv/backup\n  reeve backup list /srv/backup"
    )]
    Backup(backup::BackupArguments),
    /// Bring a deployment back from a backup, in an empty data folder
    #[command(after_help = "Example:\n  reeve restore /srv/backup --data /var/lib/reeve-new")]
    Restore(backup::RestoreArguments),
    /// Change the key that opens every secret of the deployment
    #[command(subcommand)]
    MasterKey(key_change::MasterKeyCommand),
    /// Show the configuration in use, or an example of a configuration file with every key explained
    #[command(after_help = "Examples:\n  reeve config --example > reeve.toml\n  reeve config --config reeve.toml")]
    Config {
        #[command(flatten)]
        arguments: ConfigArguments,
        /// Print an annotated example instead
        #[arg(long)]
        example: bool,
    },
    /// Print the OpenAPI document of the REST interface
    #[command(after_help = "Example:\n  reeve openapi > openapi.json")]
    Openapi,
    /// Print the schema that policies written in Cedar obey
    #[command(after_help = "Example:\n  reeve policy-schema > reeve.cedarschema")]
    PolicySchema,
    #[command(flatten)]
    Client(Box<reeve_ctl::Command>),
}

#[derive(Debug, clap::Args)]
struct ConfigArguments {
    /// Configuration file; without it, reeve.toml in the data folder if there is one
    #[arg(long, env = "REEVE_CONFIG", value_name = "FILE", hide_env_values = true)]
    config: Option<PathBuf>,
}

impl ConfigArguments {
    fn load(&self, global: &Global) -> Result<Config, Failure> {
        Config::load(self.config.as_deref(), &global.data)
    }
}

fn main() -> ExitCode {
    let Arguments { global, command } = Arguments::parse();
    let done = match command {
        Command::Client(command) => return reeve_ctl::run(*command, global, Arguments::command()),
        Command::Serve(arguments) => arguments.load(&global).and_then(|config| serve::run(&config)),
        Command::Setup(arguments) => setup::run(&arguments, &global),
        Command::Doctor(arguments) => doctor::run(arguments.load(&global), &global),
        Command::Backup(arguments) => backup::run(&arguments, &global),
        Command::Restore(arguments) => backup::run_restore(&arguments, &global),
        Command::MasterKey(command) => key_change::run(&command, &global),
        Command::Config { example: true, .. } => outcome::print(&config::example()),
        Command::Config { arguments, .. } => arguments.load(&global).and_then(|config| outcome::print(&config.show())),
        Command::Openapi => outcome::print(&reeve_door_rest::openapi()),
        Command::PolicySchema => outcome::print(&reeve_domain::policies::schema_text()),
    };
    outcome::exit(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }
}
