//! Asks other systems over HTTP where somebody else chose the address. What keeps that from becoming a way into the
//! operator's own network: a name is looked up once, every address is judged, and the very address that was judged is
//! connected to; no redirection is followed, no proxy of the environment is used, nothing is sent twice; time, size and
//! number are limited. Who is refused learns why in one word, and the body is for programs, never for people.

mod client;

use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use reeve_base::limits::AVAILABILITY_TEST_TIMEOUT;
use reeve_base::names::Network;
use reeve_base::outbound::{Answer, Asking, Outbound, Question, Unanswered};
use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::limits;
use crate::tls::TlsError;

/// How much of this server questions may hold, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct OutboundLimits {
    /// Questions at the same time; a further one is turned away.
    pub at_once_max: usize,
    /// Time for a question from looking up the name to the last byte of the answer.
    pub timeout: Duration,
    /// Time for one connection.
    pub connect_timeout: Duration,
    /// Bytes of the body of an answer.
    pub answer_bytes_max: usize,
}

impl Default for OutboundLimits {
    fn default() -> Self {
        Self {
            at_once_max: limits::OUTBOUND_AT_ONCE_MAX,
            timeout: AVAILABILITY_TEST_TIMEOUT,
            connect_timeout: limits::OUTBOUND_CONNECT_TIMEOUT,
            answer_bytes_max: limits::OUTBOUND_ANSWER_BYTES_MAX,
        }
    }
}

/// Asks other systems over HTTP/1.1, with TLS or without.
pub struct HttpOutbound {
    allowed: Vec<Network>,
    limits: OutboundLimits,
    tls: Arc<ClientConfig>,
    places: Arc<Semaphore>,
}

/// Where a question goes.
struct Place {
    uri: Uri,
    host: String,
    port: u16,
    secure: bool,
}

impl HttpOutbound {
    /// One that takes the certificates of these authorities, and asks whom everybody can reach and whom `allowed` names.
    pub fn new(allowed: Vec<Network>, roots: RootCertStore, limits: OutboundLimits) -> Result<Self, TlsError> {
        let mut tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|source| crate::tls::unusable("TLS versions", source))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        let places = Arc::new(Semaphore::new(limits.at_once_max));
        Ok(Self { allowed, limits, tls: Arc::new(tls), places })
    }

    /// One that takes the certificates that this machine takes. Without any, what is asked over TLS is insecure.
    pub fn with_system_roots(allowed: Vec<Network>) -> Result<Self, TlsError> {
        let mut roots = RootCertStore::empty();
        let (taken, _) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if taken == 0 {
            tracing::warn!(
                "this machine has no certificate authorities, so no other system can be asked over TLS; install them \
                 (on Debian: ca-certificates)"
            );
        }
        Self::new(allowed, roots, OutboundLimits::default())
    }

    async fn answer(&self, question: Question) -> Result<Answer, Unanswered> {
        let place = Place::of(&question.url)?;
        let turn = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Unanswered::Busy)?;
        // A look-up cannot be called off, so it keeps the turn that it was given until it ends.
        let turn = Arc::new(turn);
        let (looking, host, port) = (Arc::clone(&turn), place.host.clone(), place.port);
        let asking = async {
            let found = spawn_blocking(move || {
                let _looking = looking;
                (host.as_str(), port).to_socket_addrs().map(Iterator::collect::<Vec<SocketAddr>>)
            });
            let found = found.await.map_err(|_| Unanswered::NameUnknown)?.map_err(|_| Unanswered::NameUnknown)?;
            let stream = self.connect(&found).await?;
            client::exchange(stream, &place, (&self.tls, self.limits.answer_bytes_max), question).await
        };
        let answered = timeout(self.limits.timeout, asking).await;
        drop(turn);
        answered.unwrap_or(Err(Unanswered::TimedOut))
    }

    /// Connects to the first of these addresses that may be reached and answers.
    async fn connect(&self, found: &[SocketAddr]) -> Result<TcpStream, Unanswered> {
        let mut open: Vec<SocketAddr> = Vec::new();
        for address in found {
            if reeve_base::reach::may_reach(address.ip(), &self.allowed) && !open.contains(address) {
                open.push(*address);
            }
        }
        match found.first() {
            None => return Err(Unanswered::NameUnknown),
            Some(_) if open.is_empty() => return Err(Unanswered::Forbidden),
            Some(_) => {}
        }
        for address in open.into_iter().take(limits::OUTBOUND_ADDRESSES_MAX) {
            if let Ok(Ok(stream)) = timeout(self.limits.connect_timeout, TcpStream::connect(address)).await {
                return Ok(stream);
            }
        }
        Err(Unanswered::Unreachable)
    }
}

impl Outbound for HttpOutbound {
    fn ask(&self, question: Question) -> Asking<'_> {
        Box::pin(self.answer(question))
    }
}

impl Place {
    fn of(url: &str) -> Result<Self, Unanswered> {
        let uri: Uri = url.parse().map_err(|_| Unanswered::Malformed)?;
        let secure = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP => false,
            _ => return Err(Unanswered::Malformed),
        };
        let authority = uri.authority().ok_or(Unanswered::Malformed)?;
        // A name before the host would be a second username, and hides which host is meant.
        if authority.as_str().contains('@') {
            return Err(Unanswered::Malformed);
        }
        let host = authority.host();
        let port = match authority.as_str().strip_prefix(host).and_then(|rest| rest.strip_prefix(':')) {
            Some(port) => number(port).ok_or(Unanswered::Malformed)?,
            None if secure => 443,
            None => 80,
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        if host.is_empty() || (host.contains(':') && host.parse::<IpAddr>().is_err()) {
            return Err(Unanswered::Malformed);
        }
        Ok(Self { host, port, secure, uri })
    }
}

/// The number of a port, in digits alone.
fn number(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|port| digits && *port > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_from_its_address() {
        for (url, host, port, secure) in [
            ("https://ews.example.com/EWS/Exchange.asmx", "ews.example.com", 443, true),
            ("http://ews.example.com:8080/", "ews.example.com", 8080, false),
            ("HTTPS://EWS.example.com/", "EWS.example.com", 443, true),
            ("http://192.0.2.1/", "192.0.2.1", 80, false),
            ("http://[2001:db8::1]:81/", "2001:db8::1", 81, false),
            ("http://2130706433/", "2130706433", 80, false),
        ] {
            let place = Place::of(url).ok().unwrap();
            assert_eq!((place.host.as_str(), place.port, place.secure), (host, port, secure), "{url}");
        }
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for url in [
            "",
            "/",
            "ews.example.com",
            "ews.example.com/EWS",
            "ftp://ews.example.com/",
            "file:///etc/passwd",
            "http://",
            "http:///",
            "http://:80/",
            "http://ews.example.com:0/",
            "http://ews.example.com:/",
            "http://ews.example.com:+80/",
            "http://ews.example.com:65536/",
            "http://user@ews.example.com/",
            "http://user:password@ews.example.com/",
            "http://public.example@127.0.0.1/",
            "http://ews.example.com/a b",
            "http://ews.example.com/\r\nx: y",
            "http://ews example.com/",
            "http://[::1/",
        ] {
            assert_eq!(Place::of(url).err(), Some(Unanswered::Malformed), "{url}");
        }
    }
}
