//! One call of every operation on systems that host zones and on the zones of domains. Also the words that tests of
//! these are written in.

use reeve_domain::audit::Event;
use reeve_domain::dns_providers::{
    self, DnsProvider, DnsProviderEdit, DnsProviderRef, NewDnsProvider, ProviderKind, ProviderSettings,
};
use reeve_domain::hosted_zones::{self, DomainZone, Leftovers, ZonePlan};
use reeve_domain::{Ctx, Error};

use crate::calls::Target;
use crate::harness::{World, domain, first, secret};
use crate::org::Org;
use crate::people::title;

pub(crate) const API_KEY: &str = "sesame-open-the-zones";

pub(crate) fn powerdns(name: &str) -> NewDnsProvider {
    NewDnsProvider {
        name: title(name),
        kind: ProviderKind::PowerDns,
        settings: ProviderSettings {
            url: Some("https://dns.example.com:8081".to_owned()),
            ..ProviderSettings::default()
        },
        secret: secret(API_KEY),
    }
}

pub(crate) fn provider_ref(text: &str) -> DnsProviderRef {
    text.parse().unwrap()
}

fn provider_named(alias: &str) -> String {
    format!("provider of {alias}")
}

/// The provider that calls are about, which hosts the zone of the pending domain, and one that hosts none.
pub(crate) async fn zone_of(org: &Org<'_>, alias: &str) {
    for name in [provider_named(alias), format!("spare {alias}")] {
        dns_providers::create_dns_provider(&org.ctx, powerdns(&name)).await.unwrap();
    }
    org.set_zone(&provider_named(alias), &format!("pending-{alias}.example")).await.unwrap();
}

/// Calls an operation on providers and zones.
pub(crate) async fn call_on_zones(name: &str, ctx: &Ctx, target: &Target) -> Option<Result<(), Error>> {
    let org = target.org.clone();
    let provider = || provider_ref(&provider_named(&target.fresh));
    let pending = || target.pending.clone();
    Some(match name {
        "create_dns_provider" => dns_providers::create_dns_provider(ctx, powerdns(&target.fresh)).await.map(drop),
        "list_dns_providers" => dns_providers::list_dns_providers(ctx, first(10)).await.map(drop),
        "show_dns_provider" => dns_providers::show_dns_provider(ctx, provider()).await.map(drop),
        "edit_dns_provider" => {
            let edit = DnsProviderEdit { secret: Some(secret("another")), ..DnsProviderEdit::default() };
            dns_providers::edit_dns_provider(ctx, provider(), edit).await.map(drop)
        }
        "delete_dns_provider" => {
            dns_providers::delete_dns_provider(ctx, provider_ref(&format!("spare {}", target.fresh))).await
        }
        "test_dns_provider" => dns_providers::test_dns_provider(ctx, provider()).await.map(drop),
        "set_hosted_zone" => {
            let zone = (provider(), None);
            hosted_zones::set_hosted_zone(ctx, org, target.proven.clone(), zone).await.map(drop)
        }
        "show_hosted_zone" => hosted_zones::show_hosted_zone(ctx, org, pending()).await.map(drop),
        "plan_zone_records" => hosted_zones::plan_zone_records(ctx, org, pending()).await.map(drop),
        "write_zone_records" => {
            // Whoever may not write may not plan either, as a rule: the plan is one of somebody who may.
            let plan = target.plan.clone();
            hosted_zones::write_zone_records(ctx, org, pending(), plan).await.map(drop)
        }
        "remove_hosted_zone" => hosted_zones::remove_hosted_zone(ctx, org, pending(), Leftovers::Remove).await,
        _ => return None,
    })
}

impl World {
    /// Does what is due in hosted zones.
    pub(crate) async fn look_at_zones(&self) {
        hosted_zones::reconcile(&self.deployment).await.unwrap();
    }

    /// The events of an operation.
    pub(crate) async fn events_of(&self, operation: &str) -> Vec<Event> {
        self.events().await.into_iter().filter(|event| event.operation == operation).collect()
    }

    pub(crate) async fn dns_provider(&self, new: NewDnsProvider) -> DnsProvider {
        dns_providers::create_dns_provider(&self.operator, new).await.unwrap().provider
    }
}

impl Org<'_> {
    pub(crate) async fn set_zone(&self, provider: &str, name: &str) -> Result<DomainZone, Error> {
        let zone = (provider_ref(provider), None);
        hosted_zones::set_hosted_zone(&self.ctx, self.id(), domain(name), zone).await
    }

    pub(crate) async fn zone(&self, name: &str) -> Result<DomainZone, Error> {
        hosted_zones::show_hosted_zone(&self.ctx, self.id(), domain(name)).await
    }

    pub(crate) async fn plan(&self, name: &str) -> Result<ZonePlan, Error> {
        hosted_zones::plan_zone_records(&self.ctx, self.id(), domain(name)).await
    }

    pub(crate) async fn write_plan(&self, name: &str, plan: &str) -> Result<DomainZone, Error> {
        hosted_zones::write_zone_records(&self.ctx, self.id(), domain(name), plan.to_owned()).await
    }

    /// Plans and has the plan written.
    pub(crate) async fn write_zone(&self, name: &str) -> Result<DomainZone, Error> {
        let plan = self.plan(name).await?;
        self.write_plan(name, &plan.id).await
    }

    pub(crate) async fn remove_zone(&self, name: &str, leftovers: Leftovers) -> Result<(), Error> {
        hosted_zones::remove_hosted_zone(&self.ctx, self.id(), domain(name), leftovers).await
    }
}
