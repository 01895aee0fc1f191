//! Nobody changes their own status, role or policies, whatever route or credential they take (row A6).

use reeve_domain::administrators::{
    AdministratorEdit, AdministratorStatus, PasswordChange, activate_administrator, deactivate_administrator,
    edit_administrator, reset_administrator_password, reset_second_factors,
};
use reeve_domain::ctx::AdministratorRole::{Admin, General};
use reeve_domain::policies::{attach_policy, detach_policy};
use reeve_domain::{Ctx, Error};

use crate::harness::{OTHER_PASSWORD, World, on_each_engine, refused, secret, text};
use crate::people::{API_PASSWORD, GENERAL, ROOT, attachment, policy, role, status, who};

/// Every way in which somebody could change what they are.
async fn attempts(ctx: &Ctx, name: &str) -> Vec<Result<(), Error>> {
    let name = || who(name);
    let policies = AdministratorEdit { policies: Some(vec![attachment("read-only")]), ..Default::default() };
    let password = AdministratorEdit { password: PasswordChange::Generate, ..Default::default() };
    let hidden = AdministratorEdit { first_name: Some(text("Innocent")), ..role(General) };
    let mut results = Vec::new();
    for edit in [role(General), status(AdministratorStatus::Inactive), policies, password, hidden] {
        results.push(edit_administrator(ctx, name(), edit).await.map(drop));
    }
    results.extend([
        activate_administrator(ctx, name()).await.map(drop),
        deactivate_administrator(ctx, name()).await.map(drop),
        reset_administrator_password(ctx, name(), None).await.map(drop),
        reset_administrator_password(ctx, name(), Some(secret(OTHER_PASSWORD))).await.map(drop),
        reset_second_factors(ctx, name()).await.map(drop),
        attach_policy(ctx, policy("read-only"), name(), Vec::new()).await.map(drop),
        detach_policy(ctx, policy("read-only"), name()).await.map(drop),
    ]);
    results
}

/// Whatever speaks for the first admin.
async fn all_of_root(world: &World) -> Vec<Ctx> {
    world.give_api_password(ROOT).await;
    let key = world.give_key(ROOT).await;
    vec![
        world.admin.clone(),
        world.sign_in(ROOT).await,
        world.by_api_password(ROOT, API_PASSWORD).await.unwrap(),
        world.by_key(&key.key.id, &key.secret).await.unwrap(),
    ]
}

// A6
#[tokio::test]
async fn an_admin_changes_their_own_standing_by_no_credential_and_under_no_name() {
    on_each_engine(async |world| {
        world.add("ada@first.example", Admin).await;
        let credentials = all_of_root(world).await;
        let before = world.person(ROOT).await;
        for ctx in &credentials {
            for name in ["me", ROOT, "ROOT@First.Example", before.id.as_str()] {
                for result in attempts(ctx, name).await {
                    refused(result, "self_forbidden");
                }
            }
        }
        let after = world.person(ROOT).await;
        assert_eq!((after.role, after.status, after.version), (before.role, before.status, before.version));
        assert_eq!(after.policies, before.policies);
        assert_eq!(after.first_name, before.first_name, "what came along in the same edit stayed too");
        reeve_domain::administrators::show_session(&world.admin).await.unwrap();
    })
    .await;
}

// A6
#[tokio::test]
async fn a_general_administrator_does_not_make_themselves_an_admin() {
    on_each_engine(async |world| {
        world.give_api_password(GENERAL).await;
        let key = world.give_key(GENERAL).await;
        let by_password = world.by_api_password(GENERAL, API_PASSWORD).await.unwrap();
        let by_key = world.by_key(&key.key.id, &key.secret).await.unwrap();
        let before = world.person(GENERAL).await;
        for ctx in [&world.general, &by_password, &by_key] {
            for name in ["me", GENERAL, before.id.as_str()] {
                refused(edit_administrator(ctx, who(name), role(Admin)).await, "denied");
                for result in attempts(ctx, name).await {
                    refused(result, "denied");
                }
            }
        }
        let after = world.person(GENERAL).await;
        assert_eq!((after.role, after.policies, after.version), (before.role, before.policies, before.version));
    })
    .await;
}

// A6
#[tokio::test]
async fn ones_own_names_may_be_edited_and_what_stays_the_same_may_be_said() {
    on_each_engine(async |world| {
        let edit = AdministratorEdit {
            first_name: Some(text("Rosa")),
            status: Some(AdministratorStatus::Active),
            role: Some(Admin),
            policies: Some(Vec::new()),
            ..Default::default()
        };
        let (root, _) = edit_administrator(&world.admin, who("me"), edit).await.unwrap();
        assert_eq!((root.first_name.as_str(), root.role, root.version), ("Rosa", Admin, 2));
        assert_eq!(world.told("edit_administrator").await, ["first_name: Ruth > Rosa"]);
    })
    .await;
}

// A6
#[tokio::test]
async fn another_admin_and_the_operator_may_do_what_one_may_not_do_to_oneself() {
    on_each_engine(async |world| {
        let ada = world.add("ada@first.example", Admin).await;
        deactivate_administrator(&ada, who(ROOT)).await.unwrap();
        activate_administrator(&world.operator, who(ROOT)).await.unwrap();
        edit_administrator(&world.operator, who(ROOT), role(General)).await.unwrap();
        attach_policy(&ada, policy("read-only"), who(ROOT), Vec::new()).await.unwrap();
        detach_policy(&world.operator, policy("read-only"), who(ROOT)).await.unwrap();
        reset_administrator_password(&world.operator, who(ROOT), Some(secret(OTHER_PASSWORD))).await.unwrap();
        reset_second_factors(&ada, who(ROOT)).await.unwrap();
        assert_eq!(world.person(ROOT).await.role, General);
    })
    .await;
}
