//! Rooms and equipment: made, edited, enabled, disabled, deleted, found and listed, and what is refused.

use std::time::Duration;

use reeve_base::limits::{ALIASES_PER_ENTITY_MAX, MAILBOX_RETENTION};
use reeve_domain::Error;
use reeve_domain::entities::{Alias, EntityState};
use reeve_domain::operations::{self, Resource as Kind};
use reeve_domain::page::PageRequest;
use reeve_domain::resources::{
    self, BookingEdit, BookingOptions, NewResource, ResourceEdit, ResourceFilter, ResourceKind, list_resources,
};
use reeve_store::tables::mailboxes;

use crate::audit::told;
use crate::calls::{Target, call, scene};
use crate::calls_resources::{described, new_room, resource_name, resource_ref};
use crate::harness::{email, first, invalid, new_user, on_each_engine, refused};
use crate::org::{Org, at_once, dump};
use crate::visible::give;

fn renamed(name: &str) -> ResourceEdit {
    ResourceEdit { name: Some(resource_name(name)), ..ResourceEdit::default() }
}

async fn aliases(org: &Org<'_>, resource: &str) -> Vec<String> {
    let aliases = resources::list_resource_aliases(&org.ctx, org.id(), resource_ref(resource)).await.unwrap();
    aliases.into_iter().map(|alias| alias.address).collect()
}

async fn add_alias(org: &Org<'_>, resource: &str, address: &str) -> Result<Alias, Error> {
    resources::add_resource_alias(&org.ctx, org.id(), resource_ref(resource), email(address)).await
}

async fn enable(org: &Org<'_>, resource: &str, address: &str) -> Result<resources::Resource, Error> {
    resources::enable_resource(&org.ctx, org.id(), resource_ref(resource), email(address)).await
}

#[tokio::test]
async fn a_new_resource_answers_by_itself_and_is_disabled_until_it_has_an_address() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let blue = acme.disabled_room("Blue").await;
        assert_eq!((blue.name.as_str(), blue.kind, blue.description), ("Blue", ResourceKind::Room, None));
        let as_workmail_has_it =
            BookingOptions { auto_accept: true, auto_decline_recurring: false, auto_decline_conflicting: true };
        assert_eq!(blue.booking, as_workmail_has_it);
        assert_eq!((blue.state, blue.email, blue.enabled_at, blue.version), (EntityState::Disabled, None, None, 1));
        assert_eq!(
            told(&acme, "create_resource").await,
            ["name: - > Blue", "kind: - > room", "auto_accept: - > true", "auto_decline_conflicting: - > true"]
        );
        let new = NewResource {
            kind: ResourceKind::Equipment,
            description: Some(described("4K, with stand")),
            booking: Some(BookingOptions { auto_decline_recurring: true, ..as_workmail_has_it }),
            hidden: true,
            email: Some(email("projector@acme.mail.test")),
            ..new_room("projector")
        };
        let projector = acme.create_resource(new).await.unwrap().resource;
        assert_eq!(projector.kind, ResourceKind::Equipment);
        assert_eq!(projector.description.as_deref(), Some("4K, with stand"));
        assert!(projector.booking.auto_decline_recurring && projector.hidden);
        assert_eq!((projector.state, projector.enabled_at), (EntityState::Enabled, Some(world.now())));
        assert_eq!(projector.email.as_deref(), Some("projector@acme.mail.test"));
        for sought in ["projector", "PROJECTOR", "projector@acme.mail.test", projector.id.as_str()] {
            assert_eq!(acme.find_resource(sought).await.unwrap(), projector, "{sought}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_resource_that_would_answer_nobody_is_not_made() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let before = dump(&acme).await;
        let booking = Some(BookingOptions { auto_accept: false, ..BookingOptions::default() });
        refused(acme.create_resource(NewResource { booking, ..new_room("blue") }).await, "conflict");
        assert_eq!(dump(&acme).await, before);
    })
    .await;
}

#[tokio::test]
async fn users_groups_and_resources_share_one_space_of_names() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.disabled_user("ada").await;
        acme.group("staff").await;
        acme.disabled_room("blue").await;
        acme.disabled_room("red").await;
        for taken in ["Ada", "STAFF", "Blue"] {
            let error = refused(acme.create_resource(new_room(taken)).await, "name_taken");
            assert_eq!(error.field(), Some("name"));
            refused(acme.edit_resource("red", renamed(taken)).await, "name_taken");
        }
        refused(acme.create(new_user("Blue")).await, "name_taken");
        for reserved in ["administrator", "AWSAdmin-1", "system"] {
            refused(acme.create_resource(new_room(reserved)).await, "reserved");
            refused(acme.edit_resource("blue", renamed(reserved)).await, "reserved");
        }
        assert_eq!(acme.resource_names(ResourceFilter::default()).await, ["blue", "red"]);
    })
    .await;
}

