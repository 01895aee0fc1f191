//! Looking records up: from BIND, and from servers that are slow, lie, cut short, fail or change their minds.

use std::net::{SocketAddr, UdpSocket};
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::rdata::{CNAME, TXT};
use hickory_proto::rr::{Name, RData, Record};
use reeve_base::Resolver as _;
use reeve_base::dns::{Lookup, LookupFailure, RecordKind};
use reeve_dns::DnsResolver;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::servers::{program, start, until_served};

const PATIENCE: Duration = Duration::from_secs(20);

/// How long questions of these tests may take that are answered by nobody.
const SHORT: Duration = Duration::from_millis(600);

/// By which way a question came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Udp,
    Tcp,
}

/// A server of names that answers as a test says; `None` is silence.
struct Liar(SocketAddr);

impl Liar {
    fn new(answer: impl Fn(&Message, Way) -> Option<Vec<u8>> + Send + Sync + 'static) -> Self {
        let answer = Arc::new(answer);
        // Both on one port, as resolvers expect it.
        let (udp, tcp) = (0..50)
            .find_map(|_| {
                let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
                let tcp = std::net::TcpListener::bind(udp.local_addr().unwrap()).ok()?;
                Some((udp, tcp))
            })
            .unwrap();
        let at = udp.local_addr().unwrap();
        udp.set_nonblocking(true).unwrap();
        tcp.set_nonblocking(true).unwrap();
        let udp = tokio::net::UdpSocket::from_std(udp).unwrap();
        let tcp = tokio::net::TcpListener::from_std(tcp).unwrap();
        let of_udp = Arc::clone(&answer);
        tokio::spawn(async move {
            let mut buffer = vec![0; 65_535];
            while let Ok((length, from)) = udp.recv_from(&mut buffer).await {
                let question = Message::from_vec(&buffer[..length]).unwrap();
                if let Some(said) = of_udp(&question, Way::Udp) {
                    udp.send_to(&said, from).await.unwrap();
                }
            }
        });
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = tcp.accept().await {
                let answer = Arc::clone(&answer);
                tokio::spawn(async move {
                    while let Ok(length) = stream.read_u16().await {
                        let mut buffer = vec![0; usize::from(length)];
                        stream.read_exact(&mut buffer).await.unwrap();
                        let question = Message::from_vec(&buffer).unwrap();
                        let Some(said) = answer(&question, Way::Tcp) else { continue };
                        stream.write_u16(u16::try_from(said.len()).unwrap()).await.unwrap();
                        stream.write_all(&said).await.unwrap();
                    }
                });
            }
        });
        Self(at)
    }

    async fn look_up(&self, name: &str, timeout: Duration) -> Result<Lookup, LookupFailure> {
        DnsResolver::new(&[self.0], timeout).unwrap().look_up(name, RecordKind::Txt).await
    }
}

/// The beginnings of an answer to a question.
fn reply(question: &Message, code: ResponseCode) -> Message {
    let mut reply = Message::response(question.metadata.id, question.metadata.op_code);
    reply.metadata.response_code = code;
    reply.metadata.recursion_available = true;
    for query in &question.queries {
        reply.add_query(query.clone());
    }
    reply
}

fn txt(name: &str, text: &str) -> Record {
    Record::from_rdata(Name::from_ascii(name).unwrap(), 60, RData::TXT(TXT::new(vec![text.to_owned()])))
}

fn alias(name: &str, target: &str) -> Record {
    let target = RData::CNAME(CNAME(Name::from_ascii(target).unwrap()));
    Record::from_rdata(Name::from_ascii(name).unwrap(), 60, target)
}

