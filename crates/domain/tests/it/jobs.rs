//! Durable work: retried when it fails for a passing reason, resumed after a crash, done once by two workers.

use std::time::Duration;

use reeve_base::Timestamp;
use reeve_domain::jobs::{self, Job, Ran, list_jobs, release_leases, show_job};
use reeve_domain::organizations::{State, list_organization_states};
use reeve_store::Engine;
use reeve_store::tables::jobs as rows;

use crate::harness::{first, on_each_engine, refused, run_due};
use crate::org::{Org, at_once};
use crate::organizations::put_state;

const CREATED: [State; 4] = [State::Requested, State::Creating, State::Validating, State::Active];

/// How long a step may hold its job.
const LEASE: Duration = Duration::from_secs(30);

async fn job(org: &Org<'_>) -> Job {
    list_jobs(&org.world.operator, Some(org.id()), first(1)).await.unwrap().items.remove(0)
}

async fn history(org: &Org<'_>) -> Vec<State> {
    let states = list_organization_states(&org.ctx, org.id()).await.unwrap();
    states.into_iter().map(|state| state.state).collect()
}

#[tokio::test]
async fn a_step_that_fails_for_a_passing_reason_is_tried_again_after_growing_pauses() {
    on_each_engine(async |world| {
        let acme = world.requested_org("acme").await;
        put_state(&acme, "Bewildered").await;
        let mut pauses = Vec::new();
        for attempt in 1..=12 {
            let next = world.run_due().await.expect("the job waits");
            let now = world.now();
            pauses.push(next.since(now).as_millis());
            let job = job(&acme).await;
            assert_eq!((job.attempts, job.state.as_str(), job.run_at), (attempt, "waiting", next));
            assert!(job.last_error.is_some_and(|why| why.starts_with("internal")));
            world.clock.advance(next.since(now));
        }
        assert_eq!(pauses[..4], [500, 1_000, 2_000, 4_000]);
        assert!(pauses.windows(2).all(|pair| pair[0] <= pair[1]), "{pauses:?}");
        assert_eq!(pauses.last(), Some(&300_000));
        // What stood in the way is gone.
        put_state(&acme, "Creating").await;
        world.settle().await;
        assert_eq!(acme.state().await, State::Active);
        assert_eq!(job(&acme).await.state, "done");
    })
    .await;
}

#[tokio::test]
async fn a_step_that_fails_for_a_day_ends_in_failed_and_the_organization_can_be_deleted() {
    on_each_engine(async |world| {
        let acme = world.requested_org("acme").await;
        put_state(&acme, "Bewildered").await;
        let began = world.now();
        while let Some(next) = world.run_due().await {
            world.clock.advance(next.since(world.now()));
            assert!(world.now().since(began) < Duration::from_secs(48 * 3600), "it never gives up");
        }
        assert!(world.now().since(began) > Duration::from_secs(20 * 3600), "it gave up too early");
        assert_eq!(job(&acme).await.state, "failed");
        let shown = acme.show().await;
        assert_eq!(shown.state, State::Failed);
        assert!(shown.state_reason.contains("tried too often"), "{}", shown.state_reason);
        acme.deleted().await;
        assert_eq!(acme.state().await, State::Deleted);
    })
    .await;
}

/// Claims the due job as a worker does that dies before its step.
async fn claim_and_die(org: &Org<'_>) {
    let now = org.world.now();
    let claimed = org.world.store().write(move |tx| {
        let mut row = rows::due(tx, now.millis())?.expect("a job is due");
        row.attempts += 1;
        row.lease_until = now.plus(LEASE).millis();
        rows::update(tx, &row)
    });
    claimed.await.unwrap();
}

#[tokio::test]
async fn a_crash_between_any_two_steps_loses_nothing() {
    on_each_engine(async |world| {
        for steps in 0..=4 {
            let acme = world.requested_org(&format!("acme-{steps}")).await;
            for _ in 0..steps {
                jobs::run_next(&world.deployment).await.unwrap();
            }
            let survivor = world.restarted();
            assert_eq!(run_due(&survivor).await, None);
            assert_eq!(history(&acme).await, CREATED, "after {steps} steps");
        }
    })
    .await;
}

