//! Zones in which the records of domains are kept: planned, written, kept, left; and what goes wrong meanwhile.

use std::time::Duration;

use reeve_base::dns::RecordKind;
use reeve_base::limits::{ZONE_CHECK_PERIOD, ZONE_LEAVING_TIME, ZONE_RETRY_PERIOD_MIN};
use reeve_base::zone_hosts::ZoneFailure;
use reeve_domain::Error;
use reeve_domain::hosted_zones::{Act, Leftovers, ZoneState, set_hosted_zone};
use reeve_domain::mail_domains::{add_domain, remove_domain, show_domain};
use reeve_domain::organizations::NewOrganization;

use crate::calls_zones::{powerdns, provider_ref};
use crate::harness::{World, ask_for, domain, new_organization, on_each_engine, refused};
use crate::org::Org;

const DOMAIN: &str = "acme.example";
const SPF: &str = "v=spf1 a:reeve.example.com ~all";

/// An organization with a domain whose zone is at a provider, in which others have a record.
async fn attached(world: &World) -> Org<'_> {
    let acme = world.active_org("acme").await;
    add_domain(&acme.ctx, acme.id(), domain(DOMAIN)).await.unwrap();
    world.dns_provider(powerdns("zones")).await;
    world.zones.put(DOMAIN, RecordKind::Txt, &["foreign"]);
    acme.set_zone("zones", DOMAIN).await.unwrap();
    acme
}

async fn kept(world: &World) -> Org<'_> {
    let acme = attached(world).await;
    acme.write_zone(DOMAIN).await.unwrap();
    acme
}

async fn records(acme: &Org<'_>) -> usize {
    show_domain(&acme.ctx, acme.id(), domain(DOMAIN)).await.unwrap().records.len()
}

fn why<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Conflict { why }) => why,
        other => panic!("should be a conflict: {other:?}"),
    }
}

#[tokio::test]
async fn nothing_is_written_before_a_plan_was_shown_and_then_all_of_it() {
    on_each_engine(async |world| {
        let acme = attached(world).await;
        world.clock.advance(ZONE_CHECK_PERIOD * 2);
        world.look_at_zones().await;
        assert_eq!(world.zones.lines(), ["acme.example TXT foreign"]);
        let zone = acme.zone(DOMAIN).await.unwrap();
        assert_eq!((zone.state, zone.zone.name.as_str(), zone.written), (ZoneState::Attached, DOMAIN, 0));

        let plan = acme.plan(DOMAIN).await.unwrap();
        assert!(plan.steps.iter().all(|step| step.act == Act::Add), "{plan:#?}");
        assert_eq!(plan.steps.len(), records(&acme).await);
        assert_eq!(world.zones.writes(), 0, "planning writes nothing");
        let zone = acme.write_plan(DOMAIN, &plan.id).await.unwrap();
        assert_eq!((zone.state, zone.written), (ZoneState::Kept, plan.steps.len()));
        assert_eq!(world.zones.values(DOMAIN, RecordKind::Txt), ["foreign", SPF]);
        assert_eq!(world.zones.lines().len(), plan.steps.len() + 1);
        // The proof is there now, so it is looked for soon.
        let shown = show_domain(&acme.ctx, acme.id(), domain(DOMAIN)).await.unwrap();
        assert_eq!(shown.next_check_at, Some(world.now()));
        let event = world.events_of("write_zone_records").await.remove(0);
        assert!(event.changes.iter().any(|change| change.after.as_deref() == Some(SPF)));
        // What is written is planned as kept.
        let plan = acme.plan(DOMAIN).await.unwrap();
        assert!(plan.steps.iter().all(|step| step.act == Act::Keep));
    })
    .await;
}

#[tokio::test]
async fn exactly_the_plan_that_was_shown_is_written() {
    on_each_engine(async |world| {
        let acme = attached(world).await;
        let plan = acme.plan(DOMAIN).await.unwrap();
        world.zones.put("_dmarc.acme.example", RecordKind::Txt, &["v=DMARC1; p=none"]);
        assert!(why(acme.write_plan(DOMAIN, &plan.id).await).contains("plan again"));
        refused(acme.write_plan(DOMAIN, "").await, "conflict");
        assert_eq!(world.zones.writes(), 0);
        let plan = acme.plan(DOMAIN).await.unwrap();
        let conflict = plan.steps.iter().find(|step| step.act == Act::Conflict).unwrap();
        assert_eq!(
            (conflict.name.as_str(), conflict.before.as_deref()),
            ("_dmarc.acme.example", Some("v=DMARC1; p=none"))
        );
        let zone = acme.write_plan(DOMAIN, &plan.id).await.unwrap();
        assert_eq!(world.zones.values("_dmarc.acme.example", RecordKind::Txt), ["v=DMARC1; p=none"]);
        assert!(zone.last_error.unwrap().contains("_dmarc.acme.example TXT"));
    })
    .await;
}

