//! Rotation: mailbox keys go under the new generation, no content is touched, and it may end at any moment.

use std::time::Duration;

use reeve_domain::Error;
use reeve_domain::keys::{disable_organization_key, enable_organization_key, reconcile};
use reeve_store::tables::mailbox_keys;

use crate::calls_keys::{kms_key, vault_key};
use crate::harness::{World, on_each_engine};
use crate::keys::under_customer_key;
use crate::org::Org;

/// Some people with a letter each, and what was sealed.
async fn with_letters(acme: &Org<'_>, people: usize) -> Vec<(String, Vec<u8>)> {
    let mut letters = Vec::new();
    for number in 0..people {
        let name = format!("person-{number}");
        acme.user(&name).await;
        letters.push((name.clone(), acme.seal(&name, "1", name.as_bytes()).await.unwrap()));
    }
    letters
}

async fn all_open(acme: &Org<'_>, letters: &[(String, Vec<u8>)]) {
    for (name, sealed) in letters {
        assert_eq!(acme.open(name, "1", sealed).await.unwrap(), name.as_bytes());
    }
}

#[tokio::test]
async fn a_rotation_wraps_keys_anew_and_touches_no_content() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let letters = with_letters(&acme, 5).await;
        acme.rotate_key().await.unwrap();
        assert_eq!(acme.generations().await, [(2, "active", 0), (1, "former", 5)]);
        all_open(&acme, &letters).await;
        world.look_at_keys().await;
        assert_eq!(acme.generations().await, [(2, "active", 5)]);
        all_open(&acme, &letters).await;
        let events: Vec<_> = world.events().await.into_iter().map(|event| event.operation).collect();
        assert!(events.contains(&"rotate_organization_key".to_owned()));
        assert!(events.contains(&"finish_key_rotation".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn a_key_can_be_changed_from_one_system_to_another_and_back() {
    on_each_engine(async |world| {
        let acme = under_customer_key(world).await;
        world.encryption_key(vault_key("vault")).await;
        let letters = with_letters(&acme, 2).await;
        for (to, kind) in [("vault", "vault_transit"), ("managed", "managed"), ("mail", "aws_kms")] {
            acme.set_key(to).await.unwrap();
            let again = acme.set_key(to).await.unwrap();
            assert_eq!(again.present().unwrap().kind(), kind, "to choose what is chosen changes nothing");
            all_open(&acme, &letters).await;
            world.look_at_keys().await;
            assert_eq!(acme.key().await.generations.len(), 1, "{to}");
            all_open(&acme, &letters).await;
        }
        assert_eq!(acme.key().await.present().unwrap().generation, 4);
    })
    .await;
}

// A server that dies between two steps leaves each mailbox key under one generation that is there.
#[tokio::test]
async fn a_rotation_that_was_cut_short_is_finished_by_another_server() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let letters = with_letters(&acme, 7).await;
        acme.rotate_key().await.unwrap();
        // The state after some steps: three keys were wrapped anew, and nobody went on.
        half_done(world, &acme, &letters[..3]).await;
        assert_eq!(acme.generations().await, [(2, "active", 3), (1, "former", 4)]);
        let other = world.restarted();
        let theirs = acme.by(&world.operator_on(&other, |_| {}).await);
        all_open(&theirs, &letters).await;
        // Another rotation in the middle of it.
        theirs.rotate_key().await.unwrap();
        assert_eq!(acme.generations().await, [(3, "active", 0), (2, "former", 3), (1, "former", 4)]);
        all_open(&theirs, &letters).await;
        reconcile(&other).await.unwrap();
        assert_eq!(acme.generations().await, [(3, "active", 7)]);
        all_open(&acme, &letters).await;
        all_open(&theirs, &letters).await;
    })
    .await;
}

