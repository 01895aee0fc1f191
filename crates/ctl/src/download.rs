//! Answers that are files: written to a file that is whole or not there, or to standard output as they come.

use std::path::Path;

use crate::client::{Call, Client};
use crate::context::Context;
use crate::failure::Failure;
use crate::files::PrivateFile;
use crate::progress::Progress;
use crate::render::clean;

/// Writes the answer to a file that only its owner may read; `each` sees every piece on its way.
pub(crate) async fn to_file(
    ctx: &mut Context,
    call: &Call,
    path: &Path,
    mut each: impl FnMut(&[u8]),
) -> Result<(), Failure> {
    let client = ctx.client()?;
    let mut file = PrivateFile::create(path)?;
    let progress = Progress::spinner(ctx.screen.shows_progress(), &format!("writing {}", path.display()));
    // ^C is waited for, so that the unfinished file is taken away before the command ends.
    tokio::select! {
        written = write(&client, call, &mut file, &mut each) => written,
        () = &mut ctx.tools.interrupt => {
            Err(Failure::interrupted("stopped, nothing was written", "run the command again"))
        }
    }?;
    file.keep()?;
    drop(progress);
    Ok(())
}

/// Writes the answer to standard output: unchanged into a pipe, harmless onto a terminal.
pub(crate) async fn to_output(ctx: &mut Context, call: &Call) -> Result<(), Failure> {
    let client = ctx.client()?;
    let mut response = client.download(call).await?;
    let mut rest = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|why| client.broken(&why))? {
        if ctx.screen.output_is_terminal() {
            rest.extend_from_slice(&piece);
            let whole = rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
            let lines: Vec<u8> = rest.drain(..whole).collect();
            show(ctx, &lines)?;
        } else {
            ctx.screen.bytes(&piece)?;
        }
    }
    show(ctx, &rest)
}

async fn write(
    client: &Client,
    call: &Call,
    file: &mut PrivateFile,
    each: &mut impl FnMut(&[u8]),
) -> Result<(), Failure> {
    let mut response = client.download(call).await?;
    while let Some(piece) = response.chunk().await.map_err(|why| client.broken(&why))? {
        each(&piece);
        file.write(&piece)?;
    }
    Ok(())
}

/// Writes lines to a terminal, which must not be driven by what is in them.
fn show(ctx: &mut Context, lines: &[u8]) -> Result<(), Failure> {
    String::from_utf8_lossy(lines).lines().try_for_each(|line| ctx.screen.line(&clean(line)))
}
