//! Deleting organizations: what stops it, what it takes along, what it leaves, and how long names are held back.

use std::time::Duration;

use reeve_base::limits::ALIAS_HOLD;
use reeve_domain::auth;
use reeve_domain::mail_domains;
use reeve_domain::mailboxes::Permission;
use reeve_domain::organizations::{OrganizationFilter, State, list_organizations, show_organization};
use reeve_domain::users::{self, UserFilter};
use reeve_store::tables::{
    addresses, directories, domains, group_members, groups, mailbox_permissions, mailboxes, names, resource_delegates,
    resources,
};

use crate::harness::{
    PASSWORD, ask_for, first, new_organization, new_user, on_each_engine, org_ref, refused, request, user_ref,
};

#[tokio::test]
async fn enabled_users_stop_a_deletion_unless_it_is_forced() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        refused(acme.delete(true, false).await, "wrong_state");
        assert_eq!(acme.state().await, State::Active);
        acme.disable("ada").await.unwrap();
        assert_eq!(acme.delete(true, false).await.unwrap().state, State::Deleting);
        world.settle().await;
        assert_eq!(acme.state().await, State::Deleted);

        let globex = world.active_org("globex").await;
        globex.user("bob").await;
        globex.delete(true, true).await.unwrap();
        world.settle().await;
        assert_eq!(globex.state().await, State::Deleted);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_organization_is_listed_and_shown_and_its_members_answer_for_its_state() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ada = acme.user("ada").await;
        world.clock.advance(Duration::from_secs(5));
        acme.deleted().await;
        let shown = show_organization(&world.operator, org_ref("acme")).await.unwrap();
        assert_eq!((shown.state, shown.deleted_at), (State::Deleted, Some(world.now())));
        let listed = list_organizations(&world.operator, OrganizationFilter::default(), first(10)).await.unwrap();
        assert_eq!(listed.items, [shown]);
        refused(acme.find(ada.id.as_str()).await, "organization_state");
        refused(users::list_users(&acme.ctx, acme.id(), UserFilter::default(), first(1)).await, "organization_state");
        refused(mail_domains::list_domains(&acme.ctx, acme.id(), first(1)).await, "organization_state");
        refused(users::list_aliases(&acme.ctx, acme.id(), user_ref("ada")).await, "organization_state");
        refused(acme.delete(true, true).await, "organization_state");
    })
    .await;
}

#[tokio::test]
async fn what_is_being_made_or_removed_cannot_be_deleted() {
    on_each_engine(async |world| {
        let acme = world.requested_org("acme").await;
        for _ in [State::Requested, State::Creating, State::Validating] {
            refused(acme.delete(true, true).await, "organization_state");
            reeve_domain::jobs::run_next(&world.deployment).await.unwrap();
        }
        acme.delete(true, true).await.unwrap();
        refused(acme.delete(true, true).await, "organization_state");
        world.settle().await;
    })
    .await;
}

#[tokio::test]
async fn a_deletion_takes_everybody_and_everything_along() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ada = acme.user("ada").await;
        acme.add_alias("ada", &acme.at("countess")).await.unwrap();
        let bob = acme.user("bob").await;
        acme.disable("bob").await.unwrap();
        acme.delete_user("bob").await.unwrap();
        acme.deleted().await;
        let directory = acme.directory_id();
        let left = world.store().read(move |tx| {
            let mut left = Vec::new();
            for id in [ada.id.as_str(), bob.id.as_str()] {
                left.extend(addresses::of_entity(tx, &directory, id)?.into_iter().map(|row| row.address));
                left.extend(mailboxes::get(tx, &directory, id)?.map(|row| row.mailbox_id));
            }
            left.extend(domains::owner(tx, "acme.mail.test")?.map(|row| row.organization_id));
            left.extend(directories::by_id(tx, &directory)?.filter(|d| d.deleted_at.is_none()).map(|d| d.directory_id));
            Ok::<_, reeve_store::StoreError>(left)
        });
        assert_eq!(left.await.unwrap(), [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_deletion_takes_groups_and_resources_along_and_asks_no_resource_who_answers_for_it() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.disabled_user("ada").await;
        let (team, blue) = (acme.group("team").await, acme.delegated_room("blue", &["ada", "team"]).await);
        acme.add_group_alias("team", &acme.at("crew")).await.unwrap();
        acme.add_member("team", "ada").await.unwrap();
        acme.grant("team", "ada", &[Permission::SendAs]).await.unwrap();
        // Neither is a user, so neither stands in the way.
        assert_eq!(acme.delete(true, false).await.unwrap().state, State::Deleting);
        world.settle().await;
        assert_eq!(acme.state().await, State::Deleted);
        let directory = acme.directory_id();
        let left = world.store().read(move |tx| {
            let of = directory.as_str();
            let mut left = Vec::new();
            left.extend(groups::by_id(tx, of, team.id.as_str())?.map(|row| row.name));
            left.extend(resources::by_id(tx, of, blue.id.as_str())?.map(|row| row.name));
            left.extend(mailboxes::get(tx, of, blue.id.as_str())?.map(|row| row.mailbox_id));
            for id in [team.id.as_str(), blue.id.as_str()] {
                left.extend(addresses::of_entity(tx, of, id)?.into_iter().map(|row| row.address));
            }
            for name in ["ada", "team", "blue"] {
                left.extend(names::get(tx, of, name)?.map(|row| row.entity_id));
            }
            let counts = [
                group_members::count(tx, of, team.id.as_str())?,
                resource_delegates::count(tx, (of, blue.id.as_str()))?,
                mailbox_permissions::count(tx, (of, team.id.as_str()))?,
            ];
            Ok::<_, reeve_store::StoreError>((left, counts))
        });
        assert_eq!(left.await.unwrap(), (vec![], [0; 3]));
    })
    .await;
}

