//! Proving that a domain is one's own, and what follows when the proof goes: every way there and back.

use std::time::Duration;

use reeve_base::dns::{LookupFailure, RecordKind};
use reeve_domain::audit::Event;
use reeve_domain::health::{Condition, Kind, list_organization_conditions};
use reeve_domain::mail_domains::{
    Domain, Ownership, RecordState, add_domain, check_domain, mta_sts_policy, reconcile, remove_domain,
    set_default_domain, show_domain,
};
use reeve_domain::organizations::State;

use crate::harness::{World, domain, on_each_engine, refused};
use crate::org::Org;

const NAME: &str = "acme.example";
const PROOF: &str = "_reeve.acme.example";
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

async fn add(org: &Org<'_>) -> Domain {
    add_domain(&org.ctx, org.id(), domain(NAME)).await.unwrap().domain
}

async fn check(org: &Org<'_>) -> Domain {
    check_domain(&org.ctx, org.id(), domain(NAME)).await.unwrap()
}

async fn show(org: &Org<'_>) -> Domain {
    show_domain(&org.ctx, org.id(), domain(NAME)).await.unwrap()
}

/// What the worker does, as often as it finds something to do.
async fn work(world: &World) {
    reconcile(&world.deployment).await.unwrap();
}

/// Lets time pass in steps, with the worker at work after each.
async fn pass(world: &World, step: Duration, steps: u32) {
    for _ in 0..steps {
        world.clock.advance(step);
        work(world).await;
    }
}

async fn conditions(org: &Org<'_>) -> Vec<Condition> {
    list_organization_conditions(&org.ctx, org.id()).await.unwrap()
}

fn token(shown: &Domain) -> &str {
    assert_eq!(shown.records[0].record.host, PROOF);
    &shown.records[0].record.value
}

fn state_of(shown: &Domain, host: &str, kind: RecordKind) -> Option<RecordState> {
    let watched = shown.records.iter().find(|watched| watched.record.host == host && watched.record.kind == kind);
    watched.unwrap().finding.as_ref().map(|finding| finding.state)
}

fn told<'e>(events: &'e [Event], operation: &str) -> Vec<&'e Event> {
    events.iter().filter(|event| event.operation == operation).collect()
}

fn changed(event: &Event, field: &str) -> Option<(Option<String>, Option<String>)> {
    let change = event.changes.iter().find(|change| change.field == field)?;
    Some((change.before.clone(), change.after.clone()))
}

/// A domain that is proven, with all its records in the DNS.
async fn proven(org: &Org<'_>) -> Domain {
    let added = add(org).await;
    org.world.dns.publish(&added);
    let shown = check(org).await;
    assert_eq!(shown.ownership, Ownership::Verified);
    shown
}

/// A sign-in ends before the time that these tests let pass: the operator goes on.
async fn patient<'w>(world: &'w World, alias: &str) -> Org<'w> {
    world.active_org(alias).await.by(&world.operator)
}

#[tokio::test]
async fn a_domain_is_proven_by_its_record_and_says_how_each_one_stands() {
    on_each_engine(async |world| {
        let acme = patient(world, "acme").await;
        let added = add(&acme).await;
        assert_eq!((added.ownership, added.checked_at, added.dkim), (Ownership::Pending, None, Ownership::Pending));
        assert_eq!(added.prove_by, Some(world.now().plus(HOUR * 72)));
        assert!(added.records.iter().all(|watched| watched.finding.is_none()), "nobody looked yet");

        world.dns.put("unrelated.example", RecordKind::Txt, &["nothing"]);
        let looked = check(&acme).await;
        assert_eq!((looked.ownership, looked.checked_at), (Ownership::Pending, Some(world.now())));
        assert!(
            looked.records.iter().all(|w| w.finding.as_ref().unwrap().state == RecordState::Missing),
            "{looked:#?}"
        );
        acme.user("ada").await;
        refused(acme.add_alias("ada", "ada@acme.example").await, "domain_unverified");

        // Events of one moment have no order.
        world.clock.advance(MINUTE);
        world.dns.publish(&added);
        let proven = check(&acme).await;
        assert_eq!((proven.ownership, proven.dkim, proven.prove_by), (Ownership::Verified, Ownership::Verified, None));
        assert!(proven.records.iter().all(|w| w.finding.as_ref().unwrap().state == RecordState::Found), "{proven:#?}");
        assert_eq!(show(&acme).await, proven);
        acme.add_alias("ada", "ada@acme.example").await.unwrap();
        set_default_domain(&acme.ctx, acme.id(), domain(NAME)).await.unwrap();

        let events = world.events().await;
        let checks = told(&events, "check_domain");
        let moved = (Some("pending".to_owned()), Some("verified".to_owned()));
        assert_eq!((checks.len(), changed(checks[0], "ownership")), (2, Some(moved)));
        let mx = (Some("missing".to_owned()), Some("found".to_owned()));
        assert_eq!(changed(checks[0], "MX acme.example"), Some(mx));
    })
    .await;
}

