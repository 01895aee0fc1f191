//! Keys that go away: switched off, taken away, unreachable, destroyed. No mail is lost but where it is meant to be.

use std::time::Duration;

use reeve_base::key_services::KeyFailure;
use reeve_base::limits::{KEY_CACHE_TTL, KEY_CHECK_PERIOD, KEY_FAILURE_PAUSE};
use reeve_domain::Error;
use reeve_domain::health::list_organization_conditions;
use reeve_domain::keys::{disable_organization_key, enable_organization_key};
use reeve_domain::organizations::State;
use reeve_store::tables::{mailbox_keys, organization_keys};

use crate::calls_keys::{kms_key, unavailable};
use crate::harness::{World, invalid, on_each_engine};
use crate::keys::under_customer_key;
use crate::org::Org;

/// The reasons of what is amiss with the key of an organization.
async fn reasons(acme: &Org<'_>) -> Vec<String> {
    let conditions = list_organization_conditions(&acme.ctx, acme.id()).await.unwrap();
    conditions.into_iter().map(|condition| condition.reason).collect()
}

/// Lets the next look at keys come.
async fn next_look(world: &World) {
    world.clock.advance(KEY_CHECK_PERIOD);
    world.look_at_keys().await;
}

#[tokio::test]
async fn a_key_that_is_taken_away_closes_mailboxes_until_it_is_back() {
    on_each_engine(async |world| {
        let acme = under_customer_key(world).await;
        let sealed = acme.seal("ada", "1", b"a letter").await.unwrap();
        world.look_at_keys().await;
        assert_eq!((acme.state().await, acme.key_failure().await), (State::Active, None));
        for failure in [KeyFailure::Disabled, KeyFailure::Gone, KeyFailure::Denied] {
            world.keepers.fail(failure);
            next_look(world).await;
            assert_eq!((acme.state().await, acme.key_failure().await), (State::Impaired, Some(failure)));
            assert_eq!(reasons(&acme).await.len(), 1);
            unavailable(acme.open("ada", "1", &sealed).await);
            unavailable(acme.seal("ada", "2", b"x").await);
            world.keepers.recover();
            next_look(world).await;
            assert_eq!((acme.state().await, acme.key_failure().await), (State::Active, None));
            assert_eq!(acme.open("ada", "1", &sealed).await.unwrap(), b"a letter", "nothing was lost");
        }
        let moves = world.events().await.into_iter().filter(|event| event.operation == "report_condition").count();
        assert_eq!(moves, 6, "an event for each move");
    })
    .await;
}

// The owner says no between two looks: what is held serves for its time at most, and another server asks at once.
#[tokio::test]
async fn what_is_held_outlives_a_refusal_by_minutes_at_most() {
    on_each_engine(async |world| {
        let acme = under_customer_key(world).await;
        let sealed = acme.seal("ada", "1", b"a letter").await.unwrap();
        world.keepers.fail(KeyFailure::Disabled);
        let fresh = acme.by(&world.operator_on(&world.restarted(), |_| {}).await);
        unavailable(fresh.open("ada", "1", &sealed).await);
        acme.open("ada", "1", &sealed).await.unwrap();
        world.clock.advance(KEY_CACHE_TTL);
        unavailable(acme.open("ada", "1", &sealed).await);
    })
    .await;
}

// What one server found counts for all: the others do not go on with what they hold.
#[tokio::test]
async fn a_refusal_that_one_server_sees_holds_for_all() {
    on_each_engine(async |world| {
        let acme = under_customer_key(world).await;
        let other = world.restarted();
        let theirs = acme.by(&world.operator_on(&other, |_| {}).await);
        let sealed = acme.seal("ada", "1", b"a letter").await.unwrap();
        theirs.open("ada", "1", &sealed).await.unwrap();
        world.keepers.fail(KeyFailure::Disabled);
        next_look(world).await;
        unavailable(theirs.open("ada", "1", &sealed).await);
    })
    .await;
}

