//! Names and passwords that come with every request (HTTP Basic): who was right lately, and who must wait.
//!
//! A sign-in is counted before it is looked at. A request with a password cannot be: programs send hundreds a second,
//! all of them right. So only mistakes are counted; a source that made too many waits, all but those behind it
//! who were right a short while ago. What is remembered opens nothing: the domain decides each time.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use quick_cache::sync::Cache;
use reeve_net::Source;

use crate::refusals::Refusal;

/// Right credentials and waiting sources that are remembered: as many programs as one deployment has, at 50 octets
/// each.
const REMEMBERED_MAX: usize = 8_192;

/// The memory of tries.
pub(crate) struct Tries {
    hasher: RandomState,
    right: Cache<u64, ()>,
    waiting: Cache<Source, Instant>,
}

impl Tries {
    pub(crate) fn new() -> Self {
        let (right, waiting) = (Cache::new(REMEMBERED_MAX), Cache::new(REMEMBERED_MAX));
        Self { hasher: RandomState::new(), right, waiting }
    }

    /// Refuses a credential that was not right lately, from a source that must wait.
    pub(crate) fn admit(&self, source: Option<Source>, shown: &[u8]) -> Result<(), Refusal> {
        let Some(until) = source.and_then(|source| self.waiting.get(&source)) else { return Ok(()) };
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() || self.right.get(&self.hasher.hash_one(shown)).is_some() {
            return Ok(());
        }
        Err(Refusal::throttled(Duration::from_secs(left.as_secs().saturating_add(1))))
    }

    /// Remembers that a credential is right.
    pub(crate) fn was_right(&self, shown: &[u8]) {
        let hash = self.hasher.hash_one(shown);
        if self.right.get(&hash).is_none() {
            self.right.insert(hash, ());
        }
    }

    /// Lets a source wait before it may try another credential.
    pub(crate) fn suspend(&self, source: Source, wait: Option<Duration>) {
        self.waiting.insert(source, Instant::now() + wait.unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;
    use crate::problem::Code;

    #[test]
    fn who_was_right_does_not_wait_for_who_was_not() {
        let tries = Tries::new();
        let source = |last| Some(Source::from(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last))));
        assert!(tries.admit(source(1), b"Basic a").is_ok());
        tries.was_right(b"Basic a");
        tries.suspend(source(1).unwrap(), Some(Duration::from_secs(60)));
        assert!(tries.admit(source(1), b"Basic a").is_ok());
        assert!(tries.admit(source(2), b"Basic b").is_ok());
        assert!(tries.admit(None, b"Basic b").is_ok());
        let refusal = tries.admit(source(1), b"Basic b").unwrap_err();
        assert_eq!(refusal.code, Code::Throttled);
        assert!(refusal.retry_after.is_some_and(|wait| wait.as_secs() >= 1));
        tries.suspend(source(1).unwrap(), None);
        assert!(tries.admit(source(1), b"Basic b").is_ok());
    }
}
