//! Putting a spreadsheet of people into an organization: first a plan, then a result for each row.
//!
//! Rows already there are updated or left alone, so that a second run changes nothing and a run that was cut off is
//! finished by another. A password is set only for a user whom the import makes: a rerun must not undo what people
//! changed since. Aliases are added, never taken away. Each row is all or nothing; rows share transactions.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use reeve_base::ids::UserId;
use reeve_base::limits::IMPORT_BATCH_ROWS;
use reeve_base::names::DomainName;
use reeve_store::Tx;
use reeve_store::tables::organizations::OrganizationRow;
use tokio::sync::mpsc::Sender;
use tokio::task::JoinHandle;

use super::import_row::{self, Assessment, Wanted};
use super::import_seen::Seen;
use super::reset_password;
use crate::ctx::Ctx;
use crate::directories;
use crate::error::Error;
use crate::operations::IMPORT_USERS;
use crate::organizations::{Needs, OrganizationRef, find_in};
use crate::passwords::PasswordPolicy;
use crate::roster::{self, Format, RosterRow, RowError};

/// Rows that one read transaction of the plan looks at.
const PLAN_ROWS: usize = 1_000;

/// How an import goes about it.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// Only say what would happen.
    pub dry_run: bool,
    /// Domains of the file that stand for others: addresses at the first go to the second.
    pub map_domains: HashMap<DomainName, DomainName>,
}

/// What a whole file comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportPlan {
    /// Users to make, or made.
    pub create: u64,
    /// Users to change, or changed.
    pub update: u64,
    /// Users who are as the file says.
    pub unchanged: u64,
    /// Rows that cannot be used.
    pub refused: u64,
}

impl ImportPlan {
    fn count(&mut self, outcome: &ImportOutcome) {
        let counter = match outcome {
            ImportOutcome::Create { .. } => &mut self.create,
            ImportOutcome::Update { .. } => &mut self.update,
            ImportOutcome::Unchanged { .. } => &mut self.unchanged,
            ImportOutcome::Refused(_) => &mut self.refused,
        };
        *counter += 1;
    }
}

/// What becomes of a row; in a dry run, what would.
#[derive(Debug, Clone)]
pub enum ImportOutcome {
    /// A user is made.
    Create {
        /// Their id; `None` in a dry run.
        user_id: Option<String>,
    },
    /// A user is changed.
    Update {
        /// Their id.
        user_id: String,
        /// The fields that change.
        changes: Vec<String>,
    },
    /// The user is as the row says.
    Unchanged {
        /// Their id.
        user_id: String,
    },
    /// The row cannot be used.
    Refused(Error),
}

/// The result of one row.
#[derive(Debug, Clone)]
pub struct ImportRow {
    /// Its line in the file, from 1.
    pub line: u64,
    /// The name in it.
    pub username: Option<String>,
    /// The address in it, after domains were mapped.
    pub email: Option<String>,
    /// What becomes of it.
    pub outcome: ImportOutcome,
}

/// What an import says as it goes.
#[derive(Debug, Clone)]
pub enum ImportLine {
    /// What it is going to do.
    Plan {
        /// How the file is laid out.
        format: Format,
        /// What each row will come to, as things are now.
        plan: ImportPlan,
    },
    /// The result of one row; when it says done, it is on disk.
    Row(Box<ImportRow>),
    /// What it did.
    Done(ImportPlan),
}

/// A row of the file, or why it is none.
type Read = Result<RosterRow, RowError>;

/// Everything that the rows of one import share.
struct Import<'a> {
    ctx: &'a Ctx,
    organization: OrganizationRef,
    options: Arc<ImportOptions>,
    format: Format,
    policy: PasswordPolicy,
}

/// Imports a file; says what it does into `lines`, and stops when nobody listens any more.
///
/// Errors: `Invalid` for a file that is no list of people, `OrganizationState` unless Active. What is wrong with a
/// row is that row's result.
pub async fn import_users(
    ctx: &Ctx,
    organization: OrganizationRef,
    file: Vec<u8>,
    options: ImportOptions,
    lines: Sender<ImportLine>,
) -> Result<(), Error> {
    let reference = organization.clone();
    let policy = ctx
        .read(move |tx, ctx| {
            let organization = find_in(tx, ctx, &IMPORT_USERS, &reference, Needs::Active)?;
            directories::policy_of(tx, &organization)
        })
        .await?;
    let list = roster::read(&file)?;
    let import = Import { ctx, organization, options: Arc::new(options), format: list.format(), policy };
    let plan = import.plan(list.rows()).await?;
    if lines.send(ImportLine::Plan { format: import.format, plan }).await.is_err() {
        return Ok(());
    }
    let mut done = ImportPlan::default();
    let mut seen = Seen::default();
    let mut rows = list.rows();
    loop {
        let batch: Vec<Read> = rows.by_ref().take(IMPORT_BATCH_ROWS).collect();
        if batch.is_empty() {
            break;
        }
        for result in import.carry_out(import.parse(batch, &mut seen)).await? {
            done.count(&result.outcome);
            if lines.send(ImportLine::Row(Box::new(result))).await.is_err() {
                return Ok(());
            }
        }
    }
    // Nobody to hear it is no failure: everything is done.
    let _ = lines.send(ImportLine::Done(done)).await;
    Ok(())
}

