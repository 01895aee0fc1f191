//! Who is in a group: users and groups, never in a circle, whoever adds what at the same moment.

use std::time::Duration;

use reeve_base::limits::{GROUP_DEPTH_MAX, GROUP_MEMBERS_MAX};
use reeve_domain::entities::{EntityKind, EntityState};
use reeve_domain::groups;
use reeve_domain::page::PageRequest;
use reeve_store::tables::group_members::{self, MemberRow};

use crate::audit::told;
use crate::calls_groups::group_ref;
use crate::calls_resources::entity_ref;
use crate::harness::{World, first, invalid, on_each_engine, refused};
use crate::org::{Org, at_once, dump};
use crate::visible::give;

/// Those who try at once.
const MANY: usize = 20;

#[tokio::test]
async fn users_and_groups_are_members_and_are_listed_by_name() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let (team, zoe) = (acme.group("team").await, acme.user("Zoe").await);
        acme.disabled_user("ada").await;
        let inner = acme.disabled_group("Inner Circle").await;
        world.clock.advance(Duration::from_secs(1));
        let member = acme.add_member("team", "zoe@acme.mail.test").await.unwrap();
        assert_eq!((member.entity.id.as_str(), member.entity.kind), (zoe.id.as_str(), EntityKind::User));
        assert_eq!((member.entity.state, &member.entity.email), (EntityState::Enabled, &zoe.email));
        assert_eq!((member.enabled_at, member.disabled_at, member.added_at), (zoe.enabled_at, None, world.now()));
        assert_eq!(told(&acme, "add_group_member").await, ["member: - > Zoe"]);
        let group = acme.add_member("Team", inner.id.as_str()).await.unwrap();
        assert_eq!((group.entity.kind, group.entity.name.as_str()), (EntityKind::Group, "Inner Circle"));
        acme.add_member("team", "ADA").await.unwrap();
        assert_eq!(acme.find_group("team").await.unwrap().version, team.version + 3);
        let before = dump(&acme).await;
        assert_eq!(acme.add_member("team", "Zoe").await.unwrap(), member, "who is in it stays");
        assert_eq!(dump(&acme).await, before);
        assert_eq!(acme.members("team").await, ["ada", "Inner Circle", "Zoe"]);
        let listed = groups::list_group_members(&acme.ctx, acme.id(), group_ref("team"), first(10)).await.unwrap();
        assert_eq!((listed.total, &listed.items[2]), (Some(3), &member), "a list says what the act said");
        acme.remove_member("team", "zoe").await.unwrap();
        assert_eq!(told(&acme, "remove_group_member").await, ["member: Zoe > -"]);
        let before = dump(&acme).await;
        acme.remove_member("team", "zoe").await.unwrap();
        acme.remove_member("team", "team").await.unwrap();
        assert_eq!(dump(&acme).await, before, "taking out who is not in it changes nothing");
        assert_eq!(acme.members("team").await, ["ada", "Inner Circle"]);
    })
    .await;
}

#[tokio::test]
async fn members_come_in_pages_and_show_what_they_are_now() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.group("team").await;
        let names: Vec<_> = (0..5).map(|n| format!("u{n}")).collect();
        for name in &names {
            acme.user(name).await;
            acme.add_member("team", name).await.unwrap();
        }
        acme.disable("u3").await.unwrap();
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let page = PageRequest { cursor, ..first(2) };
            let got = groups::list_group_members(&acme.ctx, acme.id(), group_ref("team"), page).await.unwrap();
            assert_eq!(got.total, Some(5));
            seen.extend(got.items);
            cursor = got.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen.iter().map(|member| member.entity.name.as_str()).collect::<Vec<_>>(), names);
        assert_eq!((seen[3].entity.state, &seen[3].entity.email), (EntityState::Disabled, &None));
        assert_eq!((seen[3].disabled_at, seen[2].disabled_at), (Some(world.now()), None));
        acme.delete_user("u3").await.unwrap();
        assert_eq!(acme.members("team").await, ["u0", "u1", "u2", "u4"]);
        acme.disabled_user("u3").await;
        assert_eq!(acme.members("team").await.len(), 4, "a name does not bring back who is gone");
        let page = groups::list_group_members(&acme.ctx, acme.id(), group_ref("team"), first(2)).await.unwrap();
        acme.disabled_group("club").await;
        let next = PageRequest { cursor: page.next_cursor, ..first(2) };
        invalid(groups::list_group_members(&acme.ctx, acme.id(), group_ref("club"), next).await, "cursor");
    })
    .await;
}

