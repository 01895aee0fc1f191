//! Looks at what every organization of this deployment relies on: the database, the blob store, the clock.
//!
//! What is found is kept in memory for probes and metrics, and written to every organization that it touches. While
//! the database does not answer nothing can be written: once it does, the outage is written down as having been.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reeve_base::Timestamp;
use reeve_base::limits::DISK_FREE_BYTES_MIN;
use reeve_store::tables::{deployment as rows, organization_conditions, organizations};

use super::clock::{ClockWatch, Sight};
use super::{Finding, Kind, report};
use crate::ctx::Ctx;
use crate::deployment::Deployment;
use crate::error::Error;
use crate::organizations::State;

/// Under this name the deployment keeps the latest time that was believed.
const HEARTBEAT: &str = "heartbeat";

/// Under this name it is tried whether the database takes changes.
const PROBE: &str = "probe";

/// Organizations that are looked through at once.
const AT_ONCE: i64 = 200;

/// What was last found, and what is needed to tell what comes next.
#[derive(Default)]
pub(crate) struct Health(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    clock: ClockWatch,
    results: Vec<CheckResult>,
    purging_is_safe: bool,
}

/// How one check of the deployment last went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckResult {
    /// What was checked.
    pub kind: Kind,
    /// What was found.
    pub finding: Finding,
    /// Since when that is so.
    pub since: Timestamp,
}

/// Whether a check found what it found before.
enum News {
    /// The same.
    Same,
    /// It is the first of its kind.
    First,
    /// Something else: this was before.
    Instead(CheckResult),
}

impl Health {
    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, kind: Kind, finding: &Finding, now: Timestamp) -> News {
        let mut state = self.lock();
        let fresh = CheckResult { kind, finding: finding.clone(), since: now };
        match state.results.iter_mut().find(|result| result.kind == kind) {
            None => {
                state.results.push(fresh);
                News::First
            }
            Some(known) if known.finding == *finding => News::Same,
            Some(known) => News::Instead(std::mem::replace(known, fresh)),
        }
    }
}

/// How the checks of the deployment last went, for probes; a check that was not made yet is not there.
pub fn checks(deployment: &Deployment) -> Vec<CheckResult> {
    deployment.health.lock().results.clone()
}

/// Whether the clock can be believed so far that what is past its time may be removed for good. Not before it was
/// looked at for the first time.
pub fn purging_is_safe(deployment: &Deployment) -> bool {
    deployment.health.lock().purging_is_safe
}

/// Looks at the database, the clock and the blob store, and writes what it finds to every organization.
///
/// Errors: `Unavailable` while the database does not answer.
pub async fn reconcile(deployment: &Arc<Deployment>) -> Result<(), Error> {
    let ctx = Ctx::system(deployment, "health");
    let (database, recorded) = match look_at_database(&ctx).await {
        Ok(seen) => seen,
        Err(why) => {
            note(&ctx, Kind::Database, &Finding::amiss("the database did not answer", "see the log of the server"));
            return Err(why);
        }
    };
    let disk = disk(deployment);
    if let News::Instead(before) = note(&ctx, Kind::Database, &disk)
        && let Finding::Amiss { reason, remedy } = before.finding
    {
        // Nothing could be written while it lasted: it is written down now, and taken back in the next moment.
        let reason = format!("{reason} from {} to {}", before.since, ctx.now());
        spread(&ctx, Kind::Database, &Finding::Amiss { reason, remedy }).await?;
    }
    spread(&ctx, Kind::Database, &disk).await?;
    let clock = look_at_clock(&ctx, database, recorded).await?;
    spread(&ctx, Kind::Clock, &clock).await?;
    if let Some(blobs) = deployment.store.blobs() {
        let finding = match blobs.probe().await {
            Ok(()) => Finding::Well,
            Err(why) => Finding::amiss(
                format!("the store of message bodies does not work: {}", why.reason()),
                "see that blob_url is right, and that the place it names can be read and written",
            ),
        };
        note(&ctx, Kind::BlobStore, &finding);
        spread(&ctx, Kind::BlobStore, &finding).await?;
    }
    count(&ctx).await
}

/// What the clock of the database shows, and the latest time that was recorded. Writes too, since a database that can
/// only be read is of no use.
async fn look_at_database(ctx: &Ctx) -> Result<(Option<Timestamp>, Option<Timestamp>), Error> {
    let database = ctx.deployment().store.clock().await?.map(Timestamp::from_millis);
    let recorded = ctx
        .write(|tx, _| {
            rows::set(tx, PROBE, &[])?;
            Ok(rows::get(tx, HEARTBEAT)?)
        })
        .await?;
    let recorded = recorded.and_then(|value| value.try_into().ok()).map(i64::from_be_bytes);
    Ok((database, recorded.map(Timestamp::from_millis)))
}

