//! One-time codes: proven before they count, each used once, sealed where they rest.

use reeve_base::Secret;
use reeve_base::limits::{CHALLENGE_ATTEMPTS_MAX, CHALLENGE_TTL};
use reeve_domain::accounts::{AccountEdit, edit_account};
use reeve_domain::administrators::sign_in;
use reeve_domain::second_factors::{begin_totp, confirm_totp, list_second_factors, remove_totp};
use reeve_domain::{Ctx, Error};
use reeve_store::tables::{challenges, second_factors as rows};

use crate::factors::{STALE, STEP, code_at, decoded, wrong_code};
use crate::harness::{PASSWORD, World, invalid, on_each_engine, refused, secret, shown};
use crate::org::at_once;
use crate::people::{GENERAL, ROOT};

/// Proves an enrolment by the code of this moment.
async fn prove(world: &World, ctx: &Ctx, begun: (&Secret, &Secret)) -> Result<Option<Vec<Secret>>, Error> {
    confirm_totp(ctx, begun.0.clone(), code_at(begun.1, world.now())).await
}

#[tokio::test]
async fn a_secret_of_160_bits_is_shown_once_for_typing_and_as_a_url() {
    on_each_engine(async |world| {
        let begun = begin_totp(&world.general).await.unwrap();
        assert_eq!(decoded(shown(&begun.secret)).len(), 20);
        let url = shown(&begun.url);
        assert!(url.starts_with("otpauth://totp/Reeve:general%40first.example?"), "{url}");
        assert!(url.contains(&format!("secret={}", shown(&begun.secret))) && url.contains("issuer=Reeve"), "{url}");
        assert_eq!(begun.expires_at, world.now().plus(CHALLENGE_TTL));
        let other = begin_totp(&world.general).await.unwrap();
        assert_ne!(shown(&begun.secret), shown(&other.secret));
        let debug = format!("{begun:?}");
        assert!(!debug.contains(shown(&begun.secret)) && !debug.contains(shown(&begun.challenge)));
    })
    .await;
}

#[tokio::test]
async fn codes_are_asked_for_only_after_one_was_shown() {
    on_each_engine(async |world| {
        let begun = begin_totp(&world.general).await.unwrap();
        let none = list_second_factors(&world.general).await.unwrap();
        assert_eq!((none.totp_since, none.recovery_codes_left), (None, 0));
        world.sign_in(GENERAL).await;
        let wrong = wrong_code(world, &begun.secret);
        invalid(confirm_totp(&world.general, begun.challenge.clone(), wrong).await, "code");
        world.sign_in(GENERAL).await;
        let codes = prove(world, &world.general, (&begun.challenge, &begun.secret)).await.unwrap().unwrap();
        let some = list_second_factors(&world.general).await.unwrap();
        assert_eq!((some.totp_since, some.recovery_codes_left), (Some(world.now()), 10));
        assert_eq!((codes.len(), some.required), (10, false));
        assert!(world.person(GENERAL).await.has_totp);
        world.asked(GENERAL).await;
        assert!(!world.person(ROOT).await.has_totp, "nobody else is asked");
    })
    .await;
}

