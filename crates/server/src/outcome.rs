//! How the commands of this crate end: what they print, what they say when they fail, and their exit codes.

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

/// Why a command did not do what it was asked: a sentence that a person can act on, and the exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    sentence: String,
    code: u8,
}

impl Failure {
    /// It was refused or could not be done: exit code 1.
    pub(crate) fn refused(sentence: impl fmt::Display) -> Self {
        Self { sentence: sentence.to_string(), code: 1 }
    }

    /// It was asked for in a wrong way, on the command line or in the configuration: exit code 2.
    pub(crate) fn usage(sentence: impl fmt::Display) -> Self {
        Self { sentence: sentence.to_string(), code: 2 }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

/// Prints text and a line end; a reader that has gone away is no failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{}", text.trim_end()).and_then(|()| out.flush()) {
        Err(why) if why.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::refused(format!("could not write to standard output: {why}")))
        }
        _ => Ok(()),
    }
}

/// The exit code of the process; a failure is said on standard error first.
pub(crate) fn exit(done: Result<(), Failure>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nothing is left to do when standard error is gone.
            let _ = writeln!(io::stderr(), "reeve: {failure}");
            ExitCode::from(failure.code)
        }
    }
}
