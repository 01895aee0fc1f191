//! Systems that are down, refuse, lie, talk without end, or fall over half-way.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use reeve_base::Secret;
use reeve_base::clock::SystemClock;
use reeve_base::dns::RecordKind;
use reeve_base::random::OsRandom;
use reeve_base::zone_hosts::{HostedZone, RecordSet, RecordSetChange, ZoneFailure, ZoneHost, ZoneHosts as _};
use reeve_dns::ZoneSystems;

use crate::servers::{self, KEY, KEY_NAME, ZONE, systems};

const WRONG_KEY: &str = "YW5vdGhlciBrZXkgb2YgdGhpcnR5IHR3byBvY3RldHM=";

fn zone() -> HostedZone {
    HostedZone { id: ZONE.to_owned(), name: ZONE.to_owned() }
}

fn wanted() -> Vec<(String, RecordKind)> {
    vec![(ZONE.to_owned(), RecordKind::Txt)]
}

fn addition() -> RecordSetChange {
    let name = format!("_reeve.{ZONE}");
    let values = vec!["x".to_owned()];
    RecordSetChange {
        before: None,
        after: Some(RecordSet { name, kind: RecordKind::Txt, ttl: 60, values, is_special: false }),
    }
}

fn powerdns_at(port: u16) -> ZoneHost {
    ZoneHost::PowerDns {
        url: format!("http://127.0.0.1:{port}"),
        server_id: "localhost".to_owned(),
        api_key: Secret::from("x"),
    }
}

fn route53_at(port: u16) -> ZoneHost {
    ZoneHost::Route53 {
        endpoint: format!("http://127.0.0.1:{port}"),
        access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        secret_access_key: Secret::from("x"),
    }
}

fn update_at(port: u16) -> ZoneHost {
    ZoneHost::Update {
        server: format!("127.0.0.1:{port}"),
        zones: vec![ZONE.to_owned()],
        key_name: KEY_NAME.to_owned(),
        algorithm: "hmac-sha256".to_owned(),
        key: Secret::from(KEY),
    }
}

/// A server that handles each connection like this, until the test ends.
fn serve(handle: impl Fn(TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || listener.incoming().flatten().for_each(handle));
    port
}

/// Reads a request over HTTP to the end of its body.
fn request(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let mut octet = [0];
    while !text.ends_with(b"\r\n\r\n") && stream.read(&mut octet).unwrap_or(0) == 1 {
        text.push(octet[0]);
    }
    let head = String::from_utf8_lossy(&text).to_ascii_lowercase();
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    drop(stream.read_exact(&mut body));
    format!("{head}{}", String::from_utf8_lossy(&body))
}

/// A server that answers every request like this.
fn answering(status: &'static str, body: &'static str) -> u16 {
    serve(move |mut stream| {
        request(&mut stream);
        let length = body.len();
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
        drop(stream.write_all(answer.as_bytes()));
    })
}

#[tokio::test]
async fn a_system_that_is_down_is_unreachable() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for host in [powerdns_at(port), route53_at(port), update_at(port)] {
        assert_eq!(systems().zones(&host).await, Err(ZoneFailure::Unreachable), "{host:?}");
        assert_eq!(systems().change(&host, &zone(), &[addition()]).await, Err(ZoneFailure::Unreachable), "{host:?}");
    }
    let mut bind = servers::bind();
    systems().read(&bind.host, &bind.zone, &wanted()).await.unwrap();
    bind.kill();
    assert_eq!(systems().read(&bind.host, &bind.zone, &wanted()).await, Err(ZoneFailure::Unreachable));
}

