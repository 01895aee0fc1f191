//! Personal access tokens: made for a user, shown once, good in the place of a password until something ends them.

use std::time::Duration;

use reeve_base::Secret;
use reeve_base::ids::PersonalAccessTokenId;
use reeve_base::limits::TOKENS_PER_USER_MAX;
use reeve_domain::Error;
use reeve_domain::access_control::{Protocol, put_access_control_rule};
use reeve_domain::effect::Effect;
use reeve_domain::identity_providers::{
    AuthenticationMode, IdentityProvider, TokenSettings, TokenStatus, remove_identity_provider,
};
use reeve_domain::page::PageRequest;
use reeve_domain::personal_access_tokens::{
    NewToken, PersonalAccessToken, create_personal_access_token, delete_personal_access_token,
    list_personal_access_tokens, show_personal_access_token,
};
use reeve_domain::users::{self, SignInOutcome};
use reeve_store::tables::personal_access_tokens as rows;

use crate::calls_rules::access_rule;
use crate::calls_settings::new_token;
use crate::harness::{
    DAY, OTHER_PASSWORD, PASSWORD, email, first, invalid, on_each_engine, refused, shown as text, user_ref,
};
use crate::org::{Org, by};

const MOMENT: Duration = Duration::from_millis(1);

/// Whether a client of a protocol gets in as ada.
async fn opens(org: &Org<'_>, secret: &Secret, protocol: Protocol) -> bool {
    let address = email(&org.at("ada"));
    match users::authenticate(&org.world.deployment, &address, secret, by(protocol, "192.0.2.7")).await {
        Ok(_) => true,
        Err(Error::SignInRefused) => false,
        Err(other) => panic!("a sign-in failed: {other:?}"),
    }
}

async fn shown(org: &Org<'_>, id: &PersonalAccessTokenId) -> PersonalAccessToken {
    show_personal_access_token(&org.ctx, org.id(), id.clone()).await.unwrap()
}

async fn names(org: &Org<'_>, user: Option<&str>) -> Vec<String> {
    let user = user.map(user_ref);
    let page = list_personal_access_tokens(&org.ctx, org.id(), user, first(100)).await.unwrap();
    assert_eq!(page.total, Some(page.items.len() as u64));
    page.items.into_iter().map(|token| token.name).collect()
}

#[tokio::test]
async fn a_token_opens_in_the_place_of_the_password_and_is_kept_as_a_hash() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ada = acme.user_with_password("ada", PASSWORD).await;
        acme.with_tokens().await;
        let made = acme.token("ada", new_token("phone")).await.unwrap();
        let secret = text(&made.secret);
        assert!(secret.starts_with("rpat_") && secret.len() == 48, "{secret}");
        assert_eq!((&made.token.user_id, made.token.name.as_str(), made.token.used_at), (&ada.id, "phone", None));
        assert_eq!(made.token.expires_at, Some(world.now().plus(365 * DAY)));
        assert_eq!(made.token.scopes, Protocol::ALL.map(|protocol| protocol.word().to_owned()));
        assert!(opens(&acme, &made.secret, Protocol::Imap).await);
        assert!(acme.gets_in(&acme.at("ada"), PASSWORD).await, "the password goes on");
        let (directory, id) = (acme.directory_id(), made.token.id.to_string());
        let row = world.store().read(move |tx| rows::by_id(tx, &directory, &id)).await.unwrap().unwrap();
        assert!(
            row.secret_hash.len() == 32 && !row.secret_hash.windows(8).any(|part| part == &secret.as_bytes()[5..13])
        );
        let everything = format!("{:?}", world.events().await);
        assert!(!everything.contains(secret));
    })
    .await;
}

