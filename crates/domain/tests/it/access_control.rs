//! Access control rules: kept, replaced, removed, and what they come to together.

use reeve_base::ids::{ImpersonationRoleId, UserId};
use reeve_base::limits::{ACCESS_CONTROL_RULES_MAX, IP_RANGES_PER_RULE_MAX, VALUES_PER_CONDITION_MAX};
use reeve_base::names::Network;
use reeve_domain::Error;
use reeve_domain::access_control::{
    self, AccessAnswer, AccessConditions, AccessControlRule, AccessQuestion, NewAccessControlRule, Protocol, Who,
};
use reeve_domain::effect::Effect::{self, Allow, Deny};
use reeve_domain::impersonation;
use reeve_domain::users::UserRef;

use crate::calls_rules::{access_rule, any_of, description, none_of, ranges, role, rule_name, user_refs};
use crate::harness::{DAY, World, invalid, on_each_engine, refused, user_ref};
use crate::org::Org;

impl Org<'_> {
    pub(crate) async fn access_rules(&self) -> Vec<AccessControlRule> {
        access_control::list_access_control_rules(&self.ctx, self.id()).await.unwrap()
    }

    pub(crate) async fn put_rule(&self, new: NewAccessControlRule) -> Result<AccessControlRule, Error> {
        access_control::put_access_control_rule(&self.ctx, self.id(), new).await
    }

    pub(crate) async fn delete_rule(&self, name: &str) -> Result<(), Error> {
        access_control::delete_access_control_rule(&self.ctx, self.id(), rule_name(name)).await
    }

    /// Leaves these rules and no others.
    pub(crate) async fn only_rules(&self, rules: Vec<NewAccessControlRule>) {
        for rule in self.access_rules().await {
            self.delete_rule(&rule.name).await.unwrap();
        }
        for rule in rules {
            self.put_rule(rule).await.unwrap();
        }
    }

    async fn ask(&self, who: Who, protocol: Protocol, address: &str) -> Result<AccessAnswer, Error> {
        let question = AccessQuestion { address: address.parse().unwrap(), protocol, who };
        access_control::test_access_control(&self.ctx, self.id(), question).await
    }
}

/// A rule of an organization, with its conditions.
fn rule(name: &str, effect: Effect, conditions: AccessConditions<UserRef>) -> NewAccessControlRule {
    NewAccessControlRule { conditions, ..access_rule(name, effect) }
}

fn from(blocks: &[&str]) -> AccessConditions<UserRef> {
    AccessConditions { ip_ranges: any_of(ranges(blocks)), ..Default::default() }
}

fn not_from(blocks: &[&str]) -> AccessConditions<UserRef> {
    AccessConditions { ip_ranges: none_of(ranges(blocks)), ..Default::default() }
}

fn over(protocols: &[Protocol]) -> AccessConditions<UserRef> {
    AccessConditions { protocols: any_of(protocols.to_vec()), ..Default::default() }
}

fn not_over(protocols: &[Protocol]) -> AccessConditions<UserRef> {
    AccessConditions { protocols: none_of(protocols.to_vec()), ..Default::default() }
}

fn of_users(users: &[&str]) -> AccessConditions<UserRef> {
    AccessConditions { users: any_of(user_refs(users)), ..Default::default() }
}

fn not_of_users(users: &[&str]) -> AccessConditions<UserRef> {
    AccessConditions { users: none_of(user_refs(users)), ..Default::default() }
}

fn everybody() -> AccessConditions<UserRef> {
    AccessConditions::default()
}

async fn made_role(org: &Org<'_>, name: &str) -> ImpersonationRoleId {
    impersonation::create_impersonation_role(&org.ctx, org.id(), role(name)).await.unwrap().role.id
}

