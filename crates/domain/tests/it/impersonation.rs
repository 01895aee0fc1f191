//! Impersonation roles: kept, replaced, removed, and as whom a role may act.

use reeve_base::ids::ImpersonationRoleId;
use reeve_base::limits::{IMPERSONATION_ROLES_MAX, IMPERSONATION_RULES_MAX, VALUES_PER_CONDITION_MAX};
use reeve_domain::Error;
use reeve_domain::effect::Condition;
use reeve_domain::effect::Effect::{self, Allow, Deny};
use reeve_domain::impersonation::{
    self, ImpersonationKind, ImpersonationRole, NewImpersonationRole, NewImpersonationRule, RoleAnswer,
};
use reeve_domain::page::PageRequest;
use reeve_domain::users::UserRef;

use crate::calls_rules::{any_of, description, label, none_of, role, role_rule, user_refs};
use crate::harness::{DAY, first, invalid, on_each_engine, refused, user_ref};
use crate::org::Org;

impl Org<'_> {
    async fn make_role(&self, new: NewImpersonationRole) -> Result<ImpersonationRole, Error> {
        impersonation::create_impersonation_role(&self.ctx, self.id(), new).await.map(|created| created.role)
    }

    async fn edit_role(&self, id: &str, new: NewImpersonationRole) -> Result<ImpersonationRole, Error> {
        impersonation::edit_impersonation_role(&self.ctx, self.id(), role_id(id), new).await
    }

    async fn delete_role(&self, id: &str) -> Result<(), Error> {
        impersonation::delete_impersonation_role(&self.ctx, self.id(), role_id(id)).await
    }

    async fn show_role(&self, id: &str) -> Result<ImpersonationRole, Error> {
        impersonation::show_impersonation_role(&self.ctx, self.id(), role_id(id)).await
    }

    async fn may_act_as(&self, id: &str, user: &str) -> Result<RoleAnswer, Error> {
        impersonation::test_impersonation_role(&self.ctx, self.id(), role_id(id), user_ref(user)).await
    }

    /// The names of roles, two to a page.
    async fn roles(&self) -> Vec<String> {
        let mut all = Vec::new();
        let mut page = first(2);
        loop {
            let got = impersonation::list_impersonation_roles(&self.ctx, self.id(), page.clone()).await.unwrap();
            all.extend(got.items.into_iter().map(|role| role.name));
            page = PageRequest { cursor: got.next_cursor, ..page };
            if page.cursor.is_none() {
                assert_eq!(got.total, Some(all.len() as u64));
                return all;
            }
        }
    }
}

fn role_id(id: &str) -> ImpersonationRoleId {
    id.parse().unwrap()
}

fn with(name: &str, rules: Vec<NewImpersonationRule>) -> NewImpersonationRole {
    NewImpersonationRole { rules, ..role(name) }
}

fn about(id: &str, effect: Effect, targets: Condition<UserRef>) -> NewImpersonationRule {
    NewImpersonationRule { targets, ..role_rule(id, effect) }
}

