//! What all requests of this door share: the deployment, the options, the limits, and the operations with their figures.

use std::collections::HashMap;
use std::sync::Arc;

use http::HeaderMap;
use reeve_domain::Deployment;
use reeve_net::{Source, Throttle};
use tokio::sync::Semaphore;

use crate::faults::{Fault, Kind};
use crate::meters::Meters;
use crate::operations::{OPERATIONS, Operation};
use crate::options::AwsOptions;

/// What stands before the name of an operation in `X-Amz-Target`.
const TARGET_PREFIX: &str = "WorkMailService.";

/// The shared part.
pub(crate) struct Door {
    pub(crate) deployment: Arc<Deployment>,
    pub(crate) options: AwsOptions,
    pub(crate) permits: Semaphore,
    pub(crate) throttle: Throttle<Source>,
    /// The figures of what names no operation.
    pub(crate) unknown: Meters,
    routes: HashMap<&'static str, Route>,
}

/// An operation with its figures.
pub(crate) struct Route {
    pub(crate) operation: &'static Operation,
    pub(crate) meters: Meters,
}

impl Door {
    pub(crate) fn new(deployment: Arc<Deployment>, options: AwsOptions) -> Self {
        let route =
            |operation: &'static Operation| (operation.name, Route { operation, meters: Meters::new(operation.name) });
        Self {
            permits: Semaphore::new(options.concurrency_max),
            throttle: Throttle::new(options.requests_per_second, 1),
            unknown: Meters::new("unknown"),
            routes: OPERATIONS.iter().map(route).collect(),
            deployment,
            options,
        }
    }

    /// The operation that is asked for.
    pub(crate) fn route(&self, headers: &HeaderMap) -> Result<&Route, Fault> {
        let mut targets = headers.get_all("x-amz-target").iter();
        let target = targets.next().filter(|_| targets.next().is_none()).and_then(|target| target.to_str().ok());
        let name = target.and_then(|target| target.strip_prefix(TARGET_PREFIX));
        name.and_then(|name| self.routes.get(name)).ok_or_else(|| {
            let why = "the X-Amz-Target header must name an operation of WorkMailService that is served here";
            Fault::new(Kind::UnknownOperation, why)
        })
    }
}