#[tokio::test]
async fn only_the_token_itself_opens_and_only_as_its_user() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let globex = world.foreign_org("globex").await;
        for org in [&acme, &globex] {
            org.user_with_password("ada", PASSWORD).await;
            org.user_with_password("bob", OTHER_PASSWORD).await;
            org.with_tokens().await;
        }
        let made = acme.token("ada", new_token("phone")).await.unwrap();
        let theirs = acme.token("bob", new_token("phone")).await.unwrap();
        let secret = text(&made.secret);
        let drawn = secret.strip_prefix("rpat_").unwrap();
        let changed = format!("rpat_{}{}", if drawn.starts_with('A') { 'B' } else { 'A' }, &drawn[1..]);
        for wrong in
            [drawn, &secret[..47], &format!("{secret}A"), &changed, &secret.to_uppercase(), &format!(" {secret}")]
        {
            assert!(!opens(&acme, &Secret::from(wrong), Protocol::Imap).await, "{wrong}");
        }
        assert!(!opens(&acme, &theirs.secret, Protocol::Imap).await);
        assert!(!opens(&globex, &made.secret, Protocol::Imap).await);
        assert!(opens(&acme, &made.secret, Protocol::Imap).await);
    })
    .await;
}

#[tokio::test]
async fn a_token_is_good_over_its_scopes_alone() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        acme.with_tokens().await;
        let scopes = vec![Protocol::Smtp, Protocol::Imap, Protocol::Smtp];
        let made = acme.token("ada", NewToken { scopes, ..new_token("phone") }).await.unwrap();
        assert_eq!(made.token.scopes, ["IMAP", "SMTP"]);
        for protocol in Protocol::ALL {
            let good = matches!(protocol, Protocol::Imap | Protocol::Smtp);
            assert_eq!(opens(&acme, &made.secret, protocol).await, good, "{protocol}");
        }
        assert_eq!(acme.check_sign_in("ada", text(&made.secret)).await, SignInOutcome::Accepted);
    })
    .await;
}

#[tokio::test]
async fn what_ends_a_token_ends_it_at_once() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        let provider = acme.with_tokens().await;
        let made = acme.token("ada", new_token("phone")).await.unwrap();
        let opens = async || opens(&acme, &made.secret, Protocol::Imap).await;
        assert!(opens().await);
        let tokens = TokenSettings { status: TokenStatus::Inactive, ..provider.tokens };
        acme.set_provider(IdentityProvider { tokens, ..provider.clone() }).await.unwrap();
        assert!(!opens().await);
        acme.set_provider(provider.clone()).await.unwrap();
        assert!(opens().await);
        remove_identity_provider(&acme.ctx, acme.id()).await.unwrap();
        assert!(!opens().await, "and is kept");
        acme.set_provider(provider).await.unwrap();
        assert!(opens().await);
        put_access_control_rule(&acme.ctx, acme.id(), access_rule("nobody", Effect::Deny)).await.unwrap();
        assert!(!opens().await, "rules hold for tokens as well");
        reeve_domain::access_control::delete_access_control_rule(
            &acme.ctx,
            acme.id(),
            crate::calls_rules::rule_name("nobody"),
        )
        .await
        .unwrap();
        acme.disable("ada").await.unwrap();
        assert!(!opens().await);
        acme.enable("ada", &acme.at("ada")).await.unwrap();
        assert!(opens().await);
        delete_personal_access_token(&acme.ctx, acme.id(), made.token.id.clone()).await.unwrap();
        assert!(!opens().await);
        let events = world.events().await.len();
        delete_personal_access_token(&acme.ctx, acme.id(), made.token.id.clone()).await.unwrap();
        assert_eq!(world.events().await.len(), events);
        refused(show_personal_access_token(&acme.ctx, acme.id(), made.token.id).await, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_token_ends_at_its_time_and_is_forgotten_then() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        let provider = acme.with_tokens().await;
        let soon = world.now().plus(DAY);
        let made = acme.token("ada", NewToken { expires_at: Some(soon), ..new_token("phone") }).await.unwrap();
        assert_eq!(made.token.expires_at, Some(soon));
        let tokens = TokenSettings { lifetime_days: None, ..provider.tokens };
        acme.set_provider(IdentityProvider { tokens, ..provider }).await.unwrap();
        let lasting = acme.token("ada", new_token("laptop")).await.unwrap();
        assert_eq!(lasting.token.expires_at, None);
        world.clock.set(soon.minus(MOMENT));
        world.tidy().await;
        assert!(opens(&acme, &made.secret, Protocol::Imap).await);
        world.clock.advance(MOMENT);
        assert!(!opens(&acme, &made.secret, Protocol::Imap).await);
        assert_eq!(names(&acme, None).await, ["phone", "laptop"]);
        world.tidy().await;
        assert_eq!(names(&acme, None).await, ["laptop"]);
        world.clock.advance(DAY * 4_000);
        assert!(opens(&acme, &lasting.secret, Protocol::Imap).await);
    })
    .await;
}

