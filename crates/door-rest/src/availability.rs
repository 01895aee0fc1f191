//! Availability configurations: where the free and busy times of people in other systems are asked for.

use std::sync::Arc;

use http::StatusCode;
use reeve_base::Secret;
use reeve_base::names::DomainName;
use reeve_domain::availability::{self, NewProvider as NewDomainProvider, Probe, Provider, Tested};
use reeve_domain::organizations::OrganizationRef;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, json, located, no_content, ok, replayed, tagged};
use crate::document::{IdempotencyKey, IfMatch};
use crate::door::Door;
use crate::extract::{Caller, ClientTokenInBody, InBody, InPath, InQuery, Keyed};
use crate::list::{List, page};
use crate::organizations::{OrganizationPath, reference};
use crate::refusals::Refusal;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default()
        .routes(routes!(list_availability_configurations, create_availability_configuration))
        .routes(routes!(edit_availability_configuration, delete_availability_configuration))
        .routes(routes!(test_availability_configuration))
}

/// An availability configuration of an organization.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct AvailabilityPath {
    /// Id or alias of the organization.
    #[param(example = "acme")]
    organization: String,
    /// The domain of the people whose calendars are elsewhere.
    #[param(example = "elsewhere.example")]
    availability_domain: String,
}

impl AvailabilityPath {
    fn references(&self) -> Result<(OrganizationRef, DomainName), Refusal> {
        Ok((reference(&self.organization)?, DomainName::parse("domain", &self.availability_domain)?))
    }
}

/// A server that speaks Exchange Web Services, without its password.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EwsProvider {
    /// Where it is.
    #[schema(example = "https://ews.elsewhere.example/EWS/Exchange.asmx")]
    endpoint: String,
    /// In whose name it is asked.
    #[schema(example = "reeve")]
    username: String,
}

/// A function of Amazon's.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LambdaProvider {
    /// Its Amazon resource name.
    #[schema(min_length = 49, max_length = 256, example = "arn:aws:lambda:us-east-1:123456789012:function:free-busy")]
    function_arn: String,
}

/// Where free and busy times are asked for; exactly one of `ews` and `lambda` is there.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AvailabilityConfiguration {
    /// The domain of the people whose times these are.
    #[schema(example = "elsewhere.example")]
    domain: String,
    /// A server that is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    ews: Option<EwsProvider>,
    /// A function that is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    lambda: Option<LambdaProvider>,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last changed.
    #[schema(format = DateTime)]
    updated_at: String,
    /// Goes up with every change; the ETag.
    #[schema(example = 1)]
    version: i64,
}

impl From<availability::AvailabilityConfiguration> for AvailabilityConfiguration {
    fn from(configuration: availability::AvailabilityConfiguration) -> Self {
        let (ews, lambda) = match configuration.provider {
            Provider::Ews { endpoint, username } => (Some(EwsProvider { endpoint, username }), None),
            Provider::Lambda { arn } => (None, Some(LambdaProvider { function_arn: arn })),
        };
        Self {
            domain: configuration.domain.to_string(),
            ews,
            lambda,
            created_at: configuration.created_at.to_rfc3339(),
            updated_at: configuration.updated_at.to_rfc3339(),
            version: configuration.version,
        }
    }
}

/// Which page is asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AvailabilityQuery {
    /// Items of a page at most; 50 when unsaid.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List availability configurations
///
/// Those of an organization by domain, without passwords.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/availability-configurations", tag = "Availability",
    params(OrganizationPath, AvailabilityQuery),
    responses((status = 200, description = "A page of configurations.", body = List<AvailabilityConfiguration>)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn list_availability_configurations(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    InQuery(query): InQuery<AvailabilityQuery>,
) -> Answer {
    let page = page(query.limit, query.cursor);
    let page = availability::list_availability_configurations(&ctx, path.reference()?, page).await?;
    ok(&List::of(page, AvailabilityConfiguration::from))
}

/// A server that is to be asked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewEwsProvider {
    /// Where it is: an `https` address with a path. With `http`, name and password travel in the clear.
    #[schema(max_length = 256, example = "https://ews.elsewhere.example/EWS/Exchange.asmx")]
    endpoint: String,
    /// In whose name it is asked.
    #[schema(min_length = 1, max_length = 256, example = "reeve")]
    username: String,
    /// The password of that name; never shown again.
    #[schema(min_length = 1, max_length = 256, format = Password, example = "Lantern-orchard-19-magpie")]
    password: String,
}

/// Who is to be asked; exactly one of `ews` and `lambda` is given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ews": {
    "endpoint": "https://ews.elsewhere.example/EWS/Exchange.asmx", "username": "reeve",
    "password": "Lantern-orchard-19-magpie"
}}))]
pub(crate) struct NewProvider {
    /// A server that speaks Exchange Web Services.
    ews: Option<NewEwsProvider>,
    /// A function of Amazon's.
    lambda: Option<LambdaProvider>,
}

impl NewProvider {
    fn parse(self) -> Result<NewDomainProvider, Refusal> {
        match (self.ews, self.lambda) {
            (Some(ews), None) => Ok(NewDomainProvider::Ews {
                endpoint: ews.endpoint,
                username: ews.username,
                password: Secret::from(ews.password),
            }),
            (None, Some(lambda)) => Ok(NewDomainProvider::Lambda { arn: lambda.function_arn }),
            _ => Err(Refusal::invalid("ews", "give either ews, or lambda")),
        }
    }
}

