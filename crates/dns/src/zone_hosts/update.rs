//! Servers that take signed updates of their zones (RFC 2136, RFC 8945): BIND, Knot, PowerDNS. Spoken over TCP, since
//! sets are longer than a datagram. The update names the sets as they were read; the server judges them and does all
//! or nothing. Nothing is believed that the server did not sign, but for a refusal.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hickory_proto::op::{Message, MessageType, OpCode, Query, ResponseCode, UpdateMessage as _};
use hickory_proto::rr::rdata::tsig::TsigAlgorithm;
use hickory_proto::rr::rdata::{A, AAAA, CNAME, MX, SRV, TXT};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType, TSigner};
use reeve_base::dns::RecordKind;
use reeve_base::names::Network;
use reeve_base::reach::may_reach;
use reeve_base::secret::ExposeSecret as _;
use reeve_base::zone_hosts::{HostedZone, RecordSet, RecordSetChange, ZoneFailure};
use reeve_base::{Clock, Random, Secret, random};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::limits::{CONNECT_TIMEOUT, TSIG_FUDGE_SECONDS};
use super::text::{KeptSet, name, pieces};
use super::{place_of, refused, still_as_read};
use crate::record_type;

/// A server of zones, in the name of a key.
pub(super) struct UpdateServer<'a> {
    server: &'a str,
    zones: &'a [String],
    signer: TSigner,
    allowed: &'a [Network],
    clock: &'a dyn Clock,
    random: &'a dyn Random,
}

/// What signs requests.
pub(super) fn signer(key_name: &str, algorithm: &str, key: &Secret) -> Result<TSigner, ZoneFailure> {
    let algorithm = match algorithm {
        "hmac-sha256" => TsigAlgorithm::HmacSha256,
        "hmac-sha384" => TsigAlgorithm::HmacSha384,
        "hmac-sha512" => TsigAlgorithm::HmacSha512,
        _ => return Err(ZoneFailure::Malformed),
    };
    let key = STANDARD.decode(key.expose_secret()).map_err(|_| ZoneFailure::Malformed)?;
    TSigner::new(key, algorithm, domain(key_name)?, TSIG_FUDGE_SECONDS).map_err(|_| ZoneFailure::Malformed)
}

