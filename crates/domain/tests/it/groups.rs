//! Groups: made, enabled, disabled, deleted, their names and addresses, and lists of them.

use std::time::Duration;

use reeve_base::limits::{ADDRESS_HOLD, ALIASES_PER_ENTITY_MAX};
use reeve_base::names::GroupName;
use reeve_domain::entities::EntityState;
use reeve_domain::groups::{self, GroupFilter, NewGroup};
use reeve_domain::mailboxes::Permission;
use reeve_domain::page::PageRequest;
use reeve_store::tables::{mailboxes, names};

use crate::audit::told;
use crate::calls_groups::{hidden, new_group};
use crate::calls_resources::{auto_accept, new_room};
use crate::harness::{email, first, invalid, new_user, on_each_engine, refused};
use crate::org::dump;
use crate::visible::give;

#[tokio::test]
async fn a_group_is_made_disabled_and_enabled_with_an_address() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let made = acme.disabled_group("Sales Café").await;
        assert_eq!(
            (made.name.as_str(), made.state, made.hidden, made.version),
            ("Sales Café", EntityState::Disabled, false, 1)
        );
        assert_eq!((&made.email, made.enabled_at, made.disabled_at, made.created_at), (&None, None, None, world.now()));
        assert_eq!(
            told(&acme, "create_group").await,
            ["name: - > Sales Café", "hidden_from_global_address_list: - > false"]
        );
        world.clock.advance(Duration::from_secs(1));
        let enabled = acme.enable_group("sales cafe", &acme.at("Sales")).await.unwrap();
        assert_eq!((enabled.state, enabled.email.as_deref()), (EntityState::Enabled, Some("Sales@acme.mail.test")));
        assert_eq!((enabled.enabled_at, enabled.version, enabled.id.clone()), (Some(world.now()), 2, made.id));
        assert_eq!(told(&acme, "enable_group").await, ["state: disabled > enabled", "email: - > Sales@acme.mail.test"]);
        assert_eq!(acme.find_group(enabled.id.as_str()).await.unwrap(), enabled);
        let before = dump(&acme).await;
        assert_eq!(acme.enable_group("Sales Café", &acme.at("sales")).await.unwrap(), enabled, "once more");
        refused(acme.enable_group("Sales Café", &acme.at("other")).await, "wrong_state");
        assert_eq!(dump(&acme).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_group_with_an_address_is_made_as_a_whole_or_not_at_all() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("boss").await;
        let before = dump(&acme).await;
        for (address, code) in [
            ("Boss@acme.mail.test", "address_taken"),
            ("all@unknown.example", "domain_not_found"),
            ("mailer-daemon@acme.mail.test", "reserved"),
        ] {
            refused(acme.create_group(NewGroup { email: Some(email(address)), ..new_group("all") }).await, code);
        }
        assert_eq!(dump(&acme).await, before);
        let made = acme.group("all").await;
        assert_eq!((made.state, made.version), (EntityState::Enabled, 1));
        assert_eq!(world.events().await.iter().filter(|event| event.operation == "create_group").count(), 1);
    })
    .await;
}

#[tokio::test]
async fn users_groups_and_resources_share_one_name_space() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.disabled_user("ada").await;
        acme.disabled_room("blue").await;
        acme.disabled_group("Große Runde").await;
        for taken in ["Ada", "ÀDÁ", "BLUE", "grosse runde", "GROßE RUNDE"] {
            let error = acme.create_group(new_group(taken)).await;
            if taken == "grosse runde" {
                // A sharp s folds to itself: no German name stands for another one.
                error.unwrap();
                continue;
            }
            assert_eq!(refused(error, "name_taken").field(), Some("name"), "{taken}");
        }
        refused(acme.create(new_user("BLUE")).await, "name_taken");
        refused(acme.create_resource(new_room("Ada")).await, "name_taken");
        acme.disabled_group("team").await;
        refused(acme.create(new_user("Team")).await, "name_taken");
        refused(acme.create_resource(new_room("TEAM")).await, "name_taken");
        // Another organization has names of its own.
        world.active_org("globex").await.disabled_group("ada").await;
    })
    .await;
}

