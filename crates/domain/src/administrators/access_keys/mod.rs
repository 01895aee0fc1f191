//! Access keys: named credentials of an administrator for programs, with an end, networks and a limit (row A7).
//!
//! A key reaches no further than its owner, and opens nothing while they are inactive or without API access. The
//! secret is kept sealed, since doors that verify signatures need it, and shown once.

mod create_access_key;
mod delete_access_key;
mod edit_access_key;
mod list_access_keys;

use reeve_base::ids::{AccessKeyId, AdministratorId};
use reeve_base::limits::NETWORKS_PER_KEY_MAX;
use reeve_base::names::{Network, Title};
use reeve_base::{Invalid, Timestamp};
use reeve_store::Tx;
use reeve_store::tables::access_keys::{self, AccessKeyRow};
use reeve_store::tables::administrators::AdministratorRow;

use std::str::FromStr;

use crate::audit::Subject;
use crate::ctx::{Ctx, stored};
use crate::error::Error;
use crate::policies::{self, PolicyName};

pub use create_access_key::{CreatedAccessKey, NewAccessKey, create_access_key};
pub use delete_access_key::delete_access_key;
pub use edit_access_key::{AccessKeyEdit, edit_access_key};
pub use list_access_keys::list_access_keys;

/// Whether an access key may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStatus {
    /// It may.
    Active,
    /// It opens nothing until it is active again.
    Inactive,
}

impl KeyStatus {
    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
        }
    }
}

impl FromStr for KeyStatus {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        [Self::Active, Self::Inactive]
            .into_iter()
            .find(|status| status.word() == text)
            .ok_or_else(|| Invalid::new("status", "must be active or inactive"))
    }
}

/// An access key, but for its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKey {
    /// Its id.
    pub id: AccessKeyId,
    /// Whose it is.
    pub administrator_id: AdministratorId,
    /// Its name.
    pub name: Title,
    /// Whether it may be used.
    pub active: bool,
    /// From where it may be used; empty for anywhere.
    pub source_networks: Vec<Network>,
    /// The policy beyond which it never reaches.
    pub limit_policy: Option<PolicyName>,
    /// When it ends, if it does.
    pub expires_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// The username of who made it.
    pub created_by: String,
    /// When it was last used, to the minute or so.
    pub last_used_at: Option<Timestamp>,
    /// From where it was last used.
    pub last_used_address: Option<String>,
    /// Goes up with every change.
    pub version: i64,
}

fn view(tx: &mut Tx<'_>, row: AccessKeyRow) -> Result<AccessKey, Error> {
    Ok(AccessKey {
        id: stored(row.access_key_id.parse())?,
        administrator_id: stored(row.administrator_id.parse())?,
        name: stored(Title::parse("name", &row.name))?,
        active: row.status == KeyStatus::Active.word(),
        source_networks: read_networks(&row.source_networks)?,
        limit_policy: policies::name_of(tx, &row.account_id, &row.limit_policy)?,
        expires_at: row.expires_at.map(Timestamp::from_millis),
        created_at: Timestamp::from_millis(row.created_at),
        created_by: row.created_by,
        last_used_at: row.used_at.map(Timestamp::from_millis),
        last_used_address: Some(row.used_address).filter(|address| !address.is_empty()),
        version: row.version,
    })
}

/// The key of an administrator with this id; a key of somebody else is not there.
fn find_key(tx: &mut Tx<'_>, owner: &AdministratorRow, id: &AccessKeyId) -> Result<AccessKeyRow, Error> {
    access_keys::by_id(tx, id.as_str())?
        .filter(|key| key.administrator_id == owner.administrator_id)
        .ok_or_else(|| Error::not_found("access key", id))
}

/// Reads blocks of addresses as they are stored.
pub(crate) fn read_networks(text: &str) -> Result<Vec<Network>, Error> {
    text.split_whitespace().map(|block| stored(Network::parse("source_networks", block))).collect()
}

/// Blocks of addresses as they are stored, each once.
fn write_networks(networks: &[Network]) -> Result<String, Error> {
    if networks.len() > NETWORKS_PER_KEY_MAX {
        return Err(Error::invalid("source_networks", format!("must be at most {NETWORKS_PER_KEY_MAX} blocks")));
    }
    let mut texts: Vec<String> = Vec::new();
    for text in networks.iter().map(ToString::to_string) {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    Ok(texts.join(" "))
}

/// Refuses an end that has come already.
fn check_expiry(ctx: &Ctx, expires_at: Option<Timestamp>) -> Result<(), Error> {
    if expires_at.is_some_and(|end| end <= ctx.now()) {
        return Err(Error::invalid("expires_at", "must lie in the future; leave it out for a key that does not end"));
    }
    Ok(())
}

/// What an event about a key is about.
fn subject(row: &AccessKeyRow) -> Subject<'_> {
    Subject { account_id: &row.account_id, organization: None, id: &row.access_key_id, name: &row.name, made: None }
}
