//! What people do with Reeve, done with the real binary: its command line, its REST door, its crashes.
//!
//! `cargo build` must come first; the tests start target/debug/reeve, or what `REEVE_BIN` names.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

mod access_matrix;
mod administration;
mod attacks;
mod availability;
mod backup;
mod backup_damage;
mod backup_postgres;
mod blob_bucket;
mod caller;
mod crash;
mod crash_administration;
mod database_restart;
mod deployment;
mod domains;
mod encryption_keys;
mod faults;
mod full_disk;
mod generator;
mod groups_and_resources;
mod holds;
mod master_key;
mod rest;
mod spreadsheets;
mod tour;