#[tokio::test]
async fn a_retry_with_the_same_token_finds_what_the_first_try_made() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let again = acme.by(&world.with_token("t-1", "blue").await);
        let first = again.create_resource(new_room("blue")).await.unwrap();
        let second = again.create_resource(new_room("blue")).await.unwrap();
        assert_eq!((first.replayed, second.replayed, &first.resource), (false, true, &second.resource));
        let other = acme.by(&world.with_token("t-1", "another").await);
        refused(other.create_resource(new_room("red")).await, "conflict");
        assert_eq!(acme.resource_names(ResourceFilter::default()).await, ["blue"]);
    })
    .await;
}

#[tokio::test]
async fn an_edit_changes_what_it_names_and_tells_before_and_after() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let blue = acme.room("blue").await;
        let edit = ResourceEdit {
            name: Some(resource_name("azure")),
            kind: Some(ResourceKind::Equipment),
            description: Some(described("Moved out")),
            booking: BookingEdit { auto_decline_recurring: Some(true), ..BookingEdit::default() },
            hidden: Some(true),
        };
        let azure = acme.edit_resource("blue", edit.clone()).await.unwrap();
        assert_eq!((azure.id, azure.name.as_str(), azure.version), (blue.id, "azure", blue.version + 1));
        assert_eq!(azure.booking, BookingOptions { auto_decline_recurring: true, ..blue.booking });
        assert_eq!((azure.kind, azure.hidden, azure.email), (ResourceKind::Equipment, true, blue.email));
        assert_eq!(
            told(&acme, "edit_resource").await,
            [
                "name: blue > azure",
                "kind: room > equipment",
                "description: - > Moved out",
                "auto_decline_recurring: false > true",
                "hidden_from_global_address_list: false > true"
            ]
        );
        let before = dump(&acme).await;
        acme.edit_resource("azure", edit).await.unwrap();
        acme.edit_resource("azure", ResourceEdit::default()).await.unwrap();
        assert_eq!(dump(&acme).await, before, "the same again changes nothing");
        world.clock.advance(Duration::from_secs(1));
        let cleared = ResourceEdit { description: Some(described("")), ..ResourceEdit::default() };
        assert_eq!(acme.edit_resource("azure", cleared).await.unwrap().description, None);
        assert_eq!(told(&acme, "edit_resource").await, ["description: Moved out > -"]);
    })
    .await;
}

#[tokio::test]
async fn the_old_name_of_a_resource_is_free_at_once_and_its_new_one_taken() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.room("blue").await;
        acme.edit_resource("blue", renamed("BLUE")).await.unwrap();
        refused(acme.create_resource(new_room("blue")).await, "name_taken");
        acme.edit_resource("blue", renamed("azure")).await.unwrap();
        refused(acme.find_resource("blue").await, "not_found");
        acme.disabled_user("blue").await;
        refused(acme.edit_resource("azure", renamed("Blue")).await, "name_taken");
        refused(acme.create(new_user("AZURE")).await, "name_taken");
        assert_eq!(acme.find_resource("azure").await.unwrap().email.as_deref(), Some("blue@acme.mail.test"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_resources_that_are_given_one_name_at_once_one_gets_it() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        for n in 0..8 {
            acme.disabled_room(&format!("room-{n}")).await;
        }
        let calls = (0..8).map(|n| {
            let (ctx, org) = (acme.ctx.clone(), acme.id());
            async move {
                resources::edit_resource(&ctx, org, resource_ref(&format!("room-{n}")), renamed("Blue")).await.is_ok()
            }
        });
        assert_eq!(at_once(calls).await.into_iter().filter(|won| *won).count(), 1);
        assert_eq!(acme.resource_names(ResourceFilter::default()).await.len(), 8);
    })
    .await;
}

