//! `reeve user export`: all users as CSV, to a file that is whole or not there, or to standard output.

use std::path::PathBuf;

use clap::ValueEnum;
use serde_json::json;

use super::InOrganization;
use crate::client::{Call, Client};
use crate::context::Context;
use crate::failure::Failure;
use crate::files::PrivateFile;
use crate::progress::Progress;
use crate::render::{clean, counted};
use crate::screen::Screen;

/// Arguments of `user export`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve user export --org acme --out staff.csv
  reeve user export --org acme --format google > google.csv
  reeve user export --org acme | cut -d, -f1 | head

Passwords are never exported.")]
pub struct Export {
    #[command(flatten)]
    place: InOrganization,
    /// Whose columns to write
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Columns::Reeve)]
    format: Columns,
    /// File to write, readable by you only; standard output when not given or -
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Whose columns the file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Columns {
    /// Our own, with everything we know
    Reeve,
    /// Google Workspace's bulk upload
    Google,
    /// Microsoft 365's bulk upload
    Microsoft365,
}

impl Columns {
    fn word(self) -> &'static str {
        match self {
            Self::Reeve => "reeve",
            Self::Google => "google",
            Self::Microsoft365 => "microsoft365",
        }
    }
}

pub(super) async fn export(ctx: &mut Context, args: &Export) -> Result<(), Failure> {
    let client = ctx.client()?;
    let call = Call::get(&["organizations", &args.place.org, "users", "export"]).query("format", args.format.word());
    let Some(path) = args.out.as_ref().filter(|path| path.as_os_str() != "-") else {
        return to_output(&mut ctx.screen, &client, &call).await;
    };
    let mut file = PrivateFile::create(path)?;
    let progress = Progress::spinner(ctx.screen.shows_progress(), &format!("writing {}", path.display()));
    // ^C is waited for, so that the unfinished file is taken away before the command ends.
    let users = tokio::select! {
        users = to_file(&client, &call, &mut file) => users,
        () = &mut ctx.tools.interrupt => {
            Err(Failure::interrupted("stopped, nothing was written", "run the command again"))
        }
    }?;
    file.keep()?;
    drop(progress);
    if ctx.screen.is_json() {
        let summary = json!({ "file": path.display().to_string(), "users": users });
        return ctx.screen.json(&summary.to_string());
    }
    ctx.screen.done(&format!("wrote {} to {}", counted(users, "user", "users"), path.display()))
}

async fn to_file(client: &Client, call: &Call, file: &mut PrivateFile) -> Result<u64, Failure> {
    let mut response = client.download(call).await?;
    let mut records = Records::default();
    while let Some(piece) = response.chunk().await.map_err(|why| client.broken(&why))? {
        records.count(&piece);
        file.write(&piece)?;
    }
    // The first record is the heading.
    Ok(records.ended.saturating_sub(1))
}

async fn to_output(screen: &mut Screen, client: &Client, call: &Call) -> Result<(), Failure> {
    let mut response = client.download(call).await?;
    let mut rest = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|why| client.broken(&why))? {
        if screen.output_is_terminal() {
            rest.extend_from_slice(&piece);
            let whole = rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
            let lines: Vec<u8> = rest.drain(..whole).collect();
            show(screen, &lines)?;
        } else {
            screen.bytes(&piece)?;
        }
    }
    show(screen, &rest)
}

/// Writes lines to a terminal, which must not be driven by what is in them.
fn show(screen: &mut Screen, lines: &[u8]) -> Result<(), Failure> {
    String::from_utf8_lossy(lines).lines().try_for_each(|line| screen.line(&clean(line)))
}

/// Counts CSV records: line ends outside quotes (RFC 4180 §2.6).
#[derive(Default)]
struct Records {
    ended: u64,
    quoted: bool,
}

impl Records {
    fn count(&mut self, piece: &[u8]) {
        for byte in piece {
            match byte {
                b'"' => self.quoted = !self.quoted,
                b'\n' if !self.quoted => self.ended += 1,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_counted_across_pieces_and_quotes() {
        let mut records = Records::default();
        for piece in ["name,note\r\nada,\"two\nli", "nes \"\"quoted\"\"\"\r\n", "grace,\r\n"] {
            records.count(piece.as_bytes());
        }
        assert_eq!(records.ended, 3);
    }
}
