//! What time takes away and what it must not: mailboxes and addresses of those who are disabled or gone.

use std::time::Duration;

use reeve_base::limits::{ADDRESS_HOLD, MAILBOX_RETENTION};
use reeve_domain::users::NewUser;
use reeve_store::tables::{addresses, mailboxes};

use crate::harness::{DAY, World, email, new_user, on_each_engine, refused};
use crate::org::Org;

const MOMENT: Duration = Duration::from_millis(1);

/// The same test with housekeeping at every turn and without any.
async fn with_and_without_housekeeping(test: impl AsyncFn(&World, Org<'_>, bool)) {
    on_each_engine(async |world| {
        for tidy in [false, true] {
            let org = world.active_org(if tidy { "tidy" } else { "idle" }).await;
            test(world, org, tidy).await;
        }
    })
    .await;
}

async fn pass(world: &World, time: Duration, tidy: bool) {
    world.clock.advance(time);
    if tidy {
        world.tidy().await;
    }
}

// C9
#[tokio::test]
async fn a_mailbox_comes_back_within_thirty_days_and_is_a_new_one_after() {
    with_and_without_housekeeping(async |world, org, tidy| {
        let ada = org.user("ada").await;
        let first_made = world.now();
        let bob = org.user("bob").await;
        org.disable("ada").await.unwrap();
        org.disable("bob").await.unwrap();
        assert_eq!(org.find("ada").await.unwrap().mailbox.unwrap().purge_at, Some(world.now().plus(30 * DAY)));
        pass(world, 29 * DAY, tidy).await;
        let back = org.enable("ada", &org.at("ada")).await.unwrap();
        assert_eq!((back.id, back.mailbox.unwrap().provisioned_at), (ada.id, first_made));
        pass(world, 2 * DAY, tidy).await;
        assert_eq!(org.find("bob").await.unwrap().mailbox, None, "its time has passed");
        let late = org.enable("bob", &org.at("bob")).await.unwrap();
        assert_eq!((late.id, late.mailbox.unwrap().provisioned_at), (bob.id, world.now()));
        assert!(org.find("ada").await.unwrap().mailbox.is_some(), "who came back loses nothing");
    })
    .await;
}

#[tokio::test]
async fn the_last_moment_counts_as_within() {
    with_and_without_housekeeping(async |world, org, tidy| {
        org.user("ada").await;
        let made = world.now();
        org.disable("ada").await.unwrap();
        pass(world, MAILBOX_RETENTION - MOMENT, tidy).await;
        let back = org.enable("ada", &org.at("ada")).await.unwrap();
        assert_eq!(back.mailbox.unwrap().provisioned_at, made);
        org.disable("ada").await.unwrap();
        pass(world, MAILBOX_RETENTION, tidy).await;
        let new = org.enable("ada", &org.at("ada")).await.unwrap();
        assert_eq!(new.mailbox.unwrap().provisioned_at, world.now());
    })
    .await;
}

#[tokio::test]
async fn the_address_of_a_disabled_user_is_held_back_until_its_time() {
    with_and_without_housekeeping(async |world, org, tidy| {
        org.user("ada").await;
        org.disabled_user("bob").await;
        org.disable("ada").await.unwrap();
        let wanted = org.at("Ada");
        let why = refused(org.enable("bob", &wanted).await, "address_taken").to_string();
        assert!(why.contains("held back"), "{why}");
        let new = NewUser { email: Some(email(&wanted)), ..new_user("cid") };
        refused(org.create(new).await, "address_taken");
        pass(world, ADDRESS_HOLD - MOMENT, tidy).await;
        refused(org.enable("bob", &wanted).await, "address_taken");
        pass(world, MOMENT, tidy).await;
        org.enable("bob", &wanted).await.unwrap();
        // Whose it was does not get it back, nor lose their own for it.
        refused(org.enable("ada", &wanted).await, "address_taken");
        org.enable("ada", &org.at("ada2")).await.unwrap();
        assert_eq!(org.find(&wanted).await.unwrap().name, "bob");
    })
    .await;
}

#[tokio::test]
async fn the_addresses_of_a_deleted_user_are_held_back_and_their_mailbox_goes_to_nobody() {
    with_and_without_housekeeping(async |world, org, tidy| {
        let old = org.user("ada").await;
        org.add_alias("ada", &org.at("countess")).await.unwrap();
        org.disable("ada").await.unwrap();
        org.delete_user("ada").await.unwrap();
        let new = org.disabled_user("ada").await;
        assert_ne!(new.id, old.id);
        pass(world, 29 * DAY, tidy).await;
        for local in ["ada", "countess"] {
            refused(org.enable("ada", &org.at(local)).await, "address_taken");
        }
        pass(world, DAY, tidy).await;
        let enabled = org.enable("ada", &org.at("ada")).await.unwrap();
        assert_eq!(enabled.mailbox.unwrap().provisioned_at, world.now());
        assert!(org.aliases("ada").await.is_empty());
        org.add_alias("ada", &org.at("countess")).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_hold_that_has_ended_is_not_begun_again_by_a_deletion() {
    with_and_without_housekeeping(async |world, org, tidy| {
        org.user("ada").await;
        org.disabled_user("bob").await;
        org.disable("ada").await.unwrap();
        pass(world, ADDRESS_HOLD, tidy).await;
        org.delete_user("ada").await.unwrap();
        org.enable("bob", &org.at("ada")).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn aliases_whose_hold_has_ended_do_not_come_back() {
    with_and_without_housekeeping(async |world, org, tidy| {
        org.user("ada").await;
        org.add_alias("ada", &org.at("countess")).await.unwrap();
        org.disable("ada").await.unwrap();
        pass(world, ADDRESS_HOLD, tidy).await;
        org.enable("ada", &org.at("ada")).await.unwrap();
        assert!(org.aliases("ada").await.is_empty());
        org.user("countess").await;
    })
    .await;
}

#[tokio::test]
async fn housekeeping_removes_what_is_past_its_time_and_nothing_else() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ada = acme.user("ada").await;
        let bob = acme.user("bob").await;
        acme.disable("ada").await.unwrap();
        world.clock.advance(MAILBOX_RETENTION + MOMENT);
        let count = async || {
            let (directory, ids) = (acme.directory_id(), [ada.id.to_string(), bob.id.to_string()]);
            let counted = world.store().read(move |tx| {
                let mut kept = Vec::new();
                for id in &ids {
                    let addresses = addresses::of_entity(tx, &directory, id)?.len();
                    kept.push((addresses, mailboxes::get(tx, &directory, id)?.is_some()));
                }
                Ok::<_, reeve_store::StoreError>(kept)
            });
            counted.await.unwrap()
        };
        assert_eq!(count().await, [(1, true), (1, true)]);
        world.tidy().await;
        assert_eq!(count().await, [(0, false), (1, true)]);
        world.tidy().await;
        assert_eq!(count().await, [(0, false), (1, true)]);
    })
    .await;
}
