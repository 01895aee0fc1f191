//! Who may do what: every operation of the register against everybody who must not (rows A1, B14).

use reeve_base::ids::{DirectoryId, OrganizationId};
use reeve_base::random::OsRandom;
use reeve_domain::Ctx;
use reeve_domain::ctx::Actor;
use reeve_domain::operations::{self, Operation, Reach};
use reeve_domain::organizations::{Deletion, OrganizationFilter, State, delete_organization, list_organizations};
use reeve_domain::users::{UserFilter, list_users};
use reeve_store::tables::directories;
use reeve_store::tables::organizations as rows;

use crate::calls::{call, scene};
use crate::harness::{OTHER_PASSWORD, World, first, new_user, on_each_engine, org_ref, refused};
use crate::org::{Org, dump};

/// Checks what everybody of a kind gets from every operation; `ok` stands for the caller's own things, and for what is
/// refused for another reason than the right to do it.
async fn check_all(world: &World, who: &Ctx, expected: impl Fn(&Operation) -> &'static str) {
    let (org, target) = scene(world, "acme").await;
    let before = dump(&org).await;
    let mut operations = operations::ALL.to_vec();
    // What ends the caller's own session comes last.
    operations.sort_by_key(|operation| operation.reach == Reach::Own);
    operations.sort_by_key(|operation| ["change_password", "sign_out"].contains(&operation.name));
    for operation in operations {
        let Some(result) = call(operation, who, &target).await else { continue };
        let code = match &result {
            Err(error) if ["denied", "not_found", "unauthenticated"].contains(&error.code()) => error.code(),
            _ => "ok",
        };
        let expected = expected(operation);
        let own = expected == "ok" && operation.reach == Reach::Own && code == "not_found";
        assert!(code == expected || own, "{}: {result:?} instead of {expected}", operation.name);
    }
    assert_eq!(org.by(&world.operator).show().await.version, 4, "nothing was done to the organization");
    // Signing in is the one thing that leaves a trace in the account; the rest must not.
    assert_eq!(without_sessions(&dump(&org).await), without_sessions(&before));
    world.settle().await;
}

/// A dump without the line of events, whose sign-ins are compared elsewhere.
fn without_sessions(dump: &str) -> Vec<&str> {
    dump.lines().filter(|line| !line.starts_with("[Event")).collect()
}

// A1
#[tokio::test]
async fn nobody_does_anything_without_signing_in() {
    on_each_engine(async |world| {
        let expected = |operation: &Operation| match operation.reach {
            Reach::Anyone => "ok",
            _ => "unauthenticated",
        };
        check_all(world, &world.anonymous, expected).await;
    })
    .await;
}

#[tokio::test]
async fn the_admin_of_another_account_finds_nothing_of_this_one() {
    on_each_engine(async |world| {
        check_all(world, &world.other, |operation| match (operation.name, operation.reach) {
            (_, Reach::Operator) => "denied",
            // These are about the caller's own account, and show nothing of another.
            (_, Reach::Anyone | Reach::Own | Reach::Everybody) => "ok",
            ("edit_account" | "add_administrator" | "list_administrators" | "create_organization", _) => "ok",
            ("create_policy" | "list_policies" | "validate_policy" | "list_policy_actions", _) => "ok",
            ("list_organizations" | "list_directories", _) => "ok",
            (name, _) if name.contains("identity_center_application") => "ok",
            ("create_encryption_key" | "list_encryption_keys", _) => "ok",
            ("create_dns_provider" | "list_dns_providers", _) => "ok",
            _ => "not_found",
        })
        .await;
        let stranger = world.sign_in_with("root@second.example", OTHER_PASSWORD).await;
        let theirs = list_organizations(&stranger, OrganizationFilter::default(), first(10)).await.unwrap();
        assert_eq!(theirs.items.iter().map(|o| o.alias.as_str()).collect::<Vec<_>>(), ["new-acme"]);
    })
    .await;
}