#[tokio::test]
async fn a_disabled_group_takes_members_and_gives_them_up() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.disabled_group("team").await;
        acme.disabled_user("ada").await;
        acme.add_member("team", "ada").await.unwrap();
        assert_eq!(acme.groups_of("ada").await, ["team"]);
        acme.remove_member("team", "ada").await.unwrap();
        assert_eq!(acme.groups_of("ada").await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn neither_resources_nor_the_accounts_of_the_directory_itself_are_members() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.disabled_group("team").await;
        acme.room("blue").await;
        let before = dump(&acme).await;
        invalid(acme.add_member("team", "blue").await, "member");
        refused(acme.add_member("team", "guest").await, "reserved");
        for absent in ["nobody", "", "a\0b", "S-1-5-21-1-2-3-500", "r-00000000000000000000000000000000"] {
            let told = refused(acme.add_member("team", absent).await, "not_found").to_string();
            assert_eq!(told, format!("there is no entity \"{absent}\""));
            refused(acme.remove_member("team", absent).await, "not_found");
        }
        assert_eq!(dump(&acme).await, before);
        // To take out what cannot be in it is no mistake.
        acme.remove_member("team", "blue").await.unwrap();
        acme.remove_member("team", "guest").await.unwrap();
        assert_eq!(dump(&acme).await, before);
    })
    .await;
}

#[tokio::test]
async fn nobody_of_another_organization_becomes_a_member() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.disabled_group("team").await;
        let (theirs, sibling) = (world.foreign_org("globex").await, world.active_org("initech").await);
        let strangers = [
            theirs.user("eve").await.id.to_string(),
            theirs.group("pirates").await.id.to_string(),
            theirs.at("eve"),
            sibling.disabled_group("sisters").await.id.to_string(),
            sibling.user("sibling").await.id.to_string(),
            "sibling@initech.mail.test".to_owned(),
        ];
        let before = dump(&acme).await;
        for stranger in &strangers {
            refused(acme.add_member("team", stranger).await, "not_found");
            refused(acme.remove_member("team", stranger).await, "not_found");
            refused(acme.add_member(stranger, "team").await, "not_found");
        }
        // Nor does who may do everything in one organization put its people into a group of another.
        let team = acme.find_group("team").await.unwrap().id.to_string();
        refused(sibling.add_member("sisters", &team).await, "not_found");
        refused(sibling.add_member(&team, "sibling").await, "not_found");
        refused(acme.by(&world.other).add_member("team", "guest").await, "not_found");
        assert_eq!(dump(&acme).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_group_never_holds_itself_however_long_the_way() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.chain(&["one", "two", "three"].map(str::to_owned)).await;
        let before = dump(&acme).await;
        invalid(acme.add_member("one", "ONE").await, "member");
        invalid(acme.add_member("one", "two").await, "member");
        let told = refused(acme.add_member("one", "three").await, "invalid").to_string();
        assert!(told.contains("\"one\" is in \"two\" is in \"three\""), "{told}");
        assert_eq!(dump(&acme).await, before);
        // Two ways to one place are no circle.
        acme.add_member("three", "one").await.unwrap();
        acme.remove_member("two", "one").await.unwrap();
        acme.add_member("one", "two").await.unwrap();
        let told = refused(acme.add_member("two", "three").await, "invalid").to_string();
        assert!(told.contains("\"two\" is in \"three\"") && !told.contains("one"), "the shortest way: {told}");
    })
    .await;
}

