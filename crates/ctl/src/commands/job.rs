//! `reeve job`: background work.

use super::names::name;
use super::present::{Fields, shown};
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, View, list};
use crate::render::Cell;
use crate::wire::Job;

/// What can be seen of background work.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List jobs
    List(List),
    /// Show one job
    Show(Show),
}

/// Arguments of `job list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve job list
  reeve job list --org acme --all
  reeve job list -o json | jq '.items[] | select(.state == \"failed\")'")]
pub struct List {
    /// Only those of this organization, by alias or id
    #[arg(long, env = "REEVE_ORG", value_name = "ORG", hide_env_values = true)]
    org: Option<String>,
    #[command(flatten)]
    listing: Listing,
}

/// Arguments of `job show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve job show 01936f1e-0000-7000-8000-000000000001
  reeve job show 01936f1e-0000-7000-8000-000000000001 -o json")]
pub struct Show {
    /// Id of the job
    #[arg(value_name = "JOB", value_parser = name)]
    job: String,
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::List(args) => {
            let org = args.org.filter(|org| !org.is_empty());
            list(ctx, Call::get(&["jobs"]).query_maybe("organization", org), &args.listing, &jobs()).await
        }
        Command::Show(args) => {
            let answer = ctx.send(&Call::get(&["jobs", &args.job])).await?;
            shown(ctx, &answer, fields)
        }
    }
}

fn fields(job: &Job) -> Fields {
    vec![
        ("job", Cell::from(&job.job_id)),
        ("kind", Cell::from(&job.kind)),
        ("organization", Cell::maybe(job.organization_id.as_ref())),
        ("state", Cell::state(&job.state)),
        ("attempts", Cell::from(job.attempts.to_string())),
        ("runs next", Cell::moment(job.run_at.as_ref())),
        ("last error", Cell::maybe(job.last_error.as_ref())),
        ("created", Cell::moment(job.created_at.as_ref())),
        ("updated", Cell::moment(job.updated_at.as_ref())),
    ]
}

fn jobs() -> View<Job> {
    View {
        heads: &["job", "kind", "state", "attempts", "runs next", "last error"],
        row: |job| {
            vec![
                Cell::from(&job.job_id),
                Cell::from(&job.kind),
                Cell::state(&job.state),
                Cell::from(job.attempts.to_string()),
                Cell::moment(job.run_at.as_ref()),
                Cell::maybe(job.last_error.as_ref()),
            ]
        },
        names: ("job", "jobs"),
        when_empty: "nothing is waiting: jobs appear when an organization is created or deleted",
    }
}
