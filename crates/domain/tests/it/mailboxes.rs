//! Mailboxes: what they hold, what they may hold, and who may act for whom.

use std::collections::HashMap;
use std::time::Duration;

use reeve_base::limits::{GRANTEES_PER_MAILBOX_MAX, MAILBOX_QUOTA_MB_DEFAULT, MAILBOX_QUOTA_MB_MAX, MAILBOX_RETENTION};
use reeve_domain::Error;
use reeve_domain::entities::EntityKind;
use reeve_domain::mailboxes::{
    self, MailboxDetails,
    Permission::{FullAccess, SendAs, SendOnBehalf},
    list_mailbox_permissions,
};
use reeve_domain::policies::{self, NewPolicy, Permission, Rights};
use reeve_domain::users::{MailboxState, NewUser, UserEdit, UserRole};
use reeve_store::tables::mailbox_permissions::{self, PermissionRow};

use crate::audit::told;
use crate::calls_resources::entity_ref;
use crate::harness::{email, first, invalid, new_user, on_each_engine, refused, text, user_ref};
use crate::org::{Org, at_once, dump};
use crate::people::{GENERAL, policy, title, who};
use crate::visible::give;

async fn show(org: &Org<'_>, user: &str) -> Result<MailboxDetails, Error> {
    mailboxes::show_mailbox(&org.ctx, org.id(), user_ref(user)).await
}

async fn set_quota(org: &Org<'_>, user: &str, quota_mb: i64) -> Result<MailboxDetails, Error> {
    mailboxes::set_mailbox_quota(&org.ctx, org.id(), user_ref(user), quota_mb).await
}

/// Somebody with an address and no mailbox.
async fn remote(org: &Org<'_>, name: &str) {
    let new = NewUser { role: UserRole::RemoteUser, email: Some(email(&org.at(name))), ..new_user(name) };
    org.create(new).await.unwrap();
}

#[tokio::test]
async fn a_mailbox_is_shown_while_it_is_there() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.disabled_user("ada").await;
        refused(show(&acme, "ada").await, "not_found");
        acme.enable("ada", &acme.at("ada")).await.unwrap();
        let mailbox = show(&acme, "ada@acme.mail.test").await.unwrap();
        let fresh = MailboxDetails {
            quota_mb: MAILBOX_QUOTA_MB_DEFAULT,
            size_bytes: 0,
            state: MailboxState::Active,
            provisioned_at: world.now(),
            purge_at: None,
        };
        assert_eq!(mailbox, fresh);
        acme.disable("ada").await.unwrap();
        let kept = show(&acme, "ada").await.unwrap();
        assert_eq!((kept.state, kept.purge_at), (MailboxState::Retained, Some(world.now().plus(MAILBOX_RETENTION))));
        world.clock.advance(MAILBOX_RETENTION);
        let error = refused(show(&acme, "ada").await, "not_found");
        assert_eq!(error.to_string(), "there is no mailbox \"ada\"");
        remote(&acme, "rita").await;
        refused(show(&acme, "rita").await, "not_found");
        acme.room("blue").await;
        refused(show(&acme, "blue").await, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_quota_is_set_within_its_bounds_and_shows_in_the_user() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ada = acme.user("ada").await;
        for wrong in [0, -1, MAILBOX_QUOTA_MB_MAX + 1, i64::MAX, i64::MIN] {
            invalid(set_quota(&acme, "ada", wrong).await, "quota_mb");
        }
        assert_eq!(set_quota(&acme, "ada", 1_000).await.unwrap().quota_mb, 1_000);
        assert_eq!(told(&acme, "set_mailbox_quota").await, [format!("quota_mb: {MAILBOX_QUOTA_MB_DEFAULT} > 1000")]);
        let edited = acme.find("ada").await.unwrap();
        assert_eq!((edited.version, edited.mailbox.unwrap().quota_mb), (ada.version + 1, 1_000));
        let before = dump(&acme).await;
        set_quota(&acme, "ada", 1_000).await.unwrap();
        refused(set_quota(&acme.by(&world.expecting(ada.version).await), "ada", 5).await, "version_mismatch");
        assert_eq!(dump(&acme).await, before);
        for least_and_most in [1, MAILBOX_QUOTA_MB_MAX] {
            set_quota(&acme, "ada", least_and_most).await.unwrap();
        }
        acme.disable("ada").await.unwrap();
        refused(set_quota(&acme, "ada", 5).await, "wrong_state");
        acme.enable("ada", &acme.at("ada")).await.unwrap();
        assert_eq!(show(&acme, "ada").await.unwrap().quota_mb, MAILBOX_QUOTA_MB_MAX, "it comes back with the mailbox");
    })
    .await;
}

