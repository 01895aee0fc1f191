//! Durable background work: rows written with the change that needs them, claimed by a lease, safe to repeat.

use std::sync::Arc;
use std::time::Duration;

use reeve_base::Timestamp;
use reeve_base::ids::{JobId, OrganizationId};
use reeve_store::Tx;
use reeve_store::tables::jobs::{self, JobRow};
use reeve_store::tables::organizations as organization_rows;
use reeve_store::tables::organizations::OrganizationRow;

use crate::access::{self, Target};
use crate::ctx::{Ctx, stored};
use crate::deployment::Deployment;
use crate::error::Error;
use crate::operations::{Entity, LIST_JOBS, SHOW_JOB};
use crate::organizations::{self, OrganizationRef};
use crate::page::{Page, PageRequest};

/// How long a step may hold its job before another server may take it: steps are short transactions.
const LEASE: Duration = Duration::from_secs(30);

/// The first pause after a step that failed for a passing reason; it doubles each time.
const PAUSE_FIRST: Duration = Duration::from_millis(500);

/// The longest pause between two tries.
const PAUSE_MAX: Duration = Duration::from_secs(300);

/// Tries of one step after which a job fails for good: about a day of longest pauses.
const ATTEMPTS_MAX: i64 = 300;

/// How long jobs that are done stay listed.
const DONE_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

/// How long those that failed do: whoever comes back from a long leave finds out why.
const FAILED_KEPT: Duration = Duration::from_secs(90 * 24 * 3600);

/// What a step of a job says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// There is more to do, now.
    Again,
    /// All is done.
    Done,
    /// It cannot succeed; what it worked on says why.
    Failed,
}

/// A piece of background work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id; sorts by time.
    pub id: JobId,
    /// What it does.
    pub kind: String,
    /// The organization that it works on.
    pub organization_id: Option<OrganizationId>,
    /// `waiting`, `running`, `done` or `failed`.
    pub state: String,
    /// How often the present step was begun.
    pub attempts: i64,
    /// When its next step is due.
    pub run_at: Timestamp,
    /// Why the last step did not succeed.
    pub last_error: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it last moved.
    pub updated_at: Timestamp,
}

/// Adds a job on an organization; the worker is woken once the transaction has committed.
pub(crate) fn add(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    kind: &str,
    payload: &str,
) -> Result<(), Error> {
    let now = ctx.now();
    let row = JobRow {
        job_id: JobId::generate(now, ctx.random()).to_string(),
        account_id: organization.account_id.clone(),
        organization_id: Some(organization.organization_id.clone()),
        kind: kind.to_owned(),
        payload: payload.to_owned(),
        state: "waiting".to_owned(),
        attempts: 0,
        run_at: now.millis(),
        lease_until: 0,
        last_error: None,
        created_at: now.millis(),
        updated_at: now.millis(),
    };
    Ok(jobs::insert(tx, &row)?)
}

/// What the worker did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ran {
    /// A step; there may be more.
    Step,
    /// Nothing is due; the next job is at this moment, if there is one.
    Idle(Option<Timestamp>),
}

/// Runs one step of the job that is most overdue.
///
/// A job belongs to whoever holds its lease. A crash leaves the lease to run out, after which the same step is
/// tried again; steps are transactions that look before they act.
pub async fn run_next(deployment: &Arc<Deployment>) -> Result<Ran, Error> {
    let ctx = Ctx::system(deployment, "background job");
    let claimed = ctx
        .write(|tx, ctx| {
            let now = ctx.now();
            let Some(mut row) = jobs::due(tx, now.millis())? else { return Ok(None) };
            row.attempts += 1;
            row.lease_until = now.plus(LEASE).millis();
            row.updated_at = now.millis();
            jobs::update(tx, &row)?;
            Ok(Some(row))
        })
        .await?;
    let Some(row) = claimed else {
        let next = ctx.read(|tx, _| Ok(jobs::next_due(tx)?)).await?;
        return Ok(Ran::Idle(next.map(Timestamp::from_millis)));
    };
    let step = row.clone();
    let outcome = ctx
        .write(move |tx, ctx| {
            if !holds(tx, &step)? {
                return Ok(());
            }
            let progress = perform(tx, ctx, &step)?;
            settle(tx, ctx, step.clone(), Ok(progress))
        })
        .await;
    if let Err(error) = outcome {
        // What went wrong inside is for the log alone, and this is where it is handled.
        let cause = if let Error::Internal(why) = &error { why.to_string() } else { error.to_string() };
        tracing::warn!(job.id = %row.job_id, job.kind = %row.kind, error = cause, "a step of a job failed");
        ctx.write(move |tx, ctx| if holds(tx, &row)? { settle(tx, ctx, row.clone(), Err(&error)) } else { Ok(()) })
            .await?;
    }
    Ok(Ran::Step)
}

/// Whether the lease is still the one that was claimed: who was held up for longer has lost the job to another.
fn holds(tx: &mut Tx<'_>, claimed: &JobRow) -> Result<bool, Error> {
    let now = jobs::by_id(tx, &claimed.job_id)?;
    Ok(now.is_some_and(|now| {
        (now.state, now.lease_until, now.attempts) == (claimed.state.clone(), claimed.lease_until, claimed.attempts)
    }))
}

