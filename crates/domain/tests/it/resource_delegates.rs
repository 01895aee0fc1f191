//! Who answers for a resource: users and groups; and that a resource which does not answer by itself is never left
//! without one, whatever route its last delegate takes out.

use reeve_base::limits::RESOURCE_DELEGATES_MAX;
use reeve_domain::entities::EntityKind;
use reeve_domain::resources::{self, list_resource_delegates};
use reeve_domain::{groups, users};
use reeve_store::tables::resource_delegates;

use crate::audit::told;
use crate::calls_resources::{auto_accept, entity_ref, resource_ref};
use crate::harness::{first, invalid, on_each_engine, refused};
use crate::org::{Org, at_once, dump};
use crate::visible::give;

/// Checks that somebody is left who answers for a resource, or that it answers by itself.
async fn answered(org: &Org<'_>, resource: &str) {
    let row = org.find_resource(resource).await.unwrap();
    assert!(row.booking.auto_accept || !org.delegates(resource).await.is_empty(), "{resource} answers nobody");
}

#[tokio::test]
async fn users_and_groups_answer_for_a_resource_and_are_listed_by_name() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let (zoe, blue) = (acme.user("zoe").await, acme.room("blue").await);
        let staff = acme.group("Staff").await;
        acme.disabled_user("ada").await;
        let delegate = acme.delegate("blue", "zoe@acme.mail.test").await.unwrap();
        assert_eq!((delegate.entity.id.as_str(), delegate.entity.kind), (zoe.id.as_str(), EntityKind::User));
        assert_eq!((delegate.entity.email, delegate.added_at), (zoe.email, world.now()));
        assert_eq!(told(&acme, "add_resource_delegate").await, ["delegate: - > zoe"]);
        let group = acme.delegate("blue", staff.id.as_str()).await.unwrap();
        assert_eq!((group.entity.kind, group.entity.name.as_str()), (EntityKind::Group, "Staff"));
        acme.delegate("blue", "ada").await.unwrap();
        assert_eq!(acme.find_resource("blue").await.unwrap().version, blue.version + 3);
        let before = dump(&acme).await;
        assert_eq!(acme.delegate("blue", "STAFF").await.unwrap(), group, "one who is stays");
        assert_eq!(dump(&acme).await, before);
        assert_eq!(acme.delegates("blue").await, ["ada", "Staff", "zoe"]);
        acme.undelegate("blue", "zoe").await.unwrap();
        assert_eq!(told(&acme, "remove_resource_delegate").await, ["delegate: zoe > -"]);
        let before = dump(&acme).await;
        acme.undelegate("blue", "zoe").await.unwrap();
        assert_eq!(dump(&acme).await, before, "removing who is none changes nothing");
        assert_eq!(acme.delegates("blue").await, ["ada", "Staff"]);
    })
    .await;
}

#[tokio::test]
async fn delegates_come_in_pages() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.room("blue").await;
        acme.room("red").await;
        let names: Vec<_> = (0..5).map(|n| format!("user-{n}")).collect();
        for name in names.iter().rev() {
            acme.disabled_user(name).await;
            acme.delegate("blue", name).await.unwrap();
        }
        let mut page = first(2);
        let mut seen = Vec::new();
        loop {
            let got = list_resource_delegates(&acme.ctx, acme.id(), resource_ref("blue"), page.clone()).await.unwrap();
            assert_eq!(got.total, Some(5));
            seen.extend(got.items.into_iter().map(|delegate| delegate.entity.name));
            let Some(cursor) = got.next_cursor else { break };
            page.cursor = Some(cursor);
            let of_another = list_resource_delegates(&acme.ctx, acme.id(), resource_ref("red"), page.clone());
            invalid(of_another.await, "cursor");
        }
        assert_eq!(seen, names);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_answer_is_no_delegate() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.room("blue").await;
        acme.room("red").await;
        let theirs = world.foreign_org("globex").await.user("eve").await;
        let sibling = world.active_org("initech").await.user("sibling").await;
        let before = dump(&acme).await;
        for resource in ["red", "blue"] {
            invalid(acme.delegate("blue", resource).await, "delegate");
        }
        refused(acme.delegate("blue", "guest").await, "reserved");
        for absent in [theirs.id.as_str(), sibling.id.as_str(), "eve@globex.mail.test", "nobody", "", "a\0", "@"] {
            let error = refused(acme.delegate("blue", absent).await, "not_found");
            assert_eq!(error.to_string(), format!("there is no entity \"{absent}\""));
            refused(acme.undelegate("blue", absent).await, "not_found");
        }
        assert_eq!(dump(&acme).await, before);
    })
    .await;
}

