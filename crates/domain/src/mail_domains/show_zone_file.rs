//! The records of a domain as a master file (RFC 1035 §5), to be read by the server of its zone.

use std::fmt::Write as _;

use reeve_base::dns::RecordKind;
use reeve_base::names::DomainName;

use super::find_in;
use super::records::{DnsRecord, Purpose, wanted};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::SHOW_ZONE_FILE;
use crate::organizations::{Needs, OrganizationRef};

/// Octets of one string of a TXT record (RFC 1035 §3.3).
const STRING_BYTES_MAX: usize = 255;

/// Shows the records of a domain as a part of its zone: names in full, so that it can be put at any place of it.
///
/// Errors: `DomainNotFound`.
pub async fn show_zone_file(ctx: &Ctx, organization: OrganizationRef, name: DomainName) -> Result<String, Error> {
    ctx.read(move |tx, ctx| {
        let (organization, row) = find_in(tx, ctx, &SHOW_ZONE_FILE, (&organization, &name), Needs::Present)?;
        let records = wanted(tx, ctx, &organization, &row)?;
        Ok(zone_file(name.as_str(), &records))
    })
    .await
}

fn zone_file(domain: &str, records: &[DnsRecord]) -> String {
    let mut text = format!("; the records of {domain}, to be added to its zone\n");
    let mut purpose = None;
    for record in records {
        if purpose != Some(record.purpose) {
            purpose = Some(record.purpose);
            let _ = writeln!(text, "; {}, {}", said(record.purpose), record.necessity.word());
        }
        let (host, ttl, kind) = (&record.host, record.ttl, record.kind.word());
        let _ = writeln!(text, "{host}. {ttl} IN {kind} {}", right_side(record));
    }
    text
}

fn said(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Ownership => "proof that the domain is yours",
        Purpose::Mx => "where its mail goes; other MX records are to be removed",
        Purpose::Autodiscover => "where mail clients find their settings",
        Purpose::Dkim => "keys by which its mail is signed",
        Purpose::Spf => "which servers send its mail; there may be only one such record",
        Purpose::Dmarc => "what becomes of mail that only pretends to come from it",
        Purpose::MtaSts => "encryption of mail that comes",
        Purpose::TlsRpt => "where trouble with encryption is reported",
        Purpose::Srv => "where services for mail clients are",
    }
}

fn right_side(record: &DnsRecord) -> String {
    match record.kind {
        RecordKind::Txt => strings(&record.value),
        // The host comes last, and needs the dot that says that it is complete.
        RecordKind::Mx | RecordKind::Srv | RecordKind::Cname => format!("{}.", record.value),
        RecordKind::A | RecordKind::Aaaa => record.value.clone(),
    }
}

/// A text as the strings of one record, each in quotation marks.
fn strings(text: &str) -> String {
    let quoted = |piece: &[u8]| {
        let mut out = String::from("\"");
        for &octet in piece {
            match octet {
                b'"' | b'\\' => {
                    out.push('\\');
                    out.push(char::from(octet));
                }
                b' '..=b'~' => out.push(char::from(octet)),
                _ => {
                    let _ = write!(out, "\\{octet:03}");
                }
            }
        }
        out.push('"');
        out
    };
    let pieces: Vec<_> = text.as_bytes().chunks(STRING_BYTES_MAX).map(quoted).collect();
    pieces.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_into_strings_and_nothing_in_them_ends_one() {
        assert_eq!(strings("v=spf1 a:mx.example ~all"), "\"v=spf1 a:mx.example ~all\"");
        assert_eq!(strings("a\"b\\c\nd"), "\"a\\\"b\\\\c\\010d\"");
        let long = strings(&"x".repeat(600));
        let lengths: Vec<_> = long.split("\" \"").map(|piece| piece.trim_matches('"').len()).collect();
        assert_eq!(lengths, [255, 255, 90]);
    }
}