fn perform(tx: &mut Tx<'_>, ctx: &Ctx, row: &JobRow) -> Result<Progress, Error> {
    let subject = row.organization_id.as_deref().unwrap_or_default();
    match row.kind.as_str() {
        organizations::CREATE_JOB | organizations::DELETE_JOB => organizations::advance(tx, ctx, subject, &row.payload),
        other => Err(Error::internal(format!("nobody knows how to do a job of kind {other}"))),
    }
}

/// Gives the lease back and notes how it went.
fn settle(tx: &mut Tx<'_>, ctx: &Ctx, mut row: JobRow, went: Result<Progress, &Error>) -> Result<(), Error> {
    let now = ctx.now();
    row.lease_until = 0;
    row.updated_at = now.millis();
    match went {
        Ok(Progress::Again) => {
            row.run_at = now.millis();
            row.attempts = 0;
        }
        Ok(Progress::Done) => "done".clone_into(&mut row.state),
        Ok(Progress::Failed) => "failed".clone_into(&mut row.state),
        Err(error) => {
            row.last_error = Some(format!("{}: {error}", error.code()));
            let doublings = u32::try_from(row.attempts - 1).unwrap_or(0).min(20);
            row.run_at = now.plus((PAUSE_FIRST * 2_u32.pow(doublings)).min(PAUSE_MAX)).millis();
            if row.attempts >= ATTEMPTS_MAX {
                "failed".clone_into(&mut row.state);
                let subject = row.organization_id.as_deref().unwrap_or_default();
                organizations::give_up(tx, ctx, subject, error.code())?;
            }
        }
    }
    Ok(jobs::update(tx, &row)?)
}

/// Gives back every lease: for a server that knows that it is the only one, when it starts after a crash.
pub async fn release_leases(deployment: &Arc<Deployment>) -> Result<(), Error> {
    deployment.store.write(|tx| jobs::release(tx).map_err(Error::from)).await
}

/// Lists jobs, newest first.
pub async fn list_jobs(
    ctx: &Ctx,
    organization: Option<OrganizationRef>,
    page: PageRequest,
) -> Result<Page<Job>, Error> {
    let scope = format!("jobs|{organization:?}");
    let place = page.place(&scope)?;
    ctx.read(move |tx, ctx| {
        let within = organization.as_ref().map(|reference| organizations::seek(tx, ctx, reference)).transpose()?;
        let sought = organization.as_ref().map(ToString::to_string).unwrap_or_default();
        let seen = access::visible(tx, ctx, &LIST_JOBS, Entity::Organization, within.as_ref())
            .map_err(|error| access::named(error, &[("organization", &sought)]))?;
        let wanted = jobs::Filter {
            account_id: ctx.need_account()?.to_string(),
            organization_id: within.map(|row| row.organization_id).unwrap_or_default(),
            within: seen.organizations(),
            created_by: seen.created_by(),
        };
        let before = if place.after[0].is_empty() { "g" } else { &place.after[0] };
        let rows = jobs::page(tx, &wanted, before, place.read_limit())?;
        let total = place.total(tx, |tx| jobs::count(tx, &wanted))?;
        let Page { items, next_cursor, total } = place.page(&scope, rows, total, |row| [&row.job_id, ""]);
        let now = ctx.now();
        let items = items.into_iter().map(|row| job(row, now)).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor, total })
    })
    .await
}

/// Shows one job.
pub async fn show_job(ctx: &Ctx, id: JobId) -> Result<Job, Error> {
    ctx.read(move |tx, ctx| {
        let unseen = || Error::not_found("job", &id);
        let account = ctx.need_account()?.as_str();
        // Nobody learns from the answer whether a job of another account exists.
        let row = jobs::by_id(tx, id.as_str())?.filter(|row| row.account_id == account).ok_or_else(unseen)?;
        let organization = match &row.organization_id {
            Some(id) => organization_rows::by_id(tx, id)?,
            None => None,
        };
        let target = organization.as_ref().map_or(Target::Account(account), Target::Organization);
        match access::decide(tx, ctx, &SHOW_JOB, target) {
            Err(Error::NotFound { .. } | Error::Denied { .. }) => return Err(unseen()),
            decided => decided?,
        }
        job(row, ctx.now())
    })
    .await
}

fn job(row: JobRow, now: Timestamp) -> Result<Job, Error> {
    let running = row.state == "waiting" && row.lease_until > now.millis();
    Ok(Job {
        id: stored(row.job_id.parse())?,
        kind: row.kind,
        organization_id: row.organization_id.map(|id| stored(id.parse())).transpose()?,
        state: if running { "running".to_owned() } else { row.state },
        attempts: row.attempts,
        run_at: Timestamp::from_millis(row.run_at),
        last_error: row.last_error,
        created_at: Timestamp::from_millis(row.created_at),
        updated_at: Timestamp::from_millis(row.updated_at),
    })
}

/// Forgets jobs that were done or failed long ago.
pub(crate) fn prune(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, Error> {
    Ok(jobs::prune(tx, now.minus(DONE_KEPT).millis(), now.minus(FAILED_KEPT).millis())?)
}