#[tokio::test]
async fn names_that_the_system_keeps_are_refused_and_odd_ones_are_not() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        for name in ["Administrator", "guest", "krbtgt", "AWSAdmin Team", "amazonjournaling", "mailer-daemon"] {
            refused(acme.create_group(new_group(name)).await, "reserved");
        }
        for name in ["postmaster", "a", "1", "all@acme.mail.test", "S-1-5-21-1-2-3", "%_'\";--", &"é".repeat(256)] {
            let made = acme.disabled_group(name).await;
            assert_eq!(acme.find_group(name).await.unwrap(), made, "{name}");
        }
        for name in
            ["", " ", " all", "all ", "王", "a\u{A0}b\nc", "a\u{85}b", "a\0b", &"a".repeat(257), &"½".repeat(256)]
        {
            assert!(GroupName::parse("name", name).is_err(), "{name:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_group_is_found_by_id_address_alias_and_name_and_never_as_anything_else() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let (team, ada, blue) = (acme.group("team").await, acme.user("ada").await, acme.room("blue").await);
        acme.add_group_alias("team", &acme.at("crew")).await.unwrap();
        for sought in [team.id.as_str(), "TEAM", "Team@acme.mail.test", "crew@ACME.mail.test"] {
            assert_eq!(acme.find_group(sought).await.unwrap().id, team.id, "{sought}");
            assert_eq!(
                refused(acme.find(sought).await, "not_found").to_string(),
                format!("there is no user \"{sought}\"")
            );
            refused(acme.find_resource(sought).await, "not_found");
        }
        for sought in [ada.id.as_str(), "ada", "ada@acme.mail.test", blue.id.as_str(), "blue", "blue@acme.mail.test"] {
            let told = refused(acme.find_group(sought).await, "not_found").to_string();
            assert_eq!(told, format!("there is no group \"{sought}\""));
            refused(acme.add_group_alias(sought, &acme.at("more")).await, "not_found");
            refused(acme.disable_group(sought).await, "not_found");
            refused(acme.delete_group(sought).await, "not_found");
        }
    })
    .await;
}