#[tokio::test]
async fn groups_stand_in_each_other_only_so_deep() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let names: Vec<_> = (0..GROUP_DEPTH_MAX).map(|n| format!("g{n}")).collect();
        acme.chain(&names).await;
        for name in ["under", "over"] {
            acme.disabled_group(name).await;
        }
        let (lowest, highest) = (names[0].as_str(), names[GROUP_DEPTH_MAX - 1].as_str());
        for (group, member) in [(lowest, "under"), ("over", highest), ("g5", "under")] {
            let result = acme.add_member(group, member).await;
            if group == "g5" {
                result.unwrap();
                continue;
            }
            let told = refused(result, "limit_reached").to_string();
            assert_eq!(told, "there may be at most 20 levels of groups within groups");
        }
        // What a new link joins counts as a whole.
        acme.disabled_group("deeper").await;
        acme.add_member("under", "deeper").await.unwrap();
        for name in ["d1", "d2", "d3", "d4"] {
            acme.disabled_group(name).await;
        }
        for (group, member) in [("deeper", "d1"), ("d1", "d2"), ("d2", "d3")] {
            acme.add_member(group, member).await.unwrap();
        }
        refused(acme.add_member("d3", "d4").await, "limit_reached");
        invalid(acme.add_member("d3", highest).await, "member");
        // People are no level.
        acme.user("ada").await;
        acme.add_member(lowest, "ada").await.unwrap();
    })
    .await;
}

/// Fills a group up by way of the database: ten thousand calls would test nothing more.
async fn fill(world: &World, org: &Org<'_>, group: &str, members: usize) {
    let (directory_id, group_id) = (org.directory_id(), org.find_group(group).await.unwrap().id.to_string());
    let filled = world.store().write(move |tx| {
        for n in 0..members {
            let row = MemberRow {
                directory_id: directory_id.clone(),
                group_id: group_id.clone(),
                member_id: format!("00000000-0000-0000-0000-{n:012}"),
                member_kind: "user".to_owned(),
                member_key: format!("m{n:06}"),
                created_at: 0,
            };
            assert!(group_members::insert(tx, &row)?);
        }
        Ok::<_, reeve_store::StoreError>(())
    });
    filled.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_group_holds_only_so_many_also_when_several_are_added_at_once() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.disabled_group("all").await;
        fill(world, &acme, "all", GROUP_MEMBERS_MAX - 5).await;
        let names: Vec<_> = (0..MANY).map(|n| format!("u{n}")).collect();
        for name in &names {
            acme.disabled_user(name).await;
        }
        let calls = names.iter().map(|name| {
            let (ctx, org, member) = (acme.ctx.clone(), acme.id(), entity_ref(name));
            async move { groups::add_group_member(&ctx, org, group_ref("all"), member).await }
        });
        let results = at_once(calls).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 5);
        for refusal in results.into_iter().filter(Result::is_err) {
            refused(refusal, "limit_reached");
        }
        let (directory, id) = (acme.directory_id(), acme.find_group("all").await.unwrap().id.to_string());
        let count = world.store().read(move |tx| group_members::count(tx, &directory, &id)).await.unwrap();
        assert_eq!(usize::try_from(count), Ok(GROUP_MEMBERS_MAX));
    })
    .await;
}

