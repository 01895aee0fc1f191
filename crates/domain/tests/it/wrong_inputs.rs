//! Wrong inputs for every operation: names of organizations and users that are not there or not the caller's, and
//! states that do not allow it. Each is refused with its code, and nothing is written.

use reeve_domain::operations::{self, Operation, Reach, Resource};
use reeve_domain::{Error, jobs};

use crate::calls::{Target, call, scene};
use crate::calls_groups::group_ref;
use crate::harness::{domain, on_each_engine, org_ref, refused, user_ref};
use crate::org::{Org, dump};
use crate::organizations::put_state;

/// Operations on an organization or on something in it.
fn within(operation: &Operation) -> bool {
    let beside = ["show_job", "create_organization", "list_organizations", "list_directories"];
    matches!(operation.reach, Reach::Policies(_) | Reach::Lists(_))
        && !matches!(operation.resource, Resource::Account | Resource::EncryptionKey | Resource::DnsProvider)
        && !beside.contains(&operation.name)
        && !operation.name.contains("identity_center_application")
}

/// Operations on one user of an organization.
fn on_user(operation: &Operation) -> bool {
    let others = ["create_user", "list_users", "import_users", "export_users"];
    operation.resource == Resource::User && !others.contains(&operation.name)
}

/// Calls every operation that `which` picks, and checks that each is refused so and that nothing is written.
async fn all_refused(org: &Org<'_>, target: &Target, which: fn(&Operation) -> bool, code: &str, what: &str) {
    let before = dump(org).await;
    let mut called = 0;
    for operation in operations::ALL.iter().filter(|operation| which(operation)) {
        let Some(result) = call(operation, &org.ctx, target).await else { continue };
        let error = result.expect_err(operation.name);
        assert_eq!(error.code(), code, "{} of {what:?}: {error:?}", operation.name);
        called += 1;
    }
    assert!(called > 10, "too few are called");
    assert_eq!(dump(org).await, before, "{what:?}");
}

