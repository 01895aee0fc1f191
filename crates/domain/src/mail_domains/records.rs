//! What the owner of a mail domain puts into its DNS, so that it is known to be theirs and its mail comes here.
//!
//! The order is WorkMail's, since programs take the first TXT for the proof, the first CNAME for the host by which
//! clients find where to connect to, and the only MX for where mail goes; what WorkMail does not know comes last. Records
//! that name the mail host are left out while the deployment has no name.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reeve_base::dns::RecordKind;
use reeve_base::random;
use reeve_store::Tx;
use reeve_store::tables::dkim_keys::{self, DkimKeyRow};
use reeve_store::tables::domains::DomainRow;
use reeve_store::tables::organizations::OrganizationRow;

use super::{dkim, mta_sts};
use crate::ctx::Ctx;
use crate::error::Error;

/// Octets of the text that proves a domain; 44 letters of base64, as in WorkMail's records.
const TOKEN_BYTES: usize = 32;

/// Octets of a mail host: with what stands around it, a value fits into the 256 characters of the model's `String`.
const HOST_BYTES_MAX: usize = 240;

/// What senders' servers are asked to do with mail that only pretends to come from the domain (WorkMail's proposal).
const DMARC: &str = "v=DMARC1;p=quarantine;pct=100;fo=1";

/// Seconds that resolvers may keep a record: what WorkMail's guide recommends.
const TTL: u32 = 3_600;

/// Seconds for the proof, which somebody waits for, and for records that come and go by rotation.
const TTL_SHORT: u32 = 300;

/// Where DNS hosts that forbid underscores put the proof: at the domain itself, with this before it.
pub(super) const PROOF_AT_APEX: &str = "reeve-verification=";

/// What a record is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Proves that the domain is the organization's.
    Ownership,
    /// Says where its mail goes.
    Mx,
    /// Says where mail clients find their settings.
    Autodiscover,
    /// Holds a key by which its mail is signed.
    Dkim,
    /// Says which servers send its mail.
    Spf,
    /// Says what becomes of mail that only pretends to come from it.
    Dmarc,
    /// Has other servers insist on encryption when they send to it.
    MtaSts,
    /// Says where other servers report trouble with encryption.
    TlsRpt,
    /// Says where a service for mail clients is.
    Srv,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 9] = [
        Self::Ownership,
        Self::Mx,
        Self::Autodiscover,
        Self::Dkim,
        Self::Spf,
        Self::Dmarc,
        Self::MtaSts,
        Self::TlsRpt,
        Self::Srv,
    ];

    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ownership => "ownership",
            Self::Mx => "mx",
            Self::Autodiscover => "autodiscover",
            Self::Dkim => "dkim",
            Self::Spf => "spf",
            Self::Dmarc => "dmarc",
            Self::MtaSts => "mta_sts",
            Self::TlsRpt => "tls_rpt",
            Self::Srv => "srv",
        }
    }

    /// Whether a domain does without it.
    pub fn necessity(self) -> Necessity {
        match self {
            Self::MtaSts | Self::TlsRpt | Self::Srv => Necessity::Recommended,
            _ => Necessity::Required,
        }
    }
}

/// Whether a domain does without a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Necessity {
    /// Without it something does not work, or mail is mistrusted.
    Required,
    /// It makes things better.
    Recommended,
}

impl Necessity {
    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Recommended => "recommended",
        }
    }
}

/// One record for the DNS of a mail domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsRecord {
    /// Its type.
    pub kind: RecordKind,
    /// Where it stands.
    pub host: String,
    /// What it says, in the form of [`reeve_base::dns::Lookup::Records`]; texts may be longer than 255 octets.
    pub value: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Whether the domain does without it.
    pub necessity: Necessity,
    /// How many seconds resolvers may keep it.
    pub ttl: u32,
}

/// A new text by which the owner of a domain proves that it is theirs.
pub(super) fn draw_token(ctx: &Ctx) -> String {
    STANDARD.encode(random::bytes::<TOKEN_BYTES>(ctx.random()))
}

/// The mail host, where the deployment has a name that fits.
pub(super) fn mail_host(ctx: &Ctx) -> Option<&str> {
    ctx.deployment().settings().mail_host.as_deref().filter(|host| host.len() <= HOST_BYTES_MAX)
}

/// The records of a domain as they are to be now. A test domain needs none.
pub(crate) fn wanted(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    row: &DomainRow,
) -> Result<Vec<DnsRecord>, Error> {
    let keys = dkim_keys::between(tx, &organization.organization_id, &row.domain, &row.domain)?;
    Ok(records(row, mail_host(ctx), &keys))
}

