//! Enabling and disabling: one user, several at once, again, and what is refused.

use reeve_base::limits::BULK_MAX;
use reeve_domain::mail_domains;
use reeve_domain::users::{self, EnableRequest, Enabled, EntityState, MailboxState};

use crate::harness::{PASSWORD, domain, email, invalid, on_each_engine, refused, user_ref};
use crate::org::{Org, dump};

// C4
#[tokio::test]
async fn enabling_gives_an_address_and_a_mailbox() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.disabled_user("ada").await;
        let ada = acme.enable("ada", "Ada@acme.mail.test").await.unwrap();
        assert_eq!((ada.state, ada.email.as_deref()), (EntityState::Enabled, Some("Ada@acme.mail.test")));
        assert_eq!((ada.enabled_at, ada.mailbox.unwrap().state), (Some(world.now()), MailboxState::Active));
    })
    .await;
}

#[tokio::test]
async fn enabling_again_with_the_same_address_changes_nothing_and_with_another_is_refused() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        let before = dump(&acme).await;
        acme.enable("ada", "ADA@acme.mail.test").await.unwrap();
        refused(acme.enable("ada", "countess@acme.mail.test").await, "wrong_state");
        assert_eq!(dump(&acme).await, before);
    })
    .await;
}

#[tokio::test]
async fn an_address_must_be_on_a_domain_that_is_there_and_proven() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        world.active_org("globex").await;
        mail_domains::add_domain(&acme.ctx, acme.id(), domain("pending.example")).await.unwrap();
        acme.verified_domain("acme.example").await;
        acme.disabled_user("ada").await;
        let before = dump(&acme).await;
        refused(acme.enable("ada", "ada@pending.example").await, "domain_unverified");
        for foreign in ["ada@unknown.example", "ada@globex.mail.test", "ada@sub.acme.mail.test", "ada@mail.test"] {
            refused(acme.enable("ada", foreign).await, "domain_not_found");
        }
        assert_eq!(dump(&acme).await, before);
        acme.enable("ada", "ada@Acme.Example").await.unwrap();
    })
    .await;
}

// C9
#[tokio::test]
async fn disabling_shuts_at_once_and_keeps_the_mailbox() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user_with_password("ada", PASSWORD).await;
        acme.add_alias("ada", "countess@acme.mail.test").await.unwrap();
        // The second is remembered from the first.
        assert!(acme.gets_in("ada@acme.mail.test", PASSWORD).await);
        assert!(acme.gets_in("countess@acme.mail.test", PASSWORD).await);
        let ada = acme.disable("ada").await.unwrap();
        assert_eq!((ada.state, &ada.email, ada.disabled_at), (EntityState::Disabled, &None, Some(world.now())));
        assert_eq!(ada.mailbox.unwrap().state, MailboxState::Retained);
        for address in ["ada@acme.mail.test", "countess@acme.mail.test"] {
            assert!(!acme.gets_in(address, PASSWORD).await, "{address}");
            refused(acme.find(address).await, "not_found");
        }
        assert!(acme.aliases("ada").await.is_empty());
        let before = dump(&acme).await;
        acme.disable("ada").await.unwrap();
        assert_eq!(dump(&acme).await, before, "disabling twice changes nothing");
    })
    .await;
}

// C9
#[tokio::test]
async fn enabling_again_brings_mailbox_aliases_and_password_back() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.verified_domain("acme.example").await;
        let ada = acme.user_with_password("ada", PASSWORD).await;
        acme.add_alias("ada", "countess@acme.mail.test").await.unwrap();
        acme.disable("ada").await.unwrap();
        let back = acme.enable("ada", "ada@acme.example").await.unwrap();
        assert_eq!(back.mailbox, ada.mailbox);
        assert_eq!(acme.aliases("ada").await, ["ada@acme.mail.test", "countess@acme.mail.test"]);
        assert!(acme.gets_in("ada@acme.example", PASSWORD).await);
    })
    .await;
}

async fn enable_all(org: &Org<'_>, wanted: &[(&str, &str)]) -> Vec<String> {
    let requests = wanted.iter().map(|(user, address)| EnableRequest { user: user_ref(user), email: email(address) });
    let results = users::enable_users(&org.ctx, org.id(), requests.collect()).await.unwrap();
    assert_eq!(results.len(), wanted.len());
    results
        .into_iter()
        .zip(wanted)
        .map(|(result, (user, _))| {
            assert_eq!(result.user.to_string(), *user);
            match result.outcome {
                Enabled::Enabled(user) => format!("enabled {}", user.email.unwrap()),
                Enabled::Unchanged(_) => "unchanged".to_owned(),
                Enabled::Refused(error) => error.code().to_owned(),
            }
        })
        .collect()
}

// C4
#[tokio::test]
async fn several_users_are_enabled_each_for_themselves() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        for name in ["ada", "bob", "cid", "dan"] {
            acme.disabled_user(name).await;
        }
        acme.user("eve").await;
        let outcomes = enable_all(
            &acme,
            &[
                ("ada", "ada@acme.mail.test"),
                ("bob", "ADA@acme.mail.test"),
                ("nobody", "nobody@acme.mail.test"),
                ("administrator", "root@acme.mail.test"),
                ("cid", "cid@unknown.example"),
                ("eve", "eve@acme.mail.test"),
                ("eve", "eva@acme.mail.test"),
                ("dan", "dan@acme.mail.test"),
                ("dan", "dan@acme.mail.test"),
            ],
        )
        .await;
        assert_eq!(
            outcomes,
            [
                "enabled ada@acme.mail.test",
                "address_taken",
                "not_found",
                "reserved",
                "domain_not_found",
                "unchanged",
                "wrong_state",
                "enabled dan@acme.mail.test",
                "unchanged",
            ]
        );
        assert_eq!(acme.find("bob").await.unwrap().state, EntityState::Disabled);
        assert_eq!(acme.find("dan").await.unwrap().state, EntityState::Enabled);
        let events: Vec<_> = world.events().await.into_iter().filter(|e| e.operation == "enable_users").collect();
        assert_eq!(events.len(), 2, "one for each user who was enabled");
    })
    .await;
}

#[tokio::test]
async fn a_bulk_call_names_one_to_a_hundred_users() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let request = EnableRequest { user: user_ref("ada"), email: email("ada@acme.mail.test") };
        for count in [0, BULK_MAX + 1] {
            invalid(users::enable_users(&acme.ctx, acme.id(), vec![request.clone(); count]).await, "users");
        }
        let results = users::enable_users(&acme.ctx, acme.id(), vec![request; BULK_MAX]).await.unwrap();
        assert!(results.iter().all(|result| matches!(&result.outcome, Enabled::Refused(e) if e.code() == "not_found")));
    })
    .await;
}
