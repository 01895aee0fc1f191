//! Drives the REST door as clients do: requests in, answers out, a real store behind.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test has nobody to report an error to")]

mod access_keys;
mod administrators;
mod authentication;
mod bad_input;
mod basic_auth;
mod caller;
mod conditions;
mod csrf;
mod document;
mod events;
mod every_operation;
mod factors;
mod groups;
mod holds;
mod limits;
mod lists;
mod mailboxes;
mod organizations;
mod passwords;
mod policies;
mod resources;
mod revocation;
mod roster;
mod rules;
mod second_factors;
mod sessions;
mod settings;
mod sockets;
mod telemetry;
mod users;
mod walk;
mod world;
mod zones;