#[tokio::test]
async fn a_domain_is_found_to_be_proven_without_anybody_asking() {
    on_each_engine(async |world| {
        let acme = patient(world, "acme").await;
        let added = add(&acme).await;
        work(world).await;
        assert_eq!(show(&acme).await.ownership, Ownership::Pending);
        let asked = world.dns.asked();
        work(world).await;
        assert_eq!(world.dns.asked(), asked, "not before its time");
        world.dns.publish(&added);
        pass(world, MINUTE, 1).await;
        assert_eq!(show(&acme).await.ownership, Ownership::Verified);
        let events = world.events().await;
        let kept = told(&events, "maintain_domain");
        assert_eq!(
            (kept.len(), kept[0].actor.kind.as_str()),
            (2, "system"),
            "that nobody answered, and that it is proven"
        );
        assert!(changed(kept[1], "MX acme.example") == Some((None, Some("unknown".to_owned()))));
        let asked = world.dns.asked();
        pass(world, HOUR, 21).await;
        assert_eq!(world.dns.asked(), asked, "once a day is enough");
        pass(world, HOUR, 3).await;
        assert!(world.dns.asked() > asked, "and for ever");
        assert_eq!(told(&world.events().await, "maintain_domain").len(), 2, "what stays as it is, is not told");
    })
    .await;
}

#[tokio::test]
async fn dns_hosts_without_underscores_prove_a_domain_at_its_own_name() {
    on_each_engine(async |world| {
        let acme = patient(world, "acme").await;
        let added = add(&acme).await;
        let apex = format!("reeve-verification={}", token(&added));
        world.dns.put(NAME, RecordKind::Txt, &["v=spf1 -all", "another-service=1", &apex]);
        let shown = check(&acme).await;
        assert_eq!(shown.ownership, Ownership::Verified);
        assert_eq!(state_of(&shown, PROOF, RecordKind::Txt), Some(RecordState::Found));
        assert_eq!(state_of(&shown, NAME, RecordKind::Txt), Some(RecordState::Different), "its SPF is another");
    })
    .await;
}

#[tokio::test]
async fn what_is_not_proven_in_time_fails_and_begins_anew_with_another_token() {
    on_each_engine(async |world| {
        let acme = patient(world, "acme").await;
        let first = add(&acme).await;
        world.dns.take(PROOF, RecordKind::Txt);
        pass(world, HOUR, 71).await;
        assert_eq!(show(&acme).await.ownership, Ownership::Pending);
        pass(world, HOUR, 2).await;
        let failed = show(&acme).await;
        assert_eq!((failed.ownership, failed.next_check_at, failed.prove_by), (Ownership::Failed, None, None));
        assert_eq!((acme.state().await, conditions(&acme).await), (State::Active, Vec::new()), "it never worked");

        // The token that was in time for nothing proves nothing.
        world.dns.publish(&first);
        assert_eq!(check(&acme).await.ownership, Ownership::Failed);
        let again = add(&acme).await;
        assert_eq!((again.ownership, again.prove_by), (Ownership::Pending, Some(world.now().plus(HOUR * 72))));
        assert_ne!(token(&again), token(&first));
        assert_eq!(check(&acme).await.ownership, Ownership::Pending, "the old token is no proof");
        world.dns.publish(&again);
        assert_eq!(check(&acme).await.ownership, Ownership::Verified);
        let events = world.events().await;
        assert_eq!(told(&events, "add_domain").len(), 2);
    })
    .await;
}

