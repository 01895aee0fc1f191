//! Tags of organizations: set over one another, counted, kept by the tombstone.

use std::time::Duration;

use reeve_base::limits::TAGS_PER_ORGANIZATION_MAX;
use reeve_domain::organizations::{Tag, list_organization_tags, tag_organization, untag_organization};

use crate::calls_settings::tag;
use crate::harness::{invalid, on_each_engine, refused};
use crate::org::{Org, at_once};

async fn untag(org: &Org<'_>, keys: &[&str]) {
    org.world.clock.advance(Duration::from_millis(1));
    let keys = keys.iter().map(|key| (*key).to_owned()).collect();
    untag_organization(&org.ctx, org.id(), keys).await.unwrap();
}

#[tokio::test]
async fn tags_are_set_over_one_another_and_listed_by_key() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        assert_eq!(acme.tags().await, []);
        let told =
            acme.tag(vec![tag("team", "mail"), tag("Kost: Stelle/7", "ü @ +="), tag("empty", "")]).await.unwrap();
        let all = [tag("Kost: Stelle/7", "ü @ +="), tag("empty", ""), tag("team", "mail")];
        assert_eq!((told.as_slice(), acme.tags().await.as_slice()), (&all[..], &all[..]));
        acme.tag(vec![tag("team", "post"), tag("Team", "another")]).await.unwrap();
        let keys: Vec<Tag> = acme.tags().await;
        assert_eq!(keys.iter().filter(|t| t.key.eq_ignore_ascii_case("team")).count(), 2, "case tells keys apart");
        untag(&acme, &["Team", "nobody's", "empty", "empty"]).await;
        assert_eq!(acme.tags().await, [tag("Kost: Stelle/7", "ü @ +="), tag("team", "post")]);
    })
    .await;
}

#[tokio::test]
async fn events_of_tags_say_what_changed_and_nothing_is_written_when_nothing_did() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let events = async || world.events().await.len();
        acme.tag(vec![tag("a", "1"), tag("b", "2")]).await.unwrap();
        let before = events().await;
        acme.tag(vec![tag("a", "1")]).await.unwrap();
        acme.tag(Vec::new()).await.unwrap();
        untag(&acme, &["c"]).await;
        untag(&acme, &[]).await;
        assert_eq!(events().await, before);
        acme.tag(vec![tag("a", "3"), tag("b", "2"), tag("c", "4")]).await.unwrap();
        let event = world.events().await.remove(0);
        let changes: Vec<_> =
            event.changes.iter().map(|c| (c.field.as_str(), c.before.as_deref(), c.after.as_deref())).collect();
        assert_eq!(changes, [("a", Some("1"), Some("3")), ("c", None, Some("4"))]);
        assert_eq!((event.resource_id.as_str(), event.resource_name.as_str()), (acme.made.id.as_str(), "acme"));
        untag(&acme, &["c", "b"]).await;
        let event = world.events().await.remove(0);
        let changes: Vec<_> = event.changes.iter().map(|c| (c.field.as_str(), c.before.as_deref())).collect();
        assert_eq!(changes, [("b", Some("2")), ("c", Some("4"))]);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_tag_is_refused() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let (key, value) = ("k".repeat(128), "v".repeat(256));
        acme.tag(vec![tag(&key, &value)]).await.unwrap();
        for wrong in ["", "aws:team", "AWS:team", "a#b", "a\nb", "a\0b", "a\u{202e}b", &format!("{key}k")] {
            invalid(acme.tag(vec![tag(wrong, "")]).await, "key");
        }
        acme.tag(vec![tag("awsome:team", "aws:is fine in a value")]).await.unwrap();
        for wrong in ["a;b", "a\tb", "{}", &format!("{value}v")] {
            invalid(acme.tag(vec![tag("a", wrong)]).await, "value");
        }
        invalid(acme.tag(vec![tag("a", "1"), tag("b", "2"), tag("a", "1")]).await, "key");
        let too_long = vec![format!("{key}k")];
        invalid(untag_organization(&acme.ctx, acme.id(), too_long).await, "key");
        assert_eq!(acme.tags().await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn an_organization_has_fifty_tags_at_most() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let many = |from: usize, to: usize| (from..to).map(|n| tag(&format!("k{n}"), "")).collect::<Vec<_>>();
        refused(acme.tag(many(0, TAGS_PER_ORGANIZATION_MAX + 1)).await, "limit_reached");
        acme.tag(many(0, TAGS_PER_ORGANIZATION_MAX - 1)).await.unwrap();
        refused(acme.tag(many(100, 102)).await, "limit_reached");
        assert_eq!(acme.tags().await.len(), TAGS_PER_ORGANIZATION_MAX - 1, "none of two was kept");
        acme.tag(many(100, 101)).await.unwrap();
        refused(acme.tag(many(101, 102)).await, "limit_reached");
        acme.tag(vec![tag("k0", "other")]).await.unwrap();
        untag(&acme, &["k0"]).await;
        acme.tag(many(101, 102)).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tags_that_are_set_at_once_never_exceed_their_limit() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.tag((0..40).map(|n| tag(&format!("k{n}"), "")).collect()).await.unwrap();
        let calls = (0..20).map(|n| {
            let (ctx, id) = (acme.ctx.clone(), acme.id());
            async move { tag_organization(&ctx, id, vec![tag(&format!("more{n}"), "")]).await }
        });
        let results = at_once(calls).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 10);
        for refusal in results.into_iter().filter(Result::is_err) {
            refused(refusal, "limit_reached");
        }
        assert_eq!(acme.tags().await.len(), TAGS_PER_ORGANIZATION_MAX);
    })
    .await;
}

#[tokio::test]
async fn tags_outlive_the_organization_and_may_come_before_it_is_ready() {
    on_each_engine(async |world| {
        let acme = world.requested_org("acme").await;
        acme.tag(vec![tag("team", "mail"), tag("cost", "7")]).await.unwrap();
        world.settle().await;
        assert_eq!(acme.tags().await.len(), 2);
        acme.delete(true, false).await.unwrap();
        refused(acme.tag(vec![tag("late", "")]).await, "organization_state");
        world.settle().await;
        assert_eq!(acme.tags().await.len(), 2);
        refused(acme.tag(vec![tag("late", "")]).await, "organization_state");
        untag(&acme, &["cost"]).await;
        assert_eq!(acme.tags().await, [tag("team", "mail")]);
        let again = world.foreign_org("globex").await;
        assert_eq!(again.tags().await, []);
        refused(list_organization_tags(&world.other, acme.id()).await, "not_found");
        refused(tag_organization(&world.other, acme.id(), vec![tag("a", "")]).await, "not_found");
        refused(untag_organization(&world.other, acme.id(), vec!["team".to_owned()]).await, "not_found");
    })
    .await;
}
