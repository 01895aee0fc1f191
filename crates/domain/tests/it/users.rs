//! Creating, showing, editing and deleting users; the accounts of the directory itself; names.

use std::time::Duration;

use reeve_base::names::UserName;
use reeve_domain::users::{
    self, EnableRequest, Enabled, EntityState, MailboxState, NewPassword, NewUser, ProfileEdit, User, UserEdit,
    UserRole,
};

use crate::harness::{PASSWORD, email, invalid, new_user, on_each_engine, refused, secret, shown, text, user_ref};
use crate::org::{Org, dump};

// C2
#[tokio::test]
async fn a_user_is_created_disabled_without_address_and_mailbox() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ada = acme.disabled_user("Ada.L").await;
        assert_eq!((ada.name.as_str(), ada.state, ada.role), ("Ada.L", EntityState::Disabled, UserRole::User));
        assert_eq!((&ada.email, &ada.mailbox, ada.has_password), (&None, &None, false));
        assert_eq!((ada.enabled_at, ada.disabled_at, ada.version), (None, None, 1));
        assert_eq!(acme.find(ada.id.as_str()).await.unwrap(), ada);
    })
    .await;
}

// C2
#[tokio::test]
async fn one_call_creates_enables_and_gives_a_password() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ada = acme.user_with_password("ada", PASSWORD).await;
        assert_eq!((ada.state, ada.email.as_deref()), (EntityState::Enabled, Some("ada@acme.mail.test")));
        let mailbox = ada.mailbox.unwrap();
        assert_eq!(
            (mailbox.state, mailbox.provisioned_at, mailbox.purge_at),
            (MailboxState::Active, world.now(), None)
        );
        assert_eq!((ada.has_password, ada.password_changed_at), (true, Some(world.now())));
        assert!(acme.gets_in("ada@acme.mail.test", PASSWORD).await);
    })
    .await;
}

#[tokio::test]
async fn creating_and_enabling_is_all_or_nothing() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("bob").await;
        let before = dump(&acme).await;
        let with = |address: &str| NewUser { email: Some(email(address)), ..new_user("ada") };
        refused(acme.create(with("BOB@acme.mail.test")).await, "address_taken");
        refused(acme.create(with("ada@unknown.example")).await, "domain_not_found");
        refused(acme.create(with("amazonjournaling@acme.mail.test")).await, "reserved");
        let weak = NewUser { password: NewPassword::Typed(secret("short")), ..with("ada@acme.mail.test") };
        refused(acme.create(weak).await, "password_refused");
        assert_eq!(dump(&acme).await, before);
        refused(acme.find("ada").await, "not_found");
        acme.create(with("ada@acme.mail.test")).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_generated_password_is_shown_once_and_opens() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let new = || NewUser {
            email: Some(email("ada@acme.mail.test")),
            password: NewPassword::Generated,
            ..new_user("ada")
        };
        let retry = world.with_token("t-1", "ada").await;
        let made = users::create_user(&retry, acme.id(), new()).await.unwrap();
        let password = made.password.expect("it is shown");
        assert!(acme.gets_in("ada@acme.mail.test", shown(&password)).await);
        let again = users::create_user(&retry, acme.id(), new()).await.unwrap();
        assert_eq!((again.user.id, again.replayed, again.password.is_none()), (made.user.id, true, true));
        assert!(acme.gets_in("ada@acme.mail.test", shown(&password)).await, "a retry changes no password");
        let other = world.with_token("t-1", "bob").await;
        refused(users::create_user(&other, acme.id(), new_user("bob")).await, "conflict");
    })
    .await;
}

#[tokio::test]
async fn names_are_unique_in_their_directory_whatever_their_case_and_free_after_deletion() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let globex = world.active_org("globex").await;
        let old = acme.disabled_user("Ada").await;
        for name in ["Ada", "ada", "ADA"] {
            assert_eq!(refused(acme.create(new_user(name)).await, "name_taken").field(), Some("username"));
        }
        globex.disabled_user("ada").await;
        acme.delete_user("ada").await.unwrap();
        assert_ne!(acme.disabled_user("ada").await.id, old.id);
    })
    .await;
}

#[tokio::test]
async fn reserved_names_are_refused_and_those_that_rfc_2142_wants_are_not() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let names = [
            "administrator",
            "Administrator",
            "guest",
            "KRBTGT",
            "system",
            "mailer-daemon",
            "amazonjournaling",
            "awsadminD-1234567890",
            "AWSAdmin",
            "administrator@acme.mail.test",
        ];
        for name in names {
            refused(acme.create(new_user(name)).await, "reserved");
        }
        for name in ["postmaster", "abuse", "hostmaster", "administrators", "guests"] {
            acme.user(name).await;
        }
        let journal = NewUser { email: Some(email("Mailer-Daemon@acme.mail.test")), ..new_user("ada") };
        refused(acme.create(journal).await, "reserved");
    })
    .await;
}

