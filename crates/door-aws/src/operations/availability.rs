//! Free and busy times of other systems: CreateAvailabilityConfiguration, UpdateAvailabilityConfiguration,
//! DeleteAvailabilityConfiguration, ListAvailabilityConfigurations, TestAvailabilityConfiguration.

use reeve_base::Secret;
use reeve_base::names::DomainName;
use reeve_domain::availability::{self, AvailabilityConfiguration, NewProvider, Provider, Tested};

use crate::call::{Call, Paging};
use crate::faults::Fault;
use crate::input::Members;
use crate::output::Output;
use crate::shapes;

fn optional_domain(input: &Members<'_>) -> Result<Option<DomainName>, Fault> {
    let name = input.optional_text("DomainName", &shapes::DOMAIN_NAME)?;
    Ok(name.map(|name| DomainName::parse("domain", name)).transpose()?)
}

fn domain(input: &Members<'_>) -> Result<DomainName, Fault> {
    Ok(DomainName::parse("domain", input.text("DomainName", &shapes::DOMAIN_NAME)?)?)
}

/// The provider that the input describes, if it describes one.
fn optional_provider(input: &Members<'_>) -> Result<Option<NewProvider>, Fault> {
    let (ews, lambda) = (input.optional_structure("EwsProvider")?, input.optional_structure("LambdaProvider")?);
    let ews = ews.map(|ews| {
        Ok::<_, Fault>(NewProvider::Ews {
            endpoint: ews.text("EwsEndpoint", &shapes::URL)?.to_owned(),
            username: ews.text("EwsUsername", &shapes::EXTERNAL_USER_NAME)?.to_owned(),
            password: Secret::from(ews.text("EwsPassword", &shapes::PASSWORD)?),
        })
    });
    let ews = ews.transpose()?;
    let lambda = lambda.map(|lambda| {
        Ok::<_, Fault>(NewProvider::Lambda { arn: lambda.text("LambdaArn", &shapes::LAMBDA_ARN)?.to_owned() })
    });
    match (ews, lambda.transpose()?) {
        (Some(_), Some(_)) => Err(Fault::invalid("only one of 'ewsProvider' and 'lambdaProvider' can be given")),
        (one, None) | (None, one) => Ok(one),
    }
}

fn provider(input: &Members<'_>) -> Result<NewProvider, Fault> {
    let found = optional_provider(input)?;
    found.ok_or_else(|| Fault::invalid("one of 'ewsProvider' and 'lambdaProvider' must be given"))
}

pub(super) async fn create(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let ctx = call.keyed()?;
    let (organization, domain, provider) = (call.organization()?, domain(&input)?, provider(&input)?);
    availability::create_availability_configuration(&ctx, organization, domain, provider).await?;
    Ok(Output::empty())
}

pub(super) async fn update(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let (organization, domain, provider) = (call.organization()?, domain(&input)?, provider(&input)?);
    availability::edit_availability_configuration(&call.ctx, organization, domain, provider).await?;
    Ok(Output::empty())
}

pub(super) async fn delete(call: Call) -> Result<Output, Fault> {
    let (organization, domain) = (call.organization()?, domain(&call.input())?);
    availability::delete_availability_configuration(&call.ctx, organization, domain).await?;
    Ok(Output::empty())
}

pub(super) async fn list(call: Call) -> Result<Output, Fault> {
    let organization = call.organization()?;
    let Paging { request, list } = call.paging()?;
    let page = availability::list_availability_configurations(&call.ctx, organization, request).await?;
    let next = call.next_token(&list, page.next_cursor)?;
    let all: Vec<_> = page.items.into_iter().map(shown).collect();
    Ok(Output::empty().with("AvailabilityConfigurations", all).with("NextToken", next))
}

fn shown(configuration: AvailabilityConfiguration) -> Output {
    let output = Output::empty()
        .with("DomainName", configuration.domain.as_str())
        .with("DateCreated", configuration.created_at)
        .with("DateModified", configuration.updated_at);
    match configuration.provider {
        Provider::Ews { endpoint, username } => {
            let ews = Output::empty().with("EwsEndpoint", endpoint).with("EwsUsername", username);
            output.with("ProviderType", "EWS").with("EwsProvider", ews)
        }
        Provider::Lambda { arn } => {
            output.with("ProviderType", "LAMBDA").with("LambdaProvider", Output::empty().with("LambdaArn", arn))
        }
    }
}

pub(super) async fn test(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let organization = call.organization()?;
    let tested = match (optional_domain(&input)?, optional_provider(&input)?) {
        (Some(domain), None) => Tested::Stored(domain),
        (None, Some(provider)) => Tested::Given(provider),
        _ => return Err(Fault::invalid("either 'domainName' or one provider must be given")),
    };
    let probe = availability::test_availability_configuration(&call.ctx, organization, tested).await?;
    Ok(Output::empty().with("TestPassed", probe.passed).with("FailureReason", probe.failure))
}
