//! Wraps keys under keys that are kept elsewhere: AWS KMS, hardware modules (PKCS#11), Vault transit.
//!
//! Holds no rule: which key an organization uses, and what follows from its loss, the domain says. Whoever is asked has
//! [`KEY_SERVICE_TIMEOUT`] to answer. Addresses that somebody named are judged as everywhere: what only this machine or
//! its network can reach is asked where the operator allows it. Nothing that the other side wrote leaves this crate.

mod aws_kms;
mod http;
mod pkcs11;
mod vault;

use std::path::PathBuf;
use std::sync::Arc;

use reeve_base::key_services::{AskingKeyService, CustomerKey, KeyContext, KeyFailure, KeyServices, WRAPPED_KEY_BYTES};
use reeve_base::limits::KEY_SERVICE_TIMEOUT;
use reeve_base::names::Network;
use zeroize::Zeroizing;

/// A key in the open; wiped when it is dropped.
type Plain = Zeroizing<[u8; WRAPPED_KEY_BYTES]>;

/// The purpose of a wrapped key, as it stands in what it is bound to.
const PURPOSE: &str = "reeve:purpose";

/// The organization of a wrapped key, under the name by which WorkMail binds it at AWS KMS.
const ORGANIZATION: &str = "aws:workmail:arn";

/// Every system that keeps keys.
pub struct KeyKeepers {
    aws_kms: aws_kms::AwsKms,
    pkcs11: pkcs11::Modules,
    vault: vault::Vault,
}

impl KeyKeepers {
    /// Asks whom everybody can reach and whom `allowed` names, and loads the libraries that `modules` names, each when
    /// it is first needed.
    ///
    /// Errors: a sentence, when the certificates of this machine cannot be used.
    pub fn new(allowed: Vec<Network>, modules: Vec<PathBuf>) -> Result<Self, String> {
        let gate = http::Gate::new(allowed);
        Ok(Self {
            aws_kms: aws_kms::AwsKms::new(gate.clone()),
            pkcs11: pkcs11::Modules::new(modules),
            vault: vault::Vault::new(gate)?,
        })
    }

    async fn wrap_now(
        &self,
        key: &CustomerKey,
        context: &KeyContext,
        plain: &[u8; WRAPPED_KEY_BYTES],
    ) -> Result<Vec<u8>, KeyFailure> {
        match key {
            CustomerKey::AwsKms { .. } => self.aws_kms.wrap(key, context, plain).await,
            CustomerKey::Pkcs11 { .. } => self.pkcs11.wrap(key, context, plain).await,
            CustomerKey::VaultTransit { .. } => self.vault.wrap(key, context, plain).await,
        }
    }

    async fn unwrap_now(&self, key: &CustomerKey, context: &KeyContext, wrapped: &[u8]) -> Result<Plain, KeyFailure> {
        match key {
            CustomerKey::AwsKms { .. } => self.aws_kms.unwrap(key, context, wrapped).await,
            CustomerKey::Pkcs11 { .. } => self.pkcs11.unwrap(key, context, wrapped).await,
            CustomerKey::VaultTransit { .. } => self.vault.unwrap(key, context, wrapped).await,
        }
    }
}

impl KeyServices for KeyKeepers {
    fn wrap<'a>(
        &'a self,
        key: &'a CustomerKey,
        context: &'a KeyContext,
        plain: &'a [u8; WRAPPED_KEY_BYTES],
    ) -> AskingKeyService<'a, Vec<u8>> {
        Box::pin(in_time(self.wrap_now(key, context, plain)))
    }

    fn unwrap<'a>(
        &'a self,
        key: &'a CustomerKey,
        context: &'a KeyContext,
        wrapped: &'a [u8],
    ) -> AskingKeyService<'a, Plain> {
        Box::pin(in_time(self.unwrap_now(key, context, wrapped)))
    }
}

async fn in_time<T>(asking: impl Future<Output = Result<T, KeyFailure>>) -> Result<T, KeyFailure> {
    tokio::time::timeout(KEY_SERVICE_TIMEOUT, asking).await.unwrap_or(Err(KeyFailure::TimedOut))
}

/// What a wrapped key is bound to, as one text: no part holds a NUL, so two contexts never run together.
fn bound_to(context: &KeyContext) -> Vec<u8> {
    [ORGANIZATION, &context.organization, PURPOSE, context.purpose].join("\0").into_bytes()
}

/// A key of the right length out of what was unwrapped.
fn plain(octets: &[u8]) -> Result<Plain, KeyFailure> {
    let mut plain = Zeroizing::new([0; WRAPPED_KEY_BYTES]);
    if octets.len() != plain.len() {
        return Err(KeyFailure::Damaged);
    }
    plain.copy_from_slice(octets);
    Ok(plain)
}

/// The port as the domain takes it.
impl From<KeyKeepers> for Arc<dyn KeyServices> {
    fn from(keepers: KeyKeepers) -> Self {
        Arc::new(keepers)
    }
}
