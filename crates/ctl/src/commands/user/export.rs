//! `reeve user export`: all users as CSV, to a file that is whole or not there, or to standard output.

use std::path::PathBuf;

use clap::ValueEnum;
use serde_json::json;

use super::InOrganization;
use crate::client::Call;
use crate::context::Context;
use crate::download;
use crate::failure::Failure;
use crate::render::counted;

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
    let call = Call::get(&["organizations", &args.place.org, "users", "export"]).query("format", args.format.word());
    let Some(path) = args.out.as_ref().filter(|path| path.as_os_str() != "-") else {
        return download::to_output(ctx, &call).await;
    };
    let mut records = Records::default();
    download::to_file(ctx, &call, path, |piece| records.count(piece)).await?;
    // The first record is the heading.
    let users = records.ended.saturating_sub(1);
    if ctx.screen.is_json() {
        let summary = json!({ "file": path.display().to_string(), "users": users });
        return ctx.screen.json(&summary.to_string());
    }
    ctx.screen.done(&format!("wrote {} to {}", counted(users, "user", "users"), path.display()))
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
