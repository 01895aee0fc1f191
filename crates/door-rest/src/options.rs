//! What the server may choose about this door, and what holds unless it does.

use std::time::Duration;

/// Octets of a JSON body: a bulk call of 100 users with every field at its longest has less than half of it.
pub const JSON_BYTES_MAX: usize = 1 << 20;

/// Octets of a list of people: what the domain reads at most.
pub const ROSTER_BYTES_MAX: usize = reeve_domain::roster::FILE_BYTES_MAX;

/// How long an answer may take to begin: hashing queues wait five seconds at worst, a busy disk ten.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Silence after which an upload is given up; the largest ones may take long, but never stand still.
pub const UPLOAD_IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// Requests in progress at once. Each holds a body of up to [`JSON_BYTES_MAX`]; more would only wait in memory for
/// the same disk.
pub const CONCURRENCY_MAX: usize = 1_024;

/// Imports in progress at once: each holds a file of up to [`ROSTER_BYTES_MAX`].
pub const IMPORTS_MAX: usize = 4;

/// Sign-ins that one address may try in a second: nobody types faster, and a hundred people behind one router do
/// not all arrive at once.
pub const SIGN_INS_PER_SECOND: u32 = 5;

/// Requests that one administrator may make in a second: above what one machine can serve, so that only a program
/// gone wild meets it.
pub const REQUESTS_PER_SECOND: u32 = 20_000;

/// What this door may be told.
#[derive(Debug, Clone)]
pub struct RestOptions {
    /// Origins such as `https://reeve.example.com` whose pages may use a session cookie, besides the one that the
    /// request itself was sent to.
    pub public_origins: Vec<String>,
    /// Octets of a JSON body at most.
    pub json_bytes_max: usize,
    /// Octets of an imported file at most.
    pub roster_bytes_max: usize,
    /// How long an answer may take to begin; imports and exports are exempt.
    pub request_timeout: Duration,
    /// Silence after which an upload is given up.
    pub upload_idle_timeout: Duration,
    /// Requests in progress at once; more are turned away with 503.
    pub concurrency_max: usize,
    /// Imports in progress at once; more are turned away with 503.
    pub imports_max: usize,
    /// Sign-ins that one address may try in a second, after a burst of four times as many; 0 sets no limit.
    pub sign_ins_per_second: u32,
    /// Requests that one administrator may make in a second; 0 sets no limit. The local socket has none.
    pub requests_per_second: u32,
}

impl Default for RestOptions {
    fn default() -> Self {
        Self {
            public_origins: Vec::new(),
            json_bytes_max: JSON_BYTES_MAX,
            roster_bytes_max: ROSTER_BYTES_MAX,
            request_timeout: REQUEST_TIMEOUT,
            upload_idle_timeout: UPLOAD_IDLE_TIMEOUT,
            concurrency_max: CONCURRENCY_MAX,
            imports_max: IMPORTS_MAX,
            sign_ins_per_second: SIGN_INS_PER_SECOND,
            requests_per_second: REQUESTS_PER_SECOND,
        }
    }
}