#[tokio::test]
async fn a_user_is_found_by_id_name_address_and_alias_in_any_case() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ada = acme.user("ada").await;
        acme.add_alias("ada", "Countess@acme.mail.test").await.unwrap();
        acme.disabled_user("bob").await;
        for name in [ada.id.as_str(), "ada", "ADA", "Ada@Acme.Mail.Test", "countess@ACME.mail.test"] {
            assert_eq!(acme.find(name).await.unwrap().id, ada.id, "{name}");
        }
        for name in ["", "ad", "ada@", "ada@globex.mail.test", "00000000-0000-0000-0000-000000000000", "a\0da", "a\nda"]
        {
            refused(acme.find(name).await, "not_found");
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_belongs_to_its_bearer_even_when_another_is_named_like_it() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let chief = acme.user("chief").await;
        let named = acme.disabled_user("chief@acme.mail.test").await;
        assert_eq!(acme.find("chief@acme.mail.test").await.unwrap().id, chief.id);
        assert_eq!(acme.find(named.id.as_str()).await.unwrap().id, named.id);
    })
    .await;
}

/// An edit that says something of everything.
fn full_edit() -> ProfileEdit {
    ProfileEdit {
        display_name: Some(text("Ada King")),
        first_name: Some(text("Augusta Ada")),
        last_name: Some(text("King")),
        initials: Some(text("AK")),
        telephone: Some(text("+44 20 7946 0000")),
        street: Some(text("12 St James's Square")),
        job_title: Some(text("Analyst")),
        city: Some(text("London")),
        company: Some(text("Analytical Engines")),
        zip_code: Some(text("SW1Y 4JH")),
        department: Some(text("Mathematics")),
        country: Some(text("United Kingdom")),
        office: Some(text("3.14")),
        identity_provider_user_id: Some(text("idp-1")),
    }
}

// C6
#[tokio::test]
async fn every_profile_field_is_edited_kept_and_cleared() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        world.clock.advance(Duration::from_secs(1));
        let edit = UserEdit { profile: full_edit(), hidden: Some(true), role: None };
        let edited = acme.edit("ada", edit.clone()).await.unwrap();
        assert_eq!((edited.version, edited.updated_at, edited.hidden), (2, world.now(), true));
        assert_eq!((edited.profile.office.as_str(), edited.profile.street.as_str()), ("3.14", "12 St James's Square"));
        assert_eq!(edited.profile.identity_provider_user_id.as_str(), "idp-1");
        // Nothing said changes nothing; saying the same again changes nothing either.
        for same in [UserEdit::default(), edit] {
            assert_eq!(acme.edit("ada", same).await.unwrap(), edited);
        }
        let clear = ProfileEdit { telephone: Some(text("")), ..ProfileEdit::default() };
        let cleared = acme.edit("ada", UserEdit { profile: clear, ..UserEdit::default() }).await.unwrap();
        assert!(cleared.profile.telephone.is_empty() && cleared.version == 3);
        assert_eq!(cleared.profile.display_name, edited.profile.display_name);
        let nameless = ProfileEdit { display_name: Some(text("")), ..ProfileEdit::default() };
        invalid(acme.edit("ada", UserEdit { profile: nameless, ..UserEdit::default() }).await, "display_name");
    })
    .await;
}

#[tokio::test]
async fn a_disabled_user_is_edited_too() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.disabled_user("ada").await;
        let edited = acme.edit("ada", UserEdit { profile: full_edit(), ..UserEdit::default() }).await.unwrap();
        assert_eq!(edited.state, EntityState::Disabled);
    })
    .await;
}

#[tokio::test]
async fn a_remote_user_has_an_address_and_no_mailbox_until_their_role_changes() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let remote =
            NewUser { role: UserRole::RemoteUser, email: Some(email("ada@acme.mail.test")), ..new_user("ada") };
        assert_eq!(acme.create(remote).await.unwrap().mailbox, None);
        let becomes = async |role| {
            let edit = UserEdit { role: Some(role), ..UserEdit::default() };
            acme.edit("ada", edit).await.unwrap().mailbox.map(|mailbox| (mailbox.state, mailbox.provisioned_at))
        };
        let made = world.now();
        assert_eq!(becomes(UserRole::User).await, Some((MailboxState::Active, made)));
        world.clock.advance(Duration::from_secs(60));
        assert_eq!(becomes(UserRole::RemoteUser).await, Some((MailboxState::Retained, made)));
        assert_eq!(becomes(UserRole::User).await, Some((MailboxState::Active, made)));
    })
    .await;
}

