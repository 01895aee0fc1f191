//! Audit records. Sharded by `scope_id`: the directory, or the account for what belongs to none.

use super::Within;
use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "scope_id, event_id, account_id, organization_id, at, actor_kind, actor_id, actor_name, source_address, \
         request_id, operation, resource_kind, resource_id, resource_name, changes, credential, policy"
    };
}

// An empty operation, resource or actor means any.
macro_rules! filter {
    () => {
        "($3 = '' OR operation = $3) AND ($4 = '' OR resource_id = $4) AND at >= $5 AND at < $6 \
         AND ($7 = '' OR actor_id = $7)"
    };
}

macro_rules! backwards {
    () => {
        " AND event_id < $2 ORDER BY event_id DESC LIMIT $8"
    };
}

macro_rules! forwards {
    () => {
        " AND event_id > $2 ORDER BY event_id LIMIT $8"
    };
}

macro_rules! of_account {
    () => {
        concat!("SELECT ", columns!(), " FROM events WHERE account_id = $1 AND ", filter!())
    };
}

macro_rules! of_organization {
    () => {
        concat!("SELECT ", columns!(), " FROM events WHERE scope_id = $1 AND organization_id = $9 AND ", filter!())
    };
}

// Of the organizations whose ids the ninth parameter strings together or that the twelfth created, but for those of
// the tenth.
macro_rules! of_some {
    () => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM events WHERE account_id = $1 AND ",
            filter!(),
            " AND (CAST($11 AS BIGINT) = 1 OR organization_id IN ",
            texts!("$9", "34", "35"),
            " OR organization_id IN (SELECT o.organization_id FROM organizations o WHERE o.created_by = $12 \
             AND $12 <> '')) AND ($10 = '' OR organization_id IS NULL OR organization_id NOT IN ",
            texts!("$10", "34", "35"),
            ")"
        )
    };
}

row! {
    /// One event; `changes` is JSON text.
    EventRow {
        scope_id: text, event_id: text, account_id: text, organization_id: opt_text, at: int, actor_kind: text,
        actor_id: opt_text, actor_name: text, source_address: opt_text, request_id: text, operation: text,
        resource_kind: text, resource_id: text, resource_name: text, changes: text, credential: text,
        policy: text,
    }
}

statements! {
    INSERT = concat!("INSERT INTO events (", columns!(), ") VALUES \
              ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)");
    OF_ACCOUNT = concat!(of_account!(), backwards!());
    OF_ORGANIZATION = concat!(of_organization!(), backwards!());
    OF_SOME = concat!(of_some!(), backwards!());
    OF_ACCOUNT_FORWARDS = concat!(of_account!(), forwards!());
    OF_ORGANIZATION_FORWARDS = concat!(of_organization!(), forwards!());
    OF_SOME_FORWARDS = concat!(of_some!(), forwards!());
    PRUNE = "DELETE FROM events WHERE account_id = $1 AND event_id IN (SELECT event_id FROM events \
             WHERE account_id = $1 AND at < $2 ORDER BY event_id LIMIT $3)";
}

/// Adds an event.
pub fn insert(tx: &mut Tx<'_>, row: &EventRow) -> Result<(), StoreError> {
    tx.execute(
        INSERT,
        params![
            &row.scope_id,
            &row.event_id,
            &row.account_id,
            &row.organization_id,
            row.at,
            &row.actor_kind,
            &row.actor_id,
            &row.actor_name,
            &row.source_address,
            &row.request_id,
            &row.operation,
            &row.resource_kind,
            &row.resource_id,
            &row.resource_name,
            &row.changes,
            &row.credential,
            &row.policy,
        ],
    )
    .map(drop)
}

/// Which events a list shows; an empty text means any.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each names the column that it narrows")]
pub struct Filter {
    pub account_id: String,
    /// The directory and the organization, to see only its events.
    pub organization: Option<(String, String)>,
    /// Which organizations' events may be seen, where not those of the whole account.
    pub within: Option<Within>,
    /// Whose own organizations' events may be seen besides those within; empty for nobody's.
    pub created_by: String,
    pub operation: String,
    pub resource_id: String,
    pub actor_id: String,
    pub since: i64,
    pub until: i64,
}

/// Which way a list of events goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the newest.
    Backwards,
    /// From the oldest.
    Forwards,
}

/// The events beyond an id.
pub fn page(
    tx: &mut Tx<'_>,
    filter: &Filter,
    direction: Direction,
    beyond: &str,
    limit: i64,
) -> Result<Vec<EventRow>, StoreError> {
    let Filter { account_id, organization, within, created_by, operation, resource_id, actor_id, since, until } =
        filter;
    let back = direction == Direction::Backwards;
    match (organization, within) {
        (Some((directory_id, organization_id)), _) => tx.all(
            if back { OF_ORGANIZATION } else { OF_ORGANIZATION_FORWARDS },
            params![directory_id, beyond, operation, resource_id, *since, *until, actor_id, limit, organization_id],
            EventRow::read,
        ),
        (None, None) => tx.all(
            if back { OF_ACCOUNT } else { OF_ACCOUNT_FORWARDS },
            params![account_id, beyond, operation, resource_id, *since, *until, actor_id, limit],
            EventRow::read,
        ),
        (None, Some(Within { all, ids, except })) => tx.all(
            if back { OF_SOME } else { OF_SOME_FORWARDS },
            params![
                account_id,
                beyond,
                operation,
                resource_id,
                *since,
                *until,
                actor_id,
                limit,
                ids,
                except,
                *all,
                created_by,
            ],
            EventRow::read,
        ),
    }
}

/// Forgets up to `limit` events of an account from before `before`, oldest first; says how many.
pub fn prune(tx: &mut Tx<'_>, account_id: &str, before: i64, limit: i64) -> Result<u64, StoreError> {
    tx.execute(PRUNE, params![account_id, before, limit])
}
