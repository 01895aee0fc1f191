//! One's own sessions: listing and ending them, proving again who one is, changing the password.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reeve_base::Secret;
use reeve_base::limits::{ADMINISTRATOR_LOCKOUT, ADMINISTRATOR_LOCKOUT_FAILURES, SESSION_ABSOLUTE, SESSION_IDLE};
use reeve_domain::administrators::{
    SignIn, SignedIn, change_password, end_other_sessions, end_session, list_sessions, reauthenticate, show_session,
    sign_in, sign_out,
};
use reeve_domain::page::PageRequest;
use reeve_domain::second_factors::{begin_totp, list_second_factors};
use reeve_domain::{Ctx, Error, auth};
use tokio::sync::Barrier;

use crate::factors::{STALE, STEP};
use crate::harness::{
    OTHER_PASSWORD, PASSWORD, World, first, invalid, on_each_engine, refused, request, secret, shown, try_sign_in,
};
use crate::org::at_once;
use crate::people::{GENERAL, ROOT};

const MOMENT: Duration = Duration::from_millis(1);

async fn begin(world: &World, username: &str) -> (SignedIn, Ctx) {
    let begun = try_sign_in(&world.anonymous, username, PASSWORD).await.unwrap();
    let ctx = world.by_token(&begun.token).await.unwrap();
    (begun, ctx)
}

async fn renew(ctx: &Ctx, password: &str) -> Result<SignedIn, Error> {
    match reauthenticate(ctx, secret(password), None).await? {
        SignIn::Done(renewed) => Ok(*renewed),
        SignIn::SecondFactor(_) => panic!("nobody here has a second factor"),
    }
}

async fn change(ctx: &Ctx, old: &str, new: &str) -> Result<SignedIn, Error> {
    change_password(ctx, secret(old), secret(new)).await
}

async fn ids(ctx: &Ctx) -> Vec<String> {
    list_sessions(ctx, first(100)).await.unwrap().items.iter().map(|session| session.id.to_string()).collect()
}

#[tokio::test]
async fn everybody_sees_their_own_sessions_newest_first() {
    on_each_engine(async |world| {
        world.clock.advance(MOMENT);
        let (middle, _) = begin(world, GENERAL).await;
        world.clock.advance(MOMENT);
        let (newest, ctx) = begin(world, GENERAL).await;
        let page = list_sessions(&ctx, first(100)).await.unwrap();
        assert_eq!((page.items.len(), page.total, page.next_cursor), (3, Some(3), None));
        assert_eq!(ids(&ctx).await[..2], [newest.session.id.to_string(), middle.session.id.to_string()]);
        assert_eq!(page.items.iter().map(|session| session.current).collect::<Vec<_>>(), [true, false, false]);
        assert_eq!(page.items[0].source_address, "192.0.2.7");
        assert_eq!(page.items[0].authenticated_at, world.now());

        let mut seen = Vec::new();
        let mut cursor = None;
        loop {
            let page =
                list_sessions(&ctx, PageRequest { limit: Some(1), cursor, ..PageRequest::default() }).await.unwrap();
            seen.extend(page.items.iter().map(|session| session.id.to_string()));
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, ids(&ctx).await);
        world.clock.advance(SESSION_IDLE);
        assert_eq!(ids(&begin(world, GENERAL).await.1).await.len(), 1, "what is idle is over");
        refused(list_sessions(&world.anonymous, first(1)).await, "unauthenticated");
        invalid(list_sessions(&world.operator, first(1)).await, "session");
    })
    .await;
}

