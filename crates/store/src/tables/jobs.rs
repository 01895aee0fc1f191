//! Durable background work, claimed by a lease. Global and few: what is done is pruned.

use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "job_id, account_id, organization_id, kind, payload, state, attempts, run_at, lease_until, last_error, \
         created_at, updated_at"
    };
}

row! {
    /// One job.
    JobRow {
        job_id: text, account_id: text, organization_id: opt_text, kind: text, payload: text, state: text,
        attempts: int, run_at: int, lease_until: int, last_error: opt_text, created_at: int, updated_at: int,
    }
}

statements! {
    INSERT = concat!("INSERT INTO jobs (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
              ON CONFLICT DO NOTHING");
    DUE = concat!("SELECT ", columns!(), " FROM jobs WHERE state = 'waiting' AND run_at <= $1 AND lease_until <= $1 \
           ORDER BY run_at, job_id LIMIT 1");
    NEXT = "SELECT MIN(CASE WHEN lease_until > run_at THEN lease_until ELSE run_at END) FROM jobs \
            WHERE state = 'waiting'";
    UPDATE = "UPDATE jobs SET state = $2, attempts = $3, run_at = $4, lease_until = $5, last_error = $6, \
              updated_at = $7 WHERE job_id = $1";
    BY_ID = concat!("SELECT ", columns!(), " FROM jobs WHERE job_id = $1");
    PAGE = concat!("SELECT ", columns!(), " FROM jobs WHERE account_id = $1 AND job_id < $2 \
            AND ($3 = '' OR organization_id = $3) ORDER BY job_id DESC LIMIT $4");
    COUNT = "SELECT COUNT(*) FROM jobs WHERE account_id = $1 AND ($2 = '' OR organization_id = $2)";
    RELEASE = "UPDATE jobs SET lease_until = 0 WHERE state = 'waiting' AND lease_until > 0";
    PRUNE = "DELETE FROM jobs WHERE state = 'done' AND updated_at < $1";
}

/// Adds a job, unless it is there.
pub fn insert(tx: &mut Tx<'_>, row: &JobRow) -> Result<(), StoreError> {
    tx.execute(
        INSERT,
        params![
            &row.job_id,
            &row.account_id,
            &row.organization_id,
            &row.kind,
            &row.payload,
            &row.state,
            row.attempts,
            row.run_at,
            row.lease_until,
            &row.last_error,
            row.created_at,
            row.updated_at,
        ],
    )
    .map(drop)
}

/// The job that has been due longest and that nobody works on.
pub fn due(tx: &mut Tx<'_>, now: i64) -> Result<Option<JobRow>, StoreError> {
    tx.opt(DUE, params![now], JobRow::read)
}

/// When the next job falls due.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Option<i64>, StoreError> {
    tx.one(NEXT, params![], |row| row.opt_int(0))
}

/// Writes everything of a job that can change.
pub fn update(tx: &mut Tx<'_>, row: &JobRow) -> Result<(), StoreError> {
    tx.execute(
        UPDATE,
        params![&row.job_id, &row.state, row.attempts, row.run_at, row.lease_until, &row.last_error, row.updated_at,],
    )
    .map(drop)
}

/// The job with this id.
pub fn by_id(tx: &mut Tx<'_>, job_id: &str) -> Result<Option<JobRow>, StoreError> {
    tx.opt(BY_ID, params![job_id], JobRow::read)
}

/// The jobs of an account before an id, newest first; an empty organization means any.
pub fn page(
    tx: &mut Tx<'_>,
    (account_id, organization_id): (&str, &str),
    before: &str,
    limit: i64,
) -> Result<Vec<JobRow>, StoreError> {
    tx.all(PAGE, params![account_id, before, organization_id, limit], JobRow::read)
}

/// How many jobs `page` would go through.
pub fn count(tx: &mut Tx<'_>, (account_id, organization_id): (&str, &str)) -> Result<i64, StoreError> {
    tx.one(COUNT, params![account_id, organization_id], |row| row.int(0))
}

/// Forgets jobs done before `before`.
pub fn prune(tx: &mut Tx<'_>, before: i64) -> Result<u64, StoreError> {
    tx.execute(PRUNE, params![before])
}

/// Gives back every lease.
pub fn release(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    tx.execute(RELEASE, params![]).map(drop)
}
