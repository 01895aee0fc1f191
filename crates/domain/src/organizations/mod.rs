//! Organizations: what they are, how one is found, and the operations on them.

mod advance;
mod clear_out;
mod create_organization;
mod delete_organization;
mod list_organizations;
mod show_organization;
mod tags;

use std::fmt;
use std::str::FromStr;

use reeve_base::ids::{AccountId, DirectoryId, OrganizationId};
use reeve_base::names::{DomainName, OrganizationAlias};
use reeve_base::{Invalid, Timestamp, text};
use reeve_store::Tx;
use reeve_store::tables::organizations::{self, OrganizationRow};

use crate::access::{self, Seen, Target};
use crate::ctx::{Ctx, stored};
use crate::directories::DirectoryKind;
use crate::error::Error;
use crate::operations::{Entity, Operation};

pub(crate) use advance::{CREATE_JOB, DELETE_JOB, advance, give_up};
pub use create_organization::{CreatedOrganization, NewOrganization, create_organization};
pub use delete_organization::{Deletion, delete_organization};
pub use list_organizations::{OrganizationFilter, Region, list_organizations, list_regions};
pub use show_organization::{OrganizationState, list_organization_states, show_organization};
pub use tags::{Tag, list_organization_tags, tag_organization, untag_organization};

/// Where an organization is in its life (seed 003; WorkMail writes these words in title case).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Its creation is queued.
    Requested,
    /// Its directory and its test domain are being set up.
    Creating,
    /// What was set up is being checked.
    Validating,
    /// It can be used.
    Active,
    /// It could not be created.
    Failed,
    /// Something that it needs does not work.
    Impaired,
    /// It was switched off.
    Inactive,
    /// It is being removed.
    Deleting,
    /// It is gone; this entry remains.
    Deleted,
}

impl State {
    const WORDS: [(Self, &'static str); 9] = [
        (Self::Requested, "Requested"),
        (Self::Creating, "Creating"),
        (Self::Validating, "Validating"),
        (Self::Active, "Active"),
        (Self::Failed, "Failed"),
        (Self::Impaired, "Impaired"),
        (Self::Inactive, "Inactive"),
        (Self::Deleting, "Deleting"),
        (Self::Deleted, "Deleted"),
    ];

    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Requested,
        Self::Creating,
        Self::Validating,
        Self::Active,
        Self::Failed,
        Self::Impaired,
        Self::Inactive,
        Self::Deleting,
        Self::Deleted,
    ];

    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(state, _)| *state == self).map_or("", |(_, word)| word)
    }
}

impl FromStr for State {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::WORDS.iter().find(|(_, word)| word.eq_ignore_ascii_case(text)).map(|(state, _)| *state).ok_or_else(|| {
            let words: Vec<_> = Self::WORDS.iter().map(|(_, word)| *word).collect();
            Invalid::new("state", format!("must be one of {}", words.join(", ")))
        })
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A mail tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// The account that owns it.
    pub account_id: AccountId,
    /// The region it belongs to.
    pub region: String,
    /// Its alias.
    pub alias: OrganizationAlias,
    /// Where it is in its life.
    pub state: State,
    /// Why it is there.
    pub state_reason: String,
    /// Since when.
    pub state_since: Timestamp,
    /// Where its people live.
    pub directory_id: DirectoryId,
    /// What kind of directory that is.
    pub directory_kind: DirectoryKind,
    /// The domain that new addresses are suggested on.
    pub default_domain: DomainName,
    /// The domain that works at once.
    pub test_domain: DomainName,
    /// When its creation was asked for.
    pub created_at: Timestamp,
    /// When it first became usable.
    pub completed_at: Option<Timestamp>,
    /// When it was gone.
    pub deleted_at: Option<Timestamp>,
    /// Goes up with every change.
    pub version: i64,
}

impl Organization {
    /// The Amazon resource name: `arn:aws:workmail:<region>:<account>:organization/<id>`.
    pub fn arn(&self) -> String {
        format!("arn:aws:workmail:{}:{}:organization/{}", self.region, self.account_id, self.id)
    }

    pub(crate) fn from_row(row: OrganizationRow) -> Result<Self, Error> {
        Ok(Self {
            id: stored(row.organization_id.parse())?,
            account_id: stored(row.account_id.parse())?,
            region: row.region,
            alias: stored(OrganizationAlias::parse("alias", &row.alias))?,
            state: stored(row.state.parse())?,
            state_reason: row.state_reason,
            state_since: Timestamp::from_millis(row.state_at),
            directory_id: stored(row.directory_id.parse())?,
            directory_kind: DirectoryKind::Managed,
            default_domain: stored(DomainName::parse("default_domain", &row.default_domain))?,
            test_domain: stored(DomainName::parse("test_domain", &row.test_domain))?,
            created_at: Timestamp::from_millis(row.created_at),
            completed_at: row.completed_at.map(Timestamp::from_millis),
            deleted_at: row.deleted_at.map(Timestamp::from_millis),
            version: row.version,
        })
    }
}

