//! `reeve session change-password`: the old one is given, and another takes its place.

use std::path::PathBuf;

use reeve_base::secret::ExposeSecret;
use serde_json::json;

use super::renewed;
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::{secrets, sign_in};

/// What to give when nobody can be asked.
const HINT: &str = "give --old-password-file FILE and --new-password-file FILE (- for standard input)";

/// Arguments of `session change-password`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve session change-password --profile work
  reeve session change-password --profile work --old-password-file old.txt --new-password-file new.txt
  printf '%s\\n%s\\n' \"$OLD\" \"$NEW\" | reeve session change-password --profile work --old-password-file - --new-password-file -

The session gets another token. A profile keeps it; without a profile it is printed.")]
pub struct Change {
    /// File whose first line is the password until now; - reads standard input
    #[arg(long, value_name = "FILE")]
    old_password_file: Option<PathBuf>,
    /// File whose first line is the password from now on; - reads standard input, after the old one
    #[arg(long, value_name = "FILE")]
    new_password_file: Option<PathBuf>,
}

pub(super) async fn change(ctx: &mut Context, args: &Change) -> Result<(), Failure> {
    let old = secrets::existing_of(ctx, args.old_password_file.as_deref(), "Old password: ", HINT)?;
    let new = secrets::coming(ctx, args.new_password_file.as_deref(), HINT)?;
    let body = json!({ "old_password": old.expose_secret(), "new_password": new.expose_secret() });
    let call = Call::put(&["sessions", "current", "password"]).json(&body)?;
    let answer = ctx.send(&call).await?;
    // Taken after the request, which may have been sent anew under another token.
    let client = ctx.client()?;
    sign_in::go_on(ctx, &client, &answer)?;
    renewed(ctx, &answer, "your password is changed and your other sessions are over")
}
