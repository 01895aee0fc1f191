//! What all requests of this door share: the deployment, the options, the limits, and what each route is called.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use axum::extract::MatchedPath;
use axum::extract::Request;
use http::Method;
use reeve_domain::ctx::Actor;
use reeve_domain::{Ctx, Deployment, operations};
use reeve_net::{Source, Throttle};
use tokio::sync::Semaphore;
use utoipa::openapi::{OpenApi, PathItem};

use crate::document::DOCUMENT_OPERATION;
use crate::meters::Meters;
use crate::options::RestOptions;
use crate::refusals::Refusal;
use crate::tries::Tries;

/// A burst of sign-ins, in seconds of the rate: somebody who mistypes is not held up.
const SIGN_IN_BURST_SECONDS: u32 = 4;

/// What somebody does who is not signed in yet.
const SIGN_INS: [&str; 2] = [operations::SIGN_IN.name, operations::COMPLETE_SIGN_IN.name];

/// What takes as long as it takes.
const STREAMS: [&str; 3] =
    [operations::IMPORT_USERS.name, operations::EXPORT_USERS.name, operations::EXPORT_EVENTS.name];

/// The shared part.
pub(crate) struct Door {
    pub(crate) deployment: Arc<Deployment>,
    pub(crate) options: RestOptions,
    pub(crate) permits: Arc<Semaphore>,
    pub(crate) imports: Arc<Semaphore>,
    pub(crate) tries: Tries,
    sign_ins: Throttle<Source>,
    requests: Throttle<u64>,
    hasher: RandomState,
    routes: HashMap<String, Vec<Route>>,
}

/// How a route is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// By anybody.
    Open,
    /// By somebody who is not signed in yet.
    SignIn,
    /// By somebody whom the domain knows.
    SignedIn,
}

/// One method of one path.
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) operation: &'static str,
    pub(crate) entry: Entry,
    /// Whether its body, or its answer, takes as long as it takes.
    pub(crate) streams: bool,
    pub(crate) meters: Meters,
}

impl Door {
    pub(crate) fn new(deployment: Arc<Deployment>, options: RestOptions, document: &OpenApi) -> Self {
        let routes = document.paths.paths.iter().map(|(path, item)| (path.clone(), routes_of(item))).collect();
        Self {
            permits: Arc::new(Semaphore::new(options.concurrency_max)),
            imports: Arc::new(Semaphore::new(options.imports_max)),
            tries: Tries::new(),
            sign_ins: Throttle::new(options.sign_ins_per_second, SIGN_IN_BURST_SECONDS),
            requests: Throttle::new(options.requests_per_second, 1),
            hasher: RandomState::new(),
            deployment,
            options,
            routes,
        }
    }

    /// What the request asks for, when it is something that we have.
    pub(crate) fn route(&self, request: &Request) -> Option<&Route> {
        let path = request.extensions().get::<MatchedPath>()?;
        // RFC 9110 §9.3.2: HEAD is GET without the body.
        let method = match request.method() {
            &Method::HEAD => &Method::GET,
            other => other,
        };
        self.routes.get(path.as_str())?.iter().find(|route| route.method == method)
    }

    /// Refuses when too many sign-ins came from one place.
    pub(crate) fn count_sign_in(&self, source: Option<Source>) -> Result<(), Refusal> {
        source.map_or(Ok(()), |source| self.sign_ins.check(&source).map_err(Refusal::throttled))
    }

    /// Counts a wrong name or password that came with a request; refuses when too many came from one place, which
    /// then waits before it may try another.
    pub(crate) fn count_mistake(&self, source: Option<Source>) -> Result<(), Refusal> {
        let Some(source) = source else { return Ok(()) };
        self.sign_ins.check(&source).map_err(Refusal::throttled).inspect_err(|refusal| {
            self.tries.suspend(source, refusal.retry_after);
        })
    }

    /// Refuses when one administrator asks for too much.
    pub(crate) fn count_request(&self, ctx: &Ctx) -> Result<(), Refusal> {
        match ctx.actor() {
            Actor::Administrator { id, .. } => {
                self.requests.check(&self.hasher.hash_one(id)).map_err(Refusal::throttled)
            }
            _ => Ok(()),
        }
    }
}

fn routes_of(item: &PathItem) -> Vec<Route> {
    let methods = [
        (Method::GET, &item.get),
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ];
    methods
        .into_iter()
        .filter_map(|(method, operation)| {
            let operation = name(operation.as_ref()?.operation_id.as_deref()?)?;
            Some(Route {
                method,
                operation,
                entry: match operation {
                    DOCUMENT_OPERATION => Entry::Open,
                    name if SIGN_INS.contains(&name) => Entry::SignIn,
                    _ => Entry::SignedIn,
                },
                streams: STREAMS.contains(&operation),
                meters: Meters::new(operation),
            })
        })
        .collect()
}

fn name(operation_id: &str) -> Option<&'static str> {
    let registered = operations::ALL.iter().map(|operation| operation.name);
    registered.chain([DOCUMENT_OPERATION]).find(|name| *name == operation_id)
}
