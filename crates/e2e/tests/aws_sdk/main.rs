//! An administrator's day through Amazon's own SDK for Rust, unchanged but for the endpoint and the keys (row C10, and
//! rows B1, C1 to C7 through the AWS door).
//!
//! The conformance suite drives the Python SDK; this one parses errors and retries by rules of its own. `cargo build`
//! must come first, as for the other end-to-end tests.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

mod day;
mod parity;
mod refusals;
mod reliance;
mod service;
