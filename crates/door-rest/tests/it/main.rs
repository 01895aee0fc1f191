//! Drives the REST door as clients do: requests in, answers out, a real store behind.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test has nobody to report an error to")]

mod authentication;
mod bad_input;
mod caller;
mod conditions;
mod document;
mod every_operation;
mod limits;
mod lists;
mod organizations;
mod passwords;
mod roster;
mod sockets;
mod telemetry;
mod users;
mod walk;
mod world;
