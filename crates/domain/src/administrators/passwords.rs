//! Passwords of administrators: what they obey, how they are readied, and resetting one.
//!
//! They are hashed before the transaction that writes them, and only for somebody who may set them.

use std::sync::Arc;

use reeve_base::{Random, Secret, random};
use reeve_store::Tx;
use reeve_store::tables::administrators::{self, AdministratorRow};

use super::{AdministratorRef, end_all_sessions, find, refuse_self, save, sessions_gone};
use crate::audit::Change;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::{Operation, RESET_ADMINISTRATOR_PASSWORD};
use crate::passwords::{self, PasswordPolicy, Verdict};

/// What a new password of an administrator is judged by, besides the default policy.
#[derive(Debug, Clone)]
pub(crate) struct Judge {
    /// Their names, which it must not hold.
    pub(crate) about: Vec<String>,
    /// The hash of their other password, which it must not be.
    pub(crate) other_hash: Option<String>,
}

impl Judge {
    /// For the first password of somebody with these names.
    pub(crate) fn of_new(mut about: Vec<String>) -> Self {
        about.retain(|name| !name.is_empty());
        Self { about, other_hash: None }
    }

    /// For a new sign-in password of somebody who is there.
    pub(crate) fn for_sign_in(row: &AdministratorRow) -> Self {
        Self { about: names_of(row), other_hash: row.api_password_hash.clone() }
    }

    /// For a new API password.
    pub(super) fn for_api(row: &AdministratorRow) -> Self {
        Self { about: names_of(row), other_hash: row.password_hash.clone() }
    }
}

fn names_of(row: &AdministratorRow) -> Vec<String> {
    let mut names = vec![row.username.clone(), row.first_name.clone(), row.last_name.clone()];
    names.retain(|name| !name.is_empty());
    names
}

/// A password that may be set, hashed.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    /// Its hash.
    pub(crate) hash: String,
    /// The password, when it was made up.
    pub(crate) generated: Option<Secret>,
    /// The hash of the other password that a typed one was compared with: only beside it may this one be set.
    beside: Option<Option<String>>,
}

impl Prepared {
    /// Refuses to set a password beside another than the one that it was compared with.
    pub(crate) fn check_beside(&self, other_hash: Option<&String>) -> Result<(), Error> {
        match &self.beside {
            Some(compared) if compared.as_ref() != other_hash => Err(Error::Conflict {
                why: "another password of this administrator was changed at the same moment; try again".to_owned(),
            }),
            _ => Ok(()),
        }
    }
}

/// Checks a typed password, or makes one up, and hashes it on the blocking pool.
///
/// Errors: `PasswordRefused`; `Invalid` for the administrator's other password.
pub(crate) async fn prepare(ctx: &Ctx, judge: Judge, typed: Option<Secret>) -> Result<Prepared, Error> {
    let policy = PasswordPolicy::default();
    let about: Vec<&str> = judge.about.iter().map(String::as_str).collect();
    let Some(typed) = typed else {
        let made =
            passwords::generate(&policy, &about, ctx.random()).map_err(|why| Error::internal(why.to_string()))?;
        return hash_made_up(ctx, made).await;
    };
    policy.check(&typed, &about).map_err(Error::PasswordRefused)?;
    let deployment = ctx.deployment();
    let random = Arc::clone(&deployment.random);
    let other_hash = judge.other_hash.clone();
    let hash = deployment
        .credentials
        .run(move |hasher| {
            let same = |other: &str| matches!(hasher.verify(other, &typed), Verdict::Right { .. });
            if other_hash.as_deref().is_some_and(same) {
                let why = "must differ from the administrator's other password: one opens the console, one the APIs";
                return Err(Error::invalid("password", why));
            }
            hasher.hash(&typed, random.as_ref()).map_err(|why| Error::internal(why.to_string()))
        })
        .await??;
    Ok(Prepared { hash, generated: None, beside: Some(judge.other_hash) })
}

/// Hashes a password that nobody could have used elsewhere.
pub(super) async fn hash_made_up(ctx: &Ctx, made: Secret) -> Result<Prepared, Error> {
    let deployment = ctx.deployment();
    let hash = deployment.credentials.hash(Arc::clone(&deployment.random), made.clone()).await?;
    Ok(Prepared { hash, generated: Some(made), beside: None })
}

/// A secret for programs: so many of these letters, each equally likely but for one part in 2^56.
pub(super) fn letters(from: &[u8], count: usize, random: &dyn Random) -> Secret {
    let mut made = String::with_capacity(count);
    for _ in 0..count {
        let drawn = u64::from_le_bytes(random::bytes(random));
        let place = usize::try_from(drawn % (from.len() as u64).max(1)).unwrap_or(0);
        made.extend(from.get(place).copied().map(char::from));
    }
    Secret::from(made)
}

/// Sets the password of another administrator; answers with it when it was made up.
///
/// Their sessions end, and wrong passwords are forgiven.
/// Errors: `SelfForbidden` for one's own, which is changed with the old one; `PasswordRefused`, `Invalid`.
pub async fn reset_administrator_password(
    ctx: &Ctx,
    who: AdministratorRef,
    password: Option<Secret>,
) -> Result<Option<Secret>, Error> {
    let sought = who.clone();
    let judge = ctx
        .read(move |tx, ctx| {
            let row = find(tx, ctx, &RESET_ADMINISTRATOR_PASSWORD, &sought)?;
            ctx.check_version(row.version)?;
            refuse_self(ctx, &row)?;
            Ok(Judge::for_sign_in(&row))
        })
        .await?;
    let prepared = prepare(ctx, judge, password).await?;
    let generated = prepared.generated.clone();
    ctx.write(move |tx, ctx| {
        let operation: &Operation = &RESET_ADMINISTRATOR_PASSWORD;
        let mut row = find(tx, ctx, operation, &who)?;
        ctx.check_version(row.version)?;
        refuse_self(ctx, &row)?;
        let changes = set(tx, &mut row, &prepared)?;
        save(tx, ctx, operation, &mut row, &changes)
    })
    .await?;
    Ok(generated)
}

/// Puts a readied password into a row and ends what the old one opened; says what changed.
pub(super) fn set(tx: &mut Tx<'_>, row: &mut AdministratorRow, prepared: &Prepared) -> Result<Vec<Change>, Error> {
    prepared.check_beside(row.api_password_hash.as_ref())?;
    row.password_hash = Some(prepared.hash.clone());
    row.password_breached_at = None;
    administrators::clear_failures(tx, &row.username_key)?;
    let ended = end_all_sessions(tx, row)?;
    Ok([Change::made("password", "(set)")].into_iter().chain(sessions_gone(ended)).collect())
}

#[cfg(test)]
mod tests {
    use reeve_base::random::OsRandom;
    use reeve_base::secret::ExposeSecret;

    use super::*;

    #[test]
    fn letters_are_of_those_named_and_as_many() {
        let made = letters(b"AB", 200, &OsRandom);
        let made = made.expose_secret();
        assert_eq!(made.len(), 200);
        assert!(made.bytes().all(|b| b"AB".contains(&b)) && made.contains('A') && made.contains('B'));
    }
}
