//! The zone in which the records of a domain are kept.

use std::sync::Arc;

use reeve_base::Timestamp;
use reeve_domain::hosted_zones::{self, Leftovers};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, no_content, ok};
use crate::door::Door;
use crate::extract::{Caller, InBody, InPath, InQuery};
use crate::mail_domains::DomainPath;
use crate::words::{ZoneAct, ZoneState};

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default()
        .routes(routes!(show_hosted_zone, set_hosted_zone, remove_hosted_zone))
        .routes(routes!(plan_zone_records))
        .routes(routes!(write_zone_records))
}

/// The zone in which the records of a domain are kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HostedZone {
    /// Id of the DNS provider that hosts it.
    #[schema(example = "dnsp-0f1e2d3c4b5a69788796a5b4c3d2e1f0")]
    dns_provider_id: String,
    /// Name of that provider.
    #[schema(example = "powerdns")]
    dns_provider_name: String,
    /// What the provider calls the zone.
    #[schema(example = "acme.example.")]
    zone_id: String,
    /// Name of the zone.
    #[schema(example = "acme.example")]
    zone_name: String,
    /// What happens there: `attached`, nothing before a plan is written; `kept`, the records are kept as they should be;
    /// `leaving`, what was written is being removed.
    state: ZoneState,
    /// Records there that Reeve wrote, or is about to.
    #[schema(example = 12)]
    written: usize,
    /// What went wrong or stands in the way, and what helps.
    #[schema(required = true, example = "the DNS provider cannot be reached")]
    last_error: Option<String>,
    /// When it was last compared with what should stand there.
    #[schema(required = true, format = DateTime)]
    checked_at: Option<String>,
    /// When it is looked after next; null before a plan is written.
    #[schema(required = true, format = DateTime)]
    next_at: Option<String>,
}

impl From<hosted_zones::DomainZone> for HostedZone {
    fn from(zone: hosted_zones::DomainZone) -> Self {
        let moment = |at: Timestamp| at.to_rfc3339();
        Self {
            dns_provider_id: zone.provider_id.to_string(),
            dns_provider_name: zone.provider_name,
            zone_id: zone.zone.id,
            zone_name: zone.zone.name,
            state: zone.state.into(),
            written: zone.written,
            last_error: zone.last_error,
            checked_at: zone.checked_at.map(moment),
            next_at: zone.next_at.map(moment),
        }
    }
}

/// Show the hosted zone of a domain
///
/// Where the records of the domain are kept, and how that goes.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/domains/{domain}/hosted-zone", tag = "Domains",
    params(DomainPath),
    responses((status = 200, description = "The hosted zone.", body = HostedZone)),
    extensions(("x-problem-codes" = json!(["domain_not_found"]))),
)]
pub(crate) async fn show_hosted_zone(Caller(ctx): Caller, InPath(path): InPath<DomainPath>) -> Answer {
    let (organization, domain) = path.references()?;
    ok(&HostedZone::from(hosted_zones::show_hosted_zone(&ctx, organization, domain).await?))
}

/// Where the records of a domain are to be kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"dns_provider": "powerdns"}))]
pub(crate) struct ZoneChoice {
    /// The DNS provider that hosts the zone, by id or name.
    #[schema(min_length = 1, max_length = 256, example = "powerdns")]
    dns_provider: String,
    /// The zone, by its id or name at the provider; the smallest that holds the domain when unsaid.
    #[schema(min_length = 1, max_length = 256)]
    zone: Option<String>,
}

/// Set the hosted zone of a domain
///
/// Says where the records of the domain are kept. Nothing is written before a plan is. Whoever does this must be let
/// test the DNS provider too.
#[utoipa::path(
    put, path = "/api/v1/organizations/{organization}/domains/{domain}/hosted-zone", tag = "Domains",
    params(DomainPath), request_body = ZoneChoice,
    responses((status = 200, description = "The hosted zone.", body = HostedZone)),
    extensions(("x-problem-codes" = json!(["conflict", "domain_not_found", "organization_state"]))),
)]
pub(crate) async fn set_hosted_zone(
    Caller(ctx): Caller,
    InPath(path): InPath<DomainPath>,
    InBody(body): InBody<ZoneChoice>,
) -> Answer {
    let (organization, domain) = path.references()?;
    let choice = (body.dns_provider.parse()?, body.zone);
    ok(&HostedZone::from(hosted_zones::set_hosted_zone(&ctx, organization, domain, choice).await?))
}

