//! Who is behind a proxy: the address that a proxy we trust says a request came from.
//!
//! Headers of anybody else are not looked at. Of `X-Forwarded-For` only what trusted proxies wrote counts: it is read
//! from its end, and the first address that is none of theirs is the client. What stands before it may be invented.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use reeve_base::names::Network;

use crate::Peer;

/// The header in which proxies note whom they serve; the last entry is the newest.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Proxies one behind the other that are followed: more are a mistake.
const HOPS_MAX: usize = 10;

/// The proxies whose word is taken.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Vec<Network>);

impl TrustedProxies {
    /// Those in these blocks of addresses; none by default.
    pub fn new(blocks: Vec<Network>) -> Self {
        Self(blocks)
    }

    /// Who asks: the peer itself, or whom it speaks for when it is a trusted proxy that names an address.
    pub fn client(&self, peer: Peer, headers: &HeaderMap) -> Peer {
        let Some(address) = peer.ip().filter(|address| self.trusts(*address)) else { return peer };
        let mut client = address;
        let entries = headers.get_all(FORWARDED_FOR).iter().rev();
        let entries = entries.filter_map(|value| value.to_str().ok()).flat_map(|line| line.rsplit(','));
        for entry in entries.take(HOPS_MAX) {
            let Some(named) = address_of(entry.trim()) else { break };
            client = named;
            if !self.trusts(named) {
                break;
            }
        }
        if client == address { peer } else { Peer::Tcp(SocketAddr::new(client, 0)) }
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|block| block.contains(address))
    }
}

/// An address as proxies write it: plain, with a port, or in brackets.
fn address_of(entry: &str) -> Option<IpAddr> {
    let bracketed = entry.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(inside, _)| inside);
    let parsed = bracketed.unwrap_or(entry).parse::<IpAddr>().ok();
    parsed.or_else(|| entry.parse::<SocketAddr>().ok().map(|address| address.ip())).map(|ip| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, lines: &[&str]) -> String {
        let blocks = ["127.0.0.0/8", "10.0.0.0/8"].map(|block| Network::parse("proxies", block).unwrap());
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        let peer = Peer::Tcp(format!("{peer}:4711").parse().unwrap());
        TrustedProxies::new(blocks.to_vec()).client(peer, &headers).ip().unwrap().to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed_and_only_what_they_wrote_themselves() {
        for (peer, lines, expected) in [
            ("192.0.2.1", &["198.51.100.7"][..], "192.0.2.1"),
            ("127.0.0.1", &[], "127.0.0.1"),
            ("127.0.0.1", &["198.51.100.7"], "198.51.100.7"),
            ("127.0.0.1", &["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
            ("127.0.0.1", &["203.0.113.9", "198.51.100.7, 10.1.2.3"], "198.51.100.7"),
            ("127.0.0.1", &["10.1.2.3"], "10.1.2.3"),
            ("127.0.0.1", &["198.51.100.7, unknown"], "127.0.0.1"),
            ("127.0.0.1", &["198.51.100.7:1234"], "198.51.100.7"),
            ("127.0.0.1", &["[2001:db8::1]:1234"], "2001:db8::1"),
            ("127.0.0.1", &["::ffff:198.51.100.7"], "198.51.100.7"),
            ("127.0.0.1", &[""], "127.0.0.1"),
        ] {
            assert_eq!(client(peer, lines), expected, "{peer} {lines:?}");
        }
    }

    #[test]
    fn without_trusted_proxies_no_header_is_looked_at() {
        let headers = HeaderMap::from_iter([(FORWARDED_FOR.parse().unwrap(), "198.51.100.7".parse().unwrap())]);
        for peer in [Peer::Tcp("127.0.0.1:1".parse().unwrap()), Peer::Local { uid: 0 }] {
            assert_eq!(TrustedProxies::default().client(peer, &headers), peer);
        }
    }
}
