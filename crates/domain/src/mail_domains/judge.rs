//! Judges what the DNS says about each record of a domain: found, missing, different, or unknown, and what to do.
//!
//! Knows no store and asks nobody. What a record's purpose is served by counts, not its letters: a policy of the owner's
//! own, a mail server with another preference, a name that was turned into addresses.

use reeve_base::dns::{LookupFailure, RecordKind};

use super::findings::{RecordFinding, RecordState, shown};
use super::look::Answers;
use super::records::{DnsRecord, PROOF_AT_APEX, Purpose};

/// Whether the DNS proves a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// The token stands there.
    Present,
    /// It answered, and the token does not stand there.
    Absent,
    /// It did not answer, which says nothing.
    Unknown,
}

/// Looks for the proof of a domain: at its own name, and at the domain itself.
pub(super) fn proof(domain: &str, token: &str, answers: &Answers) -> Proof {
    let own_name = answers.values(&format!("_reeve.{domain}"), RecordKind::Txt);
    let apex = answers.values(domain, RecordKind::Txt);
    let at_apex = format!("{PROOF_AT_APEX}{token}");
    let holds = |answer: &Option<Result<&[String], _>>, wanted: &str| match answer {
        Some(Ok(values)) => values.iter().any(|value| value.trim() == wanted),
        _ => false,
    };
    if token.is_empty() {
        return Proof::Unknown;
    }
    if holds(&own_name, token) || holds(&apex, &at_apex) {
        return Proof::Present;
    }
    match (own_name, apex) {
        (Some(Ok(_)), Some(Ok(_))) => Proof::Absent,
        _ => Proof::Unknown,
    }
}

/// Judges one record; `None` when the DNS was not asked about it.
pub(super) fn judge(domain: &str, record: &DnsRecord, answers: &Answers) -> Option<RecordFinding> {
    let values = match answers.values(&record.host, record.kind)? {
        Ok(values) => values,
        Err(why) => return Some(unknown(why)),
    };
    Some(match record.purpose {
        Purpose::Ownership => ownership(domain, record, (values, answers)),
        Purpose::Mx => mx(record, values),
        Purpose::Autodiscover => cname(record, values, answers),
        Purpose::MtaSts if record.kind == RecordKind::Cname => cname(record, values, answers),
        Purpose::Dkim => dkim(record, values),
        Purpose::Spf => spf(record, values),
        Purpose::Dmarc => dmarc(record, values),
        Purpose::MtaSts => tagged(record, values, "v=STSv1"),
        Purpose::TlsRpt => tls_rpt(record, values),
        Purpose::Srv => srv(record, values),
    })
}

fn finding(state: RecordState, found: &[String], advice: impl Into<String>) -> RecordFinding {
    RecordFinding { state, found: shown(found), advice: advice.into() }
}

fn found(values: &[String]) -> RecordFinding {
    finding(RecordState::Found, values, "")
}

fn missing(record: &DnsRecord) -> RecordFinding {
    let (kind, host) = (record.kind.word(), &record.host);
    finding(RecordState::Missing, &[], format!("add this {kind} record at {host}"))
}

fn different(values: &[String], advice: impl Into<String>) -> RecordFinding {
    finding(RecordState::Different, values, advice)
}

fn unknown(why: LookupFailure) -> RecordFinding {
    let advice = match why {
        LookupFailure::TimedOut => "the DNS did not answer in time; nothing follows from that, it is asked again",
        LookupFailure::Unreachable => {
            "the resolver cannot be reached; see that dns.resolvers names one that answers this server"
        }
        LookupFailure::ServerFailed => {
            "the DNS failed to answer; if that lasts, see that the name servers of the domain work and its DNSSEC is right"
        }
        LookupFailure::Unintelligible => "the answer of the DNS cannot be read; if that lasts, try another resolver",
    };
    finding(RecordState::Unknown, &[], advice)
}

