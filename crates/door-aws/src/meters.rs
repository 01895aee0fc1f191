//! Figures of each operation: how many answers of which outcome, and how long they took.
//!
//! Labels come from tables of this door, never from a request, so there are only so many of them.

use std::sync::OnceLock;
use std::time::Duration;

use metrics::{Counter, Histogram, counter, histogram};

use crate::faults::Kind;

/// The figures of one operation.
pub(crate) struct Meters {
    operation: &'static str,
    answered: OnceLock<Counter>,
    duration: OnceLock<Histogram>,
}

impl Meters {
    pub(crate) const fn new(operation: &'static str) -> Self {
        Self { operation, answered: OnceLock::new(), duration: OnceLock::new() }
    }

    /// Counts one answer; what went right is looked up once.
    pub(crate) fn count(&self, fault: Option<Kind>, took: Duration) {
        let operation = self.operation;
        let of = |outcome| counter!("reeve_aws_requests_total", "operation" => operation, "outcome" => outcome);
        match fault {
            None => self.answered.get_or_init(|| of("ok")).increment(1),
            Some(kind) => of(kind.word()).increment(1),
        }
        self.duration
            .get_or_init(|| histogram!("reeve_aws_request_duration_seconds", "operation" => operation))
            .record(took);
    }
}
