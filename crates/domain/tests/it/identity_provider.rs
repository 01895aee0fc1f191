//! By whom else users prove who they are: applications of the account, the provider of an organization, and what it
//! makes of passwords.

use reeve_base::limits::IDENTITY_CENTER_APPLICATIONS_MAX;
use reeve_domain::Error;
use reeve_domain::identity_providers::{
    AuthenticationMode, IdentityProvider, NewIdentityCenterApplication, TokenSettings, TokenStatus,
    create_identity_center_application, delete_identity_center_application, list_identity_center_applications,
    remove_identity_provider, show_identity_provider,
};
use reeve_domain::page::PageRequest;
use reeve_domain::users::SignInOutcome;

use crate::calls_settings::{INSTANCE, new_application, provider};
use crate::harness::{OTHER_PASSWORD, PASSWORD, World, first, invalid, on_each_engine, refused};
use crate::org::Org;

const OTHER_INSTANCE: &str = "arn:aws:sso:::instance/ssoins-fedcba0987654321";

async fn shown(org: &Org<'_>) -> Result<IdentityProvider, Error> {
    show_identity_provider(&org.ctx, org.id()).await
}

async fn names(world: &World) -> Vec<String> {
    let page = list_identity_center_applications(&world.operator, first(1_000)).await.unwrap();
    page.items.into_iter().map(|application| application.name).collect()
}

#[tokio::test]
async fn an_application_is_named_in_amazons_form_after_its_account_and_instance() {
    on_each_engine(async |world| {
        let made = create_identity_center_application(&world.operator, new_application("mail")).await.unwrap();
        assert!(!made.replayed);
        let application = made.application;
        let prefix = format!("arn:aws:sso::{}:application/ssoins-1234567890abcdef/apl-", world.account());
        let id = application.arn.strip_prefix(&prefix).unwrap();
        assert!(id.len() == 16 && id.bytes().all(|b| b.is_ascii_hexdigit()));
        assert_eq!((application.name.as_str(), application.instance_arn.as_str()), ("mail", INSTANCE));
        let twin = create_identity_center_application(&world.operator, new_application("mail")).await.unwrap();
        assert_ne!(twin.application.arn, application.arn);
        assert_eq!(names(world).await, ["mail", "mail"]);
        let theirs = list_identity_center_applications(&world.other, first(10)).await.unwrap();
        assert_eq!((theirs.items.len(), theirs.total), (0, Some(0)));
    })
    .await;
}

#[tokio::test]
async fn an_application_is_deleted_by_its_account_alone_and_once() {
    on_each_engine(async |world| {
        let made = create_identity_center_application(&world.operator, new_application("mail")).await.unwrap();
        let arn = made.application.arn;
        delete_identity_center_application(&world.other, arn.clone()).await.unwrap();
        assert_eq!(names(world).await, ["mail"], "what is not theirs is not there for them");
        delete_identity_center_application(&world.operator, arn.clone()).await.unwrap();
        assert!(names(world).await.is_empty());
        let events = world.events().await.len();
        delete_identity_center_application(&world.operator, arn).await.unwrap();
        assert_eq!(world.events().await.len(), events);
        invalid(delete_identity_center_application(&world.operator, "mail".to_owned()).await, "application_arn");
    })
    .await;
}

