//! One call of every operation on what is held back, and somebody who is gone so that something is.

use reeve_domain::holds::{self, HoldKind, HoldSettingsEdit, Release};
use reeve_domain::{Ctx, Error};

use crate::calls::Target;
use crate::calls_rules::description;
use crate::harness::first;
use crate::org::Org;

/// Somebody who had an address, and is deleted.
pub(crate) async fn gone_from(org: &Org<'_>) {
    org.user("gone").await;
    org.disable("gone").await.unwrap();
    org.delete_user("gone").await.unwrap();
}

/// Lets go of something for a reason.
pub(crate) fn release(kind: HoldKind, value: &str) -> Release {
    Release { kind, value: value.to_owned(), reason: description("ticket 4711") }
}

/// Calls an operation on what is held back.
pub(crate) async fn call_on_holds(name: &str, ctx: &Ctx, target: &Target) -> Option<Result<(), Error>> {
    let org = target.org.clone();
    Some(match name {
        "list_holds" => holds::list_holds(ctx, org, first(10)).await.map(drop),
        "release_hold" => holds::release_hold(ctx, org, release(HoldKind::Name, "gone")).await,
        "show_hold_settings" => holds::show_hold_settings(ctx, org).await.map(drop),
        "set_hold_settings" => {
            let edit = HoldSettingsEdit { names_days: Some(7), ..HoldSettingsEdit::default() };
            holds::set_hold_settings(ctx, org, edit).await.map(drop)
        }
        _ => return None,
    })
}
