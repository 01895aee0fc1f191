//! The one way in which a value is refused before any rule is asked.

use std::fmt;

/// A value that breaks a rule about its own shape: which field, and why, in a sentence that names the remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// The field as callers name it, in snake case.
    pub field: &'static str,
    /// What the rule is; lower case, no full stop.
    pub why: String,
}

impl Invalid {
    /// Says that `field` is wrong because of `why`.
    pub fn new(field: &'static str, why: impl Into<String>) -> Self {
        Self { field, why: why.into() }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.why)
    }
}

impl std::error::Error for Invalid {}
