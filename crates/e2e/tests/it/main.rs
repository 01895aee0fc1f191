//! What people do with Reeve, done with the real binary: its command line, its REST door, its crashes.
//!
//! `cargo build` must come first; the tests start target/debug/reeve, or what `REEVE_BIN` names.

mod crash;
mod deployment;
mod faults;
mod rest;
mod spreadsheets;
mod tour;