#[tokio::test]
async fn a_system_that_is_down_for_less_disturbs_nobody_who_read_before() {
    on_each_engine(async |world| {
        let acme = under_customer_key(world).await;
        let sealed = acme.seal("ada", "1", b"a letter").await.unwrap();
        for failure in [KeyFailure::Unreachable, KeyFailure::TimedOut, KeyFailure::Throttled] {
            world.keepers.fail(failure);
            next_look(world).await;
            assert_eq!((acme.state().await, acme.key_failure().await), (State::Impaired, Some(failure)));
            assert_eq!(acme.open("ada", "1", &sealed).await.unwrap(), b"a letter");
        }
        world.clock.advance(KEY_CACHE_TTL);
        unavailable(acme.open("ada", "1", &sealed).await);
    })
    .await;
}

#[tokio::test]
async fn a_dead_system_is_not_asked_by_every_reader() {
    on_each_engine(async |world| {
        let acme = under_customer_key(world).await;
        let sealed = acme.seal("ada", "1", b"a letter").await.unwrap();
        world.keepers.fail(KeyFailure::Unreachable);
        world.clock.advance(KEY_CACHE_TTL);
        world.keepers.asked();
        for _ in 0..100 {
            unavailable(acme.open("ada", "1", &sealed).await);
        }
        assert_eq!(world.keepers.asked(), 1);
        world.keepers.recover();
        world.clock.advance(KEY_FAILURE_PAUSE);
        assert_eq!(acme.open("ada", "1", &sealed).await.unwrap(), b"a letter");
    })
    .await;
}

#[tokio::test]
async fn a_system_that_is_absent_at_the_start_hinders_nothing_else() {
    on_each_engine(async |world| {
        let acme = under_customer_key(world).await;
        let sealed = acme.seal("ada", "1", b"a letter").await.unwrap();
        world.keepers.fail(KeyFailure::Unreachable);
        let started = world.restarted();
        world.clock.advance(KEY_CHECK_PERIOD);
        reeve_domain::keys::reconcile(&started).await.unwrap();
        let theirs = acme.by(&world.operator_on(&started, |_| {}).await);
        assert_eq!(theirs.state().await, State::Impaired);
        assert!(theirs.find("ada").await.is_ok(), "people are looked after as before");
        unavailable(theirs.open("ada", "1", &sealed).await);
        world.keepers.recover();
        next_look(world).await;
        world.clock.advance(KEY_FAILURE_PAUSE);
        assert_eq!(theirs.open("ada", "1", &sealed).await.unwrap(), b"a letter");
        assert_eq!(theirs.state().await, State::Active);
    })
    .await;
}

#[tokio::test]
async fn a_wrapped_key_of_another_organization_does_not_open() {
    on_each_engine(async |world| {
        let acme = under_customer_key(world).await;
        let globex = world.active_org("globex").await;
        globex.set_key("mail").await.unwrap();
        let (ours, theirs) = (acme.made.id.to_string(), globex.made.id.to_string());
        // As somebody with the database at hand could: the key of one organization in the row of another.
        let swapped = world.store().write(move |tx| {
            let row = organization_keys::of_organization(tx, &theirs)?.remove(0);
            let mine = organization_keys::of_organization(tx, &ours)?.remove(0);
            organization_keys::delete(tx, &ours, mine.generation)?;
            organization_keys::insert(tx, &organization_keys::OrganizationKeyRow { wrapped: row.wrapped, ..mine })
        });
        assert!(swapped.await.unwrap());
        let refused = unavailable(acme.seal("ada", "1", b"x").await);
        assert!(refused.contains("does not open"), "{refused}");
        next_look(world).await;
        assert_eq!(acme.key_failure().await, Some(KeyFailure::Damaged));
    })
    .await;
}

#[tokio::test]
async fn a_key_that_is_switched_off_closes_mailboxes_at_once_everywhere() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        let sealed = acme.seal("ada", "1", b"a letter").await.unwrap();
        let theirs = acme.by(&world.operator_on(&world.restarted(), |_| {}).await);
        theirs.open("ada", "1", &sealed).await.unwrap();
        disable_organization_key(&acme.ctx, acme.id()).await.unwrap();
        for org in [&acme, &theirs] {
            unavailable(org.open("ada", "1", &sealed).await);
            unavailable(org.seal("ada", "2", b"x").await);
        }
        world.look_at_keys().await;
        assert_eq!(acme.state().await, State::Impaired);
        enable_organization_key(&acme.ctx, acme.id()).await.unwrap();
        for org in [&acme, &theirs] {
            assert_eq!(org.open("ada", "1", &sealed).await.unwrap(), b"a letter");
        }
        world.look_at_keys().await;
        assert_eq!(acme.state().await, State::Active);
    })
    .await;
}

