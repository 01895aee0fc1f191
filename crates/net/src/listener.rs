//! A bound socket, ready to accept, and the sentences that tell an operator why one could not be bound.
//! Does not decide what listens where: that is configuration, read in `server`.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::local::LocalListener;
use crate::peer::Peer;
use crate::stream::Stream;

/// The two names of a configuration value, so that an error can say what to change.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The key in the configuration file, such as `http.listen`.
    pub key: &'static str,
    /// The environment variable, such as `REEVE_HTTP_LISTEN`.
    pub variable: &'static str,
}

/// Why nothing listens: one sentence with the remedy; the cause is its source.
#[derive(Debug)]
pub struct ListenError {
    sentence: String,
    source: Option<io::Error>,
}

impl ListenError {
    pub(crate) fn new(sentence: String, source: Option<io::Error>) -> Self {
        Self { sentence, source }
    }
}

impl fmt::Display for ListenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for ListenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

/// Where connections come from.
#[derive(Debug)]
pub enum Listener {
    /// Plain TCP.
    Tcp(TcpListener),
    /// TCP on which TLS is spoken from the first byte.
    Tls(TcpListener, Arc<ServerConfig>),
    /// A Unix socket that only its owner and root may use.
    Local(LocalListener),
}

impl Listener {
    /// The address in use, with the port that the kernel chose if 0 was asked for; `None` for a Unix socket.
    pub fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(listener) | Self::Tls(listener, _) => listener.local_addr().ok(),
            Self::Local(_) => None,
        }
    }

    /// Waits for the next connection; the TLS handshake is left to the connection's own task.
    pub(crate) async fn accept(&self) -> io::Result<Accepted> {
        match self {
            Self::Tcp(listener) => {
                let (stream, address) = accept_tcp(listener).await?;
                Ok(Accepted::Ready(Stream::Tcp(stream), Peer::Tcp(address)))
            }
            Self::Tls(listener, config) => {
                let (stream, address) = accept_tcp(listener).await?;
                Ok(Accepted::Handshake(TlsAcceptor::from(Arc::clone(config)), stream, address))
            }
            Self::Local(listener) => {
                let (stream, uid) = listener.accept().await?;
                Ok(Accepted::Ready(Stream::Local(stream), Peer::Local { uid }))
            }
        }
    }
}

/// A connection as it was accepted, before any byte was read.
pub(crate) enum Accepted {
    Ready(Stream, Peer),
    Handshake(TlsAcceptor, tokio::net::TcpStream, SocketAddr),
}

async fn accept_tcp(listener: &TcpListener) -> io::Result<(tokio::net::TcpStream, SocketAddr)> {
    let (stream, address) = listener.accept().await?;
    // Answers are written whole; waiting to fill a segment only adds 40 ms to small ones.
    stream.set_nodelay(true)?;
    Ok((stream, address))
}

/// Binds a TCP address; port 0 lets the kernel choose.
pub async fn bind_tcp(address: SocketAddr, setting: Setting) -> Result<TcpListener, ListenError> {
    TcpListener::bind(address).await.map_err(|source| tcp_error(address, setting, source))
}

fn tcp_error(address: SocketAddr, setting: Setting, source: io::Error) -> ListenError {
    let Setting { key, variable } = setting;
    let sentence = match source.kind() {
        io::ErrorKind::AddrInUse => {
            format!("could not listen on {address}: the port is in use by another program; set {key} or {variable}")
        }
        io::ErrorKind::AddrNotAvailable => {
            format!("could not listen on {address}: this machine does not have that address; set {key} or {variable}")
        }
        io::ErrorKind::PermissionDenied => format!(
            "could not listen on {address}: ports below 1024 need a right that this user does not have; \
             set {key} or {variable} to a higher port, or grant cap_net_bind_service"
        ),
        _ => format!("could not listen on {address}: {source}; set {key} or {variable}"),
    };
    ListenError::new(sentence, Some(source))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTTP: Setting = Setting { key: "http.listen", variable: "REEVE_HTTP_LISTEN" };

    fn check(kind: io::ErrorKind, expected: &str) {
        let address = "127.0.0.1:80".parse().unwrap();
        let sentence = tcp_error(address, HTTP, io::Error::from(kind)).to_string();
        assert!(sentence.contains(expected), "{sentence}");
        assert!(sentence.contains("http.listen") && sentence.contains("REEVE_HTTP_LISTEN"), "{sentence}");
    }

    #[test]
    fn each_refusal_of_the_kernel_says_what_to_change() {
        check(io::ErrorKind::AddrInUse, "in use by another program");
        check(io::ErrorKind::AddrNotAvailable, "does not have that address");
        check(io::ErrorKind::PermissionDenied, "cap_net_bind_service");
        check(io::ErrorKind::Unsupported, "could not listen on 127.0.0.1:80");
    }
}
