//! A caller's closure with its types erased, so that an engine can queue it, run it more than once and answer it.
//!
//! Engines decide about commit and rollback; here a closure is only run, its panic caught and its result kept
//! until the engine knows whether it counts.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use crate::tx::failed_earlier;
use crate::{StoreError, Tx};

/// What a closure wants done with its changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Keep,
    Undo,
}

/// Whether a closure may change rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

/// A closure on its way through an engine.
pub(crate) trait Call: Send {
    fn access(&self) -> Access;
    /// Runs the closure; a later run replaces the result of an earlier one.
    fn run(&mut self, tx: &mut Tx<'_>) -> Verdict;
    /// Sends the result of the last run to the caller, if the caller still waits.
    fn answer(self: Box<Self>);
    /// Sends an error instead, because the result does not count.
    fn refuse(self: Box<Self>, error: StoreError);
}

/// A closure and where its result goes.
pub(crate) struct Pending<T, E, F> {
    access: Access,
    closure: F,
    result: Option<Result<T, E>>,
    caller: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Pending<T, E, F> {
    pub(crate) fn new(access: Access, closure: F) -> (Self, oneshot::Receiver<Result<T, E>>) {
        let (caller, answer) = oneshot::channel();
        (Self { access, closure, result: None, caller }, answer)
    }
}

impl<T, E, F> Call for Pending<T, E, F>
where
    F: Fn(&mut Tx<'_>) -> Result<T, E> + Send,
    E: From<StoreError> + Send,
    T: Send,
{
    fn access(&self) -> Access {
        self.access
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> Verdict {
        let result = run(&self.closure, tx);
        let verdict = if result.is_ok() { Verdict::Keep } else { Verdict::Undo };
        self.result = Some(result);
        verdict
    }

    fn answer(self: Box<Self>) {
        let result = self
            .result
            .unwrap_or_else(|| Err(E::from(StoreError::failed("an engine answered a closure that it never ran"))));
        // A caller that went away does not need the answer.
        let _ = self.caller.send(result);
    }

    fn refuse(self: Box<Self>, error: StoreError) {
        let _ = self.caller.send(Err(E::from(error)));
    }
}

/// Runs a closure once: a panic becomes an error, and so does success after a statement that failed.
pub(crate) fn run<T, E, F>(closure: &F, tx: &mut Tx<'_>) -> Result<T, E>
where
    F: Fn(&mut Tx<'_>) -> Result<T, E>,
    E: From<StoreError>,
{
    // A closure touches nothing outside `tx`, and its transaction is undone: no broken state survives.
    match catch_unwind(AssertUnwindSafe(|| closure(tx))) {
        Ok(Ok(_)) if tx.has_failed() => Err(E::from(failed_earlier())),
        Ok(result) => result,
        Err(payload) => {
            let message = panic_message(&*payload);
            tracing::error!(message, "a store closure panicked; its changes are undone");
            Err(E::from(StoreError::failed(format!("a store closure panicked: {message}"))))
        }
    }
}

fn panic_message(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