// As WorkMail: denial first; without a rule that speaks, nobody; an allowing rule without targets, everybody.
#[tokio::test]
async fn a_role_may_act_as_whom_a_rule_allows_and_none_denies() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        acme.user("bob").await;
        let made = acme.make_role(role("archive")).await.unwrap();
        let ada = || any_of(user_refs(&["ada"]));
        let bob = || any_of(user_refs(&["bob"]));
        let not_ada = || none_of(user_refs(&["ada"]));
        for (rules, effect, matched) in [
            (vec![], Deny, vec![]),
            (vec![role_rule("all", Allow)], Allow, vec!["all"]),
            (vec![role_rule("none", Deny)], Deny, vec!["none"]),
            (vec![about("1", Allow, ada())], Allow, vec!["1"]),
            (vec![about("1", Allow, bob())], Deny, vec![]),
            (vec![about("1", Allow, not_ada())], Deny, vec![]),
            (vec![about("1", Allow, none_of(user_refs(&["bob"])))], Allow, vec!["1"]),
            (vec![role_rule("all", Allow), about("2", Deny, ada())], Deny, vec!["2"]),
            (vec![role_rule("all", Allow), about("2", Deny, bob())], Allow, vec!["all"]),
            (vec![role_rule("all", Allow), about("2", Deny, not_ada())], Allow, vec!["all"]),
            (vec![about("z", Allow, ada()), role_rule("a", Allow)], Allow, vec!["z", "a"]),
            (
                vec![about("1", Allow, Condition { any_of: user_refs(&["ada", "bob"]), none_of: user_refs(&["ada"]) })],
                Deny,
                vec![],
            ),
        ] {
            let said = format!("{rules:?}");
            acme.edit_role(made.id.as_str(), with("archive", rules)).await.unwrap();
            let answer = acme.may_act_as(made.id.as_str(), "ada@acme.mail.test").await.unwrap();
            let ids: Vec<_> = answer.matched.iter().map(|(id, _)| id.as_str()).collect();
            assert_eq!((answer.effect, ids), (effect, matched), "{said}");
            assert_eq!(answer.kind, ImpersonationKind::ReadOnly);
        }
    })
    .await;
}

#[tokio::test]
async fn a_role_is_kept_and_replaced_as_a_whole() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ada = acme.user("ada").await;
        let rule = NewImpersonationRule {
            name: Some(label("Only Ada")),
            description: Some(description("and\nnobody else")),
            ..about("only-ada", Allow, any_of(user_refs(&["ada", "ADA", ada.id.as_str()])))
        };
        let new = NewImpersonationRole {
            kind: ImpersonationKind::FullAccess,
            description: Some(description("migration")),
            ..with("Archive", vec![rule])
        };
        let made = acme.make_role(new).await.unwrap();
        assert_eq!((made.name.as_str(), made.kind, made.version), ("Archive", ImpersonationKind::FullAccess, 1));
        assert_eq!((made.description.as_deref(), made.created_at), (Some("migration"), world.now()));
        assert_eq!(made.rules[0].targets.any_of, [ada.id], "each user once, by id");
        assert_eq!(
            (made.rules[0].name.as_deref(), made.rules[0].description.as_deref()),
            (Some("Only Ada"), Some("and\nnobody else"))
        );
        assert_eq!(acme.show_role(made.id.as_str()).await.unwrap(), made);
        world.clock.advance(DAY);
        let edited = acme.edit_role(made.id.as_str(), role("ARCHIVE")).await.unwrap();
        assert_eq!((edited.name.as_str(), edited.kind), ("ARCHIVE", ImpersonationKind::ReadOnly));
        assert_eq!((edited.description, edited.rules.len()), (None, 0));
        assert_eq!((edited.created_at, edited.updated_at, edited.version), (made.created_at, world.now(), 2));
        let events = world.events().await.len();
        assert_eq!(acme.edit_role(made.id.as_str(), role("ARCHIVE")).await.unwrap().version, 2);
        acme.delete_role("never").await.unwrap();
        assert_eq!(world.events().await.len(), events, "nothing changed");
        let stale = acme.by(&world.expecting(1).await);
        refused(stale.edit_role(made.id.as_str(), role("x")).await, "version_mismatch");
        refused(stale.delete_role(made.id.as_str()).await, "version_mismatch");
        acme.delete_role(made.id.as_str()).await.unwrap();
        acme.delete_role(made.id.as_str()).await.unwrap();
        assert_eq!(world.events().await.len(), events + 1);
        for told in [
            refused(acme.show_role(made.id.as_str()).await, "not_found"),
            refused(acme.edit_role(made.id.as_str(), role("x")).await, "not_found"),
            refused(acme.may_act_as(made.id.as_str(), "ada").await, "not_found"),
        ] {
            assert!(matches!(told, Error::NotFound { what: "impersonation role", .. }));
        }
    })
    .await;
}