#[tokio::test]
async fn an_edit_of_what_was_changed_meanwhile_is_refused() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let blue = acme.room("blue").await;
        let stale = acme.by(&world.expecting(blue.version - 1).await);
        refused(stale.edit_resource("blue", renamed("azure")).await, "version_mismatch");
        refused(stale.disable_resource("blue").await, "version_mismatch");
        refused(stale.delegate("blue", "guest").await, "version_mismatch");
        acme.by(&world.expecting(blue.version).await).edit_resource("blue", renamed("azure")).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_disabled_resource_keeps_its_calendar_and_its_addresses_for_a_while() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let blue = acme.room("blue").await;
        add_alias(&acme, "blue", "azure@acme.mail.test").await.unwrap();
        let calendar = async || {
            let (directory, id) = (acme.directory_id(), blue.id.to_string());
            world.store().read(move |tx| mailboxes::get(tx, &directory, &id)).await.unwrap()
        };
        let kept = calendar().await.expect("an enabled resource has a calendar");
        let disabled = acme.disable_resource("blue").await.unwrap();
        assert_eq!(
            (disabled.state, disabled.email, disabled.disabled_at),
            (EntityState::Disabled, None, Some(world.now()))
        );
        let until = world.now().plus(MAILBOX_RETENTION).millis();
        assert_eq!(calendar().await.unwrap().purge_at, Some(until));
        assert!(aliases(&acme, "blue").await.is_empty());
        refused(add_alias(&acme, "blue", "sky@acme.mail.test").await, "wrong_state");
        acme.disabled_user("ada").await;
        for held in ["blue@acme.mail.test", "azure@acme.mail.test"] {
            refused(acme.enable("ada", held).await, "address_taken");
        }
        let before = dump(&acme).await;
        acme.disable_resource("blue").await.unwrap();
        assert_eq!(dump(&acme).await, before, "disabling twice changes nothing");
        enable(&acme, "blue", "blue@acme.mail.test").await.unwrap();
        assert_eq!(calendar().await.as_ref(), Some(&kept));
        assert_eq!(aliases(&acme, "blue").await, ["azure@acme.mail.test"]);
        enable(&acme, "blue", "BLUE@acme.mail.test").await.unwrap();
        refused(enable(&acme, "blue", "sky@acme.mail.test").await, "wrong_state");
    })
    .await;
}

#[tokio::test]
async fn addresses_of_resources_obey_the_rules_for_users() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        acme.room("blue").await;
        refused(add_alias(&acme, "blue", "ada@acme.mail.test").await, "address_taken");
        refused(acme.add_alias("ada", "blue@acme.mail.test").await, "address_taken");
        refused(add_alias(&acme, "blue", "blue@elsewhere.example").await, "domain_not_found");
        invalid(add_alias(&acme, "blue", "Blue@acme.mail.test").await, "address");
        let default = |address: &str| {
            resources::set_resource_default_address(&acme.ctx, acme.id(), resource_ref("blue"), email(address))
        };
        let blue = default("main@acme.mail.test").await.unwrap();
        assert_eq!(blue.email.as_deref(), Some("main@acme.mail.test"));
        assert_eq!(aliases(&acme, "blue").await, ["blue@acme.mail.test"]);
        default("blue@acme.mail.test").await.unwrap();
        assert_eq!(aliases(&acme, "blue").await, ["main@acme.mail.test"]);
        for n in 1..ALIASES_PER_ENTITY_MAX {
            add_alias(&acme, "blue", &acme.at(&format!("blue-{n}"))).await.unwrap();
        }
        refused(add_alias(&acme, "blue", "more@acme.mail.test").await, "limit_reached");
        let remove = |address: &str| {
            resources::remove_resource_alias(&acme.ctx, acme.id(), resource_ref("blue"), email(address))
        };
        invalid(remove("blue@acme.mail.test").await, "address");
        remove("ada@acme.mail.test").await.unwrap();
        remove("main@acme.mail.test").await.unwrap();
        acme.add_alias("ada", "main@acme.mail.test").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_resource_is_deleted_when_it_is_disabled_and_its_name_is_free() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let blue = acme.room("blue").await;
        refused(acme.delete_resource("blue").await, "wrong_state");
        acme.disable_resource("blue").await.unwrap();
        refused(acme.delete_resource("blue@acme.mail.test").await, "not_found");
        acme.delete_resource("blue").await.unwrap();
        refused(acme.find_resource(blue.id.as_str()).await, "not_found");
        refused(acme.delete_resource("blue").await, "not_found");
        assert_eq!(told(&acme, "delete_resource").await, ["name: blue > -", "kind: room > -"]);
        let again = acme.disabled_room("blue").await;
        assert_ne!(again.id, blue.id);
        refused(enable(&acme, "blue", "blue@acme.mail.test").await, "address_taken");
    })
    .await;
}

