//! `cargo xtask`: the checks that a program can make, so that people need not.
//! Each check is a function from text or data to findings, and has a test that shows it failing. Nothing here ships.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line program")]

mod check;
mod finding;
mod floors;
mod generated;
mod licences;
mod metadata;
mod tidy;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  check                 everything below, with formatting and clippy; what `make check` runs
  floors                no crate uses what ARCHITECTURE.md says it must not
  licences              every dependency has a licence that we may ship
  tidy                  files, comments, documents and the RFC index hold together
  generated [--check]   write the files that come from the code; with --check, fail if one would change
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = root();
    let findings = match words.as_slice() {
        ["check"] => return check::run(&root),
        ["floors"] => metadata::load(&root).map(|graph| floors::check(&graph)),
        ["licences"] => metadata::load(&root).map(|graph| licences::check(&graph)),
        ["tidy"] => tidy::check(&root),
        ["generated"] => generated::write(&root).map(|()| Vec::new()),
        ["generated", "--check"] => generated::check(&root),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match findings {
        Ok(findings) if findings.is_empty() => ExitCode::SUCCESS,
        Ok(findings) => {
            finding::print(&findings);
            ExitCode::FAILURE
        }
        Err(trouble) => {
            eprintln!("could not check: {trouble}");
            ExitCode::FAILURE
        }
    }
}

/// The repository: this package sits two folders below it.
fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package).to_owned()
}
