//! The WorkMail API at `POST /`: checks the signature, parses, calls exactly one operation, translates the answer.
//!
//! Holds no rule, no SQL and no check of role or tenant: those are the domain's. Facts of the wire that clients rely on
//! stand here, each operation in the file of its family. Every answer has a request id; every refusal is one of the errors
//! that AWS documents for the operation, or one that all its services share.

mod call;
mod door;
mod faults;
mod gate;
mod input;
mod json;
mod meters;
mod operations;
mod options;
mod output;
mod shapes;
pub mod sigv4;

use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use reeve_domain::Deployment;

pub use options::{AwsOptions, BODY_BYTES_MAX, CONCURRENCY_MAX, REQUEST_TIMEOUT, REQUESTS_PER_SECOND};

use door::Door;

/// The names of the operations that are served, as `X-Amz-Target` has them after `WorkMailService.`.
pub fn operations() -> impl Iterator<Item = &'static str> {
    operations::OPERATIONS.iter().map(|operation| operation.name)
}

/// `POST /` and nothing else.
pub fn router(deployment: Arc<Deployment>, options: AwsOptions) -> Router {
    Router::new().route("/", post(gate::pass)).with_state(Arc::new(Door::new(deployment, options)))
}
