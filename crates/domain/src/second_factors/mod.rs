//! Second factors of administrators: one-time codes, passkeys, and recovery codes for the day when both are lost.
//!
//! Everybody manages their own, in a session that is fresh; the subject comes from the session alone. Recovery codes come
//! with the first factor and go with the last. Every change voids whatever is half done, so that nothing that was begun
//! before it can be finished after it.

pub(crate) mod challenge;
pub(crate) mod passkeys;
mod recovery_codes;
mod totp;

use reeve_base::limits::PASSWORD_BYTES_MAX;
use reeve_base::secret::ExposeSecret;
use reeve_base::{Secret, Timestamp};
use reeve_store::Tx;
use reeve_store::tables::administrators::AdministratorRow;
use reeve_store::tables::{accounts, challenges, second_factors as rows};

use crate::administrators::{own, save};
use crate::audit::Change;
use crate::ctx::{Ctx, stored};
use crate::error::Error;
use crate::operations::{LIST_SECOND_FACTORS, Operation};

pub use passkeys::{Passkey, PasskeyEnrolment, begin_passkey, confirm_passkey, remove_passkey};
pub(crate) use recovery_codes::RecoveryCodes;
pub use recovery_codes::make_recovery_codes;
pub use totp::{TotpEnrolment, begin_totp, confirm_totp, remove_totp};

/// A way to show a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// A one-time code (RFC 6238).
    Totp,
    /// A passkey.
    Passkey,
    /// One of the recovery codes.
    RecoveryCode,
}

impl Method {
    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Passkey => "passkey",
            Self::RecoveryCode => "recovery_code",
        }
    }
}

/// The second factors of an administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactors {
    /// Since when they have one-time codes, if they do.
    pub totp_since: Option<Timestamp>,
    /// Their passkeys, oldest first.
    pub passkeys: Vec<Passkey>,
    /// How many recovery codes are left.
    pub recovery_codes_left: u64,
    /// Whether the account demands a second factor.
    pub required: bool,
}

/// Shows one's own second factors.
pub async fn list_second_factors(ctx: &Ctx) -> Result<SecondFactors, Error> {
    ctx.read(|tx, ctx| {
        let (row, _) = own(tx, ctx, &LIST_SECOND_FACTORS)?;
        let id = &row.administrator_id;
        let codes = rows::one_time_codes(tx, id)?;
        let passkeys = rows::passkeys(tx, id)?;
        Ok(SecondFactors {
            totp_since: codes.map(|codes| Timestamp::from_millis(codes.confirmed_at)),
            passkeys: passkeys.into_iter().map(Passkey::from_row).collect::<Result<_, _>>()?,
            recovery_codes_left: stored(u64::try_from(rows::count_recovery_codes(tx, id)?))?,
            required: is_required(tx, &row)?,
        })
    })
    .await
}

/// The ways that are open to somebody now.
pub(crate) fn methods(tx: &mut Tx<'_>, ctx: &Ctx, row: &AdministratorRow) -> Result<Vec<Method>, Error> {
    let id = &row.administrator_id;
    let mut methods = Vec::new();
    if rows::one_time_codes(tx, id)?.is_some() {
        methods.push(Method::Totp);
    }
    if ctx.deployment().settings().passkeys.is_some() && !rows::passkeys(tx, id)?.is_empty() {
        methods.push(Method::Passkey);
    }
    if rows::count_recovery_codes(tx, id)? > 0 {
        methods.push(Method::RecoveryCode);
    }
    Ok(methods)
}

/// Uses up a one-time code or a recovery code; says which it was, or nothing when it is neither, or was used before.
pub(crate) fn use_code(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    row: &AdministratorRow,
    code: &Secret,
) -> Result<Option<Method>, Error> {
    if code.expose_secret().len() > PASSWORD_BYTES_MAX {
        return Ok(None);
    }
    let plain = Secret::from(code.expose_secret().replace([' ', '-'], ""));
    let used = if totp::is_code(&plain) {
        totp::use_up(tx, ctx, row, &plain)?.then_some(Method::Totp)
    } else {
        recovery_codes::use_up(tx, row, &plain)?.then_some(Method::RecoveryCode)
    };
    Ok(used)
}

fn is_required(tx: &mut Tx<'_>, row: &AdministratorRow) -> Result<bool, Error> {
    Ok(accounts::by_id(tx, &row.account_id)?.is_some_and(|account| account.second_factor_required))
}

/// Writes that there is one more factor; with the first one the recovery codes become theirs. Says whether it was that.
fn added(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    operation: &Operation,
    mut row: AdministratorRow,
    (change, codes): (Change, &RecoveryCodes),
) -> Result<bool, Error> {
    challenges::delete_all(tx, &row.administrator_id)?;
    let first = row.second_factors == 0;
    row.second_factors += 1;
    let mut changes = vec![change];
    if first {
        changes.push(codes.set(tx, &row)?);
    }
    save(tx, ctx, operation, &mut row, &changes)?;
    Ok(first)
}

/// Writes that there is one factor less; with the last one the recovery codes go.
///
/// Errors: `WrongState` when it is the last and the account demands one.
fn removed(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    operation: &Operation,
    mut row: AdministratorRow,
    change: Change,
) -> Result<(), Error> {
    challenges::delete_all(tx, &row.administrator_id)?;
    let mut changes = vec![change];
    row.second_factors = (row.second_factors - 1).max(0);
    if row.second_factors == 0 {
        if is_required(tx, &row)? {
            return Err(Error::WrongState {
                is: "your last second factor, and the account demands one".to_owned(),
                needs: "joined by another one before it is removed".to_owned(),
            });
        }
        let left = rows::count_recovery_codes(tx, &row.administrator_id)?;
        rows::set_recovery_codes(tx, &row.administrator_id, &[])?;
        changes.push(Change::gone("recovery_codes", left.to_string()));
    }
    save(tx, ctx, operation, &mut row, &changes)
}

/// What is told of a challenge that was answered, is over, or was never opened for this.
fn over() -> Error {
    Error::invalid("challenge", "is over, was used, or belongs elsewhere; begin again")
}
