//! What programs show instead of a session: API passwords, access keys, and keys behind signatures. Row A7.

use std::time::Duration;

use reeve_base::Secret;
use reeve_base::ids::AccessKeyId;
use reeve_domain::accounts::show_account;
use reeve_domain::administrators::{
    AccessKeyEdit, ApiAccess, ApiPasswordChange, KeyStatus, create_access_key, deactivate_administrator,
    delete_access_key, edit_access_key, remove_api_password, set_api_access, set_api_password, show_session,
};
use reeve_domain::ctx::Request;
use reeve_domain::{Ctx, Error, auth};

use crate::harness::{OTHER_PASSWORD, PASSWORD, World, on_each_engine, refused, request, secret, shown};
use crate::people::{API_PASSWORD, GENERAL, network, new_key, who};

const MINUTE: Duration = Duration::from_secs(60);
const MOMENT: Duration = Duration::from_millis(1);

fn from(world: &World, address: Option<&str>) -> Request {
    Request { source_address: address.map(str::to_owned), ..request(&world.clock) }
}

async fn by_key_from(world: &World, id: &AccessKeyId, secret: &Secret, address: Option<&str>) -> Result<Ctx, Error> {
    auth::access_key(&world.deployment, id, secret, from(world, address)).await
}

#[tokio::test]
async fn an_api_password_that_was_right_costs_no_second_hash() {
    on_each_engine(async |world| {
        world.give_api_password(GENERAL).await;
        let before = world.deployment.hashing_runs();
        for _ in 0..100 {
            let ctx = world.by_api_password("GENERAL@First.Example", API_PASSWORD).await.unwrap();
            assert_eq!(show_session(&ctx).await.unwrap().credential, Some(("api_password", None)));
        }
        assert_eq!(world.deployment.hashing_runs() - before, 1);
        world.clock.advance(MINUTE * 60);
        world.by_api_password(GENERAL, API_PASSWORD).await.unwrap();
        assert_eq!(world.deployment.hashing_runs() - before, 2);
    })
    .await;
}

#[tokio::test]
async fn only_the_api_password_opens_the_api() {
    on_each_engine(async |world| {
        refused(world.by_api_password(GENERAL, PASSWORD).await.map(drop), "unauthenticated");
        world.give_api_password(GENERAL).await;
        for (name, password) in [
            (GENERAL, PASSWORD),
            (GENERAL, ""),
            (GENERAL, "\0"),
            (GENERAL, &"x".repeat(2_000)),
            ("general", API_PASSWORD),
            ("root@first.example", API_PASSWORD),
            ("nobody@first.example", API_PASSWORD),
            ("", API_PASSWORD),
        ] {
            refused(world.by_api_password(name, password).await.map(drop), "unauthenticated");
        }
        refused(crate::harness::try_sign_in(&world.anonymous, GENERAL, API_PASSWORD).await, "sign_in_refused");
    })
    .await;
}

/// Checks that a context, and the credential that it came from, are over.
async fn is_over(world: &World, ctx: &Ctx) {
    refused(show_account(ctx).await, "unauthenticated");
    refused(world.by_api_password(GENERAL, API_PASSWORD).await.map(drop), "unauthenticated");
}

#[tokio::test]
async fn a_remembered_api_password_ends_with_whatever_it_rests_on() {
    on_each_engine(async |world| {
        world.give_api_password(GENERAL).await;
        let ctx = async || world.by_api_password(GENERAL, API_PASSWORD).await.unwrap();
        let under_way = ctx().await;
        world.tick();
        let change = ApiPasswordChange { password: Some(secret(OTHER_PASSWORD)), limit: None };
        set_api_password(&world.operator, who(GENERAL), change).await.unwrap();
        is_over(world, &under_way).await;
        world.give_api_password(GENERAL).await;
        let under_way = ctx().await;
        remove_api_password(&world.operator, who(GENERAL)).await.unwrap();
        is_over(world, &under_way).await;
        world.give_api_password(GENERAL).await;
        let under_way = ctx().await;
        set_api_access(&world.operator, who(GENERAL), ApiAccess::Disabled).await.unwrap();
        is_over(world, &under_way).await;
        world.give_api_password(GENERAL).await;
        let under_way = ctx().await;
        deactivate_administrator(&world.operator, who(GENERAL)).await.unwrap();
        is_over(world, &under_way).await;
    })
    .await;
}

