//! What housekeeping removes from the tables of administration, and what it leaves.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use reeve_base::Timestamp;
use reeve_base::clock::{Clock, SystemClock};
use reeve_base::limits::{CHALLENGE_TTL, MAILBOX_RETENTION};
use reeve_domain::accounts::{AccountEdit, edit_account};
use reeve_domain::administrators::list_sessions;
use reeve_domain::second_factors::begin_totp;
use reeve_domain::users::User;
use reeve_domain::{health, housekeeping};
use reeve_store::tables::mailbox_keys::{self, MailboxKeyRow};
use reeve_store::tables::{challenges, mailboxes};

use crate::harness::{DAY, first, on_each_engine, refused, shown, try_sign_in};
use crate::org::Org;
use crate::people::GENERAL;

const MOMENT: Duration = Duration::from_millis(1);

#[tokio::test]
async fn a_challenge_is_forgotten_after_its_time_and_not_before() {
    on_each_engine(async |world| {
        let begun = begin_totp(&world.general).await.unwrap();
        let waits = async || {
            let hash = digest(&SHA256, shown(&begun.challenge).as_bytes()).as_ref().to_vec();
            world.store().read(move |tx| challenges::by_hash(tx, &hash)).await.unwrap().is_some()
        };
        world.clock.advance(CHALLENGE_TTL - MOMENT);
        world.tidy().await;
        assert!(waits().await);
        world.clock.advance(MOMENT * 2);
        world.tidy().await;
        assert!(!waits().await);
    })
    .await;
}

#[tokio::test]
async fn events_are_kept_for_as_long_as_the_account_says() {
    on_each_engine(async |world| {
        let began = world.now();
        let keep = |days| AccountEdit { event_retention_days: Some(days), ..AccountEdit::default() };
        // More than one transaction removes; over the local socket nobody is shut out.
        let local = world.stranger_from(None);
        for _ in 0..1_100 {
            refused(try_sign_in(&local, GENERAL, "wrong").await, "sign_in_refused");
        }
        let all = world.events().await.len();
        world.clock.advance(DAY * 400);
        world.tidy().await;
        assert_eq!(world.events().await.len(), all, "0 days means for ever");
        edit_account(&world.operator, keep(401)).await.unwrap();
        world.tidy().await;
        assert_eq!(world.events().await.len(), all + 1);
        world.clock.advance(DAY);
        world.tidy().await;
        assert_eq!(world.events().await.len(), all + 1, "the last day counts");
        world.clock.advance(MOMENT);
        world.tidy().await;
        let left = world.events().await;
        assert_eq!(left.len(), 1);
        assert!(left[0].at > began && left[0].operation == "edit_account");
        let other = crate::harness::sign_in(&world.deployment, &world.clock, "root@second.example").await;
        let page = reeve_domain::audit::list_events(&other, Default::default(), first(100)).await.unwrap();
        assert!(page.items.iter().any(|event| event.at == began), "another account keeps its own");
    })
    .await;
}