impl Import<'_> {
    async fn plan(&self, mut rows: impl Iterator<Item = Read>) -> Result<ImportPlan, Error> {
        let mut plan = ImportPlan::default();
        let mut seen = Seen::default();
        loop {
            let batch: Vec<Read> = rows.by_ref().take(PLAN_ROWS).collect();
            if batch.is_empty() {
                return Ok(plan);
            }
            for outcome in self.look(&self.parse(batch, &mut seen)).await? {
                plan.count(&outcome);
            }
        }
    }

    /// Shared, because what runs on another thread may let go of the rows later than it answers.
    fn parse(&self, batch: Vec<Read>, seen: &mut Seen) -> Arc<Vec<Parsed>> {
        let mut parsed: Vec<_> = batch.into_iter().map(|row| Parsed::new(row, self.format, &self.options)).collect();
        for row in &mut parsed {
            if let Ok(wanted) = &row.wanted
                && let Err(refusal) = seen.note(row.line, wanted)
            {
                row.wanted = Err(refusal);
            }
        }
        Arc::new(parsed)
    }

    /// Says what each row would come to, passwords included, and changes nothing.
    async fn look(&self, rows: &Arc<Vec<Parsed>>) -> Result<Vec<ImportOutcome>, Error> {
        let (reference, shared) = (self.organization.clone(), Arc::clone(rows));
        let outcomes = self
            .ctx
            .read(move |tx, ctx| {
                let organization = find_in(tx, ctx, &IMPORT_USERS, &reference, Needs::Active)?;
                shared.iter().map(|row| row.look(tx, ctx, &organization)).collect::<Result<Vec<_>, Error>>()
            })
            .await?;
        self.check_passwords(Arc::clone(rows), outcomes).await
    }

    /// Refuses new users whose typed password breaks the policy.
    async fn check_passwords(
        &self,
        rows: Arc<Vec<Parsed>>,
        mut outcomes: Vec<ImportOutcome>,
    ) -> Result<Vec<ImportOutcome>, Error> {
        let typed = |row: &Parsed| matches!(&row.wanted, Ok(wanted) if wanted.has_typed_password());
        if !rows.iter().any(typed) {
            return Ok(outcomes);
        }
        let policy = self.policy.clone();
        self.ctx
            .deployment()
            .credentials
            .run(move |_| {
                for (row, outcome) in rows.iter().zip(&mut outcomes) {
                    let (Ok(wanted), ImportOutcome::Create { .. }) = (&row.wanted, &*outcome) else { continue };
                    if let Err(rule) = wanted.check_password(&policy) {
                        *outcome = ImportOutcome::Refused(Error::PasswordRefused(rule));
                    }
                }
                outcomes
            })
            .await
    }

    /// Carries out one batch, or in a dry run only looks.
    async fn carry_out(&self, rows: Arc<Vec<Parsed>>) -> Result<Vec<ImportRow>, Error> {
        if self.options.dry_run {
            let outcomes = self.look(&rows).await?;
            return Ok(rows.iter().zip(outcomes).map(|(row, outcome)| row.result(outcome)).collect());
        }
        let passwords = self.hash_passwords(&rows).await?;
        let reference = self.organization.clone();
        self.ctx
            .write(move |tx, ctx| {
                let organization = find_in(tx, ctx, &IMPORT_USERS, &reference, Needs::Active)?;
                let ready = rows.iter().zip(&passwords);
                ready.map(|(row, password)| row.carry_out(tx, ctx, &organization, password)).collect()
            })
            .await
    }

    /// Hashes the passwords of users who are to be made, as many at once as there are cores: sign-ins wait in the
    /// same queue, and an import must not fill it.
    async fn hash_passwords(&self, rows: &Arc<Vec<Parsed>>) -> Result<Vec<Password>, Error> {
        let needs_work = |row: &Parsed| matches!(&row.wanted, Ok(wanted) if wanted.has_password());
        let mut passwords = vec![Password::None; rows.len()];
        if !rows.iter().any(needs_work) {
            return Ok(passwords);
        }
        let at_once = self.ctx.deployment().settings().hashing_parallelism.max(1);
        let mut running = VecDeque::new();
        for (at, outcome) in self.look(rows).await?.into_iter().enumerate() {
            let Some((row, password)) = rows.get(at).zip(passwords.get_mut(at)) else { continue };
            match (&row.wanted, outcome) {
                (Ok(wanted), ImportOutcome::Create { .. }) if wanted.has_password() => {
                    if running.len() >= at_once {
                        finish(&mut running, &mut passwords).await?;
                    }
                    let (ctx, policy, new) = (self.ctx.clone(), self.policy.clone(), wanted.new_user());
                    let hashing = async move { reset_password::prepare_with(&ctx, policy, &new).await };
                    running.push_back((at, tokio::spawn(hashing)));
                }
                (_, ImportOutcome::Refused(refusal @ Error::PasswordRefused(_))) => {
                    *password = Password::Refused(refusal);
                }
                _ => {}
            }
        }
        while !running.is_empty() {
            finish(&mut running, &mut passwords).await?;
        }
        Ok(passwords)
    }
}

