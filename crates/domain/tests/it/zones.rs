//! A system that hosts zones, as far as operations ask it: it keeps records, fails when it is told to, and lies.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use reeve_base::dns::RecordKind;
use reeve_base::zone_hosts::{
    AskingZoneHost, HostedZone, RecordSet, RecordSetChange, ZoneFailure, ZoneHost, ZoneHosts,
};

type Place = (String, RecordKind);

#[derive(Debug, Default)]
struct State {
    sets: BTreeMap<Place, Vec<String>>,
    failure: Option<ZoneFailure>,
    write_failure: Option<(ZoneFailure, usize)>,
    lies: bool,
    between: Option<(String, RecordKind, String)>,
    writes: usize,
    hosts: Vec<String>,
}

/// One zone after another, all in one; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct FakeZones(Arc<Mutex<State>>);

impl FakeZones {
    /// Lets every question fail from now on, or none.
    pub(crate) fn fail(&self, failure: Option<ZoneFailure>) {
        self.0.lock().unwrap().failure = failure;
    }

    /// Lets the next change fail after it was made this far.
    pub(crate) fn fail_after(&self, changes: usize, failure: ZoneFailure) {
        self.0.lock().unwrap().write_failure = Some((failure, changes));
    }

    /// Says of every change that it was made, and makes none.
    pub(crate) fn lie(&self, lies: bool) {
        self.0.lock().unwrap().lies = lies;
    }

    /// Somebody else writes this between the next reading and the writing after it.
    pub(crate) fn write_between(&self, name: &str, kind: RecordKind, value: &str) {
        self.0.lock().unwrap().between = Some((name.to_owned(), kind, value.to_owned()));
    }

    /// Somebody else has these records at a name.
    pub(crate) fn put(&self, name: &str, kind: RecordKind, values: &[&str]) {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        let mut state = self.0.lock().unwrap();
        if values.is_empty() {
            state.sets.remove(&(name.to_owned(), kind));
        } else {
            state.sets.insert((name.to_owned(), kind), values);
        }
    }

    pub(crate) fn values(&self, name: &str, kind: RecordKind) -> Vec<String> {
        self.0.lock().unwrap().sets.get(&(name.to_owned(), kind)).cloned().unwrap_or_default()
    }

    /// Everything that stands there, a line for each record.
    pub(crate) fn lines(&self) -> Vec<String> {
        let state = self.0.lock().unwrap();
        let lines = state.sets.iter().flat_map(|((name, kind), values)| {
            values.iter().map(move |value| format!("{name} {} {value}", kind.word()))
        });
        lines.collect()
    }

    /// How often something was written since the last look.
    pub(crate) fn writes(&self) -> usize {
        std::mem::take(&mut self.0.lock().unwrap().writes)
    }

    /// In whose name it was asked since the last look, secrets and all.
    pub(crate) fn hosts(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().hosts)
    }

    fn ask<T>(
        &self,
        host: &ZoneHost,
        answer: impl FnOnce(&mut State) -> Result<T, ZoneFailure>,
    ) -> Result<T, ZoneFailure> {
        let mut state = self.0.lock().unwrap();
        state.hosts.push(named(host));
        match state.failure.clone() {
            Some(failure) => Err(failure),
            None => answer(&mut state),
        }
    }
}

fn named(host: &ZoneHost) -> String {
    use reeve_base::secret::ExposeSecret as _;
    match host {
        ZoneHost::Route53 { endpoint, access_key_id, secret_access_key } => {
            format!("{endpoint} {access_key_id} {}", secret_access_key.expose_secret())
        }
        ZoneHost::Update { server, key_name, algorithm, key, .. } => {
            format!("{server} {key_name} {algorithm} {}", key.expose_secret())
        }
        ZoneHost::PowerDns { url, server_id, api_key } => format!("{url} {server_id} {}", api_key.expose_secret()),
    }
}

fn set_of(state: &State, (name, kind): &Place) -> Option<RecordSet> {
    let values = state.sets.get(&(name.clone(), *kind))?.clone();
    Some(RecordSet { name: name.clone(), kind: *kind, ttl: 300, values, is_special: false })
}

impl ZoneHosts for FakeZones {
    fn zones<'a>(&'a self, host: &'a ZoneHost) -> AskingZoneHost<'a, Vec<HostedZone>> {
        let zone = |name: &str| HostedZone { id: format!("Z-{name}"), name: name.to_owned() };
        let listed = self.ask(host, |_| Ok(vec![zone("example"), zone("acme.example"), zone("other.test")]));
        Box::pin(std::future::ready(listed))
    }

    fn read<'a>(
        &'a self,
        host: &'a ZoneHost,
        _: &'a HostedZone,
        wanted: &'a [Place],
    ) -> AskingZoneHost<'a, Vec<RecordSet>> {
        let found = self.ask(host, |state| {
            let found = wanted.iter().filter_map(|place| set_of(state, place)).collect();
            if let Some((name, kind, value)) = state.between.take() {
                state.sets.entry((name, kind)).or_default().push(value);
            }
            Ok(found)
        });
        Box::pin(std::future::ready(found))
    }

    fn change<'a>(
        &'a self,
        host: &'a ZoneHost,
        _: &'a HostedZone,
        changes: &'a [RecordSetChange],
    ) -> AskingZoneHost<'a, ()> {
        let changed = self.ask(host, |state| {
            state.writes += 1;
            if state.lies {
                return Ok(());
            }
            let failure = state.write_failure.take();
            let far = failure.as_ref().map_or(changes.len(), |(_, far)| *far);
            let place = |change: &RecordSetChange| {
                let set = change.before.as_ref().or(change.after.as_ref()).unwrap();
                (set.name.clone(), set.kind)
            };
            for change in changes {
                let now = set_of(state, &place(change)).map(|set| set.values);
                if now != change.before.as_ref().map(|set| set.values.clone()) {
                    return Err(ZoneFailure::Changed);
                }
            }
            for change in changes.iter().take(far) {
                match &change.after {
                    Some(after) => drop(state.sets.insert(place(change), after.values.clone())),
                    None => drop(state.sets.remove(&place(change))),
                }
            }
            failure.map_or(Ok(()), |(failure, _)| Err(failure))
        });
        Box::pin(std::future::ready(changed))
    }
}
