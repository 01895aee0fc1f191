//! Rates: how often one source or one administrator may come.
//!
//! Memory is bounded by forgetting, now and then, everybody whose allowance is full again.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Checks between two rounds of forgetting: few enough that a flood of sources stays in a few megabytes.
const CHECKS_PER_SWEEP: u64 = 8_192;

/// Where a request comes from, as far as rates care: an IPv4 address, or the /64 that one IPv6 customer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Source(u128);

impl From<IpAddr> for Source {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(v4) => Self(v4.to_ipv6_mapped().to_bits()),
            // RFC 6177: a site has at least a /64, so its addresses are all one person's to choose.
            IpAddr::V6(v6) => Self(v6.to_bits() & !u128::from(u64::MAX)),
        }
    }
}

/// One rate, counted for each key by itself.
#[derive(Debug)]
pub struct Throttle<K: Hash + Eq + Clone> {
    limiter: Option<DefaultKeyedRateLimiter<K>>,
    clock: DefaultClock,
    checks: AtomicU64,
}

impl<K: Hash + Eq + Clone> Throttle<K> {
    /// So many a second, after a burst of so many seconds' worth; no limit for 0 a second.
    pub fn new(per_second: u32, burst_seconds: u32) -> Self {
        let burst = NonZeroU32::new(per_second.saturating_mul(burst_seconds));
        let limiter = NonZeroU32::new(per_second)
            .zip(burst)
            .map(|(per_second, burst)| RateLimiter::keyed(Quota::per_second(per_second).allow_burst(burst)));
        Self { limiter, clock: DefaultClock::default(), checks: AtomicU64::new(0) }
    }

    /// Takes one from the key's allowance, or says after how many whole seconds to come back.
    pub fn check(&self, key: &K) -> Result<(), Duration> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        if self.checks.fetch_add(1, Ordering::Relaxed) % CHECKS_PER_SWEEP == CHECKS_PER_SWEEP - 1 {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
        limiter.check_key(key).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1);
            Duration::from_secs(seconds)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_allowed_and_then_refused_for_that_key_only() {
        let throttle = Throttle::new(1, 3);
        for _ in 0..3 {
            assert!(throttle.check(&"ada").is_ok());
        }
        assert!(throttle.check(&"ada").unwrap_err().as_secs() >= 1);
        assert!(throttle.check(&"bob").is_ok());
    }

    #[test]
    fn nought_sets_no_limit() {
        let throttle = Throttle::new(0, 4);
        assert!((0..1_000).all(|_| throttle.check(&1).is_ok()));
    }

    #[test]
    fn addresses_of_one_ipv6_network_are_one_source() {
        let source = |text: &str| Source::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(source("2001:db8::1"), source("2001:db8::ffff:1"));
        assert_ne!(source("2001:db8::1"), source("2001:db8:0:1::1"));
        assert_ne!(source("192.0.2.1"), source("192.0.2.2"));
    }
}
