//! Systems that keep keys which never leave them, and wrap other keys under those.

use std::future::Future;
use std::pin::Pin;

use crate::Secret;

/// Octets of a key that is wrapped: AES-256.
pub const WRAPPED_KEY_BYTES: usize = 32;

/// A key in a system of its own: where it is, and what lets us use it.
#[derive(Debug, Clone)]
pub enum CustomerKey {
    /// AWS KMS, or what speaks like it.
    AwsKms {
        /// The key's ARN: `arn:aws:kms:us-east-1:111122223333:key/…` or `…:alias/…`.
        arn: String,
        /// Where: empty for Amazon's own address in the region of the ARN.
        endpoint: String,
        /// The access key.
        access_key_id: String,
        /// Its secret.
        secret_access_key: Secret,
    },
    /// A hardware security module, or what speaks like one (PKCS#11 2.40).
    Pkcs11 {
        /// The module's library: one that the configuration allows.
        module: String,
        /// The label of the token.
        token: String,
        /// The label of the key: AES-256, which may encrypt and decrypt.
        label: String,
        /// The user's PIN.
        pin: Secret,
    },
    /// The transit engine of HashiCorp Vault or OpenBao.
    VaultTransit {
        /// Where: `https://vault.example.com:8200`.
        address: String,
        /// Where the engine is mounted, `transit` as a rule.
        mount: String,
        /// The key's name.
        name: String,
        /// The token.
        token: Secret,
    },
}

/// What a wrapped key is bound to: with another context it is not unwrapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyContext {
    /// The ARN of the organization; the encryption context `aws:workmail:arn` at AWS KMS.
    pub organization: String,
    /// What the wrapped key is for.
    pub purpose: &'static str,
}

/// Why a system that keeps keys did not do what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFailure {
    /// Its address, library, ARN or PIN cannot be what it is said to be.
    Malformed,
    /// It could not be reached, or its library or token is not there.
    Unreachable,
    /// Its address is one that is not asked.
    Forbidden,
    /// It does not prove to be who it should be.
    Insecure,
    /// No answer came in time.
    TimedOut,
    /// It asks to be left alone for a while.
    Throttled,
    /// It does not take the credentials, or they do not allow this.
    Denied,
    /// The key was switched off by its owner.
    Disabled,
    /// The key is not there, or waits for its deletion.
    Gone,
    /// The key is no symmetric key of 256 bits that encrypts and decrypts.
    Unsuitable,
    /// What was to be unwrapped is damaged, or was wrapped under another key or context.
    Damaged,
    /// It answered what cannot be read.
    Unintelligible,
}

impl KeyFailure {
    /// Every failure.
    pub const ALL: [Self; 12] = [
        Self::Malformed,
        Self::Unreachable,
        Self::Forbidden,
        Self::Insecure,
        Self::TimedOut,
        Self::Throttled,
        Self::Denied,
        Self::Disabled,
        Self::Gone,
        Self::Unsuitable,
        Self::Damaged,
        Self::Unintelligible,
    ];

    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Unreachable => "unreachable",
            Self::Forbidden => "forbidden",
            Self::Insecure => "insecure",
            Self::TimedOut => "timed_out",
            Self::Throttled => "throttled",
            Self::Denied => "denied",
            Self::Disabled => "disabled",
            Self::Gone => "gone",
            Self::Unsuitable => "unsuitable",
            Self::Damaged => "damaged",
            Self::Unintelligible => "unintelligible",
        }
    }
}

/// An answer that is awaited.
pub type AskingKeyService<'a, T> = Pin<Box<dyn Future<Output = Result<T, KeyFailure>> + Send + 'a>>;

/// Wraps keys under keys that are kept elsewhere.
pub trait KeyServices: Send + Sync {
    /// Wraps a key of [`WRAPPED_KEY_BYTES`] octets; what comes back holds all that is needed to unwrap it but the key.
    fn wrap<'a>(
        &'a self,
        key: &'a CustomerKey,
        context: &'a KeyContext,
        plain: &'a [u8; WRAPPED_KEY_BYTES],
    ) -> AskingKeyService<'a, Vec<u8>>;

    /// Unwraps it; whoever gets it wipes it.
    fn unwrap<'a>(
        &'a self,
        key: &'a CustomerKey,
        context: &'a KeyContext,
        wrapped: &'a [u8],
    ) -> AskingKeyService<'a, zeroize::Zeroizing<[u8; WRAPPED_KEY_BYTES]>>;
}

/// Knows no system that keeps keys.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoKeyServices;

impl KeyServices for NoKeyServices {
    fn wrap<'a>(
        &'a self,
        _: &'a CustomerKey,
        _: &'a KeyContext,
        _: &'a [u8; WRAPPED_KEY_BYTES],
    ) -> AskingKeyService<'a, Vec<u8>> {
        Box::pin(std::future::ready(Err(KeyFailure::Unreachable)))
    }

    fn unwrap<'a>(
        &'a self,
        _: &'a CustomerKey,
        _: &'a KeyContext,
        _: &'a [u8],
    ) -> AskingKeyService<'a, zeroize::Zeroizing<[u8; WRAPPED_KEY_BYTES]>> {
        Box::pin(std::future::ready(Err(KeyFailure::Unreachable)))
    }
}
