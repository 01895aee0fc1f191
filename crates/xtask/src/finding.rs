//! What a check found wrong, and where.

use std::fmt;

/// One thing to mend: a place and a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    place: String,
    sentence: String,
}

impl Finding {
    pub(crate) fn new(place: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self { place: place.into(), sentence: sentence.into() }
    }

    /// A finding in a line of a file; lines count from 0 here and from 1 in what is shown.
    pub(crate) fn at(file: &str, line: usize, sentence: impl Into<String>) -> Self {
        Self::new(format!("{file}:{}", line + 1), sentence)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.sentence)
    }
}

/// Prints findings, one a line, in the form that editors can jump to.
pub(crate) fn print(findings: &[Finding]) {
    for finding in findings {
        println!("{finding}");
    }
}