/// What a set of rules says to ada over a protocol from an address, and which of them bring it about.
type Case<'a> = (Vec<(&'a str, Effect, AccessConditions<UserRef>)>, Protocol, &'a str, Effect, &'a [&'a str]);

async fn check(org: &Org<'_>, cases: Vec<Case<'_>>) {
    for (rules, protocol, address, effect, matched) in cases {
        let said = format!("{rules:?} {protocol} {address}");
        org.only_rules(rules.into_iter().map(|(name, effect, when)| rule(name, effect, when)).collect()).await;
        let answer = org.ask(Who::User(user_ref("ada")), protocol, address).await.unwrap();
        assert_eq!(
            (answer.effect, answer.matched),
            (effect, matched.iter().map(ToString::to_string).collect()),
            "{said}"
        );
    }
}

#[tokio::test]
async fn a_new_organization_lets_everybody_in_by_one_rule_that_bears_no_time() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let rules = acme.access_rules().await;
        assert_eq!(rules.len(), 1);
        let default = &rules[0];
        assert_eq!((default.name.as_str(), default.effect, default.version), ("default", Allow, 1));
        assert_eq!(default.description.as_deref(), Some("Default WorkMail Rule"));
        assert_eq!(default.conditions, AccessConditions::default());
        assert_eq!((default.created_at, default.updated_at), (None, None));
        acme.user("ada").await;
        for protocol in Protocol::ALL {
            let answer = acme.ask(Who::User(user_ref("ada")), protocol, "2001:db8::7").await.unwrap();
            assert_eq!((answer.effect, answer.matched), (Allow, vec!["default".to_owned()]));
        }
    })
    .await;
}

// As WorkMail: a rule that denies beats all that allow; where no rule speaks, nobody gets in.
#[tokio::test]
async fn rules_have_no_order_and_denial_is_stronger() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        let home = "192.0.2.7";
        check(
            &acme,
            vec![
                (vec![], Protocol::Imap, home, Deny, &[]),
                (vec![("a", Allow, everybody())], Protocol::Imap, home, Allow, &["a"]),
                (vec![("d", Deny, everybody())], Protocol::Imap, home, Deny, &["d"]),
                (vec![("b", Allow, everybody()), ("a", Allow, everybody())], Protocol::Imap, home, Allow, &["a", "b"]),
                (vec![("a", Allow, everybody()), ("z", Deny, everybody())], Protocol::Imap, home, Deny, &["z"]),
                (vec![("a", Deny, everybody()), ("z", Allow, everybody())], Protocol::Imap, home, Deny, &["a"]),
                (
                    vec![("a", Deny, everybody()), ("m", Allow, everybody()), ("z", Deny, everybody())],
                    Protocol::Imap,
                    home,
                    Deny,
                    &["a", "z"],
                ),
                (vec![("a", Allow, from(&["198.51.100.0/24"]))], Protocol::Imap, home, Deny, &[]),
                (
                    vec![("a", Allow, everybody()), ("d", Deny, from(&["198.51.100.0/24"]))],
                    Protocol::Imap,
                    home,
                    Allow,
                    &["a"],
                ),
            ],
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn addresses_are_compared_as_networks_of_their_own_family() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        let imap = Protocol::Imap;
        let one = |when: AccessConditions<UserRef>| vec![("a", Allow, when)];
        let both = AccessConditions {
            ip_ranges: reeve_domain::effect::Condition {
                any_of: ranges(&["192.0.2.0/24"]),
                none_of: ranges(&["192.0.2.128/25"]),
            },
            ..Default::default()
        };
        check(
            &acme,
            vec![
                (one(from(&["192.0.2.0/24"])), imap, "192.0.2.255", Allow, &["a"]),
                (one(from(&["192.0.2.0/24"])), imap, "192.0.3.0", Deny, &[]),
                (one(from(&["198.51.100.0/24", "192.0.2.7"])), imap, "192.0.2.7", Allow, &["a"]),
                (one(from(&["0.0.0.0/0"])), imap, "203.0.113.9", Allow, &["a"]),
                (one(from(&["0.0.0.0/0"])), imap, "2001:db8::1", Deny, &[]),
                (one(from(&["192.0.2.0/24"])), imap, "::ffff:192.0.2.9", Allow, &["a"]),
                (one(from(&["2001:db8::/32"])), imap, "2001:db8:1::1", Allow, &["a"]),
                (one(from(&["2001:db8::/32"])), imap, "2001:db9::1", Deny, &[]),
                (one(from(&["::/0"])), imap, "192.0.2.7", Deny, &[]),
                (one(not_from(&["192.0.2.0/24"])), imap, "192.0.2.7", Deny, &[]),
                (one(not_from(&["192.0.2.0/24"])), imap, "192.0.3.7", Allow, &["a"]),
                (one(not_from(&["192.0.2.0/24"])), imap, "2001:db8::1", Allow, &["a"]),
                (one(not_from(&["192.0.2.0/24", "2001:db8::/32"])), imap, "2001:db8::1", Deny, &[]),
                (one(both.clone()), imap, "192.0.2.7", Allow, &["a"]),
                (one(both), imap, "192.0.2.200", Deny, &[]),
            ],
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn all_conditions_of_a_rule_must_hold_and_any_value_of_one_will_do() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        acme.user("bob").await;
        let home = "192.0.2.7";
        let one = |when: AccessConditions<UserRef>| vec![("a", Allow, when)];
        let narrow = AccessConditions {
            ip_ranges: any_of(ranges(&["192.0.2.0/24"])),
            protocols: any_of(vec![Protocol::Imap, Protocol::Smtp]),
            users: none_of(user_refs(&["bob"])),
            ..Default::default()
        };
        check(
            &acme,
            vec![
                (one(over(&[Protocol::Smtp, Protocol::Imap])), Protocol::Imap, home, Allow, &["a"]),
                (one(over(&[Protocol::Smtp, Protocol::Imap])), Protocol::Ews, home, Deny, &[]),
                (one(not_over(&[Protocol::WebMail])), Protocol::Imap, home, Allow, &["a"]),
                (one(not_over(&[Protocol::WebMail, Protocol::Imap])), Protocol::Imap, home, Deny, &[]),
                (one(of_users(&["ada", "bob"])), Protocol::Imap, home, Allow, &["a"]),
                (one(of_users(&["bob"])), Protocol::Imap, home, Deny, &[]),
                (one(not_of_users(&["bob"])), Protocol::Imap, home, Allow, &["a"]),
                (one(not_of_users(&["bob", "ada"])), Protocol::Imap, home, Deny, &[]),
                (one(narrow.clone()), Protocol::Smtp, home, Allow, &["a"]),
                (one(narrow.clone()), Protocol::Ews, home, Deny, &[]),
                (one(narrow), Protocol::Imap, "198.51.100.1", Deny, &[]),
            ],
        )
        .await;
        let both = AccessConditions {
            users: reeve_domain::effect::Condition { any_of: user_refs(&["ada"]), none_of: user_refs(&["ada"]) },
            ..Default::default()
        };
        check(&acme, vec![(one(both), Protocol::Imap, home, Deny, &[])]).await;
    })
    .await;
}

