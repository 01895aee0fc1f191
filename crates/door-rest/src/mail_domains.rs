//! Mail domains of an organization.

use std::sync::Arc;

use axum::response::IntoResponse as _;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use reeve_base::Timestamp;
use reeve_base::names::DomainName;
use reeve_domain::mail_domains::{self, Unseen};
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
use crate::words::{Ownership, RecordNecessity, RecordPurpose, RecordState};

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default()
        .routes(routes!(list_domains, add_domain))
        .routes(routes!(show_domain, remove_domain))
        .routes(routes!(set_default_domain))
        .routes(routes!(check_domain))
        .routes(routes!(rotate_dkim_key))
        .routes(routes!(show_zone_file))
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
    pub(crate) fn references(&self) -> Result<(OrganizationRef, DomainName), Refusal> {
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
    /// Since when the proof of a verified domain has been missing. While it is, no new address can use the domain; after
    /// 72 hours the domain is `failed`.
    #[schema(format = DateTime)]
    lapsed_since: Option<String>,
    /// Until when a pending domain must be proven.
    #[schema(format = DateTime)]
    prove_by: Option<String>,
    /// Whether the key by which its mail is signed is in its DNS: `failed` when it was and is no longer.
    dkim: Ownership,
    /// What its owner puts into its DNS, and what the last look found; nothing for a test domain. The first TXT proves
    /// that it is theirs. Records that name the mail host are left out while the deployment has no public name.
    records: Vec<DnsRecord>,
    /// When its DNS was last looked at.
    #[schema(format = DateTime)]
    checked_at: Option<String>,
    /// When it is looked at next by itself; nothing for a domain that has failed.
    #[schema(format = DateTime)]
    next_check_at: Option<String>,
    /// When it was added.
    #[schema(format = DateTime)]
    created_at: String,
}

/// One record for the DNS.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DnsRecord {
    /// Type: `TXT`, `MX`, `CNAME` or `SRV`.
    #[serde(rename = "type")]
    #[schema(example = "MX")]
    kind: &'static str,
    /// Where it stands.
    #[schema(example = "acme.example")]
    host: String,
    /// What it says. A text may be longer than the 255 characters that one string of a record holds: the zone file has it
    /// in pieces.
    #[schema(example = "10 reeve.example.com")]
    value: String,
    /// What it is for.
    purpose: RecordPurpose,
    /// Whether the domain does without it.
    necessity: RecordNecessity,
    /// How many seconds others may keep it.
    #[schema(example = 3600)]
    ttl: u32,
    /// How it stood at the last look; nothing before the first.
    state: Option<RecordState>,
    /// What stood there then, at most 16 values.
    found: Vec<String>,
    /// What to do, or what is to be known; empty where there is nothing.
    #[schema(example = "add this MX record at acme.example")]
    advice: String,
}

impl From<mail_domains::Domain> for Domain {
    fn from(domain: mail_domains::Domain) -> Self {
        let moment = |at: Timestamp| at.to_rfc3339();
        Self {
            domain: domain.name.to_string(),
            organization_id: domain.organization_id.to_string(),
            ownership: domain.ownership.into(),
            default: domain.is_default,
            test_domain: domain.is_test,
            lapsed_since: domain.lapsed_since.map(moment),
            prove_by: domain.prove_by.map(moment),
            dkim: domain.dkim.into(),
            records: domain.records.into_iter().map(DnsRecord::from).collect(),
            checked_at: domain.checked_at.map(moment),
            next_check_at: domain.next_check_at.map(moment),
            created_at: moment(domain.created_at),
        }
    }
}

impl From<mail_domains::WatchedRecord> for DnsRecord {
    fn from(watched: mail_domains::WatchedRecord) -> Self {
        let mail_domains::WatchedRecord { record, finding } = watched;
        let state = finding.as_ref().map(|finding| finding.state.into());
        let (found, advice) = finding.map(|finding| (finding.found, finding.advice)).unwrap_or_default();
        Self {
            kind: record.kind.word(),
            host: record.host,
            value: record.value,
            purpose: record.purpose.into(),
            necessity: record.necessity.into(),
            ttl: record.ttl,
            state,
            found,
            advice,
        }
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
/// Adds a domain that waits for its proof. Adding one that is there already changes nothing and succeeds, unless it has
/// failed: then it waits for another proof, and its first record is another.
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

/// Check a domain
///
/// Looks at the DNS of the domain now and says how each record stands: `found`, `missing`, `different`, or `unknown` where
/// the DNS did not answer, from which nothing follows. A pending domain whose proof is found is verified; one that had
/// lapsed is healed. Pending domains are looked at by themselves within minutes at first, verified ones every day.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/domains/{domain}/check", tag = "Domains",
    params(DomainPath),
    responses((status = 200, description = "The domain, with what was found.", body = Domain)),
    extensions(("x-problem-codes" = json!(["organization_state", "domain_not_found"]))),
)]
pub(crate) async fn check_domain(Caller(ctx): Caller, InPath(path): InPath<DomainPath>) -> Answer {
    let (organization, name) = path.references()?;
    ok(&Domain::from(mail_domains::check_domain(&ctx, organization, name).await?))
}

/// How the key is changed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"force": false}))]
pub(crate) struct Rotation {
    /// Whether the next key takes over although its record was not seen in the DNS: mail is mistrusted until it is there.
    #[serde(default)]
    force: bool,
}

/// Change the key by which mail is signed
///
/// Makes the next key of the domain the current one and draws another next one, whose record is to be added. The record
/// of the former key is wanted for a week longer. Refused while the record of the next key was not seen, unless forced.
/// Keys change by themselves every 180 days once the next one is seen.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/domains/{domain}/dkim-rotation", tag = "Domains",
    params(DomainPath), request_body = Rotation,
    responses((status = 200, description = "The domain, with its new records.", body = Domain)),
    extensions(("x-problem-codes" = json!(["organization_state", "domain_not_found", "conflict", "limit_reached"]))),
)]
pub(crate) async fn rotate_dkim_key(
    Caller(ctx): Caller,
    InPath(path): InPath<DomainPath>,
    InBody(body): InBody<Rotation>,
) -> Answer {
    let (organization, name) = path.references()?;
    let unseen = if body.force { Unseen::Accept } else { Unseen::Refuse };
    ok(&Domain::from(mail_domains::rotate_dkim_key(&ctx, organization, name, unseen).await?))
}

/// Show the zone file of a domain
///
/// The records of the domain as a master file (RFC 1035), to be added to its zone.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/domains/{domain}/zone-file", tag = "Domains",
    params(DomainPath),
    responses((
        status = 200, description = "The file.", body = String, content_type = "text/dns",
        example = "_reeve.acme.example. 300 IN TXT \"c2VjcmV0\"\n"
    )),
    extensions(("x-problem-codes" = json!(["organization_state", "domain_not_found"]))),
)]
pub(crate) async fn show_zone_file(Caller(ctx): Caller, InPath(path): InPath<DomainPath>) -> Answer {
    let (organization, name) = path.references()?;
    let text = mail_domains::show_zone_file(&ctx, organization, name).await?;
    // RFC 4027 §3: the media type of master files.
    Ok(([(CONTENT_TYPE, HeaderValue::from_static("text/dns"))], text).into_response())
}
