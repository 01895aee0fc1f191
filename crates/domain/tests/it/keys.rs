//! The keys of organizations and mailboxes: from which key what is sealed, who may choose it, what it costs to be first.

use std::collections::HashSet;
use std::time::Duration;

use reeve_base::limits::KEY_CACHE_TTL;
use reeve_domain::Error;
use reeve_domain::keys::{Content, keys_held, open_content, seal_content};
use reeve_domain::organizations::{NewOrganization, State, create_organization};
use reeve_store::tables::{mailbox_keys, organization_keys};

use crate::calls_keys::{KMS_ARN, choice, key_ref, kms_key};
use crate::harness::{World, invalid, new_organization, on_each_engine};
use crate::org::Org;

#[tokio::test]
async fn what_is_sealed_opens_in_its_mailbox_and_under_its_id_alone() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        acme.user("bob").await;
        let sealed = acme.seal("ada", "1", b"a letter").await.unwrap();
        assert_eq!(acme.open("ada", "1", &sealed).await.unwrap(), b"a letter");
        acme.seal("bob", "1", b"another").await.unwrap();
        for (user, id) in [("ada", "2"), ("bob", "1")] {
            let moved = acme.open(user, id, &sealed).await;
            assert!(matches!(moved, Err(Error::Internal(_))), "{user} {id}: {moved:?}");
        }
        assert_eq!(acme.generations().await, [(1, "active", 2)]);
        assert_eq!(acme.key().await.present().unwrap().kind(), "managed");
        assert_eq!(world.keepers.asked(), 0, "a managed key asks nobody");
    })
    .await;
}

#[tokio::test]
async fn every_organization_and_mailbox_has_a_key_of_its_own() {
    on_each_engine(async |world| {
        let (acme, globex) = (world.active_org("acme").await, world.active_org("globex").await);
        acme.user("ada").await;
        globex.user("ada").await;
        acme.seal("ada", "1", b"x").await.unwrap();
        globex.seal("ada", "1", b"x").await.unwrap();
        let wrapped = wrapped_keys(world, &[&acme, &globex]).await;
        assert_eq!(wrapped.len(), 4, "two of organizations, two of mailboxes");
        // What one organization's key wrapped is of no use in the row of another's mailbox.
        let (ada, other) = (acme.content("ada", "1").await, globex.content("ada", "1").await);
        let row = get(world, &ada).await;
        let planted = mailbox_keys::MailboxKeyRow {
            directory_id: other.directory_id.clone(),
            mailbox_id: other.mailbox_id.clone(),
            organization_id: globex.made.id.to_string(),
            ..row
        };
        plant(world, planted).await;
        let refused = open_content(&world.operator, &other, b"").await;
        assert!(matches!(refused, Err(Error::KeyUnavailable { .. })), "{refused:?}");
    })
    .await;
}

async fn get(world: &World, content: &Content) -> mailbox_keys::MailboxKeyRow {
    let Content { directory_id, mailbox_id, .. } = content.clone();
    world.store().read(move |tx| mailbox_keys::get(tx, &directory_id, &mailbox_id)).await.unwrap().unwrap()
}

/// Puts a row in the place of the one of a mailbox, as somebody with the database at hand could.
async fn plant(world: &World, row: mailbox_keys::MailboxKeyRow) {
    let planting = world.store().write(move |tx| {
        mailbox_keys::delete(tx, &row.directory_id, &row.mailbox_id)?;
        mailbox_keys::insert(tx, &row)
    });
    assert!(planting.await.unwrap());
}

