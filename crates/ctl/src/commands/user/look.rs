//! Listing and showing users.

use super::{InOrganization, Named};
use crate::client::Call;
use crate::commands::present::{Fields, shown};
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, View, list};
use crate::render::{Cell, Tone, count};
use crate::wire::{Mailbox, User};

/// Arguments of `user list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve user list --org acme
  reeve user list --org acme --state disabled --search gr
  reeve user list --org acme --all -o json | jq -r '.[].username'")]
pub struct List {
    #[command(flatten)]
    place: InOrganization,
    /// Only those in this state: enabled or disabled
    #[arg(long)]
    state: Option<String>,
    /// Only those with this role: user, remote_user, system_user or resource
    #[arg(long)]
    role: Option<String>,
    /// Only those whose name, display name or address starts so
    #[arg(long, value_name = "PREFIX")]
    search: Option<String>,
    #[command(flatten)]
    listing: Listing,
}

pub(super) async fn list_users(ctx: &mut Context, args: List) -> Result<(), Failure> {
    let call = Call::get(&["organizations", &args.place.org, "users"])
        .query_maybe("state", args.state)
        .query_maybe("role", args.role)
        .query_maybe("search", args.search);
    list(ctx, call, &args.listing, &users()).await
}

pub(super) async fn show(ctx: &mut Context, args: &Named) -> Result<(), Failure> {
    let answer = ctx.send(&Call::get(&args.path())).await?;
    shown(ctx, &answer, fields)
}

/// Everything there is to say about a user.
pub(super) fn fields(user: &User) -> Fields {
    let mut fields = vec![
        ("name", Cell::from(&user.username)),
        ("display name", Cell::from(&user.display_name)),
        ("id", Cell::from(&user.user_id)),
        ("address", Cell::maybe(user.email.as_ref())),
        ("state", Cell::state(&user.state)),
        ("role", Cell::from(&user.role)),
        ("first name", Cell::from(&user.first_name)),
        ("last name", Cell::from(&user.last_name)),
        ("initials", Cell::from(&user.initials)),
        ("job title", Cell::from(&user.job_title)),
        ("department", Cell::from(&user.department)),
        ("company", Cell::from(&user.company)),
        ("office", Cell::from(&user.office)),
        ("telephone", Cell::from(&user.telephone)),
        ("street", Cell::from(&user.street)),
        ("zip code", Cell::from(&user.zip_code)),
        ("city", Cell::from(&user.city)),
        ("country", Cell::from(&user.country)),
        ("identity provider id", Cell::from(&user.identity_provider_user_id)),
        ("in address list", Cell::yes(!user.hidden_from_global_address_list)),
        ("password", password(user)),
        ("locked until", Cell::moment(user.locked_until.as_ref())),
    ];
    if let Some(mailbox) = &user.mailbox {
        fields.push(("mailbox", Cell::from(mailbox_text(mailbox))));
    }
    fields.extend([
        ("enabled at", Cell::moment(user.enabled_at.as_ref())),
        ("disabled at", Cell::moment(user.disabled_at.as_ref())),
        ("created", Cell::moment(user.created_at.as_ref())),
        ("updated", Cell::moment(user.updated_at.as_ref())),
        ("organization", Cell::from(&user.organization_id)),
        ("directory", Cell::from(&user.directory_id)),
        ("version", Cell::from(user.version.to_string())),
    ]);
    fields
}

fn password(user: &User) -> Cell {
    match (&user.password_changed_at, user.has_password) {
        (_, false) => Cell::from("none"),
        (_, true) if user.password_breached_at.is_some() => {
            Cell::toned("known from breaches; give the user another", Tone::Bad)
        }
        (Some(at), true) => Cell::from(format!("set {}", crate::render::moment(at))),
        (None, true) => Cell::from("set"),
    }
}

fn mailbox_text(mailbox: &Mailbox) -> String {
    let quota = format!("{}, quota {} MB", mailbox.state, count(mailbox.quota_mb));
    match &mailbox.purge_at {
        Some(at) => format!("{quota}, kept until {}", crate::render::moment(at)),
        None => quota,
    }
}

fn users() -> View<User> {
    View {
        heads: &["name", "display name", "address", "state", "role"],
        row: |user| {
            vec![
                Cell::from(&user.username),
                Cell::from(&user.display_name),
                Cell::maybe(user.email.as_ref()),
                Cell::state(&user.state),
                Cell::from(&user.role),
            ]
        },
        names: ("user", "users"),
        when_empty: "create one with reeve user create NAME --org ORG --display-name TEXT, or many with reeve user import",
    }
}
