//! Recovery codes: each opens once, however it is typed, and new ones void the old.

use reeve_base::secret::ExposeSecret;
use reeve_domain::administrators::{Method, sign_in};
use reeve_domain::second_factors::{list_second_factors, make_recovery_codes, remove_totp};

use crate::factors::STALE;
use crate::harness::{PASSWORD, World, on_each_engine, refused, secret, shown};
use crate::org::at_once;
use crate::people::{GENERAL, ROOT};

async fn left(world: &World) -> u64 {
    list_second_factors(&world.general).await.unwrap().recovery_codes_left
}

#[tokio::test]
async fn a_code_opens_once_however_it_is_typed() {
    on_each_engine(async |world| {
        let (_, codes) = world.enrol(&world.general).await;
        let plain = shown(&codes[1]).replace('-', "");
        let typed = [
            shown(&codes[0]).to_owned(),
            plain.clone(),
            shown(&codes[2]).to_lowercase(),
            shown(&codes[3]).replace('-', " "),
            format!("  {}  ", shown(&codes[4])),
        ];
        for (used, code) in typed.iter().enumerate() {
            world.sign_in_by_code(GENERAL, &secret(code)).await.unwrap();
            assert_eq!(left(world).await, 9 - used as u64);
        }
        refused(world.sign_in_by_code(GENERAL, &codes[0]).await, "sign_in_refused");
        refused(world.sign_in_by_code(GENERAL, &secret(&plain.to_lowercase())).await, "sign_in_refused");
        refused(world.sign_in_by_code(GENERAL, &secret(&plain[..15])).await, "sign_in_refused");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_eight_who_show_one_code_at_once_one_gets_in() {
    on_each_engine(async |world| {
        let (_, codes) = world.enrol(&world.general).await;
        let tries: Vec<_> = (0..8)
            .map(|_| {
                let (ctx, code) = (world.anonymous.clone(), codes[0].clone());
                async move { sign_in(&ctx, GENERAL, secret(PASSWORD), Some(code)).await }
            })
            .collect();
        assert_eq!(at_once(tries).await.iter().filter(|result| result.is_ok()).count(), 1);
        assert_eq!(left(world).await, 9);
    })
    .await;
}

#[tokio::test]
async fn when_all_are_used_they_are_no_method_any_more() {
    on_each_engine(async |world| {
        let (totp, codes) = world.enrol(&world.general).await;
        for code in &codes {
            world.sign_in_by_code(GENERAL, code).await.unwrap();
        }
        assert_eq!(left(world).await, 0);
        assert_eq!(world.asked(GENERAL).await.methods, [Method::Totp]);
        world.sign_in_by_code(GENERAL, &world.next_code(&totp)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn new_codes_void_the_old_ones() {
    on_each_engine(async |world| {
        refused(make_recovery_codes(&world.general).await, "wrong_state");
        let (_, old) = world.enrol(&world.general).await;
        let new = make_recovery_codes(&world.general).await.unwrap();
        assert_eq!((new.len(), left(world).await), (10, 10));
        refused(world.sign_in_by_code(GENERAL, &old[0]).await, "sign_in_refused");
        world.sign_in_by_code(GENERAL, &new[0]).await.unwrap();
        assert_eq!(world.told("make_recovery_codes").await, ["recovery_codes: - > 10"]);
        world.clock.advance(STALE);
        refused(make_recovery_codes(&world.general).await, "reauthentication_required");
    })
    .await;
}

#[tokio::test]
async fn codes_are_nobody_elses_and_go_with_the_last_factor() {
    on_each_engine(async |world| {
        let (_, codes) = world.enrol(&world.general).await;
        world.enrol(&world.admin).await;
        refused(world.sign_in_by_code(ROOT, &codes[0]).await, "sign_in_refused");
        remove_totp(&world.general).await.unwrap();
        assert_eq!(left(world).await, 0);
        let (_, again) = world.enrol(&world.sign_in(GENERAL).await).await;
        refused(world.sign_in_by_code(GENERAL, &codes[0]).await, "sign_in_refused");
        world.sign_in_by_code(GENERAL, &again[0]).await.unwrap();
        assert!(codes.iter().all(|code| code.expose_secret() != again[0].expose_secret()));
    })
    .await;
}