fn records(values: &[&str]) -> Result<Lookup, LookupFailure> {
    Ok(Lookup::Records(values.iter().map(|value| (*value).to_owned()).collect()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_resolver_is_given_up_in_time() {
    let liar = Liar::new(|_, _| None);
    let begun = Instant::now();
    assert_eq!(liar.look_up("acme.example", SHORT).await, Err(LookupFailure::TimedOut));
    assert!(begun.elapsed() < SHORT * 3, "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resolver_that_is_not_there_cannot_be_reached() {
    let resolver = DnsResolver::new(&["127.0.0.1:1".parse().unwrap()], SHORT).unwrap();
    let failure = resolver.look_up("acme.example", RecordKind::Txt).await.unwrap_err();
    // Over UDP the refusal of the other side may or may not be told.
    assert!(matches!(failure, LookupFailure::Unreachable | LookupFailure::TimedOut), "{failure:?}");
    assert!(DnsResolver::new(&[], SHORT).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_resolver_answers_for_a_dead_first() {
    let dead = Liar::new(|_, _| None);
    let good = Liar::new(|question, _| {
        let mut good = reply(question, ResponseCode::NoError);
        good.add_answer(txt("acme.example.", "here"));
        Some(good.to_vec().unwrap())
    });
    let resolver = DnsResolver::new(&[dead.0, good.0], PATIENCE).unwrap();
    for _ in 0..3 {
        assert_eq!(resolver.look_up("acme.example", RecordKind::Txt).await, records(&["here"]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_of_servers_say_nothing_about_records() {
    for code in [ResponseCode::ServFail, ResponseCode::Refused, ResponseCode::NotImp, ResponseCode::FormErr] {
        let liar = Liar::new(move |question, _| Some(reply(question, code).to_vec().unwrap()));
        assert_eq!(liar.look_up("acme.example", PATIENCE).await, Err(LookupFailure::ServerFailed), "{code}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_such_name_and_no_such_record_are_told_apart() {
    let liar = Liar::new(|question, _| Some(reply(question, ResponseCode::NXDomain).to_vec().unwrap()));
    assert_eq!(liar.look_up("acme.example", PATIENCE).await, Ok(Lookup::NoSuchName));
    let liar = Liar::new(|question, _| Some(reply(question, ResponseCode::NoError).to_vec().unwrap()));
    assert_eq!(liar.look_up("acme.example", PATIENCE).await, Ok(Lookup::NoRecords));
    assert_eq!(liar.look_up("not a name..", PATIENCE).await, Ok(Lookup::NoSuchName), "it is not even asked for");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_cut_short_is_asked_for_over_tcp() {
    let liar = Liar::new(|question, way| {
        let mut cut = reply(question, ResponseCode::NoError);
        cut.metadata.truncation = way == Way::Udp;
        cut.add_answer(txt("acme.example.", if way == Way::Udp { "half of" } else { "all of it" }));
        Some(cut.to_vec().unwrap())
    });
    assert_eq!(liar.look_up("acme.example", PATIENCE).await, records(&["all of it"]));
    let liar = Liar::new(|question, _| {
        let mut cut = reply(question, ResponseCode::NoError);
        cut.metadata.truncation = true;
        cut.add_answer(txt("acme.example.", "half of"));
        Some(cut.to_vec().unwrap())
    });
    assert_eq!(liar.look_up("acme.example", PATIENCE).await, Err(LookupFailure::Unintelligible), "cut short for ever");
    // An empty answer that was cut short is no word about what is missing.
    let liar = Liar::new(|question, way| {
        let mut cut = reply(question, ResponseCode::NoError);
        cut.metadata.truncation = true;
        (way == Way::Udp).then(|| cut.to_vec().unwrap())
    });
    assert!(liar.look_up("acme.example", SHORT).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_to_other_questions_are_not_believed() {
    let other_name = Liar::new(|question, _| {
        let mut lie = reply(question, ResponseCode::NoError);
        lie.add_answer(txt("evil.example.", "lie"));
        Some(lie.to_vec().unwrap())
    });
    assert_eq!(other_name.look_up("acme.example", PATIENCE).await, Err(LookupFailure::Unintelligible));
    let other_question = Liar::new(|question, _| {
        let mut lie = Message::response(question.metadata.id, question.metadata.op_code);
        lie.add_query(hickory_proto::op::Query::query(
            Name::from_ascii("evil.example.").unwrap(),
            hickory_proto::rr::RecordType::TXT,
        ));
        lie.add_answer(txt("acme.example.", "lie"));
        Some(lie.to_vec().unwrap())
    });
    assert!(other_question.look_up("acme.example", SHORT).await.is_err());
    let no_question = Liar::new(|question, _| {
        let mut lie = Message::response(question.metadata.id, question.metadata.op_code);
        lie.metadata.response_code = ResponseCode::NXDomain;
        Some(lie.to_vec().unwrap())
    });
    assert!(no_question.look_up("acme.example", SHORT).await.is_err(), "nobody says that this name is not there");
    let other_id = Liar::new(|question, _| {
        let mut lie = reply(question, ResponseCode::NoError);
        lie.metadata.id = question.metadata.id.wrapping_add(1);
        lie.add_answer(txt("acme.example.", "lie"));
        Some(lie.to_vec().unwrap())
    });
    assert!(other_id.look_up("acme.example", SHORT).await.is_err());
    let garbage = Liar::new(|_, _| Some(vec![0xff; 40]));
    assert!(garbage.look_up("acme.example", SHORT).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_referral_is_no_answer() {
    let liar = Liar::new(|question, _| {
        let mut referral = reply(question, ResponseCode::NoError);
        let server = hickory_proto::rr::rdata::NS(Name::from_ascii("ns.example.").unwrap());
        referral.add_authority(Record::from_rdata(Name::from_ascii("example.").unwrap(), 60, RData::NS(server)));
        Some(referral.to_vec().unwrap())
    });
    assert_eq!(liar.look_up("acme.example", PATIENCE).await, Err(LookupFailure::ServerFailed));
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_followed_and_never_in_circles() {
    let liar = Liar::new(|question, _| {
        let asked = question.queries[0].name().to_ascii();
        let mut answer = reply(question, ResponseCode::NoError);
        match asked.as_str() {
            // A server of one zone answers with the name alone; whoever asks goes on.
            "start.example." => answer.add_answer(alias("start.example.", "middle.example.")),
            "middle.example." => {
                answer.add_answer(alias("middle.example.", "end.example."));
                answer.add_answer(txt("end.example.", "found"))
            }
            "one.example." => answer.add_answer(alias("one.example.", "two.example.")),
            _ => answer.add_answer(alias("two.example.", "one.example.")),
        };
        Some(answer.to_vec().unwrap())
    });
    assert_eq!(liar.look_up("start.example", PATIENCE).await, records(&["found"]));
    assert_eq!(liar.look_up("one.example", PATIENCE).await, Err(LookupFailure::Unintelligible));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_remembered_between_questions() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let liar = Liar::new(move |question, _| {
        let nth = count.fetch_add(1, Ordering::SeqCst);
        // There, gone, there: each with a long life.
        let mut answer =
            reply(question, if nth.is_multiple_of(2) { ResponseCode::NoError } else { ResponseCode::NXDomain });
        if nth.is_multiple_of(2) {
            answer.add_answer(txt("acme.example.", "here"));
        }
        Some(answer.to_vec().unwrap())
    });
    let resolver = DnsResolver::new(&[liar.0], PATIENCE).unwrap();
    for _ in 0..3 {
        assert_eq!(resolver.look_up("acme.example", RecordKind::Txt).await, records(&["here"]));
        assert_eq!(resolver.look_up("acme.example", RecordKind::Txt).await, Ok(Lookup::NoSuchName));
    }
    assert_eq!(asked.load(Ordering::SeqCst), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_end_is_refused() {
    let liar = Liar::new(|question, way| {
        let mut long = reply(question, ResponseCode::NoError);
        long.metadata.truncation = way == Way::Udp;
        for n in 0..if way == Way::Udp { 0 } else { 1_000 } {
            long.add_answer(txt("acme.example.", &format!("value {n}")));
        }
        Some(long.to_vec().unwrap())
    });
    assert_eq!(liar.look_up("acme.example", PATIENCE).await, Err(LookupFailure::Unintelligible));
}

/// BIND with a zone of every kind of record, and one that does not load.
struct Bind {
    child: Child,
    at: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Drop for Bind {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn bind(zone: &str) -> Bind {
    let named = program(&["/usr/sbin/named", "/usr/local/sbin/named"]);
    let (child, port, folder) = start(|folder, port| {
        let place = folder.display();
        let config = format!(
            "options {{ directory \"{place}\"; pid-file \"{place}/pid\"; session-keyfile \"{place}/session.key\";\n\
             managed-keys-directory \"{place}\"; listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};\n\
             recursion no; notify no; dnssec-validation no; empty-zones-enable no; minimal-responses no; }};\n\
             controls {{ }};\n\
             zone \"acme.example\" {{ type master; file \"{place}/zone\"; }};\n\
             zone \"broken.example\" {{ type master; file \"{place}/no-such-file\"; }};\n"
        );
        std::fs::write(folder.join("named.conf"), config).unwrap();
        std::fs::write(folder.join("zone"), zone).unwrap();
        let mut command = Command::new(&named);
        command.arg("-f").arg("-c").arg(folder.join("named.conf")).arg("-L").arg(folder.join("named.log"));
        command
    });
    until_served(port, "acme.example");
    Bind { child, at: SocketAddr::from(([127, 0, 0, 1], port)), _folder: folder }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_record_is_read_from_bind() {
    let key = "A".repeat(390);
    // More than fits into any datagram: it comes over TCP.
    let many: String = (0..100).map(|n| format!("many IN TXT \"{n:03} {}\"\n", "x".repeat(200))).collect();
    let zone = format!(
        "$TTL 300\n@ IN SOA ns hostmaster 1 3600 600 86400 60\n@ IN NS ns\nns IN A 192.0.2.53\n\
         ns IN AAAA 2001:db8::53\n@ IN MX 10 Mail.Example.COM.\n@ IN MX 20 proxy\n@ IN TXT \"v=spf1 \" \"-all\"\n\
         autodiscover IN CNAME Mail.Example.COM.\nlocal IN CNAME ns\n_imaps._tcp IN SRV 0 1 993 Mail.Example.COM.\n\
         key._domainkey IN TXT \"v=DKIM1; k=rsa; p={}\" \"{}\"\nnull IN MX 0 .\n{many}",
        &key[..200],
        &key[200..]
    );
    let bind = bind(&zone);
    let resolver = DnsResolver::new(&[bind.at], PATIENCE).unwrap();
    let ask = async |name: &str, kind| {
        let answer = resolver.look_up(name, kind).await;
        answer.map(|lookup| match lookup {
            Lookup::Records(mut values) => {
                values.sort();
                Lookup::Records(values)
            }
            other => other,
        })
    };
    assert_eq!(ask("acme.example", RecordKind::Mx).await, records(&["10 mail.example.com", "20 proxy.acme.example"]));
    assert_eq!(ask("ACME.example", RecordKind::Txt).await, records(&["v=spf1 -all"]));
    assert_eq!(ask("autodiscover.acme.example", RecordKind::Cname).await, records(&["mail.example.com"]));
    assert_eq!(ask("_imaps._tcp.acme.example", RecordKind::Srv).await, records(&["0 1 993 mail.example.com"]));
    assert_eq!(ask("ns.acme.example", RecordKind::A).await, records(&["192.0.2.53"]));
    assert_eq!(ask("local.acme.example", RecordKind::Aaaa).await, records(&["2001:db8::53"]));
    assert_eq!(ask("null.acme.example", RecordKind::Mx).await, records(&["0 ."]));
    let whole = format!("v=DKIM1; k=rsa; p={key}");
    assert_eq!(ask("key._domainkey.acme.example", RecordKind::Txt).await, records(&[&whole]));
    let Ok(Lookup::Records(many)) = ask("many.acme.example", RecordKind::Txt).await else { panic!("no answer") };
    assert_eq!((many.len(), many[99].len()), (100, 204));
    assert_eq!(ask("none.acme.example", RecordKind::Txt).await, Ok(Lookup::NoSuchName));
    assert_eq!(ask("ns.acme.example", RecordKind::Txt).await, Ok(Lookup::NoRecords));
    assert_eq!(ask("broken.example", RecordKind::Txt).await, Err(LookupFailure::ServerFailed), "SERVFAIL");
    assert_eq!(ask("elsewhere.example", RecordKind::Txt).await, Err(LookupFailure::ServerFailed), "REFUSED");
}
