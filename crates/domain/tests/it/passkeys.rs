//! Passkeys: added and shown by a software authenticator, refused whatever part of an answer is wrong.

use std::sync::Arc;

use reeve_base::Secret;
use reeve_base::ids::PasskeyId;
use reeve_base::limits::{CHALLENGE_ATTEMPTS_MAX, PASSKEYS_PER_ADMINISTRATOR_MAX};
use reeve_domain::accounts::{AccountEdit, edit_account};
use reeve_domain::administrators::{Challenge, Method, Proof, SignedIn, complete_sign_in};
use reeve_domain::second_factors::{
    Passkey, begin_passkey, begin_totp, confirm_passkey, list_second_factors, remove_passkey, remove_totp,
};
use reeve_domain::{Ctx, Deployment, Error, Outside, Settings, auth};
use reeve_testkit::SeededRandom;
use serde_json::{Value, json};

use crate::authenticator::Authenticator;
use crate::factors::{STALE, challenge_of};
use crate::harness::{ORIGIN, PASSWORD, RP_ID, World, invalid, on_each_engine, refused, request, secret};
use crate::org::at_once;
use crate::people::{GENERAL, title};

/// Adds a passkey to the owner of a session.
async fn add(ctx: &Ctx, device: &Authenticator, name: &str) -> Result<(Passkey, Option<Vec<Secret>>), Error> {
    let begun = begin_passkey(ctx).await?;
    confirm_passkey(ctx, begun.challenge, title(name), device.create(&begun.options)).await
}

async fn show(world: &World, asked: &Challenge, answer: Value) -> Result<SignedIn, Error> {
    complete_sign_in(&world.anonymous, asked.token.clone(), Proof::Passkey(answer)).await
}

/// What the browser is asked at sign-in.
fn options(asked: &Challenge) -> &Value {
    asked.passkey_options.as_ref().expect("a passkey is asked for")
}

