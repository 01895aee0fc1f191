//! Guessing: names and addresses that are shut, work that is the same for everybody, and lists that do not pay.

use std::time::Duration;

use reeve_base::limits::{ADDRESS_LOCKOUT_FAILURES, ADMINISTRATOR_LOCKOUT, ADMINISTRATOR_LOCKOUT_FAILURES};
use reeve_domain::administrators::deactivate_administrator;
use reeve_domain::ctx::AdministratorRole::General;
use reeve_domain::{Ctx, Error, auth};

use crate::factors::STALE;
use crate::harness::{OTHER_PASSWORD, PASSWORD, World, on_each_engine, refused, request, secret, try_sign_in};
use crate::people::{API_PASSWORD, GENERAL, ROOT, who};

const MOMENT: Duration = Duration::from_millis(1);

const HERE: Option<&str> = Some("198.51.100.1");

/// Guesses until the address is shut, each time another name.
async fn shut(ctx: &Ctx) {
    for n in 0..ADDRESS_LOCKOUT_FAILURES {
        refused(try_sign_in(ctx, &format!("nobody{n}@first.example"), "wrong").await, "sign_in_refused");
    }
    refused(try_sign_in(ctx, GENERAL, PASSWORD).await, "throttled");
}

#[tokio::test]
async fn a_hundred_refusals_shut_an_address_and_no_other() {
    on_each_engine(async |world| {
        shut(&world.stranger_from(HERE)).await;
        try_sign_in(&world.stranger_from(Some("198.51.100.2")), GENERAL, PASSWORD).await.unwrap();
        refused(try_sign_in(&world.stranger_from(Some("::ffff:198.51.100.1")), GENERAL, PASSWORD).await, "throttled");
        world.clock.advance(ADMINISTRATOR_LOCKOUT - MOMENT);
        refused(try_sign_in(&world.stranger_from(HERE), GENERAL, PASSWORD).await, "throttled");
        world.clock.advance(MOMENT);
        try_sign_in(&world.stranger_from(HERE), GENERAL, PASSWORD).await.unwrap();
        shut(&world.stranger_from(HERE)).await;
    })
    .await;
}

