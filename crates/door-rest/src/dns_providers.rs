//! DNS providers: systems that host zones for the account, for domains of organizations to choose among.

use std::sync::Arc;

use http::StatusCode;
use reeve_base::Secret;
use reeve_base::names::{DomainName, Title};
use reeve_domain::dns_providers::{
    self, DnsProviderEdit as DomainEdit, DnsProviderRef, NewDnsProvider as NewDomainProvider, ProviderSettings,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, json, located, no_content, ok, replayed, tagged};
use crate::document::{IdempotencyKey, IfMatch, IfNoneMatch};
use crate::door::Door;
use crate::extract::{Caller, ClientTokenInBody, InBody, InPath, InQuery, Keyed};
use crate::list::{List, page};
use crate::profile::given;
use crate::refusals::Refusal;
use crate::words::ProviderKind;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default()
        .routes(routes!(list_dns_providers, create_dns_provider))
        .routes(routes!(show_dns_provider, edit_dns_provider, delete_dns_provider))
        .routes(routes!(test_dns_provider))
}

/// A DNS provider of the account.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct DnsProviderPath {
    /// Id or name of the provider.
    #[param(example = "route-53")]
    provider: String,
}

impl DnsProviderPath {
    fn reference(&self) -> Result<DnsProviderRef, Refusal> {
        Ok(self.provider.parse()?)
    }
}

/// A system that hosts zones, without the secret by which it is asked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DnsProvider {
    /// Id.
    #[schema(example = "dnsp-0f1e2d3c4b5a69788796a5b4c3d2e1f0")]
    dns_provider_id: String,
    /// Name; unique in the account, case aside.
    #[schema(example = "powerdns")]
    name: String,
    /// How it is spoken to.
    kind: ProviderKind,
    /// Where it is; null for Amazon's own Route 53, and for `rfc2136`.
    #[schema(required = true, example = "https://dns.example.com:8081")]
    url: Option<String>,
    /// The access key for Route 53.
    #[schema(required = true, example = "AKIAIOSFODNN7EXAMPLE")]
    access_key_id: Option<String>,
    /// What PowerDNS calls the server; null for `localhost`.
    #[schema(required = true, example = "localhost")]
    server_id: Option<String>,
    /// Host and port of the server that takes updates.
    #[schema(required = true, example = "ns.example.com:53")]
    server: Option<String>,
    /// The name of the key by which updates are signed.
    #[schema(required = true, example = "reeve-key")]
    key_name: Option<String>,
    /// Its algorithm; null for `hmac-sha256`.
    #[schema(required = true, example = "hmac-sha256")]
    algorithm: Option<String>,
    /// The zones that the server hosts, for `rfc2136`, where they cannot be listed.
    #[schema(example = json!(["acme.example"]))]
    zones: Vec<String>,
    /// Domains whose records are kept there.
    #[schema(example = 1)]
    domains: i64,
    /// When it was made known.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last changed.
    #[schema(format = DateTime)]
    updated_at: String,
    /// Goes up with every change; the ETag.
    #[schema(example = 1)]
    version: i64,
}

impl From<dns_providers::DnsProvider> for DnsProvider {
    fn from(provider: dns_providers::DnsProvider) -> Self {
        let settings = provider.settings;
        Self {
            dns_provider_id: provider.id.to_string(),
            name: provider.name.to_string(),
            kind: provider.kind.into(),
            url: settings.url,
            access_key_id: settings.access_key_id,
            server_id: settings.server_id,
            server: settings.server,
            key_name: settings.key_name,
            algorithm: settings.algorithm,
            zones: settings.zones.iter().map(ToString::to_string).collect(),
            domains: provider.domains,
            created_at: provider.created_at.to_rfc3339(),
            updated_at: provider.updated_at.to_rfc3339(),
            version: provider.version,
        }
    }
}

fn shown(provider: dns_providers::DnsProvider) -> Answer {
    let version = provider.version;
    tagged(ok(&DnsProvider::from(provider))?, version)
}

fn zones(names: &[String]) -> Result<Vec<DomainName>, Refusal> {
    Ok(names.iter().map(|name| DomainName::parse("zones", name)).collect::<Result<_, _>>()?)
}

/// Which page is asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DnsProvidersQuery {
    /// Items of a page at most; 50 when unsaid.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List DNS providers