/// An availability configuration that is to be; exactly one of `ews` and `lambda` is given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"domain": "elsewhere.example", "ews": {
    "endpoint": "https://ews.elsewhere.example/EWS/Exchange.asmx", "username": "reeve",
    "password": "Lantern-orchard-19-magpie"
}}))]
pub(crate) struct NewAvailabilityConfiguration {
    /// The domain of the people whose calendars are elsewhere.
    #[schema(min_length = 3, max_length = 209, example = "elsewhere.example")]
    domain: String,
    /// A server that speaks Exchange Web Services.
    ews: Option<NewEwsProvider>,
    /// A function of Amazon's.
    lambda: Option<LambdaProvider>,
}

impl ClientTokenInBody for NewAvailabilityConfiguration {}

/// Create an availability configuration
///
/// Says where the free and busy times of people of a domain are asked for. It is kept from now on, and used once there are
/// calendars; it can be tested at once.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/availability-configurations", tag = "Availability",
    params(OrganizationPath, IdempotencyKey), request_body = NewAvailabilityConfiguration,
    responses((status = 201, description = "It was made.", body = AvailabilityConfiguration, headers(
        ("Location" = String, description = "Where it is changed and deleted."),
        ("ETag" = String, description = "Its version."),
    ))),
    extensions(("x-problem-codes" = json!(["organization_state", "name_taken", "limit_reached"]))),
)]
pub(crate) async fn create_availability_configuration(
    InPath(path): InPath<OrganizationPath>,
    Keyed(ctx, body): Keyed<NewAvailabilityConfiguration>,
) -> Answer {
    let domain = DomainName::parse("domain", &body.domain)?;
    let provider = NewProvider { ews: body.ews, lambda: body.lambda }.parse()?;
    let organization = path.reference()?;
    let place = format!("/api/v1/organizations/{organization}/availability-configurations/{domain}");
    let made = availability::create_availability_configuration(&ctx, organization, domain, provider).await?;
    let version = made.configuration.version;
    let answer = json(StatusCode::CREATED, &AvailabilityConfiguration::from(made.configuration))?;
    tagged(replayed(located(answer, &place)?, made.replayed), version)
}

/// Edit an availability configuration
///
/// Puts a provider in the place of the one before, as a whole: the password is given again.
#[utoipa::path(
    put, path = "/api/v1/organizations/{organization}/availability-configurations/{availability_domain}",
    tag = "Availability",
    params(AvailabilityPath, IfMatch), request_body = NewProvider,
    responses((status = 200, description = "It as it is now.", body = AvailabilityConfiguration, headers(
        ("ETag" = String, description = "Its version."),
    ))),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn edit_availability_configuration(
    Caller(ctx): Caller,
    InPath(path): InPath<AvailabilityPath>,
    InBody(body): InBody<NewProvider>,
) -> Answer {
    let (organization, domain) = path.references()?;
    let edited = availability::edit_availability_configuration(&ctx, organization, domain, body.parse()?).await?;
    let version = edited.version;
    tagged(ok(&AvailabilityConfiguration::from(edited))?, version)
}

/// Delete an availability configuration
///
/// And the password in it. Where there is none for this domain, the call succeeds.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{organization}/availability-configurations/{availability_domain}",
    tag = "Availability",
    params(AvailabilityPath, IfMatch),
    responses((status = 204, description = "There is none for this domain.")),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn delete_availability_configuration(
    Caller(ctx): Caller,
    InPath(path): InPath<AvailabilityPath>,
) -> Answer {
    let (organization, domain) = path.references()?;
    availability::delete_availability_configuration(&ctx, organization, domain).await?;
    no_content()
}

/// What is to be tested: a domain with a configuration, or a provider that is given and not kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"domain": "elsewhere.example"}))]
pub(crate) struct AvailabilityTest {
    /// The domain of a configuration.
    #[schema(min_length = 3, max_length = 209, example = "elsewhere.example")]
    domain: Option<String>,
    /// A server that speaks Exchange Web Services.
    ews: Option<NewEwsProvider>,
    /// A function of Amazon's.
    lambda: Option<LambdaProvider>,
}

impl AvailabilityTest {
    fn parse(self) -> Result<Tested, Refusal> {
        match (self.domain, self.ews.is_some() || self.lambda.is_some()) {
            (Some(domain), false) => Ok(Tested::Stored(DomainName::parse("domain", &domain)?)),
            (None, true) => Ok(Tested::Given(NewProvider { ews: self.ews, lambda: self.lambda }.parse()?)),
            _ => Err(Refusal::invalid("domain", "give a domain, or ews, or lambda")),
        }
    }
}

/// How a test went.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AvailabilityProbe {
    /// Whether the provider takes us.
    #[schema(example = false)]
    passed: bool,
    /// Why it does not, in words of ours; null when it does.
    #[schema(required = true, example = "the endpoint refuses the username or the password")]
    failure: Option<String>,
}

impl From<Probe> for AvailabilityProbe {
    fn from(probe: Probe) -> Self {
        Self { passed: probe.passed, failure: probe.failure }
    }
}

/// Test an availability configuration
///
/// Asks a server once, for at most 10 seconds, whether it takes the name and the password. Redirections are not followed,
/// and only addresses are connected to that everybody on the internet can reach, or that the operator of this deployment
/// allows. Functions cannot be asked: their test does not pass.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/availability-tests", tag = "Availability",
    params(OrganizationPath), request_body = AvailabilityTest,
    responses((status = 200, description = "How it went; a test that does not pass is no error.",
        body = AvailabilityProbe)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn test_availability_configuration(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    InBody(body): InBody<AvailabilityTest>,
) -> Answer {
    let probe = availability::test_availability_configuration(&ctx, path.reference()?, body.parse()?).await?;
    ok(&AvailabilityProbe::from(probe))
}