#[tokio::test]
async fn silence_of_the_dns_fails_nobody() {
    on_each_engine(async |world| {
        let acme = patient(world, "acme").await;
        let added = add(&acme).await;
        world.dns.fail(Some(LookupFailure::TimedOut));
        pass(world, HOUR, 80).await;
        let waiting = show(&acme).await;
        assert_eq!(waiting.ownership, Ownership::Pending, "nobody said that it is not there");
        assert_eq!(state_of(&waiting, PROOF, RecordKind::Txt), Some(RecordState::Unknown));
        world.dns.publish(&added);
        assert_eq!(check(&acme).await.ownership, Ownership::Verified);
        for why in [
            LookupFailure::TimedOut,
            LookupFailure::ServerFailed,
            LookupFailure::Unintelligible,
            LookupFailure::Unreachable,
        ] {
            world.dns.fail(Some(why));
            pass(world, HOUR * 24, 5).await;
            let shown = show(&acme).await;
            assert_eq!((shown.ownership, shown.lapsed_since), (Ownership::Verified, None), "{why:?}");
        }
        assert_eq!(acme.state().await, State::Active);
        // Half of the answer is no answer: the other name may hold the proof.
        world.dns.take(PROOF, RecordKind::Txt);
        world.dns.fail(Some(LookupFailure::ServerFailed));
        pass(world, HOUR * 24, 5).await;
        assert_eq!(show(&acme).await.lapsed_since, None);
    })
    .await;
}

#[tokio::test]
async fn a_name_that_comes_and_goes_is_there() {
    on_each_engine(async |world| {
        let acme = patient(world, "acme").await;
        proven(&acme).await;
        // Each second and each third answer about it: once a look is wrong, the other one is right.
        for every in [2, 3] {
            world.dns.flap(PROOF, every);
            pass(world, HOUR * 12, 10).await;
            let shown = show(&acme).await;
            assert_eq!(shown.ownership, Ownership::Verified, "every {every}");
        }
        world.dns.flap("nothing.example", 2);
        pass(world, HOUR * 25, 1).await;
        assert_eq!((show(&acme).await.lapsed_since, acme.state().await), (None, State::Active));
    })
    .await;
}

