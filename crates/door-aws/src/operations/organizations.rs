//! Organizations: CreateOrganization, DescribeOrganization, ListOrganizations, DeleteOrganization.

use reeve_base::ids::DirectoryId;
use reeve_base::names::{DomainName, OrganizationAlias};
use reeve_domain::organizations::{self, Deletion, NewOrganization, Organization, OrganizationFilter, State};

use crate::call::{Call, Paging};
use crate::faults::Fault;
use crate::output::Output;
use crate::shapes;

/// What clients have always been told of directories that come with an organization.
const DIRECTORY_TYPE: &str = "VpcDirectory";

pub(super) async fn create(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let alias = input.text("Alias", &shapes::ORGANIZATION_NAME)?;
    let directory_id = input.optional_text("DirectoryId", &shapes::DIRECTORY_ID)?;
    let (mut domains, mut hosted_zones) = (Vec::new(), Vec::new());
    for domain in input.optional_structures("Domains", &shapes::DOMAINS)?.unwrap_or_default() {
        let zone = domain.optional_text("HostedZoneId", &shapes::HOSTED_ZONE_ID)?;
        let name = DomainName::parse("domains", domain.text("DomainName", &shapes::DOMAIN_NAME)?)?;
        hosted_zones.extend(zone.map(|zone| (name.clone(), zone.to_owned())));
        domains.push(name);
    }
    let key = input.optional_text("KmsKeyArn", &shapes::KMS_KEY_ARN)?;
    let interoperability = input.optional_flag("EnableInteroperability")?.unwrap_or_default();
    let ctx = call.keyed()?;
    if interoperability {
        let why = "interoperability with Microsoft Exchange needs an AD Connector, and there are none here; leave \
                   EnableInteroperability out";
        return Err(Fault::invalid(why));
    }
    let new = NewOrganization {
        alias: OrganizationAlias::parse("alias", alias)?,
        domains,
        hosted_zones,
        directory_id: directory_id.map(str::parse::<DirectoryId>).transpose()?,
        // An encryption key of the account: by the ARN that it has here, or for AWS KMS by the one that it has there.
        encryption_key: key.map(str::parse).transpose()?,
    };
    let created = organizations::create_organization(&ctx, new).await?;
    Ok(Output::empty().with("OrganizationId", created.organization.id.as_str()))
}

pub(super) async fn describe(call: Call) -> Result<Output, Fault> {
    let organization = organizations::show_organization(&call.ctx, call.organization()?).await?;
    Ok(Output::empty()
        .with("OrganizationId", organization.id.as_str())
        .with("Alias", organization.alias.as_str())
        .with("State", state(&organization))
        .with("DirectoryId", organization.directory_id.as_str())
        .with("DirectoryType", DIRECTORY_TYPE)
        .with("DefaultMailDomain", organization.default_domain.as_str())
        .with("CompletedDate", organization.completed_at)
        .with("ErrorMessage", error_message(&organization))
        .with("ARN", organization.arn())
        .with("InteroperabilityEnabled", false))
}

/// Where an organization is in its life. The checks at its end are part of its creation here: there are clients that
/// know only Requested and Creating before Active.
fn state(organization: &Organization) -> &'static str {
    match organization.state {
        State::Validating => State::Creating.word(),
        other => other.word(),
    }
}

/// Why an organization is not well; nothing is said of one that is.
fn error_message(organization: &Organization) -> Option<&str> {
    matches!(organization.state, State::Failed | State::Impaired).then_some(organization.state_reason.as_str())
}

pub(super) async fn list(call: Call) -> Result<Output, Fault> {
    let Paging { request, list } = call.paging()?;
    let page = organizations::list_organizations(&call.ctx, OrganizationFilter::default(), request).await?;
    let next = call.next_token(&list, page.next_cursor)?;
    let summary = |organization: Organization| {
        Output::empty()
            .with("OrganizationId", organization.id.as_str())
            .with("Alias", organization.alias.as_str())
            .with("DefaultMailDomain", organization.default_domain.as_str())
            .with("ErrorMessage", error_message(&organization))
            .with("State", state(&organization))
    };
    let summaries: Vec<_> = page.items.into_iter().map(summary).collect();
    Ok(Output::empty().with("OrganizationSummaries", summaries).with("NextToken", next))
}

pub(super) async fn delete(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let organization = call.organization()?;
    let deletion = Deletion {
        delete_directory: input.flag("DeleteDirectory")?,
        force: input.optional_flag("ForceDelete")?.unwrap_or_default(),
        identity_center_application: input.optional_flag("DeleteIdentityCenterApplication")?.unwrap_or_default(),
    };
    let organization = organizations::delete_organization(&call.keyed()?, organization, deletion).await?;
    Ok(Output::empty().with("OrganizationId", organization.id.as_str()).with("State", state(&organization)))
}