#[tokio::test]
async fn a_deletion_of_many_groups_goes_on_step_by_step() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        for n in 0..101 {
            acme.disabled_group(&format!("g{n}")).await;
        }
        acme.delete(true, false).await.unwrap();
        // The system users, two steps of groups, and the end.
        for _ in 0..3 {
            reeve_domain::jobs::run_next(&world.deployment).await.unwrap();
            assert_eq!(acme.state().await, State::Deleting);
        }
        reeve_domain::jobs::run_next(&world.deployment).await.unwrap();
        assert_eq!(acme.state().await, State::Deleted);
    })
    .await;
}

#[tokio::test]
async fn nobody_signs_in_from_the_moment_a_deletion_is_asked_for() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user_with_password("ada", PASSWORD).await;
        assert!(acme.gets_in(&acme.at("ada"), PASSWORD).await);
        acme.delete(true, true).await.unwrap();
        assert!(!acme.gets_in(&acme.at("ada"), PASSWORD).await);
        world.settle().await;
        assert!(!acme.gets_in(&acme.at("ada"), PASSWORD).await);
    })
    .await;
}

// B3
#[tokio::test]
async fn the_alias_of_a_deleted_organization_is_held_back_for_a_year_from_everybody() {
    on_each_engine(async |world| {
        world.active_org("acme").await.deleted().await;
        world.clock.advance(ALIAS_HOLD - Duration::from_millis(1));
        world.tidy().await;
        let stranger = world.sign_in("root@second.example").await;
        for ctx in [&world.operator, &stranger] {
            refused(ask_for(ctx, new_organization("Acme")).await, "name_taken");
        }
        world.clock.advance(Duration::from_millis(1));
        let theirs = world.foreign_org("acme").await;
        assert_eq!(theirs.state().await, State::Active);
        // The tombstone of the first account is not the organization of the second.
        let tombstone = show_organization(&world.operator, org_ref("acme")).await.unwrap();
        assert_eq!(tombstone.state, State::Deleted);
        refused(show_organization(&world.operator, theirs.id()).await, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_live_alias_wins_over_a_deleted_one() {
    on_each_engine(async |world| {
        let old = world.active_org("acme").await;
        old.deleted().await;
        world.clock.advance(ALIAS_HOLD);
        let new = world.active_org("acme").await;
        assert_ne!(old.made.id, new.made.id);
        assert_eq!(show_organization(&world.operator, org_ref("acme")).await.unwrap().id, new.made.id);
        assert_eq!(old.state().await, State::Deleted);
        assert_eq!(new.state().await, State::Active);
    })
    .await;
}

#[tokio::test]
async fn a_deletion_of_many_users_goes_on_step_by_step() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let rows: String = (0..450).map(|n| format!("u{n},{}\n", acme.at(&format!("u{n}")))).collect();
        acme.import(&format!("username,email\n{rows}")).await;
        acme.delete(true, true).await.unwrap();
        let mut seen = Vec::new();
        while acme.state().await == State::Deleting {
            reeve_domain::jobs::run_next(&world.deployment).await.unwrap();
            let jobs = reeve_domain::jobs::list_jobs(&world.operator, Some(acme.id()), first(1)).await.unwrap();
            seen.push(jobs.items[0].attempts);
        }
        assert!(seen.len() >= 4, "{seen:?}");
        assert!(seen.iter().all(|attempts| *attempts <= 1), "a step that succeeds is no failed try: {seen:?}");
    })
    .await;
}

#[tokio::test]
async fn a_deletion_of_another_version_is_refused() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let version = acme.show().await.version;
        refused(acme.by(&world.expecting(version - 1).await).delete(true, false).await, "version_mismatch");
        acme.by(&world.expecting(version).await).delete(true, false).await.unwrap();
        world.settle().await;
    })
    .await;
}

#[tokio::test]
async fn a_deletion_is_not_for_those_who_may_not() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.create(new_user("ada")).await.unwrap();
        let nobody = auth::anonymous(&world.deployment, request(&world.clock));
        refused(acme.by(&nobody).delete(true, true).await, "unauthenticated");
        refused(acme.by(&world.other).delete(true, true).await, "not_found");
        refused(acme.by(&world.general).delete(true, true).await, "not_found");
        assert_eq!(acme.state().await, State::Active);
    })
    .await;
}
