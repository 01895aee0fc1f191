//! Who am I: what the present credential stands for.

use reeve_base::ids::AccountId;
use reeve_store::tables::{accounts, administrators};

use super::session::{self, Session};
use super::{Administrator, view};
use crate::access::{self, Standing, Target};
use crate::ctx::{Actor, Ctx};
use crate::error::Error;
use crate::operations::SHOW_SESSION;

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
    /// What speaks for the actor: its kind, and its id where there can be several of a kind.
    pub credential: Option<(&'static str, Option<String>)>,
    /// The session, when it is one that speaks.
    pub session: Option<Session>,
    /// Whether dangerous acts need no new sign-in.
    pub fresh: bool,
    /// Whether a second factor must be added before anything else is open.
    pub enrolment_required: bool,
}

/// Says who is asking, and about which account.
///
/// Errors: `Unauthenticated`.
pub async fn show_session(ctx: &Ctx) -> Result<SessionView, Error> {
    ctx.read(|tx, ctx| {
        access::decide(tx, ctx, &SHOW_SESSION, Target::Own)?;
        let account = match ctx.account() {
            None => None,
            Some(id) => accounts::by_id(tx, id.as_str())?.map(|row| (id.clone(), row.name)),
        };
        let region = ctx.deployment().settings().region.clone();
        let (actor, credential) = match ctx.actor() {
            Actor::Anonymous => return Err(Error::Unauthenticated),
            Actor::Administrator { credential, .. } => {
                ("administrator", Some((credential.word(), credential.id().map(str::to_owned))))
            }
            Actor::Operator { .. } => ("operator", Some(("local", None))),
            Actor::System { .. } => ("system", None),
        };
        let mut seen = SessionView {
            actor,
            administrator: None,
            account,
            region,
            credential,
            session: session::current(tx, ctx)?,
            fresh: true,
            enrolment_required: false,
        };
        if let Actor::Administrator { id, credential, .. } = ctx.actor() {
            let standing = Standing::look_up(tx, ctx, id, credential)?;
            let row = administrators::by_id(tx, id.as_str())?.ok_or(Error::Unauthenticated)?;
            seen.administrator = Some(view(tx, ctx, row)?);
            seen.fresh = standing.fresh;
            seen.enrolment_required = standing.enrolment_required;
        }
        Ok(seen)
    })
    .await
}