#[tokio::test]
async fn a_zone_that_changes_between_reading_and_writing_is_not_written() {
    on_each_engine(async |world| {
        let acme = attached(world).await;
        let plan = acme.plan(DOMAIN).await.unwrap();
        world.zones.write_between(DOMAIN, RecordKind::Txt, "late");
        assert!(why(acme.write_plan(DOMAIN, &plan.id).await).contains("changed meanwhile"));
        assert_eq!(world.zones.lines(), ["acme.example TXT foreign", "acme.example TXT late"]);
        assert_eq!(acme.zone(DOMAIN).await.unwrap().written, 0);
        acme.write_zone(DOMAIN).await.unwrap();
        assert_eq!(world.zones.values(DOMAIN, RecordKind::Txt), ["foreign", "late", SPF]);
    })
    .await;
}

#[tokio::test]
async fn what_drifted_is_put_back_and_what_is_foreign_left_alone() {
    on_each_engine(async |world| {
        let acme = kept(world).await;
        let before = world.zones.lines();
        world.zones.put("autodiscover.acme.example", RecordKind::Cname, &[]);
        world.zones.put(DOMAIN, RecordKind::Txt, &["foreign"]);
        world.zones.writes();
        world.look_at_zones().await;
        assert_eq!(world.zones.writes(), 0, "its time has not come");
        world.clock.advance(ZONE_CHECK_PERIOD);
        world.look_at_zones().await;
        assert_eq!(world.zones.lines(), before);
        assert_eq!(world.events_of("keep_zone_records").await.len(), 1);
        let events = world.events().await.len();
        world.clock.advance(ZONE_CHECK_PERIOD);
        world.look_at_zones().await;
        assert_eq!((world.zones.writes(), world.events().await.len()), (1, events), "nothing to do, nothing to tell");
        drop(acme);
    })
    .await;
}

#[tokio::test]
async fn what_was_written_is_removed_when_the_zone_is_given_up_and_nothing_else() {
    on_each_engine(async |world| {
        let acme = kept(world).await;
        acme.remove_zone(DOMAIN, Leftovers::Remove).await.unwrap();
        assert_eq!(acme.zone(DOMAIN).await.unwrap().state, ZoneState::Leaving);
        refused(acme.write_zone(DOMAIN).await, "conflict");
        world.look_at_zones().await;
        assert_eq!(world.zones.lines(), ["acme.example TXT foreign"]);
        refused(acme.zone(DOMAIN).await, "not_found");
        // A record that others had put there already is theirs.
        world.zones.put(DOMAIN, RecordKind::Txt, &["foreign", SPF]);
        acme.set_zone("zones", DOMAIN).await.unwrap();
        acme.write_zone(DOMAIN).await.unwrap();
        acme.remove_zone(DOMAIN, Leftovers::Remove).await.unwrap();
        world.look_at_zones().await;
        assert_eq!(world.zones.values(DOMAIN, RecordKind::Txt), ["foreign", SPF]);
    })
    .await;
}

#[tokio::test]
async fn what_was_written_can_be_left_where_it_is() {
    on_each_engine(async |world| {
        let acme = kept(world).await;
        let before = world.zones.lines();
        acme.remove_zone(DOMAIN, Leftovers::Leave).await.unwrap();
        world.clock.advance(ZONE_CHECK_PERIOD);
        world.look_at_zones().await;
        assert_eq!(world.zones.lines(), before);
        refused(acme.zone(DOMAIN).await, "not_found");
    })
    .await;
}