#[tokio::test]
async fn a_disabled_group_keeps_its_addresses_and_members_and_has_never_had_a_mailbox() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let team = acme.group("team").await;
        acme.add_group_alias("team", &acme.at("crew")).await.unwrap();
        acme.user("ada").await;
        acme.add_member("team", "ada").await.unwrap();
        let disabled = acme.disable_group("team").await.unwrap();
        assert_eq!(
            (disabled.state, &disabled.email, disabled.disabled_at),
            (EntityState::Disabled, &None, Some(world.now()))
        );
        assert_eq!(told(&acme, "disable_group").await, ["state: enabled > disabled", "email: team@acme.mail.test > -"]);
        let before = dump(&acme).await;
        assert_eq!(acme.disable_group("team").await.unwrap(), disabled);
        for held in ["team", "crew"] {
            refused(acme.add_alias("ada", &acme.at(held)).await, "address_taken");
            refused(acme.find_entity(&acme.at(held)).await, "not_found");
        }
        assert_eq!(dump(&acme).await, before);
        assert_eq!(acme.members("team").await, ["ada"]);
        acme.enable_group("team", &acme.at("crew")).await.unwrap();
        assert_eq!(acme.group_aliases("team").await, ["team@acme.mail.test"], "what was held comes back");
        let (directory, id) = (acme.directory_id(), team.id.to_string());
        let mailbox = world.store().read(move |tx| mailboxes::get(tx, &directory, &id));
        assert!(mailbox.await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_deleted_group_leaves_no_trace_but_its_held_addresses() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        for name in ["team", "inner", "outer"] {
            acme.group(name).await;
        }
        acme.user("ada").await;
        acme.room("blue").await;
        acme.add_member("team", "ada").await.unwrap();
        acme.add_member("team", "inner").await.unwrap();
        acme.add_member("outer", "team").await.unwrap();
        acme.delegate("blue", "team").await.unwrap();
        acme.grant("ada", "team", &[Permission::SendAs]).await.unwrap();
        acme.grant("team", "ada", &[Permission::SendOnBehalf]).await.unwrap();
        refused(acme.delete_group("team").await, "wrong_state");
        let version = acme.disable_group("team").await.unwrap().version;
        let stale = acme.by(&world.expecting(version - 1).await);
        refused(stale.delete_group("team").await, "version_mismatch");
        acme.by(&world.expecting(version).await).delete_group("team").await.unwrap();
        assert_eq!(told(&acme, "delete_group").await, ["name: team > -"]);
        refused(acme.find_group("team").await, "not_found");
        assert_eq!(acme.members("outer").await, [""; 0]);
        assert_eq!((acme.groups_of("ada").await, acme.groups_of("inner").await), (vec![], vec![]));
        assert_eq!(acme.delegates("blue").await, [""; 0]);
        assert_eq!(acme.grants("ada").await, [""; 0]);
        // A group of the same name is another one, and the address waits for nobody but time.
        let again = acme.disabled_group("team").await;
        assert_eq!((acme.members("team").await, acme.grants("team").await), (vec![], vec![]));
        refused(acme.enable_group("team", &acme.at("team")).await, "address_taken");
        world.clock.advance(ADDRESS_HOLD);
        assert_eq!(acme.enable_group("team", &acme.at("team")).await.unwrap().id, again.id);
        refused(acme.delete_group("nobody").await, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_group_that_alone_answers_for_a_resource_is_not_deleted() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.disabled_group("desk").await;
        acme.room("blue").await;
        acme.delegate("blue", "desk").await.unwrap();
        acme.edit_resource("blue", auto_accept(false)).await.unwrap();
        let before = dump(&acme).await;
        let told = refused(acme.delete_group("desk").await, "wrong_state").to_string();
        assert!(told.contains("blue"), "{told}");
        assert_eq!(dump(&acme).await, before);
        acme.edit_resource("blue", auto_accept(true)).await.unwrap();
        acme.delete_group("desk").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn aliases_and_the_default_address_of_a_group_follow_the_rules_of_users() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.verified_domain("acme.example").await;
        acme.disabled_group("club").await;
        refused(acme.add_group_alias("club", &acme.at("crew")).await, "wrong_state");
        refused(acme.set_group_default("club", &acme.at("crew")).await, "wrong_state");
        acme.group("team").await;
        acme.add_group_alias("team", &acme.at("crew")).await.unwrap();
        assert_eq!(told(&acme, "add_group_alias").await, ["alias: - > crew@acme.mail.test"]);
        let before = dump(&acme).await;
        acme.add_group_alias("team", &acme.at("Crew")).await.unwrap();
        acme.remove_group_alias("team", &acme.at("nobody")).await.unwrap();
        acme.remove_group_alias("team", "team@unknown.example").await.unwrap();
        invalid(acme.add_group_alias("team", &acme.at("TEAM")).await, "address");
        invalid(acme.remove_group_alias("team", &acme.at("team")).await, "address");
        assert_eq!(dump(&acme).await, before);
        let swapped = acme.set_group_default("team", &acme.at("crew")).await.unwrap();
        assert_eq!(swapped.email.as_deref(), Some("crew@acme.mail.test"));
        assert_eq!(acme.group_aliases("team").await, ["team@acme.mail.test"]);
        world.clock.advance(Duration::from_millis(1));
        acme.set_group_default("team", "all@acme.example").await.unwrap();
        assert_eq!(told(&acme, "set_group_default_address").await, ["email: crew@acme.mail.test > all@acme.example"]);
        assert_eq!(acme.group_aliases("team").await, ["crew@acme.mail.test", "team@acme.mail.test"]);
        acme.remove_group_alias("team", &acme.at("crew")).await.unwrap();
        assert_eq!(told(&acme, "remove_group_alias").await, ["alias: crew@acme.mail.test > -"]);
        acme.user("crew").await;
        refused(acme.add_group_alias("team", &acme.at("crew")).await, "address_taken");
    })
    .await;
}

#[tokio::test]
async fn a_group_has_no_more_aliases_than_a_user() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.group("team").await;
        for n in 0..ALIASES_PER_ENTITY_MAX {
            acme.add_group_alias("team", &acme.at(&format!("t{n}"))).await.unwrap();
        }
        let told = refused(acme.add_group_alias("team", &acme.at("more")).await, "limit_reached").to_string();
        assert_eq!(told, "there may be at most 100 aliases of a group");
        refused(acme.set_group_default("team", &acme.at("more")).await, "limit_reached");
        acme.set_group_default("team", &acme.at("t1")).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_edit_hides_a_group_and_one_that_changes_nothing_leaves_no_trace() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let team = acme.disabled_group("team").await;
        let hid = acme.edit_group("team", hidden(true)).await.unwrap();
        assert_eq!((hid.hidden, hid.version), (true, team.version + 1));
        assert_eq!(told(&acme, "edit_group").await, ["hidden_from_global_address_list: false > true"]);
        let before = dump(&acme).await;
        acme.edit_group("team", hidden(true)).await.unwrap();
        acme.edit_group("team", Default::default()).await.unwrap();
        assert_eq!(dump(&acme).await, before);
        let stale = acme.by(&world.expecting(team.version).await);
        refused(stale.edit_group("team", hidden(false)).await, "version_mismatch");
        refused(stale.enable_group("team", &acme.at("team")).await, "version_mismatch");
        refused(stale.disable_group("team").await, "version_mismatch");
        refused(stale.add_group_alias("team", &acme.at("crew")).await, "version_mismatch");
        refused(stale.remove_group_alias("team", &acme.at("crew")).await, "version_mismatch");
        refused(stale.set_group_default("team", &acme.at("crew")).await, "version_mismatch");
        refused(stale.add_member("team", "guest").await, "version_mismatch");
        refused(stale.remove_member("team", "guest").await, "version_mismatch");
        assert_eq!(dump(&acme).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_retry_with_the_same_token_finds_the_group_of_the_first_try() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let by = acme.by(&world.with_token("t-1", "team").await);
        let made = by.create_group(new_group("team")).await.unwrap();
        let again = by.create_group(new_group("team")).await.unwrap();
        assert_eq!((made.replayed, again.replayed, again.group), (false, true, made.group));
        let other = acme.by(&world.with_token("t-1", "club").await);
        refused(other.create_group(new_group("club")).await, "conflict");
        refused(acme.create_group(new_group("team")).await, "name_taken");
        acme.delete_group("team").await.unwrap();
        refused(by.create_group(new_group("team")).await, "not_found");
    })
    .await;
}

