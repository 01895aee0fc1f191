//! Signing in as an administrator. Known and unknown names get the same answer for the same work.
//!
//! The password comes first; who has a second factor is asked for it then, in the same request or in another. Nothing
//! is learnt before the password is right, and nothing is open before both are.

use std::sync::Arc;

use reeve_base::Secret;
use reeve_base::ids::SessionId;
use reeve_base::limits::PASSWORD_BYTES_MAX;
use reeve_base::names::EmailAddress;
use reeve_base::secret::ExposeSecret;
use reeve_store::Tx;
use reeve_store::tables::administrators::{self, AdministratorRow};

use super::second_step::{self, Challenge, Offer};
use super::session::{Draft, Proven, SignedIn, begin, renew};
use super::{AdministratorStatus, subject};
use crate::access::{self, Target};
use crate::attempts;
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::{NOTE_BREACHED_PASSWORD, Operation, Resource, SIGN_IN};
use crate::passwords::Verdict;
use crate::passwords::breached::{self, is_breached};
use crate::second_factors;

/// What a right password comes to.
#[derive(Debug, Clone)]
pub enum SignIn {
    /// The session is open.
    Done(Box<SignedIn>),
    /// A second factor must be shown first.
    SecondFactor(Challenge),
}

/// Signs an administrator in; `code` is a one-time code or a recovery code, for those who have second factors.
///
/// Errors: `SignInRefused` for a wrong name, password or code, a locked name and an inactive administrator alike; after
/// [`reeve_base::limits::ADMINISTRATOR_LOCKOUT_FAILURES`] refusals in a row a name is locked for a while. `Throttled`
/// for an address from which too many were refused.
pub async fn sign_in(ctx: &Ctx, username: &str, password: Secret, code: Option<Secret>) -> Result<SignIn, Error> {
    // What is no address is nobody's username, and nothing to count failures against.
    let username = EmailAddress::parse("username", username).map_err(|_| Error::SignInRefused)?;
    let attempt = Attempt { operation: &SIGN_IN, username_key: username.key(), session: None };
    let sought = username.key();
    let row = ctx
        .read(move |tx, ctx| {
            access::decide(tx, ctx, &SIGN_IN, Target::Own)?;
            attempts::check_address(tx, ctx.now(), ctx.source_address())?;
            Ok(administrators::by_key(tx, &sought)?)
        })
        .await?;
    attempt.make(ctx, row, password, code).await
}

/// A password that was compared with what was stored of somebody when the comparison began.
#[derive(Debug)]
pub(super) struct Compared {
    right: bool,
    stored_hash: Option<String>,
    /// A better hash of the same password.
    better: Option<String>,
    /// Whether it is known from breaches.
    breached: bool,
}

impl Compared {
    /// Compares on the blocking pool; with nobody, for the same price.
    ///
    /// Errors: `SignInRefused` for what is too long to be a password.
    pub(super) async fn with(ctx: &Ctx, row: Option<&AdministratorRow>, password: Secret) -> Result<Self, Error> {
        if password.expose_secret().len() > PASSWORD_BYTES_MAX {
            return Err(Error::SignInRefused);
        }
        let deployment = ctx.deployment();
        let stored_hash = row.and_then(|row| row.password_hash.clone());
        let verdict = deployment.credentials.verify(stored_hash.clone(), password.clone()).await?;
        let breached = is_breached(&password);
        let better = match verdict {
            Verdict::Right { rehash: true } => {
                Some(deployment.credentials.hash(Arc::clone(&deployment.random), password).await?)
            }
            _ => None,
        };
        Ok(Self { right: matches!(verdict, Verdict::Right { .. }), stored_hash, better, breached })
    }

    /// Whether it is the password that this row has now: it may have been changed while this one was hashed.
    pub(super) fn opens(&self, row: &AdministratorRow) -> bool {
        self.right && row.password_hash.is_some() && row.password_hash == self.stored_hash
    }

    /// Writes the better hash, if there is one.
    fn improve(&self, tx: &mut Tx<'_>, row: &mut AdministratorRow) -> Result<(), Error> {
        if let (Some(old), Some(new)) = (&self.stored_hash, &self.better) {
            administrators::rehash(tx, &row.administrator_id, old, new)?;
            row.password_hash = Some(new.clone());
        }
        Ok(())
    }

    /// Notes that the right password is known from breaches, or no more by the list of this version. It opens all the
    /// same; whoever signed in is told.
    fn note_breached(&self, tx: &mut Tx<'_>, ctx: &Ctx, row: &mut AdministratorRow) -> Result<(), Error> {
        if self.breached == row.password_breached_at.is_some() {
            return Ok(());
        }
        row.password_breached_at = self.breached.then(|| ctx.now().millis());
        administrators::set_breached(tx, row)?;
        let subject = Subject { made: Some(Resource::Administrator), ..subject(row) };
        audit::record(tx, ctx, &NOTE_BREACHED_PASSWORD, subject, &[breached::change(self.breached)])
    }
}

