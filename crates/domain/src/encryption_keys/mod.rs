//! Keys of customers, kept in systems of their own: where each is, and what lets us use it (row B6).
//!
//! An account has them; organizations choose among them. The secret is sealed and never shown. The address to which a
//! secret is sent changes only together with the secret, so that nobody sends it elsewhere who does not know it.

mod create_encryption_key;
mod delete_encryption_key;
mod edit_encryption_key;
mod list_encryption_keys;
mod provider;
mod reference;
mod test_encryption_key;

use std::fmt;
use std::str::FromStr;

use reeve_base::ids::{AccountId, EncryptionKeyId};
use reeve_base::key_services::CustomerKey;
use reeve_base::names::Title;
use reeve_base::{Invalid, Timestamp, text};
use reeve_store::Tx;
use reeve_store::tables::encryption_keys::{self as rows, EncryptionKeyRow};

use crate::audit::Subject;
use crate::ctx::{Ctx, stored};
use crate::error::Error;

pub use create_encryption_key::{CreatedEncryptionKey, create_encryption_key};
pub use delete_encryption_key::delete_encryption_key;
pub use edit_encryption_key::{EncryptionKeyEdit, edit_encryption_key};
pub use list_encryption_keys::{list_encryption_keys, show_encryption_key};
pub use provider::NewEncryptionKey;
pub use test_encryption_key::{KeyProbe, test_encryption_key};

/// What refusals call it.
pub(crate) const WHAT: &str = "encryption key";

/// In what kind of system a key is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// AWS KMS, or what speaks like it.
    AwsKms,
    /// A hardware security module, or what speaks like one.
    Pkcs11,
    /// The transit engine of Vault or OpenBao.
    VaultTransit,
}

impl KeyKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::AwsKms, Self::Pkcs11, Self::VaultTransit];

    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::AwsKms => "aws_kms",
            Self::Pkcs11 => "pkcs11",
            Self::VaultTransit => "vault_transit",
        }
    }
}

impl FromStr for KeyKind {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let known = Self::ALL.into_iter().find(|kind| kind.word() == text);
        known.ok_or_else(|| Invalid::new("kind", "must be aws_kms, pkcs11 or vault_transit"))
    }
}

/// A key of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncryptionKey {
    /// Its id.
    pub id: EncryptionKeyId,
    /// The account that may use it.
    pub account_id: AccountId,
    /// The region that is served, as it stands in ARNs.
    pub region: String,
    /// Its name, unique in the account, case aside.
    pub name: Title,
    /// In what kind of system it is kept.
    pub kind: KeyKind,
    /// What it is called there.
    pub reference: String,
    /// Where that system is; `None` for Amazon's own, and for a library.
    pub address: Option<String>,
    /// The access key by which AWS KMS is asked.
    pub access_key_id: Option<String>,
    /// When it was made known.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Goes up with every change.
    pub version: i64,
}

impl EncryptionKey {
    /// The Amazon resource name under which doors that know only such names find it:
    /// `arn:aws:kms:<region>:<account>:key/<id>`.
    pub fn arn(&self) -> String {
        format!("arn:aws:kms:{}:{}:key/{}", self.region, self.account_id, self.id)
    }

    pub(crate) fn from_row(ctx: &Ctx, row: &EncryptionKeyRow) -> Result<Self, Error> {
        let settings = provider::Kept::read(row)?;
        Ok(Self {
            id: stored(row.key_id.parse())?,
            account_id: stored(row.account_id.parse())?,
            region: ctx.deployment().settings().region.clone(),
            name: stored(Title::parse("name", &row.name))?,
            kind: stored(row.kind.parse())?,
            reference: row.reference.clone(),
            address: settings.address,
            access_key_id: settings.access_key_id,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
            version: row.version,
        })
    }
}

/// How a caller names an encryption key: by id, by name, by ARN, or by what it is called where it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncryptionKeyRef(String);

impl FromStr for EncryptionKeyRef {
    type Err = Invalid;

    /// Anything can be sought; what is none of these is simply not found.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for EncryptionKeyRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Finds a key of the actor's account. Decides nothing: whoever asks decides first.
pub(crate) fn seek(tx: &mut Tx<'_>, ctx: &Ctx, reference: &EncryptionKeyRef) -> Result<EncryptionKeyRow, Error> {
    let account = ctx.need_account()?;
    let sought = reference.0.as_str();
    let unknown = || Error::not_found(WHAT, reference);
    // No name holds a control character, and a database refuses to be asked for some of them.
    if sought.contains(char::is_control) {
        return Err(unknown());
    }
    let ours = format!("arn:aws:kms:{}:{account}:key/", ctx.deployment().settings().region);
    let id = sought.strip_prefix(ours.as_str()).unwrap_or(sought);
    if let Some(row) = rows::by_id(tx, account.as_str(), id)? {
        return Ok(row);
    }
    if let Some(row) = rows::by_name_key(tx, account.as_str(), &text::fold(sought))? {
        return Ok(row);
    }
    rows::by_reference(tx, account.as_str(), sought)?.ok_or_else(unknown)
}

/// Where the key of a row is, with what lets us use it.
pub(crate) fn customer_key(ctx: &Ctx, row: &EncryptionKeyRow) -> Result<CustomerKey, Error> {
    provider::open(ctx, row)
}

/// What the event of a change to a key is about.
fn subject(row: &EncryptionKeyRow) -> Subject<'_> {
    Subject { account_id: &row.account_id, organization: None, id: &row.key_id, name: &row.name, made: None }
}

fn taken(name: &str) -> Error {
    let why = format!("an encryption key of this account has the name \"{name}\"; choose another");
    Error::NameTaken { field: "name", why }
}
