//! Everybody of an organization that is being deleted, some at a time: they go with the directory, or stay in it
//! disabled, for the organization that takes it over.

use reeve_store::Tx;
use reeve_store::tables::{Within, groups as group_rows, resources as resource_rows, users as user_rows};

use crate::ctx::Ctx;
use crate::entities::{self, EntityState, Leaving};
use crate::error::Error;
use crate::{groups, resources, users};

/// Entities of a kind that one step removes or disables: a short transaction, so that others get their turn. Each takes
/// some twenty-five statements, which a database far away answers in a few milliseconds apiece at worst.
const AT_ONCE: i64 = 100;

/// What becomes of everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Everybody {
    /// They are removed.
    Goes,
    /// They are disabled.
    Stays,
}

impl Everybody {
    /// The state of those who are still to be looked at; empty for any.
    fn state(self) -> String {
        match self {
            Self::Goes => String::new(),
            Self::Stays => EntityState::Enabled.word().to_owned(),
        }
    }
}

/// Looks after some of those who are left; false when nobody is.
pub(super) fn clear_out(tx: &mut Tx<'_>, ctx: &Ctx, directory_id: &str, everybody: Everybody) -> Result<bool, Error> {
    // Resources last: their delegates are gone by then, and no resource is asked whether it can do without one.
    Ok(some_users(tx, ctx, directory_id, everybody)?
        || some_groups(tx, ctx, directory_id, everybody)?
        || some_resources(tx, ctx, directory_id, everybody)?)
}

fn some_users(tx: &mut Tx<'_>, ctx: &Ctx, directory_id: &str, everybody: Everybody) -> Result<bool, Error> {
    let filter = user_rows::Filter { state: everybody.state(), ..user_rows::Filter::of(directory_id) };
    let some = user_rows::page(tx, &filter, "", AT_ONCE)?;
    for user_rows::ListedUser { user: row, .. } in &some {
        match everybody {
            Everybody::Goes => users::remove(tx, ctx, row, Leaving::Directory)?,
            Everybody::Stays => drop(entities::withdraw(tx, ctx, row)?),
        }
    }
    Ok(!some.is_empty())
}

fn some_groups(tx: &mut Tx<'_>, ctx: &Ctx, directory_id: &str, everybody: Everybody) -> Result<bool, Error> {
    let filter = group_rows::Filter {
        directory_id: directory_id.to_owned(),
        state: everybody.state(),
        within: Within::all(),
        ..group_rows::Filter::default()
    };
    let some = group_rows::page(tx, &filter, "", AT_ONCE)?;
    for row in &some {
        match everybody {
            Everybody::Goes => groups::remove(tx, ctx, row, Leaving::Directory)?,
            Everybody::Stays => drop(entities::withdraw(tx, ctx, row)?),
        }
    }
    Ok(!some.is_empty())
}

fn some_resources(tx: &mut Tx<'_>, ctx: &Ctx, directory_id: &str, everybody: Everybody) -> Result<bool, Error> {
    let filter = resource_rows::Filter {
        directory_id: directory_id.to_owned(),
        state: everybody.state(),
        within: Within::all(),
        ..resource_rows::Filter::default()
    };
    let some = resource_rows::page(tx, &filter, "", AT_ONCE)?;
    for row in &some {
        match everybody {
            Everybody::Goes => resources::remove(tx, ctx, row, Leaving::Directory)?,
            Everybody::Stays => drop(entities::withdraw(tx, ctx, row)?),
        }
    }
    Ok(!some.is_empty())
}
