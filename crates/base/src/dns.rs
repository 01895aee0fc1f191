//! Asking the domain name system is passed in, so that tests need no network and lies can be told on purpose.

use std::future::Future;
use std::pin::Pin;

/// The type of a record (RFC 1035 §3.2.2, RFC 2782).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RecordKind {
    /// Text.
    Txt,
    /// Where mail goes.
    Mx,
    /// Another name for the same.
    Cname,
    /// Where a service is.
    Srv,
    /// An IPv4 address.
    A,
    /// An IPv6 address.
    Aaaa,
}

impl RecordKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [Self::Txt, Self::Mx, Self::Cname, Self::Srv, Self::A, Self::Aaaa];

    /// The word for it in zone files and on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Txt => "TXT",
            Self::Mx => "MX",
            Self::Cname => "CNAME",
            Self::Srv => "SRV",
            Self::A => "A",
            Self::Aaaa => "AAAA",
        }
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// What a resolver found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// There is no such name (NXDOMAIN).
    NoSuchName,
    /// The name has records, none of this type.
    NoRecords,
    /// The records of this type, each as text: the strings of a TXT joined; names in lower case without the last dot
    /// (`10 mx.example.com`, `0 1 443 host.example.com`).
    Records(Vec<String>),
}

/// Why a resolver found out nothing: this says nothing about what is in the DNS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookupFailure {
    /// No answer came in time.
    TimedOut,
    /// The resolver could not be reached.
    Unreachable,
    /// The resolver said that it or the servers of the domain failed (SERVFAIL), or that it does not answer us.
    ServerFailed,
    /// The answer cannot be read, or is longer than any that is taken.
    Unintelligible,
}

impl LookupFailure {
    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::TimedOut => "timed_out",
            Self::Unreachable => "unreachable",
            Self::ServerFailed => "server_failed",
            Self::Unintelligible => "unintelligible",
        }
    }
}

/// An answer that is awaited.
pub type LookingUp<'a> = Pin<Box<dyn Future<Output = Result<Lookup, LookupFailure>> + Send + 'a>>;

/// Asks the domain name system.
pub trait Resolver: Send + Sync {
    /// Looks up the records of one type at one name, past any cache of ours. The name has no dot at its end.
    fn look_up<'a>(&'a self, name: &'a str, kind: RecordKind) -> LookingUp<'a>;
}

/// Knows no resolver: for processes that have no business outside.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoResolver;

impl Resolver for NoResolver {
    fn look_up<'a>(&'a self, _: &'a str, _: RecordKind) -> LookingUp<'a> {
        Box::pin(std::future::ready(Err(LookupFailure::Unreachable)))
    }
}
