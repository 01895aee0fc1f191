//! `reeve encryption-key`: keys that are kept in systems of your own, for organizations to lie under.

use std::path::PathBuf;

use reeve_base::Secret;
use reeve_base::secret::ExposeSecret;
use serde_json::{Map, Value};

use super::names::name;
use super::present::{Fields, changed, shown};
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, View, list};
use crate::render::Cell;
use crate::wire::{EncryptionKey, EncryptionKeyTest};

/// What can be done with encryption keys.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the encryption keys of your account
    #[command(after_help = "Examples:
  reeve encryption-key list
  reeve encryption-key list --all -o json | jq -r '.[].reference'")]
    List(List),
    /// Show an encryption key; its secret is never shown
    #[command(after_help = "Examples:
  reeve encryption-key show mail-hsm
  reeve encryption-key show mail-hsm -o json | jq -r .arn")]
    Show(Named),
    /// Make a key known that is kept elsewhere; nothing is made there
    Create(Create),
    /// Change the name of an encryption key, or what lets us use it
    Edit(Edit),
    /// Have a random key wrapped and unwrapped under an encryption key
    #[command(after_help = "Examples:
  reeve encryption-key test mail-hsm
  reeve encryption-key test mail-hsm -o json | jq -r .failure

The exit code is 0 whether it passed or not: the question was answered.")]
    Test(Named),
    /// Forget an encryption key that nothing is under; where it is kept, it stays
    #[command(after_help = "Examples:
  reeve encryption-key delete mail-hsm
  reeve encryption-key delete mail-hsm --quiet")]
    Delete(Named),
}

/// Arguments of `encryption-key list`.
#[derive(Debug, clap::Args)]
pub struct List {
    #[command(flatten)]
    listing: Listing,
}

/// The encryption key that is meant.
#[derive(Debug, clap::Args)]
pub struct Named {
    /// Encryption key, by name, id, ARN or reference
    #[arg(value_name = "KEY", value_parser = name)]
    key: String,
}

/// Arguments of `encryption-key create`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve encryption-key create mail-hsm --kind pkcs11 --reference 'pkcs11:token=hsm;object=mail?module-path=/usr/lib/softhsm/libsofthsm2.so' --secret-file pin.txt
  reeve encryption-key create mail-vault --kind vault_transit --reference vault:transit/mail --address https://vault.example.com:8200 --secret-file token.txt
  reeve encryption-key create mail-kms --kind aws_kms --reference arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab --access-key-id AKIAIOSFODNN7EXAMPLE

Then find out whether it can be used: reeve encryption-key test NAME.")]
pub struct Create {
    /// Name, for people to read
    #[arg(value_name = "NAME", value_parser = name)]
    key: String,
    /// Where it is kept: aws_kms, pkcs11 or vault_transit
    #[arg(long, value_name = "KIND")]
    kind: String,
    /// What it is called there: an ARN, a pkcs11: URI without its PIN, or vault:MOUNT/NAME
    #[arg(long, value_name = "REFERENCE")]
    reference: String,
    #[command(flatten)]
    way: Way,
}

/// How the system that keeps a key is asked.
#[derive(Debug, clap::Args)]
pub(super) struct Way {
    /// Where the system is; for aws_kms only where it is not Amazon's own
    #[arg(long, value_name = "URL")]
    address: Option<String>,
    /// Access key by which AWS KMS is asked
    #[arg(long, value_name = "ID")]
    access_key_id: Option<String>,
    /// File whose first line is the secret of the access key, the PIN, or the token; - reads standard input
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
}

/// Arguments of `encryption-key edit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve encryption-key edit mail-vault --secret-file token.txt
  reeve encryption-key edit mail-vault --address https://vault.example.com:8201 --secret-file token.txt
  reeve encryption-key edit mail-vault --name mail-vault-2 --if-version 1

With another address or access key the secret is given again: it goes where the address says.")]
pub struct Edit {
    #[command(flatten)]
    named: Named,
    /// Another name
    #[arg(long, value_name = "NAME", value_parser = name)]
    name: Option<String>,
    #[command(flatten)]
    way: Way,
    /// Change the key only if it still has this version, as show says it
    #[arg(long, value_name = "N")]
    if_version: Option<u64>,
}

