//! Editing what holds for everybody in an account.

use reeve_base::limits::{EVENT_RETENTION_DAYS_MAX, EVENT_RETENTION_DAYS_MIN};
use reeve_store::tables::accounts::{self, AccountRow};

use super::{Account, own_row};
use crate::access::{self, Target};
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::EDIT_ACCOUNT;

/// A change of an account; `None` leaves a thing as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct AccountEdit {
    /// Whether every administrator must have a second factor. Who has none can only add one from then on.
    pub second_factor_required: Option<bool>,
    /// Whether general administrators manage their own API password and access keys.
    pub owners_manage_api_secrets: Option<bool>,
    /// Days after which events are forgotten; 0 keeps them for ever.
    pub event_retention_days: Option<u32>,
}

impl AccountEdit {
    fn check(&self) -> Result<(), Error> {
        let bounds = EVENT_RETENTION_DAYS_MIN..=EVENT_RETENTION_DAYS_MAX;
        match self.event_retention_days {
            Some(days) if days != 0 && !bounds.contains(&days) => {
                let (min, max) = bounds.into_inner();
                let why = format!("must be 0, which keeps events for ever, or between {min} and {max}");
                Err(Error::invalid("event_retention_days", why))
            }
            _ => Ok(()),
        }
    }

    /// Writes what differs into `row` and says what that was.
    fn apply(&self, row: &mut AccountRow) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut flag = |field: &str, there: &mut bool, to: Option<bool>| {
            if let Some(to) = to.filter(|to| to != there) {
                changes.push(Change::moved(field, there.to_string(), to.to_string()));
                *there = to;
            }
        };
        flag("second_factor_required", &mut row.second_factor_required, self.second_factor_required);
        flag("owners_manage_api_secrets", &mut row.owners_manage_api_secrets, self.owners_manage_api_secrets);
        if let Some(days) = self.event_retention_days.map(i64::from).filter(|days| *days != row.event_retention_days) {
            changes.push(Change::moved("event_retention_days", row.event_retention_days.to_string(), days.to_string()));
            row.event_retention_days = days;
        }
        changes
    }
}

/// Edits the account that is asked about.
///
/// Errors: `Invalid` for a retention that is out of bounds, `VersionMismatch`.
pub async fn edit_account(ctx: &Ctx, edit: AccountEdit) -> Result<Account, Error> {
    ctx.write(move |tx, ctx| {
        access::decide(tx, ctx, &EDIT_ACCOUNT, Target::Account(ctx.need_account()?.as_str()))?;
        edit.check()?;
        let mut row = own_row(tx, ctx)?;
        ctx.check_version(row.version)?;
        let changes = edit.apply(&mut row);
        if !changes.is_empty() {
            row.version += 1;
            accounts::update(tx, &row)?;
            let subject = Subject {
                account_id: &row.account_id,
                organization: None,
                id: &row.account_id,
                name: &row.name,
                made: None,
            };
            audit::record(tx, ctx, &EDIT_ACCOUNT, subject, &changes)?;
        }
        Account::from_row(row)
    })
    .await
}