#[tokio::test]
async fn what_is_no_application_is_refused() {
    on_each_engine(async |world| {
        for name in ["", "with space", "a/b", "ä", "a\nb", &"x".repeat(256)] {
            invalid(create_identity_center_application(&world.operator, new_application(name)).await, "name");
        }
        let longest = "x".repeat(255);
        create_identity_center_application(&world.operator, new_application(&longest)).await.unwrap();
        create_identity_center_application(&world.operator, new_application("a_b+c=d,e.f@g-h")).await.unwrap();
        for instance in ["", "ssoins-1234567890abcdef", &INSTANCE.replace("sso:::", "sso::1:")] {
            let new = NewIdentityCenterApplication { instance_arn: instance.to_owned(), ..new_application("mail") };
            invalid(create_identity_center_application(&world.operator, new).await, "instance_arn");
        }
        assert_eq!(names(world).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn an_account_has_so_many_applications_and_a_retry_makes_no_second() {
    on_each_engine(async |world| {
        let ctx = world.with_token("once", "the same").await;
        let made = create_identity_center_application(&ctx, new_application("first")).await.unwrap();
        let again = create_identity_center_application(&ctx, new_application("first")).await.unwrap();
        assert_eq!((again.replayed, &again.application), (true, &made.application));
        let other = world.with_token("once", "another").await;
        refused(create_identity_center_application(&other, new_application("second")).await, "conflict");
        for number in 1..IDENTITY_CENTER_APPLICATIONS_MAX {
            let new = new_application(&format!("n{number}"));
            create_identity_center_application(&world.operator, new).await.unwrap();
        }
        let more = create_identity_center_application(&world.operator, new_application("more")).await;
        refused(more, "limit_reached");
        let page = list_identity_center_applications(&world.operator, first(60)).await.unwrap();
        let rest = PageRequest { cursor: page.next_cursor, ..first(60) };
        let rest = list_identity_center_applications(&world.operator, rest).await.unwrap();
        assert_eq!((page.items.len() + rest.items.len(), rest.total), (100, Some(100)));
        delete_identity_center_application(&world.operator, made.application.arn).await.unwrap();
        refused(create_identity_center_application(&ctx, new_application("first")).await, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_provider_is_set_shown_changed_and_removed() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        refused(shown(&acme).await, "not_found");
        remove_identity_provider(&acme.ctx, acme.id()).await.unwrap();
        let set = provider(&acme.application("mail").await);
        let events = world.events().await.len();
        assert_eq!(acme.set_provider(set.clone()).await.unwrap(), set);
        assert_eq!(acme.set_provider(set.clone()).await.unwrap(), set);
        assert_eq!(shown(&acme).await.unwrap(), set);
        assert_eq!(world.events().await.len(), events + 1);
        let tokens = TokenSettings { status: TokenStatus::Inactive, lifetime_days: None };
        let other = IdentityProvider { mode: AuthenticationMode::ProviderOnly, tokens, ..set };
        acme.set_provider(other.clone()).await.unwrap();
        assert_eq!(shown(&acme).await.unwrap(), other);
        let event = world.events().await.remove(0);
        let changes: Vec<_> = event.changes.iter().map(|c| (c.field.as_str(), c.after.as_deref())).collect();
        let expected =
            [("mode", Some("provider_only")), ("token_status", Some("inactive")), ("token_lifetime_days", None)];
        assert_eq!(changes, expected);
        delete_identity_center_application(&acme.ctx, other.application_arn.clone()).await.unwrap();
        assert_eq!(shown(&acme).await.unwrap(), other, "deleting an application changes nobody's sign-in");
        remove_identity_provider(&acme.ctx, acme.id()).await.unwrap();
        refused(shown(&acme).await, "not_found");
        let events = world.events().await.len();
        remove_identity_provider(&acme.ctx, acme.id()).await.unwrap();
        assert_eq!(world.events().await.len(), events);
    })
    .await;
}

#[tokio::test]
async fn a_provider_needs_an_application_of_the_account_in_the_same_instance() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let application = acme.application("mail").await;
        let right = provider(&application);
        let theirs = create_identity_center_application(&world.other, new_application("theirs")).await.unwrap();
        refused(acme.set_provider(provider(&theirs.application)).await, "not_found");
        let wrong = IdentityProvider { instance_arn: OTHER_INSTANCE.to_owned(), ..right.clone() };
        invalid(acme.set_provider(wrong).await, "instance_arn");
        let wrong = IdentityProvider { application_arn: "mail".to_owned(), ..right.clone() };
        invalid(acme.set_provider(wrong).await, "application_arn");
        for days in [0, 3_654] {
            let tokens = TokenSettings { lifetime_days: Some(days), ..right.tokens };
            invalid(acme.set_provider(IdentityProvider { tokens, ..right.clone() }).await, "lifetime_days");
        }
        delete_identity_center_application(&acme.ctx, application.arn).await.unwrap();
        refused(acme.set_provider(right).await, "not_found");
        refused(shown(&acme).await, "not_found");
    })
    .await;
}

#[tokio::test]
async fn where_the_provider_is_the_only_way_passwords_open_nothing_at_once() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let globex = world.foreign_org("globex").await;
        acme.user_with_password("ada", PASSWORD).await;
        globex.user_with_password("bob", PASSWORD).await;
        let (ada, bob) = (acme.at("ada"), globex.at("bob"));
        assert!(acme.gets_in(&ada, PASSWORD).await, "and is remembered");
        let both = provider(&acme.application("mail").await);
        acme.set_provider(both.clone()).await.unwrap();
        assert!(acme.gets_in(&ada, PASSWORD).await);
        let only = IdentityProvider { mode: AuthenticationMode::ProviderOnly, ..both.clone() };
        acme.set_provider(only).await.unwrap();
        assert!(!acme.gets_in(&ada, PASSWORD).await);
        assert_eq!(acme.check_sign_in("ada", PASSWORD).await, SignInOutcome::PasswordSignInOff);
        assert_eq!(acme.check_sign_in("ada", OTHER_PASSWORD).await, SignInOutcome::PasswordSignInOff);
        assert!(globex.gets_in(&bob, PASSWORD).await, "another organization is not meant");
        let runs = world.deployment.hashing_runs();
        for _ in 0..20 {
            assert!(!acme.gets_in(&ada, OTHER_PASSWORD).await);
        }
        assert_eq!(world.deployment.hashing_runs(), runs + 20, "each costs what a wrong password costs");
        acme.set_provider(both).await.unwrap();
        assert!(acme.gets_in(&ada, PASSWORD).await, "what was tried meanwhile locked nobody");
        remove_identity_provider(&acme.ctx, acme.id()).await.unwrap();
        assert!(acme.gets_in(&ada, PASSWORD).await);
    })
    .await;
}