#[tokio::test]
async fn programs_that_act_as_users_come_over_ews_and_are_no_users() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        let (archive, backup) = (made_role(&acme, "archive").await, made_role(&acme, "backup").await);
        let roles = |any: &[&ImpersonationRoleId], none: &[&ImpersonationRoleId]| AccessConditions {
            impersonation_roles: reeve_domain::effect::Condition {
                any_of: any.iter().copied().cloned().collect(),
                none_of: none.iter().copied().cloned().collect(),
            },
            ..everybody()
        };
        for (when, for_user, for_archive) in [
            (everybody(), Allow, Allow),
            (roles(&[&archive], &[]), Deny, Allow),
            (roles(&[&backup], &[]), Deny, Deny),
            (roles(&[], &[&archive]), Allow, Deny),
            (roles(&[], &[&backup]), Allow, Allow),
            (of_users(&["ada"]), Allow, Deny),
            (not_of_users(&["ada"]), Deny, Allow),
        ] {
            acme.only_rules(vec![rule("a", Allow, when.clone())]).await;
            let user = acme.ask(Who::User(user_ref("ada")), Protocol::Ews, "192.0.2.7").await.unwrap();
            let program = acme.ask(Who::Role(archive.clone()), Protocol::Ews, "192.0.2.7").await.unwrap();
            assert_eq!((user.effect, program.effect), (for_user, for_archive), "{when:?}");
        }
        for protocol in Protocol::ALL.into_iter().filter(|protocol| *protocol != Protocol::Ews) {
            invalid(acme.ask(Who::Role(archive.clone()), protocol, "192.0.2.7").await, "protocol");
        }
        let absent: ImpersonationRoleId = "nobody".parse().unwrap();
        let told = refused(acme.ask(Who::Role(absent), Protocol::Ews, "192.0.2.7").await, "not_found");
        assert!(matches!(told, Error::NotFound { what: "impersonation role", .. }));
        refused(acme.ask(Who::User(user_ref("eve")), Protocol::Ews, "192.0.2.7").await, "not_found");
        // A rule that names a role that is gone speaks of nobody, and one that rules it out of everybody.
        acme.only_rules(vec![rule("a", Allow, roles(&[&archive], &[])), rule("b", Allow, roles(&[], &[&backup]))])
            .await;
        impersonation::delete_impersonation_role(&acme.ctx, acme.id(), archive).await.unwrap();
        impersonation::delete_impersonation_role(&acme.ctx, acme.id(), backup).await.unwrap();
        let user = acme.ask(Who::User(user_ref("ada")), Protocol::Ews, "192.0.2.7").await.unwrap();
        assert_eq!(user.matched, ["b"]);
    })
    .await;
}