/// A try to begin a session, or to renew one.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pub(super) operation: &'static Operation,
    pub(super) username_key: String,
    /// The session that is to be renewed.
    pub(super) session: Option<SessionId>,
}

impl Attempt {
    /// Compares the password, then asks for the second factor or goes on without.
    pub(super) async fn make(
        self,
        ctx: &Ctx,
        row: Option<AdministratorRow>,
        password: Secret,
        code: Option<Secret>,
    ) -> Result<SignIn, Error> {
        let compared = Compared::with(ctx, row.as_ref(), password).await?;
        let asked = row.filter(|row| code.is_none() && row.second_factors > 0 && compared.opens(row));
        let offer = second_step::prepare(ctx, asked.as_ref()).await?;
        let draft = Draft::new(ctx);
        let outcome = ctx
            .write(move |tx, ctx| {
                access::decide(tx, ctx, self.operation, Target::Own)?;
                let present = administrators::by_key(tx, &self.username_key)?;
                let opens = |row: &AdministratorRow| compared.opens(row) && is_active(row);
                let Some(mut row) = present.clone().filter(opens) else {
                    return self.refuse(tx, ctx, present.as_ref(), "").map(|()| None);
                };
                if attempts::is_locked(tx, ctx.now(), &self.username_key)? {
                    return self.refuse(tx, ctx, Some(&row), "").map(|()| None);
                }
                compared.improve(tx, &mut row)?;
                compared.note_breached(tx, ctx, &mut row)?;
                self.second(tx, ctx, &row, (code.as_ref(), &offer, &draft))
            })
            .await?;
        outcome.ok_or(Error::SignInRefused)
    }

    /// What follows a right password; nothing when the code beside it is wrong.
    fn second(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        row: &AdministratorRow,
        (code, offer, draft): (Option<&Secret>, &Offer, &Draft),
    ) -> Result<Option<SignIn>, Error> {
        if row.second_factors == 0 {
            return Ok(self.finish(tx, ctx, row, (draft, "signed in"))?.map(done));
        }
        let Some(code) = code else {
            let session = self.session.as_ref().map_or("", SessionId::as_str);
            let challenge = second_step::ask(tx, ctx, row, session, offer)?;
            self.record(tx, ctx, row, "second factor asked for")?;
            return Ok(Some(SignIn::SecondFactor(challenge)));
        };
        match second_factors::use_code(tx, ctx, row, code)? {
            Some(method) => Ok(self.finish(tx, ctx, row, (draft, &shown(method)))?.map(done)),
            None => self.refuse(tx, ctx, Some(row), "wrong code, ").map(|()| None),
        }
    }

    /// Begins the session or renews it, after everything was proven; nothing when it is over meanwhile.
    pub(super) fn finish(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        row: &AdministratorRow,
        (draft, outcome): (&Draft, &str),
    ) -> Result<Option<SignedIn>, Error> {
        let second_factor = row.second_factors > 0;
        let signed_in = match &self.session {
            None => Some(begin(tx, ctx, row.clone(), draft, second_factor)?),
            Some(id) => {
                let proven = Proven { at: ctx.now(), second_factor };
                renew(tx, ctx, row.clone(), (id.as_str(), draft), proven)?
            }
        };
        if signed_in.is_some() {
            attempts::forgive(tx, &self.username_key)?;
            let changes = [Change::made("outcome", outcome)];
            audit::record_by_themselves(tx, ctx, self.operation, subject(row), &changes)?;
        }
        Ok(signed_in)
    }

    /// Counts a refusal against the name, known or not, and against the address.
    pub(super) fn refuse(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        row: Option<&AdministratorRow>,
        why: &str,
    ) -> Result<(), Error> {
        let refused = attempts::count(tx, ctx.now(), &self.username_key, ctx.source_address())?;
        match row {
            Some(row) => self.record(tx, ctx, row, &format!("{why}{}", refused.sentence())),
            None => Ok(()),
        }
    }

    /// Writes the event in the name of the administrator whom it concerns.
    fn record(&self, tx: &mut Tx<'_>, ctx: &Ctx, row: &AdministratorRow, outcome: &str) -> Result<(), Error> {
        audit::record(tx, ctx, self.operation, subject(row), &[Change::made("outcome", outcome)])
    }
}

/// Whether somebody may sign in at all.
pub(super) fn is_active(row: &AdministratorRow) -> bool {
    row.status == AdministratorStatus::Active.word()
}

/// How an event tells by what somebody signed in besides their password.
pub(super) fn shown(method: second_factors::Method) -> String {
    format!("signed in, {}", method.word())
}

fn done(signed_in: SignedIn) -> SignIn {
    SignIn::Done(Box::new(signed_in))
}
