//! The zone in which the records of a domain are kept. Global and few.

use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "organization_id, domain, account_id, provider_id, zone_id, zone_name, state, last_error, checked_at, next_at, \
         busy_until, failures, updated_at"
    };
}

row! {
    /// The zone of one domain.
    HostedZoneRow {
        organization_id: text, domain: text, account_id: text, provider_id: text, zone_id: text, zone_name: text,
        state: text, last_error: text, checked_at: opt_int, next_at: opt_int, busy_until: int, failures: int,
        updated_at: int,
    }
}

statements! {
    INSERT = concat!("INSERT INTO hosted_zones (", columns!(), ") VALUES \
              ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING");
    UPDATE = "UPDATE hosted_zones SET account_id = $3, provider_id = $4, zone_id = $5, zone_name = $6, state = $7, \
              last_error = $8, checked_at = $9, next_at = $10, busy_until = $11, failures = $12, updated_at = $13 \
              WHERE organization_id = $1 AND domain = $2";
    GET = concat!("SELECT ", columns!(), " FROM hosted_zones WHERE organization_id = $1 AND domain = $2");
    DUE = concat!("SELECT ", columns!(), " FROM hosted_zones WHERE next_at <= $1 \
           ORDER BY next_at, organization_id, domain LIMIT $2");
    COUNT_OF_PROVIDER = "SELECT COUNT(*) FROM hosted_zones WHERE account_id = $1 AND provider_id = $2";
    WAKE = "UPDATE hosted_zones SET next_at = $3 WHERE organization_id = $1 AND domain = $2 AND state = 'kept'";
    LEAVE = "UPDATE hosted_zones SET state = 'leaving', next_at = $3, failures = 0, updated_at = $3 \
             WHERE organization_id = $1 AND domain = $2 AND state <> 'leaving'";
    LEAVE_ALL = "UPDATE hosted_zones SET state = 'leaving', next_at = $2, failures = 0, updated_at = $2 \
                 WHERE organization_id = $1 AND state <> 'leaving'";
    DELETE = "DELETE FROM hosted_zones WHERE organization_id = $1 AND domain = $2";
}

/// Gives a domain a zone; false when it has one.
pub fn insert(tx: &mut Tx<'_>, row: &HostedZoneRow) -> Result<bool, StoreError> {
    Ok(write(tx, INSERT, row)? == 1)
}

/// Writes what can change of the zone of a domain.
pub fn update(tx: &mut Tx<'_>, row: &HostedZoneRow) -> Result<(), StoreError> {
    write(tx, UPDATE, row).map(drop)
}

fn write(tx: &mut Tx<'_>, statement: &'static str, row: &HostedZoneRow) -> Result<u64, StoreError> {
    tx.execute(
        statement,
        params![
            &row.organization_id,
            &row.domain,
            &row.account_id,
            &row.provider_id,
            &row.zone_id,
            &row.zone_name,
            &row.state,
            &row.last_error,
            row.checked_at,
            row.next_at,
            row.busy_until,
            row.failures,
            row.updated_at,
        ],
    )
}

/// The zone of a domain.
pub fn get(tx: &mut Tx<'_>, organization_id: &str, domain: &str) -> Result<Option<HostedZoneRow>, StoreError> {
    tx.opt(GET, params![organization_id, domain], HostedZoneRow::read)
}

/// Those that are to be looked after by now, the most overdue first.
pub fn due(tx: &mut Tx<'_>, now: i64, limit: i64) -> Result<Vec<HostedZoneRow>, StoreError> {
    tx.all(DUE, params![now, limit], HostedZoneRow::read)
}

/// How many domains have their zone at a system.
pub fn count_of_provider(tx: &mut Tx<'_>, account_id: &str, provider_id: &str) -> Result<i64, StoreError> {
    tx.one(COUNT_OF_PROVIDER, params![account_id, provider_id], |row| row.int(0))
}

/// Has a zone that is kept looked after at this time.
pub fn wake(tx: &mut Tx<'_>, organization_id: &str, domain: &str, at: i64) -> Result<(), StoreError> {
    tx.execute(WAKE, params![organization_id, domain, at]).map(drop)
}

/// Has what was written for a domain removed from now on.
pub fn leave(tx: &mut Tx<'_>, organization_id: &str, domain: &str, now: i64) -> Result<(), StoreError> {
    tx.execute(LEAVE, params![organization_id, domain, now]).map(drop)
}

/// Has what was written for any domain of an organization removed from now on.
pub fn leave_all(tx: &mut Tx<'_>, organization_id: &str, now: i64) -> Result<(), StoreError> {
    tx.execute(LEAVE_ALL, params![organization_id, now]).map(drop)
}

/// Forgets the zone of a domain.
pub fn delete(tx: &mut Tx<'_>, organization_id: &str, domain: &str) -> Result<(), StoreError> {
    tx.execute(DELETE, params![organization_id, domain]).map(drop)
}
