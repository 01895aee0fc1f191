//! Users who sign in: what opens and what does not, locks and their end, remembered credentials, equal work.

use std::time::Duration;

use reeve_domain::access_control::Protocol;
use reeve_domain::directories::{PasswordPolicyEdit, set_password_policy};
use reeve_domain::users::{self, SignInOutcome as Outcome};

use crate::harness::{DAY, OTHER_PASSWORD, PASSWORD, email, on_each_engine, secret, user_ref};
use crate::org::{Org, by};

const WRONG: &str = "Wrong-walrus-12-kettle";

async fn demand(org: &Org<'_>, edit: PasswordPolicyEdit) {
    set_password_policy(&org.ctx, org.id(), edit).await.unwrap();
}

#[tokio::test]
async fn the_right_password_opens_by_every_address_and_nothing_else_does() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ada = acme.user_with_password("ada", PASSWORD).await;
        acme.user("bob").await;
        acme.add_alias("ada", "countess@acme.mail.test").await.unwrap();
        for address in ["ada@acme.mail.test", "ADA@ACME.mail.test", "Countess@acme.mail.test"] {
            let arrival = by(Protocol::Imap, "192.0.2.7");
            let signed_in = users::authenticate(&world.deployment, &email(address), &secret(PASSWORD), arrival).await;
            let signed_in = signed_in.unwrap();
            assert_eq!((signed_in.id, signed_in.organization_id), (ada.id.clone(), acme.made.id.clone()));
        }
        for (address, password) in [
            ("ada@acme.mail.test", WRONG),
            ("ada@acme.mail.test", ""),
            ("ada@acme.mail.test", "copper-willow-41-thrush"),
            ("bob@acme.mail.test", PASSWORD),
            ("bob@acme.mail.test", ""),
            ("nobody@acme.mail.test", PASSWORD),
            ("ada@unknown.example", PASSWORD),
            ("ada+tag@acme.mail.test", PASSWORD),
        ] {
            assert!(!acme.gets_in(address, password).await, "{address} {password}");
        }
        assert!(!acme.gets_in("ada@acme.mail.test", &"x".repeat(2_000)).await);
    })
    .await;
}

#[tokio::test]
async fn an_administrator_learns_what_a_sign_in_would_come_to() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user_with_password("ada", PASSWORD).await;
        acme.user("bob").await;
        acme.disabled_user("cid").await;
        assert_eq!(acme.check_sign_in("ada", PASSWORD).await, Outcome::Accepted);
        assert_eq!(acme.check_sign_in("ada", WRONG).await, Outcome::WrongPassword);
        assert_eq!(acme.check_sign_in("bob", PASSWORD).await, Outcome::NoPassword);
        assert_eq!(acme.check_sign_in("cid", PASSWORD).await, Outcome::Disabled);
        demand(&acme, PasswordPolicyEdit { age_max_days: Some(90), ..Default::default() }).await;
        world.clock.advance(90 * DAY);
        assert_eq!(acme.check_sign_in("ada", PASSWORD).await, Outcome::Accepted);
        world.clock.advance(Duration::from_millis(1));
        assert_eq!(acme.check_sign_in("ada", PASSWORD).await, Outcome::Expired);
        assert!(!acme.gets_in("ada@acme.mail.test", PASSWORD).await);
        acme.reset_password("ada", OTHER_PASSWORD).await.unwrap();
        assert_eq!(acme.check_sign_in("ada", OTHER_PASSWORD).await, Outcome::Accepted);
    })
    .await;
}

#[tokio::test]
async fn wrong_passwords_in_a_row_lock_until_the_clock_opens_again() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ada = acme.user_with_password("ada", PASSWORD).await;
        demand(&acme, PasswordPolicyEdit { lockout_failures: Some(3), lockout_minutes: Some(5), ..Default::default() })
            .await;
        assert_eq!(acme.check_sign_in("ada", WRONG).await, Outcome::WrongPassword);
        assert!(!acme.gets_in("ada@acme.mail.test", WRONG).await);
        assert_eq!(acme.check_sign_in("ada", WRONG).await, Outcome::Locked);
        let ends = world.now().plus(Duration::from_secs(300));
        assert_eq!(acme.find("ada").await.unwrap().locked_until, Some(ends));
        assert_eq!(acme.check_sign_in("ada", PASSWORD).await, Outcome::Locked);
        assert!(!acme.gets_in("ada@acme.mail.test", PASSWORD).await);
        world.clock.advance(Duration::from_secs(300) - Duration::from_millis(1));
        assert!(!acme.gets_in("ada@acme.mail.test", PASSWORD).await);
        world.clock.advance(Duration::from_millis(1));
        assert_eq!(acme.find("ada").await.unwrap().locked_until, None);
        assert_eq!(acme.check_sign_in("ada", WRONG).await, Outcome::WrongPassword, "the count began anew");
        assert!(acme.gets_in("ada@acme.mail.test", PASSWORD).await);
        assert_eq!(acme.find("ada").await.unwrap().version, ada.version, "a sign-in is no edit");
    })
    .await;
}