#[tokio::test]
async fn a_crash_during_a_step_is_resumed_when_its_lease_ends() {
    on_each_engine(async |world| {
        let acme = world.requested_org("acme").await;
        for left in (1..=3).rev() {
            claim_and_die(&acme).await;
            let survivor = world.restarted();
            let ends = world.now().plus(LEASE);
            assert_eq!(jobs::run_next(&survivor).await.unwrap(), Ran::Idle(Some(ends)), "{left} steps left");
            assert_eq!(job(&acme).await.state, "running");
            world.clock.advance(LEASE);
            assert_eq!(jobs::run_next(&survivor).await.unwrap(), Ran::Step);
        }
        world.settle().await;
        assert_eq!(history(&acme).await, CREATED);
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_alone_takes_leases_back_at_once() {
    on_each_engine(async |world| {
        let acme = world.requested_org("acme").await;
        claim_and_die(&acme).await;
        let survivor = world.restarted();
        release_leases(&survivor).await.unwrap();
        assert_eq!(run_due(&survivor).await, None);
        assert_eq!(history(&acme).await, CREATED);
    })
    .await;
}

#[tokio::test]
async fn a_crash_during_a_deletion_is_resumed() {
    on_each_engine(async |world| {
        for with_directory in [true, false] {
            let acme = world.active_org(if with_directory { "acme" } else { "globex" }).await;
            acme.user("ada").await;
            acme.delete(with_directory, true).await.unwrap();
            claim_and_die(&acme).await;
            world.clock.advance(LEASE);
            jobs::run_next(&world.restarted()).await.unwrap();
            claim_and_die(&acme).await;
            world.clock.advance(LEASE);
            assert_eq!(run_due(&world.restarted()).await, None);
            assert_eq!(history(&acme).await[3..], [State::Active, State::Deleting, State::Deleted]);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_at_once_run_each_step_once() {
    on_each_engine(async |world| {
        let mut all = Vec::new();
        for n in 0..6 {
            all.push(world.requested_org(&format!("org-{n}")).await);
        }
        let (first, second) = (world.restarted(), world.restarted());
        let worker =
            |deployment: std::sync::Arc<reeve_domain::Deployment>| async move { run_until_idle(&deployment).await };
        at_once([worker(first), worker(second)]).await;
        world.settle().await;
        for org in &all {
            assert_eq!(history(org).await, CREATED, "{}", org.made.alias);
        }
        let advances = world.events().await.iter().filter(|e| e.operation == "advance_organization").count();
        assert_eq!(advances, 3 * all.len());
    })
    .await;
}

/// A worker on PostgreSQL may be told to try again when another is in its way.
async fn run_until_idle(deployment: &std::sync::Arc<reeve_domain::Deployment>) {
    for _ in 0..1_000 {
        match jobs::run_next(deployment).await {
            Ok(Ran::Idle(None)) => return,
            Ok(Ran::Step) => {}
            // Another worker holds the last ones.
            Ok(Ran::Idle(Some(_))) => tokio::task::yield_now().await,
            Err(error) => {
                assert_eq!((error.code(), deployment.store().engine()), ("unavailable", Engine::Postgres));
            }
        }
    }
}

#[tokio::test]
async fn jobs_are_listed_newest_first_and_shown_to_their_account_alone() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        world.clock.advance(Duration::from_millis(1));
        let globex = world.active_org("globex").await;
        world.foreign_org("initech").await;
        let page = list_jobs(&world.admin, None, first(10)).await.unwrap();
        let about: Vec<_> = page.items.iter().map(|job| job.organization_id.clone().unwrap()).collect();
        assert_eq!((about, page.total), (vec![globex.made.id.clone(), acme.made.id.clone()], Some(2)));
        let shown = show_job(&world.admin, job(&acme).await.id).await.unwrap();
        assert_eq!((shown.kind.as_str(), shown.state.as_str()), ("create_organization", "done"));
        refused(show_job(&world.other, shown.id.clone()).await, "not_found");
        refused(show_job(&world.general, shown.id).await, "not_found");
        refused(list_jobs(&world.other, Some(acme.id()), first(1)).await, "not_found");
    })
    .await;
}

#[tokio::test]
async fn housekeeping_forgets_jobs_that_were_done_a_month_ago() {
    on_each_engine(async |world| {
        world.active_org("acme").await;
        let count = async || list_jobs(&world.operator, None, first(10)).await.unwrap().items.len();
        world.clock.set(Timestamp::from_millis(world.now().millis() + 30 * 24 * 3_600_000));
        world.tidy().await;
        assert_eq!(count().await, 1);
        world.clock.advance(Duration::from_millis(1));
        world.tidy().await;
        assert_eq!(count().await, 0);
    })
    .await;
}

#[tokio::test]
async fn housekeeping_forgets_jobs_that_failed_after_ninety_days() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let id = job(&acme).await.id.to_string();
        let failed = world.store().write(move |tx| {
            let row = rows::by_id(tx, &id)?.expect("it is there");
            rows::update(tx, &rows::JobRow { state: "failed".to_owned(), ..row })
        });
        failed.await.unwrap();
        let count = async || list_jobs(&world.operator, None, first(10)).await.unwrap().items.len();
        world.clock.set(Timestamp::from_millis(world.now().millis() + 90 * 24 * 3_600_000));
        world.tidy().await;
        assert_eq!(count().await, 1);
        world.clock.advance(Duration::from_millis(1));
        world.tidy().await;
        assert_eq!(count().await, 0);
    })
    .await;
}
