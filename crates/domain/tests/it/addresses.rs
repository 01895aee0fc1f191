//! Aliases and the default address of a user (row C5), and whose an address is.

use std::time::Duration;

use reeve_base::limits::ALIASES_PER_ENTITY_MAX;
use reeve_domain::mail_domains;
use reeve_domain::users::NewUser;

use crate::harness::{PASSWORD, domain, email, invalid, new_user, on_each_engine, refused};
use crate::org::{Org, dump};

// C5
#[tokio::test]
async fn aliases_are_added_listed_and_removed() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.verified_domain("acme.example").await;
        acme.user("ada").await;
        world.clock.advance(Duration::from_secs(1));
        let alias = acme.add_alias("ada", "Countess@acme.mail.test").await.unwrap();
        assert_eq!((alias.address.as_str(), alias.created_at), ("Countess@acme.mail.test", world.now()));
        acme.add_alias("ada", "ada@acme.example").await.unwrap();
        assert_eq!(acme.aliases("ada").await, ["ada@acme.example", "Countess@acme.mail.test"]);
        assert_eq!(acme.find("ada").await.unwrap().version, 3);
        acme.remove_alias("ada", "countess@ACME.mail.test").await.unwrap();
        assert_eq!(acme.aliases("ada").await, ["ada@acme.example"]);
    })
    .await;
}

#[tokio::test]
async fn adding_what_is_there_and_removing_what_is_not_changes_nothing() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        acme.user("bob").await;
        acme.add_alias("ada", "countess@acme.mail.test").await.unwrap();
        let before = dump(&acme).await;
        acme.add_alias("ada", "COUNTESS@acme.mail.test").await.unwrap();
        acme.remove_alias("ada", "nobody@acme.mail.test").await.unwrap();
        acme.remove_alias("ada", "bob@acme.mail.test").await.unwrap();
        acme.remove_alias("bob", "countess@acme.mail.test").await.unwrap();
        invalid(acme.add_alias("ada", "ADA@acme.mail.test").await, "address");
        invalid(acme.remove_alias("ada", "Ada@acme.mail.test").await, "address");
        assert_eq!(dump(&acme).await, before);
    })
    .await;
}

#[tokio::test]
async fn an_address_is_one_persons_whatever_its_case() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        acme.user("bob").await;
        acme.disabled_user("cid").await;
        acme.add_alias("ada", "countess@acme.mail.test").await.unwrap();
        let before = dump(&acme).await;
        for taken in ["ADA@acme.mail.test", "Countess@acme.mail.test"] {
            refused(acme.add_alias("bob", taken).await, "address_taken");
            refused(acme.set_default("bob", taken).await, "address_taken");
            refused(acme.enable("cid", taken).await, "address_taken");
            refused(acme.create(NewUser { email: Some(email(taken)), ..new_user("dan") }).await, "address_taken");
        }
        assert_eq!(dump(&acme).await, before);
        // Somebody else's local part on another organization's domain is another address.
        let globex = world.active_org("globex").await;
        globex.user("ada").await;
    })
    .await;
}

#[tokio::test]
async fn an_address_of_one_organization_is_unknown_in_another() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let globex = world.active_org("globex").await;
        let ada = acme.user("ada").await;
        globex.user("bob").await;
        for name in ["ada", "ada@acme.mail.test", ada.id.as_str()] {
            refused(globex.find(name).await, "not_found");
            refused(globex.disable(name).await, "not_found");
        }
        for foreign in ["ada@acme.mail.test", "free@acme.mail.test"] {
            refused(globex.add_alias("bob", foreign).await, "domain_not_found");
            refused(globex.set_default("bob", foreign).await, "domain_not_found");
        }
    })
    .await;
}

#[tokio::test]
async fn a_disabled_user_gets_no_alias_and_no_default_address() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.disabled_user("ada").await;
        refused(acme.add_alias("ada", "ada@acme.mail.test").await, "wrong_state");
        refused(acme.set_default("ada", "ada@acme.mail.test").await, "wrong_state");
    })
    .await;
}

