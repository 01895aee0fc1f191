//! An account never runs out of active admins, whoever asks and however many at once (row A10).

use std::sync::Arc;

use reeve_domain::administrators::{
    AdministratorEdit, AdministratorFilter, AdministratorStatus, activate_administrator, deactivate_administrator,
    edit_administrator, list_administrators,
};
use reeve_domain::ctx::AdministratorRole::{Admin, General};
use reeve_domain::{Ctx, Error};

use crate::harness::{World, first, on_each_engine, refused};
use crate::org::at_once;
use crate::people::{GENERAL, ROOT, role, status, who};

const ADA: &str = "ada@first.example";

/// Times that a race is run: a rule that was asked outside the transaction would fail in the first few.
const ROUNDS: usize = 25;

async fn active_admins(world: &World) -> Vec<String> {
    let filter = AdministratorFilter { search: None, role: Some(Admin), status: Some(AdministratorStatus::Active) };
    let page = list_administrators(&world.operator, filter, first(100)).await.unwrap();
    page.items.into_iter().map(|one| one.username).collect()
}

/// Every way in which an admin ceases to be one.
async fn removals(ctx: &Ctx, name: &str) -> Vec<Result<(), Error>> {
    let both = AdministratorEdit { role: Some(General), ..status(AdministratorStatus::Inactive) };
    vec![
        edit_administrator(ctx, who(name), role(General)).await.map(drop),
        edit_administrator(ctx, who(name), status(AdministratorStatus::Inactive)).await.map(drop),
        edit_administrator(ctx, who(name), both).await.map(drop),
        deactivate_administrator(ctx, who(name)).await.map(drop),
    ]
}

// A10
#[tokio::test]
async fn the_last_active_admin_stays_even_against_the_operator() {
    on_each_engine(async |world| {
        // A general administrator, an inactive admin and another account's admin do not stand in.
        world.add(ADA, Admin).await;
        deactivate_administrator(&world.admin, who(ADA)).await.unwrap();
        for result in removals(&world.operator, ROOT).await {
            refused(result, "last_admin");
        }
        assert_eq!(active_admins(world).await, [ROOT]);
        let root = world.person(ROOT).await;
        assert_eq!((root.role, root.status, root.version), (Admin, AdministratorStatus::Active, 1));
        reeve_domain::administrators::show_session(&world.admin).await.unwrap();
    })
    .await;
}

// A10
#[tokio::test]
async fn with_another_active_admin_one_may_go_and_then_the_other_may_not() {
    on_each_engine(async |world| {
        let ada = world.add(ADA, Admin).await;
        edit_administrator(&ada, who(ROOT), role(General)).await.unwrap();
        for result in removals(&world.operator, ADA).await {
            refused(result, "last_admin");
        }
        edit_administrator(&world.operator, who(GENERAL), role(Admin)).await.unwrap();
        deactivate_administrator(&world.operator, who(ADA)).await.unwrap();
        // Who is inactive is counted no more, so demoting them takes nobody away.
        edit_administrator(&world.operator, who(ADA), role(General)).await.unwrap();
        assert_eq!(active_admins(world).await, [GENERAL]);
    })
    .await;
}

/// Two admins do the same to each other, again and again; `act` says what.
async fn race<F>(world: &World, act: impl Fn(Ctx, &'static str) -> F)
where
    F: Future<Output = Result<(), Error>> + Send + 'static,
{
    world.add(ADA, Admin).await;
    for round in 0..ROUNDS {
        world.tick();
        let (root, ada) = (world.sign_in(ROOT).await, world.sign_in(ADA).await);
        let results = at_once([act(root, ADA), act(ada, ROOT)]).await;
        let told: Vec<_> = results.iter().filter_map(|result| result.as_ref().err()).map(Error::code).collect();
        // The loser is told whichever came first: that they are nobody now, or that they would be the last to go.
        assert!(matches!(told[..], ["last_admin" | "denied" | "unauthenticated"]), "round {round}: {told:?}");
        assert_eq!(active_admins(world).await.len(), 1, "round {round}");
        for name in [ROOT, ADA] {
            activate_administrator(&world.operator, who(name)).await.unwrap();
            edit_administrator(&world.operator, who(name), role(Admin)).await.unwrap();
        }
    }
}

// A10
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_admins_who_demote_each_other_one_remains() {
    on_each_engine(async |world| {
        race(world, |ctx, name| async move { edit_administrator(&ctx, who(name), role(General)).await.map(drop) })
            .await;
    })
    .await;
}

// A10
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_admins_who_deactivate_each_other_one_remains() {
    on_each_engine(async |world| {
        race(world, |ctx, name| async move { deactivate_administrator(&ctx, who(name)).await.map(drop) }).await;
    })
    .await;
}

// A10
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn when_the_operator_removes_every_admin_at_once_one_remains() {
    on_each_engine(async |world| {
        let names: Arc<Vec<String>> = Arc::new((0..8).map(|n| format!("admin{n}@first.example")).collect());
        for name in names.iter() {
            world.add(name, Admin).await;
        }
        let all = names.iter().cloned().chain([ROOT.to_owned()]).enumerate();
        let calls = all.map(|(at, name)| {
            let ctx = world.operator.clone();
            async move {
                if at % 2 == 0 {
                    deactivate_administrator(&ctx, who(&name)).await.map(drop)
                } else {
                    edit_administrator(&ctx, who(&name), role(General)).await.map(drop)
                }
            }
        });
        let results = at_once(calls).await;
        let told: Vec<_> = results.iter().filter_map(|result| result.as_ref().err()).map(Error::code).collect();
        assert_eq!(told, ["last_admin"]);
        assert_eq!(active_admins(world).await.len(), 1);
    })
    .await;
}
