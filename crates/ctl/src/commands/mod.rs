//! The commands: one file a noun, each with its arguments, its calls and how its answers look.
//!
//! A command sends what it was told and shows what the server said; every rule is the server's.

mod access_rule;
mod account;
mod addresses;
mod admin;
mod audit;
mod availability;
mod completions;
mod device_override;
mod device_rule;
mod directory;
mod dmarc;
mod dns_provider;
mod domain;
mod encryption_key;
mod entity;
mod group;
mod hold;
mod hosted_zone;
mod identity_center_application;
mod identity_provider;
mod impersonation_role;
mod input;
mod job;
mod key;
mod login;
mod monitoring;
mod names;
mod once;
mod org;
mod org_key;
mod org_tag;
mod permission;
mod policy;
mod present;
mod resource;
mod retention;
mod rule;
mod second_factor;
mod session;
mod token;
mod user;
mod when;

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
    /// Create and change groups and say who belongs to them
    #[command(subcommand)]
    Group(group::Command),
    /// Create and change rooms and equipment and say who answers for them
    #[command(subcommand)]
    Resource(resource::Command),
    /// Find out whose an address is, and which groups hold somebody
    #[command(subcommand)]
    Entity(entity::Command),
    /// Say who may open another's mailbox or write in another's name
    #[command(subcommand)]
    Permission(permission::Command),
    /// Say who may reach mailboxes over which protocol and from where
    #[command(subcommand)]
    AccessRule(Box<access_rule::Command>),
    /// Say which mobile devices may synchronize
    #[command(subcommand)]
    DeviceRule(Box<device_rule::Command>),
    /// Let single mobile devices in or keep them out, whatever the rules say
    #[command(subcommand)]
    DeviceOverride(device_override::Command),
    /// Say by which roles programs act as users
    #[command(subcommand)]
    ImpersonationRole(impersonation_role::Command),
    /// Say how long mail is kept
    #[command(subcommand)]
    Retention(retention::Command),
    /// Say what becomes of mail that fails DMARC
    #[command(subcommand)]
    Dmarc(dmarc::Command),
    /// See and release what is held back of who is gone
    #[command(subcommand)]
    Hold(hold::Command),
    /// Say where events about mail are reported to
    #[command(subcommand)]
    Monitoring(monitoring::Command),
    /// Say where free and busy times of other systems are asked for, and test it
    #[command(subcommand)]
    Availability(Box<availability::Command>),
    /// Say by whom else users prove who they are
    #[command(subcommand)]
    IdentityProvider(Box<identity_provider::Command>),
    /// Create, list and delete applications for identity providers
    #[command(subcommand)]
    IdentityCenterApplication(identity_center_application::Command),
    /// Create and revoke the tokens of users' mail clients
    #[command(subcommand)]
    Token(Box<token::Command>),
    /// Make known keys that are kept in systems of your own, and test them
    #[command(subcommand)]
    EncryptionKey(Box<encryption_key::Command>),
    /// Make known systems that host DNS zones, and test them
    #[command(subcommand)]
    DnsProvider(Box<dns_provider::Command>),
    /// Add, list and remove the mail domains of an organization
    #[command(subcommand)]
    Domain(domain::Command),
    /// Look at directories and set their password rules
    #[command(subcommand)]
    Directory(directory::Command),
    /// Show and set the rules of your account; create and list the accounts of this deployment
    #[command(subcommand)]
    Account(account::Command),
    /// Add, change and shut out administrators
    #[command(subcommand)]
    Admin(Box<admin::Command>),
    /// Say what general administrators may do, and ask why they may
    #[command(subcommand)]
    Policy(policy::Command),
    /// Create and revoke the access keys of programs
    #[command(subcommand)]
    Key(key::Command),
    /// Sign in to a server and keep the session in a profile
    Login(login::Login),
    /// End the session of a profile
    Logout(login::Logout),
    /// See who you are, end sessions, give or change your password
    #[command(subcommand)]
    Session(session::Command),
    /// Set up and remove what is asked for besides your password
    #[command(subcommand)]
    SecondFactor(second_factor::Command),
    /// Read who changed what and when
    Audit(Box<audit::Audit>),
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
        Command::Group(command) => group::run(ctx, command).await,
        Command::Resource(command) => resource::run(ctx, command).await,
        Command::Entity(command) => entity::run(ctx, command).await,
        Command::Permission(command) => permission::run(ctx, command).await,
        Command::AccessRule(command) => access_rule::run(ctx, *command).await,
        Command::DeviceRule(command) => device_rule::run(ctx, *command).await,
        Command::DeviceOverride(command) => device_override::run(ctx, command).await,
        Command::ImpersonationRole(command) => impersonation_role::run(ctx, command).await,
        Command::Retention(command) => retention::run(ctx, command).await,
        Command::Dmarc(command) => dmarc::run(ctx, command).await,
        Command::Hold(command) => hold::run(ctx, command).await,
        Command::Monitoring(command) => monitoring::run(ctx, command).await,
        Command::Availability(command) => availability::run(ctx, *command).await,
        Command::IdentityProvider(command) => identity_provider::run(ctx, *command).await,
        Command::IdentityCenterApplication(command) => identity_center_application::run(ctx, command).await,
        Command::Token(command) => token::run(ctx, *command).await,
        Command::EncryptionKey(command) => encryption_key::run(ctx, *command).await,
        Command::DnsProvider(command) => dns_provider::run(ctx, *command).await,
        Command::Domain(command) => domain::run(ctx, command).await,
        Command::Directory(command) => directory::run(ctx, command).await,
        Command::Account(command) => account::run(ctx, command).await,
        Command::Admin(command) => admin::run(ctx, *command).await,
        Command::Policy(command) => policy::run(ctx, command).await,
        Command::Key(command) => key::run(ctx, command).await,
        Command::Login(args) => login::login(ctx, &args).await,
        Command::Logout(_) => login::logout(ctx).await,
        Command::Session(command) => session::run(ctx, command).await,
        Command::SecondFactor(command) => second_factor::run(ctx, command).await,
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
            leaves(child, &path, found);
            if !child.is_subcommand_required_set() {
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
                (None, '|' | '>' | ')' | '&' | ';') => break,
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
            "reeve login --username ada --password secret",
            "reeve login --username ada --code 123456",
            "reeve session reauthenticate --password secret",
            "reeve session change-password --old-password a --new-password b",
            "reeve second-factor totp --code 123456",
            "reeve admin add a@b.c --first-name A --last-name B --password secret",
            "reeve admin reset-password a@b.c --password secret",
            "reeve admin api-password set a@b.c --password secret",
            "reeve admin api-password set a@b.c secret",
            "reeve key list --admin a@b.c --secret-access-key secret",
            "reeve availability test --endpoint https://x.example/ --username a --password secret --org acme",
        ] {
            assert!(Reeve::try_parse_from(wrong.split(' ')).is_err(), "{wrong}");
        }
    }

    /// Calls that lack something, say too much, or say what cannot be meant.
    const WRONG_CALLS: &[&str] = &[
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
        "reeve admin add a@b.c --first-name A",
        "reeve admin add a@b.c --first-name A --last-name B --role root",
        "reeve admin add a@b.c --first-name A --last-name B --policy help-desk@",
        "reeve admin edit a@b.c --policy auditor --no-policies",
        "reeve admin edit a@b.c --username x@y.z",
        "reeve admin api-access a@b.c",
        "reeve admin api-access a@b.c --enable --disable",
        "reeve admin api-password set a@b.c --limit-policy p --no-limit",
        "reeve policy create reader",
        "reeve policy create reader --allow user",
        "reeve policy create reader --allow user:read --cedar-file f",
        "reeve policy create reader --permissions-file p --cedar-file f",
        "reeve policy test --admin a@b.c --action list_users --resource user",
        "reeve key edit AK --expires 90d --no-expiry",
        "reeve key edit AK --network 10.0.0.0/8 --any-network",
        "reeve key create --expires soon",
        "reeve --profile a/b org list",
        "reeve account edit --require-second-factor maybe",
        "reeve group create --org acme",
        "reeve group enable engineers --org acme",
        "reeve group edit engineers --org acme --name builders",
        "reeve group member add engineers --org acme",
        "reeve resource create blue --org acme",
        "reeve resource edit blue --org acme --auto-accept maybe",
        "reeve permission put ada bob --org acme",
        "reeve permission put ada bob --allow --org acme",
        "reeve permission delete ada --org acme",
        "reeve user mailbox set-quota ada --org acme",
        "reeve user mailbox set-quota ada much --org acme",
        "reeve user check-sign-in ada --org acme --protocol IMAP",
        "reeve user check-sign-in ada --org acme --address 192.0.2.7",
        "reeve access-rule put office --org acme",
        "reeve access-rule put office --effect deny --protocol IMAP, --org acme",
        "reeve access-rule test --protocol IMAP --address 192.0.2.7 --org acme",
        "reeve access-rule test --user ada --impersonation-role r --protocol EWS --address 192.0.2.7 --org acme",
        "reeve access-rule delete --org acme",
        "reeve device-rule create phones --org acme",
        "reeve device-rule edit default --effect deny --org acme",
        "reeve device-override put ada ApplX --org acme",
        "reeve device-override show ada --org acme",
        "reeve impersonation-role create archive --org acme",
        "reeve impersonation-role create archive --kind read_only --rule all --org acme",
        "reeve impersonation-role create archive --kind read_only --rule all:allow --rules-file f --org acme",
        "reeve impersonation-role test r --org acme",
        "reeve org tag add acme",
        "reeve org tag add acme team",
        "reeve org tag remove acme",
        "reeve retention set --org acme",
        "reeve retention set standard --folder inbox --org acme",
        "reeve dmarc set maybe --org acme",
        "reeve hold release address ada@acme.test.example --org acme",
        "reeve hold release mailbox ada --reason x --org acme",
        "reeve monitoring set --org acme",
        "reeve availability create x.example --org acme",
        "reeve availability create x.example --endpoint https://x.example/ --org acme",
        "reeve availability create x.example --username a --org acme",
        "reeve availability create x.example --endpoint https://x.example/ --username a --function f --org acme",
        "reeve availability test --org acme",
        "reeve availability test x.example --endpoint https://x.example/ --username a --org acme",
        "reeve identity-provider set --mode provider_only --org acme",
        "reeve identity-center-application create mail",
        "reeve token create ada --org acme",
        "reeve token create ada --name x --expires soon --org acme",
    ];

    #[test]
    fn wrong_calls_are_refused_before_anything_is_sent() {
        for wrong in WRONG_CALLS {
            let refused = Reeve::try_parse_from(wrong.split(' ')).unwrap_err();
            assert_eq!(refused.exit_code(), 2, "{wrong}");
        }
    }
}
