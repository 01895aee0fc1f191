//! Active and Impaired: what is amiss with an organization, what it may still do, and the way back (row B7).

use std::sync::Arc;
use std::time::Duration;

use reeve_base::random::OsRandom;
use reeve_domain::health::{self, Condition, Finding, Kind, list_organization_conditions, purging_is_safe, reconcile};
use reeve_domain::organizations::{State, list_organization_states};
use reeve_domain::{Deployment, Outside};
use reeve_store::tables::organizations as organization_rows;
use reeve_store::{BlobUrl, Store, StoreOptions};

use crate::harness::{DAY, World, new_user, on_each_engine, refused};
use crate::org::Org;

/// How long a clock runs evenly before it is believed again.
const SETTLE: Duration = Duration::from_secs(10 * 60);

async fn look(world: &World) {
    reconcile(&world.deployment).await.unwrap();
}

async fn conditions(org: &Org<'_>) -> Vec<Condition> {
    list_organization_conditions(&org.ctx, org.id()).await.unwrap()
}

#[tokio::test]
async fn a_clock_that_jumps_impairs_every_organization_until_it_is_believed_again() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let other_id = world.foreign_org("other").await.show().await.id.to_string();
        // No session lasts for as long as the clock jumps.
        let acme = acme.by(&world.operator);
        // Both databases keep the time of this machine, so the clock of the test stays by it.
        world.clock.set(reeve_base::Clock::now(&reeve_base::clock::SystemClock));
        look(world).await;
        assert_eq!((acme.state().await, conditions(&acme).await), (State::Active, Vec::new()));
        assert!(purging_is_safe(&world.deployment));
        let jumped_at = world.now().plus(DAY * 400);
        world.clock.set(jumped_at);
        look(world).await;
        assert_eq!(acme.state().await, State::Impaired);
        let found = conditions(&acme).await;
        let [Condition { kind: Kind::Clock, reason, remedy, since, .. }] = found.as_slice() else {
            panic!("{found:?}")
        };
        assert!(reason.contains("400 days") || reason.contains("399 days"), "{reason}");
        assert!(remedy.contains("NTP") && *since == jumped_at, "{remedy}");
        assert_eq!(acme.show().await.state_reason, *reason);
        assert!(!purging_is_safe(&world.deployment));
        refused(acme.create(new_user("late")).await, "organization_state");
        let states = list_organization_states(&acme.ctx, acme.id()).await.unwrap();
        look(world).await;
        let again = list_organization_states(&acme.ctx, acme.id()).await.unwrap();
        assert_eq!(states, again, "what is known already is not told again");

        // Set right, which is another jump; then it must run evenly for a while.
        world.clock.set(reeve_base::Clock::now(&reeve_base::clock::SystemClock));
        look(world).await;
        assert_eq!(acme.state().await, State::Impaired);
        let deployment = world.restarted();
        reconcile(&deployment).await.unwrap();
        assert_eq!(acme.state().await, State::Active, "a server that starts with a right clock believes it");
        acme.create(new_user("late")).await.unwrap();
        let last = list_organization_states(&acme.ctx, acme.id()).await.unwrap().pop().unwrap();
        assert_eq!((last.state, last.reason.as_str()), (State::Active, "what was amiss with it works again"));
        let id = other_id.clone();
        let others = world.store().read(move |tx| organization_rows::states(tx, &id)).await.unwrap();
        let words: Vec<_> = others.iter().rev().take(4).map(|reached| reached.state.as_str()).collect();
        assert_eq!(words, ["Active", "Impaired", "Impaired", "Active"], "organizations of every account");
        let events = world.events().await;
        let told: Vec<_> = events.iter().filter(|event| event.operation == "report_condition").collect();
        assert_eq!(told.len(), 3, "forward, back, well again: {told:#?}");
        let moved = |event: &&&reeve_domain::audit::Event| event.changes.iter().any(|change| change.field == "state");
        assert_eq!(told.iter().filter(moved).count(), 2, "{told:#?}");
        assert!(told.iter().all(|event| event.actor.kind == "system"));
    })
    .await;
}

#[tokio::test]
async fn a_clock_is_believed_again_once_it_has_run_evenly() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        world.clock.set(reeve_base::Clock::now(&reeve_base::clock::SystemClock));
        look(world).await;
        world.clock.set(world.now().minus(SETTLE));
        look(world).await;
        assert_eq!(acme.state().await, State::Impaired);
        // An organization that comes while something is amiss has it too.
        let late = world.active_org("late").await;
        look(world).await;
        assert_eq!(late.state().await, State::Impaired);
        world.clock.advance(SETTLE);
        look(world).await;
        assert_eq!((acme.state().await, late.state().await), (State::Active, State::Active));
    })
    .await;
}

#[tokio::test]
async fn a_blob_store_that_fails_impairs_and_one_that_works_again_heals() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let folder = tempfile::tempdir().unwrap();
        let blobs = folder.path().join("blobs");
        let url = world.store.database().url().parse().unwrap();
        let options = StoreOptions { blobs: Some(BlobUrl::folder(&blobs)), ..StoreOptions::new(url) };
        let store = tokio::task::spawn_blocking(|| Store::open(options).unwrap()).await.unwrap();
        let settings = world.deployment.settings().clone();
        let clock = Arc::new(reeve_base::clock::SystemClock);
        let deployment = Deployment::new(store, clock, Arc::new(OsRandom), Outside::default(), settings);
        reconcile(&deployment).await.unwrap();
        assert_eq!(acme.state().await, State::Active);
        // A file in the place of the folder: nothing can be written there, not even by root.
        std::fs::remove_dir_all(&blobs).unwrap();
        std::fs::write(&blobs, b"").unwrap();
        reconcile(&deployment).await.unwrap();
        let found = conditions(&acme).await;
        assert_eq!((acme.state().await, found.len(), found[0].kind), (State::Impaired, 1, Kind::BlobStore));
        let checks = health::checks(&deployment);
        let amiss: Vec<_> = checks.iter().filter(|check| check.finding != Finding::Well).map(|c| c.kind).collect();
        assert_eq!(amiss, [Kind::BlobStore]);
        std::fs::remove_file(&blobs).unwrap();
        std::fs::create_dir(&blobs).unwrap();
        reconcile(&deployment).await.unwrap();
        assert_eq!((acme.state().await, conditions(&acme).await.len()), (State::Active, 0));
    })
    .await;
}

#[tokio::test]
async fn a_deleted_organization_has_nothing_amiss() {
    on_each_engine(async |world| {
        world.clock.set(reeve_base::Clock::now(&reeve_base::clock::SystemClock));
        let acme = world.active_org("acme").await;
        look(world).await;
        world.clock.set(world.now().minus(SETTLE));
        look(world).await;
        assert_eq!(conditions(&acme).await.len(), 1);
        acme.deleted().await;
        look(world).await;
        assert_eq!((acme.state().await, conditions(&acme).await), (State::Deleted, Vec::new()));
    })
    .await;
}
