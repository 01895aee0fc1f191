//! Each way in which a record can stand in the DNS.

use reeve_base::dns::{Lookup, LookupFailure};

use super::super::records::Necessity;
use super::*;

const DOMAIN: &str = "acme.example";
const HOST: &str = "mx.reeve.example";

type Answer = (&'static str, RecordKind, Result<Lookup, LookupFailure>);

fn record(purpose: Purpose, kind: RecordKind, host: &str, value: &str) -> DnsRecord {
    let (host, value) = (host.to_owned(), value.to_owned());
    DnsRecord { kind, host, value, purpose, necessity: Necessity::Required, ttl: 300 }
}

fn says(host: &'static str, kind: RecordKind, values: &[&str]) -> Answer {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    (host, kind, Ok(Lookup::Records(values)))
}

fn nothing(host: &'static str, kind: RecordKind) -> Answer {
    (host, kind, Ok(Lookup::NoSuchName))
}

#[track_caller]
fn check(record: &DnsRecord, answers: Vec<Answer>, state: RecordState, advice: &str) {
    let answers = answers.into_iter().map(|(host, kind, answer)| ((host.to_owned(), kind), answer));
    let finding = judge(DOMAIN, record, &Answers::of(answers)).unwrap();
    assert_eq!(finding.state, state, "{finding:?}");
    assert!(if advice.is_empty() { finding.advice.is_empty() } else { finding.advice.contains(advice) }, "{finding:?}");
}

#[test]
fn what_was_not_asked_is_not_judged() {
    let mx = record(Purpose::Mx, RecordKind::Mx, DOMAIN, "10 mx.reeve.example");
    assert_eq!(judge(DOMAIN, &mx, &Answers::default()), None);
}

#[test]
fn a_failure_is_unknown_whatever_the_record() {
    let mx = record(Purpose::Mx, RecordKind::Mx, DOMAIN, "10 mx.reeve.example");
    for (why, advice) in [
        (LookupFailure::TimedOut, "in time"),
        (LookupFailure::Unreachable, "dns.resolvers"),
        (LookupFailure::ServerFailed, "DNSSEC"),
        (LookupFailure::Unintelligible, "cannot be read"),
    ] {
        check(&mx, vec![(DOMAIN, RecordKind::Mx, Err(why))], RecordState::Unknown, advice);
    }
}

#[test]
fn the_proof_stands_at_its_own_name_or_at_the_domain() {
    const OWN: &str = "_reeve.acme.example";
    let proof = record(Purpose::Ownership, RecordKind::Txt, OWN, "dG9rZW4=");
    let own = |values: &[&str]| says(OWN, RecordKind::Txt, values);
    let apex = |values: &[&str]| says(DOMAIN, RecordKind::Txt, values);
    let (found, missing, different) = (RecordState::Found, RecordState::Missing, RecordState::Different);
    check(&proof, vec![own(&["dG9rZW4="]), apex(&[])], found, "");
    check(&proof, vec![own(&["other", " dG9rZW4= "]), apex(&[])], found, "");
    check(
        &proof,
        vec![nothing(OWN, RecordKind::Txt), apex(&["v=spf1 -all", "reeve-verification=dG9rZW4="])],
        found,
        "",
    );
    check(&proof, vec![nothing(OWN, RecordKind::Txt), apex(&["dG9rZW4="])], missing, "reeve-verification=dG9rZW4=");
    check(&proof, vec![own(&["DG9RZW4="]), apex(&[])], different, "add this TXT record");
    check(&proof, vec![own(&["xdG9rZW4="]), apex(&["reeve-verification="])], different, "add this TXT record");
    // One of the two may hold it as long as it did not answer.
    let failed = (DOMAIN, RecordKind::Txt, Err(LookupFailure::ServerFailed));
    check(&proof, vec![nothing(OWN, RecordKind::Txt), failed.clone()], RecordState::Unknown, "failed");
    check(&proof, vec![own(&["dG9rZW4="]), failed], found, "");
}

#[test]
fn nothing_proves_a_domain_without_a_token() {
    let at_apex = [((DOMAIN.to_owned(), RecordKind::Txt), Ok(Lookup::Records(vec![PROOF_AT_APEX.to_owned()])))];
    assert_eq!(proof(DOMAIN, "", &Answers::of(at_apex)), Proof::Unknown);
}

#[test]
fn mail_comes_here_alone_with_others_or_not() {
    let mx = record(Purpose::Mx, RecordKind::Mx, DOMAIN, "10 mx.reeve.example");
    let case = |values: &[&str], state, advice| check(&mx, vec![says(DOMAIN, RecordKind::Mx, values)], state, advice);
    case(&["10 mx.reeve.example"], RecordState::Found, "");
    case(&["0 mx.reeve.example"], RecordState::Found, "");
    case(&["10 mx.reeve.example", "20 proxy.example"], RecordState::Different, "mail proxy");
    case(&["10 old.example"], RecordState::Different, "10 mx.reeve.example");
    case(&["0 ."], RecordState::Different, "goes elsewhere");
    check(&mx, vec![nothing(DOMAIN, RecordKind::Mx)], RecordState::Missing, "add this MX record");
}

#[test]
fn a_name_that_was_turned_into_addresses_counts_while_they_are_the_hosts() {
    const AUTODISCOVER: &str = "autodiscover.acme.example";
    let cname = record(Purpose::Autodiscover, RecordKind::Cname, AUTODISCOVER, HOST);
    let none = (AUTODISCOVER, RecordKind::Cname, Ok(Lookup::NoRecords));
    let v4 = |host, values: &[&str]| says(host, RecordKind::A, values);
    let v6 = |host, values: &[&str]| says(host, RecordKind::Aaaa, values);
    let host = || [v4(HOST, &["192.0.2.1"]), v6(HOST, &["2001:db8::1"])];
    let case = |mine: Vec<Answer>, state, advice| {
        check(&cname, mine.into_iter().chain(host()).collect(), state, advice);
    };
    case(vec![says(AUTODISCOVER, RecordKind::Cname, &[HOST])], RecordState::Found, "");
    case(vec![says(AUTODISCOVER, RecordKind::Cname, &["old.example"])], RecordState::Different, "lead to mx.reeve");
    case(vec![none.clone(), v4(AUTODISCOVER, &["192.0.2.1"])], RecordState::Found, "as long as those stay");
    case(vec![none.clone(), v4(AUTODISCOVER, &["192.0.2.9"])], RecordState::Different, "addresses of its own");
    case(vec![none.clone()], RecordState::Missing, "add this CNAME record");
    let slow = (AUTODISCOVER, RecordKind::A, Err(LookupFailure::TimedOut));
    case(vec![none, slow], RecordState::Unknown, "in time");
}

#[test]
fn a_key_counts_by_its_letters_and_alone() {
    const SELECTOR: &str = "reeve-20260101a._domainkey.acme.example";
    let key = record(Purpose::Dkim, RecordKind::Txt, SELECTOR, "v=DKIM1; k=rsa; p=MIIBIjAN");
    let case =
        |values: &[&str], state, advice| check(&key, vec![says(SELECTOR, RecordKind::Txt, values)], state, advice);
    case(&["v=DKIM1; k=rsa; p=MIIBIjAN"], RecordState::Found, "");
    case(&["v=DKIM1;k=rsa;p=MIIB IjAN"], RecordState::Found, "");
    case(&["v=DKIM1; k=rsa; p=MIIB"], RecordState::Different, "cut off");
    case(&["v=DKIM1; k=rsa; p="], RecordState::Different, "another key");
    case(&["something else"], RecordState::Different, "another key");
    case(&["v=DKIM1; p=MIIBIjAN", "v=DKIM1; p=MIIBIjAN"], RecordState::Different, "none counts");
    case(&[], RecordState::Missing, "add this TXT record");
}

#[test]
fn a_senders_record_is_joined_with_the_one_that_is_there() {
    let spf = record(Purpose::Spf, RecordKind::Txt, DOMAIN, "v=spf1 a:mx.reeve.example ~all");
    let case = |values: &[&str], state, advice| check(&spf, vec![says(DOMAIN, RecordKind::Txt, values)], state, advice);
    case(&["other text", "v=spf1 a:mx.reeve.example ~all"], RecordState::Found, "");
    case(&["V=SPF1 include:mail.example +A:MX.reeve.example -all"], RecordState::Found, "");
    let advice = "says: v=spf1 a:mx.reeve.example include:mail.example -all";
    case(&["v=spf1 include:mail.example -all"], RecordState::Different, advice);
    case(&["v=spf1"], RecordState::Different, "says: v=spf1 a:mx.reeve.example");
    let advice = "an error; leave one that says: v=spf1 a:mx.reeve.example include:mail.example -all";
    case(&["v=spf1 a:mx.reeve.example ~all", "v=spf1 include:mail.example -all"], RecordState::Different, advice);
    case(&["v=spf10 a:mx.reeve.example", "spf"], RecordState::Missing, "add this TXT record");
}

#[test]
fn a_policy_of_the_owners_own_counts() {
    const AT: &str = "_dmarc.acme.example";
    let dmarc = record(Purpose::Dmarc, RecordKind::Txt, AT, "v=DMARC1;p=quarantine");
    let case = |values: &[&str], state, advice| check(&dmarc, vec![says(AT, RecordKind::Txt, values)], state, advice);
    case(&["v=DMARC1;p=quarantine"], RecordState::Found, "");
    case(&["v=DMARC1; p=reject; rua=mailto:a@acme.example"], RecordState::Found, "");
    case(&["v=DMARC1; p=none"], RecordState::Found, "p=none");
    case(&["v=DMARC1; rua=mailto:a@acme.example"], RecordState::Different, "cannot be read");
    case(&["v=DMARC1; p=none", "v=DMARC1; p=reject"], RecordState::Different, "none counts");
    case(&["unrelated"], RecordState::Missing, "add this TXT record");
}

#[test]
fn what_is_recommended_is_judged_as_well() {
    let at = |host: &'static str, values: &[&str]| vec![says(host, RecordKind::Txt, values)];
    let sts = record(Purpose::MtaSts, RecordKind::Txt, "_mta-sts.acme.example", "v=STSv1; id=0a1b");
    check(&sts, at("_mta-sts.acme.example", &["v=STSv1; id=0a1b;"]), RecordState::Found, "");
    check(&sts, at("_mta-sts.acme.example", &["v=STSv1; id=old"]), RecordState::Different, "id=0a1b");
    check(&sts, at("_mta-sts.acme.example", &[]), RecordState::Missing, "add");
    let reports = record(Purpose::TlsRpt, RecordKind::Txt, "_smtp._tls.acme.example", "v=TLSRPTv1; rua=mailto:a@b.c");
    check(&reports, at("_smtp._tls.acme.example", &["v=TLSRPTv1; rua=https://x.example"]), RecordState::Found, "");
    check(&reports, at("_smtp._tls.acme.example", &["v=TLSRPTv1"]), RecordState::Different, "nobody");
    let srv = record(Purpose::Srv, RecordKind::Srv, "_imaps._tcp.acme.example", "0 1 993 mx.reeve.example");
    let srv_case = |values: &[&str], state, advice| {
        check(&srv, vec![says("_imaps._tcp.acme.example", RecordKind::Srv, values)], state, advice);
    };
    srv_case(&["5 0 993 mx.reeve.example"], RecordState::Found, "");
    srv_case(&["0 1 143 mx.reeve.example"], RecordState::Different, "993");
    srv_case(&["0 1 993 mx.reeve.example", "0 1 993 old.example"], RecordState::Different, "elsewhere");
}

#[test]
fn what_is_shown_is_bounded_and_plain() {
    let long = "x".repeat(5_000);
    let values: Vec<String> = (0..300).map(|n| format!("{n}\u{1b}[31m{long}")).collect();
    let shown = shown(&values);
    assert!(shown.len() <= 16 && shown.iter().all(|value| value.len() < 1_100 && !value.contains('\u{1b}')));
}
