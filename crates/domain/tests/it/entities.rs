//! What does not care whether it is about a user, a group or a resource: enabling and disabling, addresses, whose an
//! address is, and which groups somebody is in.

use reeve_base::limits::ADDRESS_HOLD;
use reeve_domain::entities::{self, EntityKind, EntityRef, EntityState};
use reeve_domain::page::PageRequest;
use reeve_domain::users::UserRole;

use crate::audit::told;
use crate::calls_resources::entity_ref;
use crate::harness::{email, first, invalid, new_user, on_each_engine, refused};
use crate::org::{Org, dump};
use crate::visible::give;

/// One of each kind, disabled, with the words for their operations.
async fn one_of_each(org: &Org<'_>) -> [(&'static str, EntityKind); 3] {
    org.disabled_user("ada").await;
    org.disabled_group("team").await;
    org.disabled_room("blue").await;
    [("ada", EntityKind::User), ("team", EntityKind::Group), ("blue", EntityKind::Resource)]
}

/// The name of the operation that the newest event tells of.
async fn last_operation(org: &Org<'_>) -> String {
    org.world.events().await.remove(0).operation
}

#[tokio::test]
async fn each_kind_is_enabled_and_disabled_by_its_own_operation() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        for (name, kind) in one_of_each(&acme).await {
            let tick = || world.clock.advance(std::time::Duration::from_millis(1));
            let address = acme.at(&format!("{name}.main"));
            tick();
            acme.enable_any(entity_ref(name), &address).await.unwrap();
            assert_eq!(last_operation(&acme).await, format!("enable_{}", kind.word()));
            let found = acme.find_entity(&address).await.unwrap();
            assert_eq!((found.name.as_str(), found.kind, found.state), (name, kind, EntityState::Enabled));
            assert_eq!(found.email.as_ref(), Some(&address));
            let before = dump(&acme).await;
            acme.enable_any(
                EntityRef::by_id(&found.id),
                &address.to_uppercase().replace("ACME.MAIL.TEST", "acme.mail.test"),
            )
            .await
            .unwrap();
            refused(acme.enable_any(entity_ref(name), &acme.at("other")).await, "wrong_state");
            assert_eq!(dump(&acme).await, before);
            tick();
            acme.disable_any(EntityRef::by_id_or_name(name)).await.unwrap();
            assert_eq!(last_operation(&acme).await, format!("disable_{}", kind.word()));
            refused(acme.find_entity(&address).await, "not_found");
            let before = dump(&acme).await;
            acme.disable_any(entity_ref(name)).await.unwrap();
            assert_eq!(dump(&acme).await, before);
        }
        refused(acme.enable_any(entity_ref("guest"), &acme.at("guest")).await, "reserved");
        refused(acme.disable_any(entity_ref("guest")).await, "reserved");
        let told = refused(acme.disable_any(entity_ref("nobody")).await, "not_found").to_string();
        assert_eq!(told, "there is no entity \"nobody\"");
    })
    .await;
}

#[tokio::test]
async fn each_kind_has_aliases_and_a_default_address() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let (ctx, org) = (&acme.ctx, || acme.id());
        for (name, kind) in one_of_each(&acme).await {
            let (one, two) = (email(&acme.at(&format!("{name}.one"))), email(&acme.at(&format!("{name}.two"))));
            let entity = || entity_ref(name);
            refused(entities::add_alias(ctx, org(), entity(), one.clone()).await, "wrong_state");
            refused(entities::set_default_address(ctx, org(), entity(), one.clone()).await, "wrong_state");
            acme.enable_any(entity(), &acme.at(name)).await.unwrap();
            let alias = entities::add_alias(ctx, org(), entity(), one.clone()).await.unwrap();
            assert_eq!((alias.address.as_str(), alias.created_at), (one.as_str(), world.now()));
            entities::add_alias(ctx, org(), entity(), two.clone()).await.unwrap();
            assert_eq!(acme.find_entity(two.as_str()).await.unwrap().kind, kind, "an alias leads to its bearer");
            let page = entities::list_aliases(ctx, org(), entity(), first(1)).await.unwrap();
            assert_eq!((page.total, page.items[0].address.as_str()), (Some(2), one.as_str()));
            let next = PageRequest { cursor: page.next_cursor, ..first(5) };
            let rest = entities::list_aliases(ctx, org(), entity(), next.clone()).await.unwrap();
            assert_eq!((rest.items.len(), rest.items[0].address.as_str(), rest.next_cursor), (1, two.as_str(), None));
            invalid(entities::list_aliases(ctx, org(), entity_ref("guest"), next).await, "cursor");
            let before = dump(&acme).await;
            entities::add_alias(ctx, org(), entity(), one.clone()).await.unwrap();
            entities::remove_alias(ctx, org(), entity(), email(&acme.at("nobody"))).await.unwrap();
            invalid(entities::remove_alias(ctx, org(), entity(), email(&acme.at(name))).await, "address");
            assert_eq!(dump(&acme).await, before);
            entities::set_default_address(ctx, org(), entity(), two.clone()).await.unwrap();
            assert_eq!(acme.find_entity(one.as_str()).await.unwrap().email.as_deref(), Some(two.as_str()));
            entities::remove_alias(ctx, org(), entity(), one.clone()).await.unwrap();
            refused(acme.find_entity(one.as_str()).await, "not_found");
        }
        assert_eq!(told(&acme, "remove_resource_alias").await, ["alias: blue.one@acme.mail.test > -"]);
        assert_eq!(
            told(&acme, "set_group_default_address").await,
            ["email: team@acme.mail.test > team.two@acme.mail.test"]
        );
    })
    .await;
}

