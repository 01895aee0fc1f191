//! Whether what an organization relies on works: its key, its domains, the blob store, the database, the clock.
//!
//! Each thing that is amiss is a condition, a row with a reason and a remedy. An organization with any condition is
//! Impaired, one without is Active again (row B7); every move is an event. Who finds something calls [`report`] in the
//! transaction in which it writes what it found.

mod clock;
mod list_conditions;
mod watch;

use reeve_base::Timestamp;
use reeve_store::Tx;
use reeve_store::tables::organization_conditions::{self, ConditionRow};
use reeve_store::tables::organizations::OrganizationRow;

use crate::audit::{self, Change, Subject};
use crate::ctx::{Ctx, stored};
use crate::error::Error;
use crate::operations::REPORT_CONDITION;
use crate::organizations::{State, move_to};

pub use list_conditions::{conditions_of_deployment, list_organization_conditions};
pub(crate) use watch::Health;
pub use watch::{CheckResult, checks, purging_is_safe, reconcile};

/// Conditions that the reason of an organization's state tells; the list of conditions has them all.
const REASONS_SHOWN: usize = 3;

/// What an organization relies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The key of its mailboxes.
    Key,
    /// A mail domain; the subject is its name.
    Domain,
    /// Where the bodies of messages are kept.
    BlobStore,
    /// Where everything else is kept.
    Database,
    /// What time it is.
    Clock,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Key, Self::Domain, Self::BlobStore, Self::Database, Self::Clock];

    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Domain => "domain",
            Self::BlobStore => "blob_store",
            Self::Database => "database",
            Self::Clock => "clock",
        }
    }
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// It works.
    Well,
    /// It does not.
    Amiss {
        /// What is wrong, as a sentence without its full stop.
        reason: String,
        /// What helps, likewise.
        remedy: String,
    },
}

impl Finding {
    /// Something is wrong.
    pub(crate) fn amiss(reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Amiss { reason: reason.into(), remedy: remedy.into() }
    }
}

/// One thing that is amiss with an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// What does not work.
    pub kind: Kind,
    /// Which, where there can be several: the name of a domain; else empty.
    pub subject: String,
    /// What is wrong.
    pub reason: String,
    /// What helps.
    pub remedy: String,
    /// Since when it is known.
    pub since: Timestamp,
}

/// Writes down what a check found about an organization, and moves it between Active and Impaired.
///
/// Safe to repeat: what was known already changes nothing. Organizations in other states are left alone.
pub(crate) fn report(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &mut OrganizationRow,
    (kind, subject): (Kind, &str),
    finding: &Finding,
) -> Result<(), Error> {
    let state: State = stored(organization.state.parse())?;
    if !matches!(state, State::Active | State::Impaired) {
        return Ok(());
    }
    let known = organization_conditions::get(tx, &organization.organization_id, kind.word(), subject)?;
    let name = if subject.is_empty() { kind.word().to_owned() } else { format!("{} {subject}", kind.word()) };
    let mut changes = Vec::new();
    match (finding, known) {
        (Finding::Well, None) => {}
        (Finding::Well, Some(known)) => {
            organization_conditions::delete(tx, &organization.organization_id, kind.word(), subject)?;
            changes.push(Change::gone(&name, known.reason));
        }
        (Finding::Amiss { reason, remedy }, known) => {
            let before = known.as_ref().map(|known| (&known.reason, &known.remedy));
            if before != Some((reason, remedy)) {
                let since = known.as_ref().map_or(ctx.now().millis(), |known| known.since);
                let row = ConditionRow {
                    organization_id: organization.organization_id.clone(),
                    kind: kind.word().to_owned(),
                    subject: subject.to_owned(),
                    reason: reason.clone(),
                    remedy: remedy.clone(),
                    since,
                };
                organization_conditions::put(tx, &row)?;
                changes.push(match known {
                    Some(known) => Change::moved(&name, known.reason, reason),
                    None => Change::made(&name, reason),
                });
            }
        }
    }
    changes.extend(follow(tx, ctx, organization, state)?);
    if changes.is_empty() {
        return Ok(());
    }
    let subject = Subject::within(organization, &organization.organization_id, &organization.alias);
    audit::record(tx, ctx, &REPORT_CONDITION, subject, &changes)
}

/// Moves the organization to where its conditions put it.
fn follow(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &mut OrganizationRow,
    state: State,
) -> Result<Option<Change>, Error> {
    let rows = organization_conditions::all(tx, &organization.organization_id)?;
    let (wanted, reason) = match rows.as_slice() {
        [] => (State::Active, "what was amiss with it works again".to_owned()),
        rows => (State::Impaired, reasons(rows)),
    };
    if wanted == state && (wanted == State::Active || organization.state_reason == reason) {
        return Ok(None);
    }
    move_to(tx, ctx, organization, wanted, &reason)?;
    let moved = Change::moved("state", state.word(), wanted.word());
    Ok(Some(moved).filter(|_| wanted != state))
}

/// The reasons in one line, the oldest first.
fn reasons(rows: &[ConditionRow]) -> String {
    let told: Vec<_> = rows.iter().take(REASONS_SHOWN).map(|row| row.reason.as_str()).collect();
    let more = rows.len().saturating_sub(REASONS_SHOWN);
    let rest = if more == 0 { String::new() } else { format!("; and {more} more") };
    format!("{}{rest}", told.join("; "))
}
