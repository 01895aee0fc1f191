//! Listing and showing administrators.

use super::Named;
use super::change::{Role, Status};
use crate::client::Call;
use crate::commands::present::{Fields, shown};
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, View, list};
use crate::render::{Cell, Tone, counted, moment};
use crate::wire::{Administrator, ApiPassword, Attachment};

/// Arguments of `admin list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve admin list
  reeve admin list --role general --status active --search hel
  reeve admin list --all -o json | jq -r '.[].username'")]
pub struct List {
    /// Only those whose username or name starts so
    #[arg(long, value_name = "PREFIX")]
    search: Option<String>,
    /// Only those with this role
    #[arg(long, value_enum)]
    role: Option<Role>,
    /// Only those with this status
    #[arg(long, value_enum)]
    status: Option<Status>,
    #[command(flatten)]
    listing: Listing,
}

pub(super) async fn list_administrators(ctx: &mut Context, args: &List) -> Result<(), Failure> {
    let call = Call::get(&["administrators"])
        .query_maybe("search", args.search.as_ref())
        .query_maybe("role", args.role.map(Role::word))
        .query_maybe("status", args.status.map(Status::word));
    list(ctx, call, &args.listing, &ADMINISTRATORS).await
}

pub(super) async fn show(ctx: &mut Context, args: &Named) -> Result<(), Failure> {
    let answer = ctx.send(&Call::get(&args.path())).await?;
    shown(ctx, &answer, fields)
}

/// Everything there is to say about an administrator.
pub(in crate::commands) fn fields(administrator: &Administrator) -> Fields {
    let mut fields = vec![
        ("username", Cell::from(&administrator.username)),
        ("first name", Cell::from(&administrator.first_name)),
        ("last name", Cell::from(&administrator.last_name)),
        ("id", Cell::from(&administrator.administrator_id)),
        ("role", Cell::from(&administrator.role)),
        ("status", Cell::state(&administrator.status)),
        ("locked until", Cell::moment(administrator.locked_until.as_ref())),
        ("second factor", second_factor(administrator)),
        ("API access", Cell::yes(administrator.api_access)),
        ("API password", administrator.api_password.as_ref().map_or_else(Cell::none, api_password)),
    ];
    if administrator.password_breached_at.is_some() {
        fields.push(("password", Cell::toned("known from breaches; change it", Tone::Bad)));
    }
    fields.extend(administrator.policies.iter().map(|held| ("policy", Cell::from(attachment(held)))));
    fields.extend([
        ("created", Cell::moment(administrator.created_at.as_ref())),
        ("updated", Cell::moment(administrator.updated_at.as_ref())),
        ("last sign-in", Cell::moment(administrator.last_sign_in_at.as_ref())),
        ("version", Cell::from(administrator.version.to_string())),
    ]);
    fields
}

/// The administrator and, the only time that it is shown, the password that the server made.
pub(super) fn with_password(administrator: &Administrator) -> Fields {
    let mut fields = fields(administrator);
    if let Some(password) = &administrator.password {
        fields.push(("new password", Cell::toned(password, Tone::Strong)));
    }
    fields
}

fn second_factor(administrator: &Administrator) -> Cell {
    let factors = &administrator.second_factors;
    let generator = factors.totp.then(|| "code generator".to_owned());
    let passkeys = (factors.passkeys > 0).then(|| counted(factors.passkeys, "passkey", "passkeys"));
    let parts: Vec<String> = generator.into_iter().chain(passkeys).collect();
    if parts.is_empty() { Cell::from("no") } else { Cell::from(parts.join(", ")) }
}

fn api_password(password: &ApiPassword) -> Cell {
    let changed = password.changed_at.as_deref().map(|at| format!("set {}", moment(at)));
    let used = password.last_used_at.as_deref().map(|at| format!("last used {}", moment(at)));
    let limit = password.limit_policy.as_ref().map(|policy| format!("limited by {policy}"));
    let parts: Vec<String> = changed.into_iter().chain(used).chain(limit).collect();
    if parts.is_empty() { Cell::from("set") } else { Cell::from(parts.join(", ")) }
}

fn attachment(held: &Attachment) -> String {
    if held.organizations.is_empty() {
        return held.name.clone();
    }
    format!("{} in {}", held.name, held.organizations.join(", "))
}

const ADMINISTRATORS: View<Administrator> = View {
    heads: &["username", "name", "role", "status", "second factor", "policies", "last sign-in"],
    row: |administrator| {
        let held: Vec<&str> = administrator.policies.iter().map(|held| held.name.as_str()).collect();
        vec![
            Cell::from(&administrator.username),
            Cell::from(format!("{} {}", administrator.first_name, administrator.last_name)),
            Cell::from(&administrator.role),
            Cell::state(&administrator.status),
            second_factor(administrator),
            Cell::maybe(Some(&held.join(", "))),
            Cell::moment(administrator.last_sign_in_at.as_ref()),
        ]
    },
    names: ("administrator", "administrators"),
    when_empty: "add one: reeve admin add USERNAME --first-name TEXT --last-name TEXT",
};
