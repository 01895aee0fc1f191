//! One thread and its connection: runs closures in transactions until they count, within bounds.
//!
//! Only what is certainly not committed runs again: a conflict, or a connection lost before COMMIT was sent. After one
//! lost during COMMIT, the server is asked how the transaction ended; if it cannot say, the caller is told to try again.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use super::failure::Trouble;
use super::session::{ANSWER_TIME_MAX, Connector, Outcome, Session};
use crate::call::{Access, Call, Verdict};
use crate::migrations::{self, Migration, Transactions};
use crate::queue::Queue;
use crate::statistics::Counters;
use crate::{Engine, OpenError, StoreError, Tx};

/// Conflicts after which a closure is given up.
const CONFLICTS_MAX: u32 = 10;

/// Conflicts after which a closure runs while no other of this process writes.
const CONFLICTS_IN_COMPANY_MAX: u32 = 3;

/// How long a closure whose connection was lost, or that gets none, is tried again: a server that is restarted, or
/// hands over to its standby, is back by then.
const LOST_TIME_MAX: Duration = Duration::from_secs(5);

/// The longest pause before the next try to connect.
const LOST_PAUSE_MAX: Duration = Duration::from_millis(200);

/// A migration may rebuild a large table.
const MIGRATION_TIME_MAX: Duration = Duration::from_secs(3600);

/// A thread's share of the engine.
pub(super) struct Worker {
    pub(super) number: usize,
    pub(super) connector: Arc<Connector>,
    pub(super) session: Option<Session>,
    pub(super) queue: Arc<Queue>,
    pub(super) counters: Arc<Counters>,
    /// Shared by writers in company, held alone by one that keeps losing.
    pub(super) lane: Arc<RwLock<()>>,
}

/// How often a connection was lost, and since when.
#[derive(Default)]
struct Lost {
    times: u32,
    since: Option<Instant>,
}

impl Lost {
    fn count(&mut self) {
        self.times += 1;
        self.since.get_or_insert_with(Instant::now);
    }

    fn too_long(&self) -> bool {
        self.since.is_some_and(|since| since.elapsed() > LOST_TIME_MAX)
    }
}

/// Why an attempt does not count.
enum Setback {
    Conflict,
    Lost,
    Final(StoreError),
}

impl Worker {
    /// Serves until the queue is closed and empty.
    pub(super) fn serve(mut self) {
        let mut taken = Vec::with_capacity(1);
        while self.queue.take(1, &mut taken) {
            let serve = || taken.drain(..).for_each(|call| self.serve_call(call));
            // What may panic here is foreign code: the destructor of a result that nobody waits for.
            if catch_unwind(AssertUnwindSafe(serve)).is_err() {
                tracing::error!("answering a closure panicked; a caller without an answer is told to try again");
                self.session = None;
            }
        }
        if let Some(session) = self.session.take() {
            session.close();
        }
    }

    fn serve_call(&mut self, mut call: Box<dyn Call>) {
        let access = call.access();
        match self.run(access, &mut |tx| call.run(tx)) {
            Ok(()) => call.answer(),
            Err(error) => call.refuse(error),
        }
        // Nothing hangs on the end of a read, so the caller need not wait for it.
        if access == Access::Read {
            self.end();
        }
    }

