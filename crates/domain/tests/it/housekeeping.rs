//! What housekeeping removes from the tables of administration, and what it leaves.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use reeve_base::limits::CHALLENGE_TTL;
use reeve_domain::accounts::{AccountEdit, edit_account};
use reeve_domain::administrators::list_sessions;
use reeve_domain::housekeeping;
use reeve_domain::second_factors::begin_totp;
use reeve_store::tables::challenges;

use crate::harness::{DAY, World, first, on_each_engine, refused, shown, try_sign_in};
use crate::people::GENERAL;

const MOMENT: Duration = Duration::from_millis(1);

async fn tidy(world: &World) {
    housekeeping::run(&world.deployment).await.unwrap();
}

#[tokio::test]
async fn a_challenge_is_forgotten_after_its_time_and_not_before() {
    on_each_engine(async |world| {
        let begun = begin_totp(&world.general).await.unwrap();
        let waits = async || {
            let hash = digest(&SHA256, shown(&begun.challenge).as_bytes()).as_ref().to_vec();
            world.store().read(move |tx| challenges::by_hash(tx, &hash)).await.unwrap().is_some()
        };
        world.clock.advance(CHALLENGE_TTL - MOMENT);
        tidy(world).await;
        assert!(waits().await);
        world.clock.advance(MOMENT * 2);
        tidy(world).await;
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
        tidy(world).await;
        assert_eq!(world.events().await.len(), all, "0 days means for ever");
        edit_account(&world.operator, keep(401)).await.unwrap();
        tidy(world).await;
        assert_eq!(world.events().await.len(), all + 1);
        world.clock.advance(DAY);
        tidy(world).await;
        assert_eq!(world.events().await.len(), all + 1, "the last day counts");
        world.clock.advance(MOMENT);
        tidy(world).await;
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
        tidy(world).await;
        assert_eq!(list_sessions(&fresh, first(9)).await.unwrap().items.len(), 2);
        world.clock.advance(MOMENT * 2);
        tidy(world).await;
        assert_eq!(list_sessions(&fresh, first(9)).await.unwrap().items.len(), 1);
    })
    .await;
}
