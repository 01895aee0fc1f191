//! Passwords: what a directory demands of them, how they are kept, and how one is made up.
//!
//! Pure functions over values: no store, no clock, no runtime. Hashing takes tens of milliseconds by design, so
//! callers run it on the blocking pool. No password and no hash ever appears in an error or in `Debug`.

pub mod breached;
mod generate;
mod hash;
mod policy;
mod scheme;
mod stored;

pub use generate::{CannotGenerate, generate};
pub use hash::{HashFailed, Hasher, Verdict};
pub use policy::{PasswordPolicy, Rule};
pub use scheme::{ACCEPTED, Refused, Scheme};
pub use stored::recognize;