/// Rotates as far as some mailboxes, by way of a deployment in which the others do not exist yet.
async fn half_done(world: &World, acme: &Org<'_>, some: &[(String, Vec<u8>)]) {
    let mut kept = Vec::new();
    let (directory, id) = (acme.directory_id(), acme.made.id.to_string());
    for (name, _) in some {
        kept.push(acme.find(name).await.unwrap().id.to_string());
    }
    let taken = world.store().write(move |tx| {
        let rows = mailbox_keys::under(tx, (&directory, &id), (1, ""), 100)?;
        let rest: Vec<_> = rows.into_iter().filter(|row| !kept.contains(&row.mailbox_id)).collect();
        for row in &rest {
            mailbox_keys::delete(tx, &row.directory_id, &row.mailbox_id)?;
        }
        Ok::<_, reeve_store::StoreError>(rest)
    });
    let rest = taken.await.unwrap();
    let former = former_row(world, acme).await;
    reconcile(&world.deployment).await.unwrap();
    let put_back = world.store().write(move |tx| {
        reeve_store::tables::organization_keys::insert(tx, &former)?;
        for row in &rest {
            assert!(mailbox_keys::insert(tx, row)?);
        }
        Ok::<_, reeve_store::StoreError>(())
    });
    put_back.await.unwrap();
}

async fn former_row(world: &World, acme: &Org<'_>) -> reeve_store::tables::organization_keys::OrganizationKeyRow {
    let id = acme.made.id.to_string();
    let rows = world.store().read(move |tx| reeve_store::tables::organization_keys::of_organization(tx, &id)).await;
    rows.unwrap().into_iter().find(|row| row.state == "former").unwrap()
}

#[tokio::test]
async fn servers_that_rotate_and_write_at_once_lose_nothing() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let mut letters = with_letters(&acme, 4).await;
        for number in 0..3 {
            acme.user(&format!("late-{number}")).await;
        }
        let servers = [world.deployment.clone(), world.restarted()];
        for round in 0..3 {
            acme.rotate_key().await.unwrap();
            let late = format!("late-{round}");
            let ctx = world.operator_on(&servers[1], |_| {}).await;
            let theirs = acme.by(&ctx);
            let (first, second, sealed) =
                tokio::join!(reconcile(&servers[0]), reconcile(&servers[1]), theirs.seal(&late, "1", late.as_bytes()));
            first.and(second).unwrap();
            letters.push((late.clone(), sealed.unwrap()));
            all_open(&acme, &letters).await;
            all_open(&theirs, &letters).await;
        }
        world.clock.advance(Duration::from_secs(61));
        world.look_at_keys().await;
        assert_eq!(acme.generations().await, [(4, "active", 7)]);
        all_open(&acme, &letters).await;
    })
    .await;
}

#[tokio::test]
async fn no_more_generations_pile_up_than_there_may_be() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        for _ in 0..7 {
            acme.rotate_key().await.unwrap();
        }
        let refused = acme.rotate_key().await;
        assert!(matches!(refused, Err(Error::Conflict { .. })), "{refused:?}");
        world.look_at_keys().await;
        acme.rotate_key().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_key_that_is_switched_off_is_not_rotated() {
    on_each_engine(async |world| {
        world.encryption_key(kms_key("mail")).await;
        let acme = world.active_org("acme").await;
        let letters = with_letters(&acme, 2).await;
        acme.rotate_key().await.unwrap();
        disable_organization_key(&acme.ctx, acme.id()).await.unwrap();
        for refused in [acme.rotate_key().await, acme.set_key("mail").await] {
            assert!(matches!(refused, Err(Error::WrongState { .. })), "{refused:?}");
        }
        world.look_at_keys().await;
        assert_eq!(acme.generations().await, [(2, "disabled", 0), (1, "former", 2)], "nothing is put under it");
        enable_organization_key(&acme.ctx, acme.id()).await.unwrap();
        world.clock.advance(Duration::from_secs(61));
        world.look_at_keys().await;
        assert_eq!(acme.generations().await, [(2, "active", 2)]);
        all_open(&acme, &letters).await;
    })
    .await;
}