#[tokio::test]
async fn groups_are_found_by_state_and_by_how_name_word_and_address_begin() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        for (name, address) in [("Sales EMEA", "emea"), ("sales_apac", "apac"), ("Café Team", "liaison")] {
            acme.disabled_group(name).await;
            acme.enable_group(name, &acme.at(address)).await.unwrap();
        }
        acme.add_group_alias("Sales EMEA", &acme.at("secret")).await.unwrap();
        acme.disabled_group("Archive").await;
        acme.user("salesman").await;
        let named = |prefix: &str| GroupFilter { name_prefix: Some(prefix.to_owned()), ..GroupFilter::default() };
        let sought = |prefix: &str| GroupFilter { search: Some(prefix.to_owned()), ..GroupFilter::default() };
        let reached = |prefix: &str| GroupFilter { email_prefix: Some(prefix.to_owned()), ..GroupFilter::default() };
        let in_state = |state| GroupFilter { state: Some(state), ..GroupFilter::default() };
        let check = async |filter: GroupFilter, expected: &[&str]| {
            assert_eq!(acme.group_names(filter.clone()).await, expected, "{filter:?}");
        };
        check(GroupFilter::default(), &["Archive", "Café Team", "Sales EMEA", "sales_apac"]).await;
        check(in_state(EntityState::Disabled), &["Archive"]).await;
        check(in_state(EntityState::Enabled), &["Café Team", "Sales EMEA", "sales_apac"]).await;
        check(named("SALES"), &["Sales EMEA", "sales_apac"]).await;
        check(named("sales_"), &["sales_apac"]).await;
        check(named("sales%"), &[]).await;
        check(named("cafe\u{301} t"), &["Café Team"]).await;
        check(named("emea"), &[]).await;
        check(named("\u{10FFFF}"), &[]).await;
        check(sought("emea"), &["Sales EMEA"]).await;
        check(sought("team"), &["Café Team"]).await;
        check(sought("eam"), &[]).await;
        check(sought("LIAI"), &["Café Team"]).await;
        check(sought("secret"), &[]).await;
        check(sought("' OR 1=1 --"), &[]).await;
        check(reached("APAC@"), &["sales_apac"]).await;
        check(reached("secret"), &[]).await;
        check(reached("sales"), &[]).await;
        let all = GroupFilter { search: Some("s".to_owned()), name_prefix: Some("s".to_owned()), ..reached("e") };
        check(GroupFilter { state: Some(EntityState::Enabled), ..all.clone() }, &["Sales EMEA"]).await;
        check(GroupFilter { state: Some(EntityState::Disabled), ..all }, &[]).await;
        for (filter, field) in
            [(named("a\0"), "name_prefix"), (sought("a\n"), "search"), (reached(&"a".repeat(257)), "email_prefix")]
        {
            invalid(groups::list_groups(&acme.ctx, acme.id(), filter, first(10)).await, field);
        }
    })
    .await;
}

