//! Sessions of administrators: how one begins and is renewed, and ending one's own.
//!
//! Every token is made here, from randomness alone, and known by its hash only: what a client brings is never adopted. A
//! session that is renewed keeps its id and its end and gets another token, so that a stolen one is worth nothing.

use reeve_base::ids::SessionId;
use reeve_base::limits::{SESSION_ABSOLUTE, SESSION_IDLE, SESSIONS_PER_ADMINISTRATOR_MAX};
use reeve_base::{Secret, Timestamp};
use reeve_store::Tx;
use reeve_store::tables::administrators::{self, AdministratorRow};
use reeve_store::tables::sessions::{self, NewSession, SessionRow};
use reeve_store::tables::{accounts, challenges};

use super::{Administrator, subject, view};
use crate::access::{self, Target};
use crate::audit::{self, Change};
use crate::auth;
use crate::ctx::{Actor, Credential, Ctx, stored};
use crate::error::Error;
use crate::operations::{END_OTHER_SESSIONS, END_SESSION, LIST_SESSIONS, Operation};
use crate::page::{Page, PageRequest};

/// A sign-in that lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Names it in lists; opens nothing.
    pub id: SessionId,
    /// From where it began; empty for the local socket.
    pub source_address: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute or so.
    pub last_seen_at: Timestamp,
    /// When it ends unless it is used.
    pub idle_expires_at: Timestamp,
    /// When it ends in any case.
    pub expires_at: Timestamp,
    /// When its owner last proved who they are.
    pub authenticated_at: Timestamp,
    /// Whether that took a second factor.
    pub second_factor: bool,
    /// Whether the request came with it.
    pub current: bool,
}

impl Session {
    fn from_row(row: &SessionRow, current: Option<&SessionId>) -> Result<Self, Error> {
        let id: SessionId = stored(row.session_id.parse())?;
        let last_seen_at = Timestamp::from_millis(row.seen_at);
        Ok(Self {
            current: current == Some(&id),
            id,
            source_address: row.source_address.clone(),
            created_at: Timestamp::from_millis(row.created_at),
            last_seen_at,
            idle_expires_at: auth::idle_end(last_seen_at),
            expires_at: Timestamp::from_millis(row.expires_at),
            authenticated_at: Timestamp::from_millis(row.authenticated_at),
            second_factor: row.second_factor,
        })
    }
}

/// A session that began, or got another token.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// Who signed in.
    pub administrator: Administrator,
    /// The name of their account.
    pub account_name: String,
    /// What opens the session; shown this once.
    pub token: Secret,
    /// Whether the account demands a second factor that they do not have yet: until then little else is open.
    pub enrolment_required: bool,
}

/// The id and the token of a session that is to be, made before the transaction.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    id: SessionId,
    token: Secret,
}

impl Draft {
    pub(super) fn new(ctx: &Ctx) -> Self {
        let token = auth::new_token(ctx.deployment());
        Self { id: SessionId::generate(ctx.now(), ctx.random()), token }
    }
}

/// What somebody proved when a session begins or is renewed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Proven {
    /// When they proved who they are, as fully as they can.
    pub(super) at: Timestamp,
    /// Whether that took a second factor.
    pub(super) second_factor: bool,
}

/// Begins a session for somebody who has proven who they are.
pub(super) fn begin(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    mut row: AdministratorRow,
    draft: &Draft,
    second_factor: bool,
) -> Result<SignedIn, Error> {
    let now = ctx.now();
    let new = NewSession {
        token_hash: &auth::token_hash(&draft.token),
        session_id: draft.id.as_str(),
        administrator_id: &row.administrator_id,
        source_address: ctx.source_address().unwrap_or_default(),
        created_at: now.millis(),
        expires_at: now.plus(SESSION_ABSOLUTE).millis(),
        second_factor,
    };
    sessions::insert(tx, &new)?;
    let keep = i64::try_from(SESSIONS_PER_ADMINISTRATOR_MAX).unwrap_or(i64::MAX);
    sessions::delete_surplus(tx, &row.administrator_id, keep)?;
    administrators::signed_in(tx, &row.administrator_id, now.millis())?;
    row.last_sign_in_at = Some(now.millis());
    let session = living(tx, ctx, &row, draft.id.as_str())?;
    let session = session.ok_or_else(|| Error::internal("a session was over when it began"))?;
    signed_in(tx, ctx, row, (&session, &draft.token))
}

/// Gives a living session another token; nothing when it is over.
pub(super) fn renew(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    row: AdministratorRow,
    (session_id, draft): (&str, &Draft),
    proven: Proven,
) -> Result<Option<SignedIn>, Error> {
    if living(tx, ctx, &row, session_id)?.is_none() {
        return Ok(None);
    }
    let owned = (session_id, row.administrator_id.as_str());
    let times = (ctx.now().millis(), proven.at.millis());
    sessions::renew(tx, owned, &auth::token_hash(&draft.token), times, proven.second_factor)?;
    let session = living(tx, ctx, &row, session_id)?;
    session.map(|session| signed_in(tx, ctx, row, (&session, &draft.token))).transpose()
}

