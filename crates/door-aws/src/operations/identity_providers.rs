//! Identity Center and personal access tokens: CreateIdentityCenterApplication, DeleteIdentityCenterApplication,
//! PutIdentityProviderConfiguration, DescribeIdentityProviderConfiguration, DeleteIdentityProviderConfiguration,
//! ListPersonalAccessTokens, GetPersonalAccessTokenMetadata, DeletePersonalAccessToken.

use reeve_base::ids::PersonalAccessTokenId;
use reeve_domain::identity_providers::{
    self, AuthenticationMode, IdentityProvider, NewIdentityCenterApplication, TokenSettings, TokenStatus,
};
use reeve_domain::personal_access_tokens::{self, PersonalAccessToken};

use super::words::word;
use crate::call::{Call, Paging};
use crate::faults::Fault;
use crate::output::Output;
use crate::shapes;

/// Which ways to prove who one is are open, in the words of the API.
const MODES: [(&str, AuthenticationMode); 2] = [
    ("IDENTITY_PROVIDER_ONLY", AuthenticationMode::ProviderOnly),
    ("IDENTITY_PROVIDER_AND_DIRECTORY", AuthenticationMode::ProviderAndDirectory),
];

/// Whether tokens open anything, in the words of the API.
const STATUSES: [(&str, TokenStatus); 2] = [("ACTIVE", TokenStatus::Active), ("INACTIVE", TokenStatus::Inactive)];

pub(super) async fn create_application(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let new = NewIdentityCenterApplication {
        name: input.text("Name", &shapes::IDENTITY_CENTER_APPLICATION_NAME)?.to_owned(),
        instance_arn: input.text("InstanceArn", &shapes::INSTANCE_ARN)?.to_owned(),
    };
    let created = identity_providers::create_identity_center_application(&call.keyed()?, new).await?;
    Ok(Output::empty().with("ApplicationArn", created.application.arn))
}

pub(super) async fn delete_application(call: Call) -> Result<Output, Fault> {
    let arn = call.input().text("ApplicationArn", &shapes::APPLICATION_ARN)?.to_owned();
    identity_providers::delete_identity_center_application(&call.ctx, arn).await?;
    Ok(Output::empty())
}

pub(super) async fn put(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let organization = call.organization()?;
    let center = input.structure("IdentityCenterConfiguration")?;
    let tokens = input.structure("PersonalAccessTokenConfiguration")?;
    let days = tokens.optional_number("LifetimeInDays", &shapes::TOKEN_LIFETIME_DAYS)?;
    let provider = IdentityProvider {
        mode: input.word("AuthenticationMode", &MODES)?,
        instance_arn: center.text("InstanceArn", &shapes::INSTANCE_ARN)?.to_owned(),
        application_arn: center.text("ApplicationArn", &shapes::APPLICATION_ARN)?.to_owned(),
        tokens: TokenSettings {
            status: tokens.word("Status", &STATUSES)?,
            lifetime_days: days
                .map(u32::try_from)
                .transpose()
                .map_err(|_| Fault::internal("what is at most 3653 days is a number of days"))?,
        },
    };
    identity_providers::set_identity_provider(&call.ctx, organization, provider).await?;
    Ok(Output::empty())
}

pub(super) async fn describe(call: Call) -> Result<Output, Fault> {
    let provider = identity_providers::show_identity_provider(&call.ctx, call.organization()?).await?;
    let center =
        Output::empty().with("InstanceArn", provider.instance_arn).with("ApplicationArn", provider.application_arn);
    let tokens = Output::empty()
        .with("Status", word(&STATUSES, provider.tokens.status))
        .with("LifetimeInDays", provider.tokens.lifetime_days.map(i64::from));
    Ok(Output::empty()
        .with("AuthenticationMode", word(&MODES, provider.mode))
        .with("IdentityCenterConfiguration", center)
        .with("PersonalAccessTokenConfiguration", tokens))
}

pub(super) async fn delete(call: Call) -> Result<Output, Fault> {
    identity_providers::remove_identity_provider(&call.ctx, call.organization()?).await?;
    Ok(Output::empty())
}

pub(super) async fn list_tokens(call: Call) -> Result<Output, Fault> {
    let organization = call.organization()?;
    let user = call.input().optional_text("UserId", &shapes::ENTITY_IDENTIFIER)?;
    let user = user.map(str::parse).transpose()?;
    let Paging { request, list } = call.paging()?;
    let page = personal_access_tokens::list_personal_access_tokens(&call.ctx, organization, user, request).await?;
    let next = call.next_token(&list, page.next_cursor)?;
    let tokens: Vec<_> = page.items.into_iter().map(token).collect();
    Ok(Output::empty().with("PersonalAccessTokenSummaries", tokens).with("NextToken", next))
}

fn token(token: PersonalAccessToken) -> Output {
    Output::empty()
        .with("PersonalAccessTokenId", token.id.as_str())
        .with("UserId", token.user_id.as_str())
        .with("Name", token.name)
        .with("DateCreated", token.created_at)
        .with("DateLastUsed", token.used_at)
        .with("ExpiresTime", token.expires_at)
        .with("Scopes", token.scopes)
}

fn token_id(call: &Call) -> Result<PersonalAccessTokenId, Fault> {
    Ok(call.input().text("PersonalAccessTokenId", &shapes::PERSONAL_ACCESS_TOKEN_ID)?.parse()?)
}

pub(super) async fn describe_token(call: Call) -> Result<Output, Fault> {
    let (organization, id) = (call.organization()?, token_id(&call)?);
    Ok(token(personal_access_tokens::show_personal_access_token(&call.ctx, organization, id).await?))
}

pub(super) async fn delete_token(call: Call) -> Result<Output, Fault> {
    let (organization, id) = (call.organization()?, token_id(&call)?);
    personal_access_tokens::delete_personal_access_token(&call.ctx, organization, id).await?;
    Ok(Output::empty())
}
