//! Mail domains: added unproven, removed when unused, one of them the default.

use reeve_base::limits::PAGE_MAX;
use reeve_domain::Error;
use reeve_domain::mail_domains::{
    Domain, Ownership, add_domain, list_domains, remove_domain, set_default_domain, show_domain,
};

use crate::harness::{domain, first, on_each_engine, refused};
use crate::org::{Org, dump};

async fn add(org: &Org<'_>, name: &str) -> Result<Domain, Error> {
    add_domain(&org.ctx, org.id(), domain(name)).await.map(|added| added.domain)
}

async fn remove(org: &Org<'_>, name: &str) -> Result<(), Error> {
    remove_domain(&org.ctx, org.id(), domain(name)).await
}

async fn make_default(org: &Org<'_>, name: &str) -> Result<Domain, Error> {
    set_default_domain(&org.ctx, org.id(), domain(name)).await
}

#[tokio::test]
async fn a_domain_is_added_unproven_shown_and_removed() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let added = add(&acme, "Acme.Example").await.unwrap();
        assert_eq!((added.name.as_str(), added.ownership), ("acme.example", Ownership::Pending));
        assert!(!added.is_default && !added.is_test);
        let before = dump(&acme).await;
        assert_eq!(add(&acme, "acme.example").await.unwrap(), added);
        assert_eq!(dump(&acme).await, before, "adding it again changes nothing");
        assert_eq!(show_domain(&acme.ctx, acme.id(), domain("acme.example")).await.unwrap(), added);
        let page = list_domains(&acme.ctx, acme.id(), first(PAGE_MAX)).await.unwrap();
        assert_eq!((page.items.len(), page.total), (2, Some(2)));
        remove(&acme, "acme.example").await.unwrap();
        refused(remove(&acme, "acme.example").await, "domain_not_found");
        refused(show_domain(&acme.ctx, acme.id(), domain("acme.example")).await, "domain_not_found");
    })
    .await;
}

#[tokio::test]
async fn several_organizations_may_claim_a_domain_that_nobody_has_proven() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let globex = world.foreign_org("globex").await;
        add(&acme, "shared.example").await.unwrap();
        add(&globex, "shared.example").await.unwrap();
        remove(&globex, "shared.example").await.unwrap();
        show_domain(&acme.ctx, acme.id(), domain("shared.example")).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn names_of_test_domains_belong_to_their_organizations() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        for name in ["mail.test", "globex.mail.test", "a.b.mail.test", "MAIL.TEST"] {
            let error = refused(add(&acme, name).await, "invalid");
            assert_eq!(error.field(), Some("domain"), "{name}");
        }
        add(&acme, "notmail.test").await.unwrap();
        refused(remove(&acme, "acme.mail.test").await, "domain_taken");
    })
    .await;
}

#[tokio::test]
async fn only_a_proven_domain_becomes_the_default_and_the_default_is_not_removed() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        add(&acme, "pending.example").await.unwrap();
        acme.verified_domain("acme.example").await;
        acme.user("ada").await;
        refused(make_default(&acme, "pending.example").await, "domain_unverified");
        refused(make_default(&acme, "unknown.example").await, "domain_not_found");
        assert!(make_default(&acme, "acme.example").await.unwrap().is_default);
        assert_eq!(acme.show().await.default_domain.as_str(), "acme.example");
        assert_eq!(acme.find("ada").await.unwrap().email.as_deref(), Some("ada@acme.mail.test"));
        refused(remove(&acme, "acme.example").await, "domain_taken");
        let version = acme.show().await.version;
        make_default(&acme, "acme.example").await.unwrap();
        assert_eq!(acme.show().await.version, version, "the same again changes nothing");
        let stale = acme.by(&world.expecting(version - 1).await);
        refused(make_default(&stale, "acme.mail.test").await, "version_mismatch");
        make_default(&acme, "acme.mail.test").await.unwrap();
        remove(&acme, "acme.example").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_domain_that_addresses_use_is_not_removed() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.verified_domain("acme.example").await;
        acme.verified_domain("sub.acme.example").await;
        acme.user("ada").await;
        acme.add_alias("ada", "ADA@Sub.Acme.Example").await.unwrap();
        refused(remove(&acme, "sub.acme.example").await, "domain_taken");
        remove(&acme, "acme.example").await.unwrap();
        acme.remove_alias("ada", "ada@sub.acme.example").await.unwrap();
        remove(&acme, "sub.acme.example").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_domain_says_what_its_owner_puts_into_the_dns() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let added = add(&acme, "acme.example").await.unwrap();
        let value = |at: usize| added.records[at].record.value.as_str();
        let records: Vec<_> = added.records.iter().map(|watched| &watched.record).collect();
        let records: Vec<_> = records.iter().map(|r| (r.kind.word(), r.host.as_str(), r.value.as_str())).collect();
        let token = records[0].2;
        assert_eq!(token.len(), 44);
        let expected = [
            ("TXT", "_reeve.acme.example", token),
            ("MX", "acme.example", "10 reeve.example.com"),
            ("CNAME", "autodiscover.acme.example", "reeve.example.com"),
            ("TXT", "reeve-20260101a._domainkey.acme.example", value(3)),
            ("TXT", "reeve-20260101b._domainkey.acme.example", value(4)),
            ("TXT", "acme.example", "v=spf1 a:reeve.example.com ~all"),
            ("TXT", "_dmarc.acme.example", "v=DMARC1;p=quarantine;pct=100;fo=1"),
        ];
        assert_eq!(records[..7], expected);
        assert!(value(3).starts_with("v=DKIM1; k=rsa; p=MIIB") && value(3).len() > 400, "{}", value(3));
        assert_ne!(value(3), value(4), "two keys");
        assert_eq!(add(&acme, "acme.example").await.unwrap(), added, "the proof stays while the domain does");
        let globex = world.foreign_org("globex").await;
        let theirs = add(&globex, "acme.example").await.unwrap();
        assert_ne!(theirs.records[0], added.records[0], "each has to prove it for itself");
        remove(&acme, "acme.example").await.unwrap();
        assert_ne!(add(&acme, "acme.example").await.unwrap().records[0], added.records[0], "it is drawn anew");
        let test = show_domain(&acme.ctx, acme.id(), domain("acme.mail.test")).await.unwrap();
        assert!(test.records.is_empty() && test.is_test);
    })
    .await;
}

#[tokio::test]
async fn a_domain_from_before_there_were_proofs_gets_one_when_it_is_added_again() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.verified_domain("old.example").await;
        let old = show_domain(&acme.ctx, acme.id(), domain("old.example")).await.unwrap();
        assert!(old.records.iter().all(|watched| watched.record.host != "_reeve.old.example"));
        let added = add(&acme, "old.example").await.unwrap();
        assert_eq!(added.records[0].record.host, "_reeve.old.example");
        assert_eq!(added.ownership, Ownership::Verified);
        assert_eq!(show_domain(&acme.ctx, acme.id(), domain("old.example")).await.unwrap(), added);
        let events = world.events().await;
        assert!(events.iter().any(|event| event.operation == "add_domain" && event.resource_id == "old.example"));
    })
    .await;
}
