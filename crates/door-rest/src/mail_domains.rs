//! Mail domains of an organization.

use std::sync::Arc;

use http::StatusCode;
use reeve_base::names::DomainName;
use reeve_domain::mail_domains;
use reeve_domain::organizations::OrganizationRef;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, json, located, no_content, ok, replayed};
use crate::document::{IdempotencyKey, IfMatch};
use crate::door::Door;
use crate::extract::{Caller, ClientTokenInBody, InBody, InPath, InQuery, Keyed};
use crate::list::{List, page};
use crate::organizations::{OrganizationPath, reference};
use crate::refusals::Refusal;
use crate::words::Ownership;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default()
        .routes(routes!(list_domains, add_domain))
        .routes(routes!(show_domain, remove_domain))
        .routes(routes!(set_default_domain))
}

/// A domain of an organization.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct DomainPath {
    /// Id or alias of the organization.
    #[param(example = "acme")]
    organization: String,
    /// The domain.
    #[param(example = "acme.example")]
    domain: String,
}

impl DomainPath {
    fn references(&self) -> Result<(OrganizationRef, DomainName), Refusal> {
        Ok((reference(&self.organization)?, DomainName::parse("domain", &self.domain)?))
    }
}

/// A mail domain of an organization.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Domain {
    /// Name.
    #[schema(example = "acme.example")]
    domain: String,
    /// The organization.
    #[schema(example = "m-0f1e2d3c4b5a69788796a5b4c3d2e1f0")]
    organization_id: String,
    /// Whether the organization has proven that it is its own.
    ownership: Ownership,
    /// Whether new addresses are suggested on it.
    default: bool,
    /// Whether it came with the organization.
    test_domain: bool,
    /// What its owner puts into its DNS; nothing for a test domain. The first TXT proves that it is theirs. Records that
    /// name the mail host are left out while the deployment has no public name.
    records: Vec<DnsRecord>,
    /// When it was added.
    #[schema(format = DateTime)]
    created_at: String,
}

/// One record for the DNS.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DnsRecord {
    /// Type: `TXT`, `MX` or `CNAME`.
    #[serde(rename = "type")]
    #[schema(example = "MX")]
    kind: &'static str,
    /// Where it stands.
    #[schema(example = "acme.example")]
    host: String,
    /// What it says.
    #[schema(example = "10 reeve.example.com")]
    value: String,
}

impl From<mail_domains::Domain> for Domain {
    fn from(domain: mail_domains::Domain) -> Self {
        Self {
            domain: domain.name.to_string(),
            organization_id: domain.organization_id.to_string(),
            ownership: domain.ownership.into(),
            default: domain.is_default,
            test_domain: domain.is_test,
            records: domain.records.into_iter().map(DnsRecord::from).collect(),
            created_at: domain.created_at.to_rfc3339(),
        }
    }
}

impl From<mail_domains::DnsRecord> for DnsRecord {
    fn from(record: mail_domains::DnsRecord) -> Self {
        Self { kind: record.kind, host: record.host, value: record.value }
    }
}

/// Which page is asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DomainsQuery {
    /// Items of a page at most; 50 when unsaid.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List domains
///
/// The domains of an organization, by name.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/domains", tag = "Domains",
    params(OrganizationPath, DomainsQuery),
    responses((status = 200, description = "A page of domains.", body = List<Domain>)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn list_domains(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    InQuery(query): InQuery<DomainsQuery>,
) -> Answer {
    let page = page(query.limit, query.cursor);
    let page = mail_domains::list_domains(&ctx, path.reference()?, page).await?;
    ok(&List::of(page, Domain::from))
}

/// A domain by name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"domain": "acme.example"}))]
pub(crate) struct NamedDomain {
    /// The domain, in ASCII (`xn--` for international ones).
    #[schema(min_length = 3, max_length = 209, example = "acme.example")]
    domain: String,
}

impl ClientTokenInBody for NamedDomain {}

impl NamedDomain {
    fn parse(&self) -> Result<DomainName, Refusal> {
        Ok(DomainName::parse("domain", &self.domain)?)
    }
}

/// Add a domain
///
/// Adds a domain that waits for its proof. Adding one that is there already changes nothing and succeeds.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/domains", tag = "Domains",
    params(OrganizationPath, IdempotencyKey), request_body = NamedDomain,
    responses((status = 201, description = "The domain was added.", body = Domain, headers(
        ("Location" = String, description = "Where the domain is found."),
    ))),
    extensions(("x-problem-codes" = json!(["organization_state", "domain_taken", "limit_reached"]))),
)]
pub(crate) async fn add_domain(InPath(path): InPath<OrganizationPath>, Keyed(ctx, body): Keyed<NamedDomain>) -> Answer {
    let added = mail_domains::add_domain(&ctx, path.reference()?, body.parse()?).await?;
    let domain = Domain::from(added.domain);
    let (organization, name) = (&domain.organization_id, &domain.domain);
    let place = format!("/api/v1/organizations/{organization}/domains/{name}");
    Ok(replayed(located(json(StatusCode::CREATED, &domain)?, &place)?, added.replayed))
}

/// Show a domain
///
/// Says whether it is verified, the default, or the test domain.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/domains/{domain}", tag = "Domains",
    params(DomainPath),
    responses((status = 200, description = "The domain.", body = Domain)),
    extensions(("x-problem-codes" = json!(["organization_state", "domain_not_found"]))),
)]
pub(crate) async fn show_domain(Caller(ctx): Caller, InPath(path): InPath<DomainPath>) -> Answer {
    let (organization, name) = path.references()?;
    ok(&Domain::from(mail_domains::show_domain(&ctx, organization, name).await?))
}

/// Remove a domain
///
/// Removes a domain and its proof. Refused for the default domain, the test domain, and one that addresses use.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{organization}/domains/{domain}", tag = "Domains",
    params(DomainPath),
    responses((status = 204, description = "The domain was removed.")),
    extensions(("x-problem-codes" = json!(["organization_state", "domain_taken", "domain_not_found"]))),
)]
pub(crate) async fn remove_domain(Caller(ctx): Caller, InPath(path): InPath<DomainPath>) -> Answer {
    let (organization, name) = path.references()?;
    mail_domains::remove_domain(&ctx, organization, name).await?;
    no_content()
}

/// Set the default domain
///
/// Makes a verified domain the one on which new addresses are suggested; addresses stay as they are. `If-Match`
/// compares with the version of the organization.
#[utoipa::path(
    put, path = "/api/v1/organizations/{organization}/default-domain", tag = "Domains",
    params(OrganizationPath, IfMatch), request_body = NamedDomain,
    responses((status = 200, description = "The domain is the default.", body = Domain)),
    extensions(("x-problem-codes" = json!(["organization_state", "domain_not_found", "domain_unverified"]))),
)]
pub(crate) async fn set_default_domain(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    InBody(body): InBody<NamedDomain>,
) -> Answer {
    let (organization, name) = (path.reference()?, body.parse()?);
    ok(&Domain::from(mail_domains::set_default_domain(&ctx, organization, name).await?))
}