#[tokio::test]
async fn what_only_this_machine_can_reach_is_not_asked_unless_the_operator_says_so() {
    let port = serve(|_| panic!("somebody asked"));
    let nobody = ZoneSystems::new(Vec::new(), Arc::new(SystemClock), Arc::new(OsRandom));
    let named = ZoneHost::PowerDns {
        url: format!("http://localhost:{port}"),
        server_id: "localhost".to_owned(),
        api_key: Secret::from("x"),
    };
    for host in [powerdns_at(port), named, route53_at(port), update_at(port)] {
        assert_eq!(nobody.zones(&host).await, Err(ZoneFailure::Forbidden), "{host:?}");
    }
}

#[tokio::test]
async fn credentials_that_are_not_taken_are_told_from_everything_else() {
    let bind = servers::bind();
    let (powerdns, update) = servers::powerdns();
    for host in [bind.host.clone(), update] {
        let ZoneHost::Update { server, zones, key_name, algorithm, .. } = host else { panic!() };
        for (key_name, algorithm, key) in [
            (key_name.as_str(), algorithm.as_str(), WRONG_KEY),
            ("another-key", &algorithm, KEY),
            (&key_name, "hmac-sha512", KEY),
        ] {
            let host = ZoneHost::Update {
                server: server.clone(),
                zones: zones.clone(),
                key_name: key_name.to_owned(),
                algorithm: algorithm.to_owned(),
                key: Secret::from(key),
            };
            let failed = systems().change(&host, &bind.zone, &[addition()]).await;
            assert_eq!(failed, Err(ZoneFailure::Denied), "{host:?}");
        }
    }
    let ZoneHost::PowerDns { url, server_id, .. } = powerdns.host.clone() else { panic!() };
    let wrong = ZoneHost::PowerDns { url, server_id, api_key: Secret::from("wrong") };
    assert_eq!(systems().zones(&wrong).await, Err(ZoneFailure::Denied));
    for body in [
        "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>m</Message></Error></ErrorResponse>",
        "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>m</Message></Error></ErrorResponse>",
        "",
    ] {
        let port = answering("403 Forbidden", body);
        assert_eq!(systems().zones(&route53_at(port)).await, Err(ZoneFailure::Denied), "{body}");
    }
}

#[tokio::test]
async fn a_zone_that_is_not_there_is_told() {
    let (powerdns, update) = servers::powerdns();
    let (bind, route53) = (servers::bind(), servers::route53());
    let other = HostedZone { id: "other.example.".to_owned(), name: "other.example".to_owned() };
    let wanted = [("other.example".to_owned(), RecordKind::Txt)];
    for host in [&powerdns.host, &route53.host] {
        assert_eq!(systems().read(host, &other, &wanted).await, Err(ZoneFailure::NoSuchZone), "{host:?}");
    }
    for host in [&bind.host, &update] {
        // A server that has not the zone refuses to talk about it at all.
        let failed = systems().read(host, &other, &wanted).await.unwrap_err();
        assert!(matches!(failed, ZoneFailure::Denied | ZoneFailure::NoSuchZone), "{failed:?}");
    }
}