fn signed_in(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    row: AdministratorRow,
    (session, token): (&SessionRow, &Secret),
) -> Result<SignedIn, Error> {
    let account = accounts::by_id(tx, &row.account_id)?
        .ok_or_else(|| Error::internal("an administrator belongs to an account that never was"))?;
    let session = Session::from_row(session, None)?;
    Ok(SignedIn {
        session: Session { current: true, ..session },
        account_name: account.name,
        token: token.clone(),
        enrolment_required: account.second_factor_required && row.second_factors == 0,
        administrator: view(tx, ctx, row)?,
    })
}

/// A session of somebody that is neither over nor idle.
pub(super) fn living(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    row: &AdministratorRow,
    session_id: &str,
) -> Result<Option<SessionRow>, Error> {
    Ok(all_living(tx, ctx, &row.administrator_id)?.into_iter().find(|session| session.session_id == session_id))
}

fn all_living(tx: &mut Tx<'_>, ctx: &Ctx, administrator_id: &str) -> Result<Vec<SessionRow>, Error> {
    let now = ctx.now();
    Ok(sessions::of(tx, administrator_id, now.millis(), now.minus(SESSION_IDLE).millis())?)
}

/// The session that speaks for the caller, as [`super::show_session`] shows it.
pub(super) fn current(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Option<Session>, Error> {
    match ctx.actor() {
        Actor::Administrator { id: owner, credential: Credential::Session { id }, .. } => {
            let found = all_living(tx, ctx, owner.as_str())?.into_iter().find(|row| row.session_id == id.as_str());
            found.map(|row| Session::from_row(&row, Some(id))).transpose()
        }
        _ => Ok(None),
    }
}

/// The caller, whose own things an operation is about, and the session that speaks for them, if it is one.
///
/// Errors: those of the decision; `Invalid` for the local operator, who is no administrator.
pub(crate) fn own(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    operation: &Operation,
) -> Result<(AdministratorRow, Option<SessionId>), Error> {
    access::decide(tx, ctx, operation, Target::Own)?;
    let Actor::Administrator { id, credential, .. } = ctx.actor() else {
        return Err(Error::invalid("session", "the local operator has none; name an administrator instead"));
    };
    let row = administrators::by_id(tx, id.as_str())?.ok_or(Error::Unauthenticated)?;
    let session = match credential {
        Credential::Session { id } => Some(id.clone()),
        Credential::ApiPassword { .. } | Credential::AccessKey { .. } => None,
    };
    Ok((row, session))
}

/// The same, where only a session will do.
pub(crate) fn own_session(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    operation: &Operation,
) -> Result<(AdministratorRow, SessionId), Error> {
    let (row, session) = own(tx, ctx, operation)?;
    let why = "this is done in a session only; sign in with your username and password";
    Ok((row, session.ok_or(Error::Denied { why })?))
}

/// Lists one's own sessions, newest first.
pub async fn list_sessions(ctx: &Ctx, page: PageRequest) -> Result<Page<Session>, Error> {
    let place = page.place("sessions")?;
    ctx.read(move |tx, ctx| {
        let (row, current) = own(tx, ctx, &LIST_SESSIONS)?;
        let mut rows = all_living(tx, ctx, &row.administrator_id)?;
        let total = u64::try_from(rows.len()).ok();
        // Ids sort by the time at which they were made.
        rows.sort_by(|one, other| other.session_id.cmp(&one.session_id));
        rows.retain(|row| place.after[0].is_empty() || row.session_id < place.after[0]);
        let Page { items, next_cursor, total } = place.page("sessions", rows, total, |row| [&row.session_id, ""]);
        let items = items.iter().map(|row| Session::from_row(row, current.as_ref())).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor, total })
    })
    .await
}

/// Ends one of one's own sessions at once.
///
/// Errors: `NotFound`, also for a session of somebody else.
pub async fn end_session(ctx: &Ctx, id: SessionId) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let (row, _) = own_session(tx, ctx, &END_SESSION)?;
        if !sessions::delete(tx, id.as_str(), &row.administrator_id)? {
            return Err(Error::not_found("session", &id));
        }
        audit::record(tx, ctx, &END_SESSION, subject(&row), &[Change::gone("session", id.as_str())])
    })
    .await
}

/// Ends all of one's own sessions but the present one, and what is half done of signing in; says how many sessions.
pub async fn end_other_sessions(ctx: &Ctx) -> Result<u64, Error> {
    ctx.write(|tx, ctx| {
        let (row, current) = own_session(tx, ctx, &END_OTHER_SESSIONS)?;
        challenges::delete_all(tx, &row.administrator_id)?;
        let ended = sessions::delete_others(tx, &row.administrator_id, current.as_str())?;
        let changes = [Change::gone("sessions", ended.to_string())];
        audit::record(tx, ctx, &END_OTHER_SESSIONS, subject(&row), &changes)?;
        Ok(ended)
    })
    .await
}