#[tokio::test]
async fn a_session_that_is_ended_is_over_in_requests_under_way() {
    on_each_engine(async |world| {
        let (lost, under_way) = begin(world, GENERAL).await;
        let (_, ctx) = begin(world, GENERAL).await;
        let (others, _) = begin(world, ROOT).await;
        for other in [&others.session.id, &lost.session.id] {
            refused(end_session(&world.admin, lost.session.id.clone()).await, "not_found");
            refused(end_session(&world.other, other.clone()).await, "not_found");
        }
        end_session(&ctx, lost.session.id.clone()).await.unwrap();
        refused(end_session(&ctx, lost.session.id.clone()).await, "not_found");
        refused(world.by_token(&lost.token).await.map(drop), "unauthenticated");
        refused(list_second_factors(&under_way).await, "unauthenticated");
        refused(show_session(&under_way).await, "unauthenticated");
        refused(sign_out(&under_way).await, "unauthenticated");
        world.by_token(&others.token).await.unwrap();
        assert_eq!(world.told("end_session").await, [format!("session: {} > -", lost.session.id)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_request_that_begins_after_the_end_of_a_session_succeeds_while_sixteen_clients_use_it() {
    on_each_engine(async |world| {
        let (lost, _) = begin(world, GENERAL).await;
        let (_, ctx) = begin(world, GENERAL).await;
        let (ended, at_work) = (Arc::new(AtomicBool::new(false)), Arc::new(Barrier::new(17)));
        let clients: Vec<_> = (0..16)
            .map(|_| {
                let (ended, at_work) = (Arc::clone(&ended), Arc::clone(&at_work));
                let (deployment, clock, token) = (world.restarted(), world.clock.clone(), lost.token.clone());
                tokio::spawn(async move {
                    auth::session(&deployment, &token, request(&clock)).await.unwrap();
                    at_work.wait().await;
                    loop {
                        let late = ended.load(Ordering::SeqCst);
                        let result = match auth::session(&deployment, &token, request(&clock)).await {
                            Ok(ctx) => show_session(&ctx).await.map(drop),
                            Err(error) => Err(error),
                        };
                        match result {
                            Ok(()) => assert!(!late, "a request that began after the end succeeded"),
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
        end_session(&ctx, lost.session.id.clone()).await.unwrap();
        ended.store(true, Ordering::SeqCst);
        for client in clients {
            client.await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn all_but_the_present_session_are_ended_at_once() {
    on_each_engine(async |world| {
        let (one, _) = begin(world, GENERAL).await;
        let (kept, ctx) = begin(world, GENERAL).await;
        let (others, _) = begin(world, ROOT).await;
        assert_eq!(end_other_sessions(&ctx).await.unwrap(), 2);
        assert_eq!(end_other_sessions(&ctx).await.unwrap(), 0);
        refused(world.by_token(&one.token).await.map(drop), "unauthenticated");
        refused(show_session(&world.general).await, "unauthenticated");
        for token in [&kept.token, &others.token] {
            world.by_token(token).await.unwrap();
        }
        invalid(end_other_sessions(&world.operator).await, "session");
    })
    .await;
}

#[tokio::test]
async fn proving_again_who_one_is_makes_the_session_fresh_and_its_old_token_worthless() {
    on_each_engine(async |world| {
        let (begun, ctx) = begin(world, GENERAL).await;
        world.clock.advance(STALE - MOMENT);
        begin_totp(&ctx).await.unwrap();
        world.clock.advance(MOMENT);
        refused(begin_totp(&ctx).await, "reauthentication_required");
        assert!(!show_session(&ctx).await.unwrap().fresh);
        let renewed = renew(&ctx, PASSWORD).await.unwrap();
        assert_eq!(renewed.session.id, begun.session.id);
        assert_eq!(renewed.session.authenticated_at, world.now());
        assert_eq!(
            (renewed.session.created_at, renewed.session.expires_at),
            (begun.session.created_at, begun.session.expires_at)
        );
        assert_ne!(shown(&renewed.token), shown(&begun.token));
        refused(world.by_token(&begun.token).await.map(drop), "unauthenticated");
        let ctx = world.by_token(&renewed.token).await.unwrap();
        begin_totp(&ctx).await.unwrap();
        let view = show_session(&ctx).await.unwrap();
        assert!(view.fresh && view.session.unwrap().current);
        assert_eq!(view.credential, Some(("session", Some(begun.session.id.to_string()))));
        world.clock.advance(STALE);
        refused(begin_totp(&ctx).await, "reauthentication_required");
    })
    .await;
}

#[tokio::test]
async fn renewing_a_session_does_not_put_off_its_end() {
    on_each_engine(async |world| {
        let (_, mut ctx) = begin(world, GENERAL).await;
        for _ in 0..23 {
            world.clock.advance(SESSION_ABSOLUTE / 24);
            let renewed = renew(&ctx, PASSWORD).await.unwrap();
            ctx = world.by_token(&renewed.token).await.unwrap();
        }
        world.clock.advance(SESSION_ABSOLUTE / 24);
        refused(renew(&ctx, PASSWORD).await, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn wrong_passwords_in_a_session_count_like_those_at_sign_in() {
    on_each_engine(async |world| {
        let (begun, ctx) = begin(world, GENERAL).await;
        for n in 0..ADMINISTRATOR_LOCKOUT_FAILURES {
            if n % 2 == 0 {
                refused(renew(&ctx, OTHER_PASSWORD).await, "sign_in_refused");
            } else {
                refused(change(&ctx, OTHER_PASSWORD, "Cobalt-meadow-86-raven").await, "sign_in_refused");
            }
        }
        refused(renew(&ctx, PASSWORD).await, "sign_in_refused");
        refused(change(&ctx, PASSWORD, OTHER_PASSWORD).await, "sign_in_refused");
        refused(try_sign_in(&world.anonymous, GENERAL, PASSWORD).await, "sign_in_refused");
        world.by_token(&begun.token).await.unwrap();
        world.clock.advance(ADMINISTRATOR_LOCKOUT);
        change(&ctx, PASSWORD, OTHER_PASSWORD).await.unwrap();
    })
    .await;
}

// A5
#[tokio::test]
async fn a_new_password_needs_the_old_one_and_ends_every_other_session() {
    on_each_engine(async |world| {
        let (other, _) = begin(world, GENERAL).await;
        let (begun, ctx) = begin(world, GENERAL).await;
        refused(change(&ctx, "", OTHER_PASSWORD).await, "sign_in_refused");
        refused(change(&ctx, OTHER_PASSWORD, OTHER_PASSWORD).await, "sign_in_refused");
        for weak in ["short1A", "general@first.example-1A", "aaaaaaaaaaaaA1"] {
            refused(change(&ctx, PASSWORD, weak).await, "password_refused");
        }
        world.by_token(&other.token).await.unwrap();
        let before = world.person(GENERAL).await;
        world.tick();
        let changed = change(&ctx, PASSWORD, OTHER_PASSWORD).await.unwrap();
        assert_eq!((changed.session.id.clone(), changed.administrator.username.as_str()), (begun.session.id, GENERAL));
        assert_eq!(world.person(GENERAL).await.version, before.version + 1);
        for token in [&other.token, &begun.token] {
            refused(world.by_token(token).await.map(drop), "unauthenticated");
        }
        refused(show_session(&world.general).await, "unauthenticated");
        refused(try_sign_in(&world.anonymous, GENERAL, PASSWORD).await, "sign_in_refused");
        try_sign_in(&world.anonymous, GENERAL, OTHER_PASSWORD).await.unwrap();
        assert!(show_session(&world.by_token(&changed.token).await.unwrap()).await.unwrap().fresh);
        let told = world.told("change_password").await;
        assert_eq!(told[0], "password: - > (set)");
        assert_eq!(told.len(), 2, "{told:?}");
        let events = format!("{:?}", world.events().await);
        assert!(!events.contains(PASSWORD) && !events.contains(OTHER_PASSWORD));
        show_session(&world.admin).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_new_password_alone_makes_nobody_fresh_who_has_a_second_factor() {
    on_each_engine(async |world| {
        let (totp, _) = world.enrol(&world.general).await;
        let begun = world.sign_in_by_code(GENERAL, &world.next_code(&totp)).await.unwrap();
        let ctx = world.by_token(&begun.token).await.unwrap();
        world.clock.advance(STALE);
        let changed = change(&ctx, PASSWORD, OTHER_PASSWORD).await.unwrap();
        assert!(changed.session.second_factor);
        assert_eq!(changed.session.authenticated_at, begun.session.authenticated_at);
        let ctx = world.by_token(&changed.token).await.unwrap();
        refused(begin_totp(&ctx).await, "reauthentication_required");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_eight_who_change_one_password_at_once_one_wins() {
    on_each_engine(async |world| {
        let (_, ctx) = begin(world, GENERAL).await;
        let tries: Vec<_> = (0..8)
            .map(|n| {
                let (ctx, new) = (ctx.clone(), format!("Marble-anchor-7{n}-heron"));
                async move { change_password(&ctx, secret(PASSWORD), Secret::from(new)).await }
            })
            .collect();
        let results = at_once(tries).await;
        let won: Vec<_> = results.into_iter().filter_map(Result::ok).collect();
        assert_eq!(won.len(), 1);
        world.by_token(&won[0].token).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_token_that_a_client_brings_is_never_adopted() {
    on_each_engine(async |world| {
        let planted = secret(&"A".repeat(43));
        refused(world.by_token(&planted).await.map(drop), "unauthenticated");
        let (attackers, ctx) = begin(world, GENERAL).await;
        // A sign-in that comes with somebody's session begins another one, with a token of its own.
        let signed_in = match sign_in(&ctx, ROOT, secret(PASSWORD), None).await.unwrap() {
            SignIn::Done(done) => *done,
            SignIn::SecondFactor(_) => panic!("nobody here has a second factor"),
        };
        assert_ne!(shown(&signed_in.token), shown(&attackers.token));
        assert_ne!(signed_in.session.id, attackers.session.id);
        refused(world.by_token(&planted).await.map(drop), "unauthenticated");
        let still = show_session(&world.by_token(&attackers.token).await.unwrap()).await.unwrap();
        assert_eq!(still.administrator.unwrap().username, GENERAL);
        let tokens: std::collections::HashSet<_> =
            [&attackers, &signed_in].map(|done| shown(&done.token).len()).into_iter().collect();
        assert_eq!(tokens.into_iter().collect::<Vec<_>>(), [43], "256 bits");
    })
    .await;
}

#[tokio::test]
async fn credentials_of_programs_have_no_session_to_manage() {
    on_each_engine(async |world| {
        let key = world.give_key(GENERAL).await;
        let ctx = world.by_key(&key.key.id, &key.secret).await.unwrap();
        refused(sign_out(&ctx).await, "denied");
        refused(end_other_sessions(&ctx).await, "denied");
        refused(renew(&ctx, PASSWORD).await, "denied");
        refused(change(&ctx, PASSWORD, OTHER_PASSWORD).await, "denied");
        let view = show_session(&ctx).await.unwrap();
        assert_eq!(view.credential, Some(("access_key", Some(key.key.id.to_string()))));
        assert!(view.session.is_none() && view.fresh);
        assert!(ids(&ctx).await.len() == 1 && !list_sessions(&ctx, first(9)).await.unwrap().items[0].current);
        let local = show_session(&world.operator).await.unwrap();
        assert_eq!((local.credential, local.fresh), (Some(("local", None)), true));
    })
    .await;
}

#[tokio::test]
async fn the_note_of_the_last_use_is_written_once_a_minute() {
    on_each_engine(async |world| {
        let (begun, ctx) = begin(world, GENERAL).await;
        let seen = async || {
            let sessions = list_sessions(&ctx, first(9)).await.unwrap().items;
            sessions.into_iter().find(|session| session.id == begun.session.id).unwrap().last_seen_at
        };
        let began = world.now();
        world.clock.advance(STEP * 2);
        world.by_token(&begun.token).await.unwrap();
        assert_eq!(seen().await, began);
        world.clock.advance(MOMENT);
        world.by_token(&begun.token).await.unwrap();
        assert_eq!(seen().await, world.now());
    })
    .await;
}