#[tokio::test]
async fn a_passkey_is_added_and_asked_for_at_sign_in() {
    on_each_engine(async |world| {
        let mut device = Authenticator::new("laptop");
        let begun = begin_passkey(&world.general).await.unwrap();
        assert_eq!((&begun.options["rp"]["id"], &begun.options["rp"]["name"]), (&json!(RP_ID), &json!("Reeve")));
        assert_eq!(begun.options["user"]["name"], json!(GENERAL));
        assert_eq!(begun.options["attestation"], json!("none"));
        assert_eq!(begun.options["authenticatorSelection"]["userVerification"], json!("required"));
        let answer = device.create(&begun.options);
        let (passkey, codes) = confirm_passkey(&world.general, begun.challenge, title("Laptop"), answer).await.unwrap();
        assert_eq!((passkey.name.as_str(), passkey.created_at, passkey.last_used_at), ("Laptop", world.now(), None));
        let codes = codes.expect("recovery codes come with the first factor");
        assert_eq!(codes.len(), 10);
        assert_eq!(list_second_factors(&world.general).await.unwrap().passkeys, [passkey]);
        assert_eq!(world.person(GENERAL).await.passkeys, 1);

        let asked = world.asked(GENERAL).await;
        assert_eq!(asked.methods, [Method::Passkey, Method::RecoveryCode]);
        assert_eq!(
            (&options(&asked)["rpId"], &options(&asked)["userVerification"]),
            (&json!(RP_ID), &json!("required"))
        );
        let done = show(world, &asked, device.get(options(&asked))).await.unwrap();
        assert!(done.session.second_factor);
        let used = list_second_factors(&world.general).await.unwrap().passkeys;
        assert_eq!(used[0].last_used_at, Some(world.now()));
        assert_eq!(world.told("complete_sign_in").await, ["outcome: - > signed in, passkey"]);
        world.sign_in_by_code(GENERAL, &codes[0]).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_session_is_renewed_by_a_passkey() {
    on_each_engine(async |world| {
        let mut device = Authenticator::new("laptop");
        add(&world.general, &device, "Laptop").await.unwrap();
        let asked = world.asked(GENERAL).await;
        let begun = show(world, &asked, device.get(options(&asked))).await.unwrap();
        let ctx = world.by_token(&begun.token).await.unwrap();
        world.clock.advance(STALE);
        let renewal = reeve_domain::administrators::reauthenticate(&ctx, secret(PASSWORD), None).await.unwrap();
        let asked = challenge_of(renewal);
        let renewed = show(world, &asked, device.get(options(&asked))).await.unwrap();
        assert_eq!(renewed.session.id, begun.session.id);
        refused(world.by_token(&begun.token).await.map(drop), "unauthenticated");
        begin_totp(&world.by_token(&renewed.token).await.unwrap()).await.unwrap();
    })
    .await;
}

/// A device with one thing wrong about it.
fn wrong(change: impl FnOnce(&mut Authenticator)) -> Authenticator {
    let mut device = Authenticator::new("laptop");
    change(&mut device);
    device
}

fn wrong_devices() -> Vec<(&'static str, Authenticator)> {
    vec![
        ("another site", wrong(|d| d.origin = "https://reeve.example.net".to_owned())),
        ("a look-alike", wrong(|d| d.origin = "https://evilreeve.example.com".to_owned())),
        ("a host below", wrong(|d| d.origin = "https://evil.reeve.example.com".to_owned())),
        ("another port", wrong(|d| d.origin = format!("{ORIGIN}:8443"))),
        ("no encryption", wrong(|d| d.origin = "http://reeve.example.com".to_owned())),
        ("another relying party", wrong(|d| d.rp_id = "example.com".to_owned())),
        ("nobody was verified", wrong(|d| d.verifies_user = false)),
    ]
}

#[tokio::test]
async fn a_new_passkey_is_refused_whatever_is_wrong_about_it() {
    on_each_engine(async |world| {
        for (what, device) in wrong_devices() {
            let refusal = refused(add(&world.general, &device, "Laptop").await, "invalid");
            assert_eq!(refusal.field(), Some("credential"), "{what}");
        }
        let good = Authenticator::new("laptop");
        let (first, other) =
            (begin_passkey(&world.general).await.unwrap(), begin_passkey(&world.general).await.unwrap());
        let answer = good.create(&other.options);
        let confirm = async |token: &Secret, answer: &Value| {
            confirm_passkey(&world.general, token.clone(), title("Laptop"), answer.clone()).await
        };
        invalid(confirm(&first.challenge, &answer).await, "credential");
        for garbage in [json!({}), json!(null), json!([]), json!("x"), json!({ "id": "x", "rawId": "!" })] {
            invalid(confirm(&first.challenge, &garbage).await, "credential");
        }
        let mut assertion = good.create(&first.options);
        assertion["response"]["clientDataJSON"] = answer["response"]["clientDataJSON"].clone();
        invalid(confirm(&first.challenge, &assertion).await, "credential");
        assert!(list_second_factors(&world.general).await.unwrap().passkeys.is_empty());
        confirm(&other.challenge, &answer).await.unwrap();
        invalid(confirm(&other.challenge, &answer).await, "challenge");
        invalid(confirm(&first.challenge, &good.create(&first.options)).await, "challenge");
    })
    .await;
}

#[tokio::test]
async fn an_answer_at_sign_in_is_refused_whatever_is_wrong_about_it() {
    on_each_engine(async |world| {
        let mut device = Authenticator::new("laptop");
        add(&world.general, &device, "Laptop").await.unwrap();
        for (what, other) in wrong_devices() {
            let asked = world.asked(GENERAL).await;
            let (origin, rp_id) = (device.origin.clone(), device.rp_id.clone());
            (device.origin, device.rp_id, device.verifies_user) = (other.origin, other.rp_id, other.verifies_user);
            let result = show(world, &asked, device.get(options(&asked))).await;
            assert_eq!(result.map(drop).unwrap_err().code(), "sign_in_refused", "{what}");
            (device.origin, device.rp_id, device.verifies_user) = (origin, rp_id, true);
        }
        let (asked, other) = (world.asked(GENERAL).await, world.asked(GENERAL).await);
        refused(show(world, &asked, device.get(options(&other))).await, "sign_in_refused");
        let stranger = wrong(|stranger| stranger.id = device.id.clone());
        refused(show(world, &asked, stranger.get_without_counting(options(&asked))).await, "sign_in_refused");
        for garbage in [json!({}), json!(null), json!([1])] {
            invalid(show(world, &asked, garbage).await, "passkey");
        }
        assert_eq!(world.person(GENERAL).await.locked_until, None);
        show(world, &asked, device.get(options(&asked))).await.unwrap();
        refused(show(world, &asked, device.get(options(&asked))).await, "sign_in_refused");
    })
    .await;
}

#[tokio::test]
async fn wrong_answers_count_towards_the_lock() {
    on_each_engine(async |world| {
        let mut device = Authenticator::new("laptop");
        add(&world.general, &device, "Laptop").await.unwrap();
        for _ in 0..2 {
            let asked = world.asked(GENERAL).await;
            let wrong = wrong(|wrong| wrong.id = device.id.clone());
            for _ in 0..CHALLENGE_ATTEMPTS_MAX {
                let answer = wrong.get_without_counting(options(&asked));
                refused(show(world, &asked, answer).await, "sign_in_refused");
            }
            refused(show(world, &asked, device.get(options(&asked))).await, "sign_in_refused");
        }
        assert!(world.person(GENERAL).await.locked_until.is_some());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_counter_that_does_not_rise_is_refused_and_one_answer_opens_once() {
    on_each_engine(async |world| {
        let mut device = Authenticator::new("laptop");
        add(&world.general, &device, "Laptop").await.unwrap();
        // Two challenges are open at once, and a copy of the device answers with the counter that was just used.
        let (one, two) = (world.asked(GENERAL).await, world.asked(GENERAL).await);
        show(world, &one, device.get(options(&one))).await.unwrap();
        refused(show(world, &two, device.get_without_counting(options(&two))).await, "sign_in_refused");
        let three = world.asked(GENERAL).await;
        device.counter = 0;
        refused(show(world, &three, device.get(options(&three))).await, "sign_in_refused");
        device.counter = 100;
        show(world, &three, device.get(options(&three))).await.unwrap();

        let asked = world.asked(GENERAL).await;
        let answer = device.get(options(&asked));
        let tries: Vec<_> = (0..8)
            .map(|_| {
                let (ctx, token, answer) = (world.anonymous.clone(), asked.token.clone(), answer.clone());
                async move { complete_sign_in(&ctx, token, Proof::Passkey(answer)).await }
            })
            .collect();
        assert_eq!(at_once(tries).await.iter().filter(|result| result.is_ok()).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_device_that_does_not_count_opens_every_time() {
    on_each_engine(async |world| {
        let device = wrong(|device| device.counter = 0);
        add(&world.general, &device, "Telephone").await.unwrap();
        for _ in 0..3 {
            let asked = world.asked(GENERAL).await;
            show(world, &asked, device.get_without_counting(options(&asked))).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn a_credential_belongs_to_one_administrator() {
    on_each_engine(async |world| {
        let mut device = Authenticator::new("laptop");
        add(&world.general, &device, "Laptop").await.unwrap();
        let begun = begin_passkey(&world.general).await.unwrap();
        assert_eq!(begun.options["excludeCredentials"].as_array().unwrap().len(), 1);
        invalid(add(&world.general, &device, "Again").await, "credential");
        refused(add(&world.admin, &device, "Stolen").await, "conflict");
        // Somebody else's passkey opens nothing, also when they have one of their own.
        add(&world.admin, &Authenticator::new("desktop"), "Desktop").await.unwrap();
        let asked = world.asked("root@first.example").await;
        refused(show(world, &asked, device.get(options(&asked))).await, "sign_in_refused");
        refused(remove_passkey(&world.admin, passkeys(&world.general).await[0].clone()).await, "not_found");
    })
    .await;
}

async fn passkeys(ctx: &Ctx) -> Vec<PasskeyId> {
    list_second_factors(ctx).await.unwrap().passkeys.into_iter().map(|passkey| passkey.id).collect()
}

#[tokio::test]
async fn a_passkey_that_was_removed_opens_nothing() {
    on_each_engine(async |world| {
        let (mut one, mut two) = (Authenticator::new("one"), Authenticator::new("two"));
        add(&world.general, &one, "One").await.unwrap();
        let (second, none) = add(&world.general, &two, "Two").await.unwrap();
        assert!(none.is_none(), "recovery codes come once");
        let asked = world.asked(GENERAL).await;
        remove_passkey(&world.general, second.id.clone()).await.unwrap();
        assert_eq!(world.told("remove_passkey").await, ["passkey: Two > -"]);
        refused(show(world, &asked, two.get(options(&asked))).await, "sign_in_refused");
        let asked = world.asked(GENERAL).await;
        assert_eq!(options(&asked)["allowCredentials"].as_array().unwrap().len(), 1);
        refused(show(world, &asked, two.get(options(&asked))).await, "sign_in_refused");
        show(world, &asked, one.get(options(&asked))).await.unwrap();
        refused(remove_passkey(&world.general, second.id).await, "not_found");

        let edit = AccountEdit { second_factor_required: Some(true), ..AccountEdit::default() };
        edit_account(&world.operator, edit).await.unwrap();
        let last = passkeys(&world.general).await.remove(0);
        refused(remove_passkey(&world.general, last.clone()).await, "wrong_state");
        let (_, codes) = world.enrol(&world.general).await;
        assert!(codes.is_empty());
        remove_passkey(&world.general, last).await.unwrap();
        refused(remove_totp(&world.general).await, "wrong_state");
    })
    .await;
}

#[tokio::test]
async fn there_are_twenty_passkeys_at_most() {
    on_each_engine(async |world| {
        for n in 0..PASSKEYS_PER_ADMINISTRATOR_MAX {
            add(&world.general, &Authenticator::new(&n.to_string()), "Device").await.unwrap();
        }
        refused(begin_passkey(&world.general).await, "limit_reached");
        let asked = world.asked(GENERAL).await;
        assert_eq!(options(&asked)["allowCredentials"].as_array().unwrap().len(), PASSKEYS_PER_ADMINISTRATOR_MAX);
    })
    .await;
}

#[tokio::test]
async fn an_enrolment_belongs_to_its_session() {
    on_each_engine(async |world| {
        let device = Authenticator::new("laptop");
        let begun = begin_passkey(&world.general).await.unwrap();
        let answer = device.create(&begun.options);
        for other in [&world.admin, &world.other, &world.sign_in(GENERAL).await] {
            let result = confirm_passkey(other, begun.challenge.clone(), title("Laptop"), answer.clone()).await;
            invalid(result, "challenge");
        }
        let totp = begin_totp(&world.general).await.unwrap();
        let result = confirm_passkey(&world.general, totp.challenge, title("Laptop"), answer.clone()).await;
        invalid(result, "challenge");
        refused(begin_passkey(&world.anonymous).await, "unauthenticated");
        invalid(begin_passkey(&world.operator).await, "session");
        world.clock.advance(STALE);
        let result = confirm_passkey(&world.general, begun.challenge, title("Laptop"), answer).await;
        refused(result, "reauthentication_required");
        refused(begin_passkey(&world.general).await, "reauthentication_required");
    })
    .await;
}

#[tokio::test]
async fn a_console_without_a_host_name_asks_for_no_passkeys() {
    on_each_engine(async |world| {
        add(&world.general, &Authenticator::new("laptop"), "Laptop").await.unwrap();
        let settings = Settings { passkeys: None, ..world.deployment.settings().clone() };
        let random = Arc::new(SeededRandom::new(99));
        let clock = Arc::new(world.clock.clone());
        let deployment = Deployment::new(world.store().clone(), clock, random, Outside::default(), settings);
        let stranger = auth::anonymous(&deployment, request(&world.clock));
        let asked = reeve_domain::administrators::sign_in(&stranger, GENERAL, secret(PASSWORD), None).await.unwrap();
        let asked = challenge_of(asked);
        assert_eq!((asked.methods, asked.passkey_options), (vec![Method::RecoveryCode], None));
        let root = reeve_domain::administrators::sign_in(&stranger, "root@first.example", secret(PASSWORD), None).await;
        let reeve_domain::administrators::SignIn::Done(root) = root.unwrap() else { panic!("root has no factor") };
        let ctx = auth::session(&deployment, &root.token, request(&world.clock)).await.unwrap();
        let refusal = refused(begin_passkey(&ctx).await, "invalid");
        assert_eq!(refusal.field(), Some("passkey"));
        assert!(refusal.to_string().contains("http.public_url"), "{refusal}");
    })
    .await;
}