/// What becomes of records.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LeavingQuery {
    /// Whether the records that Reeve wrote stay in the zone; false when unsaid: they are removed.
    #[param(example = false)]
    keep_records: Option<bool>,
}

/// Remove the hosted zone of a domain
///
/// Gives the zone up. What Reeve wrote there is removed soon afterwards, and nothing else; until then the hosted zone is
/// shown as `leaving`.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{organization}/domains/{domain}/hosted-zone", tag = "Domains",
    params(DomainPath, LeavingQuery),
    responses((status = 204, description = "The zone is given up.")),
    extensions(("x-problem-codes" = json!(["domain_not_found", "organization_state"]))),
)]
pub(crate) async fn remove_hosted_zone(
    Caller(ctx): Caller,
    InPath(path): InPath<DomainPath>,
    InQuery(query): InQuery<LeavingQuery>,
) -> Answer {
    let (organization, domain) = path.references()?;
    let leftovers = if query.keep_records.unwrap_or_default() { Leftovers::Leave } else { Leftovers::Remove };
    hosted_zones::remove_hosted_zone(&ctx, organization, domain, leftovers).await?;
    no_content()
}

/// What is done with a record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ZoneStep {
    /// `add`, `change`, `remove`, `keep`, or `conflict` where something that Reeve did not write stands in the way.
    action: ZoneAct,
    /// Where.
    #[schema(example = "acme.example")]
    name: String,
    /// Type of the record.
    #[serde(rename = "type")]
    #[schema(example = "MX")]
    kind: &'static str,
    /// What stands there, of what is touched or stands in the way.
    #[schema(required = true)]
    before: Option<String>,
    /// What should stand there.
    #[schema(required = true, example = "10 reeve.example.com")]
    after: Option<String>,
    /// Why.
    #[schema(example = "it is not there")]
    why: String,
}

/// What would be written into a zone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ZonePlan {
    /// Names the plan, to have it written.
    #[schema(example = "0b0SvJ4nq2y1eXx9T3Zk")]
    plan: String,
    /// The zone.
    hosted_zone: HostedZone,
    /// Every record, and what is done with it.
    steps: Vec<ZoneStep>,
}

/// Plan the records of a hosted zone
///
/// Reads the zone and says what would be written. Nothing is.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/domains/{domain}/hosted-zone/plan", tag = "Domains",
    params(DomainPath),
    responses((status = 200, description = "The plan.", body = ZonePlan)),
    extensions(("x-problem-codes" = json!(["conflict", "domain_not_found", "organization_state"]))),
)]
pub(crate) async fn plan_zone_records(Caller(ctx): Caller, InPath(path): InPath<DomainPath>) -> Answer {
    let (organization, domain) = path.references()?;
    let plan = hosted_zones::plan_zone_records(&ctx, organization, domain).await?;
    let step = |step: hosted_zones::Step| ZoneStep {
        action: step.act.into(),
        name: step.name,
        kind: step.kind.word(),
        before: step.before,
        after: step.after,
        why: step.why,
    };
    let steps = plan.steps.into_iter().map(step).collect();
    ok(&ZonePlan { plan: plan.id, hosted_zone: plan.zone.into(), steps })
}

/// The plan that is to be written.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"plan": "0b0SvJ4nq2y1eXx9T3Zk"}))]
pub(crate) struct PlanChoice {
    /// What the plan is named by.
    #[schema(min_length = 1, max_length = 64, example = "0b0SvJ4nq2y1eXx9T3Zk")]
    plan: String,
}

/// Write the records of a hosted zone
///
/// Writes exactly this plan; when the zone, or what should stand in it, changed since, nothing is written. From then on
/// the zone is kept so.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/domains/{domain}/hosted-zone/write", tag = "Domains",
    params(DomainPath), request_body = PlanChoice,
    responses((status = 200, description = "The plan is written.", body = HostedZone)),
    extensions(("x-problem-codes" = json!(["conflict", "domain_not_found", "organization_state"]))),
)]
pub(crate) async fn write_zone_records(
    Caller(ctx): Caller,
    InPath(path): InPath<DomainPath>,
    InBody(body): InBody<PlanChoice>,
) -> Answer {
    let (organization, domain) = path.references()?;
    ok(&HostedZone::from(hosted_zones::write_zone_records(&ctx, organization, domain, body.plan).await?))
}
