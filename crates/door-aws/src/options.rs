//! What the server may choose about this door, and what holds unless it does.

use std::time::Duration;

/// Octets of a body. The largest input of the API, an access control rule with 2,048 blocks of addresses and 40 ids of
/// 256 characters, has less than half of it.
pub const BODY_BYTES_MAX: usize = 256 * 1024;

/// How long an answer may take: hashing queues wait five seconds at worst, a busy disk ten.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Requests in progress at once. Each holds a body of up to [`BODY_BYTES_MAX`]; more would only wait in memory for the
/// same disk.
pub const CONCURRENCY_MAX: usize = 1_024;

/// Requests that one address may make in a second: above what one machine can serve, so that only a program gone wild
/// meets it.
pub const REQUESTS_PER_SECOND: u32 = 20_000;

/// What this door may be told.
#[derive(Debug, Clone)]
pub struct AwsOptions {
    /// Octets of a body at most.
    pub body_bytes_max: usize,
    /// How long an answer may take.
    pub request_timeout: Duration,
    /// Requests in progress at once; more are turned away with 503.
    pub concurrency_max: usize,
    /// Requests that one address may make in a second, signed or not; 0 sets no limit.
    pub requests_per_second: u32,
}

impl Default for AwsOptions {
    fn default() -> Self {
        Self {
            body_bytes_max: BODY_BYTES_MAX,
            request_timeout: REQUEST_TIMEOUT,
            concurrency_max: CONCURRENCY_MAX,
            requests_per_second: REQUESTS_PER_SECOND,
        }
    }
}
