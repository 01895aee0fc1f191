//! Looks records up by asking resolvers, past any cache of ours.
//!
//! What cannot be believed says nothing: an answer to another question, a referral, a chain of names without end, a text
//! that was cut off. Only a resolver that says so makes a record missing. Truncated answers are asked for again over TCP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::xfer::{DnsHandle as _, RetryDnsHandle};
use hickory_resolver::net::{DnsError, NetError, NoRecords};
use hickory_resolver::proto::op::{DnsRequestOptions, DnsResponse, Query, ResponseCode};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use hickory_resolver::{NameServerPool, PoolContext, TlsConfig, system_conf};
use reeve_base::dns::{LookingUp, Lookup, LookupFailure, RecordKind};
use reeve_base::limits::{DNS_ANSWER_BYTES_MAX, DNS_QUESTIONS_MAX, DNS_VALUES_MAX};
use tokio::sync::Semaphore;

use crate::record_type;

/// Names that an answer may lead on to: resolvers themselves follow eight to sixteen.
const CHAIN_MAX: usize = 8;

/// How often a question is asked again that no server answered, within the time that it has in all.
const RETRIES: usize = 1;

/// Why there is no resolver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoResolvers(String);

impl std::fmt::Display for NoResolvers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoResolvers {}

/// Asks resolvers over UDP and TCP.
pub struct DnsResolver {
    handle: RetryDnsHandle<NameServerPool<TokioRuntimeProvider>>,
    timeout: Duration,
    places: Semaphore,
}

impl DnsResolver {
    /// Asks these resolvers; each question has as much time in all.
    ///
    /// Errors: when there are none.
    pub fn new(resolvers: &[SocketAddr], timeout: Duration) -> Result<Self, NoResolvers> {
        let server = |at: &SocketAddr| {
            let mut ways = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
            for way in &mut ways {
                way.port = at.port();
            }
            NameServerConfig::new(at.ip(), true, ways.to_vec())
        };
        Self::of(resolvers.iter().map(server).collect(), timeout)
    }

    /// Asks the resolvers that the system asks (`/etc/resolv.conf`).
    ///
    /// Errors: when the system names none.
    pub fn of_the_system(timeout: Duration) -> Result<Self, NoResolvers> {
        let (config, _) = system_conf::read_system_conf()
            .map_err(|why| NoResolvers(format!("the resolvers of the system cannot be read: {why}")))?;
        Self::of(config.name_servers().to_vec(), timeout)
    }

    fn of(servers: Vec<NameServerConfig>, timeout: Duration) -> Result<Self, NoResolvers> {
        if servers.is_empty() {
            return Err(NoResolvers("no resolver is named".to_owned()));
        }
        let mut options = ResolverOpts::default();
        options.timeout = timeout / 2;
        options.edns0 = true;
        options.use_hosts_file = ResolveHosts::Never;
        options.cache_size = 0;
        let tls = TlsConfig::new().map_err(|why| NoResolvers(why.to_string()))?;
        let context = Arc::new(PoolContext::new(options, tls));
        let pool = NameServerPool::from_config(servers, context, TokioRuntimeProvider::default());
        Ok(Self { handle: RetryDnsHandle::new(pool, RETRIES), timeout, places: Semaphore::new(DNS_QUESTIONS_MAX) })
    }

    async fn ask(&self, name: &str, kind: RecordKind) -> Result<Lookup, LookupFailure> {
        let _place = self.places.acquire().await.map_err(|_| LookupFailure::Unreachable)?;
        let kind = record_type(kind);
        // A name that cannot be written cannot be in the DNS.
        let Ok(mut name) = Name::from_ascii(format!("{name}.")) else { return Ok(Lookup::NoSuchName) };
        for _ in 0..CHAIN_MAX {
            let response = match self.send(&name, kind).await {
                Ok(response) => response,
                Err(NetError::Dns(DnsError::NoRecordsFound(nothing))) => return negative(&nothing, &name, kind),
                Err(why) => return Err(failure(&why)),
            };
            match read(&response, &name, kind)? {
                Read::Done(lookup) => return Ok(lookup),
                Read::LeadsTo(next) => name = next,
            }
        }
        Err(LookupFailure::Unintelligible)
    }

