//! Drives the AWS door as clients do: signed requests in, answers out, a real store behind.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test has nobody to report an error to")]

mod bad_input;
mod entities;
mod examples;
mod groups;
mod keys;
mod limits;
mod mailboxes;
mod organizations;
mod paging;
mod people;
mod requests;
mod resources;
mod rules;
mod settings;
mod signatures;
mod signer;
mod sockets;
mod telemetry;
mod tokens;
mod types;
mod users;
mod world;