fn ownership(domain: &str, record: &DnsRecord, (values, answers): (&[String], &Answers)) -> RecordFinding {
    match proof(domain, &record.value, answers) {
        Proof::Present => found(values),
        Proof::Unknown => match answers.values(domain, RecordKind::Txt) {
            Some(Err(why)) => unknown(why),
            _ => unknown(LookupFailure::Unintelligible),
        },
        Proof::Absent => {
            let advice = format!(
                "add this TXT record at {}; where the DNS host forbids underscores, add at {domain} the TXT record \
                 {PROOF_AT_APEX}{}",
                record.host, record.value
            );
            let state = if values.is_empty() { RecordState::Missing } else { RecordState::Different };
            finding(state, values, advice)
        }
    }
}

/// The host of a mail exchanger or a service: the last word.
fn target(value: &str) -> &str {
    value.rsplit(' ').next().unwrap_or(value)
}

fn mx(record: &DnsRecord, values: &[String]) -> RecordFinding {
    let ours = target(&record.value);
    let (here, elsewhere): (Vec<_>, Vec<_>) = values.iter().partition(|value| target(value) == ours);
    match (here.is_empty(), elsewhere.is_empty()) {
        (true, true) => missing(record),
        (false, true) => found(values),
        (true, false) => different(
            values,
            format!(
                "mail goes elsewhere; put {} in the place of what stands there once it is to come here",
                record.value
            ),
        ),
        (false, false) => different(
            values,
            "other mail servers stand beside this one; a mail proxy before it does no harm, anything else takes mail \
             away and is to be removed",
        ),
    }
}

fn cname(record: &DnsRecord, values: &[String], answers: &Answers) -> RecordFinding {
    if values.contains(&record.value) {
        return found(values);
    }
    if !values.is_empty() {
        return different(values, format!("it leads elsewhere; let it lead to {}", record.value));
    }
    let addresses = |host: &str| -> Result<Vec<String>, LookupFailure> {
        let mut all = Vec::new();
        for kind in [RecordKind::A, RecordKind::Aaaa] {
            all.extend_from_slice(answers.values(host, kind).unwrap_or(Ok(&[]))?);
        }
        Ok(all)
    };
    let (here, there) = match (addresses(&record.host), addresses(&record.value)) {
        (Ok(here), _) if here.is_empty() => return missing(record),
        (Ok(here), Ok(there)) => (here, there),
        (Err(why), _) | (_, Err(why)) => return unknown(why),
    };
    if here.iter().all(|address| there.contains(address)) {
        let advice = format!("it has the addresses of {}, which works as long as those stay", record.value);
        return finding(RecordState::Found, &here, advice);
    }
    different(&here, format!("it has addresses of its own; let it lead to {} by a CNAME record", record.value))
}

/// The value of a tag in a text such as `v=DKIM1; k=rsa; p=…` (RFC 6376 §3.2), without white space.
fn tag(text: &str, name: &str) -> Option<String> {
    let value = text.split(';').filter_map(|part| part.split_once('=')).find(|(key, _)| key.trim() == name)?.1;
    Some(value.split_whitespace().collect())
}

fn dkim(record: &DnsRecord, values: &[String]) -> RecordFinding {
    let ours = tag(&record.value, "p").unwrap_or_default();
    match values {
        [] => missing(record),
        [one] => match tag(one, "p") {
            Some(key) if key == ours => found(values),
            Some(key) if !key.is_empty() && ours.starts_with(&key) => different(
                values,
                "the key is cut off; DNS hosts that take no text longer than 255 characters want it as several strings \
                 of one record, as the zone file has it",
            ),
            _ => different(values, "another key stands there; put this one in its place"),
        },
        _ => different(values, "several records stand there, so that none counts; leave only this one"),
    }
}

/// The values that begin with a version, as it or followed by what ends a word.
fn of_version<'v>(values: &'v [String], version: &str) -> Vec<&'v String> {
    let begins = |value: &&String| {
        let head = value.trim_start().get(..version.len());
        let rest = value.trim_start().get(version.len()..).and_then(|rest| rest.chars().next());
        head.is_some_and(|head| head.eq_ignore_ascii_case(version))
            && rest.is_none_or(|c| c == ';' || c.is_whitespace())
    };
    values.iter().filter(begins).collect()
}