// C5
#[tokio::test]
async fn the_old_default_address_becomes_an_alias_and_an_alias_swaps_places() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user_with_password("ada", PASSWORD).await;
        acme.set_default("ada", "lovelace@acme.mail.test").await.unwrap();
        assert_eq!(acme.aliases("ada").await, ["ada@acme.mail.test"]);
        let swapped = acme.set_default("ada", "Ada@acme.mail.test").await.unwrap();
        assert_eq!(swapped.email.as_deref(), Some("Ada@acme.mail.test"));
        assert_eq!(acme.aliases("ada").await, ["lovelace@acme.mail.test"]);
        for address in ["ada@acme.mail.test", "lovelace@acme.mail.test"] {
            assert!(acme.gets_in(address, PASSWORD).await, "{address}");
        }
        // A new spelling is no new address.
        acme.set_default("ada", "ADA@acme.mail.test").await.unwrap();
        assert_eq!(acme.aliases("ada").await, ["lovelace@acme.mail.test"]);
        let before = dump(&acme).await;
        acme.set_default("ada", "ADA@acme.mail.test").await.unwrap();
        assert_eq!(dump(&acme).await, before);
    })
    .await;
}

/// Gives a user as many aliases as a user may have.
async fn fill(org: &Org<'_>, name: &str) {
    let aliases: Vec<_> = (0..ALIASES_PER_ENTITY_MAX).map(|n| org.at(&format!("{name}-{n}"))).collect();
    let file = format!("username,email,aliases\n{name},{},{}\n", org.at(name), aliases.join(" "));
    let imported = org.import(&file).await;
    assert_eq!(imported.plan.refused, 0, "{:?}", imported.rows);
    assert_eq!(org.aliases(name).await.len(), ALIASES_PER_ENTITY_MAX);
}

#[tokio::test]
async fn a_user_has_at_most_a_hundred_aliases() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        fill(&acme, "ada").await;
        let before = dump(&acme).await;
        refused(acme.add_alias("ada", &acme.at("more")).await, "limit_reached");
        refused(acme.set_default("ada", &acme.at("more")).await, "limit_reached");
        assert_eq!(dump(&acme).await, before);
        // What is there stays usable: an alias swaps places with the default, and makes room when it goes.
        acme.add_alias("ada", &acme.at("ada-7")).await.unwrap();
        acme.set_default("ada", &acme.at("ada-7")).await.unwrap();
        acme.remove_alias("ada", &acme.at("ada-8")).await.unwrap();
        acme.add_alias("ada", &acme.at("more")).await.unwrap();
        assert_eq!(acme.aliases("ada").await.len(), ALIASES_PER_ENTITY_MAX);
    })
    .await;
}

#[tokio::test]
async fn an_address_for_which_there_is_no_room_stays_held_back() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        fill(&acme, "ada").await;
        acme.user("bob").await;
        acme.disable("ada").await.unwrap();
        acme.enable("ada", &acme.at("new")).await.unwrap();
        assert_eq!(acme.aliases("ada").await.len(), ALIASES_PER_ENTITY_MAX);
        // A hundred and one were hers; whichever found no room is nobody else's yet.
        let mut hers: Vec<_> = (0..ALIASES_PER_ENTITY_MAX).map(|n| acme.at(&format!("ada-{n}"))).collect();
        hers.push(acme.at("ada"));
        for address in hers {
            refused(acme.add_alias("bob", &address).await, "address_taken");
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_on_a_domain_that_has_gone_does_not_come_back() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.verified_domain("acme.example").await;
        acme.user("ada").await;
        acme.user("bob").await;
        acme.add_alias("ada", "ada@acme.example").await.unwrap();
        acme.disable("ada").await.unwrap();
        mail_domains::remove_domain(&acme.ctx, acme.id(), domain("acme.example")).await.unwrap();
        acme.enable("ada", "ada@acme.mail.test").await.unwrap();
        assert!(acme.aliases("ada").await.is_empty());
        acme.verified_domain("acme.example").await;
        refused(acme.add_alias("bob", "ada@acme.example").await, "address_taken");
    })
    .await;
}

#[tokio::test]
async fn postmaster_and_abuse_are_aliases_like_others_and_the_journal_is_not() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        for local in ["postmaster", "abuse", "administrator", "ada+tag"] {
            acme.add_alias("ada", &acme.at(local)).await.unwrap();
        }
        for local in ["amazonjournaling", "AmazonJournaling", "mailer-daemon"] {
            refused(acme.add_alias("ada", &acme.at(local)).await, "reserved");
            refused(acme.set_default("ada", &acme.at(local)).await, "reserved");
        }
    })
    .await;
}
