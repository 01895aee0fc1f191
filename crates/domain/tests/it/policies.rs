//! Policies: made, given, asked, limited, and never more than what the giver holds (row A9).

use reeve_base::ids::OrganizationId;
use reeve_domain::administrators::{self, AdministratorEdit, ApiPasswordChange};
use reeve_domain::ctx::AdministratorRole;
use reeve_domain::organizations::{OrganizationFilter, create_organization, list_organizations, show_organization};
use reeve_domain::page::PageRequest;
use reeve_domain::policies::{
    self, Effect, NewAttachment, NewPolicy, Permission, Policy, PolicyEdit, PolicyKind, Question, Rights,
};
use reeve_domain::users::{self, NewPassword, UserEdit, UserFilter, list_users, reset_password};
use reeve_domain::{Ctx, Error};

use crate::calls_administration::CEDAR;
use crate::harness::{
    OTHER_PASSWORD, World, email, first, new_organization, new_user, on_each_engine, org_ref, refused, secret, text,
    user_ref,
};
use crate::people::{API_PASSWORD, GENERAL, attachment, policy, title, who};

fn cedar(name: &str, text_of_it: &str) -> NewPolicy {
    NewPolicy { name: title(name), description: text(""), rights: Rights::Cedar(text_of_it.to_owned()) }
}

fn permission(kind: &str, actions: &[&str], resources: &[&str], organizations: &[&str]) -> Permission {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Permission {
        resource_type: kind.to_owned(),
        actions: owned(actions),
        resources: owned(resources),
        organizations: owned(organizations),
    }
}

fn simple(name: &str, permissions: &[Permission]) -> NewPolicy {
    NewPolicy { name: title(name), description: text(""), rights: Rights::Permissions(permissions.to_vec()) }
}

/// Makes a policy and gives it to the general administrator.
async fn given(world: &World, new: NewPolicy) -> Policy {
    let made = policies::create_policy(&world.admin, new).await.unwrap().policy;
    policies::attach_policy(&world.admin, policy(made.id.as_str()), who(GENERAL), Vec::new()).await.unwrap();
    made
}

async fn reset(ctx: &Ctx, org: &OrganizationId, user: &str) -> Result<(), Error> {
    let password = NewPassword::Typed(secret(OTHER_PASSWORD));
    reset_password(ctx, org_ref(org.as_str()), user_ref(user), password).await.map(drop)
}

async fn names(ctx: &Ctx, org: &OrganizationId) -> Vec<String> {
    let page = list_users(ctx, org_ref(org.as_str()), UserFilter::default(), first(100)).await.unwrap();
    assert_eq!(page.total, Some(page.items.len() as u64), "the count is of what may be seen");
    page.items.into_iter().map(|user| user.name).collect()
}

fn question(action: &str, kind: &str, resource: &str, organization: Option<&str>) -> Question {
    Question {
        administrator: who(GENERAL),
        action: action.to_owned(),
        resource_type: kind.to_owned(),
        resource: resource.to_owned(),
        organization: organization.map(org_ref),
        source_address: None,
    }
}

// A9
#[tokio::test]
async fn a_policy_of_permissions_allows_what_it_says_where_it_says() {
    on_each_engine(async |world| {
        let (acme, globex) = (world.active_org("acme").await, world.active_org("globex").await);
        acme.create(new_user("ada")).await.unwrap();
        globex.create(new_user("bob")).await.unwrap();
        let made =
            given(world, simple("Reset in acme", &[permission("user", &["read", "reset_password"], &[], &["acme"])]))
                .await;
        assert_eq!(made.kind, PolicyKind::Simple);
        assert_eq!(made.permissions.unwrap()[0].organizations, [acme.made.id.to_string()], "aliases become ids");
        reset(&world.general, &acme.made.id, "ada").await.unwrap();
        refused(reset(&world.general, &globex.made.id, "bob").await, "not_found");
        let edit = users::edit_user(&world.general, acme.id(), user_ref("ada"), UserEdit::default()).await;
        refused(edit, "denied");
        refused(users::create_user(&world.general, acme.id(), new_user("eve")).await, "not_found");
        assert!(names(&world.general, &acme.made.id).await.contains(&"ada".to_owned()));
    })
    .await;
}

