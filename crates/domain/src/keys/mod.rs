//! The keys under which mail lies: that of each organization, which wraps those of its mailboxes, under which contents
//! are sealed (row B6).
//!
//! The key of an organization is wrapped under the master key, or under a key of the customer's that never leaves the
//! system where it is kept. Who wants to read asks that system outside of every transaction; what it unwrapped is held
//! for [`reeve_base::limits::KEY_CACHE_TTL`] at most. A rotation makes a new generation and wraps mailbox keys anew;
//! no content is touched. Whether a key may be used is read from the database each time, so that switching it off or
//! destroying it holds at once for every server.

mod cache;
mod change_key;
mod cipher;
mod content;
mod destroy_organization_key;
mod failure;
mod organization_key;
mod reconcile;
mod rewrap;
mod show_organization_key;
mod switch_organization_key;

use std::str::FromStr;

use reeve_base::key_services::{CustomerKey, KeyContext, KeyFailure, WRAPPED_KEY_BYTES};
use reeve_base::{Invalid, Timestamp, random};
use reeve_store::tables::organizations::OrganizationRow;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::ctx::Ctx;
use crate::encryption_keys::{EncryptionKey, EncryptionKeyRef};
use crate::error::Error;

pub(crate) use cache::UnwrappedKeys;
pub(crate) use change_key::{FirstKey, first_key, keep_first};
pub use change_key::{rotate_organization_key, set_organization_key};
pub use cipher::SEALED_BYTES_MORE;
pub use content::{Content, keys_held, open_content, seal_content};
pub use destroy_organization_key::destroy_organization_key;
pub(crate) use failure::{reason, remedy};
pub(crate) use organization_key::ensure_managed;
pub use reconcile::reconcile;
pub use show_organization_key::show_organization_key;
pub use switch_organization_key::{disable_organization_key, enable_organization_key};

/// What the key of an organization is wrapped for.
const ORGANIZATION_KEY: &str = "organization key";

/// What a key is wrapped for that is thrown away at once.
const TRIAL: &str = "trial";

/// Whether the key of an organization may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// It is in use.
    Active,
    /// An administrator switched it off: nothing under it is read or written.
    Disabled,
    /// It was destroyed: what was under it stays unreadable for ever.
    Destroyed,
    /// A newer generation took its place; it stays until every mailbox key under it was wrapped anew.
    Former,
}

impl KeyState {
    const ALL: [Self; 4] = [Self::Active, Self::Disabled, Self::Destroyed, Self::Former];

    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Destroyed => "destroyed",
            Self::Former => "former",
        }
    }
}

impl FromStr for KeyState {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let known = Self::ALL.into_iter().find(|state| state.word() == text);
        known.ok_or_else(|| Invalid::new("state", "must be active, disabled, destroyed or former"))
    }
}

/// Under what the key of an organization is to be wrapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyChoice {
    /// Under the master key of the deployment.
    Managed,
    /// Under a key of the customer's.
    Customer(EncryptionKeyRef),
}

impl FromStr for KeyChoice {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text == "managed" { Ok(Self::Managed) } else { text.parse().map(Self::Customer) }
    }
}

/// One generation of the key of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyGeneration {
    /// Its number; it goes up by each rotation.
    pub generation: i64,
    /// Whether it may be used.
    pub state: KeyState,
    /// The customer's key that it is wrapped under; `None` for the master key.
    pub encryption_key: Option<EncryptionKey>,
    /// Mailboxes whose keys are wrapped under it.
    pub mailboxes: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last looked at where it is kept.
    pub checked_at: Option<Timestamp>,
    /// Why it could not be used then.
    pub failure: Option<KeyFailure>,
}

impl KeyGeneration {
    /// Why it could not be used when it was last looked at, as a sentence without its full stop.
    pub fn reason(&self) -> Option<&'static str> {
        self.failure.map(reason)
    }

    /// What helps, likewise.
    pub fn remedy(&self) -> Option<&'static str> {
        self.failure.map(remedy)
    }

    /// The word for what it is wrapped under.
    pub fn kind(&self) -> &'static str {
        self.encryption_key.as_ref().map_or("managed", |key| key.kind.word())
    }
}

/// The key of an organization: its generations, the present one first. There is none before the first use of a key in
/// an organization that is older than keys are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationKey {
    /// The generations.
    pub generations: Vec<KeyGeneration>,
}

impl OrganizationKey {
    /// The generation in use.
    pub fn present(&self) -> Option<&KeyGeneration> {
        self.generations.first()
    }
}

/// What a key that is wrapped for an organization is bound to.
fn context(organization: &OrganizationRow, purpose: &'static str) -> KeyContext {
    let OrganizationRow { region, account_id, organization_id, .. } = organization;
    let organization = format!("arn:aws:workmail:{region}:{account_id}:organization/{organization_id}");
    KeyContext { organization, purpose }
}

/// Has a random key wrapped and unwrapped again under a customer's key.
pub(crate) async fn try_out(ctx: &Ctx, key: &CustomerKey) -> Result<Result<(), KeyFailure>, Error> {
    let settings = ctx.deployment().settings();
    let organization = format!("arn:aws:workmail:{}:{}:organization/m-{:032}", settings.region, ctx.need_account()?, 0);
    let context = KeyContext { organization, purpose: TRIAL };
    let plain = Zeroizing::new(random::bytes::<WRAPPED_KEY_BYTES>(ctx.random()));
    Ok(wrap_and_prove(ctx, key, &context, &plain).await.map(drop))
}

/// Has a key wrapped, and unwrapped again: nothing is put under a key that may wrap but not unwrap.
async fn wrap_and_prove(
    ctx: &Ctx,
    key: &CustomerKey,
    context: &KeyContext,
    plain: &[u8; WRAPPED_KEY_BYTES],
) -> Result<Vec<u8>, KeyFailure> {
    let services = &ctx.deployment().outside.key_services;
    let wrapped = services.wrap(key, context, plain).await?;
    let unwrapped = services.unwrap(key, context, &wrapped).await?;
    if bool::from(unwrapped.as_slice().ct_eq(plain.as_slice())) { Ok(wrapped) } else { Err(KeyFailure::Damaged) }
}
