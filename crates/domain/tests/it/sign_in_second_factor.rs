//! Signing in with a second factor: what is asked, what opens, what is counted, and when a challenge is over.

use std::time::Duration;

use reeve_base::Secret;
use reeve_base::limits::{
    ADMINISTRATOR_LOCKOUT, ADMINISTRATOR_LOCKOUT_FAILURES, CHALLENGE_ATTEMPTS_MAX, CHALLENGE_TTL,
    CHALLENGES_PER_ADMINISTRATOR_MAX,
};
use reeve_domain::Ctx;
use reeve_domain::accounts::{AccountEdit, edit_account, show_account};
use reeve_domain::administrators::{
    Method, Proof, SignIn, change_password, complete_sign_in, deactivate_administrator, list_sessions, reauthenticate,
    reset_second_factors, show_session, sign_in, sign_out,
};
use reeve_domain::ctx::AdministratorRole::Admin;
use reeve_domain::second_factors::{begin_totp, confirm_totp, list_second_factors, remove_totp};

use crate::factors::{STALE, challenge_of, code_at, wrong_code};
use crate::harness::{
    OTHER_PASSWORD, PASSWORD, World, first, invalid, on_each_engine, refused, request, secret, shown, try_sign_in,
};
use crate::org::at_once;
use crate::people::{GENERAL, ROOT, who};

const MOMENT: Duration = Duration::from_millis(1);

// A2
#[tokio::test]
async fn a_right_password_alone_opens_nothing_for_who_has_a_second_factor() {
    on_each_engine(async |world| {
        let before = list_sessions(&world.general, first(10)).await.unwrap().total;
        let (totp, recovery) = world.enrol(&world.general).await;
        let asked = world.asked(GENERAL).await;
        assert_eq!(asked.methods, [Method::Totp, Method::RecoveryCode]);
        assert_eq!(asked.expires_at, world.now().plus(CHALLENGE_TTL));
        assert!(asked.passkey_options.is_none());
        assert_eq!(list_sessions(&world.general, first(10)).await.unwrap().total, before, "no session began");
        refused(world.by_token(&asked.token).await.map(drop), "unauthenticated");

        let done = world.answer(&asked.token, &world.next_code(&totp)).await.unwrap();
        assert!(done.session.second_factor && !done.enrolment_required);
        assert!(show_session(&world.by_token(&done.token).await.unwrap()).await.unwrap().fresh);
        let at_once = world.sign_in_by_code(GENERAL, &world.next_code(&totp)).await.unwrap();
        assert!(at_once.session.second_factor);
        assert!(world.sign_in_by_code(GENERAL, &recovery[0]).await.unwrap().session.second_factor);
        assert_eq!(world.person(GENERAL).await.last_sign_in_at, Some(world.now()));
    })
    .await;
}

