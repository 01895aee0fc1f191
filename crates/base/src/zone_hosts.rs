//! Systems that keep zones of the domain name system and let a program change them.

use std::future::Future;
use std::pin::Pin;

use crate::Secret;
use crate::dns::RecordKind;

/// How a system that hosts zones is reached, and in whose name.
#[derive(Debug, Clone)]
pub enum ZoneHost {
    /// Amazon Route 53, or what speaks like it.
    Route53 {
        /// Where: empty for Amazon's own address.
        endpoint: String,
        /// The access key.
        access_key_id: String,
        /// Its secret.
        secret_access_key: Secret,
    },
    /// A server of zones that takes signed updates (RFC 2136, RFC 8945): BIND, Knot, PowerDNS.
    Update {
        /// Host name or address, and port: `ns.example.com:53`, `[2001:db8::1]:53`.
        server: String,
        /// The zones that it hosts for us: such a server does not list them.
        zones: Vec<String>,
        /// The name of the key.
        key_name: String,
        /// Its algorithm: `hmac-sha256`, `hmac-sha384` or `hmac-sha512`.
        algorithm: String,
        /// The key in base64.
        key: Secret,
    },
    /// The HTTP API of PowerDNS.
    PowerDns {
        /// Where: `https://dns.example.com:8081`.
        url: String,
        /// The server's id, `localhost` as a rule.
        server_id: String,
        /// The API key.
        api_key: Secret,
    },
}

/// A zone of such a system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostedZone {
    /// What the system calls it: `Z0123456789` at Route 53; elsewhere the name.
    pub id: String,
    /// Its name in lower case, without the last dot.
    pub name: String,
}

/// All records of one type at one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordSet {
    /// The name in lower case, without the last dot.
    pub name: String,
    /// The type.
    pub kind: RecordKind,
    /// How many seconds resolvers may keep it.
    pub ttl: u32,
    /// The records as text, in the form of [`crate::dns::Lookup::Records`].
    pub values: Vec<String>,
    /// Whether it is more than its values tell (an alias, several sets among which the system chooses, records that are
    /// switched off), so that it cannot be changed without a loss.
    pub is_special: bool,
}

/// A set of records as it was read, and as it is to be. `None`: no such set. Both speak of the same name and type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordSetChange {
    /// As it was read.
    pub before: Option<RecordSet>,
    /// As it is to be.
    pub after: Option<RecordSet>,
}

/// Why a system that hosts zones did not do what was asked. Nothing was changed, unless `PartlyDone`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ZoneFailure {
    /// Its address cannot be read.
    Malformed,
    /// It could not be reached.
    Unreachable,
    /// Its address is one that is not asked.
    Forbidden,
    /// It does not prove to be who it should be.
    Insecure,
    /// No answer came in time. Whether it was done is not known.
    TimedOut,
    /// It asks to be left alone for a while.
    Throttled,
    /// It does not take the credentials, or they do not allow this.
    Denied,
    /// It has no such zone.
    NoSuchZone,
    /// The records are no longer as they were read: read again and plan again.
    Changed,
    /// It refused for a reason of its own, which is safe to show.
    Refused(String),
    /// It answered what cannot be read.
    Unintelligible,
    /// It did some and then failed; read again.
    PartlyDone,
}

/// An answer that is awaited.
pub type AskingZoneHost<'a, T> = Pin<Box<dyn Future<Output = Result<T, ZoneFailure>> + Send + 'a>>;

/// Reads and changes zones at the systems that host them.
pub trait ZoneHosts: Send + Sync {
    /// The zones that the credentials reach, by name.
    fn zones<'a>(&'a self, host: &'a ZoneHost) -> AskingZoneHost<'a, Vec<HostedZone>>;

    /// The sets that stand at these names and types; what is not there is left out. Asks the system itself, no cache.
    fn read<'a>(
        &'a self,
        host: &'a ZoneHost,
        zone: &'a HostedZone,
        wanted: &'a [(String, RecordKind)],
    ) -> AskingZoneHost<'a, Vec<RecordSet>>;

    /// Changes these sets, all or none where the system can; refuses with `Changed` when one is not as it was read.
    fn change<'a>(
        &'a self,
        host: &'a ZoneHost,
        zone: &'a HostedZone,
        changes: &'a [RecordSetChange],
    ) -> AskingZoneHost<'a, ()>;
}

/// Knows no system that hosts zones.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoZoneHosts;

impl ZoneHosts for NoZoneHosts {
    fn zones<'a>(&'a self, _: &'a ZoneHost) -> AskingZoneHost<'a, Vec<HostedZone>> {
        Box::pin(std::future::ready(Err(ZoneFailure::Forbidden)))
    }

    fn read<'a>(
        &'a self,
        _: &'a ZoneHost,
        _: &'a HostedZone,
        _: &'a [(String, RecordKind)],
    ) -> AskingZoneHost<'a, Vec<RecordSet>> {
        Box::pin(std::future::ready(Err(ZoneFailure::Forbidden)))
    }

    fn change<'a>(&'a self, _: &'a ZoneHost, _: &'a HostedZone, _: &'a [RecordSetChange]) -> AskingZoneHost<'a, ()> {
        Box::pin(std::future::ready(Err(ZoneFailure::Forbidden)))
    }
}
