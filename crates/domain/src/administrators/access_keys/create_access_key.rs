//! Making an access key; its secret is shown this once.

use reeve_base::ids::AccessKeyId;
use reeve_base::limits::ACCESS_KEYS_PER_ADMINISTRATOR_MAX;
use reeve_base::names::{Network, Title};
use reeve_base::secret::ExposeSecret;
use reeve_base::{Secret, Timestamp};
use reeve_store::Tx;
use reeve_store::tables::access_keys::{self, AccessKeyRow};
use reeve_store::tables::administrators::AdministratorRow;

use super::{AccessKey, KeyStatus, check_expiry, subject, view, write_networks};
use crate::administrators::api_access::need_api_access;
use crate::administrators::passwords::letters;
use crate::administrators::{AdministratorRef, find};
use crate::audit::{self, Change};
use crate::ctx::{Actor, Ctx};
use crate::error::Error;
use crate::operations::CREATE_ACCESS_KEY;
use crate::policies::{self, PolicyRef};
use crate::sealing;

/// What secrets consist of: the letters of base64, as AWS clients expect.
const SECRET_LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// How many of them, as AWS clients expect: 240 bits.
const SECRET_CHARS: usize = 40;

/// An access key that is to be.
#[derive(Debug, Clone)]
pub struct NewAccessKey {
    /// Its name.
    pub name: Title,
    /// When it ends, if it does.
    pub expires_at: Option<Timestamp>,
    /// From where it may be used; empty for anywhere.
    pub source_networks: Vec<Network>,
    /// The policy beyond which it never reaches.
    pub limit_policy: Option<PolicyRef>,
}

/// An access key that was made.
#[derive(Debug, Clone)]
pub struct CreatedAccessKey {
    /// The key.
    pub key: AccessKey,
    /// Its secret; shown this once.
    pub secret: Secret,
}

/// Makes an access key for an administrator.
///
/// Errors: `WrongState` without API access, `LimitReached`, `Invalid` for an end that has come, `NotFound` for a policy
/// that is not there.
pub async fn create_access_key(ctx: &Ctx, who: AdministratorRef, new: NewAccessKey) -> Result<CreatedAccessKey, Error> {
    let networks = write_networks(&new.source_networks)?;
    let id = AccessKeyId::generate(ctx.random());
    let secret = letters(SECRET_LETTERS, SECRET_CHARS, ctx.random());
    let master_key = &ctx.deployment().settings().master_key;
    let plain = secret.expose_secret().as_bytes();
    let sealed = sealing::seal(master_key, sealing::ACCESS_KEY, id.as_str(), plain, ctx.random())?;
    let key = ctx
        .write(move |tx, ctx| {
            let owner = find(tx, ctx, &CREATE_ACCESS_KEY, &who)?;
            need_api_access(&owner)?;
            check_expiry(ctx, new.expires_at)?;
            need_room(tx, &owner)?;
            let limit = match &new.limit_policy {
                Some(policy) => Some(policies::named(tx, &owner.account_id, policy)?),
                None => None,
            };
            let row = AccessKeyRow {
                access_key_id: id.to_string(),
                account_id: owner.account_id.clone(),
                administrator_id: owner.administrator_id.clone(),
                name: new.name.to_string(),
                secret: sealed.clone(),
                status: KeyStatus::Active.word().to_owned(),
                source_networks: networks.clone(),
                limit_policy: limit.as_ref().map(|policy| policy.id.to_string()).unwrap_or_default(),
                expires_at: new.expires_at.map(Timestamp::millis),
                created_at: ctx.now().millis(),
                created_by: maker(ctx),
                used_at: None,
                used_address: String::new(),
                version: 1,
            };
            access_keys::insert(tx, &row)?;
            let limit = limit.map(|policy| policy.name);
            audit::record(tx, ctx, &CREATE_ACCESS_KEY, subject(&row), &made(&owner, &row, limit))?;
            view(tx, row)
        })
        .await?;
    Ok(CreatedAccessKey { key, secret })
}

fn need_room(tx: &mut Tx<'_>, owner: &AdministratorRow) -> Result<(), Error> {
    let there = usize::try_from(access_keys::count(tx, &owner.administrator_id)?).unwrap_or(usize::MAX);
    if there >= ACCESS_KEYS_PER_ADMINISTRATOR_MAX {
        let what = "access keys of an administrator";
        return Err(Error::LimitReached { what, limit: ACCESS_KEYS_PER_ADMINISTRATOR_MAX });
    }
    Ok(())
}

/// Who makes it, for people to read.
fn maker(ctx: &Ctx) -> String {
    match ctx.actor() {
        Actor::Administrator { username, .. } => username.clone(),
        Actor::Operator { .. } => "local operator".to_owned(),
        Actor::System { .. } | Actor::Anonymous => String::new(),
    }
}

fn made(owner: &AdministratorRow, row: &AccessKeyRow, limit: Option<String>) -> Vec<Change> {
    let mut changes = vec![Change::made("administrator", &owner.username), Change::made("name", &row.name)];
    let networks = Some(row.source_networks.clone()).filter(|networks| !networks.is_empty());
    let end = row.expires_at.map(|end| Timestamp::from_millis(end).to_string());
    let said = [("expires_at", end), ("source_networks", networks), ("limit_policy", limit)];
    changes.extend(said.into_iter().filter_map(|(field, said)| said.map(|said| Change::made(field, said))));
    changes
}
