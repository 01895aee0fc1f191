//! Addresses of a user, group or resource: further ones, and the one that mail is sent from.
//!
//! Whose they are is said by the path of the thing: organizations, the organization, what kind it is, its name.

use serde_json::json;

use crate::client::{Answer, Call};
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, View, list};
use crate::render::Cell;
use crate::wire::Alias;

/// Adds a further address.
pub(super) async fn add(ctx: &mut Context, [top, org, kind, name]: [&str; 4], address: &str) -> Result<(), Failure> {
    let call = Call::post(&[top, org, kind, name, "aliases"]).json(&json!({ "address": address }))?;
    let answer = ctx.send(&call).await?;
    if ctx.screen.is_json() {
        return ctx.screen.json(&answer.text);
    }
    ctx.screen.done(&format!("{name} now also has the address {address}"))
}

/// Removes a further address.
pub(super) async fn remove(ctx: &mut Context, [top, org, kind, name]: [&str; 4], address: &str) -> Result<(), Failure> {
    ctx.send(&Call::delete(&[top, org, kind, name, "aliases", address])).await?;
    ctx.screen.done(&format!("removed the address {address} of {name}"))
}

/// Lists the further addresses; the hint says how to add one.
pub(super) async fn list_of(
    ctx: &mut Context,
    [top, org, kind, name]: [&str; 4],
    listing: &Listing,
    when_empty: &'static str,
) -> Result<(), Failure> {
    let view: View<Alias> = View {
        heads: &["address", "created"],
        row: |alias| vec![Cell::from(&alias.address), Cell::moment(alias.created_at.as_ref())],
        names: ("alias", "aliases"),
        when_empty,
    };
    list(ctx, Call::get(&[top, org, kind, name, "aliases"]), listing, &view).await
}

/// Makes an address the one that mail is sent from.
pub(super) async fn set_default(
    ctx: &mut Context,
    [top, org, kind, name]: [&str; 4],
    address: &str,
) -> Result<Answer, Failure> {
    let call = Call::put(&[top, org, kind, name, "default-address"]).json(&json!({ "email": address }))?;
    ctx.send(&call).await
}