#[tokio::test]
async fn roles_of_the_directory_are_given_to_nobody() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        for role in [UserRole::SystemUser, UserRole::Resource] {
            invalid(acme.create(NewUser { role, ..new_user("bob") }).await, "role");
            invalid(acme.edit("ada", UserEdit { role: Some(role), ..UserEdit::default() }).await, "role");
        }
    })
    .await;
}

#[tokio::test]
async fn only_a_disabled_user_is_deleted() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        refused(acme.delete_user("ada").await, "wrong_state");
        acme.disable("ada").await.unwrap();
        acme.delete_user("ada").await.unwrap();
        refused(acme.find("ada").await, "not_found");
        refused(acme.delete_user("ada").await, "not_found");
        assert!(acme.names(Default::default()).await.iter().all(|name| name != "ada"));
    })
    .await;
}

#[tokio::test]
async fn an_edit_of_another_version_is_refused_in_every_operation_on_a_user() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ada = acme.user("ada").await;
        let before = dump(&acme).await;
        let stale = acme.by(&world.expecting(ada.version + 1).await);
        let is_stale = |error: reeve_domain::Error| assert_eq!(error.code(), "version_mismatch", "{error:?}");
        is_stale(stale.edit("ada", UserEdit { profile: full_edit(), ..UserEdit::default() }).await.unwrap_err());
        is_stale(stale.disable("ada").await.unwrap_err());
        is_stale(stale.enable("ada", "ada@acme.mail.test").await.unwrap_err());
        is_stale(stale.delete_user("ada").await.unwrap_err());
        is_stale(stale.add_alias("ada", "x@acme.mail.test").await.unwrap_err());
        is_stale(stale.remove_alias("ada", "x@acme.mail.test").await.unwrap_err());
        is_stale(stale.set_default("ada", "x@acme.mail.test").await.unwrap_err());
        is_stale(stale.reset_password("ada", PASSWORD).await.unwrap_err());
        assert_eq!(dump(&acme).await, before);
        acme.by(&world.expecting(ada.version).await).disable("ada").await.unwrap();
    })
    .await;
}

async fn system_user(acme: &Org<'_>, name: &str) -> User {
    let user = acme.find(name).await.unwrap();
    assert_eq!((user.role, user.state), (UserRole::SystemUser, EntityState::Disabled));
    user
}

// C1
#[tokio::test]
async fn system_users_are_seen_and_never_touched() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        for name in ["administrator", "guest"] {
            let id = system_user(&acme, name).await.id;
            let before = dump(&acme).await;
            let id = id.as_str();
            let address = "somebody@acme.mail.test";
            refused(acme.edit(id, UserEdit { profile: full_edit(), ..UserEdit::default() }).await, "reserved");
            refused(acme.edit(id, UserEdit { role: Some(UserRole::User), ..UserEdit::default() }).await, "reserved");
            refused(acme.edit(id, UserEdit::default()).await, "reserved");
            refused(acme.enable(id, address).await, "reserved");
            refused(acme.disable(id).await, "reserved");
            refused(acme.delete_user(id).await, "reserved");
            refused(acme.add_alias(id, address).await, "reserved");
            refused(acme.remove_alias(id, address).await, "reserved");
            refused(acme.set_default(id, address).await, "reserved");
            refused(acme.reset_password(id, PASSWORD).await, "reserved");
            refused(users::unlock_user(&acme.ctx, acme.id(), user_ref(id)).await, "reserved");
            refused(users::check_sign_in(&acme.ctx, acme.id(), user_ref(id), secret(PASSWORD), None).await, "reserved");
            let request = EnableRequest { user: user_ref(id), email: email(address) };
            let results = users::enable_users(&acme.ctx, acme.id(), vec![request]).await.unwrap();
            assert!(matches!(&results[0].outcome, Enabled::Refused(error) if error.code() == "reserved"));
            let imported = acme.import(&format!("username,display_name\n{name},Somebody\n")).await;
            assert_eq!(imported.plan.refused, 1);
            assert_eq!(dump(&acme).await, before);
        }
    })
    .await;
}

#[test]
fn user_names_are_checked_before_any_operation() {
    for name in ["", "a b", "a\u{202E}b", "аda", "a\0", &"a".repeat(65)] {
        assert!(UserName::parse("username", name).is_err(), "{name:?}");
    }
}
