//! Administrators who sign in: sessions, their ends, locks, and equal work for unknown names.

use std::time::Duration;

use reeve_base::Secret;
use reeve_base::limits::{
    ADMINISTRATOR_LOCKOUT, ADMINISTRATOR_LOCKOUT_FAILURES, SESSION_ABSOLUTE, SESSION_IDLE,
    SESSIONS_PER_ADMINISTRATOR_MAX,
};
use reeve_domain::administrators::{SignedIn, show_session, sign_out};
use reeve_domain::ctx::AdministratorRole;
use reeve_domain::{Ctx, Error, auth};

use crate::harness::{PASSWORD, World, on_each_engine, refused, request, secret, try_sign_in};

const USERNAME: &str = "root@first.example";

const MOMENT: Duration = Duration::from_millis(1);

async fn sign_in(world: &World, username: &str, password: &str) -> Result<SignedIn, Error> {
    try_sign_in(&world.anonymous, username, password).await
}

async fn session(world: &World, token: &Secret) -> Result<Ctx, Error> {
    auth::session(&world.deployment, token, request(&world.clock)).await
}

#[tokio::test]
async fn a_session_speaks_for_its_administrator_until_it_is_ended() {
    on_each_engine(async |world| {
        let signed_in = sign_in(world, "ROOT@First.Example", PASSWORD).await.unwrap();
        assert_eq!(
            (signed_in.administrator.role, signed_in.account_name.as_str()),
            (AdministratorRole::Admin, "First")
        );
        let ctx = session(world, &signed_in.token).await.unwrap();
        let view = show_session(&ctx).await.unwrap();
        assert_eq!((view.actor, view.administrator.unwrap().username.as_str()), ("administrator", USERNAME));
        assert_eq!(view.account.unwrap(), (world.account(), "First".to_owned()));
        sign_out(&ctx).await.unwrap();
        refused(session(world, &signed_in.token).await.map(drop), "unauthenticated");
        session(world, &sign_in(world, USERNAME, PASSWORD).await.unwrap().token).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_token_that_is_no_sessions_opens_nothing() {
    on_each_engine(async |world| {
        let real = sign_in(world, USERNAME, PASSWORD).await.unwrap();
        for token in ["", "x", "\0", &real.session.id.to_string(), &"A".repeat(43), &"A".repeat(10_000)] {
            refused(session(world, &secret(token)).await.map(drop), "unauthenticated");
        }
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_and_after_its_longest_time() {
    on_each_engine(async |world| {
        let token = sign_in(world, USERNAME, PASSWORD).await.unwrap().token;
        world.clock.advance(SESSION_IDLE - MOMENT);
        session(world, &token).await.unwrap();
        world.clock.advance(SESSION_IDLE);
        refused(session(world, &token).await.map(drop), "unauthenticated");

        let busy = sign_in(world, USERNAME, PASSWORD).await.unwrap().token;
        for _ in 0..23 {
            world.clock.advance(Duration::from_secs(3600));
            session(world, &busy).await.unwrap();
        }
        world.clock.advance(Duration::from_secs(3600) - MOMENT);
        session(world, &busy).await.unwrap();
        world.clock.advance(MOMENT);
        assert_eq!(SESSION_ABSOLUTE, Duration::from_secs(24 * 3600));
        refused(session(world, &busy).await.map(drop), "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn the_oldest_session_ends_when_there_are_too_many() {
    on_each_engine(async |world| {
        world.clock.advance(MOMENT);
        let oldest = sign_in(world, USERNAME, PASSWORD).await.unwrap().token;
        let mut tokens = Vec::new();
        for _ in 0..SESSIONS_PER_ADMINISTRATOR_MAX {
            world.clock.advance(MOMENT);
            tokens.push(sign_in(world, USERNAME, PASSWORD).await.unwrap().token);
        }
        refused(session(world, &oldest).await.map(drop), "unauthenticated");
        for token in &tokens {
            session(world, token).await.unwrap();
        }
    })
    .await;
}

// A2
#[tokio::test]
async fn wrong_passwords_lock_a_name_known_or_not_and_the_lock_ends_by_the_clock() {
    on_each_engine(async |world| {
        for _ in 0..ADMINISTRATOR_LOCKOUT_FAILURES {
            refused(sign_in(world, USERNAME, "wrong").await, "sign_in_refused");
            refused(sign_in(world, "nobody@first.example", "wrong").await, "sign_in_refused");
        }
        // Tries during the lock do not count towards the next one.
        for _ in 0..ADMINISTRATOR_LOCKOUT_FAILURES {
            refused(sign_in(world, USERNAME, PASSWORD).await, "sign_in_refused");
        }
        world.clock.advance(ADMINISTRATOR_LOCKOUT - MOMENT);
        refused(sign_in(world, USERNAME, PASSWORD).await, "sign_in_refused");
        world.clock.advance(MOMENT);
        refused(sign_in(world, USERNAME, "wrong").await, "sign_in_refused");
        sign_in(world, USERNAME, PASSWORD).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_right_password_ends_the_row_of_wrong_ones() {
    on_each_engine(async |world| {
        for _ in 0..3 {
            for _ in 1..ADMINISTRATOR_LOCKOUT_FAILURES {
                refused(sign_in(world, USERNAME, "wrong").await, "sign_in_refused");
            }
            sign_in(world, USERNAME, PASSWORD).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn unknown_and_known_usernames_cost_the_same() {
    on_each_engine(async |world| {
        for _ in 0..ADMINISTRATOR_LOCKOUT_FAILURES {
            refused(sign_in(world, "general@first.example", "wrong").await, "sign_in_refused");
        }
        for username in [USERNAME, "general@first.example", "nobody@first.example"] {
            let before = world.deployment.hashing_runs();
            refused(sign_in(world, username, "wrong").await, "sign_in_refused");
            assert_eq!(world.deployment.hashing_runs() - before, 1, "{username}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_no_username_is_refused_like_a_wrong_one() {
    on_each_engine(async |world| {
        let long = format!("{}@first.example", "\u{FDFA}".repeat(300));
        for username in ["", "root", "root@first.example\0", "\0@first.example", "root@first.example\n", &long] {
            refused(sign_in(world, username, PASSWORD).await, "sign_in_refused");
        }
        refused(sign_in(world, USERNAME, &"x".repeat(2_000)).await, "sign_in_refused");
        refused(sign_in(world, USERNAME, "").await, "sign_in_refused");
        refused(sign_in(world, USERNAME, "a\0b").await, "sign_in_refused");
    })
    .await;
}

#[tokio::test]
async fn who_has_no_session_has_none_to_end() {
    on_each_engine(async |world| {
        refused(sign_out(&world.anonymous).await, "unauthenticated");
        refused(show_session(&world.anonymous).await, "unauthenticated");
        assert_eq!(refused(sign_out(&world.operator).await, "invalid").field(), Some("session"));
        assert_eq!(show_session(&world.operator).await.unwrap().actor, "operator");
    })
    .await;
}

#[tokio::test]
async fn housekeeping_ends_no_session_before_its_time() {
    on_each_engine(async |world| {
        let token = sign_in(world, USERNAME, PASSWORD).await.unwrap().token;
        world.clock.advance(SESSION_IDLE - MOMENT);
        world.tidy().await;
        session(world, &token).await.unwrap();
    })
    .await;
}
