//! `reeve identity-center-application`: names that identity providers of organizations use.

use serde_json::json;

use super::present::{Fields, changed};
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, View, list};
use crate::render::Cell;
use crate::wire::Application;

/// What can be done with applications of Identity Center.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the applications of your account
    List(List),
    /// Create an application; nobody's sign-in changes
    Create(Create),
    /// Delete an application; organizations that use it go on as before
    Delete(Delete),
}

/// Arguments of `identity-center-application list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve identity-center-application list
  reeve identity-center-application list --all -o json | jq -r '.[].application_arn'")]
pub struct List {
    #[command(flatten)]
    listing: Listing,
}

/// Arguments of `identity-center-application create`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve identity-center-application create mail --instance arn:aws:sso:::instance/ssoins-1234567890abcdef
  reeve identity-center-application create mail --instance arn:aws:sso:::instance/ssoins-1234567890abcdef -o json | jq -r .application_arn")]
pub struct Create {
    /// Name of the application; others may have the same
    #[arg(value_name = "NAME")]
    name: String,
    /// Amazon resource name of the instance that it belongs to
    #[arg(long, value_name = "ARN")]
    instance: String,
}

/// Arguments of `identity-center-application delete`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve identity-center-application delete arn:aws:sso::123456789012:application/ssoins-1234567890abcdef/apl-0123456789abcdef
  reeve identity-center-application delete arn:aws:sso::123456789012:application/ssoins-1234567890abcdef/apl-0123456789abcdef --quiet")]
pub struct Delete {
    /// Amazon resource name of the application
    #[arg(value_name = "ARN")]
    application: String,
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::List(List { listing }) => {
            list(ctx, Call::get(&["identity-center-applications"]), &listing, &applications()).await
        }
        Command::Create(Create { name, instance }) => {
            let body = json!({ "name": name, "instance_arn": instance });
            let call = Call::post(&["identity-center-applications"]).json(&body)?.keyed(ctx.new_key());
            let answer = ctx.send(&call).await?;
            changed(ctx, &format!("created application {name}"), &answer, fields)
        }
        Command::Delete(Delete { application }) => {
            let call = Call::delete(&["identity-center-applications"]).query("application_arn", &application);
            ctx.send(&call).await?;
            ctx.screen.done(&format!("there is no application {application}"))
        }
    }
}

fn fields(application: &Application) -> Fields {
    vec![
        ("arn", Cell::from(&application.application_arn)),
        ("name", Cell::from(&application.name)),
        ("instance", Cell::from(&application.instance_arn)),
        ("created", Cell::moment(application.created_at.as_ref())),
    ]
}

fn applications() -> View<Application> {
    View {
        heads: &["name", "arn", "created"],
        row: |application| {
            vec![
                Cell::from(&application.name),
                Cell::from(&application.application_arn),
                Cell::moment(application.created_at.as_ref()),
            ]
        },
        names: ("application", "applications"),
        when_empty: "create one: reeve identity-center-application create NAME --instance ARN",
    }
}
