//! `reeve second-factor`: one's own code generator, passkeys and recovery codes.
//!
//! A passkey is made in a browser, which the command line is not; here it is listed and removed.

use std::path::{Path, PathBuf};

use reeve_base::secret::ExposeSecret;
use serde_json::json;

use super::names::name;
use super::present::{Fields, shown};
use crate::client::{Answer, Call};
use crate::context::Context;
use crate::failure::Failure;
use crate::render::{Cell, clean};
use crate::secrets;
use crate::wire::{Passkey, RecoveryCodes, SecondFactors, TotpSecret};

/// How often a mistyped code may be typed again: a code changes every half a minute, and the third try is a new one.
const TRIES_MAX: u32 = 3;

/// What can be done with second factors.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Show your second factors, and whether your account demands one
    #[command(after_help = "Examples:
  reeve second-factor list --profile work
  reeve second-factor list --profile work -o json | jq .recovery_codes_left")]
    List,
    /// Set up a code generator, such as an app on a telephone
    Totp(SetUp),
    /// Remove the code generator
    #[command(after_help = "Examples:
  reeve second-factor remove-totp --profile work
  reeve second-factor remove-totp --server https://mail.example.com")]
    RemoveTotp,
    /// Remove a passkey
    RemovePasskey(RemovePasskey),
    /// Make ten recovery codes; those from before are void
    #[command(after_help = "Examples:
  reeve second-factor recovery-codes --profile work
  reeve second-factor recovery-codes --profile work -o json | jq -r '.recovery_codes[]'")]
    RecoveryCodes,
}

/// Arguments of `second-factor totp`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve second-factor totp --profile work
  reeve second-factor totp --profile work > recovery-codes.txt
  reeve second-factor totp --profile work --code-file - -o json

The secret goes to standard error and the recovery codes to standard output. With -o json both are objects on standard
output, a line each, and the code is read between them.")]
pub struct SetUp {
    /// File whose first line is the code that the generator shows; - reads standard input
    #[arg(long, value_name = "FILE")]
    code_file: Option<PathBuf>,
}

/// Arguments of `second-factor remove-passkey`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve second-factor remove-passkey 019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a83 --profile work
  reeve second-factor remove-passkey 019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a83 --server https://mail.example.com")]
pub struct RemovePasskey {
    /// Id of the passkey, as list shows it
    #[arg(value_name = "ID", value_parser = name)]
    passkey: String,
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::List => {
            let answer = ctx.send(&Call::get(&BASE)).await?;
            shown(ctx, &answer, fields)
        }
        Command::Totp(args) => set_up(ctx, args.code_file.as_deref()).await,
        Command::RemoveTotp => {
            ctx.send(&Call::delete(&below("totp"))).await?;
            ctx.screen.done("removed the code generator")
        }
        Command::RemovePasskey(args) => {
            let [a, b, c, d] = below("passkeys");
            ctx.send(&Call::delete(&[a, b, c, d, &args.passkey])).await?;
            ctx.screen.done(&format!("removed passkey {}", args.passkey))
        }
        Command::RecoveryCodes => {
            let answer = ctx.send(&Call::post(&below("recovery-codes"))).await?;
            recovery_codes(ctx, &answer)
        }
    }
}

const BASE: [&str; 3] = ["sessions", "current", "second-factors"];

fn below(last: &str) -> [&str; 4] {
    let [a, b, c] = BASE;
    [a, b, c, last]
}

async fn set_up(ctx: &mut Context, code_file: Option<&Path>) -> Result<(), Failure> {
    secrets::code_can_come(ctx, code_file)?;
    let begun = ctx.send(&Call::post(&below("totp"))).await?;
    let made: TotpSecret = begun.read()?;
    if ctx.screen.is_json() {
        ctx.screen.json(&begun.text)?;
        // Whoever computes the code reads this before it writes.
        ctx.screen.flush()?;
    } else {
        ctx.screen.tell(&format!("secret for the code generator: {}", made.secret));
        ctx.screen.tell(&format!("the same as an address:        {}", made.otpauth_url));
    }
    let confirmed = confirm(ctx, &made.challenge, code_file).await?;
    ctx.screen.done("the code generator is set up")?;
    recovery_codes(ctx, &confirmed)
}

/// Proves that the generator works; a person may mistype a code.
async fn confirm(ctx: &mut Context, challenge: &str, code_file: Option<&Path>) -> Result<Answer, Failure> {
    let [a, b, c, d] = below("totp");
    let mut tries = 1;
    loop {
        let code = secrets::code(ctx, code_file, "Code that the generator shows now: ")?;
        let body = json!({ "challenge": challenge, "code": code.expose_secret() });
        let outcome = ctx.send(&Call::post(&[a, b, c, d, "confirmation"]).json(&body)?).await;
        match outcome {
            Err(wrong) if code_file.is_none() && tries < TRIES_MAX && is_wrong_code(&wrong) => {
                ctx.screen.tell(&format!("{}; try the next code", wrong.sentence()));
            }
            outcome => return outcome,
        }
        tries += 1;
    }
}

fn is_wrong_code(failure: &Failure) -> bool {
    failure.is("invalid") || failure.is("sign_in_refused")
}

/// Prints recovery codes, a line each; there are none when a second factor was there before.
fn recovery_codes(ctx: &mut Context, answer: &Answer) -> Result<(), Failure> {
    if ctx.screen.is_json() {
        return ctx.screen.json(&answer.text);
    }
    let codes = answer.read::<RecoveryCodes>()?.recovery_codes;
    if codes.is_empty() {
        return Ok(());
    }
    ctx.screen.note("recovery codes, shown only this once; each lets you in one time without your second factor:");
    codes.iter().try_for_each(|code| ctx.screen.line(&clean(code)))
}

fn fields(factors: &SecondFactors) -> Fields {
    let generator = match &factors.totp {
        Some(totp) => Cell::from(match &totp.confirmed_at {
            Some(at) => format!("since {}", crate::render::moment(at)),
            None => "yes".to_owned(),
        }),
        None => Cell::from("no"),
    };
    let mut fields = vec![("code generator", generator)];
    fields.extend(factors.passkeys.iter().map(|key| ("passkey", passkey(key))));
    fields.extend([
        ("recovery codes left", Cell::from(factors.recovery_codes_left.to_string())),
        ("demanded by the account", Cell::yes(factors.required)),
    ]);
    fields
}

fn passkey(key: &Passkey) -> Cell {
    let used = key.last_used_at.as_deref().map(|at| format!(", last used {}", crate::render::moment(at)));
    Cell::from(format!("{} {}{}", key.passkey_id, key.name, used.unwrap_or_default()))
}