#[tokio::test]
async fn who_has_no_mailbox_has_no_quota() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.disabled_user("ada").await;
        remote(&acme, "rita").await;
        acme.user("bob").await;
        acme.edit("bob", UserEdit { role: Some(UserRole::RemoteUser), ..UserEdit::default() }).await.unwrap();
        let before = dump(&acme).await;
        refused(set_quota(&acme, "ada", 5).await, "wrong_state");
        refused(set_quota(&acme, "guest", 5).await, "reserved");
        // Rita never had one, and that of bob is only kept.
        refused(set_quota(&acme, "rita", 5).await, "not_found");
        refused(set_quota(&acme, "bob", 5).await, "not_found");
        assert_eq!(dump(&acme).await, before);
    })
    .await;
}

#[tokio::test]
async fn permissions_are_replaced_as_a_whole_and_each_change_is_told() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        let bob = acme.user("bob").await;
        let given_at = world.now();
        let grant = acme.grant("ada", "bob@acme.mail.test", &[SendAs, FullAccess, SendAs]).await.unwrap().unwrap();
        assert_eq!(grant.permissions, [FullAccess, SendAs]);
        assert_eq!((grant.grantee.id.as_str(), grant.grantee.kind), (bob.id.as_str(), EntityKind::User));
        assert_eq!((grant.granted_at, grant.updated_at), (given_at, given_at));
        let event = told(&acme, "put_mailbox_permissions").await;
        assert_eq!(event, ["full_access: - > bob", "send_as: - > bob"]);
        world.clock.advance(Duration::from_secs(60));
        let grant = acme.grant("ada", "bob", &[SendOnBehalf, FullAccess]).await.unwrap().unwrap();
        assert_eq!(grant.permissions, [FullAccess, SendOnBehalf]);
        assert_eq!((grant.granted_at, grant.updated_at), (given_at, world.now()));
        let event = told(&acme, "put_mailbox_permissions").await;
        assert_eq!(event, ["send_on_behalf: - > bob", "send_as: bob > -"]);
        let before = dump(&acme).await;
        assert_eq!(acme.grant("ada", "BOB", &[FullAccess, SendOnBehalf]).await.unwrap(), Some(grant));
        assert_eq!(dump(&acme).await, before, "the same again changes nothing");
        world.clock.advance(Duration::from_secs(60));
        assert_eq!(acme.grant("ada", "bob", &[]).await.unwrap(), None);
        assert_eq!(told(&acme, "put_mailbox_permissions").await, ["full_access: bob > -", "send_on_behalf: bob > -"]);
        let before = dump(&acme).await;
        assert_eq!(acme.grant("ada", "bob", &[]).await.unwrap(), None);
        acme.ungrant("ada", "bob").await.unwrap();
        assert_eq!(dump(&acme).await, before, "taking what was not given changes nothing");
        acme.grant("ada", "bob", &[SendAs]).await.unwrap();
        acme.ungrant("ada", "bob").await.unwrap();
        assert_eq!(told(&acme, "delete_mailbox_permissions").await, ["send_as: bob > -"]);
        assert!(acme.grants("ada").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn owners_and_grantees_are_of_any_kind_and_listed_by_name() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        for name in ["ada", "bob"] {
            acme.user(name).await;
        }
        acme.group("Staff").await;
        acme.room("blue").await;
        acme.grant("ada", "Staff", &[SendAs]).await.unwrap();
        acme.grant("ada", "bob", &[FullAccess]).await.unwrap();
        acme.grant("ada", "blue", &[SendOnBehalf]).await.unwrap();
        assert_eq!(acme.grants("ada").await, ["blue: send_on_behalf", "bob: full_access", "Staff: send_as"]);
        acme.grant("Staff", "ada", &[SendAs]).await.unwrap();
        acme.grant("blue", "ada", &[FullAccess]).await.unwrap();
        assert_eq!(acme.grants("staff@acme.mail.test").await, ["ada: send_as"]);
        assert_eq!(acme.grants("blue").await, ["ada: full_access"]);
        let mut page = first(2);
        let listed =
            async |owner: &str, page| list_mailbox_permissions(&acme.ctx, acme.id(), entity_ref(owner), page).await;
        let got = listed("ada", page.clone()).await.unwrap();
        assert_eq!((got.items.len(), got.total), (2, Some(3)));
        page.cursor = got.next_cursor;
        invalid(listed("bob", page.clone()).await, "cursor");
        let rest = listed("ada", page).await.unwrap();
        assert_eq!((rest.items[0].grantee.name.as_str(), rest.items[0].grantee.kind), ("Staff", EntityKind::Group));
        assert_eq!((rest.items.len(), rest.next_cursor), (1, None));
    })
    .await;
}