#[tokio::test]
async fn a_rule_is_replaced_as_a_whole_by_its_name() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ada = acme.user("ada").await;
        let mut new = rule("Office", Deny, not_from(&["192.0.2.0/24", "2001:db8::/32", "192.0.2.0/24"]));
        new.description = Some(description("only from\nthe office"));
        new.conditions.users = any_of(user_refs(&["ada", ada.id.as_str(), "ADA@acme.mail.test"]));
        let made = acme.put_rule(new).await.unwrap();
        assert_eq!(made.conditions.ip_ranges.none_of, ranges(&["192.0.2.0/24", "2001:db8::/32"]), "each once");
        assert_eq!(made.conditions.users.any_of, [ada.id]);
        assert_eq!(made.description.as_deref(), Some("only from\nthe office"));
        assert_eq!((made.created_at, made.updated_at, made.version), (Some(world.now()), Some(world.now()), 1));
        let made_at = world.now();
        world.clock.advance(DAY);
        let replaced = acme.put_rule(access_rule("Office", Allow)).await.unwrap();
        assert_eq!((replaced.effect, &replaced.description), (Allow, &None));
        assert_eq!(replaced.conditions, AccessConditions::default());
        assert_eq!((replaced.created_at, replaced.updated_at, replaced.version), (Some(made_at), Some(world.now()), 2));
        // Names that differ in case are two names, as in WorkMail.
        acme.put_rule(access_rule("office", Deny)).await.unwrap();
        let names: Vec<_> = acme.access_rules().await.into_iter().map(|rule| rule.name).collect();
        assert_eq!(names, ["Office", "default", "office"]);
        let default = acme.put_rule(access_rule("default", Deny)).await.unwrap();
        assert_eq!((default.created_at, default.updated_at), (None, Some(world.now())));
    })
    .await;
}

#[tokio::test]
async fn nothing_is_told_where_nothing_changes() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let made = acme.put_rule(rule("office", Deny, from(&["192.0.2.0/24"]))).await.unwrap();
        let events = world.events().await.len();
        world.clock.advance(DAY);
        assert_eq!(acme.put_rule(rule("office", Deny, from(&["192.0.2.0/24"]))).await.unwrap(), made);
        acme.delete_rule("never").await.unwrap();
        assert_eq!(world.events().await.len(), events);
        acme.put_rule(rule("office", Deny, over(&[Protocol::Imap, Protocol::Smtp]))).await.unwrap();
        world.clock.advance(DAY);
        acme.delete_rule("office").await.unwrap();
        acme.delete_rule("office").await.unwrap();
        let told: Vec<_> = world.events().await.into_iter().take(2).collect();
        assert_eq!(
            (told[0].operation.as_str(), told[0].resource_name.as_str()),
            ("delete_access_control_rule", "office")
        );
        let changes: Vec<_> =
            told[1].changes.iter().map(|c| (c.field.as_str(), c.before.as_deref(), c.after.as_deref())).collect();
        assert_eq!(changes, [("protocols", None, Some("IMAP, SMTP")), ("ip_ranges", Some("192.0.2.0/24"), None)]);
        assert_eq!(world.events().await.len(), events + 2);
    })
    .await;
}

#[tokio::test]
async fn only_the_version_that_was_seen_is_replaced_or_removed() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.put_rule(access_rule("office", Deny)).await.unwrap();
        for seen in [0, 2] {
            let stale = acme.by(&world.expecting(seen).await);
            refused(stale.put_rule(access_rule("office", Allow)).await, "version_mismatch");
            refused(stale.delete_rule("office").await, "version_mismatch");
        }
        refused(acme.by(&world.expecting(1).await).put_rule(access_rule("new", Allow)).await, "version_mismatch");
        acme.by(&world.expecting(1).await).put_rule(access_rule("office", Allow)).await.unwrap();
        acme.by(&world.expecting(2).await).delete_rule("office").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn users_and_roles_that_are_not_there_make_no_rule() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        let stranger: UserId = world.active_org("globex").await.user("eve").await.id;
        for missing in ["nobody", stranger.as_str(), "", "ada\0"] {
            for when in [of_users(&["ada", missing]), not_of_users(&[missing])] {
                let told = refused(acme.put_rule(rule("a", Allow, when)).await, "not_found");
                assert!(matches!(&told, Error::NotFound { what: "user", name } if name == missing), "{told:?}");
            }
        }
        let absent = AccessConditions { impersonation_roles: none_of(vec!["r-1".parse().unwrap()]), ..everybody() };
        let told = refused(acme.put_rule(rule("a", Allow, absent)).await, "not_found");
        assert!(matches!(told, Error::NotFound { what: "impersonation role", .. }));
        assert_eq!(acme.access_rules().await.len(), 1);
        // Somebody who is gone stays in the rules that name them, so that a rule about one person is not about everybody.
        let gone = acme.disabled_user("gone").await;
        acme.only_rules(vec![rule("a", Allow, of_users(&["gone"]))]).await;
        acme.delete_user("gone").await.unwrap();
        assert_eq!(acme.access_rules().await[0].conditions.users.any_of, [gone.id]);
        assert_eq!(acme.ask(Who::User(user_ref("ada")), Protocol::Imap, "192.0.2.7").await.unwrap().effect, Deny);
    })
    .await;
}