// A9
#[tokio::test]
async fn ids_of_users_narrow_what_is_seen_by_query() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ada = acme.create(new_user("ada")).await.unwrap();
        acme.create(new_user("bob")).await.unwrap();
        given(world, simple("One", &[permission("user", &["read", "update"], &[ada.id.as_str()], &[])])).await;
        assert_eq!(names(&world.general, &acme.made.id).await, ["ada"]);
        refused(users::show_user(&world.general, acme.id(), user_ref("bob")).await, "not_found");
        refused(users::show_user(&world.general, acme.id(), user_ref("nobody")).await, "not_found");
        let organizations = list_organizations(&world.general, OrganizationFilter::default(), first(10)).await.unwrap();
        assert_eq!(organizations.total, Some(0), "a user of an organization is not the organization");
    })
    .await;
}

// A9
#[tokio::test]
async fn prohibitions_win_and_are_left_out_of_lists() {
    on_each_engine(async |world| {
        let (acme, globex) = (world.active_org("acme").await, world.active_org("globex").await);
        let ceo = acme.create(new_user("ceo")).await.unwrap();
        acme.create(new_user("ada")).await.unwrap();
        let words = format!(
            "permit (principal, action in [Action::\"*:*\"], resource);\n\
             forbid (principal, action, resource == User::\"{}\");\n\
             forbid (principal, action, resource in Organization::\"{}\");",
            ceo.id, globex.made.id
        );
        given(world, cedar("All but", &words)).await;
        assert_eq!(names(&world.general, &acme.made.id).await, ["ada", "administrator", "guest"]);
        refused(reset(&world.general, &acme.made.id, "ceo").await, "not_found");
        reset(&world.general, &acme.made.id, "ada").await.unwrap();
        refused(show_organization(&world.general, globex.id()).await, "not_found");
        let seen = list_organizations(&world.general, OrganizationFilter::default(), first(10)).await.unwrap();
        assert_eq!(seen.items.iter().map(|o| o.alias.as_str()).collect::<Vec<_>>(), ["acme"]);
    })
    .await;
}

// A9
#[tokio::test]
async fn the_help_desk_resets_passwords_but_not_of_administrators() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.create(new_user("ada")).await.unwrap();
        // The mailbox of an administrator: by its name, and by an address on a domain of theirs.
        acme.create(new_user("root@first.example")).await.unwrap();
        acme.verified_domain("first.example").await;
        acme.create(new_user("chief")).await.unwrap();
        acme.enable("chief", GENERAL).await.unwrap();
        policies::attach_policy(&world.admin, policy("help-desk"), who(GENERAL), Vec::new()).await.unwrap();
        reset(&world.general, &acme.made.id, "ada").await.unwrap();
        for administrator in ["root@first.example", "chief"] {
            refused(reset(&world.general, &acme.made.id, administrator).await, "denied");
            refused(users::unlock_user(&world.general, acme.id(), user_ref(administrator)).await, "denied");
        }
        // Also when the address is only held for them.
        acme.disable("chief").await.unwrap();
        refused(reset(&world.general, &acme.made.id, "chief").await, "denied");
        refused(users::disable_user(&world.general, acme.id(), user_ref("ada")).await, "denied");
    })
    .await;
}

// A9
#[tokio::test]
async fn an_organization_owner_owns_the_named_organizations_only() {
    on_each_engine(async |world| {
        let (acme, globex) = (world.active_org("acme").await, world.active_org("globex").await);
        let owner = policy("organization-owner");
        let everywhere = policies::attach_policy(&world.admin, owner.clone(), who(GENERAL), Vec::new()).await;
        assert_eq!(refused(everywhere, "invalid").field(), Some("organizations"));
        let given = policies::attach_policy(&world.admin, owner, who(GENERAL), vec![org_ref("acme")]).await.unwrap();
        assert_eq!(given.policies[0].organizations, std::slice::from_ref(&acme.made.id));
        users::create_user(&world.general, acme.id(), new_user("ada")).await.unwrap();
        reset(&world.general, &acme.made.id, "ada").await.unwrap();
        refused(show_organization(&world.general, globex.id()).await, "not_found");
        refused(create_organization(&world.general, new_organization("third")).await, "denied");
        // Theirs to create as soon as a policy says so, and then theirs.
        given_creation(world).await;
        create_organization(&world.general, new_organization("third")).await.unwrap();
        world.settle().await;
        users::create_user(&world.general, org_ref("third"), new_user("zoe")).await.unwrap();
    })
    .await;
}