#[tokio::test]
async fn full_access_is_neither_of_a_group_nor_to_what_has_no_mailbox() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        for name in ["ada", "bob"] {
            acme.user(name).await;
        }
        acme.group("staff").await;
        acme.group("board").await;
        remote(&acme, "rita").await;
        let before = dump(&acme).await;
        for (owner, grantee) in [("ada", "staff"), ("staff", "ada"), ("staff", "board"), ("rita", "ada")] {
            invalid(acme.grant(owner, grantee, &[FullAccess]).await, "permissions");
            invalid(acme.grant(owner, grantee, &[SendAs, FullAccess]).await, "permissions");
        }
        for one in ["ada", "staff", "rita"] {
            invalid(acme.grant(one, one, &[SendAs]).await, "grantee");
        }
        invalid(acme.grant("ada", "ada@acme.mail.test", &[FullAccess]).await, "grantee");
        assert_eq!(dump(&acme).await, before);
        for (owner, grantee) in [("ada", "staff"), ("staff", "ada"), ("staff", "board"), ("rita", "ada")] {
            acme.grant(owner, grantee, &[SendAs, SendOnBehalf]).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn permissions_are_given_on_who_is_enabled_and_taken_from_anybody() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        acme.user("bob").await;
        acme.disabled_room("blue").await;
        acme.grant("ada", "bob", &[SendAs]).await.unwrap();
        acme.disable("ada").await.unwrap();
        assert_eq!(acme.grants("ada").await, ["bob: send_as"], "they are kept with the mailbox");
        let before = dump(&acme).await;
        for disabled in ["ada", "blue"] {
            refused(acme.grant(disabled, "bob", &[FullAccess]).await, "wrong_state");
        }
        refused(acme.grant("guest", "bob", &[SendAs]).await, "reserved");
        refused(acme.grant("bob", "administrator", &[SendAs]).await, "reserved");
        assert_eq!(dump(&acme).await, before);
        acme.ungrant("ada", "bob").await.unwrap();
        acme.grant("bob", "ada", &[SendAs]).await.unwrap();
        assert_eq!(acme.grants("bob").await, ["ada: send_as"]);
    })
    .await;
}

#[tokio::test]
async fn nobody_of_another_organization_is_owner_or_grantee() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        let globex = world.foreign_org("globex").await;
        let theirs = globex.user("eve").await;
        let sibling = world.active_org("initech").await.user("sibling").await;
        let before = dump(&acme).await;
        let long = "a".repeat(10_000);
        for absent in
            [theirs.id.as_str(), "eve@globex.mail.test", sibling.id.as_str(), "nobody", "", "ada\0", "аda", &long]
        {
            for (owner, grantee) in [("ada", absent), (absent, "ada"), (absent, absent)] {
                refused(acme.grant(owner, grantee, &[SendAs]).await, "not_found");
                refused(acme.grant(owner, grantee, &[]).await, "not_found");
                refused(acme.ungrant(owner, grantee).await, "not_found");
            }
            refused(list_mailbox_permissions(&acme.ctx, acme.id(), entity_ref(absent), first(1)).await, "not_found");
        }
        assert_eq!(dump(&acme).await, before);
        let ours = acme.find("ada").await.unwrap();
        refused(globex.grant("eve", ours.id.as_str(), &[FullAccess]).await, "not_found");
        refused(acme.by(&world.other).grant("ada", "ada", &[FullAccess]).await, "not_found");
    })
    .await;
}