#[tokio::test]
async fn there_is_a_most_of_everything() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        for n in 1..ACCESS_CONTROL_RULES_MAX {
            acme.put_rule(access_rule(&format!("rule-{n}"), Allow)).await.unwrap();
        }
        let told = refused(acme.put_rule(access_rule("one-too-many", Allow)).await, "limit_reached");
        assert!(matches!(told, Error::LimitReached { limit: ACCESS_CONTROL_RULES_MAX, .. }));
        acme.put_rule(access_rule("rule-1", Deny)).await.unwrap();
        acme.delete_rule("rule-1").await.unwrap();
        let blocks = |count: usize| -> Vec<Network> {
            (0..count).map(|n| Network::parse("b", &format!("10.{}.{}.0/24", n / 256, n % 256)).unwrap()).collect()
        };
        let full = AccessConditions { ip_ranges: any_of(blocks(IP_RANGES_PER_RULE_MAX)), ..everybody() };
        assert_eq!(
            acme.put_rule(rule("full", Allow, full)).await.unwrap().conditions.ip_ranges.any_of.len(),
            IP_RANGES_PER_RULE_MAX
        );
        let over_full = none_of(blocks(IP_RANGES_PER_RULE_MAX + 1));
        invalid(
            acme.put_rule(rule("full", Allow, AccessConditions { ip_ranges: over_full, ..everybody() })).await,
            "not_ip_ranges",
        );
        let crowd = vec!["ada"; VALUES_PER_CONDITION_MAX + 1];
        invalid(acme.put_rule(rule("full", Allow, of_users(&crowd))).await, "users");
        invalid(
            acme.put_rule(rule("full", Allow, over(&[Protocol::Imap; VALUES_PER_CONDITION_MAX + 1]))).await,
            "protocols",
        );
        let roles = vec!["r".parse().unwrap(); VALUES_PER_CONDITION_MAX + 1];
        let roles = AccessConditions { impersonation_roles: none_of(roles), ..everybody() };
        invalid(acme.put_rule(rule("full", Allow, roles)).await, "not_impersonation_roles");
    })
    .await;
}

#[tokio::test]
async fn rules_that_are_made_at_once_do_not_pass_the_limit() {
    on_each_engine(async |world: &World| {
        let acme = world.active_org("acme").await;
        let tries = (0..ACCESS_CONTROL_RULES_MAX + 5).map(|n| {
            let (ctx, id) = (acme.ctx.clone(), acme.id());
            async move {
                let new = access_rule(&format!("rule-{n}"), Allow);
                access_control::put_access_control_rule(&ctx, id, new).await.is_ok()
            }
        });
        let made = crate::org::at_once(tries).await.into_iter().filter(|made| *made).count();
        assert_eq!(made, ACCESS_CONTROL_RULES_MAX - 1, "the default rule is one");
        assert_eq!(acme.access_rules().await.len(), ACCESS_CONTROL_RULES_MAX);
    })
    .await;
}

#[tokio::test]
async fn rules_are_one_organizations_and_go_with_it() {
    on_each_engine(async |world| {
        let (acme, globex) = (world.active_org("acme").await, world.active_org("globex").await);
        acme.put_rule(access_rule("office", Deny)).await.unwrap();
        assert_eq!(globex.access_rules().await.len(), 1);
        acme.deleted().await;
        assert_eq!(globex.access_rules().await.len(), 1);
        let id = acme.made.id.to_string();
        let left = world
            .store()
            .read(move |tx| reeve_store::tables::organization_documents::count(tx, (&id, "access_control_rule")));
        assert_eq!(left.await.unwrap(), 0);
    })
    .await;
}