#[tokio::test]
async fn a_network_of_ipv6_counts_as_one_address() {
    on_each_engine(async |world| {
        for n in 0..ADDRESS_LOCKOUT_FAILURES {
            let ctx = world.stranger_from(Some(&format!("2001:db8:1:2::{n:x}")));
            refused(try_sign_in(&ctx, &format!("nobody{n}@first.example"), "wrong").await, "sign_in_refused");
        }
        let neighbour = world.stranger_from(Some("2001:db8:1:2:ffff::1"));
        refused(try_sign_in(&neighbour, GENERAL, PASSWORD).await, "throttled");
        try_sign_in(&world.stranger_from(Some("2001:db8:1:3::1")), GENERAL, PASSWORD).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_right_password_in_between_does_not_clear_an_address() {
    on_each_engine(async |world| {
        let ctx = world.stranger_from(HERE);
        for n in 0..ADDRESS_LOCKOUT_FAILURES {
            refused(try_sign_in(&ctx, &format!("nobody{n}@first.example"), "wrong").await, "sign_in_refused");
            if n % 10 == 0 {
                try_sign_in(&ctx, GENERAL, PASSWORD).await.unwrap();
            }
        }
        refused(try_sign_in(&ctx, GENERAL, PASSWORD).await, "throttled");
    })
    .await;
}

#[tokio::test]
async fn refusals_that_lie_far_apart_do_not_add_up() {
    on_each_engine(async |world| {
        let ctx = world.stranger_from(HERE);
        for n in 0..ADDRESS_LOCKOUT_FAILURES * 2 {
            refused(try_sign_in(&ctx, &format!("nobody{n}@first.example"), "wrong").await, "sign_in_refused");
            world.clock.advance(ADMINISTRATOR_LOCKOUT / 50);
        }
        try_sign_in(&ctx, GENERAL, PASSWORD).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_local_socket_is_never_shut() {
    on_each_engine(async |world| {
        let ctx = world.stranger_from(None);
        for n in 0..=ADDRESS_LOCKOUT_FAILURES {
            refused(try_sign_in(&ctx, &format!("nobody{n}@first.example"), "wrong").await, "sign_in_refused");
        }
        try_sign_in(&ctx, GENERAL, PASSWORD).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn housekeeping_opens_nothing_before_its_time() {
    on_each_engine(async |world| {
        shut(&world.stranger_from(HERE)).await;
        world.clock.advance(ADMINISTRATOR_LOCKOUT - MOMENT);
        world.tidy().await;
        refused(try_sign_in(&world.stranger_from(HERE), GENERAL, PASSWORD).await, "throttled");
    })
    .await;
}

#[tokio::test]
async fn ten_thousand_passwords_from_one_address_cost_a_hundred_hashes() {
    on_each_engine(async |world| {
        let ctx = world.stranger_from(HERE);
        let before = world.deployment.hashing_runs();
        for n in 0..10_000 {
            let result = try_sign_in(&ctx, &format!("person{}@first.example", n % 500), &format!("guess-{n}")).await;
            assert!(matches!(result, Err(Error::SignInRefused | Error::Throttled { .. })));
        }
        assert_eq!(world.deployment.hashing_runs() - before, u64::from(ADDRESS_LOCKOUT_FAILURES));
    })
    .await;
}

// A7
#[tokio::test]
async fn api_passwords_from_one_address_cost_as_little() {
    on_each_engine(async |world| {
        world.give_api_password(GENERAL).await;
        world.by_api_password(GENERAL, API_PASSWORD).await.unwrap();
        let before = world.deployment.hashing_runs();
        for n in 0..2_000 {
            let result = world.by_api_password(&format!("person{}@first.example", n % 500), "wrong").await;
            assert!(matches!(result.map(drop), Err(Error::Unauthenticated | Error::Throttled { .. })));
        }
        assert_eq!(world.deployment.hashing_runs() - before, u64::from(ADDRESS_LOCKOUT_FAILURES));
        // A program that is at work behind the same address goes on working.
        world.by_api_password(GENERAL, API_PASSWORD).await.unwrap();
        assert_eq!(world.deployment.hashing_runs() - before, u64::from(ADDRESS_LOCKOUT_FAILURES));
        refused(try_sign_in(&world.anonymous, GENERAL, PASSWORD).await, "throttled");
    })
    .await;
}

/// How many hashes a refusal costs.
async fn cost(world: &World, refusal: impl AsyncFnOnce() -> Result<(), Error>, code: &str) -> u64 {
    let before = world.deployment.hashing_runs();
    refused(refusal().await, code);
    world.deployment.hashing_runs() - before
}

/// A locked name, an inactive one, one without an API password, one with everything, and one that nobody has.
async fn all_kinds(world: &World) -> [&'static str; 5] {
    for name in ["locked@first.example", "inactive@first.example"] {
        world.add(name, General).await;
        world.give_api_password(name).await;
    }
    world.give_api_password(ROOT).await;
    for _ in 0..ADMINISTRATOR_LOCKOUT_FAILURES {
        refused(try_sign_in(&world.anonymous, "locked@first.example", "wrong").await, "sign_in_refused");
        refused(world.by_api_password("locked@first.example", "wrong").await.map(drop), "unauthenticated");
    }
    deactivate_administrator(&world.admin, who("inactive@first.example")).await.unwrap();
    [ROOT, GENERAL, "locked@first.example", "inactive@first.example", "nobody@first.example"]
}

#[tokio::test]
async fn every_name_costs_the_same() {
    on_each_engine(async |world| {
        for name in all_kinds(world).await {
            for password in [OTHER_PASSWORD, ""] {
                let wrong = async || try_sign_in(&world.anonymous, name, password).await.map(drop);
                assert_eq!(cost(world, wrong, "sign_in_refused").await, 1, "{name}");
                let wrong = async || world.by_api_password(name, password).await.map(drop);
                assert_eq!(cost(world, wrong, "unauthenticated").await, 1, "{name}");
            }
        }
        // Nor does the right password tell who is locked or inactive.
        for name in ["locked@first.example", "inactive@first.example"] {
            let right = async || try_sign_in(&world.anonymous, name, PASSWORD).await.map(drop);
            assert_eq!(cost(world, right, "sign_in_refused").await, 1, "{name}");
            let right = async || world.by_api_password(name, API_PASSWORD).await.map(drop);
            assert_eq!(cost(world, right, "unauthenticated").await, 1, "{name}");
        }
    })
    .await;
}

// A7
#[tokio::test]
async fn ten_wrong_api_passwords_lock_those_who_do_not_know_it_and_not_the_console() {
    on_each_engine(async |world| {
        world.give_api_password(GENERAL).await;
        world.by_api_password(GENERAL, API_PASSWORD).await.unwrap();
        for _ in 0..ADMINISTRATOR_LOCKOUT_FAILURES {
            world.tick();
            refused(world.by_api_password(GENERAL, "wrong").await.map(drop), "unauthenticated");
        }
        assert_eq!(world.told("sign_in").await, ["outcome: - > API password refused, and locked now"]);
        // The process that knows the password goes on; one that was started anew does not know it yet.
        world.by_api_password(GENERAL, API_PASSWORD).await.unwrap();
        let restarted = world.restarted();
        let anew = async || {
            let request = request(&world.clock);
            auth::api_password(&restarted, GENERAL, &secret(API_PASSWORD), request).await.map(drop)
        };
        refused(anew().await, "unauthenticated");
        assert_eq!(world.person(GENERAL).await.locked_until, None);
        world.sign_in(GENERAL).await;
        world.clock.advance(ADMINISTRATOR_LOCKOUT);
        anew().await.unwrap();
        for _ in 1..ADMINISTRATOR_LOCKOUT_FAILURES {
            refused(world.by_api_password(GENERAL, "wrong").await.map(drop), "unauthenticated");
        }
        world.clock.advance(STALE);
        anew().await.unwrap();
    })
    .await;
}
