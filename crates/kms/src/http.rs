//! Where requests to systems that keep keys may go: names are looked up once, each address is judged, and the very
//! address that was judged is connected to.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use reeve_base::key_services::KeyFailure;
use reeve_base::names::Network;
use reeve_base::reach::may_reach;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Which addresses may be connected to.
#[derive(Debug, Clone)]
pub(crate) struct Gate(Arc<[Network]>);

/// Every address that a name has is one that is not asked.
#[derive(Debug)]
pub(crate) struct OutOfReach;

impl std::fmt::Display for OutOfReach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("every address of this host is out of reach")
    }
}

impl std::error::Error for OutOfReach {}

impl Gate {
    pub(crate) fn new(allowed: Vec<Network>) -> Self {
        Self(allowed.into())
    }

    /// Refuses a place that is written as an address and may not be reached: nobody looks such a host up.
    pub(crate) fn check(&self, url: &reqwest::Url) -> Result<(), KeyFailure> {
        let host = url.host_str().ok_or(KeyFailure::Malformed)?;
        match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            Ok(address) if !may_reach(address, &self.0) => Err(KeyFailure::Forbidden),
            _ => Ok(()),
        }
    }

    /// The addresses of a name that may be reached.
    async fn look_up(self, name: String) -> Result<Vec<IpAddr>, Box<dyn std::error::Error + Send + Sync>> {
        let found: Vec<IpAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.map(|at| at.ip()).collect();
        let open: Vec<IpAddr> = found.into_iter().filter(|address| may_reach(*address, &self.0)).collect();
        if open.is_empty() { Err(OutOfReach.into()) } else { Ok(open) }
    }
}

impl Resolve for Gate {
    fn resolve(&self, name: Name) -> Resolving {
        let looking = self.clone().look_up(name.as_str().to_owned());
        Box::pin(async move {
            let open = looking.await?;
            let addresses: Addrs = Box::new(open.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

impl ResolveDns for Gate {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        let looking = self.clone().look_up(name.to_owned());
        DnsFuture::new(async move { looking.await.map_err(ResolveDnsError::new) })
    }
}

/// What a failure to exchange anything means, by what caused it.
pub(crate) fn unreachable(error: &(dyn std::error::Error + 'static)) -> KeyFailure {
    let mut next = Some(error);
    while let Some(cause) = next {
        if cause.is::<OutOfReach>() {
            return KeyFailure::Forbidden;
        }
        // What TLS refuses reaches us inside of an I/O error, as text at the latest.
        let said = cause.to_string();
        if said.contains("certificate") || said.contains("TLS") || said.contains("tls") {
            return KeyFailure::Insecure;
        }
        next = match cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => cause.source(),
        };
    }
    KeyFailure::Unreachable
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, allowed: &[&str], expected: Result<(), KeyFailure>) {
        let allowed = allowed.iter().map(|block| Network::parse("allowed", block).unwrap()).collect();
        assert_eq!(Gate::new(allowed).check(&url.parse().unwrap()), expected, "{url}");
    }

    #[test]
    fn addresses_within_are_asked_where_the_operator_allows_it() {
        check("http://127.0.0.1:8200/", &[], Err(KeyFailure::Forbidden));
        check("http://[::1]:8200/", &[], Err(KeyFailure::Forbidden));
        check("http://169.254.169.254/", &["127.0.0.0/8"], Err(KeyFailure::Forbidden));
        // The reader of addresses turns this into 127.0.0.1, as every library would.
        check("http://2130706433/", &[], Err(KeyFailure::Forbidden));
        check("http://127.0.0.1:8200/", &["127.0.0.0/8"], Ok(()));
        check("http://[::1]:8200/", &["::1"], Ok(()));
        check("https://1.1.1.1/", &[], Ok(()));
        check("https://vault.example.com/", &[], Ok(()));
    }

    #[tokio::test]
    async fn a_name_that_leads_within_is_not_asked() {
        let failed = Gate::new(Vec::new()).look_up("localhost".to_owned()).await.unwrap_err();
        assert_eq!(unreachable(failed.as_ref()), KeyFailure::Forbidden);
        let allowed = ["127.0.0.0/8", "::1"].map(|block| Network::parse("allowed", block).unwrap());
        assert!(!Gate::new(allowed.into()).look_up("localhost".to_owned()).await.unwrap().is_empty());
    }
}
