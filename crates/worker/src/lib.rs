//! Runs jobs as they fall due, housekeeping now and then, and the checks of what organizations rely on. Holds no rule:
//! the domain says what a step does.
//!
//! One worker in each server; several servers share the work by leases and by times that are moved on before the work.

use std::sync::Arc;
use std::time::Duration;

use reeve_domain::jobs::{self, Ran};
use reeve_domain::{Deployment, Error, health, hosted_zones, housekeeping, keys, mail_domains};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

/// How long to wait at most before looking again: another server may have added a job without waking us.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How often what is past its time is removed.
const HOUSEKEEPING_EVERY: Duration = Duration::from_secs(3600);

/// How often the database, the blob store and the clock are looked at.
const HEALTH_EVERY: Duration = Duration::from_secs(15);

/// How often it is looked whether the DNS of a domain is to be looked at.
const DOMAINS_EVERY: Duration = Duration::from_secs(5);

/// How often it is looked whether a hosted zone is to be looked after.
const HOSTED_ZONES_EVERY: Duration = Duration::from_secs(5);

/// How often it is looked whether a key is to be looked at, and keys in the open that are too old are dropped.
const KEYS_EVERY: Duration = Duration::from_secs(5);

/// Runs until `stop` says so. A step of a job that has begun is finished first; a check is given up, since it is safe
/// to give up at any moment.
pub async fn run(deployment: Arc<Deployment>, stop: watch::Receiver<bool>) {
    // First, because nothing is removed for good before the clock was looked at.
    report("health", health::reconcile(&deployment).await);
    let mut checks = JoinSet::new();
    let again = |what, every| Again { what, every, deployment: Arc::clone(&deployment), stop: stop.clone() };
    checks.spawn(again("health", HEALTH_EVERY).run(|to| async move { health::reconcile(&to).await }));
    let domains = again("domains", DOMAINS_EVERY);
    checks.spawn(domains.run(|to| async move { mail_domains::reconcile(&to).await }));
    let zones = again("hosted zones", HOSTED_ZONES_EVERY);
    checks.spawn(zones.run(|to| async move { hosted_zones::reconcile(&to).await }));
    let keys = again("encryption keys", KEYS_EVERY);
    checks.spawn(keys.run(|to| async move { keys::reconcile(&to).await }));
    work(&deployment, stop.clone()).await;
    checks.shutdown().await;
}

/// Does what is due, jobs and housekeeping.
async fn work(deployment: &Arc<Deployment>, mut stop: watch::Receiver<bool>) {
    let mut housekeeping_due = Instant::now();
    while !*stop.borrow() {
        if Instant::now() >= housekeeping_due {
            report("housekeeping", housekeeping::run(deployment).await);
            housekeeping_due = Instant::now() + HOUSEKEEPING_EVERY;
        }
        let wait = match jobs::run_next(deployment).await {
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

/// A check that is made again and again, in a task of its own: a slow resolver holds up nobody else.
struct Again {
    what: &'static str,
    every: Duration,
    deployment: Arc<Deployment>,
    stop: watch::Receiver<bool>,
}

impl Again {
    async fn run<F: Future<Output = Result<(), Error>>>(mut self, check: impl Fn(Arc<Deployment>) -> F) {
        // An error means that whoever could say stop is gone, which is a stop as well.
        while timeout(self.every, self.stop.wait_for(|stop| *stop)).await.is_err() {
            report(self.what, check(Arc::clone(&self.deployment)).await);
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
