//! The commands: one file a noun, each with its arguments, its calls and how its answers look.
//!
//! A command sends what it was told and shows what the server said; every rule is the server's.

mod account;
mod audit;
mod completions;
mod directory;
mod domain;
mod job;
mod names;
mod org;
mod present;
mod session;
mod user;

use crate::context::Context;
use crate::failure::Failure;

/// The commands that talk to a server.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Create, watch and delete organizations
    #[command(subcommand)]
    Org(org::Command),
    /// Create, find, change, import and export the users of an organization
    #[command(subcommand)]
    User(Box<user::Command>),
    /// Add, list and remove the mail domains of an organization
    #[command(subcommand)]
    Domain(domain::Command),
    /// Look at directories and set their password rules
    #[command(subcommand)]
    Directory(directory::Command),
    /// Create and list the accounts of this deployment
    #[command(subcommand)]
    Account(account::Command),
    /// Sign in, sign out, and see who you are
    #[command(subcommand)]
    Session(session::Command),
    /// Read who changed what and when
    Audit(audit::Audit),
    /// Watch background work
    #[command(subcommand)]
    Job(job::Command),
    /// Print a script that completes commands in your shell
    Completions(completions::Completions),
}

/// Runs one command.
pub(crate) async fn run(ctx: &mut Context, command: Command, program: clap::Command) -> Result<(), Failure> {
    match command {
        Command::Org(command) => org::run(ctx, command).await,
        Command::User(command) => user::run(ctx, *command).await,
        Command::Domain(command) => domain::run(ctx, command).await,
        Command::Directory(command) => directory::run(ctx, command).await,
        Command::Account(command) => account::run(ctx, command).await,
        Command::Session(command) => session::run(ctx, command).await,
        Command::Audit(audit) => audit::run(ctx, &audit).await,
        Command::Job(command) => job::run(ctx, command).await,
        Command::Completions(completions) => completions::run(ctx, &completions, program),
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;
    use crate::Global;

    #[derive(Debug, Parser)]
    #[command(name = "reeve")]
    struct Reeve {
        #[command(flatten)]
        global: Global,
        #[command(subcommand)]
        command: Command,
    }

    fn leaves(command: &clap::Command, path: &str, found: &mut Vec<(String, String)>) {
        for child in command.get_subcommands() {
            let path = format!("{path} {}", child.get_name());
            if child.has_subcommands() {
                leaves(child, &path, found);
            } else {
                let examples = child.get_after_help().map(ToString::to_string).unwrap_or_default();
                found.push((path, examples));
            }
        }
    }

    fn all() -> Vec<(String, String)> {
        let mut found = Vec::new();
        leaves(&Reeve::command(), "reeve", &mut found);
        found
    }

    /// The words of one example, as a shell would part them; what is piped or redirected is not ours.
    fn words(example: &str) -> Vec<String> {
        let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
        for c in example.chars() {
            match (quote, c) {
                (None, '\'' | '"') => {
                    quote = Some(c);
                    word.get_or_insert_default();
                }
                (Some(open), _) if open == c => quote = None,
                (None, ' ') => words.extend(word.take()),
                (None, '|' | '>' | ')') => break,
                _ => word.get_or_insert_default().push(c),
            }
        }
        words.extend(word);
        words
    }

    #[test]
    fn the_tree_of_commands_is_sound() {
        Reeve::command().debug_assert();
    }

    #[test]
    fn every_command_teaches_by_example() {
        for (path, examples) in all() {
            let shown = examples.lines().filter(|line| line.contains(&path)).count();
            assert!(shown >= 2, "{path} shows {shown} examples");
        }
    }

    #[test]
    fn every_example_can_be_typed_as_it_stands() {
        for (path, examples) in all() {
            let lines = examples.lines().filter(|line| line.starts_with("  "));
            for line in lines.filter_map(|line| line.find("reeve ").and_then(|at| line.get(at..))) {
                let parsed = Reeve::try_parse_from(words(line));
                assert!(parsed.is_ok(), "{path}: {line}: {}", parsed.unwrap_err());
            }
        }
    }

    #[test]
    fn no_secret_is_an_argument() {
        for wrong in [
            "reeve user create ada --org acme --display-name Ada --password secret",
            "reeve user reset-password ada --org acme --password secret",
            "reeve session login --username ada --password secret",
            "reeve org list --token secret",
        ] {
            assert!(Reeve::try_parse_from(wrong.split(' ')).is_err(), "{wrong}");
        }
    }

    #[test]
    fn wrong_calls_are_refused_before_anything_is_sent() {
        for wrong in [
            "reeve user enable --org acme",
            "reeve user enable ada --org acme",
            "reeve user enable ada --email a@b.c --from list.csv --org acme",
            "reeve user list --org acme --limit 0",
            "reeve user list --org acme --limit 1001",
            "reeve user list --org acme --limit 5 --all",
            "reeve user create ada --org acme",
            "reeve user reset-password ada --org acme --password-file f --generate-password",
            "reeve org create",
            "reeve --account 12 org list",
            "reeve audit --since yesterday",
            "reeve user show  --org acme",
        ] {
            let refused = Reeve::try_parse_from(wrong.split(' ')).unwrap_err();
            assert_eq!(refused.exit_code(), 2, "{wrong}");
        }
    }
}