#[tokio::test]
async fn a_code_that_nobody_needs_is_passed_over() {
    on_each_engine(async |world| {
        let done = world.sign_in_by_code(GENERAL, &secret("123456")).await.unwrap();
        assert!(!done.session.second_factor);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_code_is_refused_and_counted_like_a_wrong_password() {
    on_each_engine(async |world| {
        let (totp, _) = world.enrol(&world.general).await;
        for code in ["", "12345", "1234567", "abcdef", "123456\0", &"A".repeat(16), &"9".repeat(100_000)] {
            refused(world.sign_in_by_code(GENERAL, &secret(code)).await, "sign_in_refused");
        }
        for _ in 7..ADMINISTRATOR_LOCKOUT_FAILURES {
            refused(world.sign_in_by_code(GENERAL, &wrong_code(world, &totp)).await, "sign_in_refused");
        }
        assert!(world.person(GENERAL).await.locked_until.is_some());
        refused(world.sign_in_by_code(GENERAL, &world.next_code(&totp)).await, "sign_in_refused");
        refused(try_sign_in(&world.anonymous, GENERAL, PASSWORD).await, "sign_in_refused");
        world.clock.advance(ADMINISTRATOR_LOCKOUT);
        world.sign_in_by_code(GENERAL, &world.next_code(&totp)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_right_password_without_the_code_does_not_end_the_row_of_wrong_codes() {
    on_each_engine(async |world| {
        let (totp, _) = world.enrol(&world.general).await;
        for _ in 0..ADMINISTRATOR_LOCKOUT_FAILURES {
            let asked = world.asked(GENERAL).await;
            refused(world.answer(&asked.token, &wrong_code(world, &totp)).await, "sign_in_refused");
        }
        refused(sign_in(&world.anonymous, GENERAL, secret(PASSWORD), None).await, "sign_in_refused");
        world.clock.advance(ADMINISTRATOR_LOCKOUT);
        let asked = world.asked(GENERAL).await;
        world.answer(&asked.token, &world.next_code(&totp)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_locked_name_is_refused_with_the_right_code_too() {
    on_each_engine(async |world| {
        let (totp, _) = world.enrol(&world.general).await;
        let asked = world.asked(GENERAL).await;
        for _ in 0..ADMINISTRATOR_LOCKOUT_FAILURES {
            refused(try_sign_in(&world.anonymous, GENERAL, OTHER_PASSWORD).await, "sign_in_refused");
        }
        refused(world.answer(&asked.token, &world.next_code(&totp)).await, "sign_in_refused");
    })
    .await;
}

#[tokio::test]
async fn a_challenge_ends_by_the_clock() {
    on_each_engine(async |world| {
        let (_, recovery) = world.enrol(&world.general).await;
        let (asked, late) = (world.asked(GENERAL).await, world.asked(GENERAL).await);
        world.clock.advance(CHALLENGE_TTL - MOMENT);
        world.answer(&asked.token, &recovery[0]).await.unwrap();
        world.clock.advance(MOMENT);
        refused(world.answer(&late.token, &recovery[1]).await, "sign_in_refused");
        world.tidy().await;
        refused(world.answer(&late.token, &recovery[1]).await, "sign_in_refused");
    })
    .await;
}

#[tokio::test]
async fn five_wrong_answers_void_a_challenge_and_no_other() {
    on_each_engine(async |world| {
        let (totp, recovery) = world.enrol(&world.general).await;
        let (tried, other) = (world.asked(GENERAL).await, world.asked(GENERAL).await);
        for _ in 0..CHALLENGE_ATTEMPTS_MAX {
            refused(world.answer(&tried.token, &wrong_code(world, &totp)).await, "sign_in_refused");
        }
        refused(world.answer(&tried.token, &recovery[0]).await, "sign_in_refused");
        world.answer(&other.token, &recovery[0]).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_challenge_is_answered_once_also_by_many_at_once() {
    on_each_engine(async |world| {
        let (_, recovery) = world.enrol(&world.general).await;
        let asked = world.asked(GENERAL).await;
        let tries = recovery.iter().take(8).map(|code| {
            let (ctx, token, code) = (world.anonymous.clone(), asked.token.clone(), code.clone());
            async move { complete_sign_in(&ctx, token, Proof::Code(code)).await }
        });
        let results = at_once(tries.collect::<Vec<_>>()).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        assert_eq!(list_second_factors(&world.general).await.unwrap().recovery_codes_left, 9);
        refused(world.answer(&asked.token, &recovery[9]).await, "sign_in_refused");
    })
    .await;
}

#[tokio::test]
async fn the_oldest_of_too_many_challenges_ends() {
    on_each_engine(async |world| {
        let (_, recovery) = world.enrol(&world.general).await;
        let oldest = world.asked(GENERAL).await;
        let mut newer = Vec::new();
        for _ in 0..CHALLENGES_PER_ADMINISTRATOR_MAX {
            world.clock.advance(MOMENT);
            newer.push(world.asked(GENERAL).await);
        }
        refused(world.answer(&oldest.token, &recovery[0]).await, "sign_in_refused");
        world.answer(&newer[0].token, &recovery[0]).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_is_no_challenge_opens_nothing() {
    on_each_engine(async |world| {
        let (totp, recovery) = world.enrol(&world.general).await;
        let session = world.sign_in_by_code(GENERAL, &recovery[0]).await.unwrap();
        let enrolment = begin_totp(&world.by_token(&session.token).await.unwrap()).await.unwrap();
        let code = world.next_code(&totp);
        for token in [&secret(""), &secret("\0"), &session.token, &enrolment.challenge, &secret(&"A".repeat(43))] {
            refused(world.answer(token, &code).await, "sign_in_refused");
        }
        // And the other way round: a sign-in that waits is no enrolment.
        let asked = world.asked(GENERAL).await;
        let ctx = world.by_token(&session.token).await.unwrap();
        invalid(confirm_totp(&ctx, asked.token.clone(), code_at(&enrolment.secret, world.now())).await, "challenge");
        world.answer(&asked.token, &code).await.unwrap();
    })
    .await;
}

/// Something that happens between a password and its code.
async fn between(world: &World, happens: impl AsyncFn(&Ctx)) {
    let ada = world.add("ada@first.example", Admin).await;
    let (totp, _) = world.enrol(&ada).await;
    let asked = world.asked("ada@first.example").await;
    happens(&ada).await;
    refused(world.answer(&asked.token, &world.next_code(&totp)).await, "sign_in_refused");
}

#[tokio::test]
async fn whatever_ends_the_password_ends_the_challenge() {
    on_each_engine(async |world| {
        between(world, async |ada| {
            change_password(ada, secret(PASSWORD), secret(OTHER_PASSWORD)).await.map(drop).unwrap();
        })
        .await;
    })
    .await;
    on_each_engine(async |world| {
        between(world, async |_| {
            deactivate_administrator(&world.admin, who("ada@first.example")).await.map(drop).unwrap();
        })
        .await;
    })
    .await;
    on_each_engine(async |world| {
        between(world, async |_| {
            reset_second_factors(&world.admin, who("ada@first.example")).await.map(drop).unwrap();
        })
        .await;
    })
    .await;
    on_each_engine(async |world| between(world, async |ada| remove_totp(ada).await.unwrap()).await).await;
    on_each_engine(async |world| {
        between(world, async |ada| {
            reeve_domain::administrators::end_other_sessions(ada).await.map(drop).unwrap();
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn renewing_a_session_takes_the_second_factor_too() {
    on_each_engine(async |world| {
        let (totp, _) = world.enrol(&world.general).await;
        let begun = world.sign_in_by_code(GENERAL, &world.next_code(&totp)).await.unwrap();
        let ctx = world.by_token(&begun.token).await.unwrap();
        world.clock.advance(STALE);
        refused(begin_totp(&ctx).await, "reauthentication_required");
        let asked = challenge_of(reauthenticate(&ctx, secret(PASSWORD), None).await.unwrap());
        refused(begin_totp(&ctx).await, "reauthentication_required");
        world.by_token(&begun.token).await.unwrap();
        let renewed = world.answer(&asked.token, &world.next_code(&totp)).await.unwrap();
        assert_eq!(renewed.session.id, begun.session.id);
        assert!(renewed.session.second_factor);
        assert_eq!(renewed.session.expires_at, begun.session.expires_at);
        refused(world.by_token(&begun.token).await.map(drop), "unauthenticated");
        begin_totp(&world.by_token(&renewed.token).await.unwrap()).await.unwrap();

        let ctx = world.by_token(&renewed.token).await.unwrap();
        refused(reauthenticate(&ctx, secret(PASSWORD), Some(wrong_code(world, &totp))).await, "sign_in_refused");
        refused(reauthenticate(&ctx, secret(OTHER_PASSWORD), Some(world.next_code(&totp))).await, "sign_in_refused");
        let code = world.next_code(&totp);
        assert!(matches!(reauthenticate(&ctx, secret(PASSWORD), Some(code)).await.unwrap(), SignIn::Done(_)));
    })
    .await;
}

#[tokio::test]
async fn a_renewal_belongs_to_its_session_and_ends_with_it() {
    on_each_engine(async |world| {
        let (_, recovery) = world.enrol(&world.general).await;
        let mine = world.sign_in_by_code(GENERAL, &recovery[0]).await.unwrap();
        let ctx = world.by_token(&mine.token).await.unwrap();
        let asked = async || challenge_of(reauthenticate(&ctx, secret(PASSWORD), None).await.unwrap()).token;
        let answer = async |ctx: &Ctx, token: Secret, code: &Secret| {
            complete_sign_in(ctx, token, Proof::Code(code.clone())).await
        };
        let token = asked().await;
        for other in [&world.general, &world.admin, &world.other] {
            refused(answer(other, token.clone(), &recovery[1]).await, "sign_in_refused");
        }
        let renewed = answer(&ctx, token, &recovery[1]).await.unwrap();
        let ctx_renewed = world.by_token(&renewed.token).await.unwrap();

        let token = asked().await;
        sign_out(&ctx_renewed).await.unwrap();
        refused(answer(&world.anonymous, token, &recovery[2]).await, "sign_in_refused");
    })
    .await;
}

#[tokio::test]
async fn an_account_that_demands_a_second_factor_opens_nothing_else_before_there_is_one() {
    on_each_engine(async |world| {
        let edit = AccountEdit { second_factor_required: Some(true), ..AccountEdit::default() };
        edit_account(&world.operator, edit).await.unwrap();
        refused(show_account(&world.general).await, "second_factor_enrolment_required");
        refused(show_account(&world.admin).await, "second_factor_enrolment_required");
        let begun = try_sign_in(&world.anonymous, GENERAL, PASSWORD).await.unwrap();
        assert!(begun.enrolment_required && !begun.session.second_factor);
        let ctx = world.by_token(&begun.token).await.unwrap();
        assert!(show_session(&ctx).await.unwrap().enrolment_required);
        assert!(list_second_factors(&ctx).await.unwrap().required);
        refused(show_account(&ctx).await, "second_factor_enrolment_required");
        world.enrol(&ctx).await;
        assert!(!show_session(&ctx).await.unwrap().enrolment_required);
        show_account(&ctx).await.unwrap();
        refused(show_account(&world.admin).await, "second_factor_enrolment_required");
    })
    .await;
}

#[tokio::test]
async fn every_step_is_told_in_the_events_and_none_tells_a_secret() {
    on_each_engine(async |world| {
        let (totp, recovery) = world.enrol(&world.general).await;
        world.tick();
        let asked = world.asked(GENERAL).await;
        assert_eq!(world.told("sign_in").await, ["outcome: - > second factor asked for"]);
        refused(world.answer(&asked.token, &wrong_code(world, &totp)).await, "sign_in_refused");
        assert_eq!(world.told("complete_sign_in").await, ["outcome: - > wrong code, refused"]);
        world.tick();
        let code = world.next_code(&totp);
        let done = world.answer(&asked.token, &code).await.unwrap();
        assert_eq!(world.told("complete_sign_in").await, ["outcome: - > signed in, totp"]);
        world.tick();
        world.sign_in_by_code(GENERAL, &recovery[0]).await.unwrap();
        assert_eq!(world.told("sign_in").await, ["outcome: - > signed in, recovery_code"]);
        let events = format!("{:?}", world.events().await);
        for hidden in [&totp, &recovery[0], &recovery[1], &asked.token, &code, &done.token] {
            assert!(!events.contains(shown(hidden)));
        }
    })
    .await;
}

#[tokio::test]
async fn the_answer_is_the_same_whatever_is_wrong() {
    on_each_engine(async |world| {
        let (totp, _) = world.enrol(&world.general).await;
        let wrong = Some(wrong_code(world, &totp));
        let told = async |username: &str, password: &str| {
            let stranger = world.stranger_from(request(&world.clock).source_address.as_deref());
            let before = world.deployment.hashing_runs();
            let refusal =
                refused(sign_in(&stranger, username, secret(password), wrong.clone()).await, "sign_in_refused");
            (refusal.to_string(), world.deployment.hashing_runs() - before)
        };
        let expected = told("nobody@first.example", PASSWORD).await;
        assert_eq!(expected.1, 1);
        for (username, password) in [(GENERAL, PASSWORD), (GENERAL, OTHER_PASSWORD), (ROOT, OTHER_PASSWORD)] {
            assert_eq!(told(username, password).await, expected, "{username}");
        }
    })
    .await;
}
