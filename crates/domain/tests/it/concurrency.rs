//! Many at once: one wins, the others are told why, and no rule is broken in between.

use reeve_base::limits::ALIASES_PER_ENTITY_MAX;
use reeve_domain::accounts;
use reeve_domain::users::{self, NewUser, ProfileEdit, UserEdit};
use reeve_domain::{Error, auth};
use reeve_testkit::engines;

use crate::harness::{
    account_of, ask_for, email, first, new_organization, new_user, on_each_engine, request, text, user_ref,
};
use crate::org::{Org, at_once};

/// Those who try at once.
const MANY: usize = 50;

/// Checks that one won and that all the others were told this.
fn one_wins<T>(results: Vec<Result<T, Error>>, code: &str) {
    let (won, lost): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    let told: Vec<_> = lost.into_iter().filter_map(Result::err).map(|error| error.code()).collect();
    assert_eq!(won.len(), 1, "{told:?}");
    assert_eq!(told, vec![code; MANY - 1]);
}

async fn create_at_once(acme: &Org<'_>, new: impl Fn(usize) -> NewUser) -> Vec<Result<(), Error>> {
    let calls = (0..MANY).map(|n| {
        let (ctx, org, new) = (acme.ctx.clone(), acme.id(), new(n));
        async move { users::create_user(&ctx, org, new).await.map(drop) }
    });
    at_once(calls).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_create_one_name_one_wins_and_the_others_are_told_that_it_is_taken() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let spelled = |n: usize| if n.is_multiple_of(2) { "ada" } else { "ADA" };
        one_wins(create_at_once(&acme, |n| new_user(spelled(n))).await, "name_taken");
        assert_eq!(acme.names(Default::default()).await.len(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_claim_one_address_one_wins() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let wanted = email("Boss@acme.mail.test");
        let new = |n: usize| NewUser { email: Some(wanted.clone()), ..new_user(&format!("u{n}")) };
        one_wins(create_at_once(&acme, new).await, "address_taken");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_claim_one_alias_one_wins() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let rows: String = (0..MANY).map(|n| format!("u{n},u{n}@acme.mail.test\n")).collect();
        acme.import(&format!("username,email\n{rows}")).await;
        let calls = (0..MANY).map(|n| {
            let (ctx, org) = (acme.ctx.clone(), acme.id());
            let wanted = email("boss@acme.mail.test");
            async move { users::add_alias(&ctx, org, user_ref(&format!("u{n}")), wanted).await }
        });
        one_wins(at_once(calls).await, "address_taken");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_claim_one_organization_alias_one_wins() {
    on_each_engine(async |world| {
        let calls = (0..MANY).map(|n| {
            let ctx = if n % 2 == 0 { world.admin.clone() } else { world.other.clone() };
            async move { ask_for(&ctx, new_organization("acme")).await }
        });
        one_wins(at_once(calls).await, "name_taken");
        world.settle().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_edits_of_one_version_one_wins() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ada = acme.user("ada").await;
        let ctx = world.expecting(ada.version).await;
        let calls =
            (0..MANY).map(|n| {
                let (ctx, org) = (ctx.clone(), acme.id());
                let profile = ProfileEdit { office: Some(text(&n.to_string())), ..ProfileEdit::default() };
                async move {
                    users::edit_user(&ctx, org, user_ref("ada"), UserEdit { profile, ..UserEdit::default() }).await
                }
            });
        one_wins(at_once(calls).await, "version_mismatch");
        assert_eq!(acme.find("ada").await.unwrap().version, ada.version + 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn aliases_that_are_added_at_once_never_exceed_their_limit() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let there: Vec<_> = (0..ALIASES_PER_ENTITY_MAX - 10).map(|n| acme.at(&format!("a{n}"))).collect();
        acme.import(&format!("username,email,aliases\nada,ada@acme.mail.test,{}\n", there.join(" "))).await;
        let calls = (0..MANY).map(|n| {
            let (ctx, org, alias) = (acme.ctx.clone(), acme.id(), email(&acme.at(&format!("b{n}"))));
            async move { users::add_alias(&ctx, org, user_ref("ada"), alias).await }
        });
        let results = at_once(calls).await;
        let told: Vec<_> = results.iter().filter_map(|r| r.as_ref().err()).map(Error::code).collect();
        assert_eq!(told, ["limit_reached"; MANY - 10]);
        assert_eq!(acme.aliases("ada").await.len(), ALIASES_PER_ENTITY_MAX);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn retries_at_once_with_one_client_token_make_one_user() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ctx = world.with_token("t-1", "ada").await;
        let calls = (0..MANY).map(|_| {
            let (ctx, org) = (ctx.clone(), acme.id());
            async move { users::create_user(&ctx, org, new_user("ada")).await.unwrap() }
        });
        let made = at_once(calls).await;
        assert_eq!(made.iter().filter(|created| !created.replayed).count(), 1);
        assert!(made.windows(2).all(|pair| pair[0].user.id == pair[1].user.id));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_set_up_a_deployment_one_wins() {
    for store in engines() {
        let clock = reeve_testkit::FakeClock::new();
        let key = reeve_domain::sealing::MasterKey::from_bytes([7; 32]);
        let settings = reeve_domain::Settings {
            hasher: crate::harness::hasher(),
            hashing_parallelism: 2,
            ..reeve_domain::Settings::new(crate::harness::REGION, crate::harness::SUFFIX, key)
        };
        let random = std::sync::Arc::new(reeve_base::random::OsRandom);
        let outside = reeve_domain::Outside::default();
        let clock_of = std::sync::Arc::new(clock.clone());
        let deployment = reeve_domain::Deployment::new(store.store().clone(), clock_of, random, outside, settings);
        let nobody = auth::operator(&deployment, 0, None, request(&clock)).await.unwrap();
        let calls = (0..MANY).map(|n| {
            let (ctx, new) = (nobody.clone(), account_of("First", &format!("root{n}@first.example")));
            async move { accounts::set_up(&ctx, new).await }
        });
        one_wins(at_once(calls).await, "conflict");
        assert_eq!(accounts::list_accounts(&nobody, first(10)).await.unwrap().items.len(), 1);
    }
}