#[tokio::test]
async fn who_asks_to_be_left_alone_is_told_from_who_fails() {
    let throttling = "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message>\
                      </Error></ErrorResponse>";
    let busy = "<ErrorResponse><Error><Type>Sender</Type><Code>PriorRequestNotComplete</Code><Message>m</Message>\
                </Error></ErrorResponse>";
    for host in [
        powerdns_at(answering("429 Too Many Requests", "")),
        powerdns_at(answering("503 Service Unavailable", "")),
        route53_at(answering("400 Bad Request", throttling)),
        route53_at(answering("400 Bad Request", busy)),
        route53_at(answering("429 Too Many Requests", "")),
        route53_at(answering("503 Service Unavailable", "")),
    ] {
        assert_eq!(systems().zones(&host).await, Err(ZoneFailure::Throttled), "{host:?}");
        assert_eq!(systems().read(&host, &zone(), &wanted()).await, Err(ZoneFailure::Throttled), "{host:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_not_believed() {
    for body in ["", "{}", "[{}]", "<html>", "[[", "[{\"id\": 1, \"name\": \"a.\"}]"] {
        let host = powerdns_at(answering("200 OK", body));
        assert_eq!(systems().zones(&host).await, Err(ZoneFailure::Unintelligible), "{body}");
    }
    // Whoever tells another zone than the one that was asked for.
    let other = powerdns_at(answering("200 OK", "{\"name\": \"other.example.\", \"rrsets\": []}"));
    assert_eq!(systems().read(&other, &zone(), &wanted()).await, Err(ZoneFailure::Unintelligible));
    for body in ["", "{}", "<html>"] {
        let host = route53_at(answering("200 OK", body));
        let zones = systems().zones(&host).await;
        assert!(zones.is_err(), "{body}: {zones:?}");
    }
    // No redirection is followed: it would lead credentials elsewhere.
    let moved = serve(|mut stream| {
        request(&mut stream);
        drop(stream.write_all(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"));
    });
    let failed = systems().zones(&powerdns_at(moved)).await;
    assert_eq!(failed, Err(ZoneFailure::Refused("HTTP status 302".to_owned())));
}

#[tokio::test]
async fn an_answer_without_an_end_is_read_up_to_a_size() {
    let endless = || {
        serve(|mut stream| {
            request(&mut stream);
            drop(stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n"));
            while stream.write_all(&[b' '; 1 << 16]).is_ok() {}
        })
    };
    assert_eq!(systems().zones(&powerdns_at(endless())).await, Err(ZoneFailure::Unintelligible));
    assert_eq!(systems().zones(&route53_at(endless())).await, Err(ZoneFailure::Unintelligible));
}

#[tokio::test]
async fn what_a_system_says_is_cut_and_cleaned_before_it_is_shown() {
    let host = powerdns_at(answering("422 Unprocessable Entity", "{\"error\": \"no \\u001b[31mway\\n\u{fc}.\"}"));
    assert_eq!(systems().zones(&host).await, Err(ZoneFailure::Refused("no [31mway".to_owned())));
    let host = powerdns_at(answering(
        "422 Unprocessable Entity",
        concat!(
            "{\"error\": \"",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "\"}"
        ),
    ));
    let Err(ZoneFailure::Refused(said)) = systems().zones(&host).await else { panic!() };
    assert_eq!(said.len(), 200);
}

/// An API that shows an empty zone, and breaks when it is to change it.
fn breaking(answer: &'static str) -> u16 {
    serve(move |mut stream| {
        let asked = request(&mut stream);
        let shown = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"name\": \"acme.example.\", \"rrsets\": []}";
        drop(stream.write_all(if asked.starts_with("patch") { answer } else { shown }.as_bytes()));
    })
}

#[tokio::test]
async fn a_change_of_which_nobody_knows_whether_it_was_made_is_partly_done() {
    for answer in ["HTTP/1.1 500 Internal Server Error\r\nconnection: close\r\n\r\n", "HTTP/1.1 ", ""] {
        let host = powerdns_at(breaking(answer));
        let failed = systems().change(&host, &zone(), &[addition()]).await;
        assert_eq!(failed, Err(ZoneFailure::PartlyDone), "{answer:?}");
    }
    let host = powerdns_at(breaking("HTTP/1.1 429 Too Many Requests\r\nconnection: close\r\n\r\n"));
    assert_eq!(systems().change(&host, &zone(), &[addition()]).await, Err(ZoneFailure::Throttled));
}

/// Stands between us and a real server of zones and changes what it answers.
fn forger(real: &ZoneHost, forge: impl Fn(Vec<u8>, usize) -> Option<Vec<u8>> + Send + Sync + 'static) -> u16 {
    let ZoneHost::Update { server, .. } = real else { panic!() };
    let server = server.clone();
    let forge = Arc::new(forge);
    let messages = |stream: &mut TcpStream| {
        let mut length = [0; 2];
        stream.read_exact(&mut length).ok()?;
        let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
        stream.read_exact(&mut message).ok()?;
        Some(message)
    };
    let send = |stream: &mut TcpStream, message: &[u8]| {
        let length = u16::try_from(message.len()).unwrap().to_be_bytes();
        stream.write_all(&[length.as_slice(), message].concat()).unwrap();
    };
    serve(move |mut us| {
        let mut them = TcpStream::connect(&server).unwrap();
        while let Some(asked) = messages(&mut us) {
            // The opcode: 0 asks, 5 updates.
            let opcode = usize::from((asked[2] >> 3) & 15);
            send(&mut them, &asked);
            let Some(answer) = messages(&mut them) else { return };
            match forge(answer, opcode) {
                Some(answer) => send(&mut us, &answer),
                None => return,
            }
        }
    })
}

#[tokio::test]
async fn nothing_is_believed_that_the_server_did_not_sign() {
    let bind = servers::bind();
    let (read, zone) = (wanted(), bind.zone.clone());
    // A bit of what a record says.
    let liar = forger(&bind.host, |mut answer, _| {
        let at = answer.windows(9).position(|part| part == b"v=foreign").unwrap();
        answer[at] ^= 1;
        Some(answer)
    });
    assert_eq!(systems().read(&update_at(liar), &zone, &read).await, Err(ZoneFailure::Insecure));
    // An answer to something else that was asked.
    let liar = forger(&bind.host, |mut answer, _| {
        answer[0] ^= 1;
        Some(answer)
    });
    assert_eq!(systems().read(&update_at(liar), &zone, &read).await, Err(ZoneFailure::Unintelligible));
    // No message at all.
    let liar = forger(&bind.host, |_, _| Some(vec![1; 5]));
    assert_eq!(systems().read(&update_at(liar), &zone, &read).await, Err(ZoneFailure::Unintelligible));
    // "It is done", without a signature.
    let liar = forger(&bind.host, |mut answer, opcode| {
        if opcode == 5 {
            answer.truncate(12);
            answer[4..].fill(0);
        }
        Some(answer)
    });
    assert_eq!(systems().change(&update_at(liar), &zone, &[addition()]).await, Err(ZoneFailure::PartlyDone));
}

#[tokio::test]
async fn an_update_whose_answer_is_lost_may_have_been_made_and_is_found_by_reading() {
    let bind = servers::bind();
    let lossy = forger(&bind.host, |answer, opcode| (opcode != 5).then_some(answer));
    let failed = systems().change(&update_at(lossy), &bind.zone, &[addition()]).await;
    assert_eq!(failed, Err(ZoneFailure::PartlyDone));
    let wanted = [(format!("_reeve.{ZONE}"), RecordKind::Txt)];
    assert_eq!(systems().read(&bind.host, &bind.zone, &wanted).await.unwrap().len(), 1);
    assert_eq!(systems().change(&bind.host, &bind.zone, &[addition()]).await, Err(ZoneFailure::Changed));
}

#[tokio::test]
async fn settings_that_nobody_can_use_are_malformed() {
    let bad_key = |algorithm: &str, key: &str| ZoneHost::Update {
        server: "127.0.0.1:53".to_owned(),
        zones: vec![ZONE.to_owned()],
        key_name: KEY_NAME.to_owned(),
        algorithm: algorithm.to_owned(),
        key: Secret::from(key),
    };
    let powerdns = |url: &str, server_id: &str| ZoneHost::PowerDns {
        url: url.to_owned(),
        server_id: server_id.to_owned(),
        api_key: Secret::from("x"),
    };
    for host in [
        bad_key("hmac-md5", KEY),
        bad_key("hmac-sha256", "not base64!"),
        powerdns("not an address", "localhost"),
        powerdns("http://127.0.0.1:1", "../../x"),
        powerdns("http://127.0.0.1:1", ""),
    ] {
        assert_eq!(systems().zones(&host).await, Err(ZoneFailure::Malformed), "{host:?}");
    }
}
