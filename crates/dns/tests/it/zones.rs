//! What every system that hosts zones does alike, one run of the same steps against each.

use reeve_base::Secret;
use reeve_base::dns::RecordKind;
use reeve_base::zone_hosts::{HostedZone, RecordSet, RecordSetChange, ZoneFailure, ZoneHost, ZoneHosts as _};

use crate::servers::{self, ZONE, systems};

fn set(name: &str, kind: RecordKind, values: &[&str]) -> RecordSet {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    RecordSet { name: name.to_owned(), kind, ttl: 300, values, is_special: false }
}

fn to(before: Option<RecordSet>, after: Option<RecordSet>) -> RecordSetChange {
    RecordSetChange { before, after }
}

async fn read(host: &ZoneHost, zone: &HostedZone, wanted: &[(&str, RecordKind)]) -> Vec<RecordSet> {
    let wanted: Vec<_> = wanted.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect();
    let mut found = systems().read(host, zone, &wanted).await.unwrap();
    for set in &mut found {
        set.values.sort();
    }
    found.sort_by(|a, b| (&a.name, a.kind).cmp(&(&b.name, b.kind)));
    found
}

async fn check(host: &ZoneHost, zone: &HostedZone) {
    let systems = systems();
    assert_eq!(systems.zones(host).await.unwrap(), std::slice::from_ref(zone));

    // What is there is told; what is not there is left out.
    let proof = format!("_reeve.{ZONE}");
    let foreign = set(ZONE, RecordKind::Txt, &["v=foreign of two strings"]);
    let everything = [
        (ZONE, RecordKind::Txt),
        (ZONE, RecordKind::Mx),
        (ZONE, RecordKind::A),
        (ZONE, RecordKind::Aaaa),
        (proof.as_str(), RecordKind::Txt),
        ("autodiscover.acme.example", RecordKind::Cname),
        ("_imaps._tcp.acme.example", RecordKind::Srv),
        ("www.acme.example", RecordKind::Txt),
    ];
    assert_eq!(read(host, zone, &everything).await, std::slice::from_ref(&foreign));

    // New sets of every kind, a text longer than a string can be, and a value beside a foreign one.
    let key = format!("v=DKIM1; k=rsa; p={}", "A".repeat(380));
    let both = set(ZONE, RecordKind::Txt, &["v=foreign of two strings", "v=spf1 a:mx.example.com ~all"]);
    let mine = [
        set(ZONE, RecordKind::Mx, &["10 mx.example.com"]),
        set(ZONE, RecordKind::A, &["192.0.2.1", "192.0.2.2"]),
        set(ZONE, RecordKind::Aaaa, &["2001:db8::1"]),
        set(&proof, RecordKind::Txt, &[&key, "a \"quoted\" \\ text"]),
        set("autodiscover.acme.example", RecordKind::Cname, &["mx.example.com"]),
        set("_imaps._tcp.acme.example", RecordKind::Srv, &["0 1 993 mx.example.com"]),
    ];
    let mut changes: Vec<_> = mine.iter().map(|set| to(None, Some(set.clone()))).collect();
    changes.push(to(Some(foreign.clone()), Some(both.clone())));
    systems.change(host, zone, &changes).await.unwrap();
    let mut expected = [mine.as_slice(), std::slice::from_ref(&both)].concat();
    for set in &mut expected {
        set.values.sort();
    }
    expected.sort_by(|a, b| (&a.name, a.kind).cmp(&(&b.name, b.kind)));
    assert_eq!(read(host, zone, &everything).await, expected);

    // A set that is no longer as it was read is left alone, and so is all that comes with it.
    let other = to(None, Some(set("other.acme.example", RecordKind::Txt, &["never"])));
    let stale = to(Some(foreign.clone()), None);
    assert_eq!(systems.change(host, zone, &[other.clone(), stale]).await, Err(ZoneFailure::Changed));
    let stale = to(None, Some(set(ZONE, RecordKind::Mx, &["5 mx.example.net"])));
    assert_eq!(systems.change(host, zone, &[other.clone(), stale]).await, Err(ZoneFailure::Changed));
    let stale = to(Some(set("gone.acme.example", RecordKind::Txt, &["x"])), None);
    assert_eq!(systems.change(host, zone, &[other, stale]).await, Err(ZoneFailure::Changed));
    assert_eq!(read(host, zone, &[("other.acme.example", RecordKind::Txt)]).await, []);
    assert_eq!(read(host, zone, &everything).await, expected);

    // Away with it: what is foreign stays as it stood.
    let mut changes: Vec<_> = mine.iter().map(|set| to(Some(set.clone()), None)).collect();
    // moto refuses to make a set a second time exactly as it was made before, though it is gone: another time to live.
    changes.push(to(Some(both), Some(RecordSet { ttl: 301, ..foreign.clone() })));
    systems.change(host, zone, &changes).await.unwrap();
    let left = read(host, zone, &everything).await;
    assert_eq!(left.iter().map(|set| &set.values).collect::<Vec<_>>(), [&foreign.values]);
    assert_eq!(
        read(host, zone, &[("www.acme.example", RecordKind::Cname)]).await,
        [set("www.acme.example", RecordKind::Cname, &["web.example.net"])]
    );

    // Nothing to do is done without asking.
    assert_eq!(systems.change(&nobody(), zone, &[]).await, Ok(()));
}

fn nobody() -> ZoneHost {
    ZoneHost::PowerDns {
        url: "http://127.0.0.1:1".to_owned(),
        server_id: "localhost".to_owned(),
        api_key: Secret::from("x"),
    }
}

#[tokio::test]
async fn bind_by_signed_updates() {
    let server = servers::bind();
    check(&server.host, &server.zone).await;
}

#[tokio::test]
async fn powerdns_by_its_api() {
    let (server, _) = servers::powerdns();
    check(&server.host, &server.zone).await;
}

#[tokio::test]
async fn powerdns_by_signed_updates() {
    let (server, host) = servers::powerdns();
    let zone = HostedZone { id: ZONE.to_owned(), name: ZONE.to_owned() };
    check(&host, &zone).await;
    drop(server);
}

#[tokio::test]
async fn route_53() {
    let server = servers::route53();
    check(&server.host, &server.zone).await;
}

/// As `check`, but what was read is changed by somebody else between our reading and our writing, within one request:
/// only the system itself can see that.
#[tokio::test]
async fn bind_itself_refuses_what_is_not_as_it_was_read() {
    let server = servers::bind();
    let systems = systems();
    let target = |n: usize| set("race.acme.example", RecordKind::Txt, &[&format!("writer {n}")]);
    let changes: Vec<_> = (0..16).map(|n| [to(None, Some(target(n)))]).collect();
    let tries = changes.iter().map(|change| systems.change(&server.host, &server.zone, change));
    let mut outcomes = Vec::new();
    for tried in tries.map(Box::pin).collect::<Vec<_>>() {
        outcomes.push(tried);
    }
    let outcomes = futures_util::future::join_all(outcomes).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(()) | Err(ZoneFailure::Changed))), "{outcomes:?}");
    assert_eq!(read(&server.host, &server.zone, &[("race.acme.example", RecordKind::Txt)]).await.len(), 1);
}
