//! Settings of how an organization handles mail: DMARC of what comes in, and where events about mail are reported to.

use std::sync::Arc;

use reeve_domain::mail_settings;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, no_content, ok};
use crate::door::Door;
use crate::extract::{Caller, InBody, InPath};
use crate::organizations::OrganizationPath;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(show_inbound_dmarc, set_inbound_dmarc)).routes(routes!(
        show_email_monitoring,
        set_email_monitoring,
        remove_email_monitoring
    ))
}

/// What becomes of mail that fails DMARC.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"enforced": false}))]
pub(crate) struct InboundDmarc {
    /// Whether it is treated as its sender's domain asks; otherwise it is delivered like any other.
    enforced: bool,
}

impl From<mail_settings::InboundDmarc> for InboundDmarc {
    fn from(dmarc: mail_settings::InboundDmarc) -> Self {
        Self { enforced: dmarc.enforced }
    }
}

/// Show the inbound DMARC setting
///
/// It is enforced until somebody says otherwise.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/inbound-dmarc", tag = "Mail settings",
    params(OrganizationPath),
    responses((status = 200, description = "The setting.", body = InboundDmarc)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn show_inbound_dmarc(Caller(ctx): Caller, InPath(path): InPath<OrganizationPath>) -> Answer {
    ok(&InboundDmarc::from(mail_settings::show_inbound_dmarc(&ctx, path.reference()?).await?))
}

/// Set the inbound DMARC setting
///
/// It is kept from now on, and obeyed once there is mail.
#[utoipa::path(
    put, path = "/api/v1/organizations/{organization}/inbound-dmarc", tag = "Mail settings",
    params(OrganizationPath), request_body = InboundDmarc,
    responses((status = 200, description = "The setting as it is now.", body = InboundDmarc)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn set_inbound_dmarc(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    InBody(body): InBody<InboundDmarc>,
) -> Answer {
    let dmarc = mail_settings::InboundDmarc { enforced: body.enforced };
    ok(&InboundDmarc::from(mail_settings::set_inbound_dmarc(&ctx, path.reference()?, dmarc).await?))
}

/// Where events about mail are reported to. The names are Amazon's, kept as they were given.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "log_group_arn": "arn:aws:logs:us-east-1:123456789012:log-group:/aws/workmail/emailevents/acme:*"
}))]
pub(crate) struct EmailMonitoring {
    /// The group of logs that receives them.
    #[schema(
        min_length = 47,
        max_length = 562,
        example = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/workmail/emailevents/acme:*"
    )]
    log_group_arn: String,
    /// The role in whose name they are written.
    #[schema(required = false, min_length = 20, max_length = 2048, example = "arn:aws:iam::123456789012:role/events")]
    role_arn: Option<String>,
}

impl From<mail_settings::EmailMonitoring> for EmailMonitoring {
    fn from(monitoring: mail_settings::EmailMonitoring) -> Self {
        Self { log_group_arn: monitoring.log_group_arn, role_arn: monitoring.role_arn }
    }
}

/// Show the email monitoring
///
/// Says where events about mail are reported to.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/email-monitoring", tag = "Mail settings",
    params(OrganizationPath),
    responses((status = 200, description = "Where to.", body = EmailMonitoring)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn show_email_monitoring(Caller(ctx): Caller, InPath(path): InPath<OrganizationPath>) -> Answer {
    ok(&EmailMonitoring::from(mail_settings::show_email_monitoring(&ctx, path.reference()?).await?))
}

/// Set the email monitoring
///
/// Says where events about mail are reported to. Nothing is sent to Amazon: the names are kept for programs that look for
/// them.
#[utoipa::path(
    put, path = "/api/v1/organizations/{organization}/email-monitoring", tag = "Mail settings",
    params(OrganizationPath), request_body = EmailMonitoring,
    responses((status = 200, description = "Where to now.", body = EmailMonitoring)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn set_email_monitoring(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    InBody(body): InBody<EmailMonitoring>,
) -> Answer {
    let monitoring = mail_settings::EmailMonitoring { log_group_arn: body.log_group_arn, role_arn: body.role_arn };
    ok(&EmailMonitoring::from(mail_settings::set_email_monitoring(&ctx, path.reference()?, monitoring).await?))
}

/// Remove the email monitoring
///
/// Where there is none, the call succeeds.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{organization}/email-monitoring", tag = "Mail settings",
    params(OrganizationPath),
    responses((status = 204, description = "There is none.")),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn remove_email_monitoring(Caller(ctx): Caller, InPath(path): InPath<OrganizationPath>) -> Answer {
    mail_settings::remove_email_monitoring(&ctx, path.reference()?).await?;
    no_content()
}