#[tokio::test]
async fn permissions_go_with_their_owner_and_with_their_grantee() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let (ada, _) = (acme.user("ada").await, acme.user("bob").await);
        let staff = acme.group("staff").await;
        let blue = acme.room("blue").await;
        for (owner, grantee) in
            [("ada", "bob"), ("bob", "ada"), ("bob", "staff"), ("staff", "bob"), ("bob", "blue"), ("blue", "bob")]
        {
            acme.grant(owner, grantee, &[SendAs]).await.unwrap();
        }
        acme.disable("ada").await.unwrap();
        acme.delete_user("ada").await.unwrap();
        assert_eq!(acme.grants("bob").await, ["blue: send_as", "staff: send_as"]);
        acme.disable_group("staff").await.unwrap();
        acme.delete_group("staff").await.unwrap();
        acme.disable_resource("blue").await.unwrap();
        acme.delete_resource("blue").await.unwrap();
        assert!(acme.grants("bob").await.is_empty());
        for gone in [ada.id.to_string(), staff.id.to_string(), blue.id.to_string()] {
            let directory = acme.directory_id();
            let left = world.store().read(move |tx| mailbox_permissions::count(tx, (&directory, &gone))).await;
            assert_eq!(left.unwrap(), 0);
        }
        let again = acme.user("ada2").await;
        assert!(acme.grants(again.id.as_str()).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_mailbox_has_so_many_grantees_and_no_more() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ada = acme.user("ada").await;
        let bob = acme.user("bob").await;
        acme.user("cid").await;
        acme.grant("ada", "bob", &[SendAs]).await.unwrap();
        // The others are written as they would stand there; nobody looks at who they are.
        let row = PermissionRow {
            directory_id: acme.directory_id(),
            owner_id: ada.id.to_string(),
            grantee_id: bob.id.to_string(),
            grantee_kind: "user".to_owned(),
            permissions: "send_as".to_owned(),
            created_at: 0,
            updated_at: 0,
        };
        let filled = world.store().write(move |tx| {
            for n in 1..GRANTEES_PER_MAILBOX_MAX {
                mailbox_permissions::put(tx, &PermissionRow { grantee_id: format!("S-1-1-{n}"), ..row.clone() })?;
            }
            Ok::<_, reeve_store::StoreError>(())
        });
        filled.await.unwrap();
        refused(acme.grant("ada", "cid", &[SendAs]).await, "limit_reached");
        acme.grant("ada", "bob", &[FullAccess]).await.unwrap();
        acme.ungrant("ada", "bob").await.unwrap();
        acme.grant("ada", "cid", &[SendAs]).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_set_one_permission_at_once_one_set_stands_whole() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        acme.user("bob").await;
        let sets = [vec![FullAccess], vec![SendAs], vec![SendOnBehalf], vec![SendAs, SendOnBehalf], vec![]];
        let calls = sets.iter().cloned().cycle().take(20).map(|set| {
            let (ctx, org) = (acme.ctx.clone(), acme.id());
            async move { mailboxes::put_mailbox_permissions(&ctx, org, entity_ref("ada"), entity_ref("bob"), set).await }
        });
        for done in at_once(calls).await {
            done.unwrap();
        }
        let listed = list_mailbox_permissions(&acme.ctx, acme.id(), entity_ref("ada"), first(10)).await.unwrap();
        let stands = listed.items.first().map(|grant| grant.permissions.clone()).unwrap_or_default();
        assert!(listed.items.len() <= 1 && sets.contains(&stands), "{stands:?}");
        // Every change was told once: what was given as often as it was taken does not stand, the rest does.
        let events = world.events().await;
        let changes = events.into_iter().filter(|event| event.operation == "put_mailbox_permissions");
        let mut times = HashMap::from([FullAccess, SendAs, SendOnBehalf].map(|one| (one.word().to_owned(), 0)));
        for change in changes.flat_map(|event| event.changes) {
            *times.get_mut(&change.field).unwrap() += if change.after.is_some() { 1 } else { -1 };
        }
        for permission in [FullAccess, SendAs, SendOnBehalf] {
            assert_eq!(times[permission.word()], i32::from(stands.contains(&permission)), "{permission:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn permissions_are_given_to_who_may_be_seen_by_who_may_give_them() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let (ada, bob) = (acme.user("ada").await, acme.user("bob").await);
        acme.user("cid").await;
        acme.grant("ada", "cid", &[SendAs]).await.unwrap();
        give(
            world,
            &format!(
                "permit (principal, action in [Action::\"mailbox:*\", Action::\"show_user\"],
                         resource == User::\"{}\");
                 permit (principal, action == Action::\"show_user\", resource == User::\"{}\");",
                ada.id, bob.id
            ),
        )
        .await;
        let general = acme.by(&world.general);
        general.grant("ada", "bob", &[FullAccess]).await.unwrap();
        refused(general.grant("bob", "ada", &[FullAccess]).await, "denied");
        refused(set_quota(&general, "bob", 5).await, "denied");
        set_quota(&general, "ada", 5).await.unwrap();
        acme.user("eve").await;
        let unseen = refused(general.grant("ada", "eve", &[SendAs]).await, "not_found").to_string();
        let absent = refused(general.grant("ada", "nobody", &[SendAs]).await, "not_found").to_string();
        assert_eq!(unseen.replace("eve", "X"), absent.replace("nobody", "X"));
        refused(general.ungrant("ada", "eve").await, "not_found");
        refused(general.grant("cid", "bob", &[SendAs]).await, "not_found");
        // What was given before is seen in the list, and may be changed and taken.
        assert_eq!(general.grants("ada").await, ["bob: full_access", "cid: send_as"]);
        general.grant("ada", "cid", &[SendOnBehalf]).await.unwrap();
        general.ungrant("ada", "cid").await.unwrap();
        refused(general.ungrant("ada", "cid").await, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_permission_of_a_policy_names_mailboxes_by_whose_they_are() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let (ada, blue) = (acme.user("ada").await, acme.room("blue").await);
        acme.user("bob").await;
        let staff = acme.group("staff").await;
        let ids = vec![ada.id.to_string(), blue.id.to_string(), staff.id.to_string()];
        let on_mailboxes = Permission {
            resource_type: "mailbox".to_owned(),
            actions: vec!["read".to_owned(), "update".to_owned()],
            resources: ids,
            organizations: Vec::new(),
        };
        let new =
            NewPolicy { name: title("P"), description: text(""), rights: Rights::Permissions(vec![on_mailboxes]) };
        policies::create_policy(&world.admin, new).await.unwrap();
        policies::attach_policy(&world.admin, policy("P"), who(GENERAL), Vec::new()).await.unwrap();
        let general = acme.by(&world.general);
        acme.grant("ada", "bob", &[SendAs]).await.unwrap();
        set_quota(&general, "ada", 5).await.unwrap();
        general.ungrant("ada", "bob").await.unwrap();
        for owner in ["ada", "blue", "staff"] {
            assert!(general.grants(owner).await.is_empty());
        }
        refused(set_quota(&general, "bob", 5).await, "not_found");
        refused(general.ungrant("bob", "ada").await, "not_found");
    })
    .await;
}

#[tokio::test]
async fn help_desks_and_user_administrators_give_nobody_access_to_mail() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        acme.user("bob").await;
        for ready_made in ["read-only", "user-administrator", "help-desk", "auditor"] {
            policies::attach_policy(&world.admin, policy(ready_made), who(GENERAL), Vec::new()).await.unwrap();
            let general = acme.by(&world.general);
            refused(general.grant("ada", "bob", &[FullAccess]).await, "denied");
            refused(general.ungrant("ada", "bob").await, "denied");
            refused(set_quota(&general, "ada", 5).await, "denied");
            policies::detach_policy(&world.admin, policy(ready_made), who(GENERAL)).await.unwrap();
        }
    })
    .await;
}
