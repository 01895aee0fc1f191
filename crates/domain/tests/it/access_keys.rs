//! Credentials for programs: API access, API passwords and access keys (row A7).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reeve_base::Timestamp;
use reeve_base::limits::{ACCESS_KEYS_PER_ADMINISTRATOR_MAX, NETWORKS_PER_KEY_MAX};
use reeve_domain::accounts::{AccountEdit, edit_account};
use reeve_domain::administrators::{
    AccessKey, AccessKeyEdit, ApiAccess, ApiPasswordChange, KeyStatus, NewAccessKey, create_access_key,
    delete_access_key, edit_access_key, list_access_keys, remove_api_password, set_api_access, set_api_password,
    show_administrator, show_session,
};
use reeve_domain::ctx::AdministratorRole::{Admin, General};
use reeve_domain::{Ctx, Error, auth};
use reeve_store::tables::access_keys as rows;
use tokio::sync::Barrier;

use crate::harness::{
    OTHER_PASSWORD, PASSWORD, World, first, invalid, on_each_engine, refused, request, secret, shown, try_sign_in,
};
use crate::org::at_once;
use crate::people::{API_PASSWORD, GENERAL, ROOT, STRANGER, network, new_key, policy, title, who};

const ADA: &str = "ada@first.example";

fn typed(password: &str) -> ApiPasswordChange {
    ApiPasswordChange { password: Some(secret(password)), limit: None }
}

async fn keys(ctx: &Ctx, name: &str) -> Vec<AccessKey> {
    list_access_keys(ctx, who(name), first(100)).await.unwrap().items
}

fn key_status(status: KeyStatus) -> AccessKeyEdit {
    AccessKeyEdit { status: Some(status), ..AccessKeyEdit::default() }
}

// A7
#[tokio::test]
async fn without_api_access_there_is_no_credential_for_programs() {
    on_each_engine(async |world| {
        assert!(!world.person(GENERAL).await.api_access, "off until an admin enables it");
        for ctx in [&world.admin, &world.operator, &world.general] {
            let error = refused(create_access_key(ctx, who(GENERAL), new_key("k")).await, "wrong_state");
            assert!(error.to_string().contains("API access"), "{error}");
            refused(set_api_password(ctx, who(GENERAL), typed(API_PASSWORD)).await, "wrong_state");
            refused(set_api_password(ctx, who(GENERAL), Default::default()).await, "wrong_state");
        }
        refused(set_api_access(&world.general, who("me"), ApiAccess::Enabled).await, "denied");
        let general = set_api_access(&world.admin, who(GENERAL), ApiAccess::Enabled).await.unwrap();
        assert_eq!((general.api_access, general.version), (true, 2));
        assert_eq!(world.told("set_api_access").await, ["api_access: false > true"]);
        set_api_access(&world.admin, who(GENERAL), ApiAccess::Enabled).await.unwrap();
        assert_eq!(world.count_events("set_api_access").await, 1);
    })
    .await;
}

// A7
#[tokio::test]
async fn disabled_api_access_keeps_credentials_that_open_nothing() {
    on_each_engine(async |world| {
        world.give_api_password(GENERAL).await;
        let key = world.give_key(GENERAL).await;
        let by_password = world.by_api_password(GENERAL, API_PASSWORD).await.unwrap();
        let by_key = world.by_key(&key.key.id, &key.secret).await.unwrap();
        set_api_access(&world.admin, who(GENERAL), ApiAccess::Disabled).await.unwrap();
        for ctx in [&by_password, &by_key] {
            refused(show_session(ctx).await, "unauthenticated");
        }
        refused(world.by_api_password(GENERAL, API_PASSWORD).await.map(drop), "unauthenticated");
        refused(world.by_key(&key.key.id, &key.secret).await.map(drop), "unauthenticated");
        show_session(&world.general).await.unwrap();
        let general = set_api_access(&world.admin, who(GENERAL), ApiAccess::Enabled).await.unwrap();
        assert!(general.api_password.is_some());
        for ctx in [&by_password, &by_key] {
            show_session(ctx).await.unwrap();
        }
    })
    .await;
}

