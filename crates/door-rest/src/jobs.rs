//! Background work, as far as it can be watched.

use std::sync::Arc;

use reeve_base::ids::JobId;
use reeve_domain::jobs;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, ok};
use crate::door::Door;
use crate::extract::{Caller, InPath, InQuery};
use crate::list::{List, page};
use crate::organizations::reference;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(list_jobs)).routes(routes!(show_job))
}

/// A job.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct JobPath {
    /// Id of the job.
    #[param(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a80")]
    job_id: String,
}

/// A piece of background work.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Job {
    /// Id; sorts by time.
    #[schema(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a80")]
    job_id: String,
    /// What it does.
    #[schema(example = "create_organization")]
    kind: String,
    /// The organization that it works on, if on one.
    #[schema(required = true, example = "m-0f1e2d3c4b5a69788796a5b4c3d2e1f0")]
    organization_id: Option<String>,
    /// `waiting`, `running`, `done` or `failed`.
    #[schema(example = "done")]
    state: String,
    /// Steps that were begun.
    #[schema(example = 3)]
    attempts: i64,
    /// When its next step is due.
    #[schema(format = DateTime)]
    run_at: String,
    /// Why the last step did not succeed.
    #[schema(required = true)]
    last_error: Option<String>,
    /// When it was asked for.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it last moved.
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<jobs::Job> for Job {
    fn from(job: jobs::Job) -> Self {
        Self {
            job_id: job.id.to_string(),
            kind: job.kind,
            organization_id: job.organization_id.map(|id| id.to_string()),
            state: job.state,
            attempts: job.attempts,
            run_at: job.run_at.to_rfc3339(),
            last_error: job.last_error,
            created_at: job.created_at.to_rfc3339(),
            updated_at: job.updated_at.to_rfc3339(),
        }
    }
}

/// Which jobs are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct JobsQuery {
    /// Only those of this organization, named by id or alias.
    #[param(example = "acme")]
    organization: Option<String>,
    /// Items of a page at most; 50 when unsaid.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List jobs
///
/// The jobs of the account, newest first. Jobs that are done stay listed for 30 days.
#[utoipa::path(
    get, path = "/api/v1/jobs", tag = "Jobs", params(JobsQuery),
    responses((status = 200, description = "A page of jobs.", body = List<Job>)),
)]
pub(crate) async fn list_jobs(Caller(ctx): Caller, InQuery(query): InQuery<JobsQuery>) -> Answer {
    let organization = query.organization.as_deref().map(reference).transpose()?;
    let page = jobs::list_jobs(&ctx, organization, page(query.limit, query.cursor)).await?;
    ok(&List::of(page, Job::from))
}

/// Show a job
///
/// Says where it is, and why its last step did not succeed.
#[utoipa::path(
    get, path = "/api/v1/jobs/{job_id}", tag = "Jobs", params(JobPath),
    responses((status = 200, description = "The job.", body = Job)),
)]
pub(crate) async fn show_job(Caller(ctx): Caller, InPath(path): InPath<JobPath>) -> Answer {
    let id: JobId = path.job_id.parse()?;
    ok(&Job::from(jobs::show_job(&ctx, id).await?))
}
