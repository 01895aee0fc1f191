//! Adding an administrator (seed 004 "Adding a New User"; row A3).

use reeve_base::ids::AdministratorId;
use reeve_base::limits::ADMINISTRATORS_PER_ACCOUNT_MAX;
use reeve_base::names::{EmailAddress, ProfileText};
use reeve_base::text::fold;
use reeve_base::{Secret, Timestamp};
use reeve_store::Tx;
use reeve_store::tables::administrators::{self, AdministratorRow, Filter};

use super::{Administrator, AdministratorStatus, Judge, prepare, subject, view};
use crate::access::{self, Target};
use crate::audit::{self, Change};
use crate::client_tokens;
use crate::ctx::{AdministratorRole, Ctx};
use crate::error::Error;
use crate::operations::ADD_ADMINISTRATOR;
use crate::policies::{self, NewAttachment};

/// An administrator who is to be.
#[derive(Debug, Clone)]
pub struct NewAdministrator {
    /// Their username, which never changes and is never used again.
    pub username: EmailAddress,
    /// Their first name.
    pub first_name: ProfileText,
    /// Their last name.
    pub last_name: ProfileText,
    /// Their password; one is made up when unsaid.
    pub password: Option<Secret>,
    /// Whether they may sign in.
    pub status: AdministratorStatus,
    /// What they may do in principle.
    pub role: AdministratorRole,
    /// The policies they get; none for an account admin.
    pub policies: Vec<NewAttachment>,
}

/// An administrator who was added.
#[derive(Debug, Clone)]
pub struct AddedAdministrator {
    /// The administrator.
    pub administrator: Administrator,
    /// The password, when it was made up; shown this once, and not to a retry.
    pub password: Option<Secret>,
    /// Whether an earlier try with the same client token added them.
    pub replayed: bool,
}

/// Adds an administrator to the account.
///
/// Errors: `NameTaken` for a username that anybody in the deployment has or had, `PasswordRefused`, `Invalid` for
/// policies given to an account admin, `LimitReached`.
pub async fn add_administrator(ctx: &Ctx, new: NewAdministrator) -> Result<AddedAdministrator, Error> {
    refuse_policies_of_admins(new.role, &new.policies)?;
    ctx.read(|tx, ctx| access::decide(tx, ctx, &ADD_ADMINISTRATOR, Target::Account(ctx.need_account()?.as_str())))
        .await?;
    let about = vec![new.username.to_string(), new.first_name.to_string(), new.last_name.to_string()];
    let prepared = prepare(ctx, Judge::of_new(about), new.password.clone()).await?;
    let id = AdministratorId::generate(ctx.now(), ctx.random());
    let generated = prepared.generated.clone();
    let (administrator, replayed) = ctx
        .write(move |tx, ctx| {
            let account = ctx.need_account()?.as_str();
            access::decide(tx, ctx, &ADD_ADMINISTRATOR, Target::Account(account))?;
            if let Some(made) = client_tokens::made_before(tx, ctx, &ADD_ADMINISTRATOR)? {
                let row = administrators::by_id(tx, &made)?;
                let row = row.ok_or_else(|| Error::not_found("administrator", made))?;
                return Ok((view(tx, ctx, row)?, true));
            }
            let row = NewRow {
                account_id: account,
                id: &id,
                username: &new.username,
                first_name: &new.first_name,
                last_name: &new.last_name,
                password_hash: &prepared.hash,
                role: new.role,
                status: new.status,
            }
            .row(ctx.now());
            insert(tx, ctx, &row, &new.policies)?;
            client_tokens::note(tx, ctx, &ADD_ADMINISTRATOR, &row.administrator_id)?;
            Ok((view(tx, ctx, row)?, false))
        })
        .await?;
    Ok(AddedAdministrator { administrator, password: generated.filter(|_| !replayed), replayed })
}

/// Refuses policies for somebody who needs none and whom none would bind.
pub(super) fn refuse_policies_of_admins(role: AdministratorRole, policies: &[NewAttachment]) -> Result<(), Error> {
    if role == AdministratorRole::Admin && !policies.is_empty() {
        let why = "an account admin may do everything and has no policies; leave them out, or make them general";
        return Err(Error::invalid("policies", why));
    }
    Ok(())
}

/// What a new row of an administrator is made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewRow<'a> {
    pub(crate) account_id: &'a str,
    pub(crate) id: &'a AdministratorId,
    pub(crate) username: &'a EmailAddress,
    pub(crate) first_name: &'a ProfileText,
    pub(crate) last_name: &'a ProfileText,
    pub(crate) password_hash: &'a str,
    pub(crate) role: AdministratorRole,
    pub(crate) status: AdministratorStatus,
}

impl NewRow<'_> {
    /// The row, without anything that comes later.
    pub(crate) fn row(&self, now: Timestamp) -> AdministratorRow {
        AdministratorRow {
            administrator_id: self.id.to_string(),
            account_id: self.account_id.to_owned(),
            username: self.username.to_string(),
            username_key: self.username.key(),
            first_name: self.first_name.to_string(),
            last_name: self.last_name.to_string(),
            first_key: fold(self.first_name.as_str()),
            last_key: fold(self.last_name.as_str()),
            role: self.role.word().to_owned(),
            status: self.status.word().to_owned(),
            password_hash: Some(self.password_hash.to_owned()),
            last_sign_in_at: None,
            api_access: false,
            api_password_hash: None,
            api_password_changed_at: None,
            api_password_used_at: None,
            api_password_limit: String::new(),
            second_factors: 0,
            created_at: now.millis(),
            updated_at: now.millis(),
            version: 1,
            password_breached_at: None,
        }
    }
}

fn insert(tx: &mut Tx<'_>, ctx: &Ctx, row: &AdministratorRow, policies: &[NewAttachment]) -> Result<(), Error> {
    let all = Filter {
        account_id: row.account_id.clone(),
        role: String::new(),
        status: String::new(),
        prefix: String::new(),
        prefix_end: String::new(),
    };
    let there = usize::try_from(administrators::count(tx, &all)?).unwrap_or(usize::MAX);
    if there >= ADMINISTRATORS_PER_ACCOUNT_MAX {
        return Err(Error::LimitReached {
            what: "administrators of an account",
            limit: ADMINISTRATORS_PER_ACCOUNT_MAX,
        });
    }
    if !administrators::insert(tx, row)? {
        return Err(name_taken(&row.username));
    }
    let mut changes: Vec<Change> = [
        ("username", &row.username),
        ("first_name", &row.first_name),
        ("last_name", &row.last_name),
        ("role", &row.role),
        ("status", &row.status),
    ]
    .into_iter()
    .filter(|(_, said)| !said.is_empty())
    .map(|(field, said)| Change::made(field, said))
    .collect();
    changes.push(Change::made("password", "(set)"));
    if !policies.is_empty() {
        changes.extend(policies::replace_attachments(tx, ctx, row, policies)?);
    }
    audit::record(tx, ctx, &ADD_ADMINISTRATOR, subject(row), &changes)
}

/// The refusal of a username that somebody has or had.
pub(crate) fn name_taken(username: &str) -> Error {
    Error::NameTaken {
        field: "username",
        why: format!("the username {username} is taken; usernames are never used again"),
    }
}
