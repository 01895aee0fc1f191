//! Passwords and codes on their way in: from a file, from standard input, from a person. Never from an argument,
//! which every process of the machine can read.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use reeve_base::Secret;
use reeve_base::limits::PASSWORD_BYTES_MAX;
use reeve_base::secret::ExposeSecret;

use crate::context::Context;
use crate::failure::Failure;

/// Octets of one line that a person or a file gives: a password at its longest, with room for a line end.
const LINE_BYTES_MAX: usize = PASSWORD_BYTES_MAX + 2;

/// What to do when a code is needed and nobody can be asked.
const CODE_HINT: &str = "give --code-file FILE (- for standard input)";

/// Where a new password comes from.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct NewPassword {
    /// File whose first line is the password; - reads standard input
    #[arg(long, value_name = "FILE", conflicts_with = "generate_password")]
    password_file: Option<PathBuf>,
    /// Let the server make a password and print it once
    #[arg(long)]
    generate_password: bool,
}

/// A new password as it goes to the server.
pub(crate) enum Chosen {
    /// This one.
    Given(Secret),
    /// One that the server makes.
    Generated,
}

impl NewPassword {
    /// The password that was asked for, or `None` when none of the flags is there.
    pub(crate) fn choose(&self, ctx: &mut Context) -> Result<Option<Chosen>, Failure> {
        if self.generate_password {
            return Ok(Some(Chosen::Generated));
        }
        match &self.password_file {
            Some(path) => Ok(Some(Chosen::Given(from_file(ctx, path, "password")?))),
            None => Ok(None),
        }
    }

    /// The password that was asked for; without a flag the person is asked, twice, since nobody sees what is typed.
    pub(crate) fn require(&self, ctx: &mut Context) -> Result<Chosen, Failure> {
        if let Some(chosen) = self.choose(ctx)? {
            return Ok(chosen);
        }
        let hint = "give --password-file FILE (- for standard input) or --generate-password";
        Ok(Chosen::Given(twice(ctx, hint)?))
    }
}

impl Chosen {
    /// Puts the password, or the wish for one, into the body of a request.
    pub(crate) fn put_into(&self, body: &mut serde_json::Map<String, serde_json::Value>) {
        match self {
            Self::Given(secret) => body.insert("password".to_owned(), secret.expose_secret().into()),
            Self::Generated => body.insert("generate_password".to_owned(), true.into()),
        };
    }
}

/// A password that exists: from the file, or from the person.
pub(crate) fn existing(ctx: &mut Context, file: Option<&Path>) -> Result<Secret, Failure> {
    existing_of(ctx, file, "Password: ", "give --password-file FILE (- for standard input)")
}

/// A password that exists, asked for in these words.
pub(crate) fn existing_of(
    ctx: &mut Context,
    file: Option<&Path>,
    question: &str,
    hint: &str,
) -> Result<Secret, Failure> {
    match file {
        Some(path) => from_file(ctx, path, "password"),
        None => ask(ctx, "password", question, hint),
    }
}

/// A password that is to be: from the file, or from the person, twice.
pub(crate) fn coming(ctx: &mut Context, file: Option<&Path>, hint: &str) -> Result<Secret, Failure> {
    match file {
        Some(path) => from_file(ctx, path, "password"),
        None => twice(ctx, hint),
    }
}

/// A code of the second factor: from the file, or from the person.
pub(crate) fn code(ctx: &mut Context, file: Option<&Path>, question: &str) -> Result<Secret, Failure> {
    let text = match file {
        Some(path) => from_file(ctx, path, "code")?,
        None => ask(ctx, "code", question, CODE_HINT)?,
    };
    checked(text.expose_secret().trim().to_owned(), "code", CODE_HINT)
}

/// Refuses to begin what a code will have to end, when there is nowhere to get one from.
pub(crate) fn code_can_come(ctx: &Context, file: Option<&Path>) -> Result<(), Failure> {
    if file.is_none() && !ctx.tools.input_is_terminal {
        return Err(Failure::usage("a code will be needed, and there is no terminal to ask at", CODE_HINT));
    }
    Ok(())
}

fn twice(ctx: &mut Context, hint: &str) -> Result<Secret, Failure> {
    let first = ask(ctx, "password", "New password: ", hint)?;
    let second = ask(ctx, "password", "The same again: ", hint)?;
    if first.expose_secret() != second.expose_secret() {
        return Err(Failure::usage("the two passwords differ, nothing was changed", "run the command again"));
    }
    Ok(first)
}

fn ask(ctx: &mut Context, what: &str, question: &str, hint: &str) -> Result<Secret, Failure> {
    if !ctx.tools.input_is_terminal {
        return Err(Failure::usage(format!("a {what} is needed, and there is no terminal to ask at"), hint));
    }
    let typed = (ctx.tools.ask_secret)(question)
        .map_err(|why| Failure::usage(format!("could not read the {what}: {why}"), hint))?;
    checked(typed, what, hint)
}

fn from_file(ctx: &mut Context, path: &Path, what: &str) -> Result<Secret, Failure> {
    let hint = &format!("the first line of the file must be the {what}");
    let unreadable = |why: std::io::Error| Failure::usage(format!("could not read {}: {why}", path.display()), hint);
    let line = if path.as_os_str() == "-" {
        first_line(&mut ctx.tools.input)
    } else {
        File::open(path).and_then(|mut file| first_line(&mut file))
    };
    checked(line.map_err(unreadable)?, what, hint)
}

fn checked(text: String, what: &str, hint: &str) -> Result<Secret, Failure> {
    if text.is_empty() {
        return Err(Failure::usage(format!("the {what} is empty"), hint));
    }
    Ok(Secret::from(text))
}

/// The first line, without its end; reads no further, so that what follows is left to others.
pub(crate) fn first_line(input: &mut dyn Read) -> std::io::Result<String> {
    let mut line = Vec::new();
    let mut byte = [0];
    while input.read(&mut byte)? == 1 && byte != *b"\n" {
        line.extend_from_slice(&byte);
        if line.len() > LINE_BYTES_MAX {
            return Err(std::io::Error::other("the first line is too long"));
        }
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    String::from_utf8(line).map_err(|_| std::io::Error::other("the first line is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_the_password_and_spaces_belong_to_it() {
        for (text, expected) in [("pass word \r\nrest", "pass word "), ("end", "end"), ("\n", ""), ("é\n", "é")] {
            assert_eq!(first_line(&mut text.as_bytes()).unwrap(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_line_that_cannot_be_a_password_is_refused() {
        assert!(first_line(&mut "x".repeat(5_000).as_bytes()).is_err());
        assert!(first_line(&mut [0xFF, b'\n'].as_slice()).is_err());
    }

    #[test]
    fn a_secret_is_not_shown_by_debug() {
        let secret = checked("hunter2".to_owned(), "password", "").unwrap();
        assert!(!format!("{secret:?}").contains("hunter2"));
    }
}