#[tokio::test]
async fn an_edit_of_another_version_is_refused_whatever_the_kind() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        for (name, _) in one_of_each(&acme).await {
            acme.enable_any(entity_ref(name), &acme.at(name)).await.unwrap();
        }
        let stale = acme.by(&world.expecting(1).await);
        let (ctx, org) = (&stale.ctx, || stale.id());
        let before = dump(&acme).await;
        for name in ["ada", "team", "blue"] {
            let (entity, more) = (|| entity_ref(name), || email(&acme.at("more")));
            refused(stale.enable_any(entity(), &acme.at(name)).await, "version_mismatch");
            refused(stale.disable_any(entity()).await, "version_mismatch");
            refused(entities::add_alias(ctx, org(), entity(), more()).await, "version_mismatch");
            refused(entities::remove_alias(ctx, org(), entity(), more()).await, "version_mismatch");
            refused(entities::set_default_address(ctx, org(), entity(), more()).await, "version_mismatch");
        }
        assert_eq!(dump(&acme).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_reference_finds_what_it_says_it_is_and_no_more() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ada = acme.user("ada").await;
        let address = acme.at("ada");
        let groups_of = async |entity: EntityRef| {
            entities::list_groups_of_entity(&acme.ctx, acme.id(), entity, None, first(1)).await.map(drop)
        };
        for found in [
            EntityRef::by_id(ada.id.as_str()),
            EntityRef::by_id_or_name(ada.id.as_str()),
            EntityRef::by_id_or_name("ADA"),
            entity_ref(ada.id.as_str()),
            entity_ref("Ada"),
            entity_ref(&address),
        ] {
            groups_of(found).await.unwrap();
        }
        for absent in [
            EntityRef::by_id("ada"),
            EntityRef::by_id(&address),
            EntityRef::by_id_or_name(&address),
            EntityRef::by_id(""),
        ] {
            refused(groups_of(absent).await, "not_found");
        }
    })
    .await;
}

// WorkMail does not say which wins; one order for all operations, whatever their kind, is what matters.
#[tokio::test]
async fn an_id_wins_over_an_address_and_an_address_over_a_name() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ada = acme.user("ada").await;
        // A group that is named like somebody's address, and one that is named like somebody's id.
        acme.disabled_group("ada@acme.mail.test").await;
        acme.disabled_group(ada.id.as_str()).await;
        acme.disabled_group("nobody@acme.mail.test").await;
        acme.disabled_group("team").await;
        acme.add_member("team", "ada@acme.mail.test").await.unwrap();
        acme.add_member("team", "nobody@acme.mail.test").await.unwrap();
        assert_eq!(acme.members("team").await, ["ada", "nobody@acme.mail.test"]);
        assert_eq!(acme.find("ada@acme.mail.test").await.unwrap().id, ada.id);
        refused(acme.find_group("ada@acme.mail.test").await, "not_found");
        refused(acme.find_group(ada.id.as_str()).await, "not_found");
        // What the address hides is found by its id, and by its name once nobody has the address.
        acme.disable("ada").await.unwrap();
        acme.find_group("ada@acme.mail.test").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_address_finds_its_bearer_and_one_that_is_held_finds_nobody() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ada = acme.user("Ada").await;
        acme.create(reeve_domain::users::NewUser {
            role: UserRole::RemoteUser,
            email: Some(email(&acme.at("remote"))),
            ..new_user("remote")
        })
        .await
        .unwrap();
        assert_eq!(acme.find_entity("ADA@acme.mail.test").await.unwrap().id, ada.id.to_string());
        acme.find_entity(&acme.at("remote")).await.unwrap();
        for absent in ["nobody@acme.mail.test", "guest@acme.mail.test", "ada@unknown.example"] {
            let told = refused(acme.find_entity(absent).await, "not_found").to_string();
            assert_eq!(told, format!("there is no entity \"{absent}\""));
        }
        let theirs = world.foreign_org("globex").await;
        theirs.user("eve").await;
        refused(acme.find_entity("eve@globex.mail.test").await, "not_found");
        refused(acme.by(&world.other).find_entity(&acme.at("ada")).await, "not_found");
        acme.disable("Ada").await.unwrap();
        refused(acme.find_entity(&acme.at("ada")).await, "not_found");
        world.clock.advance(ADDRESS_HOLD);
        acme.group("ada.group").await;
        acme.set_group_default("ada.group", &acme.at("ada")).await.unwrap();
        assert_eq!(acme.find_entity(&acme.at("ada")).await.unwrap().kind, EntityKind::Group);
    })
    .await;
}

