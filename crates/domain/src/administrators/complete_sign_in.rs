//! Finishing a sign-in, or the renewal of a session, by a second factor.

use reeve_base::Secret;
use reeve_store::Tx;
use reeve_store::tables::administrators::{self, AdministratorRow};
use webauthn_rs::prelude::AuthenticationResult;

use super::second_step::{Proof, Step};
use super::session::{Draft, SignedIn};
use super::sign_in::{Attempt, is_active, shown};
use crate::access::{self, Target};
use crate::attempts;
use crate::ctx::{Actor, Credential, Ctx, stored};
use crate::error::Error;
use crate::operations::COMPLETE_SIGN_IN;
use crate::second_factors::{self, Method, passkeys};

/// Goes on where [`super::sign_in`] or [`super::reauthenticate`] asked for a second factor.
///
/// A renewed session keeps its id and gets another token. Errors: `SignInRefused` for a wrong answer and for a challenge
/// that is over, was answered, or belongs to another session; wrong answers count like wrong passwords. `Invalid` for
/// what is no answer of a browser; `Throttled` for an address from which too many were refused.
pub async fn complete_sign_in(ctx: &Ctx, challenge: Secret, proof: Proof) -> Result<SignedIn, Error> {
    let token = challenge.clone();
    let remembered = ctx
        .read(move |tx, ctx| {
            access::decide(tx, ctx, &COMPLETE_SIGN_IN, Target::Own)?;
            attempts::check_address(tx, ctx.now(), ctx.source_address())?;
            Ok(Step::find(tx, ctx, &token)?.map(|step| step.passkey))
        })
        .await?;
    let remembered = remembered.ok_or(Error::SignInRefused)?;
    let answer = match proof {
        Proof::Code(code) => Answer::Code(code),
        Proof::Passkey(answer) => Answer::Passkey(passkeys::check(ctx, &remembered, &answer)?),
    };
    let draft = Draft::new(ctx);
    let done = ctx
        .write(move |tx, ctx| {
            access::decide(tx, ctx, &COMPLETE_SIGN_IN, Target::Own)?;
            let Some(step) = Step::find(tx, ctx, &challenge)?.filter(|step| is_callers(ctx, step)) else {
                return Ok(None);
            };
            let row = administrators::by_id(tx, step.open.administrator_id())?;
            let row = row.ok_or_else(|| Error::internal("a challenge belongs to nobody"))?;
            finish(tx, ctx, &step, &row, (&answer, &draft))
        })
        .await?;
    done.ok_or(Error::SignInRefused)
}

/// What was shown, as far as it could be checked before the transaction.
enum Answer {
    Code(Secret),
    Passkey(Option<AuthenticationResult>),
}

fn finish(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    step: &Step,
    row: &AdministratorRow,
    (answer, draft): (&Answer, &Draft),
) -> Result<Option<SignedIn>, Error> {
    let session = Some(step.open.session_id()).filter(|id| !id.is_empty());
    let attempt = Attempt {
        operation: &COMPLETE_SIGN_IN,
        username_key: row.username_key.clone(),
        session: session.map(|id| stored(id.parse())).transpose()?,
    };
    let possible = is_active(row) && step.holds_for(row) && !attempts::is_locked(tx, ctx.now(), &row.username_key)?;
    if !possible {
        step.open.failed(tx)?;
        return attempt.refuse(tx, ctx, Some(row), "").map(|()| None);
    }
    let method = match answer {
        Answer::Code(code) => second_factors::use_code(tx, ctx, row, code)?,
        Answer::Passkey(Some(shown)) => passkeys::use_up(tx, ctx, row, shown)?.then_some(Method::Passkey),
        Answer::Passkey(None) => None,
    };
    let Some(method) = method else {
        step.open.failed(tx)?;
        return attempt.refuse(tx, ctx, Some(row), "wrong code, ").map(|()| None);
    };
    step.open.close(tx)?;
    attempt.finish(tx, ctx, row, (draft, &shown(method)))
}

/// Whether who asks may answer: whoever has the token of a sign-in; of a renewal, nobody who came with another session.
fn is_callers(ctx: &Ctx, step: &Step) -> bool {
    match ctx.actor() {
        _ if step.open.session_id().is_empty() => true,
        Actor::Administrator { credential: Credential::Session { id }, .. } => id.as_str() == step.open.session_id(),
        Actor::Administrator { .. } => false,
        Actor::Anonymous | Actor::Operator { .. } | Actor::System { .. } => true,
    }
}
