//! The command line against a server that plays a script over a Unix socket: what is sent, what is shown, how it ends.
//!
//! The server here is a stand-in for the port, not for Reeve; that both fit is shown by the end-to-end tests.

#![expect(clippy::unwrap_used, reason = "in tests a failed expectation is a failed test")]

mod admin;
mod audit;
mod calls;
mod encryption_keys;
mod entities;
mod factors;
mod holds;
mod hosted_zones;
mod import;
mod key;
mod lists;
mod login;
mod policy;
mod rules;
mod run;
mod secrets;
mod server;
mod session;
mod settings;
mod wait;