#[tokio::test]
async fn sessions_that_are_over_are_forgotten_and_others_stay() {
    on_each_engine(async |world| {
        world.clock.advance(reeve_base::limits::SESSION_IDLE - MOMENT);
        let fresh = world.sign_in(GENERAL).await;
        world.tidy().await;
        assert_eq!(list_sessions(&fresh, first(9)).await.unwrap().items.len(), 2);
        world.clock.advance(MOMENT * 2);
        world.tidy().await;
        assert_eq!(list_sessions(&fresh, first(9)).await.unwrap().items.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_removed_for_good_on_the_word_of_a_clock_that_jumped() {
    on_each_engine(async |world| {
        // Both databases keep the time of this machine, so the clock of the test stays by it.
        world.clock.set(SystemClock.now());
        let acme = world.active_org("acme").await;
        let (ada, bob) = (acme.user("ada").await, acme.user("bob").await);
        for name in ["ada", "bob"] {
            acme.disable(name).await.unwrap();
        }
        due_at(&acme, bob.id.as_str(), world.now().minus(MOMENT)).await;
        let tidy = async || housekeeping::run(&world.deployment).await.unwrap();
        tidy().await;
        assert_eq!(left(&acme, [&ada, &bob]).await, [true, true], "nobody has looked at the clock yet");
        health::reconcile(&world.deployment).await.unwrap();
        tidy().await;
        assert_eq!(left(&acme, [&ada, &bob]).await, [true, false]);
        let told = crate::audit::told(&acme, "purge_mailbox").await;
        assert_eq!(told[0], "state: retained > removed");
        world.clock.set(world.now().plus(DAY * 400));
        health::reconcile(&world.deployment).await.unwrap();
        tidy().await;
        assert_eq!(left(&acme, [&ada, &bob]).await, [true, false]);
        let events = world.events().await;
        assert_eq!(events.iter().filter(|event| event.operation == "purge_mailbox").count(), 1);
        world.clock.set(SystemClock.now());
        health::reconcile(&world.deployment).await.unwrap();
        assert!(acme.enable("ada", &acme.at("ada")).await.is_err(), "nobody is added to an impaired organization");
        assert_eq!(left(&acme, [&ada, &bob]).await, [true, false]);
    })
    .await;
}

/// Says when a retained mailbox is to go.
async fn due_at(org: &Org<'_>, id: &str, at: Timestamp) {
    let (directory, id) = (org.directory_id(), id.to_owned());
    let put = org.world.store().write(move |tx| {
        let row = mailboxes::get(tx, &directory, &id)?.expect("it is there");
        mailboxes::put(tx, &mailboxes::MailboxRow { purge_at: Some(at.millis()), ..row })
    });
    put.await.unwrap();
}

/// Whether the rows of mailboxes are still there.
async fn left(org: &Org<'_>, owners: [&User; 2]) -> [bool; 2] {
    let (directory, ids) = (org.directory_id(), owners.map(|owner| owner.id.to_string()));
    let read = org.world.store().read(move |tx| {
        let mut left = [false; 2];
        for (left, id) in left.iter_mut().zip(&ids) {
            *left = mailboxes::get(tx, &directory, id)?.is_some();
        }
        Ok::<_, reeve_store::StoreError>(left)
    });
    read.await.unwrap()
}

#[tokio::test]
async fn each_mailbox_that_goes_has_its_event_and_its_key_goes_too() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let (ada, bob) = (acme.user("ada").await, acme.user("bob").await);
        for name in ["ada", "bob"] {
            acme.disable(name).await.unwrap();
        }
        acme.delete_user("bob").await.unwrap();
        let (directory, id) = (acme.directory_id(), ada.id.to_string());
        let row = MailboxKeyRow {
            directory_id: directory.clone(),
            mailbox_id: id.clone(),
            organization_id: acme.made.id.to_string(),
            generation: 1,
            wrapped: vec![7],
            created_at: 0,
        };
        world.store().write(move |tx| mailbox_keys::insert(tx, &row)).await.unwrap();
        world.clock.advance(MAILBOX_RETENTION + MOMENT);
        world.tidy().await;
        world.tidy().await;
        let events = world.events().await;
        let mut gone: Vec<_> = events.iter().filter(|event| event.operation == "purge_mailbox").collect();
        gone.sort_by(|a, b| a.resource_name.cmp(&b.resource_name));
        let named: Vec<_> = gone.iter().map(|event| event.resource_name.as_str()).collect();
        assert!(named.contains(&"ada") && named.contains(&bob.id.as_str()) && named.len() == 2, "{named:?}");
        assert!(gone.iter().all(|event| event.actor.kind == "system" && event.organization_id.is_some()));
        let key = world.store().read(move |tx| mailbox_keys::get(tx, &directory, &id)).await.unwrap();
        assert!(key.is_none(), "what was in the mailbox can be read by nobody");
    })
    .await;
}