#[tokio::test]
async fn there_are_so_many_delegates_and_no_more() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.room("blue").await;
        let rows: String = (0..=RESOURCE_DELEGATES_MAX).map(|n| format!("u{n},u{n}\n")).collect();
        acme.import(&format!("username,display_name\n{rows}")).await;
        for n in 0..RESOURCE_DELEGATES_MAX {
            acme.delegate("blue", &format!("u{n}")).await.unwrap();
        }
        refused(acme.delegate("blue", &format!("u{RESOURCE_DELEGATES_MAX}")).await, "limit_reached");
        acme.delegate("blue", "u7").await.unwrap();
        acme.undelegate("blue", "u7").await.unwrap();
        acme.delegate("blue", &format!("u{RESOURCE_DELEGATES_MAX}")).await.unwrap();
        assert_eq!(acme.delegates("blue").await.len(), RESOURCE_DELEGATES_MAX);
    })
    .await;
}

#[tokio::test]
async fn only_who_has_a_delegate_need_not_answer_by_itself() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.room("blue").await;
        acme.user("ada").await;
        let before = dump(&acme).await;
        refused(acme.edit_resource("blue", auto_accept(false)).await, "conflict");
        assert_eq!(dump(&acme).await, before);
        acme.delegate("blue", "ada").await.unwrap();
        assert!(!acme.edit_resource("blue", auto_accept(false)).await.unwrap().booking.auto_accept);
        acme.edit_resource("blue", auto_accept(true)).await.unwrap();
        acme.undelegate("blue", "ada").await.unwrap();
        refused(acme.edit_resource("blue", auto_accept(false)).await, "conflict");
    })
    .await;
}

#[tokio::test]
async fn the_last_delegate_is_let_go_by_no_route() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        acme.group("staff").await;
        acme.delegated_room("blue", &["ada"]).await;
        acme.delegated_room("red", &["staff"]).await;
        acme.disable("ada").await.unwrap();
        let before = dump(&acme).await;
        refused(acme.undelegate("blue", "ada").await, "wrong_state");
        let error = refused(acme.delete_user("ada").await, "wrong_state");
        assert!(error.to_string().contains("the only delegate of the resource \"blue\""), "{error}");
        assert_eq!(dump(&acme).await, before);
        refused(acme.undelegate("red", "staff").await, "wrong_state");
        acme.disable_group("staff").await.unwrap();
        let error = refused(acme.delete_group("staff").await, "wrong_state");
        assert!(error.to_string().contains("\"red\""), "{error}");
        // Whoever is replaced may go.
        acme.user("bob").await;
        acme.delegate("blue", "bob").await.unwrap();
        acme.delete_user("ada").await.unwrap();
        acme.edit_resource("red", auto_accept(true)).await.unwrap();
        acme.delete_group("staff").await.unwrap();
        assert_eq!(acme.delegates("blue").await, ["bob"]);
        assert!(acme.delegates("red").await.is_empty());
        answered(&acme, "blue").await;
        answered(&acme, "red").await;
    })
    .await;
}