fn spf(record: &DnsRecord, values: &[String]) -> RecordFinding {
    let ours = record.value.split(' ').find(|term| term.starts_with("a:")).unwrap_or_default();
    let has = |text: &str| {
        let mut terms = text.split_whitespace().map(|term| term.strip_prefix('+').unwrap_or(term));
        terms.any(|term| term.eq_ignore_ascii_case(ours))
    };
    match of_version(values, "v=spf1")[..] {
        [] => missing(record),
        [one] if has(one) => found(std::slice::from_ref(one)),
        [one] => {
            let rest = one.trim_start().get("v=spf1".len()..).unwrap_or_default().trim();
            let advice = format!("another SPF record stands there; change it so that it says: v=spf1 {ours} {rest}");
            different(std::slice::from_ref(one), advice.trim_end().to_owned())
        }
        // RFC 7208 §4.5: with more than one record, the result is an error.
        ref several => {
            let all: Vec<String> = several.iter().map(|value| (*value).clone()).collect();
            different(&all, merged(&all, ours))
        }
    }
}

/// Proposes one SPF record in the place of several.
fn merged(all: &[String], ours: &str) -> String {
    let mut terms = vec![ours.to_owned()];
    let mut last = "~all".to_owned();
    for term in all.iter().flat_map(|text| text.split_whitespace().skip(1)) {
        if term.to_ascii_lowercase().ends_with("all") {
            term.clone_into(&mut last);
        } else if !terms.iter().any(|there| there == term) {
            terms.push(term.to_owned());
        }
    }
    terms.push(last);
    format!("several SPF records stand there, which is an error; leave one that says: v=spf1 {}", terms.join(" "))
}

fn dmarc(record: &DnsRecord, values: &[String]) -> RecordFinding {
    match of_version(values, "v=DMARC1")[..] {
        [] => missing(record),
        [one] => {
            let one_value = std::slice::from_ref(one);
            match tag(one, "p").as_deref() {
                Some("none") => finding(
                    RecordState::Found,
                    one_value,
                    "its policy p=none has mail that only pretends to come from the domain delivered; tighten it once \
                     reports show that your own mail passes",
                ),
                Some("quarantine" | "reject") => found(one_value),
                _ => different(one_value, format!("its policy cannot be read; let it say: {}", record.value)),
            }
        }
        ref several => {
            let all: Vec<String> = several.iter().map(|value| (*value).clone()).collect();
            different(&all, "several DMARC records stand there, so that none counts; leave one")
        }
    }
}

/// A text of a version of which there is one, and whose id is ours.
fn tagged(record: &DnsRecord, values: &[String], version: &str) -> RecordFinding {
    match of_version(values, version)[..] {
        [] => missing(record),
        [one] if tag(one, "id") == tag(&record.value, "id") => found(std::slice::from_ref(one)),
        [one] => different(
            std::slice::from_ref(one),
            format!("it names another policy than the one that is served; let it say: {}", record.value),
        ),
        _ => different(values, "several records stand there, so that none counts; leave only this one"),
    }
}

fn tls_rpt(record: &DnsRecord, values: &[String]) -> RecordFinding {
    match of_version(values, "v=TLSRPTv1")[..] {
        [] => missing(record),
        [one] if tag(one, "rua").is_some_and(|rua| !rua.is_empty()) => found(std::slice::from_ref(one)),
        [one] => {
            different(std::slice::from_ref(one), format!("it names nobody to report to; let it say: {}", record.value))
        }
        _ => different(values, "several records stand there, so that none counts; leave only this one"),
    }
}

fn srv(record: &DnsRecord, values: &[String]) -> RecordFinding {
    // Priority and weight are the owner's to choose; port and host are not.
    let place = |value: &str| value.splitn(3, ' ').nth(2).map(str::to_owned);
    let ours = place(&record.value);
    match values {
        [] => missing(record),
        values if values.iter().all(|value| place(value) == ours) => found(values),
        values => different(values, format!("it leads clients elsewhere; let it say: {}", record.value)),
    }
}

#[cfg(test)]
mod tests;