async fn given_creation(world: &World) {
    given(world, simple("Create", &[permission("organization", &["create"], &["*"], &[])])).await;
}

// A9
#[tokio::test]
async fn a_change_of_a_policy_holds_from_the_next_decision_on() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.create(new_user("ada")).await.unwrap();
        let made = given(world, simple("P", &[permission("user", &["*"], &["*"], &[])])).await;
        let named = || policy(made.id.as_str());
        reset(&world.general, &acme.made.id, "ada").await.unwrap();
        let edit = PolicyEdit { rights: Some(Rights::Cedar(CEDAR.to_owned())), ..PolicyEdit::default() };
        let edited = policies::edit_policy(&world.admin, named(), edit).await.unwrap();
        assert_eq!((edited.kind, edited.version), (PolicyKind::Advanced, 2));
        refused(reset(&world.general, &acme.made.id, "ada").await, "denied");
        refused(policies::delete_policy(&world.admin, named()).await, "conflict");
        policies::detach_policy(&world.admin, named(), who(GENERAL)).await.unwrap();
        refused(users::show_user(&world.general, acme.id(), user_ref("ada")).await, "not_found");
        policies::delete_policy(&world.admin, named()).await.unwrap();
        refused(policies::show_policy(&world.admin, named()).await, "not_found");
    })
    .await;
}

// A9
#[tokio::test]
async fn names_are_unique_and_what_comes_with_reeve_stays() {
    on_each_engine(async |world| {
        policies::create_policy(&world.admin, cedar("Mine", CEDAR)).await.unwrap();
        for taken in ["MINE", "Help desk", "auditor"] {
            refused(policies::create_policy(&world.admin, cedar(taken, CEDAR)).await, "name_taken");
        }
        // Another account has names of its own.
        policies::create_policy(&world.other, cedar("Mine", CEDAR)).await.unwrap();
        refused(policies::edit_policy(&world.admin, policy("Read only"), PolicyEdit::default()).await, "reserved");
        refused(policies::delete_policy(&world.admin, policy("auditor")).await, "reserved");
        let listed = policies::list_policies(&world.admin, None, first(3)).await.unwrap();
        assert_eq!(listed.total, Some(6));
        let next = PageRequest { cursor: listed.next_cursor, ..first(3) };
        let rest = policies::list_policies(&world.admin, None, next);
        let names: Vec<_> =
            listed.items.into_iter().chain(rest.await.unwrap().items).map(|policy| policy.name).collect();
        assert_eq!(names, ["Read only", "User administrator", "Help desk", "Organization owner", "Auditor", "Mine"]);
    })
    .await;
}

// A9
#[tokio::test]
async fn cedar_that_is_wrong_is_refused_with_line_and_column() {
    on_each_engine(async |world| {
        let wrong =
            policies::create_policy(&world.admin, cedar("Wrong", "permit (principal,\n  actoin, resource);")).await;
        match refused(wrong, "policy_refused") {
            Error::PolicyRefused { line, column, .. } => assert_eq!((line, column), (Some(2), Some(3))),
            other => panic!("{other:?}"),
        }
        let found = policies::validate_policy(&world.admin, Rights::Cedar("permit".to_owned())).await.unwrap();
        assert!(!found.flaws.is_empty());
    })
    .await;
}

// A9
#[tokio::test]
async fn the_question_names_the_policy_that_decides() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.create(new_user("ada")).await.unwrap();
        let ask = async |action: &str| {
            let asked = question(action, "user", "ada", Some("acme"));
            policies::test_policy(&world.admin, asked).await.unwrap()
        };
        let before = ask("reset_password").await;
        assert!(!before.allowed && before.policies.is_empty(), "{}", before.because);
        policies::attach_policy(&world.admin, policy("help-desk"), who(GENERAL), Vec::new()).await.unwrap();
        let after = ask("reset_password").await;
        let (named, effect) = &after.policies[0];
        assert_eq!((after.allowed, named.id.as_str(), *effect), (true, "help-desk", Effect::Permit));
        assert!(!ask("disable_user").await.allowed);
        let wrong = policies::test_policy(&world.admin, question("fly", "user", "ada", Some("acme"))).await;
        assert_eq!(refused(wrong, "invalid").field(), Some("action"));
        let wrong = policies::test_policy(&world.admin, question("reset_password", "organization", "acme", None)).await;
        assert_eq!(refused(wrong, "invalid").field(), Some("resource"));
    })
    .await;
}

