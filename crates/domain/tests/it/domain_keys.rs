//! The keys by which mail of a domain is signed: two at all times, changed without a gap, removed in time.

use std::time::Duration;

use reeve_base::dns::RecordKind;
use reeve_domain::mail_domains::{
    Domain, Ownership, Purpose, RecordState, Unseen, add_domain, check_domain, reconcile, remove_domain,
    rotate_dkim_key, show_domain, show_zone_file,
};
use reeve_store::tables::dkim_keys;

use crate::harness::{World, ask_for, domain, new_organization, on_each_engine, refused};
use crate::org::Org;

const NAME: &str = "acme.example";
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

fn hosts(shown: &Domain) -> Vec<String> {
    let keys = shown.records.iter().filter(|watched| watched.record.purpose == Purpose::Dkim);
    keys.map(|watched| watched.record.host.replace("._domainkey.acme.example", "")).collect()
}

async fn show(org: &Org<'_>) -> Domain {
    show_domain(&org.ctx, org.id(), domain(NAME)).await.unwrap()
}

async fn work(world: &World) {
    reconcile(&world.deployment).await.unwrap();
}

/// A proven domain, all of whose records are in the DNS.
async fn proven<'w>(world: &'w World) -> Org<'w> {
    let acme = world.active_org("acme").await.by(&world.operator);
    let added = add_domain(&acme.ctx, acme.id(), domain(NAME)).await.unwrap().domain;
    world.dns.publish(&added);
    check_domain(&acme.ctx, acme.id(), domain(NAME)).await.unwrap();
    acme
}

#[tokio::test]
async fn keys_change_to_one_that_is_in_the_dns_and_the_former_stays_a_week() {
    on_each_engine(async |world| {
        let acme = proven(world).await;
        assert_eq!(hosts(&show(&acme).await), ["reeve-20260101a", "reeve-20260101b"]);
        world.clock.advance(DAY);
        let rotated = rotate_dkim_key(&acme.ctx, acme.id(), domain(NAME), Unseen::Refuse).await.unwrap();
        assert_eq!(hosts(&rotated), ["reeve-20260101a", "reeve-20260101b", "reeve-20260102a"]);
        assert_eq!(rotated.dkim, Ownership::Verified, "the new one was there before");
        let again = rotate_dkim_key(&acme.ctx, acme.id(), domain(NAME), Unseen::Refuse).await;
        let error = refused(again, "conflict");
        assert!(error.to_string().contains("was not seen"), "{error}");
        let forced = rotate_dkim_key(&acme.ctx, acme.id(), domain(NAME), Unseen::Accept).await.unwrap();
        assert_eq!((hosts(&forced).len(), forced.dkim), (4, Ownership::Pending), "the one that signs is not known yet");
        world.dns.publish(&forced);
        let seen = check_domain(&acme.ctx, acme.id(), domain(NAME)).await.unwrap();
        assert_eq!(seen.dkim, Ownership::Verified);
        world.clock.advance(DAY * 6);
        work(world).await;
        assert_eq!(hosts(&show(&acme).await).len(), 4);
        world.clock.advance(DAY * 2);
        work(world).await;
        assert_eq!(hosts(&show(&acme).await), ["reeve-20260102a", "reeve-20260102b"]);
        world.dns.take("reeve-20260102a._domainkey.acme.example", RecordKind::Txt);
        let gone = check_domain(&acme.ctx, acme.id(), domain(NAME)).await.unwrap();
        assert_eq!(gone.dkim, Ownership::Failed, "it was there once");
        let events = world.events().await;
        let count = |operation: &str| events.iter().filter(|event| event.operation == operation).count();
        assert_eq!(count("rotate_dkim_key"), 2);
        assert!(!format!("{events:?}").contains("MII"), "no key is told");
    })
    .await;
}

#[tokio::test]
async fn keys_change_by_themselves_twice_a_year_once_the_next_is_known() {
    on_each_engine(async |world| {
        let acme = proven(world).await;
        let first = hosts(&show(&acme).await);
        world.dns.take("reeve-20260101b._domainkey.acme.example", RecordKind::Txt);
        for _ in 0..181 {
            world.clock.advance(DAY);
            work(world).await;
        }
        assert_eq!(hosts(&show(&acme).await), first, "not to a key that nobody knows");
        world.dns.publish(&show(&acme).await);
        world.clock.advance(DAY);
        work(world).await;
        let changed = show(&acme).await;
        assert_eq!(hosts(&changed)[..2], first[..]);
        assert_eq!(hosts(&changed).len(), 3);
        world.dns.publish(&changed);
        for _ in 0..9 {
            world.clock.advance(DAY);
            work(world).await;
        }
        let settled = hosts(&show(&acme).await);
        assert_eq!((settled.len(), &settled[0]), (2, &first[1]), "the one that was next signs now");
    })
    .await;
}

#[tokio::test]
async fn domains_that_came_with_their_organization_get_keys_and_keep_them() {
    on_each_engine(async |world| {
        let mut new = new_organization("acme");
        new.domains.push(domain(NAME));
        let made = ask_for(&world.operator, new).await.unwrap();
        world.settle().await;
        let acme = Org::new(world, made).by(&world.operator);
        assert!(hosts(&show(&acme).await).is_empty());
        refused(rotate_dkim_key(&acme.ctx, acme.id(), domain(NAME), Unseen::Accept).await, "conflict");
        work(world).await;
        let keys = hosts(&show(&acme).await);
        assert_eq!(keys.len(), 2);
        work(world).await;
        let looked = show(&acme).await;
        let unknown = |w: &&reeve_domain::mail_domains::WatchedRecord| {
            w.finding.as_ref().is_some_and(|finding| finding.state == RecordState::Unknown)
        };
        assert_eq!(
            looked.records.iter().filter(unknown).count(),
            looked.records.len(),
            "its keys are looked at as well"
        );
        world.clock.advance(HOUR * 2);
        work(world).await;
        assert_eq!(hosts(&show(&acme).await), keys);
    })
    .await;
}

#[tokio::test]
async fn private_halves_are_sealed_and_go_with_their_domain() {
    on_each_engine(async |world| {
        let acme = proven(world).await;
        let id = acme.made.id.to_string();
        let keys = async || {
            let id = id.clone();
            world.store().read(move |tx| dkim_keys::between(tx, &id, NAME, NAME)).await.unwrap()
        };
        let rows = keys().await;
        assert_eq!(rows.len(), 2);
        for row in &rows {
            // Every RSA key in PKCS #8 holds the name of its algorithm (1.2.840.113549.1.1.1).
            let plain = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
            assert!(row.private_key.len() > 1_000 && !row.private_key.windows(9).any(|part| part == plain));
        }
        remove_domain(&acme.ctx, acme.id(), domain(NAME)).await.unwrap();
        assert!(keys().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_zone_file_holds_every_record_once() {
    on_each_engine(async |world| {
        let acme = proven(world).await;
        let text = show_zone_file(&acme.ctx, acme.id(), domain(NAME)).await.unwrap();
        let shown = show(&acme).await;
        let lines: Vec<_> = text.lines().filter(|line| !line.starts_with(';')).collect();
        assert_eq!(lines.len(), shown.records.len());
        for (line, watched) in lines.iter().zip(&shown.records) {
            let record = &watched.record;
            assert!(line.starts_with(&format!("{}. {} IN {} ", record.host, record.ttl, record.kind.word())), "{line}");
        }
        let test = show_zone_file(&acme.ctx, acme.id(), domain("acme.mail.test")).await.unwrap();
        assert_eq!(test.lines().filter(|line| !line.starts_with(';')).count(), 0);
    })
    .await;
}