/// The records of a domain with these keys, which may be others' as well.
pub(super) fn records(row: &DomainRow, mail_host: Option<&str>, keys: &[DkimKeyRow]) -> Vec<DnsRecord> {
    if row.is_test {
        return Vec::new();
    }
    let domain = &row.domain;
    let record = |purpose: Purpose, kind, host: String, value: String| {
        let ttl = if matches!(purpose, Purpose::Ownership | Purpose::Dkim) { TTL_SHORT } else { TTL };
        DnsRecord { kind, host, value, purpose, necessity: purpose.necessity(), ttl }
    };
    let txt = |purpose, host: String, value: String| record(purpose, RecordKind::Txt, host, value);
    let mut all = Vec::new();
    if !row.ownership_token.is_empty() {
        all.push(txt(Purpose::Ownership, format!("_reeve.{domain}"), row.ownership_token.clone()));
    }
    if let Some(host) = mail_host {
        all.push(record(Purpose::Mx, RecordKind::Mx, domain.clone(), format!("10 {host}")));
        all.push(record(Purpose::Autodiscover, RecordKind::Cname, format!("autodiscover.{domain}"), host.to_owned()));
    }
    for key in keys.iter().filter(|key| key.domain == *domain) {
        all.push(txt(Purpose::Dkim, dkim::host(key), dkim::record_value(key)));
    }
    if let Some(host) = mail_host {
        all.push(txt(Purpose::Spf, domain.clone(), format!("v=spf1 a:{host} ~all")));
    }
    all.push(txt(Purpose::Dmarc, format!("_dmarc.{domain}"), DMARC.to_owned()));
    if let Some(host) = mail_host {
        all.push(record(Purpose::MtaSts, RecordKind::Cname, format!("mta-sts.{domain}"), host.to_owned()));
        all.push(txt(Purpose::MtaSts, format!("_mta-sts.{domain}"), mta_sts::record_value(host)));
        let reports = format!("v=TLSRPTv1; rua=mailto:postmaster@{domain}");
        all.push(txt(Purpose::TlsRpt, format!("_smtp._tls.{domain}"), reports));
        // RFC 6186 §3.1, RFC 8314 §5.1: the ports on which encryption begins at once.
        for (service, port) in [("autodiscover", 443), ("imaps", 993), ("submissions", 465)] {
            let host_of = format!("_{service}._tcp.{domain}");
            all.push(record(Purpose::Srv, RecordKind::Srv, host_of, format!("0 1 {port} {host}")));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(token: &str) -> DomainRow {
        let row = DomainRow::new("m-1", "acme.example", "pending", 0);
        DomainRow { ownership_token: token.to_owned(), ..row }
    }

    fn key(domain: &str) -> DkimKeyRow {
        DkimKeyRow {
            organization_id: "m-1".to_owned(),
            domain: domain.to_owned(),
            selector: "reeve-20260101a".to_owned(),
            state: "current".to_owned(),
            public_key: "MIIB".to_owned(),
            private_key: Vec::new(),
            created_at: 0,
            verified_at: None,
            retire_at: None,
        }
    }

    fn check(row: &DomainRow, mail_host: Option<&str>, keys: &[DkimKeyRow], expected: &[(&str, &str, &str)]) {
        let found = records(row, mail_host, keys);
        let found: Vec<_> = found.iter().map(|r| (r.kind.word(), r.host.as_str(), r.value.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn records_come_in_the_order_in_which_programs_look_for_them() {
        let sts = mta_sts::record_value("mx.example.com");
        let all = [
            ("TXT", "_reeve.acme.example", "c2VjcmV0"),
            ("MX", "acme.example", "10 mx.example.com"),
            ("CNAME", "autodiscover.acme.example", "mx.example.com"),
            ("TXT", "reeve-20260101a._domainkey.acme.example", "v=DKIM1; k=rsa; p=MIIB"),
            ("TXT", "acme.example", "v=spf1 a:mx.example.com ~all"),
            ("TXT", "_dmarc.acme.example", DMARC),
            ("CNAME", "mta-sts.acme.example", "mx.example.com"),
            ("TXT", "_mta-sts.acme.example", sts.as_str()),
            ("TXT", "_smtp._tls.acme.example", "v=TLSRPTv1; rua=mailto:postmaster@acme.example"),
            ("SRV", "_autodiscover._tcp.acme.example", "0 1 443 mx.example.com"),
            ("SRV", "_imaps._tcp.acme.example", "0 1 993 mx.example.com"),
            ("SRV", "_submissions._tcp.acme.example", "0 1 465 mx.example.com"),
        ];
        let keys = [key("acme.example"), key("other.example")];
        check(&row("c2VjcmV0"), Some("mx.example.com"), &keys, &all);
        check(&row(""), Some("mx.example.com"), &keys, &all[1..]);
        check(&row("c2VjcmV0"), None, &keys, &[all[0], all[3], all[5]]);
        check(&DomainRow { is_test: true, ..row("") }, Some("mx.example.com"), &[], &[]);
    }

    #[test]
    fn no_value_but_that_of_a_key_is_longer_than_the_model_allows() {
        let host = "h".repeat(HOST_BYTES_MAX);
        let longest = DomainRow { domain: "d".repeat(209), ..row("c2VjcmV0") };
        for record in records(&longest, Some(&host), &[key(&longest.domain)]) {
            assert!(record.value.len() <= 256 && record.host.len() <= 253, "{record:?}");
        }
    }
}