async fn wrapped_keys(world: &World, orgs: &[&Org<'_>]) -> HashSet<Vec<u8>> {
    let mut wrapped = HashSet::new();
    for org in orgs {
        let (directory, id) = (org.directory_id(), org.made.id.to_string());
        let rows = world.store().read(move |tx| {
            let organization = organization_keys::of_organization(tx, &id)?.into_iter().map(|row| row.wrapped);
            let mut all: Vec<_> = organization.collect();
            for count in mailbox_keys::counts(tx, (&directory, &id))? {
                let rows = mailbox_keys::under(tx, (&directory, &id), (count.generation, ""), 100)?;
                all.extend(rows.into_iter().map(|row| row.wrapped));
            }
            Ok::<_, reeve_store::StoreError>(all)
        });
        wrapped.extend(rows.await.unwrap());
    }
    wrapped
}

// Two first uses at the same moment make one key; what either sealed opens.
#[tokio::test]
async fn many_first_uses_make_one_key() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        // As an organization is that is older than keys are.
        let id = acme.made.id.to_string();
        world.store().write(move |tx| organization_keys::delete_of_organization(tx, &id)).await.unwrap();
        assert!(acme.key().await.present().is_none());
        let content = acme.content("ada", "1").await;
        // Servers of one deployment share the database and nothing else.
        let servers = [world.deployment.clone(), world.restarted(), world.restarted()];
        let mut sealing = tokio::task::JoinSet::new();
        for number in 0..30 {
            let ctx = world.operator_on(&servers[number % servers.len()], |_| {}).await;
            let content = content.clone();
            sealing.spawn(async move { seal_content(&ctx, &content, b"first").await.unwrap() });
        }
        let sealed = sealing.join_all().await;
        for server in servers.iter().chain([&world.restarted()]) {
            let ctx = world.operator_on(server, |_| {}).await;
            for one in &sealed {
                assert_eq!(open_content(&ctx, &content, one).await.unwrap(), b"first");
            }
        }
        assert_eq!(acme.generations().await, [(1, "active", 1)]);
    })
    .await;
}

#[tokio::test]
async fn a_key_is_asked_for_once_and_held_for_ten_minutes_at_most() {
    on_each_engine(async |world| {
        let acme = under_customer_key(world).await;
        let sealed = acme.seal("ada", "1", b"a letter").await.unwrap();
        world.keepers.asked();
        for _ in 0..100 {
            acme.open("ada", "1", &sealed).await.unwrap();
        }
        assert_eq!(world.keepers.asked(), 0, "what is held needs nobody");
        world.clock.advance(KEY_CACHE_TTL - Duration::from_millis(1));
        acme.open("ada", "1", &sealed).await.unwrap();
        assert_eq!(world.keepers.asked(), 0);
        world.clock.advance(Duration::from_millis(1));
        acme.open("ada", "1", &sealed).await.unwrap();
        assert_eq!(world.keepers.asked(), 1, "its time is over");
        assert!(keys_held(&world.deployment) > 0);
        world.clock.advance(KEY_CACHE_TTL);
        world.look_at_keys().await;
        assert_eq!(keys_held(&world.deployment), 0, "what nobody uses is wiped as well");
    })
    .await;
}

/// An organization whose mailboxes lie under a key of the customer's, with a mailbox of ada's.
pub(crate) async fn under_customer_key(world: &World) -> Org<'_> {
    world.encryption_key(kms_key("mail")).await;
    let new = NewOrganization { encryption_key: Some(key_ref("mail")), ..new_organization("acme") };
    let made = create_organization(&world.operator, new).await.unwrap().organization;
    world.settle().await;
    let acme = Org::new(world, made);
    acme.user("ada").await;
    acme
}

#[tokio::test]
async fn an_organization_begins_under_the_key_that_was_asked_for() {
    on_each_engine(async |world| {
        let acme = under_customer_key(world).await;
        assert_eq!(acme.state().await, State::Active);
        let key = acme.key().await;
        let present = key.present().unwrap();
        assert_eq!((present.generation, present.kind()), (1, "aws_kms"));
        assert_eq!(present.encryption_key.as_ref().unwrap().reference, KMS_ARN);
        let contexts = world.keepers.contexts();
        let arn = format!("arn:aws:workmail:us-east-1:{}:organization/{}", world.account(), acme.made.id);
        assert_eq!((contexts[0].organization.as_str(), contexts[0].purpose), (arn.as_str(), "organization key"));
        let sealed = acme.seal("ada", "1", b"a letter").await.unwrap();
        assert_eq!(acme.open("ada", "1", &sealed).await.unwrap(), b"a letter");
        let event = world.events().await.into_iter().find(|event| event.operation == "create_organization").unwrap();
        assert!(event.changes.iter().any(|change| change.field == "encryption_key"), "{event:?}");
    })
    .await;
}

