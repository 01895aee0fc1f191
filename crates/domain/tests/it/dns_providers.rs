//! Systems that host zones: made known, changed only with their secret, asked, forgotten when nothing is kept there.

use reeve_base::names::DomainName;
use reeve_base::zone_hosts::ZoneFailure;
use reeve_domain::dns_providers::{
    DnsProviderEdit, NewDnsProvider, ProviderKind, ProviderSettings, create_dns_provider, delete_dns_provider,
    edit_dns_provider, list_dns_providers, show_dns_provider, test_dns_provider, word,
};
use reeve_domain::hosted_zones::Leftovers;

use crate::calls_zones::{API_KEY, powerdns, provider_ref};
use crate::harness::{domain, first, on_each_engine, refused, secret};
use crate::people::title;

#[tokio::test]
async fn a_provider_is_made_known_found_and_forgotten_and_its_secret_never_shown() {
    on_each_engine(async |world| {
        let made = world.dns_provider(powerdns("Zones")).await;
        for name in ["zones", "ZONES", made.id.as_str()] {
            assert_eq!(show_dns_provider(&world.admin, provider_ref(name)).await.unwrap(), made, "{name}");
        }
        refused(create_dns_provider(&world.operator, powerdns("zones")).await, "name_taken");
        assert_eq!(list_dns_providers(&world.admin, first(10)).await.unwrap().items, std::slice::from_ref(&made));
        refused(show_dns_provider(&world.other, provider_ref("zones")).await, "not_found");
        let told = format!("{made:?} {:?}", world.events().await);
        assert!(!told.contains(API_KEY));
        delete_dns_provider(&world.operator, provider_ref("zones")).await.unwrap();
        refused(show_dns_provider(&world.admin, provider_ref("zones")).await, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_secret_is_sent_elsewhere_only_by_who_knows_it() {
    on_each_engine(async |world| {
        world.dns_provider(powerdns("zones")).await;
        let url = Some("https://evil.example.com".to_owned());
        let settings = ProviderSettings { url, ..ProviderSettings::default() };
        let edit =
            |settings: &ProviderSettings, secret| DnsProviderEdit { settings: settings.clone(), secret, name: None };
        let edited = edit_dns_provider(&world.operator, provider_ref("zones"), edit(&settings, None)).await;
        assert_eq!(refused(edited, "invalid").field(), Some("secret"));
        let edited = edit(&settings, Some(secret("new")));
        edit_dns_provider(&world.operator, provider_ref("zones"), edited).await.unwrap();
        test_dns_provider(&world.operator, provider_ref("zones")).await.unwrap();
        assert_eq!(world.zones.hosts(), ["https://evil.example.com localhost new"]);
        let name = DnsProviderEdit { name: Some(title("other")), ..DnsProviderEdit::default() };
        let renamed = edit_dns_provider(&world.operator, provider_ref("zones"), name.clone()).await.unwrap();
        assert_eq!((renamed.name.as_str(), renamed.version), ("other", 3));
        let again = edit_dns_provider(&world.operator, provider_ref("other"), name).await.unwrap();
        assert_eq!(again.version, 3, "what changes nothing is no change");
    })
    .await;
}

#[tokio::test]
async fn the_zones_of_a_server_of_updates_are_changed_without_its_key() {
    on_each_engine(async |world| {
        let zone = |name: &str| DomainName::parse("zones", name).unwrap();
        let settings = ProviderSettings {
            server: Some("ns.example.com".to_owned()),
            key_name: Some("reeve-key".to_owned()),
            zones: vec![zone("acme.example")],
            ..ProviderSettings::default()
        };
        let kind = ProviderKind::Rfc2136;
        let new = NewDnsProvider { name: title("bind"), kind, settings, secret: secret("c2VjcmV0") };
        world.dns_provider(new).await;
        let zones = ProviderSettings { zones: vec![zone("acme.example"), zone("b.example")], ..Default::default() };
        let edit = DnsProviderEdit { settings: zones, ..DnsProviderEdit::default() };
        let edited = edit_dns_provider(&world.operator, provider_ref("bind"), edit).await.unwrap();
        assert_eq!(edited.settings.zones.len(), 2);
        test_dns_provider(&world.operator, provider_ref("bind")).await.unwrap();
        assert_eq!(world.zones.hosts(), ["ns.example.com:53 reeve-key hmac-sha256 c2VjcmV0"]);
    })
    .await;
}

#[tokio::test]
async fn a_test_tells_the_zones_or_what_is_wrong() {
    on_each_engine(async |world| {
        world.dns_provider(powerdns("zones")).await;
        let test = async || test_dns_provider(&world.admin, provider_ref("zones")).await.unwrap();
        assert_eq!(test().await.zones.len(), 3);
        world.zones.fail(Some(ZoneFailure::Denied));
        let told = test().await;
        assert_eq!(told.failure.as_ref().map(word), Some("denied"));
        assert!(told.zones.is_empty());
        let events = world.events_of("test_dns_provider").await;
        assert!(events.iter().any(|event| event.changes[0].after.as_deref() == Some("denied")));
    })
    .await;
}

#[tokio::test]
async fn a_provider_where_records_are_kept_is_not_forgotten() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.verified_domain("acme.example").await;
        world.dns_provider(powerdns("zones")).await;
        acme.set_zone("zones", "acme.example").await.unwrap();
        refused(delete_dns_provider(&world.operator, provider_ref("zones")).await, "conflict");
        assert_eq!(show_dns_provider(&world.admin, provider_ref("zones")).await.unwrap().domains, 1);
        acme.remove_zone("acme.example", Leftovers::Remove).await.unwrap();
        delete_dns_provider(&world.operator, provider_ref("zones")).await.unwrap();
        refused(acme.zone(domain("acme.example").as_str()).await, "not_found");
    })
    .await;
}
