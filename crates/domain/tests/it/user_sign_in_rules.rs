//! Users who sign in under access control rules: who is let through, and what a refusal costs and counts.

use reeve_domain::access_control::{AccessConditions, Arrival, Protocol};
use reeve_domain::directories::{PasswordPolicyEdit, set_password_policy};
use reeve_domain::effect::Effect::{Allow, Deny};
use reeve_domain::users::{self, SignInOutcome as Outcome, UserRef};

use crate::calls_rules::{access_rule, any_of, none_of, ranges, user_refs};
use crate::harness::{OTHER_PASSWORD, PASSWORD, on_each_engine, secret, user_ref};
use crate::org::{Org, by};

const ADA: &str = "ada@acme.mail.test";

/// Puts a rule that speaks under these conditions.
async fn put(org: &Org<'_>, name: &str, effect: reeve_domain::effect::Effect, conditions: AccessConditions<UserRef>) {
    let new = reeve_domain::access_control::NewAccessControlRule { conditions, ..access_rule(name, effect) };
    org.put_rule(new).await.unwrap();
}

async fn outcome(org: &Org<'_>, password: &str, arrival: Arrival) -> Outcome {
    users::check_sign_in(&org.ctx, org.id(), user_ref("ada"), secret(password), Some(arrival)).await.unwrap()
}

#[tokio::test]
async fn a_user_gets_in_by_the_protocols_and_from_the_addresses_that_rules_allow() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user_with_password("ada", PASSWORD).await;
        acme.user_with_password("bob", PASSWORD).await;
        let (office, home) = ("192.0.2.7", "203.0.113.9");
        let not_office = AccessConditions {
            ip_ranges: none_of(ranges(&["192.0.2.0/24"])),
            protocols: none_of(vec![Protocol::WebMail]),
            users: none_of(user_refs(&["bob"])),
            ..Default::default()
        };
        put(&acme, "office", Deny, not_office).await;
        for (address, protocol, from, expected) in [
            (ADA, Protocol::Imap, office, true),
            (ADA, Protocol::Imap, home, false),
            (ADA, Protocol::Smtp, home, false),
            (ADA, Protocol::WebMail, home, true),
            (ADA, Protocol::Imap, "::ffff:192.0.2.8", true),
            (ADA, Protocol::Imap, "2001:db8::8", false),
            ("bob@acme.mail.test", Protocol::Imap, home, true),
        ] {
            let got = acme.gets_in_by(address, PASSWORD, by(protocol, from)).await;
            assert_eq!(got, expected, "{address} {protocol} {from}");
        }
        assert_eq!(outcome(&acme, PASSWORD, by(Protocol::Imap, home)).await, Outcome::RefusedByRule);
        assert_eq!(outcome(&acme, PASSWORD, by(Protocol::Imap, office)).await, Outcome::Accepted);
        assert_eq!(acme.check_sign_in("ada", PASSWORD).await, Outcome::Accepted, "nobody said how she comes");
    })
    .await;
}

#[tokio::test]
async fn without_rules_nobody_gets_in() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user_with_password("ada", PASSWORD).await;
        assert!(acme.gets_in(ADA, PASSWORD).await);
        acme.only_rules(Vec::new()).await;
        for protocol in Protocol::ALL {
            assert!(!acme.gets_in_by(ADA, PASSWORD, by(protocol, "192.0.2.7")).await, "{protocol}");
        }
        acme.put_rule(access_rule("anybody", Allow)).await.unwrap();
        assert!(acme.gets_in(ADA, PASSWORD).await);
    })
    .await;
}

#[tokio::test]
async fn a_rule_holds_at_once_also_for_a_password_that_is_remembered() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user_with_password("ada", PASSWORD).await;
        for _ in 0..2 {
            assert!(acme.gets_in(ADA, PASSWORD).await);
        }
        acme.put_rule(access_rule("nobody", Deny)).await.unwrap();
        assert!(!acme.gets_in(ADA, PASSWORD).await);
        acme.delete_rule("nobody").await.unwrap();
        assert!(acme.gets_in(ADA, PASSWORD).await);
    })
    .await;
}

// Somebody outside the office can neither try passwords nor lock a user out by wrong ones, nor tell by the time it takes
// whether a rule or a password refused them.
#[tokio::test]
async fn from_where_nobody_may_sign_in_passwords_are_not_tried_and_failures_not_counted() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user_with_password("ada", PASSWORD).await;
        let edit = PasswordPolicyEdit { lockout_failures: Some(2), ..Default::default() };
        set_password_policy(&acme.ctx, acme.id(), edit).await.unwrap();
        let inside = AccessConditions { ip_ranges: any_of(ranges(&["192.0.2.0/24"])), ..Default::default() };
        put(&acme, "default", Allow, inside).await;
        for password in [PASSWORD, OTHER_PASSWORD, OTHER_PASSWORD, OTHER_PASSWORD] {
            let before = world.deployment.hashing_runs();
            assert!(!acme.gets_in_by(ADA, password, by(Protocol::Imap, "203.0.113.9")).await);
            assert_eq!(world.deployment.hashing_runs() - before, 1, "it costs what a wrong password costs");
        }
        assert!(acme.gets_in(ADA, PASSWORD).await);
        assert_eq!(outcome(&acme, OTHER_PASSWORD, by(Protocol::Imap, "203.0.113.9")).await, Outcome::RefusedByRule);
        assert!(acme.gets_in(ADA, PASSWORD).await);
    })
    .await;
}

#[tokio::test]
async fn what_keeps_the_user_out_anyway_is_said_first() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user_with_password("ada", PASSWORD).await;
        acme.only_rules(Vec::new()).await;
        let arrival = by(Protocol::Imap, "192.0.2.7");
        assert_eq!(outcome(&acme, PASSWORD, arrival).await, Outcome::RefusedByRule);
        acme.disable("ada").await.unwrap();
        assert_eq!(outcome(&acme, PASSWORD, arrival).await, Outcome::Disabled);
    })
    .await;
}