#[tokio::test]
async fn what_was_written_goes_with_the_domain_and_with_the_organization() {
    on_each_engine(async |world| {
        let acme = kept(world).await;
        remove_domain(&acme.ctx, acme.id(), domain(DOMAIN)).await.unwrap();
        world.clock.advance(ZONE_CHECK_PERIOD);
        world.look_at_zones().await;
        assert_eq!(world.zones.lines(), ["acme.example TXT foreign"]);
        add_domain(&acme.ctx, acme.id(), domain(DOMAIN)).await.unwrap();
        acme.set_zone("zones", DOMAIN).await.unwrap();
        acme.write_zone(DOMAIN).await.unwrap();
        acme.delete(true, true).await.unwrap();
        world.settle().await;
        // The provider is away for a while: that is tried again.
        world.zones.fail(Some(ZoneFailure::Unreachable));
        world.look_at_zones().await;
        world.zones.fail(None);
        world.clock.advance(ZONE_RETRY_PERIOD_MIN);
        world.look_at_zones().await;
        assert_eq!(world.zones.lines(), ["acme.example TXT foreign"]);
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_fails_is_asked_again_ever_more_rarely_and_told_once() {
    on_each_engine(async |world| {
        let acme = kept(world).await;
        for failure in [
            ZoneFailure::Unreachable,
            ZoneFailure::TimedOut,
            ZoneFailure::Throttled,
            ZoneFailure::Denied,
            ZoneFailure::Unintelligible,
            ZoneFailure::Refused("no".to_owned()),
        ] {
            world.zones.fail(Some(failure.clone()));
            world.clock.advance(ZONE_CHECK_PERIOD);
            let events = world.events().await.len();
            let mut pause = ZONE_RETRY_PERIOD_MIN;
            for _ in 0..8 {
                world.look_at_zones().await;
                let zone = acme.zone(DOMAIN).await.unwrap();
                assert_eq!(zone.next_at, Some(world.now().plus(pause.min(ZONE_CHECK_PERIOD))), "{failure:?}");
                assert!(zone.last_error.is_some());
                world.clock.advance(pause.min(ZONE_CHECK_PERIOD));
                pause *= 2;
            }
            assert_eq!(world.events().await.len(), events + 1, "{failure:?}");
            world.zones.fail(None);
            world.look_at_zones().await;
            let zone = acme.zone(DOMAIN).await.unwrap();
            assert_eq!((zone.last_error, zone.next_at), (None, Some(world.now().plus(ZONE_CHECK_PERIOD))));
            assert_eq!(world.events().await.len(), events + 2);
        }
        // Whoever asks for it is told at once.
        world.zones.fail(Some(ZoneFailure::Throttled));
        assert!(why(acme.plan(DOMAIN).await).contains("left alone"));
    })
    .await;
}

#[tokio::test]
async fn a_change_that_was_made_in_part_is_found_by_reading_and_completed() {
    on_each_engine(async |world| {
        let acme = attached(world).await;
        world.zones.fail_after(3, ZoneFailure::PartlyDone);
        assert!(why(acme.write_zone(DOMAIN).await).contains("only a part"));
        assert_eq!(world.zones.lines().len(), 4);
        world.clock.advance(ZONE_RETRY_PERIOD_MIN);
        world.look_at_zones().await;
        let zone = acme.zone(DOMAIN).await.unwrap();
        assert_eq!((zone.last_error, zone.written), (None, records(&acme).await));
        // All of it is known for ours, also what the first try left.
        acme.remove_zone(DOMAIN, Leftovers::Remove).await.unwrap();
        world.look_at_zones().await;
        assert_eq!(world.zones.lines(), ["acme.example TXT foreign"]);
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_never_came_may_have_been_a_yes() {
    on_each_engine(async |world| {
        let acme = attached(world).await;
        world.zones.fail_after(usize::MAX, ZoneFailure::TimedOut);
        refused(acme.write_zone(DOMAIN).await, "conflict");
        assert_eq!(acme.zone(DOMAIN).await.unwrap().written, records(&acme).await);
        acme.remove_zone(DOMAIN, Leftovers::Remove).await.unwrap();
        world.look_at_zones().await;
        assert_eq!(world.zones.lines(), ["acme.example TXT foreign"]);
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_says_yes_and_does_nothing_is_found_out() {
    on_each_engine(async |world| {
        let acme = attached(world).await;
        world.zones.lie(true);
        assert!(why(acme.write_zone(DOMAIN).await).contains("only a part"));
        assert!(acme.zone(DOMAIN).await.unwrap().last_error.is_some());
        world.zones.lie(false);
        world.clock.advance(ZONE_RETRY_PERIOD_MIN);
        world.look_at_zones().await;
        assert_eq!(acme.zone(DOMAIN).await.unwrap().last_error, None);
        assert_eq!(world.zones.lines().len(), records(&acme).await + 1);
    })
    .await;
}

#[tokio::test]
async fn what_a_provider_refused_for_sure_is_not_taken_for_ours() {
    on_each_engine(async |world| {
        let acme = attached(world).await;
        world.zones.fail_after(0, ZoneFailure::Denied);
        assert!(why(acme.write_zone(DOMAIN).await).contains("credentials"));
        assert_eq!(acme.zone(DOMAIN).await.unwrap().written, 0);
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_never_comes_back_is_given_up() {
    on_each_engine(async |world| {
        let acme = kept(world).await;
        world.zones.fail(Some(ZoneFailure::Unreachable));
        acme.remove_zone(DOMAIN, Leftovers::Remove).await.unwrap();
        world.look_at_zones().await;
        assert_eq!(acme.zone(DOMAIN).await.unwrap().state, ZoneState::Leaving);
        world.clock.advance(ZONE_LEAVING_TIME);
        world.look_at_zones().await;
        refused(acme.zone(DOMAIN).await, "not_found");
        let told = format!("{:?}", world.events_of("keep_zone_records").await);
        assert!(told.contains("could not be removed"), "{told}");
    })
    .await;
}

#[tokio::test]
async fn two_servers_do_not_look_after_a_zone_at_once() {
    on_each_engine(async |world| {
        let acme = kept(world).await;
        world.clock.advance(ZONE_CHECK_PERIOD);
        world.zones.hosts();
        let other = world.restarted();
        let (one, two) = tokio::join!(
            reeve_domain::hosted_zones::reconcile(&world.deployment),
            reeve_domain::hosted_zones::reconcile(&other)
        );
        one.unwrap();
        two.unwrap();
        assert_eq!(world.zones.hosts().len(), 1);
        drop(acme);
    })
    .await;
}

#[tokio::test]
async fn the_zone_must_hold_the_domain_and_the_provider_must_be_ours_to_use() {
    on_each_engine(async |world| {
        let acme = attached(world).await;
        let set = async |ctx: &reeve_domain::Ctx, name: &str, zone: Option<&str>| {
            let zone = (provider_ref("zones"), zone.map(str::to_owned));
            set_hosted_zone(ctx, acme.id(), domain(name), zone).await
        };
        for zone in ["other.test", "Z-other.test", "nowhere.example"] {
            assert_eq!(refused(set(&acme.ctx, DOMAIN, Some(zone)).await, "invalid").field(), Some("zone"));
        }
        let wider = set(&acme.ctx, DOMAIN, Some("Z-example")).await.unwrap();
        assert_eq!(wider.zone.name, "example");
        assert_eq!(set(&acme.ctx, DOMAIN, Some("acme.example.")).await.unwrap().zone.id, "Z-acme.example");
        refused(set(&acme.ctx, "acme.mail.test", None).await, "invalid");
        refused(set(&world.general, DOMAIN, None).await, "not_found");
        // Records in one zone are not forgotten for another.
        acme.write_zone(DOMAIN).await.unwrap();
        assert!(why(set(&acme.ctx, DOMAIN, Some("example")).await).contains("acme.example"));
        world.zones.fail(Some(ZoneFailure::Denied));
        assert!(why(set(&acme.ctx, DOMAIN, None).await).contains("credentials"));
    })
    .await;
}

#[tokio::test]
async fn an_organization_can_be_made_with_the_zones_of_its_domains() {
    on_each_engine(async |world| {
        let new = |zone: &str| NewOrganization {
            domains: vec![domain(DOMAIN)],
            hosted_zones: vec![(domain(DOMAIN), zone.to_owned())],
            ..new_organization("acme")
        };
        world.dns_provider(powerdns("zones")).await;
        let wrong = ask_for(&world.operator, new("Z-unknown")).await;
        assert_eq!(refused(wrong, "invalid").field(), Some("hosted_zone_id"));
        refused(ask_for(&world.operator, new("Z-other.test")).await, "invalid");
        let acme = Org::new(world, ask_for(&world.operator, new("Z-acme.example")).await.unwrap());
        world.settle().await;
        world.look_at_zones().await;
        let zone = acme.zone(DOMAIN).await.unwrap();
        assert_eq!((zone.state, zone.written), (ZoneState::Kept, records(&acme).await));
        assert_eq!(world.zones.lines().len(), zone.written);
        world.clock.advance(Duration::from_secs(1));
    })
    .await;
}