/// How a caller names an organization: by id or by alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrganizationRef {
    /// By id.
    Id(OrganizationId),
    /// By folded alias.
    Alias(String),
}

impl FromStr for OrganizationRef {
    type Err = Invalid;

    /// Anything can be sought; what is neither id nor alias is simply not found.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        Ok(text.parse().map_or_else(|_| Self::Alias(text::fold(text)), Self::Id))
    }
}

impl fmt::Display for OrganizationRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Alias(alias) => f.write_str(alias),
        }
    }
}

/// Finds an organization of the actor's account. Decides nothing: whoever asks decides about what they are after.
pub(crate) fn seek(tx: &mut Tx<'_>, ctx: &Ctx, reference: &OrganizationRef) -> Result<OrganizationRow, Error> {
    let account = ctx.need_account()?;
    let row = match reference {
        OrganizationRef::Id(id) => organizations::by_id(tx, id.as_str())?,
        // No alias holds a control character, and a database refuses to be asked for some of them.
        OrganizationRef::Alias(alias) if alias.contains(char::is_control) => None,
        OrganizationRef::Alias(alias) => organizations::by_alias(tx, account.as_str(), alias)?,
    };
    row.filter(|row| row.account_id == account.as_str()).ok_or_else(|| Error::not_found("organization", reference))
}

/// Finds an organization and decides whether the actor may do this to it or in it.
pub(crate) fn find(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    operation: &Operation,
    reference: &OrganizationRef,
) -> Result<OrganizationRow, Error> {
    let row = seek(tx, ctx, reference)?;
    access::decide(tx, ctx, operation, Target::Organization(&row))
        .map_err(|error| access::named(error, &[("organization", reference)]))?;
    Ok(row)
}

/// What an operation needs the organization to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Able to take new people (row B8).
    Active,
    /// Usable, perhaps with something amiss.
    Usable,
    /// Still there, so that its members can be looked at.
    Present,
}

/// Finds an organization for an operation on it, or one that makes something in it.
pub(crate) fn find_in(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    operation: &Operation,
    reference: &OrganizationRef,
    needs: Needs,
) -> Result<OrganizationRow, Error> {
    let row = find(tx, ctx, operation, reference)?;
    need(&row, needs)?;
    Ok(row)
}

/// Refuses unless the organization is what an operation needs it to be.
pub(crate) fn need(row: &OrganizationRow, needs: Needs) -> Result<(), Error> {
    let state: State = stored(row.state.parse())?;
    let (enough, words) = match needs {
        Needs::Active => (state == State::Active, "Active"),
        Needs::Usable => (matches!(state, State::Active | State::Impaired), "Active or Impaired"),
        Needs::Present => {
            (matches!(state, State::Active | State::Impaired | State::Inactive), "Active, Impaired or Inactive")
        }
    };
    if enough { Ok(()) } else { Err(Error::OrganizationState { is: row.state.clone(), needs: words }) }
}

/// Finds the organization of a list, and what of it the list may show.
pub(crate) fn list_in(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (operation, entity): (&Operation, Entity),
    reference: &OrganizationRef,
    needs: Needs,
) -> Result<(OrganizationRow, Seen), Error> {
    let row = seek(tx, ctx, reference)?;
    let seen = access::visible(tx, ctx, operation, entity, Some(&row))
        .map_err(|error| access::named(error, &[("organization", reference)]))?;
    need(&row, needs)?;
    Ok((row, seen))
}

/// Whether the people of an organization may sign in: not once its deletion was asked for.
pub(crate) fn serves(tx: &mut Tx<'_>, organization_id: &str) -> Result<bool, Error> {
    let row = organizations::by_id(tx, organization_id)?;
    Ok(row.is_some_and(|row| matches!(row.state.parse(), Ok(State::Active | State::Impaired))))
}

/// Moves an organization to a state, notes why and when, and writes both down.
pub(crate) fn move_to(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    row: &mut OrganizationRow,
    state: State,
    reason: &str,
) -> Result<(), Error> {
    let now = ctx.now().millis();
    state.word().clone_into(&mut row.state);
    reason.clone_into(&mut row.state_reason);
    row.state_at = now;
    match state {
        State::Active => row.completed_at = row.completed_at.or(Some(now)),
        State::Deleted => row.deleted_at = Some(now),
        _ => {}
    }
    row.version += 1;
    Ok(organizations::set_state(tx, row)?)
}
