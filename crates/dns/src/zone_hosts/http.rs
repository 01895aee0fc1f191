//! Asking over HTTP: only addresses that may be asked are connected to, no redirection is followed, no proxy of the
//! environment is used, nothing is sent twice, and an answer is read up to a size.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use http::Request;
use reeve_base::names::Network;
use reeve_base::reach::may_reach;
use reeve_base::zone_hosts::ZoneFailure;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;

use super::limits::{ANSWER_BYTES_MAX, CONNECT_TIMEOUT};

/// Asks over HTTP.
pub(super) struct Http {
    /// `None` where this machine has no certificate authorities, or none that can be read.
    client: Option<reqwest::Client>,
    allowed: Arc<[Network]>,
}

/// An answer over HTTP.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: http::HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Http {
    pub(super) fn new(allowed: Arc<[Network]>) -> Self {
        let client = reqwest::Client::builder()
            .dns_resolver(Judge { allowed: Arc::clone(&allowed) })
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT)
            // What was judged a while ago is judged again: no connection outlives what was asked for.
            .pool_max_idle_per_host(0)
            .user_agent("Reeve")
            .build();
        Self { client: client.ok(), allowed }
    }

    /// Sends a request and reads the answer, whatever it says.
    pub(super) async fn send(&self, request: Request<Vec<u8>>) -> Result<Answer, ZoneFailure> {
        let client = self.client.as_ref().ok_or(ZoneFailure::Insecure)?;
        let request = reqwest::Request::try_from(request).map_err(|_| ZoneFailure::Malformed)?;
        // An address in figures is not looked up, so it would not be judged there.
        let host = request.url().host_str().ok_or(ZoneFailure::Malformed)?;
        let figures = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        if figures.is_ok_and(|address| !may_reach(address, &self.allowed)) {
            return Err(ZoneFailure::Forbidden);
        }
        let mut response = client.execute(request).await.map_err(|why| failure(&why))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|why| failure(&why))? {
            if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(ZoneFailure::Unintelligible);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, headers, body })
    }
}

/// Looks names up and leaves out what may not be asked.
struct Judge {
    allowed: Arc<[Network]>,
}

impl Resolve for Judge {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = Arc::clone(&self.allowed);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let open: Vec<SocketAddr> = found.filter(|address| may_reach(address.ip(), &allowed)).collect();
            if open.is_empty() {
                return Err(ForbiddenAddress.into());
            }
            Ok(Box::new(open.into_iter()) as Addrs)
        })
    }
}

/// Every address of a host is one that is not asked.
#[derive(Debug)]
struct ForbiddenAddress;

impl fmt::Display for ForbiddenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no address of this host may be asked")
    }
}

impl StdError for ForbiddenAddress {}

fn failure(why: &reqwest::Error) -> ZoneFailure {
    if is_caused_by::<ForbiddenAddress>(why) {
        return ZoneFailure::Forbidden;
    }
    if is_caused_by::<rustls::Error>(why) {
        return ZoneFailure::Insecure;
    }
    match (why.is_connect(), why.is_timeout()) {
        (true, _) => ZoneFailure::Unreachable,
        (false, true) => ZoneFailure::TimedOut,
        (false, false) if why.is_builder() => ZoneFailure::Malformed,
        (false, false) => ZoneFailure::Unintelligible,
    }
}

/// Whether an error of this type is somewhere below; errors of input and output hide theirs.
fn is_caused_by<E: StdError + 'static>(why: &(dyn StdError + 'static)) -> bool {
    let mut at = Some(why);
    while let Some(error) = at {
        let hidden = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if error.is::<E>() || hidden.is_some_and(|inner| is_caused_by::<E>(inner)) {
            return true;
        }
        at = error.source();
    }
    false
}
