//! Mail domains: RegisterMailDomain, DeregisterMailDomain, GetMailDomain, ListMailDomains, UpdateDefaultMailDomain.

use reeve_base::names::DomainName;
use reeve_domain::mail_domains::{self, DnsRecord, Domain, Necessity, Ownership};

use super::words::word;
use crate::call::{Call, Paging};
use crate::faults::Fault;
use crate::output::Output;
use crate::shapes;

/// How far a domain is proven, in the words of the API.
const OWNERSHIP: [(&str, Ownership); 3] =
    [("PENDING", Ownership::Pending), ("VERIFIED", Ownership::Verified), ("FAILED", Ownership::Failed)];

/// Characters of a value in the model (shape `String`). The records of keys are longer, and are left out: the REST API, the
/// command line and the zone file have them.
const RECORD_VALUE_CHARS_MAX: usize = 256;

fn domain_name(call: &Call) -> Result<DomainName, Fault> {
    let name = call.input().text("DomainName", &shapes::WORKMAIL_DOMAIN_NAME)?;
    Ok(DomainName::parse("domain", name)?)
}

pub(super) async fn register(call: Call) -> Result<Output, Fault> {
    let (organization, name) = (call.organization()?, domain_name(&call)?);
    mail_domains::add_domain(&call.keyed()?, organization, name).await?;
    Ok(Output::empty())
}

pub(super) async fn deregister(call: Call) -> Result<Output, Fault> {
    mail_domains::remove_domain(&call.ctx, call.organization()?, domain_name(&call)?).await?;
    Ok(Output::empty())
}

pub(super) async fn get(call: Call) -> Result<Output, Fault> {
    let domain = mail_domains::show_domain(&call.ctx, call.organization()?, domain_name(&call)?).await?;
    let record = |record: DnsRecord| {
        Output::empty().with("Type", record.kind.word()).with("Hostname", record.host).with("Value", record.value)
    };
    let known = |record: &DnsRecord| {
        record.necessity == Necessity::Required && record.value.chars().count() <= RECORD_VALUE_CHARS_MAX
    };
    let records: Vec<_> = domain.records.into_iter().map(|w| w.record).filter(known).map(record).collect();
    Ok(Output::empty()
        .with("Records", records)
        .with("IsTestDomain", domain.is_test)
        .with("IsDefault", domain.is_default)
        .with("OwnershipVerificationStatus", word(&OWNERSHIP, domain.ownership))
        .with("DkimVerificationStatus", word(&OWNERSHIP, domain.dkim)))
}

pub(super) async fn list(call: Call) -> Result<Output, Fault> {
    let organization = call.organization()?;
    let Paging { request, list } = call.paging()?;
    let page = mail_domains::list_domains(&call.ctx, organization, request).await?;
    let next = call.next_token(&list, page.next_cursor)?;
    let summary = |domain: Domain| {
        Output::empty().with("DomainName", domain.name.as_str()).with("DefaultDomain", domain.is_default)
    };
    let domains: Vec<_> = page.items.into_iter().map(summary).collect();
    Ok(Output::empty().with("MailDomains", domains).with("NextToken", next))
}

pub(super) async fn update_default(call: Call) -> Result<Output, Fault> {
    mail_domains::set_default_domain(&call.ctx, call.organization()?, domain_name(&call)?).await?;
    Ok(Output::empty())
}
