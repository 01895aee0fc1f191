//! A clock that stands still until a test moves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use reeve_base::clock::{Clock, Timestamp};

/// 2026-01-01T00:00:00Z: a round moment, so that times in failed assertions can be read.
const START: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// A clock that tests advance by hand; clones share one time.
#[derive(Debug, Clone)]
pub struct FakeClock {
    millis: Arc<AtomicI64>,
    steady: Arc<AtomicI64>,
}

impl FakeClock {
    /// A clock that shows 2026-01-01T00:00:00Z.
    pub fn new() -> Self {
        Self::at(START)
    }

    /// A clock that shows `moment`.
    pub fn at(moment: Timestamp) -> Self {
        Self { millis: Arc::new(AtomicI64::new(moment.millis())), steady: Arc::default() }
    }

    /// Moves the clock, and every clone of it, forward.
    pub fn advance(&self, duration: Duration) {
        let millis = i64::try_from(duration.as_millis()).expect("a test does not outlive i64 milliseconds");
        self.millis.fetch_add(millis, Ordering::SeqCst);
        self.steady.fetch_add(millis, Ordering::SeqCst);
    }

    /// Sets the clock, and every clone of it; backwards too, as real clocks do.
    pub fn set(&self, moment: Timestamp) {
        self.millis.store(moment.millis(), Ordering::SeqCst);
    }
}

impl Default for FakeClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.millis.load(Ordering::SeqCst))
    }

    fn steady(&self) -> Duration {
        Duration::from_millis(self.steady.load(Ordering::SeqCst).unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_share_the_time_that_only_tests_move() {
        let clock = FakeClock::new();
        let shared = clock.clone();
        assert_eq!(clock.now().to_rfc3339(), "2026-01-01T00:00:00Z");
        clock.advance(Duration::from_secs(90));
        assert_eq!(shared.now().since(START), Duration::from_secs(90));
        shared.set(START);
        assert_eq!(clock.now(), START);
    }
}