#[tokio::test]
async fn a_question_may_be_about_a_group_or_a_resource() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.group("team").await;
        acme.disabled_room("blue").await;
        let text = "permit (principal, action == Action::\"edit_group\", resource is Group) when { resource.enabled }; \
                    permit (principal, action == Action::\"edit_resource\", resource is Resource) \
                    when { resource.kind == \"room\" && !resource.enabled };";
        policies::create_policy(&world.admin, cedar("Bookings", text)).await.unwrap();
        policies::attach_policy(&world.admin, policy("Bookings"), who(GENERAL), Vec::new()).await.unwrap();
        let ask = async |action: &str, kind: &str, sought: &str| {
            policies::test_policy(&world.admin, question(action, kind, sought, Some("acme"))).await
        };
        assert!(ask("edit_group", "group", "team").await.unwrap().allowed);
        assert!(ask("edit_resource", "resource", "blue").await.unwrap().allowed);
        acme.disable_group("team").await.unwrap();
        assert!(!ask("edit_group", "group", "team").await.unwrap().allowed);
        assert!(!ask("list_mailbox_permissions", "group", "team").await.unwrap().allowed);
        refused(ask("edit_group", "group", "blue").await, "not_found");
        refused(ask("edit_resource", "resource", "team").await, "not_found");
        refused(ask("show_user", "user", "team").await, "not_found");
        assert_eq!(refused(ask("edit_group", "resource", "blue").await, "invalid").field(), Some("resource"));
    })
    .await;
}

// A7, A9
#[tokio::test]
async fn a_limited_credential_never_exceeds_its_owner_nor_its_limit() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.create(new_user("ada")).await.unwrap();
        let root = "root@first.example";
        world.give_api_password(root).await;
        let limit =
            |named: &str| ApiPasswordChange { password: Some(secret(API_PASSWORD)), limit: Some(Some(policy(named))) };
        administrators::set_api_password(&world.operator, who(root), limit("read-only")).await.unwrap();
        let limited = world.by_api_password(root, API_PASSWORD).await.unwrap();
        users::show_user(&limited, acme.id(), user_ref("ada")).await.unwrap();
        refused(reset(&limited, &acme.made.id, "ada").await, "denied");
        refused(create_organization(&limited, new_organization("more")).await, "denied");
        // Administration is beyond every limit: no credential begets another.
        let key = administrators::create_access_key(&limited, who(GENERAL), crate::people::new_key("k")).await;
        refused(key, "denied");
        refused(policies::create_policy(&limited, cedar("Mine", CEDAR)).await, "denied");
        // A limit that allows more than its owner has gives nothing.
        given(world, simple("All", &[permission("*", &["*"], &["*"], &[])])).await;
        policies::detach_policy(&world.admin, policy("All"), who(GENERAL)).await.unwrap();
        world.give_api_password(GENERAL).await;
        administrators::set_api_password(&world.operator, who(GENERAL), limit("All")).await.unwrap();
        let general = world.by_api_password(GENERAL, API_PASSWORD).await.unwrap();
        refused(users::show_user(&general, acme.id(), user_ref("ada")).await, "not_found");
        refused(policies::delete_policy(&world.admin, policy("All")).await, "conflict");
    })
    .await;
}