impl Way {
    /// The members of a body that say it, but for the secret.
    fn members(&self) -> Map<String, Value> {
        let given = [("address", &self.address), ("access_key_id", &self.access_key_id)];
        let given = given.into_iter().filter_map(|(member, value)| Some((member.to_owned(), value.clone()?.into())));
        given.collect()
    }

    fn secret(&self, ctx: &mut Context) -> Result<Secret, Failure> {
        let hint = "give --secret-file FILE (- for standard input)";
        crate::secrets::existing_of(ctx, self.secret_file.as_deref(), "Secret: ", hint)
    }
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::List(List { listing }) => list(ctx, Call::get(&["encryption-keys"]), &listing, &keys()).await,
        Command::Show(Named { key }) => {
            let answer = ctx.send(&Call::get(&["encryption-keys", &key])).await?;
            shown(ctx, &answer, fields)
        }
        Command::Create(args) => create(ctx, &args).await,
        Command::Edit(args) => edit(ctx, &args).await,
        Command::Test(Named { key }) => {
            let answer = ctx.send(&Call::post(&["encryption-keys", &key, "test"])).await?;
            shown(ctx, &answer, outcome)
        }
        Command::Delete(Named { key }) => {
            ctx.send(&Call::delete(&["encryption-keys", &key])).await?;
            ctx.screen.done(&format!("forgot encryption key {key}"))
        }
    }
}

async fn create(ctx: &mut Context, args: &Create) -> Result<(), Failure> {
    let mut body = args.way.members();
    for (member, value) in [("name", &args.key), ("kind", &args.kind), ("reference", &args.reference)] {
        body.insert(member.to_owned(), value.as_str().into());
    }
    body.insert("secret".to_owned(), args.way.secret(ctx)?.expose_secret().into());
    let answer = ctx.send(&Call::post(&["encryption-keys"]).json(&body)?.keyed(ctx.new_key())).await?;
    changed(ctx, &format!("created encryption key {}", args.key), &answer, fields)?;
    ctx.screen.hint(&format!("find out whether it can be used: reeve encryption-key test {}", args.key));
    Ok(())
}

async fn edit(ctx: &mut Context, args: &Edit) -> Result<(), Failure> {
    let mut body = args.way.members();
    if let Some(name) = &args.name {
        body.insert("name".to_owned(), name.as_str().into());
    }
    let needs_secret = args.way.address.is_some() || args.way.access_key_id.is_some();
    if needs_secret || args.way.secret_file.is_some() {
        body.insert("secret".to_owned(), args.way.secret(ctx)?.expose_secret().into());
    }
    if body.is_empty() {
        let hint = "name what should be otherwise, such as --secret-file FILE; --help lists what can be";
        return Err(Failure::usage("there is nothing to change", hint));
    }
    let key = &args.named.key;
    let answer = ctx.send(&Call::patch(&["encryption-keys", key]).json(&body)?.if_version(args.if_version)).await?;
    changed(ctx, &format!("changed encryption key {key}"), &answer, fields)
}

fn fields(key: &EncryptionKey) -> Fields {
    vec![
        ("name", Cell::from(&key.name)),
        ("id", Cell::from(&key.encryption_key_id)),
        ("arn", Cell::from(&key.arn)),
        ("kind", Cell::from(&key.kind)),
        ("reference", Cell::from(&key.reference)),
        ("address", Cell::maybe(key.address.as_ref())),
        ("access key", Cell::maybe(key.access_key_id.as_ref())),
        ("created", Cell::moment(key.created_at.as_ref())),
        ("changed", Cell::moment(key.updated_at.as_ref())),
        ("version", Cell::from(key.version.to_string())),
    ]
}

fn outcome(test: &EncryptionKeyTest) -> Fields {
    vec![
        ("passed", Cell::from(if test.passed { "yes" } else { "no" })),
        ("reason", Cell::maybe(test.reason.as_ref())),
        ("what helps", Cell::maybe(test.remedy.as_ref())),
    ]
}

fn keys() -> View<EncryptionKey> {
    View {
        heads: &["name", "kind", "reference", "created"],
        row: |key| {
            vec![
                Cell::from(&key.name),
                Cell::from(&key.kind),
                Cell::from(&key.reference),
                Cell::moment(key.created_at.as_ref()),
            ]
        },
        names: ("encryption key", "encryption keys"),
        when_empty: "make one known: reeve encryption-key create NAME --kind KIND --reference REFERENCE",
    }
}
