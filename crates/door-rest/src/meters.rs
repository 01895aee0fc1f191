//! Figures of each route: how many answers of which status, and how long they took.
//!
//! Handles are looked up once, at the first answer of their kind: a request pays for two atomic additions.

use std::sync::OnceLock;
use std::time::Duration;

use http::StatusCode;
use metrics::{Counter, Histogram, counter, histogram};

/// The statuses that this door gives.
const STATUSES: [(u16, &str); 19] = [
    (200, "200"),
    (201, "201"),
    (202, "202"),
    (204, "204"),
    (304, "304"),
    (400, "400"),
    (401, "401"),
    (403, "403"),
    (404, "404"),
    (405, "405"),
    (409, "409"),
    (412, "412"),
    (413, "413"),
    (415, "415"),
    (422, "422"),
    (429, "429"),
    (500, "500"),
    (503, "503"),
    (0, "other"),
];

/// The figures of one route.
pub(crate) struct Meters {
    operation: &'static str,
    answers: [OnceLock<Counter>; STATUSES.len()],
    duration: OnceLock<Histogram>,
}

impl Meters {
    pub(crate) fn new(operation: &'static str) -> Self {
        Self { operation, answers: Default::default(), duration: OnceLock::new() }
    }

    /// Counts one answer.
    pub(crate) fn count(&self, status: StatusCode, took: Duration) {
        let operation = self.operation;
        let known = STATUSES.iter().zip(&self.answers);
        let slot = known.filter(|((number, _), _)| *number == status.as_u16() || *number == 0);
        if let Some(((_, word), answers)) = slot.take(1).next() {
            let word = *word;
            answers
                .get_or_init(|| counter!("http_requests_total", "operation" => operation, "status" => word))
                .increment(1);
        }
        self.duration
            .get_or_init(|| histogram!("http_request_duration_seconds", "operation" => operation))
            .record(took);
    }
}