#[tokio::test]
async fn a_key_that_cannot_be_used_makes_no_organization() {
    on_each_engine(async |world| {
        world.encryption_key(kms_key("mail")).await;
        let new = |key: &str| NewOrganization { encryption_key: Some(key_ref(key)), ..new_organization("acme") };
        invalid(create_organization(&world.admin, new("other")).await, "encryption_key");
        for failure in reeve_base::key_services::KeyFailure::ALL {
            world.keepers.fail(failure);
            invalid(create_organization(&world.admin, new("mail")).await, "encryption_key");
        }
        world.keepers.recover();
        create_organization(&world.admin, new("mail")).await.unwrap();
        world.settle().await;
    })
    .await;
}

// Row B6: only somebody who may administer the key can choose it.
#[tokio::test]
async fn who_may_not_administer_a_key_does_not_choose_it() {
    on_each_engine(async |world| {
        world.encryption_key(kms_key("mail")).await;
        let acme = world.active_org("acme").await;
        let permissions = |actions: &[&str]| {
            let actions: Vec<_> = actions.iter().map(|action| format!("Action::\"{action}\"")).collect();
            format!("permit (principal, action in [{}], resource);", actions.join(", "))
        };
        let chooser = permissions(&["set_organization_key", "create_organization", "show_organization"]);
        world.grant_general("chooser", &chooser).await;
        let theirs = acme.by(&world.general);
        let refused = theirs.set_key("mail").await;
        assert!(matches!(refused, Err(Error::Denied { .. })), "{refused:?}");
        let new = NewOrganization { encryption_key: Some(key_ref("mail")), ..new_organization("globex") };
        let refused = create_organization(&world.general, new.clone()).await;
        assert!(matches!(refused, Err(Error::Denied { .. })), "{refused:?}");
        assert_eq!(world.keepers.asked(), 0, "nobody is asked in the name of who may not");
        world.grant_general("keeper", &permissions(&["edit_encryption_key"])).await;
        theirs.set_key("mail").await.unwrap();
        create_organization(&world.general, new).await.unwrap();
        world.settle().await;
    })
    .await;
}

#[tokio::test]
async fn a_stranger_learns_nothing_of_a_key() {
    on_each_engine(async |world| {
        let acme = under_customer_key(world).await;
        let theirs = acme.by(&world.other);
        assert!(matches!(theirs.set_key("managed").await, Err(Error::NotFound { what: "organization", .. })));
        let globex = world.foreign_org("globex").await;
        let refused = reeve_domain::keys::set_organization_key(&globex.ctx, globex.id(), choice("mail")).await;
        assert!(matches!(refused, Err(Error::NotFound { what: "encryption key", .. })), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn a_mailbox_that_is_purged_takes_its_key_along() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        let sealed = acme.seal("ada", "1", b"a letter").await.unwrap();
        acme.disable("ada").await.unwrap();
        assert_eq!(acme.open("ada", "1", &sealed).await.unwrap(), b"a letter", "what is retained is readable");
        world.clock.advance(Duration::from_secs(31 * 24 * 3600));
        assert!(matches!(acme.open("ada", "1", &sealed).await, Err(Error::NotFound { what: "mailbox", .. })));
        acme.enable("ada", &acme.at("ada")).await.unwrap();
        let refused = acme.open("ada", "1", &sealed).await;
        assert!(matches!(refused, Err(Error::KeyUnavailable { .. })), "a new mailbox has a new key: {refused:?}");
        let sealed_anew = acme.seal("ada", "1", b"a new letter").await.unwrap();
        assert_eq!(acme.open("ada", "1", &sealed_anew).await.unwrap(), b"a new letter");
        assert!(acme.open("ada", "1", &sealed).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn an_organization_that_is_deleted_leaves_no_key() {
    on_each_engine(async |world| {
        let acme = under_customer_key(world).await;
        acme.seal("ada", "1", b"a letter").await.unwrap();
        acme.delete(false, true).await.unwrap();
        world.settle().await;
        assert!(wrapped_keys(world, &[&acme]).await.is_empty());
        reeve_domain::encryption_keys::delete_encryption_key(&world.operator, key_ref("mail")).await.unwrap();
    })
    .await;
}