#[tokio::test]
async fn a_former_key_that_is_lost_is_told_and_waited_for() {
    on_each_engine(async |world| {
        let acme = under_customer_key(world).await;
        let sealed = acme.seal("ada", "1", b"a letter").await.unwrap();
        world.clock.advance(KEY_CACHE_TTL);
        acme.set_key("managed").await.unwrap();
        world.keepers.fail(KeyFailure::Gone);
        world.look_at_keys().await;
        assert_eq!(acme.state().await, State::Impaired);
        unavailable(acme.open("ada", "1", &sealed).await);
        world.keepers.recover();
        next_look(world).await;
        assert_eq!((acme.state().await, acme.generations().await), (State::Active, vec![(2, "active", 1)]));
        assert_eq!(acme.open("ada", "1", &sealed).await.unwrap(), b"a letter");
    })
    .await;
}

#[tokio::test]
async fn what_is_destroyed_is_unreadable_for_ever() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        let sealed = acme.seal("ada", "1", b"a letter").await.unwrap();
        acme.rotate_key().await.unwrap();
        let wrapped = rows_of(world, &acme).await;
        assert_eq!(wrapped.len(), 3, "two generations and a mailbox");
        invalid(acme.destroy_key("globex").await, "alias");
        invalid(acme.destroy_key("").await, "alias");
        assert_eq!(acme.open("ada", "1", &sealed).await.unwrap(), b"a letter");
        acme.destroy_key("ACME").await.unwrap();
        assert!(rows_of(world, &acme).await.iter().all(Vec::is_empty), "no wrapped key is left");
        let theirs = acme.by(&world.operator_on(&world.restarted(), |_| {}).await);
        for org in [&acme, &theirs] {
            unavailable(org.open("ada", "1", &sealed).await);
            unavailable(org.seal("ada", "2", b"x").await);
        }
        world.look_at_keys().await;
        assert_eq!((acme.state().await, acme.generations().await), (State::Impaired, vec![(3, "destroyed", 0)]));
        assert!(matches!(acme.rotate_key().await, Err(Error::WrongState { .. })));
        assert!(matches!(enable_organization_key(&acme.ctx, acme.id()).await, Err(Error::WrongState { .. })));
        // A new key opens nothing of what was there.
        acme.set_key("managed").await.unwrap();
        world.look_at_keys().await;
        assert_eq!((acme.state().await, acme.generations().await), (State::Active, vec![(4, "active", 0)]));
        unavailable(acme.open("ada", "1", &sealed).await);
        let anew = acme.seal("ada", "1", b"a new letter").await.unwrap();
        assert_eq!(acme.open("ada", "1", &anew).await.unwrap(), b"a new letter");
        assert!(acme.open("ada", "1", &sealed).await.is_err());
    })
    .await;
}

/// Every wrapped key of an organization and its mailboxes.
async fn rows_of(world: &World, acme: &Org<'_>) -> Vec<Vec<u8>> {
    let (directory, id) = (acme.directory_id(), acme.made.id.to_string());
    let rows = world.store().read(move |tx| {
        let mut all: Vec<_> = organization_keys::of_organization(tx, &id)?.into_iter().map(|row| row.wrapped).collect();
        for generation in 1..10 {
            let rows = mailbox_keys::under(tx, (&directory, &id), (generation, ""), 100)?;
            all.extend(rows.into_iter().map(|row| row.wrapped));
        }
        Ok::<_, reeve_store::StoreError>(all)
    });
    rows.await.unwrap()
}

#[tokio::test]
async fn a_clock_that_is_set_back_keeps_no_key_longer() {
    on_each_engine(async |world| {
        let acme = under_customer_key(world).await;
        world.encryption_key(kms_key("other")).await;
        let sealed = acme.seal("ada", "1", b"a letter").await.unwrap();
        world.clock.set(world.now().minus(Duration::from_secs(3_600)));
        world.keepers.asked();
        acme.open("ada", "1", &sealed).await.unwrap();
        assert_eq!(world.keepers.asked(), 1, "what seems to come from the future is not trusted");
    })
    .await;
}