///
/// Those of the account by name, without secrets.
#[utoipa::path(
    get, path = "/api/v1/dns-providers", tag = "DNS providers", params(DnsProvidersQuery),
    responses((status = 200, description = "A page of DNS providers.", body = List<DnsProvider>)),
)]
pub(crate) async fn list_dns_providers(Caller(ctx): Caller, InQuery(query): InQuery<DnsProvidersQuery>) -> Answer {
    let page = dns_providers::list_dns_providers(&ctx, page(query.limit, query.cursor)).await?;
    ok(&List::of(page, DnsProvider::from))
}

/// A DNS provider that is to be known. Each kind needs some of the fields and has no others.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "powerdns", "kind": "powerdns", "url": "https://dns.example.com:8081", "secret": "changeme"
}))]
pub(crate) struct NewDnsProvider {
    /// Name; unique in the account, case aside.
    #[schema(min_length = 1, max_length = 256, example = "powerdns")]
    name: String,
    /// How it is spoken to.
    kind: ProviderKind,
    /// Where it is: needed for `powerdns`; for `route53` only where it is not Amazon's own.
    #[schema(max_length = 1024, example = "https://dns.example.com:8081")]
    url: Option<String>,
    /// The access key, which `route53` needs.
    #[schema(min_length = 16, max_length = 128)]
    access_key_id: Option<String>,
    /// What PowerDNS calls the server; `localhost` when unsaid.
    #[schema(min_length = 1, max_length = 1024)]
    server_id: Option<String>,
    /// Host, and port where it is not 53, of the server that takes updates; `rfc2136` needs it.
    #[schema(min_length = 1, max_length = 1024)]
    server: Option<String>,
    /// The name of the key by which updates are signed; `rfc2136` needs it.
    #[schema(min_length = 1, max_length = 1024)]
    key_name: Option<String>,
    /// Its algorithm: `hmac-sha256`, which is meant when unsaid, `hmac-sha384` or `hmac-sha512`.
    #[schema(min_length = 1, max_length = 1024)]
    algorithm: Option<String>,
    /// The zones that the server hosts, which `rfc2136` needs.
    #[schema(max_items = 100)]
    zones: Option<Vec<String>>,
    /// The secret of the access key, the key of updates in base64, or the API key; never shown again.
    #[schema(min_length = 1, max_length = 1024, example = "changeme")]
    secret: String,
}

impl ClientTokenInBody for NewDnsProvider {}

impl NewDnsProvider {
    fn parse(self) -> Result<NewDomainProvider, Refusal> {
        Ok(NewDomainProvider {
            name: Title::parse("name", &self.name)?,
            kind: self.kind.into(),
            settings: ProviderSettings {
                url: self.url,
                access_key_id: self.access_key_id,
                server_id: self.server_id,
                server: self.server,
                key_name: self.key_name,
                algorithm: self.algorithm,
                zones: zones(&self.zones.unwrap_or_default())?,
            },
            secret: Secret::from(self.secret),
        })
    }
}

/// Create a DNS provider
///
/// Makes known a system that hosts zones; it is not asked yet. Whether it takes the credentials, a test says.
#[utoipa::path(
    post, path = "/api/v1/dns-providers", tag = "DNS providers", params(IdempotencyKey),
    request_body = NewDnsProvider,
    responses((status = 201, description = "The provider is known.", body = DnsProvider, headers(
        ("Location" = String, description = "Where the provider is found."),
        ("ETag" = String, description = "Its version."),
    ))),
    extensions(("x-problem-codes" = json!(["name_taken", "limit_reached"]))),
)]
pub(crate) async fn create_dns_provider(Keyed(ctx, body): Keyed<NewDnsProvider>) -> Answer {
    let created = dns_providers::create_dns_provider(&ctx, body.parse()?).await?;
    let provider = DnsProvider::from(created.provider);
    let place = format!("/api/v1/dns-providers/{}", provider.dns_provider_id);
    let answer = located(json(StatusCode::CREATED, &provider)?, &place)?;
    tagged(replayed(answer, created.replayed), provider.version)
}

/// Show a DNS provider
///
/// Without its secret, which nobody sees again.
#[utoipa::path(
    get, path = "/api/v1/dns-providers/{provider}", tag = "DNS providers", params(DnsProviderPath, IfNoneMatch),
    responses((status = 200, description = "The provider.", body = DnsProvider, headers(
        ("ETag" = String, description = "Its version."),
    ))),
)]
pub(crate) async fn show_dns_provider(Caller(ctx): Caller, InPath(path): InPath<DnsProviderPath>) -> Answer {
    shown(dns_providers::show_dns_provider(&ctx, path.reference()?).await?)
}