// A7
#[tokio::test]
async fn an_api_password_is_not_the_sign_in_password_and_obeys_the_policy() {
    on_each_engine(async |world| {
        world.give_api_access(GENERAL).await;
        for ctx in [&world.admin, &world.general] {
            invalid(set_api_password(ctx, who(GENERAL), typed(PASSWORD)).await, "password");
            refused(set_api_password(ctx, who(GENERAL), typed("short")).await, "password_refused");
            refused(set_api_password(ctx, who(GENERAL), typed("General-41-willow")).await, "password_refused");
        }
        assert_eq!(world.person(GENERAL).await.api_password, None);
        let told = set_api_password(&world.general, who("me"), typed(API_PASSWORD)).await.unwrap();
        assert!(told.is_none(), "who typed it knows it");
        assert_eq!(world.told("set_api_password").await, ["api_password: - > (set)"]);
        world.by_api_password(GENERAL, API_PASSWORD).await.unwrap();
        refused(world.by_api_password(GENERAL, PASSWORD).await.map(drop), "unauthenticated");
        refused(try_sign_in(&world.anonymous, GENERAL, API_PASSWORD).await, "sign_in_refused");
    })
    .await;
}

// A7
#[tokio::test]
async fn a_new_api_password_ends_the_one_before_in_the_same_moment() {
    on_each_engine(async |world| {
        world.give_api_access(GENERAL).await;
        let made = set_api_password(&world.admin, who(GENERAL), Default::default()).await.unwrap();
        let made = made.expect("it is shown");
        assert_eq!(shown(&made).len(), 40);
        assert!(shown(&made).bytes().all(|b| b.is_ascii_alphanumeric()));
        let old = world.by_api_password(GENERAL, shown(&made)).await.unwrap();
        let first_set = world.person(GENERAL).await.api_password.unwrap();
        assert!(first_set.last_used_at.is_some());
        set_api_password(&world.admin, who(GENERAL), typed(API_PASSWORD)).await.unwrap();
        refused(show_session(&old).await, "unauthenticated");
        refused(world.by_api_password(GENERAL, shown(&made)).await.map(drop), "unauthenticated");
        let second_set = world.person(GENERAL).await.api_password.unwrap();
        assert!(second_set.set_at > first_set.set_at, "the clock stands still, and they are told apart");
        assert_eq!(second_set.last_used_at, None, "the old one was used, not this");

        let present = world.by_api_password(GENERAL, API_PASSWORD).await.unwrap();
        remove_api_password(&world.general, who("me")).await.unwrap();
        assert_eq!(world.told("remove_api_password").await, ["api_password: (set) > -"]);
        refused(show_session(&present).await, "unauthenticated");
        refused(world.by_api_password(GENERAL, API_PASSWORD).await.map(drop), "unauthenticated");
        remove_api_password(&world.general, who("me")).await.unwrap();
        assert_eq!(world.count_events("remove_api_password").await, 1);
        set_api_password(&world.admin, who(GENERAL), typed(API_PASSWORD)).await.unwrap();
        refused(show_session(&present).await, "unauthenticated");
        refused(show_session(&old).await, "unauthenticated");
    })
    .await;
}

// A7
#[tokio::test]
async fn the_limit_of_an_api_password_stays_until_it_is_taken_away() {
    on_each_engine(async |world| {
        world.give_api_access(ROOT).await;
        let with = |limit| ApiPasswordChange { password: Some(secret(API_PASSWORD)), limit };
        let absent = with(Some(Some(policy("no such policy"))));
        refused(set_api_password(&world.admin, who("me"), absent).await, "not_found");
        set_api_password(&world.admin, who("me"), with(Some(Some(policy("read-only"))))).await.unwrap();
        assert_eq!(world.told("set_api_password").await, ["api_password: - > (set)", "limit_policy: - > Read only"]);
        let limit =
            async || world.person(ROOT).await.api_password.unwrap().limit_policy.map(|policy| policy.id.to_string());
        assert_eq!(limit().await.as_deref(), Some("read-only"));
        let limited = world.by_api_password(ROOT, API_PASSWORD).await.unwrap();
        refused(set_api_access(&limited, who(GENERAL), ApiAccess::Enabled).await, "denied");
        refused(create_access_key(&limited, who(GENERAL), new_key("k")).await, "denied");
        refused(set_api_password(&limited, who("me"), with(Some(None))).await, "denied");
        set_api_password(&world.admin, who("me"), with(None)).await.unwrap();
        assert_eq!(world.told("set_api_password").await, ["api_password: (set) > (set)"]);
        assert_eq!(limit().await.as_deref(), Some("read-only"));
        set_api_password(&world.admin, who("me"), with(Some(None))).await.unwrap();
        assert_eq!(limit().await, None);
        assert_eq!(
            world.told("set_api_password").await,
            ["api_password: (set) > (set)", "limit_policy: Read only > -"]
        );
    })
    .await;
}

