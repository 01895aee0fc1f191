//! Durable background work, claimed by a lease. Global and few: what is done is pruned.

use super::Within;
use crate::value::Value;
use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "job_id, account_id, organization_id, kind, payload, state, attempts, run_at, lease_until, last_error, \
         created_at, updated_at"
    };
}

// An organization narrows; of the others, those that may be seen: all, or those of the organizations in $4 or made
// by $6, but not of those in $5.
macro_rules! filter {
    () => {
        concat!(
            "account_id = $1 AND ($2 = '' OR organization_id = $2) AND (CAST($3 AS BIGINT) = 1 OR organization_id IN ",
            texts!("$4", "34", "35"),
            " OR organization_id IN (SELECT o.organization_id FROM organizations o \
         WHERE o.created_by = $6 AND $6 <> '')) AND ($5 = '' OR organization_id IS NULL OR organization_id NOT IN ",
            texts!("$5", "34", "35"),
            ")"
        )
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
    PAGE = concat!("SELECT ", columns!(), " FROM jobs WHERE ", filter!(), " AND job_id < $7 \
            ORDER BY job_id DESC LIMIT $8");
    COUNT = concat!("SELECT COUNT(*) FROM jobs WHERE ", filter!());
    RELEASE = "UPDATE jobs SET lease_until = 0 WHERE state = 'waiting' AND lease_until > 0";
    PRUNE = "DELETE FROM jobs WHERE (state = 'done' AND updated_at < $1) OR (state = 'failed' AND updated_at < $2)";
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

/// Which jobs a list shows.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each names the column that it narrows")]
pub struct Filter {
    pub account_id: String,
    /// Only those of an organization; empty for any.
    pub organization_id: String,
    /// By the organizations that may be seen; jobs of none are seen only by those who see all.
    pub within: Within,
    /// Whose own organizations count as well; empty for nobody's.
    pub created_by: String,
}

impl Filter {
    fn params(&self) -> [Value<'_>; 6] {
        [
            (&self.account_id).into(),
            (&self.organization_id).into(),
            self.within.all.into(),
            (&self.within.ids).into(),
            (&self.within.except).into(),
            (&self.created_by).into(),
        ]
    }
}

/// The jobs before an id, newest first.
pub fn page(tx: &mut Tx<'_>, filter: &Filter, before: &str, limit: i64) -> Result<Vec<JobRow>, StoreError> {
    let [a, b, c, d, e, f] = filter.params();
    tx.all(PAGE, &[a, b, c, d, e, f, before.into(), limit.into()], JobRow::read)
}

/// How many jobs the filter lets through.
pub fn count(tx: &mut Tx<'_>, filter: &Filter) -> Result<i64, StoreError> {
    tx.one(COUNT, &filter.params(), |row| row.int(0))
}

/// Forgets jobs that were done before one moment, and those that had failed before another.
pub fn prune(tx: &mut Tx<'_>, done_before: i64, failed_before: i64) -> Result<u64, StoreError> {
    tx.execute(PRUNE, params![done_before, failed_before])
}

/// Gives back every lease.
pub fn release(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    tx.execute(RELEASE, params![]).map(drop)
}
