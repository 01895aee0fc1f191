//! Texts that commands read from a file or from standard input.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::context::Context;
use crate::failure::Failure;

/// Octets of a file: many times the longest text that the server takes.
const FILE_BYTES_MAX: u64 = 4 << 20;

/// The name of the file for messages.
pub(super) fn shown(path: &Path) -> String {
    if path.as_os_str() == "-" { "standard input".to_owned() } else { path.display().to_string() }
}

/// The whole text of a file, or of standard input.
pub(super) fn text(ctx: &mut Context, path: &Path) -> Result<String, Failure> {
    let hint = "name a file of text that you may read";
    let unreadable = |why: std::io::Error| Failure::usage(format!("could not read {}: {why}", shown(path)), hint);
    let mut text = String::new();
    let read = if path.as_os_str() == "-" {
        (&mut ctx.tools.input).take(FILE_BYTES_MAX + 1).read_to_string(&mut text)
    } else {
        File::open(path).and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_string(&mut text))
    };
    if read.map_err(unreadable)? as u64 > FILE_BYTES_MAX {
        return Err(Failure::usage(format!("{} is too long to be sent", shown(path)), hint));
    }
    Ok(text)
}