/// Whether there is room for what comes: a database that is full refuses every change.
fn disk(deployment: &Deployment) -> Finding {
    match deployment.store.free_bytes() {
        Some(free) if free < DISK_FREE_BYTES_MIN => Finding::amiss(
            format!("less than {} MB are free on the disk of the database", DISK_FREE_BYTES_MIN >> 20),
            "make room: on a full disk nothing new is accepted",
        ),
        _ => Finding::Well,
    }
}

async fn look_at_clock(ctx: &Ctx, database: Option<Timestamp>, recorded: Option<Timestamp>) -> Result<Finding, Error> {
    let deployment = ctx.deployment();
    let (wall, steady) = (deployment.clock.now(), deployment.clock.steady());
    let verdict = {
        let mut state = deployment.health.lock();
        let verdict = state.clock.look(Sight { wall, steady, recorded, database });
        state.purging_is_safe = verdict.purging_is_safe;
        verdict
    };
    note(ctx, Kind::Clock, &verdict.finding);
    if verdict.believed {
        ctx.write(move |tx, _| Ok(rows::set(tx, HEARTBEAT, &wall.millis().to_be_bytes())?)).await?;
    }
    Ok(verdict.finding)
}

/// Keeps what was found, for probes and metrics, and says so in the log when it is news.
fn note(ctx: &Ctx, kind: Kind, finding: &Finding) -> News {
    let well = if *finding == Finding::Well { 1.0 } else { 0.0 };
    metrics::gauge!("reeve_health", "check" => kind.word()).set(well);
    let news = ctx.deployment().health.keep(kind, finding, ctx.now());
    match (finding, &news) {
        (_, News::Same) | (Finding::Well, News::First) => {}
        (Finding::Well, News::Instead(_)) => tracing::info!(check = kind.word(), "works again"),
        (Finding::Amiss { reason, remedy }, _) => {
            tracing::warn!(check = kind.word(), reason, remedy, "what organizations rely on does not work");
        }
    }
    news
}

/// Writes a finding to every organization that does not have it yet.
async fn spread(ctx: &Ctx, kind: Kind, finding: &Finding) -> Result<(), Error> {
    let known = ctx.read(move |tx, _| Ok(organization_conditions::of_kind(tx, kind.word())?)).await?;
    let Finding::Amiss { reason, .. } = finding else {
        for row in known {
            write_to(ctx, row.organization_id, kind, finding).await?;
        }
        return Ok(());
    };
    let told: HashSet<_> = known.iter().filter(|row| row.reason == *reason).map(|row| &row.organization_id).collect();
    let mut after = String::new();
    loop {
        let from = after;
        let some = ctx.read(move |tx, _| Ok(organizations::serving(tx, &from, AT_ONCE)?)).await?;
        let Some(last) = some.last() else { return Ok(()) };
        after = last.clone();
        for organization in some.into_iter().filter(|organization| !told.contains(organization)) {
            write_to(ctx, organization, kind, finding).await?;
        }
    }
}

async fn write_to(ctx: &Ctx, organization: String, kind: Kind, finding: &Finding) -> Result<(), Error> {
    let finding = finding.clone();
    ctx.write(move |tx, ctx| match organizations::by_id(tx, &organization)? {
        Some(mut row) => report(tx, ctx, &mut row, (kind, ""), &finding),
        None => Ok(()),
    })
    .await
}

/// Tells how many organizations are in which state, and how many things of each kind are amiss with them.
async fn count(ctx: &Ctx) -> Result<(), Error> {
    let (states, kinds) =
        ctx.read(|tx, _| Ok((organizations::states_now(tx)?, organization_conditions::kinds(tx)?))).await?;
    for state in State::ALL {
        let count = states.iter().find(|row| row.state == state.word()).map_or(0, |row| row.count);
        metrics::gauge!("reeve_organizations", "state" => state.word()).set(as_gauge(count));
    }
    for kind in Kind::ALL {
        let count = kinds.iter().find(|row| row.kind == kind.word()).map_or(0, |row| row.count);
        metrics::gauge!("reeve_organization_conditions", "kind" => kind.word()).set(as_gauge(count));
    }
    Ok(())
}

/// A count as metrics have it.
fn as_gauge(count: i64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
