//! Records as text: as the port tells them, and as the master files (RFC 1035 §5.1) that HTTP interfaces hand around.

use std::net::IpAddr;

use reeve_base::dns::RecordKind;
use reeve_base::zone_hosts::RecordSet;

/// Octets of one string of a TXT record (RFC 1035 §3.3.14).
const STRING_BYTES_MAX: usize = 255;

/// How an octet that cannot be shown is written after a backslash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escapes {
    /// In three decimal digits (RFC 1035 §5.1).
    Decimal,
    /// In three octal digits, as Route 53 does.
    Octal,
}

/// A set of records with each record as its system wrote it, in the order of the set's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeptSet<R> {
    pub(super) set: RecordSet,
    pub(super) raw: Vec<R>,
}

impl<R: Clone> KeptSet<R> {
    /// How the system wrote the record that says this.
    pub(super) fn raw_of(&self, value: &str) -> Option<R> {
        let at = self.set.values.iter().position(|own| own == value)?;
        self.raw.get(at).cloned()
    }
}

/// Whether two sets say the same, in whatever order.
pub(super) fn says_the_same(one: Option<&RecordSet>, other: Option<&RecordSet>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => {
            let sorted = |set: &RecordSet| {
                let mut values = set.values.clone();
                values.sort_unstable();
                values
            };
            one.name == other.name && one.kind == other.kind && sorted(one) == sorted(other)
        }
        _ => false,
    }
}

/// A name in lower case without its last dot.
pub(super) fn name(raw: &str) -> String {
    raw.strip_suffix('.').unwrap_or(raw).to_ascii_lowercase()
}

/// What a record of a master file says.
pub(super) fn decode(kind: RecordKind, raw: &str, escapes: Escapes) -> String {
    match kind {
        RecordKind::Txt => String::from_utf8_lossy(&strings(raw, escapes)).into_owned(),
        RecordKind::A | RecordKind::Aaaa => raw.trim().parse::<IpAddr>().map_or(raw.to_owned(), |ip| ip.to_string()),
        RecordKind::Mx | RecordKind::Cname | RecordKind::Srv => {
            let mut words: Vec<_> = raw.split_ascii_whitespace().map(str::to_owned).collect();
            if let Some(last) = words.last_mut() {
                *last = name(last);
            }
            words.join(" ")
        }
    }
}

/// A record as it stands in a master file.
pub(super) fn encode(kind: RecordKind, value: &str, escapes: Escapes) -> String {
    match kind {
        RecordKind::Txt => {
            let quoted: Vec<_> = pieces(value).map(|piece| quote(piece, escapes)).collect();
            if quoted.is_empty() { "\"\"".to_owned() } else { quoted.join(" ") }
        }
        RecordKind::A | RecordKind::Aaaa => value.to_owned(),
        RecordKind::Mx | RecordKind::Cname | RecordKind::Srv => format!("{value}."),
    }
}

/// The strings of a TXT record that says this.
pub(super) fn pieces(value: &str) -> impl Iterator<Item = &[u8]> {
    value.as_bytes().chunks(STRING_BYTES_MAX)
}

fn quote(piece: &[u8], escapes: Escapes) -> String {
    let mut quoted = String::from("\"");
    for octet in piece {
        match (octet, escapes) {
            (b'"' | b'\\', _) => quoted.extend(['\\', char::from(*octet)]),
            (b' '..=b'~', _) => quoted.push(char::from(*octet)),
            (_, Escapes::Decimal) => quoted.push_str(&format!("\\{octet:03}")),
            (_, Escapes::Octal) => quoted.push_str(&format!("\\{octet:03o}")),
        }
    }
    quoted.push('"');
    quoted
}

/// The octets of all strings of a TXT record. A blank parts strings outside of quotes alone.
fn strings(raw: &str, escapes: Escapes) -> Vec<u8> {
    let mut octets = Vec::with_capacity(raw.len());
    let mut inside = false;
    let mut rest = raw.bytes();
    while let Some(octet) = rest.next() {
        match octet {
            b'"' => inside = !inside,
            b' ' | b'\t' if !inside => {}
            b'\\' => octets.extend(escaped(&mut rest, escapes)),
            plain => octets.push(plain),
        }
    }
    octets
}

/// What stands after a backslash: three digits, or any other sign for itself.
fn escaped(rest: &mut std::str::Bytes<'_>, escapes: Escapes) -> Option<u8> {
    let first = rest.next()?;
    if !first.is_ascii_digit() {
        return Some(first);
    }
    let base = match escapes {
        Escapes::Decimal => 10,
        Escapes::Octal => 8,
    };
    let digits = [first, rest.next()?, rest.next()?];
    u8::from_str_radix(std::str::from_utf8(&digits).ok()?, base).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: RecordKind, raw: &str, value: &str) {
        assert_eq!(decode(kind, raw, Escapes::Decimal), value);
        assert_eq!(decode(kind, &encode(kind, value, Escapes::Decimal), Escapes::Decimal), value);
        assert_eq!(decode(kind, &encode(kind, value, Escapes::Octal), Escapes::Octal), value);
    }

    #[test]
    fn records_are_read_and_written_as_master_files_have_them() {
        check(RecordKind::Txt, r#""v=spf1 -all""#, "v=spf1 -all");
        check(RecordKind::Txt, r#""one " "two""#, "one two");
        check(RecordKind::Txt, "bare", "bare");
        check(RecordKind::Txt, r#""a\"b\\c""#, r#"a"b\c"#);
        check(RecordKind::Txt, r#""a\059b""#, "a;b");
        check(RecordKind::Txt, r#""""#, "");
        check(RecordKind::Mx, "10  MX.Example.com.", "10 mx.example.com");
        check(RecordKind::Cname, "Host.example.", "host.example");
        check(RecordKind::Srv, "0 1 443 host.example.", "0 1 443 host.example");
        check(RecordKind::A, "192.0.2.1", "192.0.2.1");
        check(RecordKind::Aaaa, "2001:DB8:0::1", "2001:db8::1");
    }

    #[test]
    fn what_cannot_be_shown_is_written_in_digits() {
        assert_eq!(encode(RecordKind::Txt, "ü", Escapes::Decimal), r#""\195\188""#);
        assert_eq!(encode(RecordKind::Txt, "ü", Escapes::Octal), r#""\303\274""#);
        assert_eq!(decode(RecordKind::Txt, r#""\303\274""#, Escapes::Octal), "ü");
        // What no octet can be is left out, and nothing else with it.
        assert_eq!(decode(RecordKind::Txt, r#""a\999b\"#, Escapes::Decimal), "ab");
    }

    #[test]
    fn a_long_text_is_cut_into_strings() {
        let long = "k".repeat(600);
        let written = encode(RecordKind::Txt, &long, Escapes::Decimal);
        assert_eq!(written.split(' ').map(str::len).collect::<Vec<_>>(), [257, 257, 92]);
        assert_eq!(decode(RecordKind::Txt, &written, Escapes::Decimal), long);
    }
}
