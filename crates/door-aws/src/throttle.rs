//! How often one address may ask, whether what it asks is signed or not.
//!
//! Memory is bounded by forgetting, now and then, everybody whose allowance is full again.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::faults::{Fault, Kind};

/// Checks between two rounds of forgetting: few enough that a flood of addresses stays in a few megabytes.
const CHECKS_PER_SWEEP: u64 = 8_192;

/// One rate, counted for each address by itself; of IPv6, for each network of 64 bits.
pub(crate) struct Throttle {
    limiter: Option<DefaultKeyedRateLimiter<u128>>,
    checks: AtomicU64,
}

impl Throttle {
    /// So many a second; no limit for 0.
    pub(crate) fn new(per_second: u32) -> Self {
        let limiter = NonZeroU32::new(per_second).map(|rate| RateLimiter::keyed(Quota::per_second(rate)));
        Self { limiter, checks: AtomicU64::new(0) }
    }

    /// Takes one from the allowance of an address; the local socket has no limit.
    pub(crate) fn check(&self, address: Option<IpAddr>) -> Result<(), Fault> {
        let (Some(limiter), Some(address)) = (&self.limiter, address) else { return Ok(()) };
        if self.checks.fetch_add(1, Ordering::Relaxed) % CHECKS_PER_SWEEP == CHECKS_PER_SWEEP - 1 {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
        limiter.check_key(&key(address)).map_err(|_| Fault::new(Kind::Throttling, "Rate exceeded"))
    }
}

fn key(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        // RFC 6177 §2: a site has at least a /64, so its addresses are all one person's to choose.
        IpAddr::V6(v6) => v6.to_bits() & !u128::from(u64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn one_address_is_held_up_and_no_other() {
        let throttle = Throttle::new(2);
        assert!((0..2).all(|_| throttle.check(address("192.0.2.1")).is_ok()));
        assert_eq!(throttle.check(address("192.0.2.1")).unwrap_err().kind, Kind::Throttling);
        assert!(throttle.check(address("192.0.2.2")).is_ok());
        assert!((0..9).all(|_| throttle.check(None).is_ok()));
    }

    #[test]
    fn addresses_of_one_ipv6_network_share_an_allowance() {
        let throttle = Throttle::new(1);
        assert!(throttle.check(address("2001:db8::1")).is_ok());
        assert!(throttle.check(address("2001:db8::ffff:1")).is_err());
        assert!(throttle.check(address("2001:db8:0:1::1")).is_ok());
    }

    #[test]
    fn nought_sets_no_limit() {
        let throttle = Throttle::new(0);
        assert!((0..1_000).all(|_| throttle.check(address("192.0.2.1")).is_ok()));
    }
}
