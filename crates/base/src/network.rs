//! Blocks of addresses from which a credential may be used (CIDR notation, RFC 4632 §3.1 and RFC 4291 §2.3).
//!
//! A block has one spelling: no bits beyond its prefix, no IPv4 in the clothes of IPv6. Looks nothing up.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::Invalid;

/// A block of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network {
    first: IpAddr,
    prefix: u8,
}

/// Bits of the prefix `::ffff:0:0/96` under which IPv6 writes an IPv4 address (RFC 4291 §2.5.5.2).
const MAPPED_BITS: u8 = 96;

impl Network {
    /// Checks a block such as `192.0.2.0/24` or `2001:db8::/32`; an address alone is a block of one.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Invalid> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address
            .parse()
            .map_err(|_| Invalid::new(field, "must be a block of addresses such as 192.0.2.0/24 or 2001:db8::/32"))?;
        let longest = width(address);
        let prefix = match bits {
            None => longest,
            Some(bits) => number(bits).filter(|prefix| *prefix <= longest).ok_or_else(|| {
                Invalid::new(field, format!("what follows the \"/\" must be a number from 0 to {longest}"))
            })?,
        };
        let block = Self { first: masked(address, prefix), prefix };
        if block.first != address {
            let why = format!("{address} is not the first address of a block of /{prefix}; write {block}");
            return Err(Invalid::new(field, why));
        }
        match block.first {
            IpAddr::V6(v6) if prefix >= MAPPED_BITS => match v6.to_ipv4_mapped() {
                Some(v4) => {
                    let plain = Self { first: IpAddr::V4(v4), prefix: prefix - MAPPED_BITS };
                    Err(Invalid::new(field, format!("an IPv4 block must be written as such; write {plain}")))
                }
                None => Ok(block),
            },
            _ => Ok(block),
        }
    }

    /// Whether an address lies in the block; an IPv4 address that comes in IPv6 form is the same address.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.first.is_ipv4() && masked(address, self.prefix) == self.first
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.prefix)
    }
}

/// The bits of an address of this kind.
fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// A number of one to three digits without leading zeros: one block, one spelling.
fn number(text: &str) -> Option<u8> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| plain)
}

/// An address with all bits after the prefix gone.
fn masked(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & mask))
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & mask))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(text: &str) -> Network {
        Network::parse("source_networks", text).unwrap()
    }

    #[track_caller]
    fn refused(text: &str) -> String {
        let invalid = Network::parse("source_networks", text).unwrap_err();
        assert_eq!(invalid.field, "source_networks");
        invalid.why
    }

    #[test]
    fn a_block_holds_its_addresses_and_no_others() {
        for (network, inside, outside) in [
            ("192.0.2.0/24", "192.0.2.255", "192.0.3.0"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.6"),
            ("192.0.2.7/32", "::ffff:192.0.2.7", "::192.0.2.7"),
            ("0.0.0.0/0", "203.0.113.1", "2001:db8::1"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
            ("::/0", "2001:db8::1", "::ffff:192.0.2.7"),
            ("2001:db8::1", "2001:db8::1", "2001:db8::2"),
        ] {
            assert!(block(network).contains(inside.parse().unwrap()), "{inside} in {network}");
            assert!(!block(network).contains(outside.parse().unwrap()), "{outside} not in {network}");
        }
    }

    #[test]
    fn a_block_has_one_spelling() {
        for (written, kept) in [
            ("192.0.2.0/24", "192.0.2.0/24"),
            ("192.0.2.7", "192.0.2.7/32"),
            ("2001:DB8:0::/32", "2001:db8::/32"),
            ("::1", "::1/128"),
        ] {
            assert_eq!(block(written).to_string(), kept);
            assert_eq!(block(kept), block(written));
        }
    }

    #[test]
    fn a_refusal_names_the_right_block() {
        assert!(refused("192.0.2.7/24").ends_with("write 192.0.2.0/24"));
        assert!(refused("2001:db8::1/64").ends_with("write 2001:db8::/64"));
        assert!(refused("::ffff:192.0.2.0/120").ends_with("write 192.0.2.0/24"));
        assert!(refused("192.0.2.0/33").contains("0 to 32"));
        assert!(refused("2001:db8::/129").contains("0 to 128"));
    }

    #[test]
    fn what_is_no_block_is_refused() {
        for text in [
            "",
            "/",
            "/8",
            "192.0.2.0/",
            "192.0.2.0/+8",
            "192.0.2.0/08",
            "192.0.2.0/-1",
            "192.0.2.0/8/8",
            "192.0.2/24",
            "192.0.2.0/255.255.255.0",
            "192.0.2.0 /24",
            "192.0.2.0/999",
            "192.0.2.0/٣",
            "fe80::1%eth0/64",
            "any",
            "example.com",
            "192.0.2.0/24 198.51.100.0/24",
            "192.0.2.0\0",
        ] {
            refused(text);
        }
    }
}
