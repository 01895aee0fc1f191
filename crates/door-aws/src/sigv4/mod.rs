//! AWS Signature Version 4: from a request to whether it was signed with the secret of the key that it names.
//!
//! Pure: the head, the body, the secret and the time are passed in. Only what is signed is believed, so a request that
//! carries anything that would matter and is not signed is refused. Signing is for tests and benchmarks alone.

mod authorization;
mod claim;
mod moment;

pub use authorization::Authorization;
pub use claim::{Claim, Expected};
pub use moment::Moment;

use std::borrow::Cow;

/// Why a signature is not accepted; each kind has the name that AWS has for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// There is no signature.
    Missing,
    /// The signature, or what it needs, cannot be read.
    Incomplete(Cow<'static, str>),
    /// The signature is not of this request, this place, this time, or not with this secret.
    Invalid(Cow<'static, str>),
    /// There is no such key.
    UnknownKey,
}

impl Refused {
    fn incomplete(why: impl Into<Cow<'static, str>>) -> Self {
        Self::Incomplete(why.into())
    }

    fn invalid(why: impl Into<Cow<'static, str>>) -> Self {
        Self::Invalid(why.into())
    }
}