#[tokio::test]
async fn groups_come_in_pages_that_miss_and_repeat_nothing() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let names: Vec<_> = (0..7).map(|n| format!("g{n}")).collect();
        for name in &names {
            acme.disabled_group(name).await;
        }
        let list = async |page: PageRequest| {
            groups::list_groups(&acme.ctx, acme.id(), GroupFilter::default(), page).await.unwrap()
        };
        for (uncounted, total) in [(false, Some(7)), (true, None)] {
            let (mut seen, mut cursor) = (Vec::new(), None);
            loop {
                let page = if uncounted {
                    PageRequest::uncounted(Some(3), cursor)
                } else {
                    PageRequest { cursor, ..first(3) }
                };
                let got = list(page).await;
                assert_eq!(got.total, total);
                seen.extend(got.items.into_iter().map(|group| group.name));
                if seen.len() == 3 {
                    // What comes and goes behind the cursor disturbs nobody.
                    acme.disabled_group("a0").await;
                }
                if seen.len() == 6 {
                    acme.delete_group("a0").await.unwrap();
                }
                cursor = got.next_cursor;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(seen, names);
        }
        let page = list(first(3)).await;
        let next = PageRequest { cursor: page.next_cursor, ..first(3) };
        let other = GroupFilter { search: Some("g".to_owned()), ..GroupFilter::default() };
        invalid(groups::list_groups(&acme.ctx, acme.id(), other, next.clone()).await, "cursor");
        let globex = world.active_org("globex").await;
        let theirs = groups::list_groups(&globex.ctx, globex.id(), GroupFilter::default(), next);
        invalid(theirs.await, "cursor");
    })
    .await;
}

#[tokio::test]
async fn policies_say_which_groups_are_seen_and_what_is_done_to_them() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let (team, club) = (acme.group("team").await, acme.disabled_group("club").await);
        acme.disabled_group("secret").await;
        let cedar = format!(
            "permit (principal, action in [Action::\"show_group\", Action::\"edit_group\", Action::\"add_group_alias\"], \
             resource == Group::\"{}\"); \
             permit (principal, action == Action::\"show_group\", resource == Group::\"{}\"); \
             permit (principal, action == Action::\"delete_group\", resource) \
             when {{ resource has name && resource.name == \"club\" && !resource.enabled }};",
            team.id, club.id
        );
        give(world, &cedar).await;
        let theirs = acme.by(&world.general);
        assert_eq!(theirs.group_names(GroupFilter::default()).await, ["club", "team"]);
        theirs.edit_group("team", hidden(true)).await.unwrap();
        theirs.add_group_alias("team", &acme.at("crew")).await.unwrap();
        refused(theirs.disable_group("team").await, "denied");
        refused(theirs.edit_group("club", hidden(true)).await, "denied");
        refused(theirs.delete_group("team").await, "denied");
        for hidden_one in ["secret", "nobody"] {
            let told = refused(theirs.find_group(hidden_one).await, "not_found").to_string();
            assert!(told.contains("organization") || told.contains(hidden_one), "{told}");
        }
        assert_eq!(
            refused(theirs.find_group("secret").await, "not_found").to_string().replace("secret", "it"),
            refused(theirs.find_group("nobody").await, "not_found").to_string().replace("nobody", "it"),
            "what is hidden is told like what is absent"
        );
        refused(theirs.create_group(new_group("more")).await, "not_found");
        theirs.delete_group("club").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_policy_for_creating_groups_does_not_enable_them() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let id = &acme.made.id;
        give(
            world,
            &format!(
                "permit (principal, action in [Action::\"create_group\", Action::\"show_organization\"], \
                 resource in Organization::\"{id}\");"
            ),
        )
        .await;
        let theirs = acme.by(&world.general);
        let enabled = NewGroup { email: Some(email(&acme.at("team"))), ..new_group("team") };
        refused(theirs.create_group(enabled.clone()).await, "denied");
        theirs.create_group(new_group("team")).await.unwrap();
        let before = dump(&acme).await;
        refused(theirs.create_group(NewGroup { email: enabled.email, ..new_group("club") }).await, "denied");
        assert_eq!(dump(&acme).await, before);
    })
    .await;
}

#[tokio::test]
async fn the_name_of_a_group_belongs_to_the_group() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let team = acme.disabled_group("Team").await;
        let (directory, id) = (acme.directory_id(), team.id.to_string());
        let bearer = world.store().read(move |tx| names::get(tx, &directory, "team")).await.unwrap().unwrap();
        assert_eq!((bearer.kind.as_str(), bearer.entity_id), ("group", id));
        let imported = acme.import("username,display_name\nteam,Team\n").await;
        assert!(format!("{:?}", imported.rows).contains("belongs to a group"), "{:?}", imported.rows);
    })
    .await;
}
