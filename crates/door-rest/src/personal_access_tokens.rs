//! Personal access tokens of users: passwords for one mail client each, shown once.

use std::sync::Arc;

use http::StatusCode;
use reeve_base::Timestamp;
use reeve_base::ids::PersonalAccessTokenId;
use reeve_base::names::Label;
use reeve_base::secret::ExposeSecret;
use reeve_domain::organizations::OrganizationRef;
use reeve_domain::personal_access_tokens::{self as tokens, NewToken as NewDomainToken};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, json, located, no_content, ok};
use crate::door::Door;
use crate::extract::{Caller, InBody, InPath, InQuery};
use crate::list::{List, page};
use crate::names::named;
use crate::organizations::{OrganizationPath, reference};
use crate::refusals::Refusal;
use crate::user::{UserPath, moment};
use crate::words::Protocol;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default()
        .routes(routes!(list_personal_access_tokens))
        .routes(routes!(show_personal_access_token, delete_personal_access_token))
        .routes(routes!(create_personal_access_token))
}

/// A personal access token of an organization.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct TokenPath {
    /// Id or alias of the organization.
    #[param(example = "acme")]
    organization: String,
    /// Id of the token.
    #[param(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7aa0")]
    token_id: String,
}

impl TokenPath {
    fn references(&self) -> Result<(OrganizationRef, PersonalAccessTokenId), Refusal> {
        Ok((reference(&self.organization)?, self.token_id.parse()?))
    }
}

/// A token, as everybody sees it but whoever made it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonalAccessToken {
    /// Id; not secret.
    #[schema(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7aa0")]
    token_id: String,
    /// Whose it is.
    #[schema(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a80")]
    user_id: String,
    /// What it is for.
    #[schema(example = "telephone")]
    name: String,
    /// The protocols over which it is good.
    #[schema(example = json!(["IMAP", "SMTP"]))]
    scopes: Vec<String>,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last used, to the minute; null if never.
    #[schema(required = true, format = DateTime)]
    last_used_at: Option<String>,
    /// From when on it opens nothing; null if it does not end.
    #[schema(required = true, format = DateTime)]
    expires_at: Option<String>,
}

impl From<tokens::PersonalAccessToken> for PersonalAccessToken {
    fn from(token: tokens::PersonalAccessToken) -> Self {
        Self {
            token_id: token.id.to_string(),
            user_id: token.user_id.to_string(),
            name: token.name,
            scopes: token.scopes,
            created_at: token.created_at.to_rfc3339(),
            last_used_at: moment(token.used_at),
            expires_at: moment(token.expires_at),
        }
    }
}

/// Which tokens are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TokensQuery {
    /// Id, username or address of the user whose they are; everybody's when unsaid.
    #[param(max_length = 256, example = "ada")]
    user: Option<String>,
    /// Items of a page at most; 50 when unsaid.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List personal access tokens
///
/// Those of the organization or of one user, oldest first; never what opens.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/personal-access-tokens", tag = "Personal access tokens",
    params(OrganizationPath, TokensQuery),
    responses((status = 200, description = "A page of tokens.", body = List<PersonalAccessToken>)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn list_personal_access_tokens(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    InQuery(query): InQuery<TokensQuery>,
) -> Answer {
    let user = query.user.map(|user| named("user", &user)).transpose()?;
    let page = page(query.limit, query.cursor);
    let page = tokens::list_personal_access_tokens(&ctx, path.reference()?, user, page).await?;
    ok(&List::of(page, PersonalAccessToken::from))
}

/// Show a personal access token
///
/// When it was made, last used, and when it ends; never what opens.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/personal-access-tokens/{token_id}",
    tag = "Personal access tokens",
    params(TokenPath),
    responses((status = 200, description = "The token.", body = PersonalAccessToken)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn show_personal_access_token(Caller(ctx): Caller, InPath(path): InPath<TokenPath>) -> Answer {
    let (organization, id) = path.references()?;
    ok(&PersonalAccessToken::from(tokens::show_personal_access_token(&ctx, organization, id).await?))
}

/// Delete a personal access token
///
/// It opens nothing from the next sign-in on. Where there is no such token, the call succeeds.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{organization}/personal-access-tokens/{token_id}",
    tag = "Personal access tokens",
    params(TokenPath),
    responses((status = 204, description = "There is no such token.")),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn delete_personal_access_token(Caller(ctx): Caller, InPath(path): InPath<TokenPath>) -> Answer {
    let (organization, id) = path.references()?;
    tokens::delete_personal_access_token(&ctx, organization, id).await?;
    no_content()
}

/// A token that is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "telephone", "scopes": ["IMAP", "SMTP"]}))]
pub(crate) struct NewPersonalAccessToken {
    /// What it is for.
    #[schema(min_length = 1, max_length = 64, example = "telephone")]
    name: String,
    /// The protocols over which it is to be good; all of them when none is named.
    #[serde(default)]
    #[schema(max_items = 10)]
    scopes: Vec<Protocol>,
    /// From when on it is to open nothing; as late as the organization allows when unsaid.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
}

impl NewPersonalAccessToken {
    fn parse(self) -> Result<NewDomainToken, Refusal> {
        let expires_at = self.expires_at.as_deref().map(|text| Timestamp::parse_rfc3339("expires_at", text));
        Ok(NewDomainToken {
            name: Label::parse("name", &self.name)?,
            scopes: self.scopes.into_iter().map(Into::into).collect(),
            expires_at: expires_at.transpose()?,
        })
    }
}

/// A token that was made.
#[derive(Serialize, ToSchema)]
pub(crate) struct CreatedPersonalAccessToken {
    /// The token.
    #[serde(flatten)]
    token: PersonalAccessToken,
    /// What is given to the mail client in the place of the password; shown this once.
    #[schema(example = "rpat_q7Zt1mV0cXyW4rJ8sK2bN5dF9gH3jL6pQaSeRuTiOpA")]
    secret: String,
}

/// Create a personal access token
///
/// For a user who is enabled, in an organization whose identity provider says that tokens are active. What opens is shown
/// this once, which is why no `Idempotency-Key` is taken: after a lost answer, delete the token and make another.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/users/{user}/personal-access-tokens",
    tag = "Personal access tokens",
    params(UserPath), request_body = NewPersonalAccessToken,
    responses((status = 201, description = "It was made; what opens is shown once.", body = CreatedPersonalAccessToken,
        headers(("Location" = String, description = "Where the token is found.")),
    )),
    extensions(("x-problem-codes" = json!(["organization_state", "wrong_state", "reserved", "limit_reached"]))),
)]
pub(crate) async fn create_personal_access_token(
    Caller(ctx): Caller,
    InPath(path): InPath<UserPath>,
    InBody(body): InBody<NewPersonalAccessToken>,
) -> Answer {
    let (organization, user) = path.references()?;
    let place = format!("/api/v1/organizations/{organization}/personal-access-tokens");
    let made = tokens::create_personal_access_token(&ctx, organization, user, body.parse()?).await?;
    let place = format!("{place}/{}", made.token.id);
    let answer =
        CreatedPersonalAccessToken { token: made.token.into(), secret: made.secret.expose_secret().to_owned() };
    located(json(StatusCode::CREATED, &answer)?, &place)
}