    /// Runs a closure until it counts; the result of its last run is the one to keep.
    fn run(&mut self, access: Access, closure: &mut dyn FnMut(&mut Tx<'_>) -> Verdict) -> Result<(), StoreError> {
        let mut conflicts = 0;
        let mut lost = Lost::default();
        loop {
            let alone = conflicts > CONFLICTS_IN_COMPANY_MAX;
            match self.attempt(access, alone, closure) {
                Ok(()) => return Ok(()),
                Err(Setback::Final(error)) => return Err(error),
                Err(Setback::Conflict) => conflicts += 1,
                Err(Setback::Lost) => lost.count(),
            }
            if conflicts > CONFLICTS_MAX || lost.too_long() {
                tracing::warn!(conflicts, connections_lost = lost.times, "gave up a closure");
                return Err(StoreError::Busy);
            }
            self.counters.retried(1);
            self.back_off(conflicts, lost.times);
        }
    }

    fn attempt(
        &mut self,
        access: Access,
        alone: bool,
        closure: &mut dyn FnMut(&mut Tx<'_>) -> Verdict,
    ) -> Result<(), Setback> {
        // Before the lane: nobody should stand there and wait for a server that is away.
        self.connect()?;
        let lane = Arc::clone(&self.lane);
        let (_company, _alone) = match access {
            Access::Read => (None, None),
            Access::Write if alone => (None, Some(lane.write().unwrap_or_else(PoisonError::into_inner))),
            Access::Write => (Some(lane.read().unwrap_or_else(PoisonError::into_inner)), None),
        };
        let session = self.begin(access)?;
        let verdict = closure(&mut Tx::postgres(session));
        if session.in_trouble() {
            return Err(self.set_back(StoreError::Busy));
        }
        match (access, verdict) {
            (Access::Write, Verdict::Keep) => self.commit(),
            (Access::Write, Verdict::Undo) => {
                self.end();
                Ok(())
            }
            (Access::Read, _) => Ok(()),
        }
    }

    fn connect(&mut self) -> Result<(), Setback> {
        if self.session.is_none() {
            let connected = self.connector.connect(ANSWER_TIME_MAX);
            self.session = Some(connected.map_err(|failure| {
                failure.judge();
                Setback::Lost
            })?);
        }
        Ok(())
    }

    fn begin(&mut self, access: Access) -> Result<&mut Session, Setback> {
        let begun = match (access, &mut self.session) {
            (_, None) => Ok(()),
            (Access::Read, Some(session)) => {
                session.begin_read();
                Ok(())
            }
            (Access::Write, Some(session)) => session.begin_write(),
        };
        if let Err(error) = begun {
            return Err(self.set_back(error));
        }
        self.session.as_mut().ok_or(Setback::Lost)
    }

    fn commit(&mut self) -> Result<(), Setback> {
        let number = self.session.as_ref().and_then(Session::number);
        let committed = self.session.as_mut().map_or(Err(StoreError::Busy), Session::commit);
        let Err(error) = committed else {
            self.counters.committed(1);
            return Ok(());
        };
        match self.set_back(error) {
            Setback::Lost => match number.map_or(Outcome::Unknown, |number| self.find_out(&number)) {
                Outcome::Committed => {
                    self.counters.committed(1);
                    Ok(())
                }
                Outcome::Undone => Err(Setback::Lost),
                Outcome::Open | Outcome::Unknown => {
                    tracing::warn!("the connection to the database was lost during a commit; its outcome is unknown");
                    Err(Setback::Final(StoreError::Busy))
                }
            },
            setback => Err(setback),
        }
    }

    /// Asks over a new connection how a transaction ended, for as long as a server may take to come back.
    fn find_out(&mut self, number: &str) -> Outcome {
        let mut lost = Lost::default();
        lost.count();
        loop {
            let outcome = match self.connect() {
                Ok(()) => self.session.as_ref().map_or(Outcome::Open, |session| session.outcome_of(number)),
                Err(_) => Outcome::Open,
            };
            if outcome != Outcome::Open || lost.too_long() {
                return outcome;
            }
            self.back_off(0, lost.times);
            lost.count();
        }
    }

    /// Puts the connection in order after something went wrong, and says what that means for the closure.
    fn set_back(&mut self, error: StoreError) -> Setback {
        match self.session.as_mut().and_then(Session::take_trouble) {
            None => {
                self.end();
                Setback::Final(error)
            }
            Some(Trouble::Conflict) => {
                self.end();
                Setback::Conflict
            }
            Some(Trouble::Stale) => {
                self.session.iter_mut().for_each(Session::forget_statements);
                self.end();
                Setback::Conflict
            }
            Some(Trouble::Lost) => {
                self.session = None;
                Setback::Lost
            }
            Some(Trouble::Slow) => {
                self.session = None;
                Setback::Final(StoreError::Busy)
            }
        }
    }

    /// Ends a transaction without keeping anything; a connection that cannot do that is given up.
    fn end(&mut self) {
        if let Some(session) = &mut self.session
            && session.rollback().is_err()
        {
            self.session = None;
        }
    }

    /// Waits longer after each setback, and each thread a little differently, so that two do not meet again.
    #[expect(clippy::disallowed_methods, reason = "a back-off on a thread of its own; there is nothing to wait for")]
    fn back_off(&self, conflicts: u32, lost: u32) {
        // The first time the way is usually clear again at once.
        let pause_ms = |times: u32, step: u64| if times > 1 { step << times.min(6) } else { 0 };
        let lost = Duration::from_millis(pause_ms(lost, 12)).min(LOST_PAUSE_MAX);
        let pause = Duration::from_millis(pause_ms(conflicts, 1)) + lost;
        if !pause.is_zero() {
            thread::sleep(pause + Duration::from_micros(300 * self.number as u64));
        }
    }

    /// Migrates with patience for slow statements.
    pub(super) fn migrate(&mut self, known: &[Migration]) -> Result<i64, OpenError> {
        self.session.iter_mut().for_each(|session| session.set_answer_time_max(MIGRATION_TIME_MAX));
        let version = migrations::migrate(self, known);
        self.session.iter_mut().for_each(|session| session.set_answer_time_max(ANSWER_TIME_MAX));
        version
    }
}

impl Transactions for Worker {
    fn engine(&self) -> Engine {
        Engine::Postgres
    }

    fn transaction<T>(&mut self, closure: &dyn Fn(&mut Tx<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut last = None;
        self.run(Access::Write, &mut |tx| {
            let result = closure(tx);
            let verdict = if result.is_ok() { Verdict::Keep } else { Verdict::Undo };
            last = Some(result);
            verdict
        })?;
        last.unwrap_or(Err(StoreError::Busy))
    }
}