#[tokio::test]
async fn the_step_before_and_the_step_after_open_and_no_others_do() {
    on_each_engine(async |world| {
        let (totp, _) = world.enrol(&world.general).await;
        for (steps, opens) in [(-2_i64, false), (-1, true), (0, true), (1, true), (2, false)] {
            world.clock.advance(STEP * 5);
            let at = reeve_base::Timestamp::from_millis(world.now().millis() + steps * 30_000);
            let result = world.sign_in_by_code(GENERAL, &code_at(&totp, at)).await;
            assert_eq!(result.is_ok(), opens, "{steps}");
        }
        world.clock.advance(STEP * 5);
        let spaced = world.next_code(&totp);
        let (front, back) = shown(&spaced).split_at(3);
        world.sign_in_by_code(GENERAL, &secret(&format!(" {front} {back} "))).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_code_opens_once_and_no_older_one_after_it() {
    on_each_engine(async |world| {
        let enrolment = begin_totp(&world.general).await.unwrap();
        let first = code_at(&enrolment.secret, world.now());
        confirm_totp(&world.general, enrolment.challenge, first.clone()).await.unwrap();
        refused(world.sign_in_by_code(GENERAL, &first).await, "sign_in_refused");
        let older = world.next_code(&enrolment.secret);
        let newer = world.next_code(&enrolment.secret);
        world.sign_in_by_code(GENERAL, &newer).await.unwrap();
        refused(world.sign_in_by_code(GENERAL, &newer).await, "sign_in_refused");
        refused(world.sign_in_by_code(GENERAL, &older).await, "sign_in_refused");
        let asked = world.asked(GENERAL).await;
        refused(world.answer(&asked.token, &newer).await, "sign_in_refused");
        world.answer(&asked.token, &world.next_code(&enrolment.secret)).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_eight_who_show_one_code_at_once_one_gets_in() {
    on_each_engine(async |world| {
        let (totp, _) = world.enrol(&world.general).await;
        let code = world.next_code(&totp);
        let tries: Vec<_> = (0..8)
            .map(|_| {
                let (ctx, code) = (world.anonymous.clone(), code.clone());
                async move { sign_in(&ctx, GENERAL, secret(PASSWORD), Some(code)).await }
            })
            .collect();
        let results = at_once(tries).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        for result in results.into_iter().filter(Result::is_err) {
            refused(result, "sign_in_refused");
        }
    })
    .await;
}

#[tokio::test]
async fn an_enrolment_is_confirmed_once_by_its_own_session_in_its_time() {
    on_each_engine(async |world| {
        invalid(confirm_totp(&world.general, secret("never-begun"), secret("123456")).await, "challenge");
        let begun = begin_totp(&world.general).await.unwrap();
        let pair = (&begun.challenge, &begun.secret);
        for other in [&world.admin, &world.other, &world.sign_in(GENERAL).await] {
            invalid(prove(world, other, pair).await, "challenge");
        }
        refused(prove(world, &world.anonymous, pair).await, "unauthenticated");
        prove(world, &world.general, pair).await.unwrap();
        invalid(prove(world, &world.general, pair).await, "challenge");

        let second = begin_totp(&world.general).await.unwrap();
        remove_totp(&world.general).await.unwrap();
        invalid(prove(world, &world.general, (&second.challenge, &second.secret)).await, "challenge");
        refused(remove_totp(&world.general).await, "not_found");

        let late = begin_totp(&world.general).await.unwrap();
        world.clock.advance(STALE);
        let fresh = world.sign_in(GENERAL).await;
        invalid(prove(world, &fresh, (&late.challenge, &late.secret)).await, "challenge");
        refused(prove(world, &world.general, (&late.challenge, &late.secret)).await, "reauthentication_required");
    })
    .await;
}

#[tokio::test]
async fn five_wrong_codes_void_an_enrolment() {
    on_each_engine(async |world| {
        let begun = begin_totp(&world.general).await.unwrap();
        for _ in 0..CHALLENGE_ATTEMPTS_MAX {
            let wrong = wrong_code(world, &begun.secret);
            invalid(confirm_totp(&world.general, begun.challenge.clone(), wrong).await, "code");
        }
        invalid(prove(world, &world.general, (&begun.challenge, &begun.secret)).await, "challenge");
        assert!(world.person(GENERAL).await.locked_until.is_none(), "who enrols is signed in already");
    })
    .await;
}

#[tokio::test]
async fn another_device_takes_the_place_of_the_one_before() {
    on_each_engine(async |world| {
        let (old, recovery) = world.enrol(&world.general).await;
        assert_eq!(recovery.len(), 10);
        world.clock.advance(STEP);
        let (new, none) = world.enrol(&world.general).await;
        assert!(none.is_empty(), "the recovery codes stay as they are");
        assert_eq!(world.told("confirm_totp").await, ["totp: (set) > (set anew)"]);
        let code = world.next_code(&old);
        refused(world.sign_in_by_code(GENERAL, &code).await, "sign_in_refused");
        world.sign_in_by_code(GENERAL, &world.next_code(&new)).await.unwrap();
        world.sign_in_by_code(GENERAL, &recovery[0]).await.unwrap();
        remove_totp(&world.general).await.unwrap();
        world.sign_in(GENERAL).await;
    })
    .await;
}

#[tokio::test]
async fn the_last_factor_stays_while_the_account_demands_one() {
    on_each_engine(async |world| {
        world.enrol(&world.general).await;
        let demands = |required| AccountEdit { second_factor_required: Some(required), ..AccountEdit::default() };
        edit_account(&world.operator, demands(true)).await.unwrap();
        refused(remove_totp(&world.general).await, "wrong_state");
        assert!(world.person(GENERAL).await.has_totp, "nothing is half removed");
        assert_eq!(list_second_factors(&world.general).await.unwrap().recovery_codes_left, 10);
        edit_account(&world.operator, demands(false)).await.unwrap();
        remove_totp(&world.general).await.unwrap();
        let left = list_second_factors(&world.general).await.unwrap();
        assert_eq!((left.totp_since, left.recovery_codes_left), (None, 0));
    })
    .await;
}

#[tokio::test]
async fn factors_are_changed_in_a_fresh_session_of_ones_own() {
    on_each_engine(async |world| {
        refused(begin_totp(&world.anonymous).await, "unauthenticated");
        invalid(begin_totp(&world.operator).await, "session");
        invalid(list_second_factors(&world.operator).await, "session");
        world.give_api_password(GENERAL).await;
        let key = world.give_key(GENERAL).await;
        let by_key = world.by_key(&key.key.id, &key.secret).await.unwrap();
        refused(begin_totp(&by_key).await, "denied");
        list_second_factors(&by_key).await.unwrap();
        world.enrol(&world.general).await;
        world.clock.advance(STALE);
        refused(remove_totp(&world.general).await, "reauthentication_required");
        refused(begin_totp(&world.general).await, "reauthentication_required");
        list_second_factors(&world.general).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_secret_rests_sealed_while_it_waits_and_after() {
    on_each_engine(async |world| {
        let begun = begin_totp(&world.general).await.unwrap();
        let plain = decoded(shown(&begun.secret));
        let token = reeve_base::Secret::from(shown(&begun.challenge));
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, shown(&token).as_bytes()).as_ref().to_vec();
        let waiting = world.store().read(move |tx| challenges::by_hash(tx, &hash)).await.unwrap().unwrap();
        prove(world, &world.general, (&begun.challenge, &begun.secret)).await.unwrap();
        let id = world.person(GENERAL).await.id.to_string();
        let resting = world.store().read(move |tx| rows::one_time_codes(tx, &id)).await.unwrap().unwrap();
        for stored in [waiting.state, resting.secret] {
            assert!(stored.len() > plain.len() && !stored.windows(4).any(|part| part == &plain[..4]));
        }
    })
    .await;
}
