//! `reeve audit export`: the events as JSON lines, to a file that is whole or not there, or to standard output.

use std::path::PathBuf;

use serde_json::json;

use super::Filter;
use crate::client::Call;
use crate::context::Context;
use crate::download;
use crate::failure::Failure;
use crate::render::counted;

/// Arguments of `audit export`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve audit export events.jsonl --since 2026-11-01 --until 2026-12-01
  reeve audit export --org acme --operation delete_user | jq -r .actor.name
  reeve audit export --actor root@example.com - > root.jsonl")]
pub(super) struct Export {
    /// File to write, readable by you only; standard output when not given or -
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

pub(super) async fn run(ctx: &mut Context, filter: &Filter, args: &Export) -> Result<(), Failure> {
    let call = filter.narrow(ctx, Call::get(&["events", "export"]));
    let Some(path) = args.file.as_ref().filter(|path| path.as_os_str() != "-") else {
        return download::to_output(ctx, &call).await;
    };
    let mut events = 0;
    let count = |piece: &[u8]| events += piece.iter().filter(|byte| **byte == b'\n').count() as u64;
    download::to_file(ctx, &call, path, count).await?;
    if ctx.screen.is_json() {
        let summary = json!({ "file": path.display().to_string(), "events": events });
        return ctx.screen.json(&summary.to_string());
    }
    ctx.screen.done(&format!("wrote {} to {}", counted(events, "event", "events"), path.display()))
}
