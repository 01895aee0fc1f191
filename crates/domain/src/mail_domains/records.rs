//! What the owner of a mail domain puts into its DNS, so that it is known to be theirs and its mail comes here.
//!
//! The order is WorkMail's, since programs take the first TXT for the proof and the first CNAME for the host by which
//! clients find where to connect to. Records that name the mail host are left out while the deployment has no name.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reeve_base::random;
use reeve_store::tables::domains::DomainRow;

use crate::ctx::Ctx;

/// Octets of the text that proves a domain; 44 letters of base64, as in WorkMail's records.
const TOKEN_BYTES: usize = 32;

/// Octets of a mail host: with what stands around it, a value fits into the 256 characters of the model's `String`.
const HOST_BYTES_MAX: usize = 240;

/// What senders' servers are asked to do with mail that only pretends to come from the domain (WorkMail's proposal).
const DMARC: &str = "v=DMARC1;p=quarantine;pct=100;fo=1";

/// One record for the DNS of a mail domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsRecord {
    /// Its type: `TXT`, `MX` or `CNAME`.
    pub kind: &'static str,
    /// Where it stands.
    pub host: String,
    /// What it says.
    pub value: String,
}

/// A new text by which the owner of a domain proves that it is theirs.
pub(crate) fn draw_token(ctx: &Ctx) -> String {
    STANDARD.encode(random::bytes::<TOKEN_BYTES>(ctx.random()))
}

/// The records of a domain. A test domain needs none.
pub(super) fn records(row: &DomainRow, mail_host: Option<&str>) -> Vec<DnsRecord> {
    if row.is_test {
        return Vec::new();
    }
    let domain = &row.domain;
    let record = |kind, host: String, value: String| Some(DnsRecord { kind, host, value });
    let token = Some(&row.ownership_token).filter(|token| !token.is_empty());
    let mail_host = mail_host.filter(|host| host.len() <= HOST_BYTES_MAX);
    [
        token.and_then(|token| record("TXT", format!("_reeve.{domain}"), token.clone())),
        mail_host.and_then(|host| record("MX", domain.clone(), format!("10 {host}"))),
        mail_host.and_then(|host| record("CNAME", format!("autodiscover.{domain}"), host.to_owned())),
        mail_host.and_then(|host| record("TXT", domain.clone(), format!("v=spf1 a:{host} ~all"))),
        record("TXT", format!("_dmarc.{domain}"), DMARC.to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(is_test: bool, token: &str) -> DomainRow {
        DomainRow {
            organization_id: String::new(),
            domain: "acme.example".to_owned(),
            ownership: "pending".to_owned(),
            is_test,
            created_at: 0,
            ownership_token: token.to_owned(),
        }
    }

    fn check(row: &DomainRow, mail_host: Option<&str>, expected: &[(&str, &str, &str)]) {
        let found = records(row, mail_host);
        let found: Vec<_> = found.iter().map(|r| (r.kind, r.host.as_str(), r.value.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn records_come_in_the_order_in_which_programs_look_for_them() {
        let all = [
            ("TXT", "_reeve.acme.example", "c2VjcmV0"),
            ("MX", "acme.example", "10 mx.example.com"),
            ("CNAME", "autodiscover.acme.example", "mx.example.com"),
            ("TXT", "acme.example", "v=spf1 a:mx.example.com ~all"),
            ("TXT", "_dmarc.acme.example", DMARC),
        ];
        check(&row(false, "c2VjcmV0"), Some("mx.example.com"), &all);
        check(&row(false, ""), Some("mx.example.com"), &all[1..]);
        check(&row(false, "c2VjcmV0"), None, &[all[0], all[4]]);
        check(&row(true, ""), Some("mx.example.com"), &[]);
    }

    #[test]
    fn no_value_is_longer_than_the_model_allows() {
        for length in [HOST_BYTES_MAX, HOST_BYTES_MAX + 1, 253] {
            let host = "h".repeat(length);
            for record in records(&row(false, "c2VjcmV0"), Some(&host)) {
                assert!(record.value.len() <= 256 && record.host.len() <= 256, "{record:?}");
            }
        }
    }
}