#[tokio::test]
async fn a_right_password_in_between_ends_the_row_of_wrong_ones_also_when_it_is_remembered() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user_with_password("ada", PASSWORD).await;
        demand(&acme, PasswordPolicyEdit { lockout_failures: Some(3), ..Default::default() }).await;
        for _ in 0..4 {
            assert!(acme.gets_in("ada@acme.mail.test", PASSWORD).await);
            for _ in 0..2 {
                assert!(!acme.gets_in("ada@acme.mail.test", WRONG).await);
            }
        }
        assert!(acme.gets_in("ada@acme.mail.test", PASSWORD).await);
    })
    .await;
}

#[tokio::test]
async fn an_administrator_or_a_new_password_lifts_a_lock() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user_with_password("ada", PASSWORD).await;
        demand(&acme, PasswordPolicyEdit { lockout_failures: Some(1), ..Default::default() }).await;
        let lock = async || assert_eq!(acme.check_sign_in("ada", WRONG).await, Outcome::Locked);
        let unlock = async || users::unlock_user(&acme.ctx, acme.id(), user_ref("ada")).await.unwrap();
        lock().await;
        assert_eq!(unlock().await.locked_until, None);
        assert!(acme.gets_in("ada@acme.mail.test", PASSWORD).await);
        lock().await;
        acme.reset_password("ada", OTHER_PASSWORD).await.unwrap();
        assert!(acme.gets_in("ada@acme.mail.test", OTHER_PASSWORD).await);
        let events = world.events().await.len();
        unlock().await;
        assert_eq!(world.events().await.len(), events, "there was nothing to forgive");
    })
    .await;
}

#[tokio::test]
async fn a_policy_without_lock_never_locks() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user_with_password("ada", PASSWORD).await;
        demand(&acme, PasswordPolicyEdit { lockout_failures: Some(0), ..Default::default() }).await;
        for _ in 0..30 {
            assert_eq!(acme.check_sign_in("ada", WRONG).await, Outcome::WrongPassword);
        }
        assert!(acme.gets_in("ada@acme.mail.test", PASSWORD).await);
    })
    .await;
}

/// Hashes that a sign-in costs.
async fn cost(org: &Org<'_>, address: &str, password: &str) -> u64 {
    let before = org.world.deployment.hashing_runs();
    org.gets_in(address, password).await;
    org.world.deployment.hashing_runs() - before
}

#[tokio::test]
async fn unknown_and_known_names_cost_the_same() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user_with_password("ada", PASSWORD).await;
        acme.user("nopassword").await;
        acme.user_with_password("gone", PASSWORD).await;
        acme.disable("gone").await.unwrap();
        acme.user_with_password("locked", PASSWORD).await;
        for _ in 0..10 {
            acme.gets_in("locked@acme.mail.test", WRONG).await;
        }
        world.active_org("globex").await.deleted().await;
        for address in [
            "ada@acme.mail.test",
            "nobody@acme.mail.test",
            "nopassword@acme.mail.test",
            "gone@acme.mail.test",
            "locked@acme.mail.test",
            "ada@unknown.example",
            "ada@globex.mail.test",
        ] {
            assert_eq!(cost(&acme, address, WRONG).await, 1, "{address}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_right_password_is_remembered_for_its_protocol_and_forgotten_with_a_reset() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user_with_password("ada", PASSWORD).await;
        let address = "ada@acme.mail.test";
        assert_eq!(cost(&acme, address, PASSWORD).await, 1);
        assert_eq!(cost(&acme, address, PASSWORD).await, 0);
        assert_eq!(cost(&acme, address, WRONG).await, 1);
        let before = world.deployment.hashing_runs();
        assert!(acme.gets_in_by(address, PASSWORD, by(Protocol::Smtp, "192.0.2.7")).await);
        assert_eq!(world.deployment.hashing_runs() - before, 1, "another protocol asks for itself");
        world.clock.advance(Duration::from_secs(3600));
        assert_eq!(cost(&acme, address, PASSWORD).await, 1, "nothing is remembered for ever");
        acme.reset_password("ada", OTHER_PASSWORD).await.unwrap();
        assert!(!acme.gets_in(address, PASSWORD).await);
        assert!(acme.gets_in(address, OTHER_PASSWORD).await);
    })
    .await;
}

// Passwords of equal text in two organizations are not each other's.
#[tokio::test]
async fn a_remembered_credential_is_one_users() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let globex = world.active_org("globex").await;
        acme.user_with_password("ada", PASSWORD).await;
        globex.user_with_password("ada", OTHER_PASSWORD).await;
        assert!(acme.gets_in("ada@acme.mail.test", PASSWORD).await);
        assert!(!globex.gets_in("ada@globex.mail.test", PASSWORD).await);
        acme.disable("ada").await.unwrap();
        acme.delete_user("ada").await.unwrap();
        let new = acme.disabled_user("ada").await;
        assert!(!new.has_password);
        assert!(!acme.gets_in("ada@acme.mail.test", PASSWORD).await);
    })
    .await;
}