impl<'a> UpdateServer<'a> {
    pub(super) fn new(
        server: &'a str,
        zones: &'a [String],
        signer: TSigner,
        (allowed, (clock, random)): (&'a [Network], (&'a dyn Clock, &'a dyn Random)),
    ) -> Self {
        Self { server, zones, signer, allowed, clock, random }
    }

    /// The zones that the provider names, each of which the server must know.
    pub(super) async fn zones(&self) -> Result<Vec<HostedZone>, ZoneFailure> {
        let mut stream = self.connect().await?;
        let mut zones = Vec::new();
        for zone in self.zones {
            let found = self.look_up(&mut stream, (zone, RecordType::SOA)).await?;
            if found.is_empty() {
                return Err(ZoneFailure::NoSuchZone);
            }
            zones.push(HostedZone { id: zone.clone(), name: zone.clone() });
        }
        Ok(zones)
    }

    pub(super) async fn read(
        &self,
        _: &HostedZone,
        wanted: &[(String, RecordKind)],
    ) -> Result<Vec<KeptSet<RData>>, ZoneFailure> {
        let mut stream = self.connect().await?;
        let mut found = Vec::new();
        for (own, kind) in wanted {
            let records = self.look_up(&mut stream, (own, record_type(*kind))).await?;
            let Some(first) = records.first() else { continue };
            let (ttl, raw) = (first.ttl, records.iter().map(|record| record.data.clone()).collect::<Vec<_>>());
            let values = raw.iter().map(value).collect::<Result<_, _>>()?;
            let set = RecordSet { name: own.clone(), kind: *kind, ttl, values, is_special: false };
            found.push(KeptSet { set, raw });
        }
        Ok(found)
    }

    pub(super) async fn change(&self, zone: &HostedZone, changes: &[RecordSetChange]) -> Result<(), ZoneFailure> {
        let places = changes.iter().map(place_of).collect::<Result<Vec<_>, _>>()?;
        let now = self.read(zone, &places).await?;
        let mut message = Message::new(self.id(), MessageType::Query, OpCode::Update);
        let mut section = Query::query(domain(&zone.name)?, RecordType::SOA);
        section.set_query_class(DNSClass::IN);
        message.add_zone(section);
        let (mut removed, mut added) = (Vec::new(), Vec::new());
        for (change, there) in still_as_read(changes, &now)? {
            let (own, kind) = place_of(&change)?;
            let own = domain(&own)?;
            let after = change.after.as_ref();
            match &there {
                // RFC 2136 §2.4.3: the set is not there.
                None => message.add_pre_requisite(empty(own.clone(), kind)),
                // RFC 2136 §2.4.2: the set is exactly this.
                Some(kept) => {
                    for (raw, value) in kept.raw.iter().zip(&kept.set.values) {
                        message.add_pre_requisite(Record::from_rdata(own.clone(), 0, raw.clone()));
                        if !after.is_some_and(|after| after.values.contains(value)) {
                            removed.push(without(own.clone(), raw.clone()));
                        }
                    }
                }
            }
            for value in after.iter().flat_map(|after| &after.values) {
                if there.as_ref().is_none_or(|kept| !kept.set.values.contains(value)) {
                    let ttl = after.map_or(0, |after| after.ttl);
                    added.push(Record::from_rdata(own.clone(), ttl, data(kind, value)?));
                }
            }
        }
        // RFC 2136 §3.4.2: in the order in which they stand.
        message.add_updates(removed);
        message.add_updates(added);
        let mut stream = self.connect().await?;
        let answer = self.exchange(&mut stream, message).await.map_err(|why| match why {
            // It may have been done before the answer was lost.
            ZoneFailure::Unreachable | ZoneFailure::Unintelligible | ZoneFailure::Insecure => ZoneFailure::PartlyDone,
            other => other,
        })?;
        judge(answer.metadata.response_code)
    }

    /// The records of a type at a name, as the server itself has them.
    async fn look_up(&self, stream: &mut TcpStream, sought: (&str, RecordType)) -> Result<Vec<Record>, ZoneFailure> {
        let own = domain(sought.0)?;
        let mut message = Message::new(self.id(), MessageType::Query, OpCode::Query);
        let mut query = Query::query(own.clone(), sought.1);
        query.set_query_class(DNSClass::IN);
        message.add_query(query);
        let answer = self.exchange(stream, message).await?;
        match answer.metadata.response_code {
            ResponseCode::NoError | ResponseCode::NXDomain => {}
            other => judge(other)?,
        }
        // Who only remembers what others said is not asked what stands in a zone.
        if !answer.metadata.authoritative {
            return Err(ZoneFailure::NoSuchZone);
        }
        let ours =
            |record: &Record| record.name.to_lowercase() == own.to_lowercase() && record.record_type() == sought.1;
        Ok(answer.answers.into_iter().filter(ours).collect())
    }

    /// Sends a message, signed, and reads the signed answer to it.
    async fn exchange(&self, stream: &mut TcpStream, mut message: Message) -> Result<Message, ZoneFailure> {
        let now = u64::try_from(self.clock.now().millis() / 1_000).unwrap_or(0);
        let verifier = message.finalize(&self.signer, now).map_err(|_| ZoneFailure::Malformed)?;
        let mut verifier = verifier.ok_or(ZoneFailure::Malformed)?;
        let octets = message.to_vec().map_err(|_| ZoneFailure::Malformed)?;
        // RFC 1035 §4.2.2: two octets of length go before a message.
        let length = u16::try_from(octets.len()).map_err(|_| ZoneFailure::Malformed)?;
        let lost = |_| ZoneFailure::Unreachable;
        stream.write_all(&[&length.to_be_bytes(), octets.as_slice()].concat()).await.map_err(lost)?;
        let mut answer = vec![0; usize::from(stream.read_u16().await.map_err(lost)?)];
        stream.read_exact(&mut answer).await.map_err(lost)?;
        let read = Message::from_vec(&answer).map_err(|_| ZoneFailure::Unintelligible)?;
        if read.metadata.id != message.metadata.id || read.metadata.message_type != MessageType::Response {
            return Err(ZoneFailure::Unintelligible);
        }
        if verifier.verify(&answer).is_ok() {
            return Ok(read);
        }
        // RFC 8945 §5.3.2: who does not take the key cannot sign with it. Such an answer does no more than refuse.
        match read.metadata.response_code {
            ResponseCode::NotAuth | ResponseCode::Refused | ResponseCode::FormErr => Err(ZoneFailure::Denied),
            ResponseCode::ServFail | ResponseCode::NotImp => judge(read.metadata.response_code).map(|()| read),
            _ => Err(ZoneFailure::Insecure),
        }
    }

    async fn connect(&self) -> Result<TcpStream, ZoneFailure> {
        let found = tokio::net::lookup_host(self.server).await.map_err(|_| ZoneFailure::Unreachable)?;
        let found: Vec<SocketAddr> = found.collect();
        let open: Vec<_> = found.iter().filter(|address| may_reach(address.ip(), self.allowed)).collect();
        if !found.is_empty() && open.is_empty() {
            return Err(ZoneFailure::Forbidden);
        }
        for address in open {
            if let Ok(Ok(stream)) = timeout(CONNECT_TIMEOUT, TcpStream::connect(address)).await {
                return Ok(stream);
            }
        }
        Err(ZoneFailure::Unreachable)
    }

    fn id(&self) -> u16 {
        u16::from_be_bytes(random::bytes(self.random))
    }
}

/// What a response code says (RFC 2136 §2.2, RFC 8945 §3).
fn judge(code: ResponseCode) -> Result<(), ZoneFailure> {
    match code {
        ResponseCode::NoError => Ok(()),
        ResponseCode::YXDomain | ResponseCode::YXRRSet | ResponseCode::NXRRSet | ResponseCode::NXDomain => {
            Err(ZoneFailure::Changed)
        }
        ResponseCode::Refused | ResponseCode::BADSIG | ResponseCode::BADKEY | ResponseCode::BADTIME => {
            Err(ZoneFailure::Denied)
        }
        ResponseCode::NotAuth | ResponseCode::NotZone => Err(ZoneFailure::NoSuchZone),
        ResponseCode::ServFail => Err(refused("the server failed (SERVFAIL)")),
        ResponseCode::NotImp => Err(refused("the server takes no updates (NOTIMP)")),
        other => Err(refused(&format!("the server answered with code {}", u16::from(other)))),
    }
}

fn domain(text: &str) -> Result<Name, ZoneFailure> {
    let mut name = Name::from_ascii(text).map_err(|_| ZoneFailure::Malformed)?;
    name.set_fqdn(true);
    Ok(name)
}

/// A record that stands for a set that is not there.
fn empty(own: Name, kind: RecordKind) -> Record {
    let mut record = Record::update0(own, 0, record_type(kind));
    record.dns_class = DNSClass::NONE;
    record
}

/// RFC 2136 §2.5.4: a record that is to go.
fn without(own: Name, data: RData) -> Record {
    let mut record = Record::from_rdata(own, 0, data);
    record.dns_class = DNSClass::NONE;
    record
}

/// What a record says.
fn value(data: &RData) -> Result<String, ZoneFailure> {
    let host = |host: &Name| name(&host.to_ascii());
    Ok(match data {
        RData::TXT(txt) => String::from_utf8_lossy(&txt.txt_data.concat()).into_owned(),
        RData::MX(mx) => format!("{} {}", mx.preference, host(&mx.exchange)),
        RData::CNAME(cname) => host(&cname.0),
        RData::SRV(srv) => format!("{} {} {} {}", srv.priority, srv.weight, srv.port, host(&srv.target)),
        RData::A(a) => a.0.to_string(),
        RData::AAAA(aaaa) => aaaa.0.to_string(),
        _ => return Err(ZoneFailure::Unintelligible),
    })
}

/// The record that says this.
fn data(kind: RecordKind, value: &str) -> Result<RData, ZoneFailure> {
    let words: Vec<_> = value.split(' ').collect();
    let number = |text: &str| text.parse::<u16>().map_err(|_| ZoneFailure::Malformed);
    Ok(match (kind, words.as_slice()) {
        (RecordKind::Txt, _) => RData::TXT(TXT::from_bytes(pieces(value).collect())),
        (RecordKind::Mx, [preference, host]) => RData::MX(MX::new(number(preference)?, domain(host)?)),
        (RecordKind::Cname, [host]) => RData::CNAME(CNAME(domain(host)?)),
        (RecordKind::Srv, [priority, weight, port, host]) => {
            RData::SRV(SRV::new(number(priority)?, number(weight)?, number(port)?, domain(host)?))
        }
        (RecordKind::A, [address]) => RData::A(A(address.parse().map_err(|_| ZoneFailure::Malformed)?)),
        (RecordKind::Aaaa, [address]) => RData::AAAA(AAAA(address.parse().map_err(|_| ZoneFailure::Malformed)?)),
        _ => return Err(ZoneFailure::Malformed),
    })
}
