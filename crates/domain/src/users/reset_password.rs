//! Setting passwords under the policy of the directory, and forgiving wrong ones (ResetPassword; row C7).

use std::sync::Arc;

use reeve_base::limits::PASSWORD_BYTES_MAX;
use reeve_base::secret::ExposeSecret;
use reeve_base::{Invalid, Secret, Timestamp};
use reeve_store::Tx;
use reeve_store::tables::organizations::OrganizationRow;
use reeve_store::tables::passwords as history;
use reeve_store::tables::users::{self, UserRow};

use super::{Found, NewPassword, NewUser, User, UserRef, find_in, refuse_system_user, touch};
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::directories;
use crate::error::Error;
use crate::operations::{CREATE_USER, Operation, RESET_PASSWORD, UNLOCK_USER};
use crate::organizations::{self, Needs, OrganizationRef};
use crate::passwords::{self, PasswordPolicy};

/// A password that obeys its policy, hashed.
#[derive(Debug, Default)]
pub(super) struct Prepared {
    pub(super) hash: Option<String>,
    pub(super) generated: Option<Secret>,
}

/// What a password is judged by.
struct Judge {
    policy: PasswordPolicy,
    about: Vec<String>,
    previous: Vec<String>,
}

/// Readies the password of a user who is to be.
pub(super) async fn prepare_new(ctx: &Ctx, organization: &OrganizationRef, new: &NewUser) -> Result<Prepared, Error> {
    match &new.password {
        NewPassword::None => Ok(Prepared::default()),
        NewPassword::Hashed(hash) => accept_hash(hash),
        NewPassword::Typed(_) | NewPassword::Generated => {
            let reference = organization.clone();
            let policy = ctx
                .read(move |tx, ctx| {
                    let organization = organizations::find_in(tx, ctx, &CREATE_USER, &reference, Needs::Active)?;
                    directories::policy_of(tx, &organization)
                })
                .await?;
            prepare(ctx, &new.password, judge_new(policy, new)).await
        }
    }
}

/// Readies the password of a new row of an import, whose policy is known.
pub(super) async fn prepare_with(ctx: &Ctx, policy: PasswordPolicy, new: &NewUser) -> Result<Prepared, Error> {
    prepare(ctx, &new.password, judge_new(policy, new)).await
}

fn judge_new(policy: PasswordPolicy, new: &NewUser) -> Judge {
    let profile = &new.profile;
    let names = [&profile.display_name, &profile.first_name, &profile.last_name];
    let mut about = vec![new.name.to_string()];
    about.extend(new.email.as_ref().map(ToString::to_string));
    about.extend(names.into_iter().flatten().map(ToString::to_string));
    Judge { policy, about, previous: Vec::new() }
}

fn accept_hash(hash: &str) -> Result<Prepared, Error> {
    passwords::recognize(hash).map_err(|why| Invalid::new("password_hash", why.to_string()))?;
    Ok(Prepared { hash: Some(hash.to_owned()), generated: None })
}

/// Checks or makes up a password and hashes it, on the blocking pool.
async fn prepare(ctx: &Ctx, password: &NewPassword, judge: Judge) -> Result<Prepared, Error> {
    let about: Vec<&str> = judge.about.iter().map(String::as_str).collect();
    let (plain, generated) = match password {
        NewPassword::None => return Ok(Prepared::default()),
        NewPassword::Hashed(hash) => return accept_hash(hash),
        NewPassword::Typed(typed) => {
            if typed.expose_secret().len() > PASSWORD_BYTES_MAX {
                let max = judge.policy.length_max;
                return Err(Error::PasswordRefused(passwords::Rule::TooLong { max }));
            }
            judge.policy.check(typed, &about).map_err(Error::PasswordRefused)?;
            (typed.clone(), None)
        }
        NewPassword::Generated => {
            let made = passwords::generate(&judge.policy, &about, ctx.random())
                .map_err(|why| Error::internal(why.to_string()))?;
            (made.clone(), Some(made))
        }
    };
    let deployment = ctx.deployment();
    let random = Arc::clone(&deployment.random);
    let Judge { policy, previous, .. } = judge;
    let hash = deployment
        .credentials
        .run(move |hasher| {
            policy.check_history(&hasher, &plain, &previous).map_err(Error::PasswordRefused)?;
            hasher.hash(&plain, random.as_ref()).map_err(|why| Error::internal(why.to_string()))
        })
        .await??;
    Ok(Prepared { hash: Some(hash), generated })
}

