//! Asking other systems is passed in, so that tests need no network, and so that one place decides who may be asked.
//!
//! Whoever asks gives what an account's administrators wrote; whoever answers this port must reach no machine with it
//! that they could not reach themselves.

use std::future::Future;
use std::pin::Pin;

use crate::Secret;

/// One request to another system over HTTP, with a username and a password.
#[derive(Debug, Clone)]
pub struct Question {
    /// Where: an `http://` or `https://` address with a path.
    pub url: String,
    /// In whose name.
    pub username: String,
    /// The password of that name.
    pub password: Secret,
    /// What kind of text the body is.
    pub content_type: &'static str,
    /// What is asked.
    pub body: String,
}

/// What the other system said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status of HTTP.
    pub status: u16,
    /// The body, which is for looking at and never for showing.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unanswered {
    /// The address cannot be read.
    Malformed,
    /// The name of its host is not known.
    NameUnknown,
    /// The host is at an address that is not asked.
    Forbidden,
    /// Nothing accepts connections there.
    Unreachable,
    /// What was reached does not prove to be who it should be, or speaks no TLS.
    Insecure,
    /// It took too long.
    TimedOut,
    /// What was reached does not speak HTTP.
    Unintelligible,
    /// The answer is longer than any that is waited for.
    TooLong,
    /// Too many questions are being asked already.
    Busy,
}

/// An answer that is awaited.
pub type Asking<'a> = Pin<Box<dyn Future<Output = Result<Answer, Unanswered>> + Send + 'a>>;

/// Asks other systems.
pub trait Outbound: Send + Sync {
    /// Asks once: follows no redirection, uses no proxy, repeats nothing.
    fn ask(&self, question: Question) -> Asking<'_>;
}

/// Asks nobody: for processes that have no business outside.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoOutbound;

impl Outbound for NoOutbound {
    fn ask(&self, _: Question) -> Asking<'_> {
        Box::pin(std::future::ready(Err(Unanswered::Forbidden)))
    }
}
