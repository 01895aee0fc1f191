//! Passwords that are known from breaches: refused when they are set, noted when somebody signs in with one.

use reeve_domain::administrators::{
    AdministratorRef, change_password, reset_administrator_password, show_administrator,
};
use reeve_domain::directories::{PasswordPolicyEdit, set_password_policy};
use reeve_domain::users::{NewPassword, NewUser, SignInOutcome};
use reeve_store::tables::administrators;

use crate::audit::told;
use crate::harness::{OTHER_PASSWORD, World, email, hasher, new_user, on_each_engine, refused, secret, try_sign_in};
use crate::org::Org;
use crate::people::GENERAL;

/// Stands in the list, and passes every other rule of the default policy.
const BREACHED: &str = "whelCHEL08";

/// A user whose password came hashed from elsewhere, where nobody looked at it.
async fn brought_along(org: &Org<'_>, password: &str) {
    let hash = hasher().hash(&secret(password), &reeve_base::random::OsRandom).unwrap();
    let new = NewUser { email: Some(email(&org.at("ada"))), password: NewPassword::Hashed(hash), ..new_user("ada") };
    org.create(new).await.unwrap();
}

fn noted(events: &[reeve_domain::audit::Event]) -> usize {
    events.iter().filter(|event| event.operation == "note_breached_password").count()
}

#[tokio::test]
async fn a_breached_password_is_refused_whatever_else_the_policy_allows() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        assert!(
            refused(acme.reset_password("ada", BREACHED).await, "password_refused").to_string().contains("breaches")
        );
        let none = PasswordPolicyEdit { strength_min: Some(0), classes_min: Some(0), ..PasswordPolicyEdit::default() };
        set_password_policy(&acme.ctx, acme.id(), none).await.unwrap();
        for password in ["password", "Football1", "iloveyou2"] {
            let why = refused(acme.reset_password("ada", password).await, "password_refused").to_string();
            assert!(why.contains("known from breaches"), "{why}");
        }
        acme.reset_password("ada", "nobody has this").await.unwrap();
        let general = AdministratorRef::Username(email(GENERAL));
        let refusal = reset_administrator_password(&world.operator, general, Some(secret(BREACHED))).await;
        assert!(refused(refusal, "password_refused").to_string().contains("breaches"));
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_with_a_breached_password_succeeds_and_is_noted_once() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        brought_along(&acme, BREACHED).await;
        assert_eq!(acme.find("ada").await.unwrap().password_breached_at, None, "nobody has seen it yet");
        assert!(!acme.gets_in(&acme.at("ada"), OTHER_PASSWORD).await);
        assert_eq!(acme.find("ada").await.unwrap().password_breached_at, None);
        let version = acme.find("ada").await.unwrap().version;
        assert!(acme.gets_in(&acme.at("ada"), BREACHED).await);
        let shown = acme.find("ada").await.unwrap();
        assert_eq!((shown.password_breached_at, shown.version), (Some(world.now()), version));
        assert_eq!(acme.list(Default::default()).await.iter().filter(|u| u.password_breached_at.is_some()).count(), 1);
        assert_eq!(told(&acme, "note_breached_password").await, ["password_state: fine > breached"]);
        assert!(acme.gets_in(&acme.at("ada"), BREACHED).await);
        assert_eq!(acme.check_sign_in("ada", BREACHED).await, SignInOutcome::Accepted);
        assert_eq!(noted(&world.events().await), 1);
        acme.reset_password("ada", OTHER_PASSWORD).await.unwrap();
        assert_eq!(acme.find("ada").await.unwrap().password_breached_at, None);
        assert!(acme.gets_in(&acme.at("ada"), OTHER_PASSWORD).await);
        assert_eq!(noted(&world.events().await), 1);
    })
    .await;
}

/// Gives the general administrator a password that no rule was asked about.
async fn with_breached_password(world: &World) {
    let hash = hasher().hash(&secret(BREACHED), &reeve_base::random::OsRandom).unwrap();
    let put = world.store().write(move |tx| {
        let row = administrators::by_key(tx, GENERAL)?.expect("they are there");
        administrators::update(tx, &administrators::AdministratorRow { password_hash: Some(hash.clone()), ..row })
    });
    put.await.unwrap();
}

#[tokio::test]
async fn an_administrator_with_a_breached_password_gets_in_and_is_told() {
    on_each_engine(async |world| {
        with_breached_password(world).await;
        let stranger = world.stranger_from(None);
        let signed_in = try_sign_in(&stranger, GENERAL, BREACHED).await.unwrap();
        assert_eq!(signed_in.administrator.password_breached_at, Some(world.now()));
        assert_eq!(noted(&world.events().await), 1);
        let event = world.events().await.into_iter().find(|e| e.operation == "note_breached_password").unwrap();
        assert_eq!((event.resource_kind.as_str(), event.resource_name.as_str()), ("administrator", GENERAL));
        let me = world.sign_in_with(GENERAL, BREACHED).await;
        assert_eq!(noted(&world.events().await), 1);
        let spelled_otherwise = change_password(&me, secret(BREACHED), secret("WhelCHEL08")).await;
        assert!(refused(spelled_otherwise, "password_refused").to_string().contains("breaches"));
        let changed = change_password(&me, secret(BREACHED), secret(OTHER_PASSWORD)).await.unwrap();
        assert_eq!(changed.administrator.password_breached_at, None);
        let shown = show_administrator(&world.operator, AdministratorRef::Username(email(GENERAL))).await.unwrap();
        assert_eq!(shown.password_breached_at, None);
    })
    .await;
}
