//! Making an account with its first administrator: by `reeve setup` once, by the operator later.

use std::sync::Arc;

use reeve_base::Secret;
use reeve_base::ids::{AccountId, AdministratorId};
use reeve_base::names::{EmailAddress, ProfileText, Title};
use reeve_store::Tx;
use reeve_store::tables::accounts::{self, AccountRow};
use reeve_store::tables::administrators::{self, AdministratorRow};

use super::Account;
use crate::access::{self, Target};
use crate::administrators::Administrator;
use crate::audit::{self, Change, Subject};
use crate::client_tokens;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::{CREATE_ACCOUNT, Resource};
use crate::passwords::{self, PasswordPolicy};

/// An account that is to be, and its first administrator.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The name of the account.
    pub name: Title,
    /// The administrator's username, which never changes.
    pub username: EmailAddress,
    /// The administrator's first name.
    pub first_name: ProfileText,
    /// The administrator's last name.
    pub last_name: ProfileText,
    /// The administrator's password; one is made up when unsaid.
    pub password: Option<Secret>,
}

/// An account that was made.
#[derive(Debug, Clone)]
pub struct CreatedAccount {
    /// The account.
    pub account: Account,
    /// Its administrator.
    pub administrator: Administrator,
    /// The password, when it was made up; shown this once.
    pub password: Option<Secret>,
    /// Whether an earlier try with the same client token made it; a password is not shown again.
    pub replayed: bool,
}

/// Makes an account and its first administrator, an account admin.
///
/// Errors: `Denied` to all but the operator, `NameTaken` for a username in use, `PasswordRefused`.
pub async fn create_account(ctx: &Ctx, new: NewAccount) -> Result<CreatedAccount, Error> {
    ctx.read(|_, ctx| access::decide(ctx, &CREATE_ACCOUNT, Target::Deployment)).await?;
    make(ctx, new, false).await
}

/// Makes the first account of an empty deployment.
///
/// Errors: `Conflict` when there is an account already; setup never opens again.
pub async fn set_up(ctx: &Ctx, new: NewAccount) -> Result<CreatedAccount, Error> {
    make(ctx, new, true).await
}

async fn make(ctx: &Ctx, new: NewAccount, only_first: bool) -> Result<CreatedAccount, Error> {
    let policy = PasswordPolicy::default();
    let about = [new.username.as_str(), new.first_name.as_str(), new.last_name.as_str()];
    let (password, generated) = match &new.password {
        Some(typed) => {
            policy.check(typed, &about).map_err(Error::PasswordRefused)?;
            (typed.clone(), None)
        }
        None => {
            let made =
                passwords::generate(&policy, &about, ctx.random()).map_err(|why| Error::internal(why.to_string()))?;
            (made.clone(), Some(made))
        }
    };
    let deployment = ctx.deployment();
    let hash = deployment.credentials.hash(Arc::clone(&deployment.random), password).await?;
    let account_id = AccountId::generate(ctx.random());
    let administrator_id = AdministratorId::generate(ctx.now(), ctx.random());
    let (account, administrator, replayed) = ctx
        .write(move |tx, ctx| {
            let ids = (&account_id, &administrator_id);
            insert(tx, ctx, &new, ids, (&hash, only_first))
        })
        .await?;
    Ok(CreatedAccount {
        account: Account::from_row(account)?,
        administrator: Administrator::from_row(administrator)?,
        password: generated.filter(|_| !replayed),
        replayed,
    })
}

fn insert(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    new: &NewAccount,
    (account_id, administrator_id): (&AccountId, &AdministratorId),
    (hash, only_first): (&str, bool),
) -> Result<(AccountRow, AdministratorRow, bool), Error> {
    access::decide(ctx, &CREATE_ACCOUNT, Target::Deployment)?;
    if only_first && !accounts::all(tx, 1)?.is_empty() {
        return Err(Error::Conflict {
            why: "this deployment is set up already; sign in, or use the local command line".to_owned(),
        });
    }
    if let Some(made) = client_tokens::made_before(tx, ctx, &CREATE_ACCOUNT)? {
        let account = accounts::by_id(tx, &made)?;
        let administrator = administrators::by_key(tx, &new.username.key())?;
        let both = account.zip(administrator).ok_or_else(|| Error::not_found("account", made))?;
        return Ok((both.0, both.1, true));
    }
    let now = ctx.now().millis();
    let account = AccountRow { account_id: account_id.to_string(), name: new.name.to_string(), created_at: now };
    let administrator = AdministratorRow {
        administrator_id: administrator_id.to_string(),
        account_id: account_id.to_string(),
        username: new.username.to_string(),
        username_key: new.username.key(),
        first_name: new.first_name.to_string(),
        last_name: new.last_name.to_string(),
        role: "admin".to_owned(),
        status: "active".to_owned(),
        password_hash: Some(hash.to_owned()),
        created_at: now,
        updated_at: now,
        version: 1,
    };
    if !accounts::insert(tx, &account)? {
        return Err(Error::Unavailable);
    }
    if !administrators::insert(tx, &administrator)? {
        return Err(Error::NameTaken {
            field: "username",
            why: format!("the username {} is taken; usernames are never used again", new.username),
        });
    }
    client_tokens::note(tx, ctx, &CREATE_ACCOUNT, &account.account_id)?;
    let subject = Subject {
        account_id: &account.account_id,
        organization: None,
        id: &account.account_id,
        name: &account.name,
        made: Some(Resource::Account),
    };
    let changes = [Change::made("name", &account.name), Change::made("administrator", &administrator.username)];
    audit::record(tx, ctx, &CREATE_ACCOUNT, subject, &changes)?;
    Ok((account, administrator, false))
}