#[tokio::test]
async fn names_of_roles_are_unique_in_their_organization() {
    on_each_engine(async |world| {
        let (acme, globex) = (world.active_org("acme").await, world.active_org("globex").await);
        let archive = acme.make_role(role("Archive")).await.unwrap();
        let backup = acme.make_role(role("Backup")).await.unwrap();
        globex.make_role(role("Archive")).await.unwrap();
        for taken in ["Archive", "ARCHIVE", "Àrchive"] {
            invalid(acme.make_role(role(taken)).await, "name");
            invalid(acme.edit_role(backup.id.as_str(), role(taken)).await, "name");
        }
        acme.edit_role(archive.id.as_str(), role("Old archive")).await.unwrap();
        acme.edit_role(backup.id.as_str(), role("archive")).await.unwrap();
        assert_eq!(acme.roles().await, ["archive", "Old archive"]);
        refused(globex.show_role(backup.id.as_str()).await, "not_found");
        globex.delete_role(backup.id.as_str()).await.unwrap();
        acme.make_role(role("Calendar")).await.unwrap();
        assert_eq!(acme.roles().await, ["archive", "Calendar", "Old archive"]);
    })
    .await;
}

#[tokio::test]
async fn a_retry_finds_the_role_that_the_first_try_made() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let by_token = acme.by(&world.with_token("t", "one").await);
        let create =
            async |org: &Org<'_>| impersonation::create_impersonation_role(&org.ctx, org.id(), role("archive")).await;
        let made = create(&by_token).await.unwrap();
        let again = create(&by_token).await.unwrap();
        assert_eq!((again.role, again.replayed, made.replayed), (made.role, true, false));
        refused(create(&acme.by(&world.with_token("t", "other").await)).await, "conflict");
        assert_eq!(acme.roles().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn targets_are_users_who_are_enabled() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        acme.disabled_user("cid").await;
        let eve = world.active_org("globex").await.user("eve").await;
        let made = acme.make_role(with("archive", vec![role_rule("all", Allow)])).await.unwrap();
        for (nobody, code) in [("nobody", "not_found"), (eve.id.as_str(), "not_found"), ("cid", "wrong_state")] {
            for targets in [any_of(user_refs(&["ada", nobody])), none_of(user_refs(&[nobody]))] {
                let new = || with("other", vec![about("1", Allow, targets.clone())]);
                refused(acme.make_role(new()).await, code);
                refused(acme.edit_role(made.id.as_str(), new()).await, code);
            }
            refused(acme.may_act_as(made.id.as_str(), nobody).await, code);
        }
        assert_eq!(acme.show_role(made.id.as_str()).await.unwrap(), made, "a refused edit leaves all as it was");
        assert_eq!(acme.roles().await, ["archive"]);
    })
    .await;
}

#[tokio::test]
async fn there_is_a_most_of_roles_rules_and_targets() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let made = acme.make_role(role("role 1")).await.unwrap();
        for n in 2..=IMPERSONATION_ROLES_MAX {
            acme.make_role(role(&format!("role {n}"))).await.unwrap();
        }
        let told = refused(acme.make_role(role("one more")).await, "limit_reached");
        assert!(matches!(told, Error::LimitReached { limit: IMPERSONATION_ROLES_MAX, .. }));
        acme.delete_role(made.id.as_str()).await.unwrap();
        let many = |count: usize| (0..count).map(|n| role_rule(&n.to_string(), Allow)).collect::<Vec<_>>();
        acme.make_role(with("full", many(IMPERSONATION_RULES_MAX))).await.unwrap();
        invalid(acme.make_role(with("over", many(IMPERSONATION_RULES_MAX + 1))).await, "rules");
        let twins = vec![role_rule("same", Allow), role_rule("same", Deny)];
        invalid(acme.make_role(with("twins", twins)).await, "rules");
        let crowd = any_of(user_refs(&["ada"; VALUES_PER_CONDITION_MAX + 1]));
        invalid(acme.make_role(with("crowd", vec![about("1", Allow, crowd)])).await, "target_users");
        let crowd = none_of(user_refs(&["ada"; VALUES_PER_CONDITION_MAX + 1]));
        invalid(acme.make_role(with("crowd", vec![about("1", Allow, crowd)])).await, "not_target_users");
    })
    .await;
}
