//! The identity provider of an organization: by whom else its users prove who they are.

use std::sync::Arc;

use reeve_domain::identity_providers::{self, IdentityProvider as DomainProvider, TokenSettings as DomainSettings};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, no_content, ok};
use crate::door::Door;
use crate::extract::{Caller, InBody, InPath};
use crate::organizations::OrganizationPath;
use crate::words::{AuthenticationMode, TokenStatus};

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(show_identity_provider, set_identity_provider, remove_identity_provider))
}

/// What holds for the personal access tokens of an organization.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenSettings {
    /// Whether they open anything.
    status: TokenStatus,
    /// How long a token that is made lives at most, in days; for ever when unsaid.
    #[schema(required = false, minimum = 1, maximum = 3653, example = 365)]
    lifetime_days: Option<u32>,
}

/// By whom else the users of an organization prove who they are.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "mode": "provider_and_directory",
    "instance_arn": "arn:aws:sso:::instance/ssoins-1234567890abcdef",
    "application_arn": "arn:aws:sso::123456789012:application/ssoins-1234567890abcdef/apl-0123456789abcdef",
    "tokens": {"status": "active", "lifetime_days": 365}
}))]
pub(crate) struct IdentityProvider {
    /// Which ways are open.
    mode: AuthenticationMode,
    /// The instance of Identity Center.
    #[schema(max_length = 1124, example = "arn:aws:sso:::instance/ssoins-1234567890abcdef")]
    instance_arn: String,
    /// The application in it, one of the account.
    #[schema(
        max_length = 1224,
        example = "arn:aws:sso::123456789012:application/ssoins-1234567890abcdef/apl-0123456789abcdef"
    )]
    application_arn: String,
    /// What holds for personal access tokens.
    tokens: TokenSettings,
}

impl From<DomainProvider> for IdentityProvider {
    fn from(provider: DomainProvider) -> Self {
        let DomainSettings { status, lifetime_days } = provider.tokens;
        Self {
            mode: provider.mode.into(),
            instance_arn: provider.instance_arn,
            application_arn: provider.application_arn,
            tokens: TokenSettings { status: status.into(), lifetime_days },
        }
    }
}

impl From<IdentityProvider> for DomainProvider {
    fn from(provider: IdentityProvider) -> Self {
        let TokenSettings { status, lifetime_days } = provider.tokens;
        Self {
            mode: provider.mode.into(),
            instance_arn: provider.instance_arn,
            application_arn: provider.application_arn,
            tokens: DomainSettings { status: status.into(), lifetime_days },
        }
    }
}

/// Show the identity provider
///
/// Says by whom else users prove who they are.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/identity-provider", tag = "Identity providers",
    params(OrganizationPath),
    responses((status = 200, description = "The provider.", body = IdentityProvider)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn show_identity_provider(Caller(ctx): Caller, InPath(path): InPath<OrganizationPath>) -> Answer {
    ok(&IdentityProvider::from(identity_providers::show_identity_provider(&ctx, path.reference()?).await?))
}

/// Set the identity provider
///
/// As a whole; it holds from the next sign-in on. With `provider_only`, passwords of the directory open nothing, and mail
/// clients need personal access tokens.
#[utoipa::path(
    put, path = "/api/v1/organizations/{organization}/identity-provider", tag = "Identity providers",
    params(OrganizationPath), request_body = IdentityProvider,
    responses((status = 200, description = "The provider as it is now.", body = IdentityProvider)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn set_identity_provider(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    InBody(body): InBody<IdentityProvider>,
) -> Answer {
    let set = identity_providers::set_identity_provider(&ctx, path.reference()?, body.into()).await?;
    ok(&IdentityProvider::from(set))
}

/// Remove the identity provider
///
/// Passwords of the directory open again, and personal access tokens open nothing; they are kept. Where there is no
/// provider, the call succeeds.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{organization}/identity-provider", tag = "Identity providers",
    params(OrganizationPath),
    responses((status = 204, description = "There is no provider.")),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn remove_identity_provider(Caller(ctx): Caller, InPath(path): InPath<OrganizationPath>) -> Answer {
    identity_providers::remove_identity_provider(&ctx, path.reference()?).await?;
    no_content()
}
