//! Directories beside their organizations: left behind, taken up again, and refused (row B12).

use reeve_base::limits::MAILBOX_RETENTION;
use reeve_domain::directories::{list_directories, show_directory};
use reeve_domain::organizations::{NewOrganization, Organization, State};
use reeve_domain::users::EntityState;
use reeve_domain::{Ctx, Error};

use crate::harness::{PASSWORD, ask_for, first, new_organization, on_each_engine, refused};
use crate::org::Org;

async fn reuse(ctx: &Ctx, alias: &str, of: &Org<'_>) -> Result<Organization, Error> {
    let directory_id = Some(of.made.directory_id.clone());
    let new = NewOrganization { directory_id, ..new_organization(alias) };
    ask_for(ctx, new).await
}

#[tokio::test]
async fn a_directory_that_was_left_behind_serves_again_under_its_old_alias() {
    on_each_engine(async |world| {
        let old = world.active_org("acme").await;
        let ada = old.user_with_password("ada", PASSWORD).await;
        old.disabled_user("bob").await;
        old.delete(false, true).await.unwrap();
        world.settle().await;
        let left = list_directories(&world.admin, first(10)).await.unwrap();
        assert_eq!((left.items.len(), left.total), (1, Some(1)));
        assert_eq!(left.items[0].organization_id, None);

        // The alias is held back, but not from the directory that bore it.
        refused(ask_for(&world.admin, new_organization("acme")).await, "name_taken");
        let new = Org::new(world, reuse(&world.admin, "acme", &old).await.unwrap());
        world.settle().await;
        assert_eq!(new.state().await, State::Active);
        assert_eq!(new.names(Default::default()).await, ["ada", "administrator", "bob", "guest"]);
        let there = new.find("ada").await.unwrap();
        assert_eq!((there.id, there.state, there.mailbox), (ada.id, EntityState::Disabled, None));
        assert!(!new.gets_in(&new.at("ada"), PASSWORD).await);
        let back = new.enable("ada", &new.at("ada")).await.unwrap();
        assert_eq!(back.mailbox.unwrap().provisioned_at, world.now());
        assert!(new.gets_in(&new.at("ada"), PASSWORD).await);
    })
    .await;
}

#[tokio::test]
async fn groups_and_resources_stay_with_a_directory_that_is_left_behind() {
    on_each_engine(async |world| {
        let old = world.active_org("acme").await;
        old.user("ada").await;
        let (team, blue) = (old.group("team").await, old.room("blue").await);
        old.add_member("team", "ada").await.unwrap();
        old.delegate("blue", "team").await.unwrap();
        old.delete(false, true).await.unwrap();
        world.settle().await;
        let new = Org::new(world, reuse(&world.admin, "acme", &old).await.unwrap());
        world.settle().await;
        let there = new.find_group("team").await.unwrap();
        assert_eq!((there.id, there.state, there.email), (team.id, EntityState::Disabled, None));
        let there = new.find_resource("blue").await.unwrap();
        assert_eq!((there.id, there.state, there.email), (blue.id, EntityState::Disabled, None));
        assert_eq!(new.members("team").await, ["ada"]);
        assert_eq!(new.delegates("blue").await, ["team"]);
        new.enable_group("team", &new.at("team")).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_directory_may_serve_under_another_alias() {
    on_each_engine(async |world| {
        let old = world.active_org("acme").await;
        old.user("ada").await;
        old.delete(false, true).await.unwrap();
        world.settle().await;
        let new = Org::new(world, reuse(&world.admin, "globex", &old).await.unwrap());
        world.settle().await;
        let ada = new.enable("ada", "ada@globex.mail.test").await.unwrap();
        assert_eq!(ada.email.as_deref(), Some("ada@globex.mail.test"));
        // Her old address is on a domain that the new organization has not.
        assert!(new.aliases("ada").await.is_empty());
        assert_eq!(show_directory(&new.ctx, new.id()).await.unwrap().organization_id, Some(new.made.id.clone()));
    })
    .await;
}

// B12
#[tokio::test]
async fn a_directory_in_use_is_refused() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        refused(reuse(&world.admin, "globex", &acme).await, "directory_in_use");
        assert_eq!(acme.state().await, State::Active);
    })
    .await;
}

// B12
#[tokio::test]
async fn a_directory_of_another_account_is_not_found_even_by_its_held_alias() {
    on_each_engine(async |world| {
        let theirs = world.foreign_org("globex").await;
        refused(reuse(&world.admin, "acme", &theirs).await, "not_found");
        theirs.delete(false, false).await.unwrap();
        world.settle().await;
        for alias in ["acme", "globex"] {
            refused(reuse(&world.admin, alias, &theirs).await, "not_found");
        }
    })
    .await;
}

// B12
#[tokio::test]
async fn a_directory_of_another_region_and_a_deleted_one_are_unavailable() {
    on_each_engine(async |world| {
        let left = world.active_org("acme").await;
        left.delete(false, false).await.unwrap();
        let gone = world.active_org("globex").await;
        gone.deleted().await;
        let frankfurt = world.in_region("eu-central-1");
        let there = world.operator_on(&frankfurt, |_| ()).await;
        refused(reuse(&there, "acme", &left).await, "directory_unavailable");
        refused(reuse(&world.admin, "globex", &gone).await, "directory_unavailable");
        refused(reuse(&world.admin, "other", &gone).await, "directory_unavailable");
    })
    .await;
}

#[tokio::test]
async fn a_failed_reuse_leaves_directory_and_alias_as_they_were() {
    on_each_engine(async |world| {
        let left = world.active_org("acme").await;
        left.delete(false, false).await.unwrap();
        world.active_org("globex").await;
        refused(reuse(&world.admin, "globex", &left).await, "name_taken");
        let directories = list_directories(&world.admin, first(10)).await.unwrap().items;
        let free = directories.iter().find(|d| d.id == left.made.directory_id).unwrap();
        assert_eq!(free.organization_id, None);
        reuse(&world.admin, "acme", &left).await.unwrap();
        world.settle().await;
    })
    .await;
}

#[tokio::test]
async fn two_organizations_that_want_one_directory_do_not_both_get_it() {
    on_each_engine(async |world| {
        let left = world.active_org("acme").await;
        left.delete(false, false).await.unwrap();
        world.settle().await;
        world.clock.advance(MAILBOX_RETENTION);
        let claims = (0..10).map(|n| {
            let (ctx, directory_id) = (world.operator.clone(), Some(left.made.directory_id.clone()));
            let new = NewOrganization { directory_id, ..new_organization(&format!("org-{n}")) };
            async move { ask_for(&ctx, new).await }
        });
        let results = crate::org::at_once(claims).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        for error in results.into_iter().filter_map(Result::err) {
            assert_eq!(error.code(), "directory_in_use");
        }
        world.settle().await;
    })
    .await;
}
