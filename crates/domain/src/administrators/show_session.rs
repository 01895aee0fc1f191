//! Who am I: what the present credential stands for.

use reeve_base::ids::{AccountId, AdministratorId};
use reeve_store::Tx;
use reeve_store::tables::{accounts, administrators};

use super::Administrator;
use crate::ctx::{Actor, Ctx};
use crate::error::Error;

/// What a credential stands for.
#[derive(Debug, Clone)]
pub struct SessionView {
    /// `administrator`, `operator` or `system`.
    pub actor: &'static str,
    /// The administrator, when it is one.
    pub administrator: Option<Administrator>,
    /// The account that is asked about, and its name.
    pub account: Option<(AccountId, String)>,
    /// The region that is served.
    pub region: String,
}

/// Says who is asking, and about which account.
///
/// Errors: `Unauthenticated`.
pub async fn show_session(ctx: &Ctx) -> Result<SessionView, Error> {
    ctx.read(|tx, ctx| {
        let (actor, administrator) = match ctx.actor() {
            Actor::Anonymous => return Err(Error::Unauthenticated),
            Actor::Administrator { id, .. } => ("administrator", Some(find(tx, id)?)),
            Actor::Operator { .. } => ("operator", None),
            Actor::System { .. } => ("system", None),
        };
        let account = match ctx.account() {
            None => None,
            Some(id) => accounts::by_id(tx, id.as_str())?.map(|row| (id.clone(), row.name)),
        };
        Ok(SessionView { actor, administrator, account, region: ctx.deployment().settings().region.clone() })
    })
    .await
}

fn find(tx: &mut Tx<'_>, id: &AdministratorId) -> Result<Administrator, Error> {
    let row = administrators::by_id(tx, id.as_str())?.ok_or(Error::Unauthenticated)?;
    Administrator::from_row(row)
}