/// Hashes that are being made, each with the place of its row.
type Running = VecDeque<(usize, JoinHandle<Result<reset_password::Prepared, Error>>)>;

/// Waits for the first of them.
async fn finish(running: &mut Running, passwords: &mut [Password]) -> Result<(), Error> {
    let Some((at, task)) = running.pop_front() else { return Ok(()) };
    let made = task.await.map_err(|why| Error::internal(format!("hashing did not finish: {why}")))?;
    let Some(password) = passwords.get_mut(at) else { return Ok(()) };
    *password = match made {
        Ok(prepared) => prepared.hash.map_or(Password::None, Password::Hash),
        Err(error @ (Error::Unavailable | Error::Internal(_))) => return Err(error),
        Err(refusal) => Password::Refused(refusal),
    };
    Ok(())
}

/// What became of the password of a row.
#[derive(Clone)]
enum Password {
    /// There is none, or none is set.
    None,
    /// It was hashed.
    Hash(String),
    /// It breaks the policy.
    Refused(Error),
}

/// A row with its values checked.
struct Parsed {
    line: u64,
    username: Option<String>,
    email: Option<String>,
    wanted: Result<Wanted, Error>,
}

impl Parsed {
    fn new(row: Read, format: Format, options: &ImportOptions) -> Self {
        match row {
            Err(RowError { line, field, why }) => {
                Self { line, username: None, email: None, wanted: Err(Error::invalid(field, why)) }
            }
            Ok(row) => {
                let (line, username, email) = (row.line, row.username.clone(), row.email.clone());
                let wanted = Wanted::parse(row, format, &options.map_domains);
                let mapped = wanted.as_ref().ok().and_then(Wanted::email);
                Self { line, username, email: mapped.or(email), wanted }
            }
        }
    }

    fn result(&self, outcome: ImportOutcome) -> ImportRow {
        ImportRow { line: self.line, username: self.username.clone(), email: self.email.clone(), outcome }
    }

    fn carry_out(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        organization: &OrganizationRow,
        password: &Password,
    ) -> Result<ImportRow, Error> {
        let done = match (password, &self.wanted) {
            (Password::Refused(refusal), _) | (_, Err(refusal)) => Err(refusal.clone()),
            (Password::None | Password::Hash(_), Ok(wanted)) => {
                let id = UserId::generate(ctx.now(), ctx.random());
                let hash = if let Password::Hash(hash) = password { Some(hash.as_str()) } else { None };
                import_row::carry_out(tx, ctx, organization, (wanted, (&id, hash)))
            }
        };
        let outcome = match done {
            Ok(outcome) => outcome,
            Err(error) => refusal(error)?,
        };
        Ok(self.result(outcome))
    }

    fn look(&self, tx: &mut Tx<'_>, ctx: &Ctx, organization: &OrganizationRow) -> Result<ImportOutcome, Error> {
        let assessed = match &self.wanted {
            Ok(wanted) => import_row::assess(tx, ctx, organization, wanted),
            Err(refusal) => Err(refusal.clone()),
        };
        match assessed {
            Ok(Assessment::Create) => Ok(ImportOutcome::Create { user_id: None }),
            Ok(Assessment::Update { row, fields }) if fields.is_empty() => {
                Ok(ImportOutcome::Unchanged { user_id: row.user_id })
            }
            Ok(Assessment::Update { row, fields }) => Ok(ImportOutcome::Update {
                user_id: row.user_id,
                changes: fields.into_iter().map(str::to_owned).collect(),
            }),
            Err(error) => refusal(error),
        }
    }
}

/// What is this row's own refusal, and what ends the whole import.
fn refusal(error: Error) -> Result<ImportOutcome, Error> {
    match error {
        Error::Internal(_) | Error::Unavailable | Error::Unauthenticated => Err(error),
        refusal => Ok(ImportOutcome::Refused(refusal)),
    }
}