#[tokio::test]
async fn a_proof_that_goes_impairs_the_organization_and_one_that_comes_back_heals_it() {
    on_each_engine(async |world| {
        let acme = patient(world, "acme").await;
        let added = proven(&acme).await;
        acme.user("ada").await;
        acme.add_alias("ada", "ada@acme.example").await.unwrap();
        set_default_domain(&acme.ctx, acme.id(), domain(NAME)).await.unwrap();
        world.dns.take(PROOF, RecordKind::Txt);
        world.clock.advance(HOUR * 24);
        let lapsed_at = world.now();
        work(world).await;
        let lapsed = show(&acme).await;
        assert_eq!((lapsed.ownership, lapsed.lapsed_since), (Ownership::Verified, Some(lapsed_at)));
        assert!(lapsed.is_default, "a default stays the default");
        assert_eq!(acme.state().await, State::Impaired);
        let found = conditions(&acme).await;
        assert_eq!((found.len(), found[0].kind, found[0].subject.as_str()), (1, Kind::Domain, NAME));
        assert!(
            found[0].reason.contains("no longer in its DNS") && found[0].remedy.contains("put the TXT record back")
        );
        let error = refused(acme.add_alias("ada", "other@acme.example").await, "domain_unverified");
        assert!(error.to_string().contains("put its TXT record back"), "{error}");
        assert_eq!(acme.aliases("ada").await.len(), 1, "what there is stays");

        // Within the hour after the record is back, nobody needs to do anything.
        pass(world, HOUR, 40).await;
        assert_eq!(show(&acme).await.lapsed_since, Some(lapsed_at), "the first moment counts");
        world.dns.publish(&added);
        pass(world, HOUR, 1).await;
        assert_eq!((show(&acme).await.lapsed_since, acme.state().await), (None, State::Active));
        assert_eq!(conditions(&acme).await, Vec::new());
        acme.add_alias("ada", "other@acme.example").await.unwrap();
        let events = world.events().await;
        let lapses: Vec<_> =
            told(&events, "maintain_domain").into_iter().filter_map(|e| changed(e, "lapsed_at")).collect();
        assert_eq!(lapses.len(), 2, "there and back: {lapses:?}");
        assert_eq!(told(&events, "report_condition").len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_proof_that_stays_away_is_lost_and_a_new_one_is_needed() {
    on_each_engine(async |world| {
        let acme = patient(world, "acme").await;
        let added = proven(&acme).await;
        acme.user("ada").await;
        acme.add_alias("ada", "ada@acme.example").await.unwrap();
        world.dns.take(PROOF, RecordKind::Txt);
        pass(world, HOUR, 24 + 72 + 2).await;
        let lost = show(&acme).await;
        assert_eq!((lost.ownership, acme.state().await), (Ownership::Failed, State::Impaired));
        let found = conditions(&acme).await;
        assert!(found[0].reason.contains("too long") && found[0].remedy.contains("add the domain"), "{found:?}");
        // Mail still comes to the one who had it.
        assert!(mta_sts_policy(&world.deployment, "mta-sts.acme.example").await.unwrap().is_some());
        refused(acme.add_alias("ada", "other@acme.example").await, "domain_unverified");
        world.dns.publish(&added);
        assert_eq!(check(&acme).await.ownership, Ownership::Failed, "the old token is over");
        let again = add(&acme).await;
        assert_ne!(token(&again), token(&added));
        assert_eq!(acme.state().await, State::Impaired, "until it is proven");
        world.dns.publish(&again);
        assert_eq!((check(&acme).await.ownership, acme.state().await), (Ownership::Verified, State::Active));
        acme.add_alias("ada", "other@acme.example").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_domain_goes_over_to_another_organization_once_it_is_lost_and_proven_anew() {
    on_each_engine(async |world| {
        let acme = patient(world, "acme").await;
        let globex = world.foreign_org("globex").await;
        let before = add(&globex).await;
        let added = proven(&acme).await;
        acme.user("ada").await;
        acme.add_alias("ada", "ada@acme.example").await.unwrap();
        let mut both = vec![token(&added).to_owned(), token(&before).to_owned()];
        world.dns.put(PROOF, RecordKind::Txt, &both.iter().map(String::as_str).collect::<Vec<_>>());
        let waits = check(&globex).await;
        assert_eq!(waits.ownership, Ownership::Pending);
        let advice = &waits.records[0].finding.as_ref().unwrap().advice;
        assert!(advice.contains("another organization has proven"), "{advice}");
        refused(add_domain(&world.other, acme.id(), domain(NAME)).await, "not_found");

        // Only the other organization's token is left.
        both.remove(0);
        world.dns.put(PROOF, RecordKind::Txt, &[&both[0]]);
        pass(world, HOUR, 26).await;
        assert_eq!(show(&acme).await.lapsed_since.map(|_| acme.made.id.clone()), Some(acme.made.id.clone()));
        let still = globex.by(&world.sign_in("root@second.example").await);
        assert_eq!(check(&still).await.ownership, Ownership::Pending, "not while the first may still mend it");
        pass(world, HOUR, 73).await;
        assert_eq!(show(&acme).await.ownership, Ownership::Failed);
        let now_globex = globex.by(&world.sign_in("root@second.example").await);
        let theirs = add(&now_globex).await;
        world.dns.publish(&theirs);
        assert_eq!(check(&now_globex).await.ownership, Ownership::Verified);

        assert_eq!(acme.state().await, State::Impaired);
        let found = conditions(&acme).await;
        assert!(found[0].reason.contains("proven by another organization"), "{found:?}");
        let events = world.events().await;
        let gone: Vec<_> =
            told(&events, "maintain_domain").into_iter().filter(|e| changed(e, "owner").is_some()).collect();
        assert_eq!((gone.len(), gone[0].actor.kind.as_str()), (1, "system"), "who proved it is not told");
        refused(add_domain(&acme.ctx, acme.id(), domain(NAME)).await, "domain_taken");
        refused(remove_domain(&acme.ctx, acme.id(), domain(NAME)).await, "domain_taken");
        acme.remove_alias("ada", "ada@acme.example").await.unwrap();
        remove_domain(&acme.ctx, acme.id(), domain(NAME)).await.unwrap();
        assert_eq!(acme.state().await, State::Active, "who removes it, has nothing amiss");
        assert_eq!(show(&now_globex).await.ownership, Ownership::Verified, "and takes it from nobody");
    })
    .await;
}

#[tokio::test]
async fn a_proof_is_not_remembered_over_a_removal() {
    on_each_engine(async |world| {
        let acme = patient(world, "acme").await;
        proven(&acme).await;
        remove_domain(&acme.ctx, acme.id(), domain(NAME)).await.unwrap();
        assert_eq!(check_domain(&acme.ctx, acme.id(), domain(NAME)).await.unwrap_err().code(), "domain_not_found");
        add(&acme).await;
        assert_eq!(check(&acme).await.ownership, Ownership::Pending, "its old record is still there");
    })
    .await;
}

#[tokio::test]
async fn a_look_that_was_under_way_when_a_domain_began_anew_proves_nothing() {
    on_each_engine(async |world| {
        let acme = patient(world, "acme").await;
        let added = add(&acme).await;
        world.dns.publish(&added);
        // Both at once, over and over: whichever comes first, the token that was looked for is the one that counts.
        for _ in 0..10 {
            let (checked, _) = tokio::join!(check_domain(&acme.ctx, acme.id(), domain(NAME)), async {
                let _ = remove_domain(&acme.ctx, acme.id(), domain(NAME)).await;
                let _ = add_domain(&acme.ctx, acme.id(), domain(NAME)).await;
            },);
            let now = show(&acme).await;
            if token(&now) != token(&added) {
                assert_eq!(now.ownership, Ownership::Pending, "{checked:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn two_servers_that_look_at_the_same_time_prove_a_domain_once() {
    on_each_engine(async |world| {
        let acme = patient(world, "acme").await;
        let added = add(&acme).await;
        world.dns.publish(&added);
        let second = world.restarted();
        let (one, other) = tokio::join!(reconcile(&world.deployment), reconcile(&second));
        one.and(other).unwrap();
        assert_eq!(show(&acme).await.ownership, Ownership::Verified);
        assert_eq!(told(&world.events().await, "maintain_domain").len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_test_domain_is_never_looked_at() {
    on_each_engine(async |world| {
        let acme = patient(world, "acme").await;
        world.dns.put("unrelated.example", RecordKind::Txt, &["nothing"]);
        pass(world, HOUR * 24, 10).await;
        assert_eq!(world.dns.asked(), 0);
        let test = check_domain(&acme.ctx, acme.id(), domain("acme.mail.test")).await.unwrap();
        assert_eq!((test.ownership, test.checked_at, world.dns.asked()), (Ownership::Verified, None, 0));
    })
    .await;
}

#[tokio::test]
async fn the_policy_for_encryption_is_told_for_proven_domains_alone() {
    on_each_engine(async |world| {
        let acme = patient(world, "acme").await;
        let ask = async |host: &str| mta_sts_policy(&world.deployment, host).await.unwrap();
        add(&acme).await;
        assert_eq!(ask("mta-sts.acme.example").await, None);
        world.dns.publish(&show(&acme).await);
        check(&acme).await;
        let policy = ask("MTA-STS.acme.example").await.unwrap();
        assert!(policy.contains("mode: testing\r\n") && policy.contains("mx: reeve.example.com\r\n"), "{policy}");
        for host in ["acme.example", "mta-sts.other.example", "mta-sts.", "", "mta-sts.\u{0}"] {
            assert_eq!(ask(host).await, None, "{host}");
        }
    })
    .await;
}
