//! Who is at the other end of a connection, as far as the kernel knows.
//! Says nothing about who they claim to be: that is for `domain::auth`. Headers of proxies are not looked at here.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// The other end of a connection; HTTP requests carry it as an extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Peer {
    /// A TCP connection from this address.
    Tcp(SocketAddr),
    /// A process on this machine that could open our socket, run by this user.
    Local {
        /// The effective user id that the kernel recorded when the peer connected.
        uid: u32,
    },
}

impl Peer {
    /// The network address, if the peer came by the network.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            // A dual-stack listener sees IPv4 peers as ::ffff:a.b.c.d; limits and audit want one spelling.
            Self::Tcp(address) => Some(address.ip().to_canonical()),
            Self::Local { .. } => None,
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "{}:{}", display_ip(address.ip().to_canonical()), address.port()),
            Self::Local { uid } => write!(f, "local:{uid}"),
        }
    }
}

fn display_ip(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("[{v6}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, expected: &str) {
        assert_eq!(Peer::Tcp(address.parse().unwrap()).to_string(), expected);
    }

    #[test]
    fn an_ipv4_peer_of_a_dual_stack_listener_is_written_as_ipv4() {
        check("[::ffff:192.0.2.7]:25", "192.0.2.7:25");
        check("192.0.2.7:25", "192.0.2.7:25");
        check("[2001:db8::1]:25", "[2001:db8::1]:25");
        assert_eq!(Peer::Local { uid: 7 }.to_string(), "local:7");
    }

    #[test]
    fn a_local_peer_has_no_network_address() {
        assert_eq!(Peer::Local { uid: 0 }.ip(), None);
        let mapped = Peer::Tcp("[::ffff:192.0.2.7]:25".parse().unwrap());
        assert_eq!(mapped.ip(), Some("192.0.2.7".parse().unwrap()));
    }
}
