//! How long is waited for systems that host zones, and how much is taken from them.

use std::time::Duration;

/// Time for one thing that is asked for, with every request that it takes: who waits at a screen waits no longer.
pub(super) const ASKING_TIMEOUT: Duration = Duration::from_secs(30);

/// Time for one connection; a server that is there answers within a few round trips.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Things asked for at the same time; a further one waits.
pub(super) const AT_ONCE_MAX: usize = 32;

/// Octets of an answer over HTTP: a zone of ten thousand sets of records as PowerDNS tells it is shorter.
pub(super) const ANSWER_BYTES_MAX: usize = 8 << 20;

/// Zones that are listed at most; the quota of Route 53 is 500 for an account.
pub(super) const ZONES_MAX: usize = 5_000;

/// Pages of records of Route 53 with 300 each: its quota for a zone is 10,000.
pub(super) const RECORD_PAGES_MAX: usize = 34;

/// Characters of what a system says when it refuses.
pub(super) const SAID_CHARS_MAX: usize = 200;

/// Seconds by which the clocks of both ends may differ (RFC 8945 §10 recommends 300).
pub(super) const TSIG_FUDGE_SECONDS: u16 = 300;