#[tokio::test]
async fn over_the_local_socket_no_credential_of_a_program_opens_anything() {
    on_each_engine(async |world| {
        world.give_api_password(GENERAL).await;
        let key = world.give_key(GENERAL).await;
        let password = secret(API_PASSWORD);
        let local = auth::api_password(&world.deployment, GENERAL, &password, from(world, None)).await;
        refused(local.map(drop), "unauthenticated");
        refused(by_key_from(world, &key.key.id, &key.secret, None).await.map(drop), "unauthenticated");
        let local = auth::signing_key(&world.deployment, &key.key.id, from(world, None)).await;
        refused(local, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn an_access_key_opens_with_its_whole_secret_alone() {
    on_each_engine(async |world| {
        let (mine, other) = (world.give_key(GENERAL).await, world.give_key("root@first.example").await);
        world.by_key(&mine.key.id, &mine.secret).await.unwrap();
        let text = shown(&mine.secret);
        for wrong in ["", &text[..39], &format!("{text}A"), &text.to_lowercase(), shown(&other.secret), "\0"] {
            refused(world.by_key(&mine.key.id, &secret(wrong)).await.map(drop), "unauthenticated");
        }
        let nobodys: AccessKeyId = "AKAAAAAAAAAAAAAAAAAA".parse().unwrap();
        for wrong in [&mine.secret, &secret("")] {
            refused(world.by_key(&nobodys, wrong).await.map(drop), "unauthenticated");
        }
    })
    .await;
}

#[tokio::test]
async fn a_key_opens_from_its_networks_until_its_end() {
    on_each_engine(async |world| {
        world.give_api_access(GENERAL).await;
        let new = reeve_domain::administrators::NewAccessKey {
            expires_at: Some(world.now().plus(MINUTE)),
            source_networks: vec![network("198.51.100.0/24"), network("2001:db8::/32")],
            ..new_key("cron")
        };
        let made = create_access_key(&world.operator, who(GENERAL), new).await.unwrap();
        let opens = async |address: &str| by_key_from(world, &made.key.id, &made.secret, Some(address)).await.is_ok();
        for address in ["198.51.100.0", "198.51.100.255", "::ffff:198.51.100.9", "2001:db8::1"] {
            assert!(opens(address).await, "{address}");
        }
        for address in ["198.51.101.0", "192.0.2.7", "2001:db9::1", "::1", "nowhere", ""] {
            assert!(!opens(address).await, "{address}");
        }
        world.clock.advance(MINUTE - MOMENT);
        assert!(opens("198.51.100.1").await);
        world.clock.advance(MOMENT);
        assert!(!opens("198.51.100.1").await);
    })
    .await;
}

#[tokio::test]
async fn the_last_use_of_a_key_is_noted_once_a_minute_with_its_address() {
    on_each_engine(async |world| {
        let key = world.give_key(GENERAL).await;
        world.give_api_password(GENERAL).await;
        let noted = async || {
            let page = crate::harness::first(9);
            let keys = reeve_domain::administrators::list_access_keys(&world.operator, who(GENERAL), page).await;
            let key = keys.unwrap().items.remove(0);
            (key.last_used_at, key.last_used_address)
        };
        assert_eq!(noted().await, (None, None));
        by_key_from(world, &key.key.id, &key.secret, Some("198.51.100.1")).await.unwrap();
        world.by_api_password(GENERAL, API_PASSWORD).await.unwrap();
        let first = (Some(world.now()), Some("198.51.100.1".to_owned()));
        assert_eq!(noted().await, first);
        let used = async || world.person(GENERAL).await.api_password.unwrap().last_used_at;
        assert_eq!(used().await, Some(world.now()));
        world.clock.advance(MINUTE);
        by_key_from(world, &key.key.id, &key.secret, Some("198.51.100.2")).await.unwrap();
        world.by_api_password(GENERAL, API_PASSWORD).await.unwrap();
        assert_eq!((noted().await, used().await), (first.clone(), first.0));
        world.clock.advance(MOMENT);
        by_key_from(world, &key.key.id, &key.secret, Some("198.51.100.2")).await.unwrap();
        world.by_api_password(GENERAL, API_PASSWORD).await.unwrap();
        assert_eq!(noted().await, (Some(world.now()), Some("198.51.100.2".to_owned())));
        assert_eq!(used().await, Some(world.now()));
    })
    .await;
}

#[tokio::test]
async fn a_key_behind_a_signature_gives_its_secret_to_the_door_and_speaks_when_it_was_right() {
    on_each_engine(async |world| {
        let key = world.give_key(GENERAL).await;
        let ask = async || auth::signing_key(&world.deployment, &key.key.id, request(&world.clock)).await;
        let signing = ask().await.unwrap();
        assert_eq!(shown(signing.secret()), shown(&key.secret));
        assert!(!format!("{signing:?}").contains(shown(&key.secret)));
        let used = async || {
            let page = crate::harness::first(9);
            let keys = reeve_domain::administrators::list_access_keys(&world.operator, who(GENERAL), page).await;
            keys.unwrap().items[0].last_used_at
        };
        assert_eq!(used().await, None, "nothing is proven yet");
        let ctx = signing.accepted(&world.deployment).await.unwrap();
        assert_eq!(used().await, Some(world.now()));
        show_account(&ctx).await.unwrap();
        let edit = AccessKeyEdit { status: Some(KeyStatus::Inactive), ..AccessKeyEdit::default() };
        edit_access_key(&world.operator, who(GENERAL), key.key.id.clone(), edit).await.unwrap();
        refused(show_account(&ctx).await, "unauthenticated");
        refused(ask().await, "unauthenticated");
        delete_access_key(&world.operator, who(GENERAL), key.key.id.clone()).await.unwrap();
        refused(ask().await, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn keys_rest_sealed_and_do_not_open_under_another_master_key() {
    on_each_engine(async |world| {
        let key = world.give_key(GENERAL).await;
        let id = key.key.id.to_string();
        let row = world.store().read(move |tx| reeve_store::tables::access_keys::by_id(tx, &id)).await.unwrap();
        let plain = shown(&key.secret).as_bytes();
        let sealed = row.unwrap().secret;
        assert!(!sealed.windows(8).any(|part| part == &plain[..8]));
        let other = reeve_domain::Settings {
            master_key: reeve_domain::sealing::MasterKey::from_bytes([8; 32]),
            ..world.deployment.settings().clone()
        };
        let random = std::sync::Arc::new(reeve_testkit::SeededRandom::new(98));
        let clock = std::sync::Arc::new(world.clock.clone());
        let outside = reeve_domain::Outside::default();
        let deployment = reeve_domain::Deployment::new(world.store().clone(), clock, random, outside, other);
        let result = auth::access_key(&deployment, &key.key.id, &key.secret, request(&world.clock)).await;
        refused(result.map(drop), "internal");
    })
    .await;
}