// A7
#[tokio::test]
async fn an_access_key_speaks_for_its_owner_and_its_secret_is_shown_once() {
    on_each_engine(async |world| {
        world.give_api_access(GENERAL).await;
        let new = NewAccessKey {
            expires_at: Some(world.now().plus(Duration::from_secs(3600))),
            source_networks: vec![network("192.0.2.0/24"), network("2001:db8::/32"), network("192.0.2.0/24")],
            limit_policy: Some(policy("read-only")),
            ..new_key("laptop")
        };
        let made = create_access_key(&world.general, who("me"), new).await.unwrap();
        let (id, plain) = (made.key.id.to_string(), shown(&made.secret).to_owned());
        assert_eq!(plain.len(), 40);
        assert!(plain.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/".contains(&b)));
        assert_eq!((made.key.name.as_str(), made.key.active, made.key.version), ("laptop", true, 1));
        assert_eq!(made.key.source_networks, [network("192.0.2.0/24"), network("2001:db8::/32")]);
        assert_eq!((made.key.created_by.as_str(), made.key.last_used_at), (GENERAL, None));
        assert_eq!(made.key.limit_policy.as_ref().unwrap().name, "Read only");
        assert_eq!(
            world.told("create_access_key").await,
            [
                "administrator: - > general@first.example",
                "name: - > laptop",
                "expires_at: - > 2026-01-01T01:00:00Z",
                "source_networks: - > 192.0.2.0/24 2001:db8::/32",
                "limit_policy: - > Read only",
            ]
        );
        assert_eq!(keys(&world.admin, GENERAL).await, std::slice::from_ref(&made.key));
        let ctx = world.by_key(&made.key.id, &made.secret).await.unwrap();
        assert_eq!(show_administrator(&ctx, who("me")).await.unwrap().username, GENERAL);
        let used = keys(&world.general, "me").await.remove(0);
        assert_eq!((used.last_used_at, used.last_used_address.as_deref()), (Some(world.now()), Some("192.0.2.7")));
        refused(world.by_key(&made.key.id, &secret(&"A".repeat(40))).await.map(drop), "unauthenticated");

        let row = world.store().read(move |tx| rows::by_id(tx, &id)).await.unwrap().unwrap();
        assert!(!row.secret.windows(40).any(|bytes| bytes == plain.as_bytes()), "it is kept sealed");
        let events = format!("{:?}", world.events().await);
        assert!(!events.contains(&plain) && !events.contains(PASSWORD), "no event holds a secret");
    })
    .await;
}

// A7
#[tokio::test]
async fn a_key_ends_at_its_time_and_an_end_lies_in_the_future() {
    on_each_engine(async |world| {
        world.give_api_access(GENERAL).await;
        let ending = |at: Timestamp| NewAccessKey { expires_at: Some(at), ..new_key("k") };
        for at in [world.now(), Timestamp::from_millis(0), Timestamp::from_millis(i64::MIN)] {
            invalid(create_access_key(&world.admin, who(GENERAL), ending(at)).await, "expires_at");
        }
        let soon = world.now().plus(Duration::from_secs(60));
        let made = create_access_key(&world.admin, who(GENERAL), ending(soon)).await.unwrap();
        let ctx = world.by_key(&made.key.id, &made.secret).await.unwrap();
        world.clock.advance(Duration::from_secs(60));
        refused(show_session(&ctx).await, "unauthenticated");
        refused(world.by_key(&made.key.id, &made.secret).await.map(drop), "unauthenticated");
        let until = |at| AccessKeyEdit { expires_at: Some(at), ..AccessKeyEdit::default() };
        let id = || made.key.id.clone();
        let past = edit_access_key(&world.admin, who(GENERAL), id(), until(Some(Timestamp::from_millis(0))));
        invalid(past.await, "expires_at");
        // Who sends back what they read, the past end among it, edits the rest.
        let renamed = AccessKeyEdit { name: Some(title("old")), ..until(Some(soon)) };
        assert_eq!(edit_access_key(&world.admin, who(GENERAL), id(), renamed).await.unwrap().name.as_str(), "old");
        world.tick();
        assert_eq!(edit_access_key(&world.admin, who(GENERAL), id(), until(None)).await.unwrap().expires_at, None);
        show_session(&ctx).await.unwrap();
        assert_eq!(world.told("edit_access_key").await, ["expires_at: 2026-01-01T00:01:00Z > -"]);
    })
    .await;
}

// A7
#[tokio::test]
async fn a_key_is_used_from_its_networks_alone() {
    on_each_engine(async |world| {
        let made = world.give_key(GENERAL).await;
        let from = async |address: &str| {
            let mut request = request(&world.clock);
            request.source_address = Some(address.to_owned());
            auth::access_key(&world.deployment, &made.key.id, &made.secret, request).await.map(drop)
        };
        from("203.0.113.9").await.unwrap();
        let networks = |blocks: &[&str]| AccessKeyEdit {
            source_networks: Some(blocks.iter().map(|block| network(block)).collect()),
            ..AccessKeyEdit::default()
        };
        let edit = async |edit| edit_access_key(&world.admin, who(GENERAL), made.key.id.clone(), edit).await;
        edit(networks(&["198.51.100.0/24", "2001:db8::/32"])).await.unwrap();
        assert_eq!(world.told("edit_access_key").await, ["source_networks: - > 198.51.100.0/24 2001:db8::/32"]);
        refused(from("203.0.113.9").await, "unauthenticated");
        for address in ["198.51.100.200", "::ffff:198.51.100.1", "2001:db8::9"] {
            from(address).await.unwrap();
        }
        let many: Vec<_> = (0..=NETWORKS_PER_KEY_MAX).map(|n| network(&format!("192.0.2.{n}/32"))).collect();
        let too_many = || AccessKeyEdit { source_networks: Some(many.clone()), ..AccessKeyEdit::default() };
        invalid(edit(too_many()).await, "source_networks");
        let new = NewAccessKey { source_networks: many.clone(), ..new_key("k") };
        invalid(create_access_key(&world.admin, who(GENERAL), new).await, "source_networks");
        edit(networks(&[])).await.unwrap();
        from("203.0.113.9").await.unwrap();
    })
    .await;
}

// A7
#[tokio::test]
async fn a_key_that_is_inactive_or_gone_opens_nothing_at_once() {
    on_each_engine(async |world| {
        let made = world.give_key(GENERAL).await;
        let (id, ctx) = (|| made.key.id.clone(), world.by_key(&made.key.id, &made.secret).await.unwrap());
        let off = edit_access_key(&world.general, who("me"), id(), key_status(KeyStatus::Inactive)).await.unwrap();
        assert_eq!((off.active, off.version), (false, 2));
        assert_eq!(world.told("edit_access_key").await, ["status: active > inactive"]);
        refused(show_session(&ctx).await, "unauthenticated");
        refused(world.by_key(&made.key.id, &made.secret).await.map(drop), "unauthenticated");
        refused(
            edit_access_key(&world.expecting(1).await, who(GENERAL), id(), key_status(KeyStatus::Active)).await,
            "version_mismatch",
        );
        edit_access_key(&world.general, who("me"), id(), key_status(KeyStatus::Active)).await.unwrap();
        show_session(&ctx).await.unwrap();
        edit_access_key(&world.general, who("me"), id(), key_status(KeyStatus::Active)).await.unwrap();
        assert_eq!(world.count_events("edit_access_key").await, 2, "nothing changed the last time");
        refused(delete_access_key(&world.expecting(1).await, who(GENERAL), id()).await, "version_mismatch");
        delete_access_key(&world.general, who("me"), id()).await.unwrap();
        assert_eq!(
            world.told("delete_access_key").await,
            ["administrator: general@first.example > -", "name: laptop > -"]
        );
        refused(show_session(&ctx).await, "unauthenticated");
        refused(world.by_key(&made.key.id, &made.secret).await.map(drop), "unauthenticated");
        refused(delete_access_key(&world.general, who("me"), id()).await, "not_found");
        assert_eq!(keys(&world.general, "me").await, []);
    })
    .await;
}

// A7
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_administrator_has_ten_keys_at_most_also_when_they_are_made_at_once() {
    on_each_engine(async |world| {
        world.give_api_access(GENERAL).await;
        let calls = (0..ACCESS_KEYS_PER_ADMINISTRATOR_MAX + 10).map(|n| {
            let ctx = world.general.clone();
            async move { create_access_key(&ctx, who("me"), new_key(&format!("key {n}"))).await.map(drop) }
        });
        let results = at_once(calls).await;
        let told: Vec<_> = results.iter().filter_map(|result| result.as_ref().err()).map(Error::code).collect();
        assert_eq!(told, ["limit_reached"; 10]);
        let made = keys(&world.admin, GENERAL).await;
        assert_eq!(made.len(), ACCESS_KEYS_PER_ADMINISTRATOR_MAX);
        edit_access_key(&world.admin, who(GENERAL), made[0].id.clone(), key_status(KeyStatus::Inactive)).await.unwrap();
        let more = || create_access_key(&world.admin, who(GENERAL), new_key("more"));
        refused(more().await, "limit_reached");
        delete_access_key(&world.admin, who(GENERAL), made[0].id.clone()).await.unwrap();
        more().await.unwrap();
        let one = list_access_keys(&world.admin, who(GENERAL), first(4)).await.unwrap();
        assert_eq!((one.items.len(), one.total, one.next_cursor.is_some()), (4, Some(10), true));
    })
    .await;
}

// A7
#[tokio::test]
async fn a_key_is_found_under_its_owner_alone() {
    on_each_engine(async |world| {
        let mine = world.give_key(GENERAL).await.key;
        set_api_access(&world.other, who("me"), ApiAccess::Enabled).await.unwrap();
        let theirs = create_access_key(&world.other, who("me"), new_key("theirs")).await.unwrap().key;
        let all = [
            (&world.admin, ROOT, &mine, "not_found"),
            (&world.operator, ROOT, &mine, "not_found"),
            (&world.admin, GENERAL, &theirs, "not_found"),
            (&world.admin, STRANGER, &theirs, "not_found"),
            (&world.general, "me", &theirs, "not_found"),
            (&world.other, "me", &mine, "not_found"),
            (&world.other, GENERAL, &mine, "not_found"),
            (&world.general, ROOT, &mine, "denied"),
        ];
        for (ctx, name, key, code) in all {
            let rename = AccessKeyEdit { name: Some(title("taken")), ..AccessKeyEdit::default() };
            refused(edit_access_key(ctx, who(name), key.id.clone(), rename).await, code);
            refused(delete_access_key(ctx, who(name), key.id.clone()).await, code);
        }
        refused(list_access_keys(&world.general, who(ROOT), first(10)).await, "denied");
        refused(list_access_keys(&world.admin, who(STRANGER), first(10)).await, "not_found");
        assert_eq!(keys(&world.general, "me").await, [mine]);
        assert_eq!(keys(&world.other, "me").await, [theirs]);
    })
    .await;
}

// A7
#[tokio::test]
async fn owners_manage_their_credentials_in_a_session_and_only_where_the_account_lets_them() {
    on_each_engine(async |world| {
        world.give_api_password(GENERAL).await;
        let key = world.give_key(GENERAL).await;
        let by_password = world.by_api_password(GENERAL, API_PASSWORD).await.unwrap();
        let by_key = world.by_key(&key.key.id, &key.secret).await.unwrap();
        let changes = async |ctx: &Ctx| {
            vec![
                set_api_password(ctx, who("me"), typed(OTHER_PASSWORD)).await.map(drop),
                create_access_key(ctx, who("me"), new_key("more")).await.map(drop),
                edit_access_key(ctx, who("me"), key.key.id.clone(), key_status(KeyStatus::Inactive)).await.map(drop),
                delete_access_key(ctx, who("me"), key.key.id.clone()).await,
                remove_api_password(ctx, who("me")).await,
            ]
        };
        for ctx in [&by_password, &by_key] {
            // Nobody makes a lasting credential of one that may have been stolen.
            for result in changes(ctx).await {
                refused(result, "denied");
            }
            assert_eq!(keys(ctx, "me").await.len(), 1);
        }
        let edit = AccountEdit { owners_manage_api_secrets: Some(false), ..AccountEdit::default() };
        edit_account(&world.admin, edit).await.unwrap();
        for result in changes(&world.general).await {
            refused(result, "denied");
        }
        assert_eq!(keys(&world.general, "me").await.len(), 1);
        create_access_key(&world.admin, who(GENERAL), new_key("by an admin")).await.unwrap();
        world.clock.advance(Duration::from_secs(5 * 60));
        let edit = AccountEdit { owners_manage_api_secrets: Some(true), ..AccountEdit::default() };
        edit_account(&world.operator, edit).await.unwrap();
        for result in changes(&world.general).await {
            refused(result, "reauthentication_required");
        }
        for result in changes(&world.sign_in(GENERAL).await).await {
            result.unwrap();
        }
    })
    .await;
}

// A7
#[tokio::test]
async fn a_demotion_reaches_every_credential_at_once() {
    on_each_engine(async |world| {
        world.add(ADA, Admin).await;
        world.give_api_password(ADA).await;
        let key = world.give_key(ADA).await;
        let by_password = world.by_api_password(ADA, API_PASSWORD).await.unwrap();
        let by_key = world.by_key(&key.key.id, &key.secret).await.unwrap();
        for ctx in [&by_password, &by_key] {
            show_administrator(ctx, who(ROOT)).await.unwrap();
        }
        let edit = crate::people::role(General);
        reeve_domain::administrators::edit_administrator(&world.admin, who(ADA), edit).await.unwrap();
        for ctx in [&by_password, &by_key] {
            refused(show_administrator(ctx, who(ROOT)).await, "denied");
            show_administrator(ctx, who("me")).await.unwrap();
        }
    })
    .await;
}

/// Programs that use one credential at the same time.
const CLIENTS: usize = 16;

/// Uses a credential from all sides while `revoke` ends it; no request that began after the answer may succeed.
async fn revoked_in_use(world: &World, ctx: &Ctx, revoke: impl Future<Output = ()>) {
    let (answered, at_work) = (Arc::new(AtomicBool::new(false)), Arc::new(Barrier::new(CLIENTS + 1)));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (ctx, answered, at_work) = (ctx.clone(), Arc::clone(&answered), Arc::clone(&at_work));
            tokio::spawn(async move {
                show_administrator(&ctx, who("me")).await.unwrap();
                at_work.wait().await;
                loop {
                    let late = answered.load(Ordering::SeqCst);
                    match show_administrator(&ctx, who("me")).await {
                        Ok(_) => assert!(!late, "a request that began after the revocation succeeded"),
                        Err(error) => assert_eq!(error.code(), "unauthenticated"),
                    }
                    if late {
                        return;
                    }
                }
            })
        })
        .collect();
    at_work.wait().await;
    revoke.await;
    answered.store(true, Ordering::SeqCst);
    for client in clients {
        client.await.unwrap();
    }
    world.tick();
}

// A5, A7
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_request_that_begins_after_a_revocation_succeeds_while_sixteen_clients_use_the_credential() {
    on_each_engine(async |world| {
        let made = world.give_key(GENERAL).await;
        let by_key = world.by_key(&made.key.id, &made.secret).await.unwrap();
        revoked_in_use(world, &by_key, async {
            delete_access_key(&world.admin, who(GENERAL), made.key.id.clone()).await.unwrap();
        })
        .await;
        world.give_api_password(GENERAL).await;
        let by_password = world.by_api_password(GENERAL, API_PASSWORD).await.unwrap();
        revoked_in_use(world, &by_password, async {
            set_api_password(&world.admin, who(GENERAL), typed(OTHER_PASSWORD)).await.unwrap();
        })
        .await;
        let by_password = world.by_api_password(GENERAL, OTHER_PASSWORD).await.unwrap();
        revoked_in_use(world, &by_password, async {
            set_api_access(&world.admin, who(GENERAL), ApiAccess::Disabled).await.unwrap();
        })
        .await;
        revoked_in_use(world, &world.general, async {
            reeve_domain::administrators::deactivate_administrator(&world.admin, who(GENERAL)).await.unwrap();
        })
        .await;
    })
    .await;
}