    async fn send(&self, name: &Name, kind: RecordType) -> Result<DnsResponse, NetError> {
        let mut options = DnsRequestOptions::default();
        options.use_edns = true;
        options.recursion_desired = true;
        let mut answers = self.handle.lookup(Query::query(name.clone(), kind), options);
        answers.next().await.unwrap_or(Err(NetError::NoConnections))
    }
}

impl reeve_base::Resolver for DnsResolver {
    fn look_up<'a>(&'a self, name: &'a str, kind: RecordKind) -> LookingUp<'a> {
        Box::pin(async move {
            let answered = tokio::time::timeout(self.timeout, self.ask(name, kind)).await;
            answered.unwrap_or(Err(LookupFailure::TimedOut))
        })
    }
}

/// An answer without records: believed when it is one to our question and no referral to other servers.
fn negative(nothing: &NoRecords, name: &Name, kind: RecordType) -> Result<Lookup, LookupFailure> {
    if nothing.query.name() != name || nothing.query.query_type() != kind {
        return Err(LookupFailure::Unintelligible);
    }
    if nothing.soa.is_none() && nothing.ns.is_some() {
        return Err(LookupFailure::ServerFailed);
    }
    Ok(match nothing.response_code {
        ResponseCode::NXDomain => Lookup::NoSuchName,
        _ => Lookup::NoRecords,
    })
}

/// What an answer comes to.
enum Read {
    /// This is it.
    Done(Lookup),
    /// It ends at another name, about which it says nothing.
    LeadsTo(Name),
}

fn read(response: &DnsResponse, name: &Name, kind: RecordType) -> Result<Read, LookupFailure> {
    let asked = |query: &Query| query.name() == name && query.query_type() == kind;
    if !response.queries.iter().any(asked) {
        return Err(LookupFailure::Unintelligible);
    }
    let mut at = name.clone();
    if kind != RecordType::CNAME {
        for _ in 0..CHAIN_MAX {
            let Some(next) = response.answers.iter().find_map(|record| alias(record, &at)) else { break };
            at = next.clone();
        }
    }
    let found = response.answers.iter().filter(|record| record.name == at && record.record_type() == kind);
    let values: Vec<_> = found.filter_map(|record| text(&record.data)).collect();
    if values.len() > DNS_VALUES_MAX || values.iter().map(String::len).sum::<usize>() > DNS_ANSWER_BYTES_MAX {
        return Err(LookupFailure::Unintelligible);
    }
    if !values.is_empty() {
        return Ok(Read::Done(Lookup::Records(values)));
    }
    match (response.response_code, at == *name) {
        (ResponseCode::NXDomain, _) => Ok(Read::Done(Lookup::NoSuchName)),
        (_, false) => Ok(Read::LeadsTo(at)),
        // Records, and none of them about what was asked.
        (_, true) => Err(LookupFailure::Unintelligible),
    }
}

fn alias<'r>(record: &'r Record, of: &Name) -> Option<&'r Name> {
    match &record.data {
        RData::CNAME(target) if record.name == *of => Some(&target.0),
        _ => None,
    }
}

/// A record as text, in the form of [`Lookup::Records`].
fn text(data: &RData) -> Option<String> {
    Some(match data {
        RData::TXT(txt) => String::from_utf8_lossy(&txt.txt_data.concat()).into_owned(),
        RData::MX(mx) => format!("{} {}", mx.preference, host(&mx.exchange)),
        RData::CNAME(target) => host(&target.0),
        RData::SRV(srv) => format!("{} {} {} {}", srv.priority, srv.weight, srv.port, host(&srv.target)),
        RData::A(address) => address.0.to_string(),
        RData::AAAA(address) => address.0.to_string(),
        _ => return None,
    })
}

fn host(name: &Name) -> String {
    let text = name.to_ascii().to_ascii_lowercase();
    match text.strip_suffix('.') {
        Some("") | None => text,
        Some(host) => host.to_owned(),
    }
}

fn failure(why: &NetError) -> LookupFailure {
    match why {
        NetError::Timeout => LookupFailure::TimedOut,
        NetError::Io(_) | NetError::NoConnections | NetError::Busy => LookupFailure::Unreachable,
        NetError::Dns(_) => LookupFailure::ServerFailed,
        _ => LookupFailure::Unintelligible,
    }
}