// A1
#[tokio::test]
async fn a_general_administrator_without_a_policy_is_refused() {
    on_each_engine(async |world| {
        check_all(world, &world.general, |operation| match (operation.name, operation.reach) {
            (_, Reach::Anyone | Reach::Own | Reach::Everybody) => "ok",
            ("list_organizations" | "list_directories", _) => "ok",
            ("create_organization", _) => "denied",
            (name, _) if name.contains("identity_center_application") => "denied",
            (name, _) if name.contains("encryption_key") => "denied",
            (name, _) if name.contains("dns_provider") => "denied",
            (_, Reach::Policies(_) | Reach::Lists(_)) => "not_found",
            _ => "denied",
        })
        .await;
        let general = world.sign_in_with("general@first.example", OTHER_PASSWORD).await;
        let theirs = list_organizations(&general, OrganizationFilter::default(), first(10)).await.unwrap();
        assert_eq!((theirs.items.len(), theirs.total), (0, Some(0)));
    })
    .await;
}

#[tokio::test]
async fn what_may_not_be_seen_is_not_found_under_the_name_that_was_sought() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let absent = OrganizationId::generate(&OsRandom);
        for ctx in [&world.other, &world.general] {
            let mut told = Vec::new();
            for sought in [acme.made.id.as_str(), absent.as_str()] {
                let error =
                    refused(list_users(ctx, org_ref(sought), UserFilter::default(), first(1)).await, "not_found");
                told.push(error.to_string().replace(sought, "it"));
            }
            assert_eq!(told[0], told[1], "what is there is told no differently from what is not");
        }
    })
    .await;
}

#[tokio::test]
async fn an_alias_finds_an_organization_only_for_its_account() {
    on_each_engine(async |world| {
        world.active_org("acme").await;
        refused(list_users(&world.other, org_ref("acme"), UserFilter::default(), first(1)).await, "not_found");
    })
    .await;
}

/// An organization that a general administrator made, as soon as a policy lets them.
async fn made_by_general<'w>(world: &'w World, like: &Org<'w>) -> Org<'w> {
    let Actor::Administrator { id, .. } = world.general.actor() else { panic!("it is an administrator") };
    let (created_by, template) = (id.to_string(), like.made.id.to_string());
    let (organization_id, directory_id) = (OrganizationId::generate(&OsRandom), DirectoryId::generate(&OsRandom));
    let wanted = organization_id.to_string();
    let made = world.store().write(move |tx| {
        let mut row = rows::by_id(tx, &template)?.expect("the template is there");
        let mut directory = directories::by_id(tx, &row.directory_id)?.expect("its directory too");
        row.organization_id.clone_from(&wanted);
        row.directory_id = directory_id.to_string();
        row.alias = "theirs".to_owned();
        row.alias_key = "theirs".to_owned();
        row.created_by.clone_from(&created_by);
        directory.directory_id = directory_id.to_string();
        directory.organization_id = Some(wanted.clone());
        directories::insert(tx, &directory)?;
        rows::insert(tx, &row)
    });
    made.await.unwrap();
    let made = reeve_domain::organizations::show_organization(&world.general, org_ref(organization_id.as_str()));
    Org::of(world, made.await.unwrap(), world.general.clone())
}

#[tokio::test]
async fn a_general_administrator_reaches_what_they_created_and_nothing_else() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let theirs = made_by_general(world, &acme).await;
        let listed = list_organizations(&world.general, OrganizationFilter::default(), first(10)).await.unwrap();
        assert_eq!(listed.items.iter().map(|o| o.alias.as_str()).collect::<Vec<_>>(), ["theirs"]);
        assert_eq!(listed.total, Some(1));
        theirs.create(new_user("ada")).await.unwrap();
        refused(acme.by(&world.general).find("guest").await, "not_found");
        refused(theirs.by(&world.other).find("ada").await, "not_found");
        theirs.by(&world.admin).find("ada").await.unwrap();
        let deletion = Deletion { delete_directory: true, force: false, identity_center_application: false };
        assert_eq!(delete_organization(&world.general, theirs.id(), deletion).await.unwrap().state, State::Deleting);
        world.settle().await;
    })
    .await;
}

#[tokio::test]
async fn an_operator_acts_for_the_account_that_is_named() {
    on_each_engine(async |world| {
        let theirs = world.foreign_org("globex").await;
        refused(theirs.by(&world.operator).find("guest").await, "not_found");
        let acme = world.active_org("acme").await;
        acme.by(&world.operator).find("guest").await.unwrap();
    })
    .await;
}
