//! Text that must never be printed, logged or compared in the open.

pub use secrecy::ExposeSecret;

/// A password or token. Its `Debug` is redacted and its memory is wiped when it is dropped.
pub type Secret = secrecy::SecretString;