#[tokio::test]
async fn an_organization_that_is_not_there_or_not_theirs_is_not_found_by_any_operation() {
    on_each_engine(async |world| {
        let theirs = world.foreign_org("globex").await;
        let (acme, target) = scene(world, "acme").await;
        let long = "a".repeat(10_000);
        for sought in [
            theirs.made.id.as_str(),
            "globex",
            "GLOBEX",
            "m-00000000000000000000000000000000",
            "",
            " acme",
            "acme\0",
            "\0",
            "acme\u{200B}",
            "аcme",
            "../acme",
            "' OR 1=1 --",
            &long,
        ] {
            let target = Target { org: org_ref(sought), ..target.clone() };
            all_refused(&acme, &target, within, "not_found", sought).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_user_who_is_not_there_or_not_of_this_organization_is_not_found_by_any_operation() {
    on_each_engine(async |world| {
        let (acme, target) = scene(world, "acme").await;
        let theirs = world.foreign_org("globex").await;
        let theirs = [theirs.user("eve").await, theirs.disabled_user("mallory").await];
        let sibling = world.active_org("initech").await.user("sibling").await;
        let long = "a".repeat(10_000);
        for sought in [
            theirs[0].id.as_str(),
            theirs[1].id.as_str(),
            "eve@globex.mail.test",
            sibling.id.as_str(),
            "sibling@initech.mail.test",
            "S-1-5-21-1-2-3-500",
            "",
            "nobody",
            "enabled\0",
            "enabled\n",
            "enab\u{200D}led",
            "еnabled",
            "enabled@",
            "@acme.mail.test",
            "' OR 1=1 --",
            &long,
        ] {
            let target = Target { enabled: user_ref(sought), disabled: user_ref(sought), ..target.clone() };
            all_refused(&acme, &target, on_user, "not_found", sought).await;
        }
    })
    .await;
}

/// Operations on one group of an organization.
fn on_group(operation: &Operation) -> bool {
    operation.resource == Resource::Group && !["create_group", "list_groups"].contains(&operation.name)
}

#[tokio::test]
async fn a_group_that_is_not_there_or_not_of_this_organization_is_not_found_by_any_operation() {
    on_each_engine(async |world| {
        let (acme, target) = scene(world, "acme").await;
        let theirs = world.foreign_org("globex").await.group("pirates").await;
        let sibling = world.active_org("initech").await.disabled_group("sibling").await;
        let (user, room) = (acme.find("enabled").await.unwrap(), acme.find_resource("room").await.unwrap());
        let long = "a".repeat(10_000);
        for sought in [
            theirs.id.as_str(),
            "pirates@globex.mail.test",
            sibling.id.as_str(),
            user.id.as_str(),
            "enabled",
            "enabled@acme.mail.test",
            room.id.as_str(),
            "S-1-5-21-1-2-3-500",
            "",
            "nobody",
            "team\0",
            "te\u{200D}am",
            "tеam",
            "' OR 1=1 --",
            &long,
        ] {
            let target = Target { team: group_ref(sought), club: group_ref(sought), ..target.clone() };
            all_refused(&acme, &target, on_group, "not_found", sought).await;
        }
    })
    .await;
}

// Folding is how names are compared, so that a look-alike spelling of a name cannot be made; it finds its bearer.
#[tokio::test]
async fn full_width_and_accented_spellings_find_the_name_that_they_fold_to() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ada = acme.disabled_user("ada").await;
        for spelling in ["ＡＤＡ", "àdá", "ADA"] {
            assert_eq!(acme.find(spelling).await.unwrap().id, ada.id, "{spelling}");
        }
    })
    .await;
}

#[tokio::test]
async fn members_of_an_organization_that_is_not_usable_are_refused_in_every_operation() {
    on_each_engine(async |world| {
        let (acme, target) = scene(world, "acme").await;
        let members = |operation: &Operation| {
            use Resource::{AccessControlRule, ImpersonationRole, MobileDeviceRule};
            use Resource::{Availability, IdentityProvider, MailSetting, PersonalAccessToken, RetentionPolicy};
            use Resource::{Directory, Domain, Entity, Group, Mailbox, Resource as Bookable, User};
            let people = matches!(operation.resource, User | Group | Domain | Directory | Bookable | Mailbox | Entity);
            let rules = matches!(operation.resource, AccessControlRule | ImpersonationRole | MobileDeviceRule);
            let settings = matches!(
                operation.resource,
                Availability | IdentityProvider | MailSetting | PersonalAccessToken | RetentionPolicy
            );
            let of_the_account = operation.name.contains("identity_center_application");
            (people || rules || settings) && operation.name != "list_directories" && !of_the_account
        };
        for state in ["Requested", "Creating", "Validating", "Failed", "Deleting", "Deleted"] {
            put_state(&acme, state).await;
            all_refused(&acme, &target, members, "organization_state", state).await;
        }
    })
    .await;
}

#[tokio::test]
async fn domains_that_are_not_the_organizations_are_not_found() {
    on_each_engine(async |world| {
        let theirs = world.foreign_org("globex").await;
        theirs.verified_domain("globex.example").await;
        let (acme, target) = scene(world, "acme").await;
        let before = dump(&acme).await;
        for name in ["globex.example", "globex.mail.test", "unknown.example"] {
            let target = Target { pending: domain(name), proven: domain(name), ..target.clone() };
            for operation in operations::ALL {
                let works_on_one = matches!(
                    operation.name,
                    "show_domain"
                        | "remove_domain"
                        | "set_default_domain"
                        | "enable_user"
                        | "enable_users"
                        | "add_alias"
                        | "set_default_address"
                        | "enable_group"
                        | "add_group_alias"
                        | "set_group_default_address"
                        | "enable_resource"
                        | "add_resource_alias"
                        | "set_resource_default_address"
                );
                if works_on_one {
                    let result = call(operation, &acme.ctx, &target).await.expect("it is called");
                    let error = result.expect_err(operation.name);
                    assert_eq!(error.code(), "domain_not_found", "{} of {name}: {error:?}", operation.name);
                }
            }
        }
        assert_eq!(dump(&acme).await, before);
        theirs.user("eve").await;
    })
    .await;
}

#[tokio::test]
async fn a_job_that_is_not_the_accounts_is_not_found() {
    on_each_engine(async |world| {
        let theirs = world.foreign_org("globex").await;
        let page = jobs::list_jobs(&world.other, Some(theirs.id()), crate::harness::first(1)).await.unwrap();
        let absent = "00000000-0000-0000-0000-000000000000".parse().unwrap();
        for id in [page.items[0].id.clone(), absent] {
            let told: Error = refused(jobs::show_job(&world.admin, id.clone()).await, "not_found");
            assert!(told.to_string().contains(id.as_str()));
        }
    })
    .await;
}
