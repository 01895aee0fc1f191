//! What people do with Reeve, done with the real binary: its command line, its REST door, its crashes.
//!
//! `cargo build` must come first; the tests start target/debug/reeve, or what `REEVE_BIN` names.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

mod crash;
mod deployment;
mod faults;
mod rest;
mod spreadsheets;
mod tour;
