//! Applications of Identity Center, which belong to the account.

use std::sync::Arc;

use http::StatusCode;
use reeve_domain::identity_providers::{self, NewIdentityCenterApplication as NewDomainApplication};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, json, no_content, ok, replayed};
use crate::document::IdempotencyKey;
use crate::door::Door;
use crate::extract::{Caller, ClientTokenInBody, InQuery, Keyed};
use crate::list::{List, page};

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(
        list_identity_center_applications,
        create_identity_center_application,
        delete_identity_center_application
    ))
}

/// An application of Identity Center.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IdentityCenterApplication {
    /// Its Amazon resource name, made up here in Amazon's form.
    #[schema(example = "arn:aws:sso::123456789012:application/ssoins-1234567890abcdef/apl-0123456789abcdef")]
    application_arn: String,
    /// Its name.
    #[schema(example = "mail")]
    name: String,
    /// The instance that it belongs to.
    #[schema(example = "arn:aws:sso:::instance/ssoins-1234567890abcdef")]
    instance_arn: String,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<identity_providers::IdentityCenterApplication> for IdentityCenterApplication {
    fn from(application: identity_providers::IdentityCenterApplication) -> Self {
        Self {
            application_arn: application.arn,
            name: application.name,
            instance_arn: application.instance_arn,
            created_at: application.created_at.to_rfc3339(),
        }
    }
}

/// Which page is asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ApplicationsQuery {
    /// Items of a page at most; 50 when unsaid.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List Identity Center applications
///
/// Those of the account, by their Amazon resource names.
#[utoipa::path(
    get, path = "/api/v1/identity-center-applications", tag = "Identity providers",
    params(ApplicationsQuery),
    responses((status = 200, description = "A page of applications.", body = List<IdentityCenterApplication>)),
)]
pub(crate) async fn list_identity_center_applications(
    Caller(ctx): Caller,
    InQuery(query): InQuery<ApplicationsQuery>,
) -> Answer {
    let page = page(query.limit, query.cursor);
    let page = identity_providers::list_identity_center_applications(&ctx, page).await?;
    ok(&List::of(page, IdentityCenterApplication::from))
}

/// An application that is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "mail", "instance_arn": "arn:aws:sso:::instance/ssoins-1234567890abcdef"}))]
pub(crate) struct NewIdentityCenterApplication {
    /// Its name: letters, digits and `_+=,.@-`. Several may have one name.
    #[schema(min_length = 1, max_length = 255, example = "mail")]
    name: String,
    /// The instance that it is to belong to.
    #[schema(max_length = 1124, example = "arn:aws:sso:::instance/ssoins-1234567890abcdef")]
    instance_arn: String,
}

impl ClientTokenInBody for NewIdentityCenterApplication {}

/// Create an Identity Center application
///
/// A name for organizations to use in their identity provider. Nobody's sign-in changes, and nobody at Amazon is asked.
#[utoipa::path(
    post, path = "/api/v1/identity-center-applications", tag = "Identity providers",
    params(IdempotencyKey), request_body = NewIdentityCenterApplication,
    responses((status = 201, description = "It was made.", body = IdentityCenterApplication)),
    extensions(("x-problem-codes" = json!(["limit_reached"]))),
)]
pub(crate) async fn create_identity_center_application(
    Keyed(ctx, body): Keyed<NewIdentityCenterApplication>,
) -> Answer {
    let new = NewDomainApplication { name: body.name, instance_arn: body.instance_arn };
    let made = identity_providers::create_identity_center_application(&ctx, new).await?;
    let answer = json(StatusCode::CREATED, &IdentityCenterApplication::from(made.application))?;
    Ok(replayed(answer, made.replayed))
}

/// Which application is meant.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ApplicationQuery {
    /// Its Amazon resource name.
    #[param(
        max_length = 1224,
        example = "arn:aws:sso::123456789012:application/ssoins-1234567890abcdef/apl-0123456789abcdef"
    )]
    application_arn: String,
}

/// Delete an Identity Center application
///
/// Organizations that use it go on as before. Where there is no such application, the call succeeds.
#[utoipa::path(
    delete, path = "/api/v1/identity-center-applications", tag = "Identity providers",
    params(ApplicationQuery),
    responses((status = 204, description = "There is no such application.")),
)]
pub(crate) async fn delete_identity_center_application(
    Caller(ctx): Caller,
    InQuery(query): InQuery<ApplicationQuery>,
) -> Answer {
    identity_providers::delete_identity_center_application(&ctx, query.application_arn).await?;
    no_content()
}
