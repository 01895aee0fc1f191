//! The two output streams: what was asked for goes to standard output, everything else to standard error.
//!
//! Text from the server is cleaned in [`crate::render`] before it gets here. A closed pipe on standard output is a
//! failure of its own kind, which ends the command without a word; what standard error cannot take is lost.

use std::io::{BufWriter, ErrorKind, Write};

use crate::failure::Failure;
use crate::global::{Colour, Format, Global};
use crate::json;
use crate::render::{self, Cell, Looks, Tone};

/// The streams as the surroundings hand them over.
pub(crate) struct Streams {
    pub(crate) output: Box<dyn Write + Send>,
    pub(crate) output_is_terminal: bool,
    pub(crate) errors: Box<dyn Write + Send>,
    pub(crate) errors_is_terminal: bool,
    pub(crate) width: Option<u16>,
    pub(crate) plain: bool,
}

/// Writes answers, progress and refusals in the form that the global flags ask for.
pub(crate) struct Screen {
    output: BufWriter<Box<dyn Write + Send>>,
    errors: Box<dyn Write + Send>,
    looks: Looks,
    error_colour: bool,
    output_is_terminal: bool,
    errors_is_terminal: bool,
    format: Format,
    quiet: bool,
}

impl Screen {
    pub(crate) fn new(streams: Streams, global: &Global) -> Self {
        let coloured = |terminal: bool| match global.color {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => terminal && !streams.plain,
        };
        Self {
            looks: Looks {
                colour: coloured(streams.output_is_terminal),
                width: streams.width.filter(|_| streams.output_is_terminal),
            },
            error_colour: coloured(streams.errors_is_terminal),
            output: BufWriter::new(streams.output),
            errors: streams.errors,
            output_is_terminal: streams.output_is_terminal,
            errors_is_terminal: streams.errors_is_terminal,
            format: global.output,
            quiet: global.quiet,
        }
    }

    /// Whether a program reads the output.
    pub(crate) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// Whether nothing but results and refusals should be written.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether raw bytes on standard output would reach a terminal.
    pub(crate) fn output_is_terminal(&self) -> bool {
        self.output_is_terminal
    }

    /// Columns of the terminal that standard output goes to, if it goes to one.
    pub(crate) fn width(&self) -> Option<u16> {
        self.looks.width
    }

    /// Whether moving progress makes sense: a person looks at the error stream and wants to see it.
    pub(crate) fn shows_progress(&self) -> bool {
        self.errors_is_terminal && !self.quiet
    }

    /// One line of what was asked for.
    pub(crate) fn line(&mut self, text: &str) -> Result<(), Failure> {
        self.bytes(text.as_bytes())?;
        self.bytes(b"\n")
    }

    /// Bytes of what was asked for, as they are.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.output.write_all(bytes).map_err(|why| output_failure(&why))
    }

    /// Hands everything written so far to the stream.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        self.output.flush().map_err(|why| output_failure(&why))
    }

    /// A JSON text of the server: laid out for a person on a terminal, unchanged for a program.
    pub(crate) fn json(&mut self, text: &str) -> Result<(), Failure> {
        let safe = json::safe(text.trim());
        if self.output_is_terminal {
            return self.line(&json::indented(&safe));
        }
        self.line(&safe)
    }

    /// A table with a heading.
    pub(crate) fn table(&mut self, heads: &[&str], rows: Vec<Vec<Cell>>) -> Result<(), Failure> {
        let text = render::table(self.looks, heads, rows);
        self.line(&text)
    }

    /// What one thing is, a field a line; fields that say nothing are left out.
    pub(crate) fn record(&mut self, fields: Vec<(&'static str, Cell)>) -> Result<(), Failure> {
        let text = render::record(self.looks, fields);
        self.line(&text)
    }

    /// Says on standard output that a change was made; programs and the quiet do not hear it.
    pub(crate) fn done(&mut self, text: &str) -> Result<(), Failure> {
        if self.quiet || self.is_json() {
            return Ok(());
        }
        self.line(&render::clean(text))
    }

    /// Says on standard error what must be known to go on, to the quiet as well.
    pub(crate) fn tell(&mut self, text: &str) {
        self.error_line(&render::clean(text));
    }

    /// Says on standard error how things go on.
    pub(crate) fn note(&mut self, text: &str) {
        if !self.quiet && !self.is_json() {
            self.error_line(&render::clean(text));
        }
    }

    /// What to do next, for a person.
    pub(crate) fn hint(&mut self, text: &str) {
        if !self.quiet && !self.is_json() {
            let label = render::paint("hint:", Tone::Strong, self.error_colour);
            self.error_line(&format!("{label} {}", render::clean(text)));
        }
    }

    /// Something that went right and should not stay as it is.
    pub(crate) fn warn(&mut self, text: &str) {
        if !self.quiet {
            let label = render::paint("warning:", Tone::Warn, self.error_colour);
            self.error_line(&format!("{label} {}", render::clean(text)));
        }
    }

    /// A question to the person at the terminal, without a line end.
    pub(crate) fn ask(&mut self, question: &str) {
        let _ = self.flush();
        let _ = write!(self.errors, "{}", render::clean(question)).and_then(|()| self.errors.flush());
    }

    /// Says why the command did not do what was asked: two lines for people, an object for programs.
    pub(crate) fn fail(&mut self, failure: &Failure) {
        let _ = self.output.flush();
        if failure.is_silent() {
            return;
        }
        if self.is_json() {
            let text = json::safe(&failure.to_json());
            return self.error_line(&text);
        }
        let label = render::paint("error:", Tone::Bad, self.error_colour);
        self.error_line(&format!("{label} {}", failure.sentence()));
        if !failure.hint().is_empty() {
            let label = render::paint("hint:", Tone::Strong, self.error_colour);
            self.error_line(&format!("{label} {}", failure.hint()));
        }
    }

    fn error_line(&mut self, text: &str) {
        // What was said before comes first, also where both streams go to one terminal. A closed pipe shows again at
        // the next write; and nobody is left to tell when standard error is gone.
        let _ = self.output.flush();
        let _ = writeln!(self.errors, "{text}").and_then(|()| self.errors.flush());
    }
}

fn output_failure(why: &std::io::Error) -> Failure {
    if why.kind() == ErrorKind::BrokenPipe {
        return Failure::pipe_closed();
    }
    Failure::not_done(format!("could not write to standard output: {why}"), "see that there is room where it goes")
}