/// Sets a user's password; answers with it when it was made up.
///
/// Sign-ins that were remembered are forgotten, and a lock for wrong passwords is lifted.
/// Errors: `PasswordRefused` naming the rule, `Reserved` for system users.
pub async fn reset_password(
    ctx: &Ctx,
    organization: OrganizationRef,
    user: UserRef,
    password: NewPassword,
) -> Result<Option<Secret>, Error> {
    if matches!(password, NewPassword::None) {
        return Err(Error::invalid("password", "must be given, or asked to be generated"));
    }
    let (reference, sought) = (organization.clone(), user.clone());
    let judge = ctx
        .read(move |tx, ctx| {
            let (organization, row) = find_in(tx, ctx, &RESET_PASSWORD, (&reference, &sought), Needs::Usable)?;
            refuse_system_user(&row)?;
            judge(tx, &organization, &row)
        })
        .await?;
    let prepared = prepare(ctx, &password, judge).await?;
    let hash = prepared.hash.ok_or_else(|| Error::internal("a password was readied and has no hash"))?;
    ctx.write(move |tx, ctx| {
        let (organization, row) = find_in(tx, ctx, &RESET_PASSWORD, (&organization, &user), Needs::Usable)?;
        ctx.check_version(row.version)?;
        set(tx, ctx, &organization, (row, &hash), &RESET_PASSWORD).map(drop)
    })
    .await?;
    Ok(prepared.generated)
}

fn judge(tx: &mut Tx<'_>, organization: &OrganizationRow, row: &UserRow) -> Result<Judge, Error> {
    let policy = directories::policy_of(tx, organization)?;
    let mut previous = Vec::new();
    if policy.history > 0 {
        previous.extend(row.password_hash.clone());
        previous.extend(history::latest(tx, (&row.directory_id, &row.user_id), policy.history.into())?);
    }
    let mut about = vec![row.name.clone(), row.display_name.clone(), row.first_name.clone(), row.last_name.clone()];
    about.extend(row.email.clone());
    about.retain(|text| !text.is_empty());
    Ok(Judge { policy, about, previous })
}

/// Writes a new hash over the old one, which history keeps as long as the policy asks.
pub(super) fn set(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    (mut row, hash): (UserRow, &str),
    operation: &Operation,
) -> Result<UserRow, Error> {
    refuse_system_user(&row)?;
    let keep = directories::policy_of(tx, organization)?.history;
    if let (Some(old), true) = (&row.password_hash, keep > 0) {
        let changed_at = row.password_changed_at.unwrap_or(row.created_at);
        history::add(tx, (&row.directory_id, &row.user_id), changed_at, old, keep.into())?;
    }
    row.password_hash = Some(hash.to_owned());
    row.password_changed_at = Some(ctx.now().millis());
    row.password_breached_at = None;
    row.failures = 0;
    row.locked_until = 0;
    touch(&mut row, ctx.now());
    users::update(tx, &row)?;
    let changes = [Change::made("password", "(set)")];
    audit::record(tx, ctx, operation, Subject::within(organization, &row.user_id, &row.name), &changes)?;
    Ok(row)
}

/// Forgives a user their wrong passwords.
pub async fn unlock_user(ctx: &Ctx, organization: OrganizationRef, user: UserRef) -> Result<User, Error> {
    let found = ctx
        .write(move |tx, ctx| {
            let (organization, mut row) = find_in(tx, ctx, &UNLOCK_USER, (&organization, &user), Needs::Usable)?;
            ctx.check_version(row.version)?;
            refuse_system_user(&row)?;
            let changes = held_against(&row, ctx.now());
            if !changes.is_empty() {
                row.failures = 0;
                row.locked_until = 0;
                users::set_failures(tx, &row)?;
                let subject = Subject::within(&organization, &row.user_id, &row.name);
                audit::record(tx, ctx, &UNLOCK_USER, subject, &changes)?;
            }
            Found::new(tx, &organization, row)
        })
        .await?;
    found.user(ctx.now())
}

/// What wrong passwords have brought upon a user.
fn held_against(row: &UserRow, now: Timestamp) -> Vec<Change> {
    let until = Timestamp::from_millis(row.locked_until);
    let lock = Some(until).filter(|until| *until > now).map(|until| Change::gone("locked_until", until.to_string()));
    let failures = Some(row.failures).filter(|count| *count > 0);
    lock.into_iter().chain(failures.map(|count| Change::gone("wrong_passwords", count.to_string()))).collect()
}
