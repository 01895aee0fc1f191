//! Which addresses are asked in the name of somebody who chose the host: those that anybody on the internet can reach,
//! and those that the operator names. A list of what is open to all, so that what is new is closed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::names::Network;

/// Whether an address may be connected to.
pub fn may_reach(address: IpAddr, allowed: &[Network]) -> bool {
    let address = plain(address);
    // These mean this machine or many; connecting to them is never what an operator had in mind.
    if address.is_unspecified() || address.is_multicast() || address == IpAddr::V4(Ipv4Addr::BROADCAST) {
        return false;
    }
    is_public(address) || allowed.iter().any(|block| block.contains(address))
}

/// An IPv4 address that was dressed as IPv6: mapped (RFC 4291 §2.5.5.2), or for a translator (RFC 6052 §2.1).
fn plain(address: IpAddr) -> IpAddr {
    let address = address.to_canonical();
    match address {
        IpAddr::V6(v6) if v6.segments().starts_with(&[0x64, 0xff9b, 0, 0, 0, 0]) => {
            let [.., a, b, c, d] = v6.octets();
            IpAddr::V4(Ipv4Addr::new(a, b, c, d))
        }
        other => other,
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

/// Not one of the special blocks (RFC 6890 §2.2.2 and what was registered since).
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = matches!(
        (a, b, c),
        (0 | 10 | 127, ..)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
            | (224.., ..)
    );
    !special
}

/// Within what was given out to networks (RFC 4291 §2.4), but for the special blocks in it: among them those that carry
/// IPv4 addresses through tunnels (RFC 6890 §2.2.3).
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let given_out = a & 0xe000 == 0x2000;
    let special = match a {
        0x2001 => b < 0x200 || b == 0xdb8,
        0x2002 => true,
        0x3fff => b < 0x1000,
        _ => false,
    };
    given_out && !special
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, expected: bool, allowed: &[&str]) {
        let blocks: Vec<Network> = allowed.iter().map(|block| Network::parse("allowed", block).unwrap()).collect();
        assert_eq!(may_reach(address.parse().unwrap(), &blocks), expected, "{address} with {allowed:?}");
    }

    #[test]
    fn what_everybody_can_reach_is_asked() {
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.1",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.1",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2001:200::1",
            "2001:db7::1",
            "2003::1",
            "2606:4700::1",
            "3fff:1000::1",
            "64:ff9b::1.1.1.1",
            "::ffff:1.1.1.1",
        ] {
            check(address, true, &[]);
        }
    }

    #[test]
    fn what_only_this_machine_or_its_network_can_reach_is_not_asked() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::10.0.0.1",
            "64:ff9b::169.254.169.254",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:1ff:ffff::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:a00:1::",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            check(address, false, &[]);
        }
    }

    #[test]
    fn what_the_operator_names_is_asked_as_well() {
        check("127.0.0.1", true, &["127.0.0.0/8"]);
        check("::ffff:127.0.0.1", true, &["127.0.0.1"]);
        check("64:ff9b::10.1.2.3", true, &["10.0.0.0/8"]);
        check("10.1.2.3", true, &["192.168.0.0/16", "10.0.0.0/8"]);
        check("fd00::25", true, &["fd00::/8"]);
        check("10.1.2.3", false, &["192.168.0.0/16"]);
        check("::1", false, &["127.0.0.0/8"]);
    }

    #[test]
    fn nobody_is_everybody_or_nowhere_whatever_the_operator_names() {
        for address in ["0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255", "::ffff:0.0.0.0"] {
            check(address, false, &["0.0.0.0/0", "::/0"]);
        }
    }
}