#[tokio::test]
async fn tokens_are_made_where_they_would_open_something_and_for_no_longer_than_allowed() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        acme.disabled_user("cid").await;
        let error = refused(acme.token("ada", new_token("phone")).await, "wrong_state");
        assert!(error.to_string().contains("without personal access tokens"));
        let provider = acme.with_tokens().await;
        refused(acme.token("cid", new_token("phone")).await, "wrong_state");
        refused(acme.token("nobody", new_token("phone")).await, "not_found");
        refused(acme.token("guest", new_token("phone")).await, "reserved");
        let ends = |end| NewToken { expires_at: Some(end), ..new_token("phone") };
        let latest = world.now().plus(365 * DAY);
        invalid(acme.token("ada", ends(world.now())).await, "expires_at");
        invalid(acme.token("ada", ends(latest.plus(MOMENT))).await, "expires_at");
        acme.token("ada", ends(latest)).await.unwrap();
        let tokens = TokenSettings { status: TokenStatus::Inactive, ..provider.tokens };
        acme.set_provider(IdentityProvider { tokens, ..provider }).await.unwrap();
        refused(acme.token("ada", new_token("phone")).await, "wrong_state");
        assert_eq!(names(&acme, Some("ada")).await, ["phone"]);
    })
    .await;
}

#[tokio::test]
async fn a_user_has_so_many_tokens_and_those_that_ended_do_not_count() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        acme.user("bob").await;
        acme.with_tokens().await;
        let soon = NewToken { expires_at: Some(world.now().plus(DAY)), ..new_token("short") };
        acme.token("ada", soon).await.unwrap();
        for number in 1..TOKENS_PER_USER_MAX {
            acme.token("ada", new_token(&format!("n{number}"))).await.unwrap();
        }
        refused(acme.token("ada", new_token("more")).await, "limit_reached");
        acme.token("bob", new_token("his")).await.unwrap();
        world.clock.advance(DAY);
        acme.token("ada", new_token("more")).await.unwrap();
        refused(acme.token("ada", new_token("one too many")).await, "limit_reached");
    })
    .await;
}

#[tokio::test]
async fn tokens_are_listed_for_all_or_for_one_user_oldest_first() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        acme.user("bob").await;
        acme.with_tokens().await;
        for (user, name) in [("ada", "one"), ("bob", "two"), ("ada", "three")] {
            world.clock.advance(MOMENT);
            acme.token(user, new_token(name)).await.unwrap();
        }
        assert_eq!(names(&acme, None).await, ["one", "two", "three"]);
        assert_eq!(names(&acme, Some("ada")).await, ["one", "three"]);
        assert_eq!(names(&acme, Some(&acme.at("bob"))).await, ["two"]);
        let list = async |user: Option<&str>, page| {
            list_personal_access_tokens(&acme.ctx, acme.id(), user.map(user_ref), page).await
        };
        refused(list(Some("nobody"), first(1)).await, "not_found");
        let page = list(None, first(2)).await.unwrap();
        let next = PageRequest { cursor: page.next_cursor, ..first(2) };
        invalid(list(Some("ada"), next.clone()).await, "cursor");
        assert_eq!(list(None, next).await.unwrap().items[0].name, "three");
        let globex = world.foreign_org("globex").await;
        let id = page.items[0].id.clone();
        refused(show_personal_access_token(&globex.ctx, globex.id(), id.clone()).await, "not_found");
        delete_personal_access_token(&globex.ctx, globex.id(), id.clone()).await.unwrap();
        assert_eq!(shown(&acme, &id).await.name, "one");
    })
    .await;
}

