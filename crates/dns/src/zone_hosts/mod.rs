//! Zones at the systems that host them: Amazon Route 53, servers that take signed updates (RFC 2136), PowerDNS.
//!
//! Every change names the set of records as it was read, and is refused as `Changed` when the set is another by then:
//! Route 53 and RFC 2136 judge that themselves and do all or nothing; PowerDNS is read again right before it is written.
//! Records that stay are written as they stood, to the octet. Each thing that is asked for has an end in time.

mod http;
mod limits;
mod powerdns;
mod route53;
mod text;
mod update;

use std::sync::Arc;

use reeve_base::dns::RecordKind;
use reeve_base::names::Network;
use reeve_base::zone_hosts::{
    AskingZoneHost, HostedZone, RecordSet, RecordSetChange, ZoneFailure, ZoneHost, ZoneHosts,
};
use reeve_base::{Clock, Random};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use self::http::Http;
use self::limits::{ASKING_TIMEOUT, AT_ONCE_MAX, SAID_CHARS_MAX};
use self::powerdns::PowerDns;
use self::route53::Route53;
use self::update::UpdateServer;

/// Asks the systems that host zones, at addresses that everybody can reach and those that the operator names.
pub struct ZoneSystems {
    http: Arc<Http>,
    allowed: Arc<[Network]>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    places: Semaphore,
}

impl ZoneSystems {
    /// One that also asks addresses of the networks in `allowed`.
    pub fn new(allowed: Vec<Network>, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        let allowed: Arc<[Network]> = allowed.into();
        let http = Arc::new(Http::new(Arc::clone(&allowed)));
        Self { http, allowed, clock, random, places: Semaphore::new(AT_ONCE_MAX) }
    }

    async fn in_time<T>(&self, asking: impl Future<Output = Result<T, ZoneFailure>>) -> Result<T, ZoneFailure> {
        let waiting = async {
            let _place = self.places.acquire().await.map_err(|_| ZoneFailure::TimedOut)?;
            asking.await
        };
        timeout(ASKING_TIMEOUT, waiting).await.unwrap_or(Err(ZoneFailure::TimedOut))
    }

    fn system<'a>(&'a self, host: &'a ZoneHost) -> Result<System<'a>, ZoneFailure> {
        Ok(match host {
            ZoneHost::Route53 { endpoint, access_key_id, secret_access_key } => {
                let credentials = (access_key_id.as_str(), secret_access_key);
                System::Route53(Route53::new(endpoint, credentials, &self.http, &self.clock))
            }
            ZoneHost::PowerDns { url, server_id, api_key } => {
                System::PowerDns(PowerDns::new(&self.http, url, server_id, api_key)?)
            }
            ZoneHost::Update { server, zones, key_name, algorithm, key } => {
                let signer = update::signer(key_name, algorithm, key)?;
                let given = (self.clock.as_ref(), self.random.as_ref());
                System::Update(UpdateServer::new(server, zones, signer, (&self.allowed, given)))
            }
        })
    }
}

enum System<'a> {
    Route53(Route53),
    PowerDns(PowerDns<'a>),
    Update(UpdateServer<'a>),
}

impl ZoneHosts for ZoneSystems {
    fn zones<'a>(&'a self, host: &'a ZoneHost) -> AskingZoneHost<'a, Vec<HostedZone>> {
        Box::pin(self.in_time(async move {
            let mut zones = match self.system(host)? {
                System::Route53(system) => system.zones().await?,
                System::PowerDns(system) => system.zones().await?,
                System::Update(system) => system.zones().await?,
            };
            zones.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
            Ok(zones)
        }))
    }

    fn read<'a>(
        &'a self,
        host: &'a ZoneHost,
        zone: &'a HostedZone,
        wanted: &'a [(String, RecordKind)],
    ) -> AskingZoneHost<'a, Vec<RecordSet>> {
        Box::pin(self.in_time(async move {
            Ok(match self.system(host)? {
                System::Route53(system) => sets(system.read(zone, wanted).await?),
                System::PowerDns(system) => sets(system.read(zone, wanted).await?),
                System::Update(system) => sets(system.read(zone, wanted).await?),
            })
        }))
    }

    fn change<'a>(
        &'a self,
        host: &'a ZoneHost,
        zone: &'a HostedZone,
        changes: &'a [RecordSetChange],
    ) -> AskingZoneHost<'a, ()> {
        Box::pin(self.in_time(async move {
            if changes.is_empty() {
                return Ok(());
            }
            match self.system(host)? {
                System::Route53(system) => system.change(zone, changes).await,
                System::PowerDns(system) => system.change(zone, changes).await,
                System::Update(system) => system.change(zone, changes).await,
            }
        }))
    }
}

fn sets<R>(kept: Vec<text::KeptSet<R>>) -> Vec<RecordSet> {
    kept.into_iter().map(|kept| kept.set).collect()
}

/// The name and type of what a change is about.
fn place_of(change: &RecordSetChange) -> Result<(String, RecordKind), ZoneFailure> {
    let set = change.before.as_ref().or(change.after.as_ref()).ok_or(ZoneFailure::Malformed)?;
    Ok((set.name.clone(), set.kind))
}

/// A change, and the set that it is about as it stands.
type Checked<R> = (RecordSetChange, Option<text::KeptSet<R>>);

/// Each change with its set as it stands; `Changed` when one is not as it was read, or cannot be changed from here.
fn still_as_read<R: Clone>(
    changes: &[RecordSetChange],
    now: &[text::KeptSet<R>],
) -> Result<Vec<Checked<R>>, ZoneFailure> {
    let mut checked = Vec::with_capacity(changes.len());
    for change in changes {
        let (name, kind) = place_of(change)?;
        let there = now.iter().find(|kept| kept.set.name == name && kept.set.kind == kind);
        let set = there.map(|kept| &kept.set);
        if set.is_some_and(|set| set.is_special) || !text::says_the_same(change.before.as_ref(), set) {
            return Err(ZoneFailure::Changed);
        }
        checked.push((change.clone(), there.cloned()));
    }
    Ok(checked)
}

/// What a system said when it refused, fit to be shown.
fn refused(said: &str) -> ZoneFailure {
    let shown = said.chars().filter(|c| matches!(c, ' '..='~')).take(SAID_CHARS_MAX).collect::<String>();
    ZoneFailure::Refused(shown.trim().trim_end_matches('.').to_owned())
}
