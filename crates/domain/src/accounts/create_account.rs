//! Making an account with its first administrator: by `reeve setup` once, by the operator later.

use reeve_base::Secret;
use reeve_base::ids::{AccountId, AdministratorId};
use reeve_base::names::{EmailAddress, ProfileText, Title};
use reeve_store::Tx;
use reeve_store::tables::accounts::{self, AccountRow};
use reeve_store::tables::administrators::{self as rows, AdministratorRow};

use super::Account;
use crate::access::{self, Target};
use crate::administrators::{self, Administrator, AdministratorStatus, Judge, NewRow, prepare};
use crate::audit::{self, Change, Subject};
use crate::client_tokens;
use crate::ctx::{AdministratorRole, Ctx};
use crate::error::Error;
use crate::operations::{CREATE_ACCOUNT, Resource};

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
    ctx.read(|tx, ctx| access::decide(tx, ctx, &CREATE_ACCOUNT, Target::Deployment)).await?;
    make(ctx, new, false).await
}

/// Makes the first account of an empty deployment.
///
/// Errors: `Conflict` when there is an account already; setup never opens again.
pub async fn set_up(ctx: &Ctx, new: NewAccount) -> Result<CreatedAccount, Error> {
    make(ctx, new, true).await
}

async fn make(ctx: &Ctx, new: NewAccount, only_first: bool) -> Result<CreatedAccount, Error> {
    let about = vec![new.username.to_string(), new.first_name.to_string(), new.last_name.to_string()];
    let prepared = prepare(ctx, Judge::of_new(about), new.password.clone()).await?;
    let account_id = AccountId::generate(ctx.random());
    let administrator_id = AdministratorId::generate(ctx.now(), ctx.random());
    let generated = prepared.generated.clone();
    let (account, administrator, replayed) = ctx
        .write(move |tx, ctx| {
            access::decide(tx, ctx, &CREATE_ACCOUNT, Target::Deployment)?;
            if only_first && !accounts::all(tx, 1)?.is_empty() {
                return Err(Error::Conflict {
                    why: "this deployment is set up already; sign in, or use the local command line".to_owned(),
                });
            }
            let (account, administrator, replayed) = match made_before(tx, ctx, &new)? {
                Some((account, administrator)) => (account, administrator, true),
                None => {
                    let (account, administrator) =
                        insert(tx, ctx, &new, (&account_id, &administrator_id), &prepared.hash)?;
                    (account, administrator, false)
                }
            };
            Ok((Account::from_row(account)?, administrators::view(tx, ctx, administrator)?, replayed))
        })
        .await?;
    Ok(CreatedAccount { account, administrator, password: generated.filter(|_| !replayed), replayed })
}

/// What the same request made before, if it did.
fn made_before(tx: &mut Tx<'_>, ctx: &Ctx, new: &NewAccount) -> Result<Option<(AccountRow, AdministratorRow)>, Error> {
    let Some(made) = client_tokens::made_before(tx, ctx, &CREATE_ACCOUNT)? else { return Ok(None) };
    let account = accounts::by_id(tx, &made)?;
    let administrator = rows::by_key(tx, &new.username.key())?;
    account.zip(administrator).map(Some).ok_or_else(|| Error::not_found("account", made))
}

fn insert(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    new: &NewAccount,
    (account_id, administrator_id): (&AccountId, &AdministratorId),
    hash: &str,
) -> Result<(AccountRow, AdministratorRow), Error> {
    let first = NewRow {
        account_id: account_id.as_str(),
        id: administrator_id,
        username: &new.username,
        first_name: &new.first_name,
        last_name: &new.last_name,
        password_hash: hash,
        role: AdministratorRole::Admin,
        status: AdministratorStatus::Active,
    };
    let administrator = first.row(ctx.now());
    if !accounts::insert(tx, account_id.as_str(), new.name.as_str(), ctx.now().millis())? {
        return Err(Error::Unavailable);
    }
    if !rows::insert(tx, &administrator)? {
        return Err(administrators::name_taken(&administrator.username));
    }
    let account = accounts::by_id(tx, account_id.as_str())?
        .ok_or_else(|| Error::internal("an account that was just written is not there"))?;
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
    Ok((account, administrator))
}