#[tokio::test]
async fn a_deletion_of_the_organization_takes_resources_along_or_switches_them_off() {
    on_each_engine(async |world| {
        let (acme, globex) = (world.active_org("acme").await, world.active_org("globex").await);
        for org in [&acme, &globex] {
            org.user("ada").await;
            org.delegated_room("blue", &["ada"]).await;
            org.disable("ada").await.unwrap();
        }
        let rows = async |org: &Org<'_>| {
            let filter = reeve_store::tables::resources::Filter {
                directory_id: org.directory_id(),
                within: reeve_store::tables::Within::all(),
                ..Default::default()
            };
            let read = move |tx: &mut reeve_store::Tx<'_>| reeve_store::tables::resources::page(tx, &filter, "", 10);
            world.store().read(read).await.unwrap()
        };
        // Nobody bills for resources: they hold up no deletion.
        acme.delete(true, false).await.unwrap();
        globex.delete(false, false).await.unwrap();
        world.settle().await;
        assert!(rows(&acme).await.is_empty());
        let kept = rows(&globex).await;
        assert_eq!((kept.len(), kept[0].state.as_str(), kept[0].email.as_ref()), (1, "disabled", None));
    })
    .await;
}

#[tokio::test]
async fn lists_are_narrowed_by_state_kind_name_and_address() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.room("Blue").await;
        acme.disabled_room("blueprint").await;
        let beamer = NewResource { kind: ResourceKind::Equipment, ..new_room("beamer") };
        acme.create_resource(beamer).await.unwrap();
        enable(&acme, "beamer", "Light@acme.mail.test").await.unwrap();
        add_alias(&acme, "beamer", "lamp@acme.mail.test").await.unwrap();
        let check = async |filter: ResourceFilter, expected: &[&str]| {
            assert_eq!(acme.resource_names(filter.clone()).await, expected, "{filter:?}");
        };
        let some = |text: &str| Some(text.to_owned());
        check(ResourceFilter::default(), &["beamer", "Blue", "blueprint"]).await;
        let enabled = ResourceFilter { state: Some(EntityState::Enabled), ..ResourceFilter::default() };
        check(enabled.clone(), &["beamer", "Blue"]).await;
        check(ResourceFilter { kind: Some(ResourceKind::Room), ..enabled }, &["Blue"]).await;
        for (prefix, expected) in
            [("BLU", &["Blue", "blueprint"][..]), ("blüe", &["Blue", "blueprint"]), ("lig", &[]), ("\u{10FFFF}", &[])]
        {
            check(ResourceFilter { name_prefix: some(prefix), ..ResourceFilter::default() }, expected).await;
        }
        for (prefix, expected) in [("light@", &["beamer"][..]), ("LIGHT", &["beamer"]), ("lamp", &[]), ("beamer", &[])]
        {
            check(ResourceFilter { email_prefix: some(prefix), ..ResourceFilter::default() }, expected).await;
        }
        for (prefix, expected) in [("b", &["beamer", "Blue", "blueprint"][..]), ("lig", &["beamer"]), ("%", &[])] {
            check(ResourceFilter { search: some(prefix), ..ResourceFilter::default() }, expected).await;
        }
        let wrong = ResourceFilter { name_prefix: some("a\0"), ..ResourceFilter::default() };
        invalid(list_resources(&acme.ctx, acme.id(), wrong, first(1)).await, "name_prefix");
    })
    .await;
}

#[tokio::test]
async fn pages_miss_and_repeat_nothing_and_a_cursor_serves_only_its_own_list() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let names: Vec<_> = (0..7).map(|n| format!("room-{n}")).collect();
        for name in &names {
            acme.disabled_room(name).await;
        }
        let mut page = first(3);
        let mut seen = Vec::new();
        loop {
            let got = list_resources(&acme.ctx, acme.id(), ResourceFilter::default(), page.clone()).await.unwrap();
            assert_eq!(got.total, Some(7));
            seen.extend(got.items.into_iter().map(|resource| resource.name));
            let Some(cursor) = got.next_cursor else { break };
            page.cursor = Some(cursor);
            let rooms = ResourceFilter { kind: Some(ResourceKind::Room), ..ResourceFilter::default() };
            invalid(list_resources(&acme.ctx, acme.id(), rooms, page.clone()).await, "cursor");
        }
        assert_eq!(seen, names);
        let uncounted = PageRequest::uncounted(Some(3), None);
        let got = list_resources(&acme.ctx, acme.id(), ResourceFilter::default(), uncounted).await.unwrap();
        assert_eq!((got.items.len(), got.total), (3, None));
    })
    .await;
}