/// A change of a DNS provider. What is left out stays; null is refused. Its kind does not change. With any of the
/// fields but name and zones, the secret must be given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"secret": "changeme"}))]
pub(crate) struct DnsProviderEdit {
    /// Name; unique in the account, case aside.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 256, example = "powerdns")]
    name: Option<String>,
    /// Where it is.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 1024)]
    url: Option<String>,
    /// The access key for Route 53.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 16, max_length = 128)]
    access_key_id: Option<String>,
    /// What PowerDNS calls the server.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 1024)]
    server_id: Option<String>,
    /// Host and port of the server that takes updates.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 1024)]
    server: Option<String>,
    /// The name of the key by which updates are signed.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 1024)]
    key_name: Option<String>,
    /// Its algorithm.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 1024)]
    algorithm: Option<String>,
    /// The zones that the server hosts, in the place of those before.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>, required = false, min_items = 1, max_items = 100)]
    zones: Option<Vec<String>>,
    /// The secret of the access key, the key of updates in base64, or the API key; never shown again.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 1024, example = "changeme")]
    secret: Option<String>,
}

/// Edit a DNS provider
///
/// Zones are kept with it from then on as it is now.
#[utoipa::path(
    patch, path = "/api/v1/dns-providers/{provider}", tag = "DNS providers", params(DnsProviderPath, IfMatch),
    request_body = DnsProviderEdit,
    responses((status = 200, description = "The provider as it is now.", body = DnsProvider, headers(
        ("ETag" = String, description = "Its version."),
    ))),
    extensions(("x-problem-codes" = json!(["name_taken"]))),
)]
pub(crate) async fn edit_dns_provider(
    Caller(ctx): Caller,
    InPath(path): InPath<DnsProviderPath>,
    InBody(body): InBody<DnsProviderEdit>,
) -> Answer {
    let edit = DomainEdit {
        name: body.name.map(|name| Title::parse("name", &name)).transpose()?,
        settings: ProviderSettings {
            url: body.url,
            access_key_id: body.access_key_id,
            server_id: body.server_id,
            server: body.server,
            key_name: body.key_name,
            algorithm: body.algorithm,
            zones: zones(&body.zones.unwrap_or_default())?,
        },
        secret: body.secret.map(Secret::from),
    };
    shown(dns_providers::edit_dns_provider(&ctx, path.reference()?, edit).await?)
}

/// Delete a DNS provider
///
/// Forgets a provider with which no records are kept. What it hosts is not touched.
#[utoipa::path(
    delete, path = "/api/v1/dns-providers/{provider}", tag = "DNS providers", params(DnsProviderPath, IfMatch),
    responses((status = 204, description = "The provider is forgotten.")),
    extensions(("x-problem-codes" = json!(["conflict"]))),
)]
pub(crate) async fn delete_dns_provider(Caller(ctx): Caller, InPath(path): InPath<DnsProviderPath>) -> Answer {
    dns_providers::delete_dns_provider(&ctx, path.reference()?).await?;
    no_content()
}

/// A zone at a provider.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Zone {
    /// What the provider calls it.
    #[schema(example = "Z0123456789ABC")]
    id: String,
    /// Its name.
    #[schema(example = "acme.example")]
    name: String,
}

/// How a test of a DNS provider went.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DnsProviderTest {
    /// Whether it can be reached and takes the credentials.
    passed: bool,
    /// The zones that it hosts, at most 1,000.
    zones: Vec<Zone>,
    /// What is wrong, in one word for programs.
    #[schema(required = true, example = "denied")]
    failure: Option<&'static str>,
    /// What is wrong.
    #[schema(required = true, example = "the DNS provider does not take the credentials, or they do not allow this")]
    reason: Option<String>,
    /// What helps.
    #[schema(required = true, example = "check the credentials, and that they may read and change the zone")]
    remedy: Option<&'static str>,
}

/// Test a DNS provider
///
/// Has it list its zones.
#[utoipa::path(
    post, path = "/api/v1/dns-providers/{provider}/test", tag = "DNS providers", params(DnsProviderPath),
    responses((status = 200, description = "How it went.", body = DnsProviderTest)),
)]
pub(crate) async fn test_dns_provider(Caller(ctx): Caller, InPath(path): InPath<DnsProviderPath>) -> Answer {
    let test = dns_providers::test_dns_provider(&ctx, path.reference()?).await?;
    let failure = test.failure.as_ref();
    ok(&DnsProviderTest {
        passed: failure.is_none(),
        failure: failure.map(dns_providers::word),
        reason: failure.map(dns_providers::reason),
        remedy: failure.map(dns_providers::remedy),
        zones: test.zones.into_iter().map(|zone| Zone { id: zone.id, name: zone.name }).collect(),
    })
}
