//! Plain values that every other crate speaks in: ids, checked names, limits, clock, randomness, secrets.
//!
//! No I/O, no async, no wire formats. A value that exists has been checked: code above this crate never
//! validates a name or an id again.

pub mod clock;
pub mod ids;
pub mod invalid;
pub mod limits;
pub mod names;
mod network;
pub mod outbound;
pub mod random;
pub mod secret;
pub mod text;

pub use clock::{Clock, Timestamp};
pub use invalid::Invalid;
pub use outbound::Outbound;
pub use random::Random;
pub use secret::Secret;