#[tokio::test]
async fn a_policy_reaches_the_resources_that_it_names_and_no_others() {
    on_each_engine(async |world| {
        let (acme, globex) = (world.active_org("acme").await, world.active_org("globex").await);
        let (blue, red) = (acme.room("blue").await, acme.room("red").await);
        globex.room("green").await;
        give(
            world,
            &format!(
                "permit (principal, action in [Action::\"resource:read\"], resource == Resource::\"{}\");
                 permit (principal, action in [Action::\"resource:update\"], resource)
                 when {{ resource.kind == \"room\" && resource.name == \"blue\" && resource.enabled }};",
                blue.id
            ),
        )
        .await;
        let general = acme.by(&world.general);
        assert_eq!(general.resource_names(ResourceFilter::default()).await, ["blue"]);
        assert_eq!(general.find_resource("blue").await.unwrap(), blue);
        let edit = || ResourceEdit { description: Some(described("By the window")), ..ResourceEdit::default() };
        general.edit_resource("blue", edit()).await.unwrap();
        refused(general.delete_resource("blue").await, "denied");
        for unseen in ["red", red.id.as_str()] {
            refused(general.find_resource(unseen).await, "not_found");
            refused(general.edit_resource(unseen, edit()).await, "not_found");
        }
        general.disable_resource("blue").await.unwrap();
        refused(general.edit_resource("blue", edit()).await, "denied");
        let theirs = globex.by(&world.general);
        refused(list_resources(&theirs.ctx, theirs.id(), ResourceFilter::default(), first(1)).await, "not_found");
    })
    .await;
}

#[tokio::test]
async fn enabling_what_one_creates_needs_the_right_to_enable() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        give(world, "permit (principal, action in [Action::\"*:read\", Action::\"create_resource\"], resource);").await;
        let general = acme.by(&world.general);
        let new = |name: &str| NewResource { email: Some(email(&acme.at(name))), ..new_room(name) };
        let before = dump(&acme).await;
        refused(general.create_resource(new("blue")).await, "denied");
        assert_eq!(dump(&acme).await, before);
        general.create_resource(new_room("blue")).await.unwrap();
    })
    .await;
}

/// Calls every operation on one resource, and checks that each is refused so and that nothing is written.
async fn all_refused(org: &Org<'_>, target: &Target, code: &str, what: &str) {
    let before = dump(org).await;
    let on_one = |name: &str| !["create_resource", "list_resources"].contains(&name);
    let all = operations::ALL.iter().filter(|one| one.resource == Kind::Resource && on_one(one.name));
    let mut called = 0;
    for operation in all {
        let error = call(operation, &org.ctx, target).await.expect("it is called").expect_err(operation.name);
        assert_eq!(error.code(), code, "{} of {what:?}: {error:?}", operation.name);
        called += 1;
    }
    assert!(called > 10, "too few are called");
    assert_eq!(dump(org).await, before, "{what:?}");
}

#[tokio::test]
async fn a_resource_that_is_not_there_or_not_of_this_organization_is_not_found_by_any_operation() {
    on_each_engine(async |world| {
        let (acme, target) = scene(world, "acme").await;
        let theirs = world.foreign_org("globex").await.room("green").await;
        let sibling = world.active_org("initech").await.room("red").await;
        let ada = acme.user("ada").await;
        let group = acme.group("staff").await;
        let long = "a".repeat(10_000);
        for sought in [
            theirs.id.as_str(),
            "green@globex.mail.test",
            sibling.id.as_str(),
            "red@initech.mail.test",
            // There, and no resources.
            ada.id.as_str(),
            "ada",
            "ada@acme.mail.test",
            group.id.as_str(),
            "staff",
            "r-00000000000000000000000000000000",
            "",
            "nothing",
            "room\0",
            "rоom",
            "' OR 1=1 --",
            &long,
        ] {
            let (room, closet) = (resource_ref(sought), resource_ref(sought));
            all_refused(&acme, &Target { room, closet, ..target.clone() }, "not_found", sought).await;
        }
    })
    .await;
}