#[tokio::test]
async fn where_the_provider_is_the_only_way_a_token_opens() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user_with_password("ada", PASSWORD).await;
        let both = acme.with_tokens().await;
        let made = acme.token("ada", new_token("phone")).await.unwrap();
        acme.set_provider(IdentityProvider { mode: AuthenticationMode::ProviderOnly, ..both }).await.unwrap();
        assert!(!opens(&acme, &Secret::from(PASSWORD), Protocol::Imap).await);
        let runs = world.deployment.hashing_runs();
        assert!(opens(&acme, &made.secret, Protocol::Imap).await);
        assert_eq!(world.deployment.hashing_runs(), runs, "a token needs no slow hash");
        assert_eq!(acme.check_sign_in("ada", text(&made.secret)).await, SignInOutcome::Accepted);
    })
    .await;
}

#[tokio::test]
async fn wrong_passwords_of_somebody_else_do_not_keep_a_token_out_and_old_tokens_lock_nobody() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user_with_password("ada", PASSWORD).await;
        acme.with_tokens().await;
        let made = acme.token("ada", new_token("phone")).await.unwrap();
        for _ in 0..20 {
            assert!(!acme.gets_in(&acme.at("ada"), OTHER_PASSWORD).await);
        }
        assert_eq!(acme.check_sign_in("ada", PASSWORD).await, SignInOutcome::Locked);
        assert!(opens(&acme, &made.secret, Protocol::Imap).await);
        users::unlock_user(&acme.ctx, acme.id(), user_ref("ada")).await.unwrap();
        delete_personal_access_token(&acme.ctx, acme.id(), made.token.id).await.unwrap();
        for _ in 0..20 {
            assert!(!opens(&acme, &made.secret, Protocol::Imap).await);
        }
        assert!(acme.gets_in(&acme.at("ada"), PASSWORD).await);
    })
    .await;
}

#[tokio::test]
async fn the_last_use_is_noted_to_the_minute_and_a_check_is_none() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        acme.with_tokens().await;
        let made = acme.token("ada", new_token("phone")).await.unwrap();
        assert_eq!(acme.check_sign_in("ada", text(&made.secret)).await, SignInOutcome::Accepted);
        assert_eq!(shown(&acme, &made.token.id).await.used_at, None);
        let used = world.now();
        assert!(opens(&acme, &made.secret, Protocol::Imap).await);
        assert_eq!(shown(&acme, &made.token.id).await.used_at, Some(used));
        world.clock.advance(Duration::from_secs(10));
        assert!(opens(&acme, &made.secret, Protocol::Imap).await);
        assert_eq!(shown(&acme, &made.token.id).await.used_at, Some(used));
        world.clock.advance(Duration::from_secs(3_600));
        assert!(opens(&acme, &made.secret, Protocol::Imap).await);
        assert_eq!(shown(&acme, &made.token.id).await.used_at, Some(world.now()));
    })
    .await;
}

#[tokio::test]
async fn tokens_go_with_their_user_and_with_their_organization() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        for name in ["ada", "bob"] {
            acme.user(name).await;
        }
        acme.with_tokens().await;
        acme.token("ada", new_token("hers")).await.unwrap();
        acme.token("bob", new_token("his")).await.unwrap();
        acme.disable("ada").await.unwrap();
        acme.delete_user("ada").await.unwrap();
        assert_eq!(names(&acme, None).await, ["his"]);
        acme.delete(false, true).await.unwrap();
        world.settle().await;
        let directory = acme.directory_id();
        assert_eq!(world.store().read(move |tx| rows::count(tx, &directory)).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_token_is_made_for_those_who_may_make_one_for_this_user() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        acme.with_tokens().await;
        for ctx in [&world.general, &world.other] {
            let made = create_personal_access_token(ctx, acme.id(), user_ref("ada"), new_token("phone")).await;
            refused(made.map(drop), "not_found");
        }
        assert!(names(&acme, None).await.is_empty());
    })
    .await;
}
