//! What a directory demands of new passwords (row C7): the default of WorkMail, each rule changed, history, generation.

use std::time::Duration;

use reeve_domain::Error;
use reeve_domain::directories::{Directory, PasswordPolicyEdit, set_password_policy, show_directory};
use reeve_domain::passwords::PasswordPolicy;
use reeve_domain::users::{self, NewPassword, NewUser};

use crate::harness::{
    OTHER_PASSWORD, PASSWORD, invalid, new_user, on_each_engine, refused, secret, shown, text, user_ref,
};
use crate::org::{Org, dump};

async fn demand(org: &Org<'_>, edit: PasswordPolicyEdit) -> Result<Directory, Error> {
    set_password_policy(&org.ctx, org.id(), edit).await
}

#[track_caller]
fn rule<T: std::fmt::Debug>(result: Result<T, Error>) -> &'static str {
    match refused(result, "password_refused") {
        Error::PasswordRefused(rule) => rule.code(),
        other => panic!("no rule in {other:?}"),
    }
}

// C7
#[tokio::test]
async fn the_default_policy_refuses_by_naming_the_rule() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("lovelace").await;
        let before = dump(&acme).await;
        let long = "aB3-".repeat(16);
        let table = [
            ("", "too_short"),
            ("aB3-xyz", "too_short"),
            (long.as_str(), "too_long"),
            ("Passwort-ключ-3", "characters"),
            ("Copper\u{7}-willow-41", "characters"),
            ("copperwillowthrush", "classes"),
            ("Copper-Lovelace-41", "contains_name"),
            ("Password1!", "guessable"),
        ];
        for (password, expected) in table {
            assert_eq!(rule(acme.reset_password("lovelace", password).await), expected, "{password}");
            let new = NewUser {
                password: NewPassword::Typed(secret(password)),
                profile: users::ProfileEdit {
                    display_name: Some(text("Ada")),
                    last_name: Some(text("Lovelace")),
                    ..Default::default()
                },
                ..new_user("ada")
            };
            assert_eq!(rule(acme.create(new).await), expected, "{password}");
        }
        let book = "aB3-".repeat(1_000);
        assert_eq!(rule(acme.reset_password("lovelace", &book).await), "too_long");
        assert_eq!(dump(&acme).await, before);
        acme.reset_password("lovelace", PASSWORD).await.unwrap();
    })
    .await;
}

// C7
#[tokio::test]
async fn each_rule_can_be_changed_and_holds_from_the_next_password_on() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        let check = async |edit: PasswordPolicyEdit, password: &str, expected: &str| {
            acme.reset_password("ada", password).await.unwrap();
            let policy = show_directory(&acme.ctx, acme.id()).await.unwrap().password_policy;
            demand(&acme, edit).await.unwrap();
            assert_eq!(rule(acme.reset_password("ada", password).await), expected);
            let back = PasswordPolicyEdit {
                length_min: Some(policy.length_min),
                length_max: Some(policy.length_max),
                classes_min: Some(policy.classes_min),
                strength_min: Some(policy.strength_min),
                history: Some(policy.history),
                ..PasswordPolicyEdit::default()
            };
            assert_eq!(demand(&acme, back).await.unwrap().password_policy, policy);
        };
        let none = PasswordPolicyEdit::default();
        check(PasswordPolicyEdit { length_min: Some(24), ..none }, PASSWORD, "too_short").await;
        check(PasswordPolicyEdit { length_max: Some(20), ..none }, PASSWORD, "too_long").await;
        check(PasswordPolicyEdit { classes_min: Some(5), ..none }, PASSWORD, "classes").await;
        check(PasswordPolicyEdit { strength_min: Some(4), ..none }, "Ovenbird-7", "guessable").await;
        check(PasswordPolicyEdit { history: Some(1), ..none }, PASSWORD, "reused").await;
    })
    .await;
}

