//! Creating a user, and enabling them in the same act when an address is given (CreateUser, RegisterToWorkMail).

use reeve_base::Secret;
use reeve_base::ids::UserId;
use reeve_base::names::{EmailAddress, UserName};
use reeve_store::Tx;
use reeve_store::tables::organizations::OrganizationRow;
use reeve_store::tables::users::{self, UserRow};

use super::profile::ProfileEdit;
use super::system_users::{blank, refuse_reserved};
use super::{Found, User, UserRole, reset_password, search};
use crate::access::{self, Target};
use crate::audit::{self, Change, Subject};
use crate::client_tokens;
use crate::ctx::Ctx;
use crate::entities::{self, Registrable};
use crate::error::Error;
use crate::holds::Taker;
use crate::operations::{CREATE_USER, ENABLE_USER, Operation};
use crate::organizations::{Needs, OrganizationRef, find_in};

/// Where a password comes from.
#[derive(Debug, Clone, Default)]
pub enum NewPassword {
    /// There is none; the user cannot sign in with one.
    #[default]
    None,
    /// Somebody typed it; it must obey the policy.
    Typed(Secret),
    /// It is made up here and shown once.
    Generated,
    /// It comes hashed from elsewhere and is hashed anew at the first sign-in.
    Hashed(String),
}

/// A user who is to be.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Their name.
    pub name: UserName,
    /// What is said of them; the display name must be.
    pub profile: ProfileEdit,
    /// Whether address books leave them out.
    pub hidden: bool,
    /// What they are.
    pub role: UserRole,
    /// Their primary address: with it they are enabled at once.
    pub email: Option<EmailAddress>,
    /// Their password.
    pub password: NewPassword,
}

/// A user who was made.
#[derive(Debug, Clone)]
pub struct CreatedUser {
    /// The user.
    pub user: User,
    /// The password, when it was made up; shown this once, and not to a retry.
    pub password: Option<Secret>,
    /// Whether an earlier try with the same client token made them.
    pub replayed: bool,
}

/// Creates a user, all or nothing.
///
/// Errors: `OrganizationState` unless Active (row B8), `NameTaken`, `Reserved`, `Invalid`, `PasswordRefused`; with an
/// address also `DomainNotFound`, `DomainUnverified` and `AddressTaken`.
pub async fn create_user(ctx: &Ctx, organization: OrganizationRef, new: NewUser) -> Result<CreatedUser, Error> {
    check(&new)?;
    let prepared = reset_password::prepare_new(ctx, &organization, &new).await?;
    let id = UserId::generate(ctx.now(), ctx.random());
    let reset_password::Prepared { hash, generated } = prepared;
    let (found, replayed) = ctx
        .write(move |tx, ctx| {
            let organization = find_in(tx, ctx, &CREATE_USER, &organization, Needs::Active)?;
            if let Some(made) = client_tokens::made_before(tx, ctx, &CREATE_USER)? {
                let row = users::by_id(tx, &organization.directory_id, &made)?;
                let row = row.ok_or_else(|| Error::not_found("user", made))?;
                return Ok((Found::new(tx, &organization, row)?, true));
            }
            let row = insert(tx, ctx, &organization, &new, ((&id, hash.as_deref()), &CREATE_USER))?;
            client_tokens::note(tx, ctx, &CREATE_USER, &row.user_id)?;
            Ok((Found::new(tx, &organization, row)?, false))
        })
        .await?;
    let password = generated.filter(|_| !replayed);
    Ok(CreatedUser { user: found.user(ctx.now())?, password, replayed })
}

/// What can be refused before anything is looked up.
pub(super) fn check(new: &NewUser) -> Result<(), Error> {
    new.role.assignable()?;
    new.profile.check()?;
    if new.profile.display_name.is_none() {
        return Err(Error::invalid("display_name", "must be given"));
    }
    refuse_reserved("username", new.name.as_str())
}

/// Writes a new user and, with an address, enables them. The caller has decided and checked.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    new: &NewUser,
    ((id, password_hash), operation): ((&UserId, Option<&str>), &Operation),
) -> Result<UserRow, Error> {
    let mut row = blank(ctx, &organization.directory_id, id, new.name.as_str());
    let mut changes = vec![Change::made("username", new.name.as_str()), Change::made("role", new.role.word())];
    changes.extend(new.profile.apply(&mut row).into_iter().map(|change| Change { before: None, ..change }));
    row.hidden = new.hidden;
    new.role.word().clone_into(&mut row.role);
    if let Some(hash) = password_hash {
        row.password_hash = Some(hash.to_owned());
        row.password_changed_at = Some(row.created_at);
        changes.push(Change::made("password", "(set)"));
    }
    entities::take_name(tx, ctx, (row.holder(), Taker::User(&row.display_name)), "username")?;
    if let Some(email) = &new.email {
        access::also(tx, ctx, &ENABLE_USER, Target::User(organization, &row))?;
        changes.extend(entities::register(tx, ctx, organization, (&mut row, email))?);
    }
    users::insert(tx, &row)?;
    search::add(tx, &row)?;
    audit::record(tx, ctx, operation, Subject::within(organization, &row.user_id, &row.name), &changes)?;
    Ok(row)
}
