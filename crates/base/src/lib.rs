//! Plain values that every other crate speaks in: ids, checked names, limits, clock, randomness, secrets.
//!
//! No I/O, no async, no wire formats. A value that exists has been checked: code above this crate never
//! validates a name or an id again.

pub mod clock;
pub mod dns;
pub mod ids;
pub mod invalid;
pub mod key_services;
pub mod limits;
pub mod names;
mod network;
pub mod outbound;
pub mod random;
pub mod reach;
pub mod secret;
pub mod text;
pub mod zone_hosts;

pub use clock::{Clock, Timestamp};
pub use dns::Resolver;
pub use invalid::Invalid;
pub use key_services::KeyServices;
pub use outbound::Outbound;
pub use random::Random;
pub use secret::Secret;
pub use zone_hosts::ZoneHosts;
