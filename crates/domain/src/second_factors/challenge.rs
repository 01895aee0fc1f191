//! What is half done: a sign-in that waits for its second factor, or a factor that waits to be proven.
//!
//! Whoever has the token may go on, within minutes and with few mistakes. A challenge is bound to one administrator, one
//! kind and, where there is one, one session; what it remembers is sealed to all of them. It is used once.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reeve_base::limits::{CHALLENGE_ATTEMPTS_MAX, CHALLENGE_TTL, CHALLENGES_PER_ADMINISTRATOR_MAX};
use reeve_base::{Secret, Timestamp};
use reeve_store::Tx;
use reeve_store::tables::challenges::{self, ChallengeRow};
use zeroize::Zeroizing;

use crate::auth;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::sealing;

/// What a challenge is half of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A sign-in, or the renewal of a session.
    SecondStep,
    /// One-time codes that are being added.
    Totp,
    /// A passkey that is being added.
    Passkey,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::SecondStep => "second-step",
            Self::Totp => "totp",
            Self::Passkey => "passkey",
        }
    }
}

/// The token of a challenge that is to be, made before the transaction.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) token: Secret,
    hash: Vec<u8>,
}

impl Draft {
    pub(crate) fn new(ctx: &Ctx) -> Self {
        let token = auth::new_token(ctx.deployment());
        Self { hash: auth::token_hash(&token), token }
    }
}

/// What a challenge is bound to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound<'a> {
    pub(crate) kind: Kind,
    pub(crate) administrator_id: &'a str,
    /// Empty before there is a session.
    pub(crate) session_id: &'a str,
}

/// Opens a challenge that remembers a state; says until when it waits. The oldest of too many ends.
pub(crate) fn open(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    bound: Bound<'_>,
    draft: &Draft,
    state: &[u8],
) -> Result<Timestamp, Error> {
    let expires_at = ctx.now().plus(CHALLENGE_TTL);
    let mut row = ChallengeRow {
        administrator_id: bound.administrator_id.to_owned(),
        kind: bound.kind.word().to_owned(),
        session_id: bound.session_id.to_owned(),
        state: Vec::new(),
        attempts: 0,
        created_at: ctx.now().millis(),
        expires_at: expires_at.millis(),
    };
    let master_key = &ctx.deployment().settings().master_key;
    row.state = sealing::seal(master_key, &purpose(&row), &place(&row, &draft.hash), state, ctx.random())?;
    challenges::insert(tx, &draft.hash, &row)?;
    let keep = i64::try_from(CHALLENGES_PER_ADMINISTRATOR_MAX).unwrap_or(i64::MAX);
    challenges::delete_surplus(tx, bound.administrator_id, keep)?;
    Ok(expires_at)
}

/// A challenge that waits for its answer.
pub(crate) struct Open {
    hash: Vec<u8>,
    row: ChallengeRow,
    pub(crate) state: Zeroizing<Vec<u8>>,
}

impl Open {
    pub(crate) fn administrator_id(&self) -> &str {
        &self.row.administrator_id
    }

    /// The session that it is about; empty before there is one.
    pub(crate) fn session_id(&self) -> &str {
        &self.row.session_id
    }

    /// Whether it is of this kind.
    pub(crate) fn is_a(&self, kind: Kind) -> bool {
        self.row.kind == kind.word()
    }

    /// Whether it is bound to just this.
    pub(crate) fn is(&self, bound: Bound<'_>) -> bool {
        let Bound { kind, administrator_id, session_id } = bound;
        self.row.kind == kind.word()
            && self.row.administrator_id == administrator_id
            && self.row.session_id == session_id
    }

    /// Counts a wrong answer; after too many it is void.
    pub(crate) fn failed(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        if self.row.attempts + 1 >= i64::from(CHALLENGE_ATTEMPTS_MAX) {
            challenges::delete(tx, &self.hash)?;
        } else {
            challenges::tried(tx, &self.hash)?;
        }
        Ok(())
    }

    /// Uses it up.
    pub(crate) fn close(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        Ok(challenges::delete(tx, &self.hash).map(drop)?)
    }
}

/// The challenge with this token, if it still waits.
pub(crate) fn find(tx: &mut Tx<'_>, ctx: &Ctx, token: &Secret) -> Result<Option<Open>, Error> {
    let hash = auth::token_hash(token);
    let waits =
        |row: &ChallengeRow| row.expires_at > ctx.now().millis() && row.attempts < i64::from(CHALLENGE_ATTEMPTS_MAX);
    let Some(row) = challenges::by_hash(tx, &hash)?.filter(waits) else { return Ok(None) };
    let master_key = &ctx.deployment().settings().master_key;
    let state = sealing::unseal(master_key, &purpose(&row), &place(&row, &hash), &row.state)?;
    Ok(Some(Open { hash, row, state }))
}

fn purpose(row: &ChallengeRow) -> String {
    format!("challenge: {}", row.kind)
}

/// Everything that a challenge is bound to, in one text; no part holds a space.
fn place(row: &ChallengeRow, hash: &[u8]) -> String {
    format!("{} {} {}", row.administrator_id, row.session_id, URL_SAFE_NO_PAD.encode(hash))
}
