//! What can go wrong, in the few kinds that a caller can act on.
//!
//! `Display` never prints the source and never holds a password; log the whole chain where it is handled.

use std::error::Error;
use std::fmt;

/// Why a closure, a statement or a commit did not happen.
#[derive(Debug)]
pub enum StoreError {
    /// A unique key already holds the value.
    Duplicate,
    /// Not now: retries are used up, the disk is full, the connection was lost or the store is closing.
    /// Trying again later may succeed.
    Busy,
    /// A defect or a damaged database: trying again will not help.
    Failed(Box<dyn Error + Send + Sync>),
}

impl StoreError {
    /// Wraps the error of a driver, or a sentence.
    pub(crate) fn failed(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Failed(source.into())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Duplicate => "the database already holds that key",
            Self::Busy => "the database cannot do this at the moment; try again",
            Self::Failed(_) => "the database could not carry out a statement",
        })
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Failed(source) => Some(&**source),
            Self::Duplicate | Self::Busy => None,
        }
    }
}

/// Why a store could not be opened: `Display` is one sentence that tells an operator what to do.
#[derive(Debug)]
pub struct OpenError {
    sentence: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl OpenError {
    /// An error whose cause the sentence already tells.
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), source: None }
    }

    /// An error with the cause kept for the log.
    pub(crate) fn because(sentence: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { sentence: sentence.into(), source: Some(source.into()) }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl Error for OpenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}
