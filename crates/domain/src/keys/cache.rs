//! Unwrapped keys, kept for a while so that not every read asks a system that keeps keys.
//!
//! Bounded in number and in time, by the clock that was passed in; a clock that goes back makes a key too old, not too
//! young. Dropped keys are wiped. An entry is found by what its key is bound to and by its wrapped form, so that no
//! other row is ever taken for it, and a key that was wrapped anew is unwrapped anew.

use quick_cache::sync::Cache;
use reeve_base::Timestamp;
use reeve_base::key_services::KeyFailure;
use reeve_base::limits::{KEY_CACHE_TTL, KEY_FAILURE_PAUSE, KEYS_CACHED_MAX};

use super::cipher::PlainKey;

/// What an entry is found by: what its key is bound to, and its wrapped form.
pub(super) type Known = (String, Vec<u8>);

#[derive(Clone)]
struct Entry {
    organization_id: String,
    key: PlainKey,
    at: Timestamp,
}

impl Entry {
    fn is_good(&self, now: Timestamp) -> bool {
        is_within(self.at, now, KEY_CACHE_TTL)
    }
}

fn is_within(at: Timestamp, now: Timestamp, time: std::time::Duration) -> bool {
    at <= now && now < at.plus(time)
}

/// The keys that one process holds in the open.
pub(crate) struct UnwrappedKeys {
    keys: Cache<Known, Entry>,
    /// The keys of organizations that were just asked for in vain.
    failures: Cache<Known, (KeyFailure, Timestamp)>,
}

impl UnwrappedKeys {
    pub(crate) fn new() -> Self {
        Self { keys: Cache::new(KEYS_CACHED_MAX), failures: Cache::new(KEYS_CACHED_MAX) }
    }

    pub(super) fn get(&self, known: &Known, now: Timestamp) -> Option<PlainKey> {
        let entry = self.keys.get(known)?;
        if entry.is_good(now) {
            return Some(entry.key);
        }
        self.keys.remove(known);
        None
    }

    pub(super) fn keep(&self, organization_id: &str, known: Known, key: &PlainKey, now: Timestamp) {
        self.failures.remove(&known);
        let entry = Entry { organization_id: organization_id.to_owned(), key: key.clone(), at: now };
        self.keys.insert(known, entry);
    }

    pub(super) fn failure(&self, known: &Known, now: Timestamp) -> Option<KeyFailure> {
        self.failures.get(known).filter(|(_, at)| is_within(*at, now, KEY_FAILURE_PAUSE)).map(|(why, _)| why)
    }

    pub(super) fn note_failure(&self, known: Known, why: KeyFailure, now: Timestamp) {
        self.failures.insert(known, (why, now));
    }

    /// Drops the keys of an organization and of all its mailboxes.
    pub(super) fn forget(&self, organization_id: &str) {
        self.keys.retain(|_, entry| entry.organization_id != organization_id);
    }

    /// Drops what is too old to be used.
    pub(super) fn tidy(&self, now: Timestamp) {
        self.keys.retain(|_, entry| entry.is_good(now));
        self.failures.retain(|_, (_, at)| is_within(*at, now, KEY_FAILURE_PAUSE));
    }

    /// How many keys are held.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reeve_base::random::OsRandom;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000_000);

    fn known(name: &str) -> Known {
        (name.to_owned(), name.as_bytes().to_vec())
    }

    #[test]
    fn a_key_is_held_for_its_time_and_not_longer() {
        let keys = UnwrappedKeys::new();
        keys.keep("m-1", known("a"), &PlainKey::generate(&OsRandom), NOW);
        let last = NOW.plus(KEY_CACHE_TTL).minus(Duration::from_millis(1));
        assert!(keys.get(&known("a"), NOW).is_some() && keys.get(&known("a"), last).is_some());
        assert!(keys.get(&known("a"), NOW.plus(KEY_CACHE_TTL)).is_none());
        assert_eq!(keys.len(), 0, "what is too old goes when it is found");
    }

    #[test]
    fn a_clock_that_goes_back_makes_no_key_live_longer() {
        let keys = UnwrappedKeys::new();
        keys.keep("m-1", known("a"), &PlainKey::generate(&OsRandom), NOW);
        assert!(keys.get(&known("a"), NOW.minus(Duration::from_millis(1))).is_none());
    }

    #[test]
    fn tidying_drops_what_is_too_old_and_forgetting_what_is_of_one_organization() {
        let keys = UnwrappedKeys::new();
        keys.keep("m-1", known("a"), &PlainKey::generate(&OsRandom), NOW);
        let later = NOW.plus(Duration::from_secs(1));
        keys.keep("m-1", known("b"), &PlainKey::generate(&OsRandom), later);
        keys.keep("m-2", known("c"), &PlainKey::generate(&OsRandom), later);
        keys.tidy(NOW.plus(KEY_CACHE_TTL));
        assert_eq!(keys.len(), 2);
        keys.forget("m-1");
        assert!(keys.get(&known("b"), later).is_none() && keys.get(&known("c"), later).is_some());
    }

    #[test]
    fn no_more_keys_are_held_than_there_may_be() {
        let keys = UnwrappedKeys::new();
        for number in 0..KEYS_CACHED_MAX + 1_000 {
            keys.keep("m-1", known(&number.to_string()), &PlainKey::generate(&OsRandom), NOW);
        }
        assert!(keys.len() <= KEYS_CACHED_MAX, "{}", keys.len());
    }

    #[test]
    fn a_failure_is_remembered_for_a_moment_and_forgotten_by_success() {
        let keys = UnwrappedKeys::new();
        keys.note_failure(known("a"), KeyFailure::Throttled, NOW);
        assert_eq!(keys.failure(&known("a"), NOW), Some(KeyFailure::Throttled));
        assert_eq!(keys.failure(&known("a"), NOW.plus(KEY_FAILURE_PAUSE)), None);
        keys.keep("m-1", known("a"), &PlainKey::generate(&OsRandom), NOW);
        assert_eq!(keys.failure(&known("a"), NOW), None);
    }
}