/// Walks up from a group; panics where the way comes back.
async fn need_no_circle(acme: &Org<'_>, names: &[String]) {
    for start in names {
        let (mut level, mut steps) = (vec![start.clone()], 0);
        while !level.is_empty() {
            let mut over = Vec::new();
            for name in &level {
                over.extend(acme.groups_of(name).await);
            }
            assert!(!over.contains(start), "{start} holds itself");
            level = over;
            steps += 1;
            assert!(steps <= GROUP_DEPTH_MAX, "the way from {start} does not end");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_ring_that_is_closed_at_once_stays_open_somewhere() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        // A ring of two, where each only closes it with the other, and one of many.
        for size in [2, 7] {
            let names: Vec<_> = (0..size).map(|n| format!("ring{size}-{n}")).collect();
            for name in &names {
                acme.disabled_group(name).await;
            }
            let links = (0..size).map(|n| {
                let (ctx, org) = (acme.ctx.clone(), acme.id());
                let (group, member) = (group_ref(&names[n]), entity_ref(&names[(n + 1) % size]));
                async move { groups::add_group_member(&ctx, org, group, member).await }
            });
            let results = at_once(links).await;
            assert_eq!(results.iter().filter(|result| result.is_ok()).count(), size - 1);
            for refusal in results.into_iter().filter(Result::is_err) {
                invalid(refusal, "member");
            }
            need_no_circle(&acme, &names).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_is_linked_at_once_holds_no_circle_and_a_member_comes_in_once() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let names: Vec<_> = (0..5).map(|n| format!("g{n}")).collect();
        for name in &names {
            acme.disabled_group(name).await;
        }
        let pairs: Vec<_> = (0..5).flat_map(|a| (0..5).map(move |b| (a, b))).filter(|(a, b)| a != b).collect();
        let links = pairs.iter().map(|(a, b)| {
            let (ctx, org) = (acme.ctx.clone(), acme.id());
            let (group, member) = (group_ref(&names[*a]), entity_ref(&names[*b]));
            async move { groups::add_group_member(&ctx, org, group, member).await }
        });
        let results = at_once(links).await;
        // Of five groups in one order each is in all that stand over it.
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 10);
        need_no_circle(&acme, &names).await;
        let again = (0..MANY).map(|_| {
            let (ctx, org) = (acme.ctx.clone(), acme.id());
            async move { groups::add_group_member(&ctx, org, group_ref("once"), entity_ref("ada")).await }
        });
        acme.disabled_group("once").await;
        acme.disabled_user("ada").await;
        for result in at_once(again).await {
            result.unwrap();
        }
        assert_eq!(acme.members("once").await, ["ada"]);
        let added = world.events().await.into_iter().filter(|event| event.operation == "add_group_member");
        assert_eq!(added.count(), 11, "what is there is not told again");
    })
    .await;
}

#[tokio::test]
async fn who_may_change_a_group_adds_whom_they_can_see_and_takes_out_whoever_is_in_it() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let team = acme.disabled_group("team").await;
        let ada = acme.user("ada").await;
        acme.user("hidden").await;
        let cedar = format!(
            "permit (principal, action in [Action::\"show_group\", Action::\"add_group_member\", \
             Action::\"remove_group_member\", Action::\"list_group_members\"], resource == Group::\"{}\"); \
             permit (principal, action == Action::\"show_user\", resource == User::\"{}\");",
            team.id, ada.id
        );
        give(world, &cedar).await;
        let theirs = acme.by(&world.general);
        world.clock.advance(Duration::from_millis(1));
        theirs.add_member("team", "ada").await.unwrap();
        assert_eq!(world.events().await[0].policy.as_ref().map(|(_, name)| name.as_str()), Some("P"));
        for unseen in ["hidden", "hidden@acme.mail.test", "nobody"] {
            let added = refused(theirs.add_member("team", unseen).await, "not_found").to_string();
            assert_eq!(added, format!("there is no entity \"{unseen}\""));
            let removed = refused(theirs.remove_member("team", unseen).await, "not_found").to_string();
            assert_eq!(removed, added, "whether they are there is not told");
        }
        acme.add_member("team", "hidden").await.unwrap();
        assert_eq!(theirs.members("team").await, ["ada", "hidden"], "members are what a group is");
        theirs.remove_member("team", "hidden").await.unwrap();
        theirs.remove_member("team", "ada").await.unwrap();
        refused(theirs.add_member("ada", "ada").await, "not_found");
    })
    .await;
}