// A9
#[tokio::test]
async fn a_spreadsheet_does_nothing_that_the_single_operations_refuse() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.create(new_user("ada")).await.unwrap();
        given(world, simple("Import", &[permission("user", &["read", "import_users"], &["*"], &[])])).await;
        let (lines, mut heard) = tokio::sync::mpsc::channel(16);
        let file = b"username,display_name,email\nada,Changed,\nzoe,Zoe,\n".to_vec();
        let importing = users::import_users(&world.general, acme.id(), file, users::ImportOptions::default(), lines);
        let listening = async {
            let mut refusals = 0;
            while let Some(line) = heard.recv().await {
                if let users::ImportLine::Done(plan) = line {
                    refusals = plan.refused;
                    assert_eq!((plan.create, plan.update), (0, 0));
                }
            }
            refusals
        };
        let (imported, refusals) = tokio::join!(importing, listening);
        imported.unwrap();
        assert_eq!(refusals, 2);
        // Whoever may create but not enable, creates without an address.
        given(world, simple("Create", &[permission("user", &["create_user"], &["*"], &[])])).await;
        users::create_user(&world.general, acme.id(), new_user("eve")).await.unwrap();
        let mut with_address = new_user("joe");
        with_address.email = Some(email(&acme.at("joe")));
        refused(users::create_user(&world.general, acme.id(), with_address).await, "denied");
    })
    .await;
}

// A6, A9
#[tokio::test]
async fn nobody_changes_their_own_policies_and_admins_have_none() {
    on_each_engine(async |world| {
        let second = world.add("second@first.example", AdministratorRole::Admin).await;
        let own = policies::attach_policy(&second, policy("auditor"), who("me"), Vec::new()).await;
        refused(own, "self_forbidden");
        refused(policies::attach_policy(&world.general, policy("auditor"), who("me"), Vec::new()).await, "denied");
        let with = AdministratorEdit { policies: Some(vec![attachment("auditor")]), ..AdministratorEdit::default() };
        refused(administrators::edit_administrator(&world.general, who("me"), with).await, "denied");
        let bound = NewAttachment { policy: policy("auditor"), organizations: vec![org_ref("nowhere")] };
        let edit = AdministratorEdit { policies: Some(vec![bound]), ..AdministratorEdit::default() };
        refused(administrators::edit_administrator(&world.admin, who(GENERAL), edit).await, "not_found");
        assert!(world.person(GENERAL).await.policies.is_empty());
    })
    .await;
}

// A9
#[tokio::test]
async fn the_event_of_a_change_names_the_credential_and_the_policy() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.create(new_user("ada")).await.unwrap();
        policies::attach_policy(&world.admin, policy("help-desk"), who(GENERAL), Vec::new()).await.unwrap();
        reset(&world.general, &acme.made.id, "ada").await.unwrap();
        let events = world.events().await;
        let event = events.iter().find(|event| event.operation == "reset_password").unwrap();
        assert_eq!(event.policy, Some(("help-desk".to_owned(), "Help desk".to_owned())));
        assert_eq!(event.credential.as_ref().map(|(kind, id)| (kind.as_str(), id.is_some())), Some(("session", true)));
        let attached = events.iter().find(|event| event.operation == "attach_policy").unwrap();
        assert_eq!(attached.policy, None, "a role was enough");
    })
    .await;
}

// A9
#[tokio::test]
async fn the_policies_of_one_administrator_are_bounded_together() {
    on_each_engine(async |world| {
        let statement = "permit (principal, action == Action::\"show_user\", resource == User::\"x\");\n";
        let long = statement.repeat(90);
        let mut refused_at = None;
        for number in 0..20 {
            let name = format!("Long {number}");
            policies::create_policy(&world.admin, cedar(&name, &long)).await.unwrap();
            match policies::attach_policy(&world.admin, policy(&name), who(GENERAL), Vec::new()).await {
                Ok(_) => {}
                Err(error) => {
                    assert_eq!(error.code(), "limit_reached");
                    refused_at = Some(number);
                    break;
                }
            }
        }
        let had = refused_at.unwrap();
        assert_eq!(world.person(GENERAL).await.policies.len(), had);
        // Nor by making longer what they have.
        let edit = PolicyEdit {
            rights: Some(Rights::Cedar(format!("{long}{}", statement.repeat(10)))),
            ..PolicyEdit::default()
        };
        let mut refusals = 0;
        for number in 0..had {
            let edited = policies::edit_policy(&world.admin, policy(&format!("Long {number}")), edit.clone()).await;
            refusals += usize::from(edited.is_err_and(|error| error.code() == "limit_reached"));
        }
        assert!(refusals > 0, "the last of them was one too many");
    })
    .await;
}