#[tokio::test]
async fn the_groups_of_an_entity_are_those_that_it_is_in_itself() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.disabled_user("ada").await;
        acme.room("blue").await;
        acme.chain(&["inner", "outer"].map(str::to_owned)).await;
        for name in ["Sales", "sales-2", "Ärzte"] {
            acme.disabled_group(name).await;
            acme.add_member(name, "ada").await.unwrap();
        }
        acme.add_member("inner", "ada").await.unwrap();
        assert_eq!(acme.groups_of("ada").await, ["Ärzte", "inner", "Sales", "sales-2"]);
        assert_eq!(acme.groups_of("inner").await, ["outer"]);
        assert_eq!((acme.groups_of("outer").await, acme.groups_of("blue").await), (vec![], vec![]));
        let list = async |prefix: &str, page: PageRequest| {
            entities::list_groups_of_entity(&acme.ctx, acme.id(), entity_ref("ada"), Some(prefix.to_owned()), page)
                .await
        };
        let page = list("SALES", first(1)).await.unwrap();
        assert_eq!((page.items[0].name.as_str(), page.total), ("Sales", Some(2)));
        let next = PageRequest { cursor: page.next_cursor, ..first(1) };
        let rest = list("SALES", next.clone()).await.unwrap();
        assert_eq!((rest.items[0].name.as_str(), rest.next_cursor), ("sales-2", None));
        invalid(list("s", next).await, "cursor");
        assert_eq!(list("a", first(5)).await.unwrap().items[0].name, "Ärzte");
        assert_eq!(list("ada", PageRequest::uncounted(None, None)).await.unwrap().total, None);
        invalid(list("a\0", first(5)).await, "name_prefix");
        let told = entities::list_groups_of_entity(&acme.ctx, acme.id(), entity_ref("nobody"), None, first(1)).await;
        assert_eq!(refused(told, "not_found").to_string(), "there is no entity \"nobody\"");
    })
    .await;
}

#[tokio::test]
async fn a_right_over_one_kind_is_none_over_another() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        one_of_each(&acme).await;
        let id = &acme.made.id;
        give(
            world,
            &format!(
                "permit (principal, action in [Action::\"user:read\", Action::\"group:read\", Action::\"enable_group\"], \
                 resource in Organization::\"{id}\");"
            ),
        )
        .await;
        let theirs = acme.by(&world.general);
        theirs.enable_any(entity_ref("team"), &acme.at("team")).await.unwrap();
        refused(theirs.enable_any(entity_ref("ada"), &acme.at("ada")).await, "denied");
        refused(theirs.disable_any(entity_ref("team")).await, "denied");
        // Resources are not even to be seen.
        let before = dump(&acme).await;
        for unseen in ["blue", "nobody"] {
            let told = refused(theirs.enable_any(entity_ref(unseen), &acme.at("blue")).await, "not_found").to_string();
            assert_eq!(told, format!("there is no entity \"{unseen}\""));
        }
        assert_eq!(dump(&acme).await, before);
    })
    .await;
}

#[tokio::test]
async fn what_may_not_be_seen_is_found_by_no_address_and_listed_as_no_group() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let (ada, team) = (acme.user("ada").await, acme.group("team").await);
        acme.group("secret").await;
        acme.room("blue").await;
        for group in ["team", "secret"] {
            acme.add_member(group, "ada").await.unwrap();
        }
        let cedar = format!(
            "permit (principal, action in [Action::\"find_entity\", Action::\"list_groups_of_entity\"], \
             resource == User::\"{}\"); \
             permit (principal, action == Action::\"show_user\", resource == User::\"{}\"); \
             permit (principal, action == Action::\"show_group\", resource == Group::\"{}\");",
            ada.id, ada.id, team.id
        );
        give(world, &cedar).await;
        let theirs = acme.by(&world.general);
        assert_eq!(theirs.find_entity(&acme.at("ada")).await.unwrap().id, ada.id.to_string());
        for unseen in ["secret", "blue", "nobody"] {
            let address = acme.at(unseen);
            let told = refused(theirs.find_entity(&address).await, "not_found").to_string();
            assert_eq!(told, format!("there is no entity \"{address}\""));
        }
        // Their name is known, and whose address it is not.
        refused(theirs.find_entity(&acme.at("team")).await, "denied");
        assert_eq!(theirs.groups_of("ada").await, ["team"]);
        refused(
            entities::list_groups_of_entity(&world.general, acme.id(), entity_ref("secret"), None, first(1)).await,
            "not_found",
        );
    })
    .await;
}

#[tokio::test]
async fn who_sees_no_group_is_shown_none_of_an_entity() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ada = acme.user("ada").await;
        acme.group("team").await;
        acme.add_member("team", "ada").await.unwrap();
        let cedar = format!(
            "permit (principal, action in [Action::\"show_user\", Action::\"list_groups_of_entity\"], \
             resource == User::\"{}\");",
            ada.id
        );
        give(world, &cedar).await;
        assert_eq!(acme.by(&world.general).groups_of("ada").await, [""; 0]);
    })
    .await;
}
