//! The policy by which other servers are asked to insist on encryption when they send to a mail domain (RFC 8461).
//!
//! It is the same for every domain of the deployment, since all have the same mail host. `testing`: senders report what
//! fails and deliver all the same, so that a certificate that runs out holds up no mail.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use reeve_base::names::DomainName;
use reeve_store::tables::domains;

use super::records::mail_host;
use crate::ctx::Ctx;
use crate::deployment::Deployment;
use crate::error::Error;

/// Seconds for which senders keep the policy: a week, the least that makes it useful (RFC 8461 §3.2 allows a year).
const MAX_AGE: u32 = 604_800;

/// Octets of a digest that tell one policy from another; 16 letters.
const ID_BYTES: usize = 8;

/// The first label of the host at which senders ask for the policy of a domain.
const HOST_PREFIX: &str = "mta-sts.";

fn policy(host: &str) -> String {
    format!("version: STSv1\r\nmode: testing\r\nmx: {host}\r\nmax_age: {MAX_AGE}\r\n")
}

/// The text of the record by which senders learn that there is a policy, and when it is another.
pub(super) fn record_value(host: &str) -> String {
    let digest = digest(&SHA256, policy(host).as_bytes());
    let id: String = digest.as_ref().iter().take(ID_BYTES).map(|byte| format!("{byte:02x}")).collect();
    format!("v=STSv1; id={id}")
}

/// The policy for mail to a domain, for whoever asks at `mta-sts.DOMAIN`: what it says stands in the DNS. Nothing when no
/// organization has proven the domain, or when the deployment has no mail host.
pub async fn mta_sts_policy(deployment: &Arc<Deployment>, host: &str) -> Result<Option<String>, Error> {
    let ctx = Ctx::system(deployment, "mta-sts");
    let name = host.to_ascii_lowercase();
    let name = name.strip_prefix(HOST_PREFIX).and_then(|name| DomainName::parse("host", name).ok());
    let (Some(name), Some(mail_host)) = (name, mail_host(&ctx)) else { return Ok(None) };
    let proven = ctx.read(move |tx, _| Ok(domains::owner(tx, name.as_str())?.is_some())).await?;
    Ok(proven.then(|| policy(mail_host)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_changes_with_the_policy() {
        let (one, other) = (record_value("mx.example.com"), record_value("mx2.example.com"));
        assert!(one != other && one.len() == "v=STSv1; id=".len() + 16, "{one} {other}");
        assert_eq!(one, record_value("mx.example.com"));
    }
}