#[tokio::test]
async fn a_resource_that_is_gone_holds_nobody_back() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        let blue = acme.delegated_room("blue", &["ada"]).await;
        acme.disable_resource("blue").await.unwrap();
        acme.disable("ada").await.unwrap();
        refused(acme.delete_user("ada").await, "wrong_state");
        acme.delete_resource("blue").await.unwrap();
        let (directory, id) = (acme.directory_id(), blue.id.to_string());
        let left = world.store().read(move |tx| resource_delegates::count(tx, (&directory, &id))).await.unwrap();
        assert_eq!(left, 0);
        acme.delete_user("ada").await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_delegates_who_are_removed_at_once_one_stays() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let names = ["ada", "bob", "cid", "dan"];
        for name in names {
            acme.user(name).await;
        }
        for round in 0..5 {
            let room = format!("room-{round}");
            acme.delegated_room(&room, &names).await;
            let calls = names.map(|name| {
                let (ctx, org, room) = (acme.ctx.clone(), acme.id(), resource_ref(&room));
                async move { resources::remove_resource_delegate(&ctx, org, room, entity_ref(name)).await }
            });
            let told: Vec<_> =
                at_once(calls).await.into_iter().map(|done| done.map_err(|error| error.code())).collect();
            assert_eq!(told.iter().filter(|done| done.is_err()).collect::<Vec<_>>(), [&Err("wrong_state")], "{told:?}");
            assert_eq!(acme.delegates(&room).await.len(), 1);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_delegates_who_are_deleted_at_once_one_stays() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        for round in 0..5 {
            let (one, other) = (format!("ada-{round}"), format!("staff-{round}"));
            acme.disabled_user(&one).await;
            acme.group(&other).await;
            acme.disable_group(&other).await.unwrap();
            let room = format!("room-{round}");
            acme.delegated_room(&room, &[&one, &other]).await;
            let (ctx, org) = (acme.ctx.clone(), acme.id());
            let calls = [true, false].map(|user| {
                let (ctx, org, one, other) = (ctx.clone(), org.clone(), entity_ref(&one), entity_ref(&other));
                async move {
                    let done = if user {
                        users::delete_user(&ctx, org, one).await
                    } else {
                        groups::delete_group(&ctx, org, other).await
                    };
                    done.map_err(|error| error.code())
                }
            });
            let told = at_once(calls).await;
            assert_eq!(told.iter().filter(|done| **done == Err("wrong_state")).count(), 1, "{told:?}");
            assert_eq!(told.iter().filter(|done| done.is_ok()).count(), 1, "{told:?}");
            answered(&acme, &room).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_resource_stops_answering_or_loses_its_delegate_but_never_both() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        for round in 0..5 {
            let room = format!("room-{round}");
            acme.room(&room).await;
            acme.delegate(&room, "ada").await.unwrap();
            let calls = [true, false].map(|edits| {
                let (ctx, org, room) = (acme.ctx.clone(), acme.id(), resource_ref(&room));
                async move {
                    if edits {
                        resources::edit_resource(&ctx, org, room, auto_accept(false)).await.map(drop)
                    } else {
                        resources::remove_resource_delegate(&ctx, org, room, entity_ref("ada")).await
                    }
                }
            });
            let done = at_once(calls).await;
            assert_eq!(done.iter().filter(|one| one.is_ok()).count(), 1, "{done:?}");
            answered(&acme, &room).await;
        }
    })
    .await;
}

#[tokio::test]
async fn who_may_not_be_seen_is_made_no_delegate_and_a_resource_that_may_not_be_seen_is_not_named() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ada = acme.user("ada").await;
        acme.user("bob").await;
        acme.delegated_room("blue", &["bob"]).await;
        acme.delegated_room("red", &["ada"]).await;
        acme.disable("ada").await.unwrap();
        let blue = acme.find_resource("blue").await.unwrap();
        give(
            world,
            &format!(
                "permit (principal, action, resource == Resource::\"{}\");
                 permit (principal, action, resource == User::\"{}\");",
                blue.id, ada.id
            ),
        )
        .await;
        let general = acme.by(&world.general);
        acme.user("eve").await;
        let unseen = refused(general.delegate("blue", "eve").await, "not_found").to_string();
        let absent = refused(general.delegate("blue", "nobody").await, "not_found").to_string();
        assert_eq!(unseen.replace("eve", "X"), absent.replace("nobody", "X"));
        refused(general.undelegate("blue", "eve").await, "not_found");
        refused(general.delegate("red", "ada").await, "not_found");
        // Who is a delegate is seen among the delegates, and so may be removed.
        general.delegate("blue", "ada").await.unwrap();
        assert_eq!(general.delegates("blue").await, ["ada", "bob"]);
        general.undelegate("blue", "bob").await.unwrap();
        refused(general.undelegate("blue", "bob").await, "not_found");
        acme.edit_resource("blue", auto_accept(true)).await.unwrap();
        let error = refused(general.delete_user("ada").await, "wrong_state");
        assert!(!error.to_string().contains("red"), "{error}");
    })
    .await;
}
