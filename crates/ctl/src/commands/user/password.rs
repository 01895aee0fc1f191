//! Passwords of one user: another one, an unlocked one, a tried one.

use std::path::PathBuf;

use reeve_base::secret::ExposeSecret;
use serde_json::{Map, json};

use super::Named;
use super::change::changed_user;
use crate::client::Call;
use crate::commands::once::new_password;
use crate::context::Context;
use crate::failure::Failure;
use crate::secrets::NewPassword;
use crate::wire::SignIn;

/// Arguments of `user reset-password`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve user reset-password ada --org acme
  reeve user reset-password ada --org acme --generate-password
  reeve user reset-password ada --org acme --password-file secret.txt")]
pub struct Reset {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    password: NewPassword,
}

/// Arguments of `user check-sign-in`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve user check-sign-in ada --org acme
  reeve user check-sign-in ada --org acme --protocol IMAP --address 203.0.113.9
  reeve user check-sign-in ada --org acme --password-file secret.txt -o json | jq -r .outcome")]
pub struct Check {
    #[command(flatten)]
    named: Named,
    /// File whose first line is the password; - reads standard input
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Protocol over which the user would sign in; asks the access control rules too
    #[arg(long, value_name = "PROTOCOL", requires = "address")]
    protocol: Option<String>,
    /// Address from which the user would sign in
    #[arg(long, value_name = "ADDRESS", requires = "protocol")]
    address: Option<String>,
}

pub(super) async fn reset(ctx: &mut Context, args: &Reset) -> Result<(), Failure> {
    let mut body = Map::new();
    args.password.require(ctx)?.put_into(&mut body);
    let call = Call::post(&args.named.below("reset-password")).json(&body)?;
    let answer = ctx.send(&call).await?;
    new_password(ctx, &answer, "password", &args.named.user)
}

pub(super) async fn unlock(ctx: &mut Context, args: &Named) -> Result<(), Failure> {
    let answer = ctx.send(&Call::post(&args.below("unlock"))).await?;
    changed_user(ctx, &format!("unlocked user {}", args.user), &answer)
}

pub(super) async fn check(ctx: &mut Context, args: &Check) -> Result<(), Failure> {
    let password = crate::secrets::existing(ctx, args.password_file.as_deref())?;
    let mut body = json!({ "password": password.expose_secret() });
    if let (Some(protocol), Some(address)) = (&args.protocol, &args.address) {
        body["protocol"] = protocol.as_str().into();
        body["source_address"] = address.as_str().into();
    }
    let call = Call::post(&args.named.below("check-sign-in")).json(&body)?;
    let answer = ctx.send(&call).await?;
    let outcome = answer.read::<SignIn>()?.outcome;
    if ctx.screen.is_json() {
        ctx.screen.json(&answer.text)?;
    }
    let (user, org) = (&args.named.user, &args.named.place.org);
    let (detail, hint) = match outcome.as_str() {
        "accepted" => return ctx.screen.done(&format!("{user} would be let in")),
        "wrong_password" => ("the password is wrong", format!("reeve user reset-password {user} --org {org}")),
        "locked" => ("the user is locked after wrong passwords", format!("reeve user unlock {user} --org {org}")),
        "disabled" => ("the user is disabled", format!("reeve user enable {user} --email ADDRESS --org {org}")),
        "no_password" => ("the user has no password yet", format!("reeve user reset-password {user} --org {org}")),
        "expired" => ("the password is too old", format!("reeve user reset-password {user} --org {org}")),
        "refused_by_rule" => (
            "no access control rule lets the user in so",
            format!("reeve access-rule list --org {org} shows the rules"),
        ),
        "password_sign_in_off" => (
            "passwords open nothing here; mail clients sign in with personal access tokens",
            format!("reeve token create {user} --name TEXT --org {org}"),
        ),
        other => (other, format!("reeve user show {user} --org {org}")),
    };
    Err(Failure::not_done(format!("{user} would not be let in: {detail}"), hint))
}
