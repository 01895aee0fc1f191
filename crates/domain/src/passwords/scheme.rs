//! The ways of storing a password that sign-in understands, and why others are refused.

use std::fmt;

/// The schemes that `recognize` accepts, for messages and help texts.
pub const ACCEPTED: &str = "argon2id, argon2i, argon2d, bcrypt ($2a$, $2b$, $2y$), SHA-512-crypt ($6$), \
                            SHA-256-crypt ($5$), PBKDF2 with SHA-256 or SHA-512, and scrypt";

/// A way of storing passwords that sign-in understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Argon2id (RFC 9106), which Reeve itself uses.
    Argon2id,
    /// Argon2i.
    Argon2i,
    /// Argon2d.
    Argon2d,
    /// bcrypt in its versions 2a, 2b and 2y.
    Bcrypt,
    /// SHA-512-crypt, the long-time default of Linux.
    Sha512Crypt,
    /// SHA-256-crypt.
    Sha256Crypt,
    /// PBKDF2 with HMAC-SHA-256.
    Pbkdf2Sha256,
    /// PBKDF2 with HMAC-SHA-512.
    Pbkdf2Sha512,
    /// scrypt (RFC 7914).
    Scrypt,
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Argon2id => "argon2id",
            Self::Argon2i => "argon2i",
            Self::Argon2d => "argon2d",
            Self::Bcrypt => "bcrypt",
            Self::Sha512Crypt => "SHA-512-crypt",
            Self::Sha256Crypt => "SHA-256-crypt",
            Self::Pbkdf2Sha256 => "PBKDF2-SHA-256",
            Self::Pbkdf2Sha512 => "PBKDF2-SHA-512",
            Self::Scrypt => "scrypt",
        })
    }
}

/// Why a hashed password is not taken over. Never repeats the hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// It follows no known scheme.
    Unknown,
    /// Its scheme can be searched through so fast that taking it over would expose the password.
    Weak {
        /// The scheme that it looks like.
        scheme: &'static str,
    },
    /// It follows a known scheme and is damaged.
    Malformed {
        /// The scheme.
        scheme: Scheme,
    },
    /// Its parameters are out of bounds.
    Parameters {
        /// The scheme.
        scheme: Scheme,
        /// Which parameter, as a noun.
        what: &'static str,
        /// Least value.
        min: u32,
        /// Greatest value.
        max: u32,
    },
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => write!(f, "this is not a password hash that is understood; accepted are {ACCEPTED}"),
            Self::Weak { scheme } => write!(
                f,
                "{scheme} is too weak to take over; give this person a new password, or a hash by one of {ACCEPTED}"
            ),
            Self::Malformed { scheme } => {
                write!(f, "this {scheme} hash is damaged; copy it whole, from its first to its last character")
            }
            Self::Parameters { scheme, what, min, max } => write!(
                f,
                "the {what} of this {scheme} hash must be between {min} and {max}; give this person a new password"
            ),
        }
    }
}

impl std::error::Error for Refused {}
