//! Runs jobs as they fall due, and housekeeping now and then. Holds no rule: the domain says what a step does.
//!
//! One worker in each server; several servers share the work by leases.

use std::sync::Arc;
use std::time::Duration;

use reeve_domain::jobs::{self, Ran};
use reeve_domain::{Deployment, Error, housekeeping};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

/// How long to wait at most before looking again: another server may have added a job without waking us.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How often what is past its time is removed.
const HOUSEKEEPING_EVERY: Duration = Duration::from_secs(3600);

/// Runs until `stop` says so; a step that has begun is finished first.
pub async fn run(deployment: Arc<Deployment>, mut stop: watch::Receiver<bool>) {
    let mut housekeeping_due = Instant::now();
    while !*stop.borrow() {
        if Instant::now() >= housekeeping_due {
            report("housekeeping", housekeeping::run(&deployment).await);
            housekeeping_due = Instant::now() + HOUSEKEEPING_EVERY;
        }
        let wait = match jobs::run_next(&deployment).await {
            Ok(Ran::Step) => continue,
            Ok(Ran::Idle(next)) => next.map_or(LOOK_EVERY, |at| deployment.until(at).min(LOOK_EVERY)),
            Err(error) => {
                report("running a job", Err(error));
                LOOK_EVERY
            }
        };
        tokio::select! {
            _ = timeout(wait, deployment.job_added()) => {}
            _ = stop.changed() => {}
        }
    }
}

fn report(what: &str, outcome: Result<(), Error>) {
    match outcome {
        Ok(()) => {}
        Err(Error::Internal(chain)) => tracing::error!(what, %chain, "background work failed"),
        Err(error) => tracing::warn!(what, %error, "background work must wait"),
    }
}