#[tokio::test]
async fn a_policy_out_of_bounds_is_refused_by_field_and_changes_nothing() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let before = dump(&acme).await;
        let none = PasswordPolicyEdit::default();
        let table = [
            (PasswordPolicyEdit { length_min: Some(6), ..none }, "length_min"),
            (PasswordPolicyEdit { length_min: Some(64), ..none }, "length_min"),
            (PasswordPolicyEdit { length_max: Some(257), ..none }, "length_max"),
            (PasswordPolicyEdit { classes_min: Some(6), ..none }, "classes_min"),
            (PasswordPolicyEdit { history: Some(25), ..none }, "history"),
            (PasswordPolicyEdit { age_max_days: Some(1_000), ..none }, "age_max_days"),
            (PasswordPolicyEdit { lockout_failures: Some(1_001), ..none }, "lockout_failures"),
            (PasswordPolicyEdit { lockout_minutes: Some(0), ..none }, "lockout_minutes"),
            (PasswordPolicyEdit { strength_min: Some(5), ..none }, "strength_min"),
        ];
        for (edit, field) in table {
            invalid(demand(&acme, edit).await, field);
        }
        assert_eq!(dump(&acme).await, before);
        let directory = demand(&acme, none).await.unwrap();
        assert_eq!((directory.password_policy, directory.version), (PasswordPolicy::default(), 1));
        let stale = acme.by(&world.expecting(2).await);
        refused(demand(&stale, PasswordPolicyEdit { history: Some(1), ..none }).await, "version_mismatch");
    })
    .await;
}

// C7
#[tokio::test]
async fn as_many_earlier_passwords_as_the_history_says_do_not_come_back() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user_with_password("ada", PASSWORD).await;
        demand(&acme, PasswordPolicyEdit { history: Some(3), ..Default::default() }).await.unwrap();
        let set = async |password: &str| {
            world.clock.advance(Duration::from_secs(60));
            acme.reset_password("ada", password).await
        };
        let others = ["Marble-anchor-73-heron", "Velvet-compass-28-otter", "Granite-lantern-56-finch"];
        assert_eq!(rule(set(PASSWORD).await), "reused");
        for other in &others[..2] {
            set(other).await.unwrap();
            assert_eq!(rule(set(PASSWORD).await), "reused");
        }
        set(others[2]).await.unwrap();
        for recent in others {
            assert_eq!(rule(set(recent).await), "reused");
        }
        // Three others came since.
        set(PASSWORD).await.unwrap();
        assert!(acme.gets_in("ada@acme.mail.test", PASSWORD).await);
    })
    .await;
}

#[tokio::test]
async fn generated_passwords_obey_every_policy() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        let policies = [
            PasswordPolicyEdit::default(),
            PasswordPolicyEdit { length_max: Some(12), strength_min: Some(4), ..Default::default() },
            PasswordPolicyEdit {
                length_min: Some(60),
                length_max: Some(64),
                classes_min: Some(5),
                ..Default::default()
            },
            PasswordPolicyEdit {
                length_min: Some(7),
                length_max: Some(7),
                strength_min: Some(2),
                ..Default::default()
            },
        ];
        for edit in policies {
            demand(&acme, edit).await.unwrap();
            let generated = users::reset_password(&acme.ctx, acme.id(), user_ref("ada"), NewPassword::Generated).await;
            let generated = generated.unwrap().expect("it is shown");
            assert!(acme.gets_in("ada@acme.mail.test", shown(&generated)).await);
            acme.reset_password("ada", shown(&generated)).await.unwrap();
        }
        let none = users::reset_password(&acme.ctx, acme.id(), user_ref("ada"), NewPassword::None).await;
        invalid(none, "password");
    })
    .await;
}

#[tokio::test]
async fn a_policy_is_its_own_directorys() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let globex = world.active_org("globex").await;
        acme.user("ada").await;
        globex.user("ada").await;
        demand(&acme, PasswordPolicyEdit { length_min: Some(40), ..Default::default() }).await.unwrap();
        assert_eq!(rule(acme.reset_password("ada", OTHER_PASSWORD).await), "too_short");
        globex.reset_password("ada", OTHER_PASSWORD).await.unwrap();
    })
    .await;
}
