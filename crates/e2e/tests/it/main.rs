//! What people do with Reeve, done with the real binary: its command line, its REST door, its crashes.
//!
//! `cargo build` must come first; the tests start target/debug/reeve, or what `REEVE_BIN` names.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

mod access_matrix;
mod administration;
mod attacks;
mod availability;
mod caller;
mod crash;
mod crash_administration;
mod deployment;
mod faults;
mod generator;
mod groups_and_resources;
mod master_key;
mod rest;
mod spreadsheets;
mod tour;
