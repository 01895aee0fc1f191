//! Audit records. Sharded by `scope_id`: the directory, or the account for what belongs to none.

use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "scope_id, event_id, account_id, organization_id, at, actor_kind, actor_id, actor_name, source_address, \
         request_id, operation, resource_kind, resource_id, resource_name, changes"
    };
}

// An empty operation or resource means any.
macro_rules! filter {
    () => {
        "event_id < $2 AND ($3 = '' OR operation = $3) AND ($4 = '' OR resource_id = $4) AND at >= $5 AND at < $6 \
         ORDER BY event_id DESC LIMIT $7"
    };
}

row! {
    /// One event; `changes` is JSON text.
    EventRow {
        scope_id: text, event_id: text, account_id: text, organization_id: opt_text, at: int, actor_kind: text,
        actor_id: opt_text, actor_name: text, source_address: opt_text, request_id: text, operation: text,
        resource_kind: text, resource_id: text, resource_name: text, changes: text,
    }
}

statements! {
    INSERT = concat!("INSERT INTO events (", columns!(), ") VALUES \
              ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)");
    OF_ACCOUNT = concat!("SELECT ", columns!(), " FROM events WHERE account_id = $1 AND ", filter!());
    OF_ORGANIZATION = concat!("SELECT ", columns!(), " FROM events WHERE scope_id = $1 AND organization_id = $8 AND ",
                       filter!());
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
    pub operation: String,
    pub resource_id: String,
    pub since: i64,
    pub until: i64,
}

/// The events before an id, newest first.
pub fn page(tx: &mut Tx<'_>, filter: &Filter, before: &str, limit: i64) -> Result<Vec<EventRow>, StoreError> {
    let Filter { account_id, organization, operation, resource_id, since, until } = filter;
    match organization {
        None => tx.all(
            OF_ACCOUNT,
            params![account_id, before, operation, resource_id, *since, *until, limit],
            EventRow::read,
        ),
        Some((directory_id, organization_id)) => tx.all(
            OF_ORGANIZATION,
            params![directory_id, before, operation, resource_id, *since, *until, limit, organization_id],
            EventRow::read,
        ),
    }
}
